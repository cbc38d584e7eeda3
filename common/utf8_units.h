/* utf8_units.h: how many code points and UTF-16 code units begin in bytes of a valid UTF-8 text, sixteen bytes at a
 * time with SSE2, which every x86-64 has, or NEON, which every 64-bit ARM has, eight without.
 *
 * A code point begins at each byte that is no continuation byte, and one that begins with 0xF0 or above is two units of
 * UTF-16. Counting beginnings lets a block's border stand inside a character. */
#ifndef TD_UTF8_UNITS_H
#define TD_UTF8_UNITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct td_units {
    uint32_t starts; /* of code points */
    uint32_t wide;   /* of those above U+FFFF */
};

#define TD_EACH_BYTE 0x0101010101010101ull

#if defined(__SSE2__)
#include <emmintrin.h>

#define TD_UNITS_STEP 16u

static inline struct td_units td_units_step(const char *text)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)text);
    /* as signed bytes, continuation bytes are those below -64, and 0xF0 and above those from -16 to -1 */
    uint32_t starts = (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(x, _mm_set1_epi8(-65)));
    uint32_t wide =
        (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(_mm_xor_si128(x, _mm_set1_epi8(-128)), _mm_set1_epi8(0x6F)));

    return (struct td_units) { (uint32_t)__builtin_popcount(starts), (uint32_t)__builtin_popcount(wide) };
}

/* Whether the TD_UNITS_STEP bytes are all ASCII. */
static inline int td_units_are_ascii(const char *text)
{
    return _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)text)) == 0;
}

#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

#define TD_UNITS_STEP 16u

static inline struct td_units td_units_step(const char *text)
{
    uint8x16_t x = vld1q_u8((const uint8_t *)text), one = vdupq_n_u8(1);
    uint8x16_t starts = vandq_u8(vcgtq_s8(vreinterpretq_s8_u8(x), vdupq_n_s8(-65)), one);
    uint8x16_t wide = vandq_u8(vcgeq_u8(x, vdupq_n_u8(0xF0)), one);

    return (struct td_units) { vaddvq_u8(starts), vaddvq_u8(wide) };
}

/* Whether the TD_UNITS_STEP bytes are all ASCII. */
static inline int td_units_are_ascii(const char *text)
{
    return vmaxvq_u8(vld1q_u8((const uint8_t *)text)) < 0x80;
}

#else

#define TD_UNITS_STEP 8u

static inline struct td_units td_units_step(const char *text)
{
    uint64_t x;

    memcpy(&x, text, 8);
    uint64_t starts = (~x >> 7 | x >> 6) & TD_EACH_BYTE;
    uint64_t wide = (x >> 7 & x >> 6 & x >> 5 & x >> 4) & TD_EACH_BYTE;
    return (struct td_units) { (uint32_t)(starts * TD_EACH_BYTE >> 56), (uint32_t)(wide * TD_EACH_BYTE >> 56) };
}

static inline int td_units_are_ascii(const char *text)
{
    uint64_t x;

    memcpy(&x, text, 8);
    return (x & TD_EACH_BYTE * 0x80) == 0;
}

#endif

#define TD_UNITS_FEW 16u

/* Whether fewer than TD_UNITS_FEW bytes are all ASCII. Short strings are most of what is checked: they take two looks,
 * which may overlap. */
static inline int td_units_are_few_ascii(const char *text, size_t n)
{
    uint64_t first = 0, last = 0;

    if (n >= 8) {
        memcpy(&first, text, 8);
        memcpy(&last, text + n - 8, 8);
    } else if (n >= 4) {
        memcpy(&first, text, 4);
        memcpy(&last, text + n - 4, 4);
    } else if (n > 0) {
        first = (unsigned char)(text[0] | text[n / 2] | text[n - 1]);
    }
    return ((first | last) & TD_EACH_BYTE * 0x80) == 0;
}

static inline struct td_units td_units_count(const char *text, size_t length)
{
    struct td_units all = { 0 };
    size_t at = 0;

    for (; length - at >= TD_UNITS_STEP; at += TD_UNITS_STEP) {
        struct td_units step = td_units_step(text + at);
        all.starts += step.starts;
        all.wide += step.wide;
    }
    for (; at < length; at++) {
        all.starts += ((unsigned char)text[at] & 0xC0) != 0x80;
        all.wide += (unsigned char)text[at] >= 0xF0;
    }
    return all;
}

#endif
