/* recall.c: see recall.h. */
#include "plugins/entities/names/recall.h"

#include <stdlib.h>
#include <string.h>

struct recall *recall_new(uint32_t n_sets, uint32_t width)
{
    struct recall *r = calloc(1, sizeof *r);
    size_t n = (size_t)n_sets * RECALL_WAYS;

    if (!r)
        return NULL;
    r->mask = n_sets - 1;
    r->width = width;
    r->sets = aligned_alloc(sizeof *r->sets, n_sets * sizeof *r->sets);
    r->words = calloc(n, sizeof *r->words);
    r->sums = calloc(n * RECALL_DISTANCES * width, sizeof *r->sums);
    if (!r->sets || !r->words || !r->sums) {
        recall_free(r);
        return NULL;
    }
    memset(r->sets, 0, n_sets * sizeof *r->sets);
    return r;
}

void recall_free(struct recall *r)
{
    if (!r)
        return;
    free(r->sets);
    free(r->words);
    free(r->sums);
    free(r);
}

void recall_begin(struct recall *r)
{
    r->page++;
}

/* The next sums of a word that is met again are likely to be asked for. */
static void fetch_sums(const struct recall *r, const struct recalled *word)
{
    const char *sums = (const char *)recall_sums(r, word, 0);

    for (size_t at = 0; at < RECALL_DISTANCES * r->width * sizeof *r->sums; at += 64)
        __builtin_prefetch(sums + at);
}

struct recalled *recall_word(struct recall *r, uint64_t hash, const char *text, size_t length)
{
    size_t first = hash >> 32 & r->mask;
    struct recall_set *set = &r->sets[first];

    for (uint32_t i = 0; i < RECALL_WAYS; i++) {
        struct recalled *w = &r->words[first * RECALL_WAYS + i];
        if (set->pages[i] > 0 && set->hashes[i] == hash && w->length == length && memcmp(w->text, text, length) == 0) {
            fetch_sums(r, w);
            set->pages[i] = r->page;
            return w;
        }
    }
    return NULL;
}

/* A rare word is seldom met again before it would give way, and to keep its sums costs more memory's time than that brings. */
static bool is_worth_it(const struct name_word *word, size_t length)
{
    return length <= RECALL_LONGEST && ((word->rank > 0 && word->rank <= RECALL_RANK) || length <= RECALL_SHORT);
}

struct recalled *recall_keep(struct recall *r, const struct name_word *word, const char *text, size_t length)
{
    size_t first = word->whole >> 32 & r->mask;
    struct recall_set *set = &r->sets[first];
    uint32_t oldest = 0;

    if (!is_worth_it(word, length))
        return NULL;
    for (uint32_t i = 1; i < RECALL_WAYS; i++)
        if (set->pages[i] < set->pages[oldest])
            oldest = i;
    if (set->pages[oldest] == r->page)
        return NULL; /* all of them are this page's */
    set->hashes[oldest] = word->whole;
    set->pages[oldest] = r->page;
    struct recalled *place = &r->words[first * RECALL_WAYS + oldest];
    *place = (struct recalled) { .length = (uint8_t)length, .word = *word };
    memcpy(place->text, text, length);
    return place;
}
