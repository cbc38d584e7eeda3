/* ascii.h: the letters and digits of ASCII in a text, 64 bytes at a time: a bit a byte. Where a word ends is then found by
 * counting bits, so that its length costs no branch that is hard to foretell. */
#ifndef SEGMENTER_ASCII_H
#define SEGMENTER_ASCII_H

#include <stdint.h>
#include <string.h>

#define ASCII_BLOCK 64u

static inline int is_word_byte(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

#if defined(__SSE2__) /* every x86-64 has it */
#include <emmintrin.h>

/* Which of the 16 bytes are letters or digits. */
static inline uint64_t ascii_words_of_16(const char *text)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)text);
    __m128i letters = _mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
    __m128i digits = _mm_sub_epi8(x, _mm_set1_epi8('0'));
    /* a byte is at most n, unsigned, when it is the lesser of itself and n */
    __m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letters, _mm_set1_epi8(25)), letters);
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);

    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(is_letter, is_digit));
}

static inline uint64_t ascii_words_of_block(const char *text)
{
    return ascii_words_of_16(text) | ascii_words_of_16(text + 16) << 16 | ascii_words_of_16(text + 32) << 32 |
           ascii_words_of_16(text + 48) << 48;
}

#else

static inline uint64_t ascii_words_of_block(const char *text)
{
    uint64_t words = 0;

    for (uint32_t i = 0; i < ASCII_BLOCK; i++)
        words |= (uint64_t)is_word_byte(text[i]) << i;
    return words;
}

#endif

/* Which bytes of the block at `at` are letters or digits; none behind the text's end. */
static inline uint64_t ascii_words(const char *text, uint32_t at, uint32_t length)
{
    char rest[ASCII_BLOCK] = { 0 };

    if (length - at >= ASCII_BLOCK)
        return ascii_words_of_block(text + at);
    memcpy(rest, text + at, length - at);
    return ascii_words_of_block(rest);
}

/* A text's blocks, the one that was asked for last at hand. */
struct ascii_blocks {
    uint64_t words;
    uint32_t block; /* its number, plus one; 0 when there is none */
};

/* The end of the letters and digits of ASCII at `at` (<= length). */
static inline uint32_t ascii_word_end(struct ascii_blocks *blocks, const char *text, uint32_t at, uint32_t length)
{
    while (at < length) {
        uint32_t block = at / ASCII_BLOCK;
        if (block + 1 != blocks->block) {
            blocks->words = ascii_words(text, block * ASCII_BLOCK, length);
            blocks->block = block + 1;
        }
        uint64_t others =
            ~(blocks->words >> at % ASCII_BLOCK); /* what is shifted in counts as others: the block's end */
        if (others) {
            at += (uint32_t)__builtin_ctzll(others);
            if (at % ASCII_BLOCK != 0)
                return at;
        } else {
            at += ASCII_BLOCK;
        }
        if (at < length && !is_word_byte(text[at]))
            return at;
    }
    return length;
}

#endif
