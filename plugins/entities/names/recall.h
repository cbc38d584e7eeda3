/* recall.h: words that earlier pages had, so that what is known of them needn't be found out again: the word itself, and its features' sums at each
 * distance. Most words of a text are those of other texts, and each costs some seventy looks into a model that is larger than the near caches.
 *
 * Nothing but what follows from a word's bytes and the model is kept, so no result depends on what was read before, and a word is told by its bytes,
 * never by a hash alone. One process's, of one model; a fixed number of words, of which those that were not met for longest give way. A page's own words
 * stay as long as the page is read. */
#ifndef NAMES_RECALL_H
#define NAMES_RECALL_H

#include <stdbool.h>

#include "plugins/entities/names/word.h"

#define RECALL_WAYS 4u
#define RECALL_SETS 256u /* of a process that serves: 0.6 MB, as they fill */
#define RECALL_DISTANCES 5u
#define RECALL_LONGEST 22u /* bytes; longer words are seldom met again */
#define RECALL_RANK 9u     /* nor are those that are less frequent, */
#define RECALL_SHORT 2u    /* but for signs and the like, of so many bytes */

/* Looked at first, and one line of the cache. */
struct recall_set {
    uint64_t hashes[RECALL_WAYS];
    uint64_t pages[RECALL_WAYS]; /* the last that had the word; 0: nothing is kept here */
};

struct recalled {
    uint8_t length;    /* in bytes */
    uint8_t distances; /* whose sums are kept, a bit each */
    char text[RECALL_LONGEST];
    struct name_word word; /* of which `group` means nothing */
};

struct recall {
    uint32_t mask; /* sets, less 1 */
    uint32_t width;
    uint64_t page;
    struct recall_set *sets;
    struct recalled *words; /* RECALL_WAYS for each set */
    int16_t *sums;          /* RECALL_DISTANCES rows of `width` for each word */
};

/* Room for `n_sets` (a power of 2) times RECALL_WAYS words. NULL: no memory. */
struct recall *recall_new(uint32_t n_sets, uint32_t width);
void recall_free(struct recall *recall);

/* A page begins: the words of those before may give way. */
void recall_begin(struct recall *recall);

/* Has memory fetch the set that the word is in. */
static inline void recall_fetch(const struct recall *recall, uint64_t hash)
{
    __builtin_prefetch(&recall->sets[hash >> 32 & recall->mask]);
}

/* The word's place, which is the page's until the next begins. NULL: it isn't kept. */
struct recalled *recall_word(struct recall *recall, uint64_t hash, const char *text, size_t length);

/* Keeps a word that wasn't, if it is one that is likely to come again; else, or when there is no room, NULL. */
struct recalled *recall_keep(struct recall *recall, const struct name_word *word, const char *text, size_t length);

/* The sums at a distance: to be taken where the bit of `distances` is set, else to be filled in. */
static inline int16_t *recall_sums(const struct recall *recall, const struct recalled *word, uint32_t distance)
{
    return recall->sums + ((size_t)(word - recall->words) * RECALL_DISTANCES + distance) * recall->width;
}

#endif
