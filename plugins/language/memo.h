/* memo.h: what the words of earlier texts came to, so that a word that comes again costs one look. Of words of fewer
 * than 16 letters of ASCII, the whole word compared; a place holds the last two words that were noted there. What is
 * found is what would be reckoned, so a text is judged alike whatever came before it. */
#ifndef LANGUAGE_MEMO_H
#define LANGUAGE_MEMO_H

#include <stdint.h>
#include <string.h>

#include "plugins/language/model.h"

#define MEMO_BITS 10    /* of places: 128 KiB, in which 3 of 4 words of news are found */
#define MEMO_LETTERS 16 /* of a key */

/* A word in small letters, NULs behind it; the first byte is the lowest. No word: zeros. */
struct memo_key {
    uint64_t half[2];
};

/* Fits a line of the processor's cache. */
struct memo_word {
    _Alignas(64) struct memo_key key;
    int16_t sum[MODEL_DIM]; /* of its features but the last, which is how it and the word before are written */
    uint32_t whole;         /* the hash of the whole word */
    uint32_t known;         /* features that the model has */
};

/* What words that were noted came to, of the last few of a walk. */
typedef int16_t word_lanes __attribute__((vector_size(16)));
struct noted {
    word_lanes sums[2];
    uint32_t n, known; /* how many words, and their features that the model has */
    /* The model's. */
    const int16_t (*turns)[MODEL_DIM];
    const uint8_t *is_turn_known;
};

/* So many such words' sums fit their lanes: a word of fewer than MEMO_LETTERS letters has as many groups of two as letters and one,
 * of three one less, of four two less, the whole word, and how it and the word before are written. */
#define NOTED_MOST 5u
_Static_assert(MODEL_DIM == 16 && NOTED_MOST * (3 * (MEMO_LETTERS - 1) + 2) * 128 <= INT16_MAX, "their sums fit");

static inline void noted_add(struct noted *noted, const struct memo_word *word, uint32_t turn)
{
    word_lanes sums[2], turns[2];

    memcpy(sums, word->sum, sizeof sums);
    memcpy(turns, noted->turns[turn], sizeof turns);
    noted->sums[0] += sums[0] + turns[0];
    noted->sums[1] += sums[1] + turns[1];
    noted->known += word->known + noted->is_turn_known[turn];
    noted->n++;
}

struct word_memo {
    struct memo_word words[1 << MEMO_BITS][2];
};

static inline struct memo_word *memo_place(struct word_memo *memo, const struct memo_key *key)
{
    uint64_t hash = (key->half[0] ^ key->half[1] * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;

    return memo->words[hash >> (64 - MEMO_BITS)];
}

static inline int memo_is(const struct memo_word *word, const struct memo_key *key)
{
    return ((word->key.half[0] ^ key->half[0]) | (word->key.half[1] ^ key->half[1])) == 0;
}

/* Of the two words at a place that of the key; NULL when it isn't there. */
static inline const struct memo_word *memo_find(const struct memo_word *place, const struct memo_key *key)
{
    return memo_is(place, key) ? place : memo_is(place + 1, key) ? place + 1 : NULL;
}

/* Begins to note a word at a place; the older of the two there is forgotten. */
static inline struct memo_word *memo_begin(struct memo_word *place, const struct memo_key *key)
{
    memcpy(place + 1, place, sizeof *place);
    place->key = *key;
    return place;
}

#endif
