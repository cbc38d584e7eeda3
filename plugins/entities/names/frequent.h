/* frequent.h: the words that texts have most often, with what is known of them and their features' sums at each
 * distance, and the most frequent places, with their sums: made once, with the model, and a part of its file. Three
 * quarters of a text's tokens are of a few thousand words, each of which would cost some seventy looks into a model
 * that is larger than the near caches.
 *
 * Nothing stands here but what follows from a word's bytes, or a place's key, and the rest of the model: what is
 * found is the same without it. A word is told by its bytes, a place by its key, never by a hash alone.
 *
 * In little-endian order, at a multiple of FREQUENT_ALIGNMENT of the file:
 *      0  struct frequent_head
 *     64  uint16 × word slots     1 + the number of a word; 0: none. The search begins at the hash's upper half
 *         uint16 × place slots    the same of places
 *         struct frequent_word    of each word, the most frequent first
 *         int16 × 5 × width       of each word: the sums at each distance
 *         struct place_key        of each place, the most frequent first
 *         int16 × width           of each place: the sums */
#ifndef NAMES_FREQUENT_H
#define NAMES_FREQUENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plugins/entities/names/word.h"

#define FREQUENT_ALIGNMENT 64u
#define FREQUENT_DISTANCES 5u
#define FREQUENT_LONGEST 22u /* bytes of a word */
#define FREQUENT_MOST 32768u /* slots of words, and of places */

struct frequent_head {
    uint32_t n_words, n_word_slots, n_places, n_place_slots; /* slots: powers of 2 */
    uint32_t width, nothing[11];
};
_Static_assert(sizeof(struct frequent_head) == FREQUENT_ALIGNMENT, "the slots begin with a line of the cache");

struct frequent_word {
    uint8_t length, nothing;
    char text[FREQUENT_LONGEST];
    struct name_word word; /* of which `group` means nothing */
    /* By how much its own features are more for outside than for a name that begins or ends there: see reading.h. */
    int16_t lead_begin, lead_end;
    uint8_t room[4];
};
_Static_assert(sizeof(struct frequent_word) == 128, "a word takes two lines of the cache");

/* What some features of a token's place are made of, and nothing else: see features.h. */
struct place_key {
    uint32_t of[4];
};

struct frequent {
    const uint16_t *word_slots, *place_slots;
    const struct frequent_word *words;
    const struct place_key *places;
    const int16_t *word_sums, *place_sums;
    uint32_t n_words, n_word_slots, n_places, n_place_slots, width;
};

/* Takes the bytes, which must stay where they are, for rows of `width` sums. False: they don't fit together. */
bool frequent_open(struct frequent *frequent, const void *bytes, size_t length, uint32_t width);

/* The number of bytes that follow the head of these numbers. */
size_t frequent_size(const struct frequent_head *head);

/* NULL: it is none of them. */
const struct frequent_word *frequent_find_word(const struct frequent *frequent, uint64_t hash, const char *text,
                                               size_t length);
/* The place's sums. */
const int16_t *frequent_find_place(const struct frequent *frequent, const struct place_key *key);

static inline uint64_t frequent_place_hash(const struct place_key *key)
{
    return hash_join(hash_join(key->of[0] | (uint64_t)key->of[1] << 32, key->of[2]), key->of[3]);
}

/* Has memory fetch the word that is likely to be the one of the hash. */
static inline void frequent_fetch(const struct frequent *frequent, uint64_t hash)
{
    if (frequent->n_words == 0)
        return;
    const char *word =
        (const char *)(frequent->words + frequent->word_slots[hash >> 32 & (frequent->n_word_slots - 1)]);
    __builtin_prefetch(word - 64);
    __builtin_prefetch(word - 128);
}

static inline const int16_t *frequent_sums(const struct frequent *frequent, const struct frequent_word *word,
                                           uint32_t distance)
{
    return frequent->word_sums + ((size_t)(word - frequent->words) * FREQUENT_DISTANCES + distance) * frequent->width;
}

#endif
