/* ascii.h: the letters and digits of ASCII at the start of a text, many bytes a step: 16 with SSE2, which every x86-64 has, 8
 * without. A word seldom takes two steps, so that its length costs no branch that is hard to foretell. */
#ifndef SEGMENTER_ASCII_H
#define SEGMENTER_ASCII_H

#include <stdint.h>
#include <string.h>

static inline int is_word_byte(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

#if defined(__SSE2__)
#include <emmintrin.h>

#define ASCII_STEP 16u

/* The bytes of the first ASCII_STEP that are letters or digits before the first that is none; ASCII_STEP when all are. */
static inline uint32_t ascii_step(const char *text)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i letters = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digits = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    /* a byte is at most n, unsigned, when it is the lesser of itself and n */
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(25)), letters);
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
    uint32_t words = (uint32_t)_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit));

    return (uint32_t)__builtin_ctz(~words); /* bits above the 16th are set, so there is one */
}

#else

#define ASCII_STEP 8u
#define EACH_BYTE 0x0101010101010101ull

/* Adding to seven bits carries into the eighth from a bound on, and never further. */
static inline uint32_t ascii_step(const char *text)
{
    uint64_t x;

    memcpy(&x, text, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    uint64_t seven = x & EACH_BYTE * 0x7F, lower = seven | EACH_BYTE * 0x20;
    uint64_t letters = (lower + EACH_BYTE * (0x80 - 'a')) & ~(lower + EACH_BYTE * (0x7F - 'z'));
    uint64_t digits = (seven + EACH_BYTE * (0x80 - '0')) & ~(seven + EACH_BYTE * (0x7F - '9'));
    uint64_t others = (~(letters | digits) | x) & EACH_BYTE * 0x80;

    return others ? (uint32_t)__builtin_ctzll(others) / 8 : 8;
}

#endif

/* How many letters and digits of ASCII stand at `text`, of `length` bytes. */
static inline uint32_t ascii_word_length(const char *text, uint32_t length)
{
    uint32_t at = 0;

    while (length - at >= ASCII_STEP) {
        uint32_t step = ascii_step(text + at);
        at += step;
        if (step < ASCII_STEP)
            return at;
    }
    while (at < length && is_word_byte(text[at]))
        at++;
    return at;
}

#endif
