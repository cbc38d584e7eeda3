/* word.h: the number under which a word is known: 64 bits of its folded bytes. The model holds no spelling, so two words with one
 * number are one word, and it keeps part of the number only: see words_tag. */
#ifndef SENTIMENT_WORD_H
#define SENTIMENT_WORD_H

#include <stdint.h>
#include <string.h>

#define WORD_MOST_BYTES 40u /* a longer token is no word */

/* Letters A to Z of eight bytes to lower case, after "Hacker's Delight" (Warren 2012): no carries between bytes. */
static inline uint64_t word_lower(uint64_t bytes)
{
    uint64_t seven = bytes & 0x7F7F7F7F7F7F7F7Full;
    uint64_t from_a = seven + 0x3F3F3F3F3F3F3F3Full, after_z = seven + 0x2525252525252525ull;
    uint64_t upper = (from_a ^ after_z) & ~bytes & 0x8080808080808080ull;

    return bytes | upper >> 2;
}

static inline uint64_t word_load(const char *bytes, uint32_t n)
{
    uint64_t word = 0;

    memcpy(&word, bytes, n);
    return word;
}

static inline uint64_t word_mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15ull;
    return hash ^ hash >> 29;
}

/* Of a word in any case. `room` is how many bytes may be read from `bytes` on; `length` of them are the word's. */
static inline uint64_t word_hash(const char *bytes, uint32_t length, uint64_t room)
{
    uint64_t hash = length;

    for (; length > 8; bytes += 8, length -= 8, room -= 8)
        hash = word_mix(hash, word_lower(word_load(bytes, 8)));
    uint64_t last = room >= 8 ? word_load(bytes, 8) & ~0ull >> (64 - 8 * length) : word_load(bytes, length);
    return word_mix(hash, word_lower(last)) * 0xD6E8FEB86659FD93ull;
}

#define WORD_HIGH_BITS 0x8080808080808080ull

/* word_lower of bytes that are all ASCII. */
static inline uint64_t word_lower_ascii(uint64_t bytes)
{
    uint64_t from_a = bytes + 0x3F3F3F3F3F3F3F3Full, after_z = bytes + 0x2525252525252525ull;

    return bytes | ((from_a ^ after_z) & WORD_HIGH_BITS) >> 2;
}

/* The same of a word from which on eight bytes may be read; 0 when it has none, more than sixteen, or others than ASCII. */
static inline uint64_t word_hash_ascii(const char *bytes, uint32_t length)
{
    static const uint64_t kept[9] = {
        0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF
    };
    uint64_t first = word_load(bytes, 8), hash = length;

    if (length <= 8) {
        first &= kept[length];
        if (length == 0 || first & WORD_HIGH_BITS)
            return 0;
        return word_mix(hash, word_lower_ascii(first)) * 0xD6E8FEB86659FD93ull;
    }
    if (length > 16)
        return 0;
    uint64_t second = word_load(bytes + length - 8, 8);
    if ((first | second) & WORD_HIGH_BITS)
        return 0;
    second >>= 8 * (16 - length); /* the first of these eight have been seen */
    hash = word_mix(hash, word_lower_ascii(first));
    return word_mix(hash, word_lower_ascii(second)) * 0xD6E8FEB86659FD93ull;
}

/* Of a sign, in any case (":D", ":d"): apart from the numbers of words, as "xD" may be either. */
uint64_t word_sign_hash(const char *bytes, uint32_t length);

/* Of the phrase that a phrase and a word behind it make. */
static inline uint64_t word_join(uint64_t phrase, uint64_t word)
{
    return phrase * 0x9E3779B97F4A7C15ull + word;
}

/* Writes the word with U+2019 as "'" to `out`, which has room for WORD_MOST_BYTES; its length. */
uint32_t word_fold(const char *bytes, uint32_t length, char *out);

#endif
