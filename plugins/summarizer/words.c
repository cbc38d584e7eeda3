/* words.c: from tokens to numbered content words (summary.h). A word is a content word if it is a word or a number and no
 * stop word; case is folded for ASCII. Words are told apart by 64 bits of hash: among a million distinct words, two share
 * one with a chance of one in forty million. */
#include <string.h>

#include "plugins/summarizer/summary.h"

struct table {
    uint64_t *keys; /* 0: free */
    uint32_t *numbers;
    uint32_t mask;
};

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* FNV-1a with 64 bits (Fowler, Noll, Vo), over the folded bytes. Never 0. */
static uint64_t hash(const char *word, uint32_t length)
{
    uint64_t h = 14695981039346656037u;

    for (uint32_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)fold(word[i])) * 1099511628211u;
    return h ? h : 1;
}

/* The longest look-up in a table half full takes about 5 ln n steps for n random hashes, 72 for a million (Pittel 1987,
 * "Linear probing: the probable largest search time grows logarithmically with the number of records"). Only hashes that
 * somebody has chosen to collide need more; those words don't count. */
#define LONGEST_PROBE 128u
#define NO_NUMBER UINT32_MAX

/* The number of the word, a new one if it is new. The table is never more than half full. */
static uint32_t number_of(struct table *t, uint64_t key, uint32_t *n)
{
    for (uint32_t i = 0; i < LONGEST_PROBE; i++) {
        uint32_t slot = (uint32_t)((key >> 20) + i) & t->mask;

        if (t->keys[slot] == key)
            return t->numbers[slot];
        if (t->keys[slot] == 0) {
            t->keys[slot] = key;
            return t->numbers[slot] = (*n)++;
        }
    }
    return NO_NUMBER;
}

static int is_content(const struct summary_input *in, uint32_t token)
{
    const struct textd_span *t = &in->tokens[token];

    if (in->kinds[token] != TEXTD_TOKEN_WORD && in->kinds[token] != TEXTD_TOKEN_NUMBER)
        return 0;
    return t->end - t->start > 1 && !lexicon_find(in->stopwords, in->text + t->start, t->end - t->start, NULL);
}

/* Puts a number into an ascending list if it isn't there. Sentences are short; the list is cut at a length that no
 * sentence of prose has, so that a "sentence" of a megabyte stays cheap. */
#define MOST_WORDS 256u

static void insert(uint32_t *list, uint32_t *count, uint32_t number)
{
    uint32_t at = *count;

    if (*count == MOST_WORDS || number == NO_NUMBER)
        return;
    while (at > 0 && list[at - 1] > number)
        at--;
    if (at > 0 && list[at - 1] == number)
        return;
    memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
    list[at] = number;
    (*count)++;
}

static int make_table(const struct summary_input *in, struct table *t)
{
    uint32_t size = 64;

    while (size < 2 * in->n_tokens && size < 1u << 30)
        size *= 2;
    t->mask = size - 1;
    t->keys = in->alloc(in->data, (uint64_t)size * sizeof *t->keys);
    t->numbers = in->alloc(in->data, (uint64_t)size * sizeof *t->numbers);
    if (!t->keys || !t->numbers)
        return 0;
    memset(t->keys, 0, (uint64_t)size * sizeof *t->keys);
    return 1;
}

int32_t summary_number_words(const struct summary_input *in, struct words *w)
{
    struct table t;
    uint32_t token = 0, used = 0;

    *w = (struct words) { 0 };
    w->numbers = in->alloc(in->data, ((uint64_t)in->n_tokens + 1) * sizeof *w->numbers);
    w->contents = in->alloc(in->data, ((uint64_t)in->n_sentences + 1) * sizeof *w->contents);
    w->counts = in->alloc(in->data, ((uint64_t)in->n_tokens + 1) * sizeof *w->counts);
    if (!w->numbers || !w->contents || !w->counts || !make_table(in, &t))
        return TEXTD_NO_MEMORY;
    memset(w->counts, 0, ((uint64_t)in->n_tokens + 1) * sizeof *w->counts);
    for (uint32_t s = 0; s < in->n_sentences; s++) {
        uint32_t count = 0;
        for (; token < in->n_tokens && in->tokens[token].start < in->sentences[s].end; token++) {
            if (token % STOP_EVERY == 0 && in->should_stop(in->data))
                return TEXTD_STOPPED;
            if (!is_content(in, token))
                continue;
            const struct textd_span *span = &in->tokens[token];
            insert(w->numbers + used, &count,
                   number_of(&t, hash(in->text + span->start, span->end - span->start), &w->n));
        }
        w->contents[s] = (struct content) { used, count };
        for (uint32_t i = 0; i < count; i++)
            w->counts[w->numbers[used + i]]++;
        used += count;
    }
    return TEXTD_OK;
}
