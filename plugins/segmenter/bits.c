/* bits.c: see bits.h. */
#include "plugins/segmenter/bits.h"

/* The bits of 64 bytes. */
struct block {
    uint64_t words, letters, blanks, commas;
};

#if defined(__SSE2__) /* every x86-64 has it */
#include <emmintrin.h>

/* Which bytes are from `first` on, `n` of them: a byte is at most n - 1, unsigned, when it is the lesser of itself and n - 1. */
static __m128i in_range(__m128i bytes, char first, char n)
{
    __m128i x = _mm_sub_epi8(bytes, _mm_set1_epi8(first));

    return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8((char)(n - 1))), x);
}

static uint64_t mask_of(__m128i bytes)
{
    return (uint32_t)_mm_movemask_epi8(bytes);
}

static struct block read_block(const char *text)
{
    struct block b = { 0 };

    for (uint32_t at = 0; at < 64; at += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
        __m128i letters = in_range(_mm_or_si128(x, _mm_set1_epi8(0x20)), 'a', 26);
        b.letters |= mask_of(letters) << at;
        b.words |= mask_of(_mm_or_si128(letters, in_range(x, '0', 10))) << at;
        b.blanks |= mask_of(_mm_cmpeq_epi8(x, _mm_set1_epi8(' '))) << at;
        b.commas |= mask_of(_mm_cmpeq_epi8(x, _mm_set1_epi8(','))) << at;
    }
    return b;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)
#include "plugins/lib/neon.h"

static uint8x16_t in_range(uint8x16_t bytes, uint8_t first, uint8_t n)
{
    return vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(n));
}

static uint64_t mask_of(const uint8x16_t bytes[4])
{
    return neon_mask_64(bytes[0], bytes[1], bytes[2], bytes[3]);
}

static struct block read_block(const char *text)
{
    uint8x16_t words[4], letters[4], blanks[4], commas[4];

    for (uint32_t i = 0; i < 4; i++) {
        uint8x16_t x = vld1q_u8((const uint8_t *)text + 16 * (size_t)i);
        letters[i] = in_range(vorrq_u8(x, vdupq_n_u8(0x20)), 'a', 26);
        words[i] = vorrq_u8(letters[i], in_range(x, '0', 10));
        blanks[i] = vceqq_u8(x, vdupq_n_u8(' '));
        commas[i] = vceqq_u8(x, vdupq_n_u8(','));
    }
    return (struct block) { mask_of(words), mask_of(letters), mask_of(blanks), mask_of(commas) };
}

#else

static struct block read_block(const char *text)
{
    struct block b = { 0 };

    for (uint32_t i = 0; i < 64; i++) {
        char c = text[i];
        b.words |= (uint64_t)is_word_byte(c) << i;
        b.letters |= (uint64_t)(is_word_byte(c) && c > '9') << i;
        b.blanks |= (uint64_t)(c == ' ') << i;
        b.commas |= (uint64_t)(c == ',') << i;
    }
    return b;
}

#endif

static void put(unsigned char *map, uint32_t i, uint64_t bits)
{
    memcpy(map + i / 8, &bits, sizeof bits);
}

static void put_block(struct byte_bits *bits, uint32_t i, const struct block *b)
{
    put(bits->words, i, b->words);
    put(bits->letters, i, b->letters);
    put(bits->blanks, i, b->blanks);
    put(bits->commas, i, b->commas);
}

void bits_read(struct byte_bits *bits, const char *text, uint32_t from, uint32_t length)
{
    uint32_t size = length - from < STRETCH ? length - from : STRETCH, i = 0;
    const struct block none = { 0 };
    struct block b;

    bits->from = from;
    bits->end = from + size;
    for (; i + 64 <= size; i += 64) {
        b = read_block(text + from + i);
        put_block(bits, i, &b);
    }
    if (i < size) {
        char rest[64] = { 0 };
        memcpy(rest, text + from + i, size - i);
        b = read_block(rest);
        put_block(bits, i, &b);
        i += 64;
    }
    put_block(bits, i, &none); /* what is looked at behind the end */
}
