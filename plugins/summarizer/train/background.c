/* background.c: see background.h. */
#include "plugins/summarizer/train/background.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/fold.h"
#include "plugins/summarizer/model.h"

#define MOST_WORDS 50000u

/* The first words of each level from 1 on, by rank: each level spans 1.6 times the ranks before it. */
static const uint32_t bounds[] = { 0, 130, 210, 340, 550, 880, 1400, 2200, 3600, 5700, 9200, 14700, 23500, 37500 };

static uint32_t level_of(uint32_t rank)
{
    uint32_t level = sizeof bounds / sizeof bounds[0];

    while (bounds[level - 1] > rank)
        level--;
    return level;
}

static void add(uint16_t *slots, const char *word, uint32_t length, uint32_t level)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, length, folded), tag;
    uint64_t key = fold_key(folded, n);
    uint16_t *bucket = slots + model_word_bucket(key, BACKGROUND_SLOTS - 1);

    tag = model_word_tag(key);
    for (uint32_t i = 0; i < MODEL_BUCKET; i++) {
        if (bucket[i] != 0 && bucket[i] >> 4 == tag)
            return; /* its commoner form has come before */
        if (bucket[i] == 0 && (tag | level) != 0) {
            bucket[i] = (uint16_t)(tag << 4 | level);
            return;
        }
    }
}

static void add_function_words(uint16_t *slots, const char *file)
{
    size_t length;
    char *text = trainer_need(file, &length);

    for (size_t at = 0, end; at < length; at = end + 1) {
        for (end = at; end < length && text[end] != '\n'; end++)
            ;
        if (end > at && text[at] != '#')
            add(slots, text + at, (uint32_t)(end - at), 0);
    }
    free(text);
}

/* Puts the file after `"words":[` at its first word. */
static FILE *open_words(const char *file)
{
    static const char key[] = "\"words\":[";
    FILE *in = fopen(file, "rb");
    size_t matched = 0;
    int c;

    if (!in)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    while (key[matched] && (c = getc(in)) != EOF)
        matched = c == key[matched] ? matched + 1 : c == key[0];
    if (key[matched])
        trainer_fail("%s: has no \"words\":[, the commonest first", file);
    return in;
}

/* The next string of the list, its escapes left as they are: words with any don't matter. 0 at the list's end. */
static uint32_t next_word(FILE *in, char *word, uint32_t size)
{
    uint32_t n = 0;
    int c;

    while ((c = getc(in)) != '"')
        if (c == ']' || c == EOF)
            return 0;
    while ((c = getc(in)) != '"' && c != EOF) {
        if (n < size)
            word[n++] = (char)c;
        if (c == '\\')
            (void)getc(in);
    }
    return n;
}

void background_walk(const char *words_file, void (*take)(void *data, const char *word, uint32_t length, uint32_t rank),
                     void *data)
{
    char word[BACKGROUND_LONGEST];
    FILE *in = open_words(words_file);

    for (uint32_t rank = 0, n; rank < MOST_WORDS && (n = next_word(in, word, sizeof word)) > 0; rank++)
        take(data, word, n, rank);
    fclose(in);
}

uint32_t background_find(const uint16_t *slots, const char *word, uint32_t length)
{
    char folded[FOLD_LONGEST];
    uint32_t n = fold_word(word, length, folded);
    uint64_t key = fold_key(folded, n);
    uint32_t bucket = model_word_bucket(key, BACKGROUND_SLOTS - 1);

    for (uint32_t i = 0; i < MODEL_BUCKET; i++)
        if (slots[bucket + i] != 0 && slots[bucket + i] >> 4 == model_word_tag(key))
            return bucket + i;
    return BACKGROUND_SLOTS;
}

static void take_word(void *data, const char *word, uint32_t length, uint32_t rank)
{
    add(data, word, length, level_of(rank));
}

void background_read(uint16_t *slots, const char *words_file, const char *stopwords_file)
{
    memset(slots, 0, BACKGROUND_SLOTS * sizeof *slots);
    add_function_words(slots, stopwords_file);
    background_walk(words_file, take_word, slots);
}
