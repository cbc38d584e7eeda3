/* own.c: see own.h. */
#include "plugins/sentiment/own.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/word.h"

#define MOST_LINES 100000u
#define MOST_VALENCE 4.0f /* of Hutto and Gilbert's scale, which ends there */

struct list {
    const struct sentiment_model *model;
    struct words words;
    uint64_t *phrases;
    struct word_bucket *buckets;
    struct entry *entries;
    uint8_t (*denied)[N_GENRES];
    const char *file;
    unsigned line;
    char *reason;
    size_t reason_size;
};

static int fail(struct list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int fail(struct list *list, const char *format, ...)
{
    va_list args;
    int n = snprintf(list->reason, list->reason_size, "%s:%u: ", list->file, list->line);

    va_start(args, format);
    if (n > 0 && (size_t)n < list->reason_size)
        vsnprintf(list->reason + n, list->reason_size - (size_t)n, format, args);
    va_end(args);
    return -1;
}

/* Without weights. */
static void silence(struct list *list, struct entry *entry)
{
    memset(entry->weights, ENTRY_BIAS, sizeof entry->weights);
    memset(list->denied[entry - list->entries], ENTRY_BIAS, N_GENRES);
}

/* The list's entry for a word; a new one starts as the model's. NULL: there is no room, a slot of the table knows no more. */
static struct entry *entry_of(struct list *list, uint64_t hash)
{
    const struct entry *found = words_find(&list->words, hash), *known = words_find(&list->model->words, hash);

    if (found)
        return &list->entries[found - list->entries];
    if (list->words.n_entries == SLOT_ENTRY)
        return NULL;
    uint32_t at = list->words.n_entries++;
    struct entry *entry = &list->entries[at];
    words_add(&list->words, list->buckets, hash, at);
    if (known) {
        *entry = *known;
        memcpy(list->denied[at], list->model->words.denied[known - list->model->words.entries], N_GENRES);
    } else {
        *entry = (struct entry) { 0 };
        silence(list, entry);
    }
    return entry;
}

static int read_weight(struct list *list, const char *at, size_t length, float *weight)
{
    char number[32] = "", *stop = number;

    *weight = 0;
    if (length > 0 && length < sizeof number) {
        memcpy(number, at, length);
        number[length] = 0;
        *weight = strtof(number, &stop);
    }
    if (stop == number || *stop)
        return fail(list, "'%.*s' is no number; write a word, a tab and a number from -1 to 1",
                    (int)(length < 40 ? length : 40), at);
    if (!(*weight >= -1 && *weight <= 1))
        return fail(list, "%.*s is out of range; allowed: -1 to 1", (int)length, at);
    return 0;
}

/* What makes the word say what it is to say, whatever the model has learned of it, as if Hutto and Gilbert's raters had said so. */
static void set(struct list *list, struct entry *entry, float weight, bool is_phrase)
{
    float valence = weight * MOST_VALENCE / VALENCE_UNIT;

    silence(list, entry);
    entry->valence = entry->rated = (int8_t)(valence < 0 ? valence - 0.5f : valence + 0.5f);
    entry->flags = (uint8_t)((entry->flags & ENTRY_GOES_ON) | (is_phrase ? ENTRY_SPEAKS : 0));
}

/* `end` is behind the word or phrase. */
static int add_words(struct list *list, const char *words, const char *end, float weight)
{
    const char *word = words;
    uint32_t n = 0;

    for (uint64_t hash = 0;;) {
        const char *blank = memchr(word, ' ', (size_t)(end - word)), *stop = blank ? blank : end;
        char folded[WORD_MOST_BYTES];
        if (stop == word)
            return fail(list, "'%.*s' has a blank too many; write one blank between words", (int)(end - words), words);
        if (++n > PHRASE_MOST)
            return fail(list, "'%.*s' has more than %u words", (int)(end - words), words, PHRASE_MOST);
        if ((size_t)(stop - word) > WORD_MOST_BYTES)
            return fail(list, "'%.*s' has more than %u bytes", (int)(stop - word), word, WORD_MOST_BYTES);
        uint32_t length = word_fold(word, (uint32_t)(stop - word), folded);
        uint64_t own = word_hash(folded, length, length);
        hash = word == words ? own : word_join(hash, own);
        struct entry *entry = entry_of(list, hash), *sign = entry;
        if (entry && !blank && word == words) /* "<3" and emoji are signs */
            sign = entry_of(list, word_sign_hash(word, (uint32_t)(stop - word)));
        if (!entry || !sign)
            return fail(list,
                        "it has too many words; a file may have %u, each counted as a word and as a sign, and what "
                        "phrases begin with",
                        SLOT_ENTRY);
        if (word != words)
            list->phrases[phrase_bit(hash) / 64] |= 1ull << phrase_bit(hash) % 64;
        if (!blank) {
            set(list, entry, weight, word != words);
            if (word == words)
                set(list, sign, weight, false);
            return 0;
        }
        entry->flags |= ENTRY_GOES_ON;
        word = blank + 1;
    }
}

static int read_line(struct list *list, const char *line, const char *end)
{
    float weight;

    while (end > line && (end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (end == line || *line == '#')
        return 0;
    const char *tab = memchr(line, '\t', (size_t)(end - line));
    if (!tab || tab == line)
        return fail(list, "'%.*s' has no tab behind its word; write a word, a tab and a number from -1 to 1",
                    (int)(end - line < 40 ? end - line : 40), line);
    if (read_weight(list, tab + 1, (size_t)(end - tab - 1), &weight) != 0)
        return -1;
    return add_words(list, line, tab, weight);
}

/* Room for each word, its sign, and what phrases start with. */
static int make_room(struct list *list, const char *text, size_t length)
{
    size_t lines = 1, words = 0;

    for (size_t i = 0; i < length; i++) {
        lines += text[i] == '\n';
        words += text[i] == ' ' || text[i] == '\n';
    }
    list->line = (unsigned)lines;
    if (lines > MOST_LINES || words > 4 * MOST_LINES)
        return fail(list, "it has more than %u lines or %u words", MOST_LINES, 4 * MOST_LINES);
    uint32_t most = (uint32_t)(2 * lines + words), n_buckets = BUCKETS_FOR(most);
    list->buckets = calloc(n_buckets, sizeof *list->buckets);
    list->entries = malloc(most * sizeof *list->entries);
    list->denied = malloc(most * sizeof *list->denied);
    list->words = (struct words) { .buckets = list->buckets,
                                   .entries = list->entries,
                                   .denied = (const uint8_t(*)[N_GENRES])list->denied,
                                   .n_buckets = n_buckets };
    return list->buckets && list->entries && list->denied ? 0 : fail(list, "no memory for its words");
}

int own_read(struct own_words *own, const struct sentiment_model *model, const char *file, const char *text,
             size_t length, char *reason, size_t reason_size)
{
    struct list list = {
        .model = model, .file = file, .reason = reason, .reason_size = reason_size, .phrases = own->phrases
    };
    int rc;

    memset(own, 0, sizeof *own);
    rc = make_room(&list, text, length);

    list.line = 0;
    for (const char *line = text, *end = text + length, *stop; rc == 0 && line < end; line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        list.line++;
        rc = read_line(&list, line, stop);
    }
    own->words = list.words;
    if (rc != 0)
        own_free(own);
    return rc;
}

void own_free(struct own_words *own)
{
    free((void *)(uintptr_t)own->words.buckets);
    free((void *)(uintptr_t)own->words.entries);
    free((void *)(uintptr_t)own->words.denied);
    own->words = (struct words) { 0 };
}
