/* fold.h: words as keys: ASCII's capitals made small, the plural's s off (Harman 1991, "How effective is suffixing?"), y as
 * i, hashed to 64 bits. The trainer and the plugin must agree on it. */
#ifndef SUMMARIZER_FOLD_H
#define SUMMARIZER_FOLD_H

#include <stdint.h>
#include <string.h>

#define FOLD_LONGEST 32u /* bytes of a word that count, besides its length */

/* Eight bytes with A to Z made small: the upper bits mark bytes in the range. */
static inline uint64_t fold_eight(uint64_t x)
{
    uint64_t low = x & 0x7F7F7F7F7F7F7F7Full;
    uint64_t from_a = low + 0x3F3F3F3F3F3F3F3Full, beyond_z = low + 0x2525252525252525ull;

    return x | ((from_a & ~beyond_z & ~x & 0x8080808080808080ull) >> 2);
}

static inline uint64_t fold_mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15ull;
    return h ^ h >> 32;
}

/* Writes the word's first bytes, folded and without its plural's s, to `out`, zeros behind them. Returns how many count. */
static inline uint32_t fold_word(const char *word, uint32_t length, char out[FOLD_LONGEST])
{
    uint32_t n = length < FOLD_LONGEST ? length : FOLD_LONGEST;
    uint64_t eight[FOLD_LONGEST / 8] = { 0 };

    memcpy(eight, word, n);
    for (uint32_t i = 0; i < (n + 7) / 8; i++)
        eight[i] = fold_eight(eight[i]);
    memcpy(out, eight, sizeof eight);
    if (n != length || n < 4)
        return n;
    if (out[n - 1] == 's' && out[n - 2] != 's' && out[n - 2] != 'u' && out[n - 2] != 'i' && out[n - 2] != '\'') {
        out[--n] = 0;
        if (n > 3 && out[n - 1] == 'e' && out[n - 2] == 'i')
            out[--n] = 0;
    } else if (out[n - 1] == 'y')
        out[n - 1] = 'i';
    return n;
}

/* The key of a folded word; never 0. */
static inline uint64_t fold_key(const char out[FOLD_LONGEST], uint32_t length)
{
    uint64_t eight[FOLD_LONGEST / 8], h = length * 0xD6E8FEB86659FD93ull;

    memcpy(eight, out, sizeof eight);
    h = fold_mix(h, eight[0]);
    for (uint32_t i = 1; i < FOLD_LONGEST / 8 && eight[i]; i++)
        h = fold_mix(h, eight[i]);
    return h ? h : 1;
}

/* The lowest bytes of eight, so many as are asked for, 1 to 8. */
static inline uint64_t fold_first(uint64_t eight, uint32_t n)
{
    return eight & ~0ull >> 8 * (8 - n);
}

/* How many bytes of a word of four or more are of its plural. */
static inline uint32_t fold_plural(char last, char before, char third, uint32_t length)
{
    if ((last | 0x20) != 's' || (before | 0x20) == 's' || (before | 0x20) == 'u' || (before | 0x20) == 'i' ||
        before == '\'')
        return 0;
    return length > 4 && (before | 0x20) == 'e' && (third | 0x20) == 'i' ? 2 : 1;
}

/* The key of the word at text[at], as fold_word and fold_key have it: without a copy if it is not long, and not at the text's end. */
static inline uint64_t fold_at(const char *text, uint32_t text_length, uint32_t at, uint32_t length)
{
    const char *word = text + at;
    uint64_t low, high = 0;
    char out[FOLD_LONGEST];

    if (length > 16 || length == 0 || text_length - at < 16) {
        length = fold_word(word, length, out);
        return fold_key(out, length);
    }
    char last = word[length - 1];
    uint64_t y = 0; /* what makes a y at its end an i */
    if (length >= 4) {
        uint32_t plural = fold_plural(last, word[length - 2], word[length - 3], length);
        y = plural == 0 && (last | 0x20) == 'y' ? 'y' ^ 'i' : 0;
        length -= plural;
    }
    memcpy(&low, word, sizeof low);
    if (length > 8) {
        memcpy(&high, word + 8, sizeof high);
        high = fold_eight(fold_first(high, length - 8)) ^ y << 8 * (length - 9);
        low = fold_eight(low);
    } else
        low = fold_eight(fold_first(low, length)) ^ y << 8 * (length - 1);
    uint64_t h = fold_mix(length * 0xD6E8FEB86659FD93ull, low);
    h = high ? fold_mix(h, high) : h;
    return h ? h : 1;
}

#endif
