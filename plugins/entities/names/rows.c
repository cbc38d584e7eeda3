/* rows.c: see rows.h. A row that a text asks for has 27 labels on average, and each token asks for fifteen rows. One
 * label after the other, each sum waits for what the row before has stored, which took half of the names' time; so where
 * the machine can, eight or sixteen labels are added at once, or all of them, to sums that stay in a register until the
 * last row, and without a branch. */
#include "plugins/entities/names/rows.h"

#include <stdbool.h>
#include <string.h>

static uint64_t labels_of(const unsigned char *row)
{
    uint64_t labels;

    memcpy(&labels, row, sizeof labels);
    return labels;
}

void rows_add_plainly(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width)
{
    for (uint32_t i = 0; i < n; i++) {
        const unsigned char *weight = rows[i] + sizeof(uint64_t);
        for (uint64_t labels = labels_of(rows[i]) & UINT64_MAX >> (64 - width); labels;
             labels &= labels - 1, weight++) {
            int16_t *sum = &sums[__builtin_ctzll(labels)];
            *sum = (int16_t)(*sum + (int8_t)*weight);
        }
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAS_PLACES
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#define HAS_PLACES
#endif

#ifdef HAS_PLACES
/* For each set of eight labels, which of the weights is each label's; 0x80, which pshufb and tbl make 0, where it has
 * none. */
#define PLACE(set, label) ((set) >> (label)&1 ? __builtin_popcount((set) & ((1 << (label)) - 1)) : 0x80)
#define PLACES(set) \
    { \
        PLACE(set, 0), PLACE(set, 1), PLACE(set, 2), PLACE(set, 3), PLACE(set, 4), PLACE(set, 5), PLACE(set, 6), \
            PLACE(set, 7) \
    }
#define PLACES_4(set) PLACES(set), PLACES((set) + 1), PLACES((set) + 2), PLACES((set) + 3)
#define PLACES_16(set) PLACES_4(set), PLACES_4((set) + 4), PLACES_4((set) + 8), PLACES_4((set) + 12)
#define PLACES_64(set) PLACES_16(set), PLACES_16((set) + 16), PLACES_16((set) + 32), PLACES_16((set) + 48)
static const uint8_t places[256][8] = { PLACES_64(0), PLACES_64(64), PLACES_64(128), PLACES_64(192) };
#endif

#if defined(__x86_64__) && defined(__GNUC__)

/* Sixteen labels at a time: the upper eight's weights lie behind the lower eight's. Any machine with AVX2 has the instruction that counts bits. */
__attribute__((target("avx2,popcnt"))) static void add_sixteens(const unsigned char *const *rows, uint32_t n,
                                                                int16_t *sums, uint32_t width)
{
    for (uint32_t first = 0; first < width; first += 16) {
        bool is_half = width - first < 16; /* the width is a multiple of 8 */
        __m256i sum = is_half ? _mm256_castsi128_si256(_mm_loadu_si128((const void *)(sums + first)))
                              : _mm256_loadu_si256((const void *)(sums + first));
        for (uint32_t i = 0; i < n; i++) {
            uint64_t labels = labels_of(rows[i]);
            const unsigned char *weights =
                rows[i] + sizeof labels + __builtin_popcountll(labels & ((1ull << first) - 1));
            uint32_t low = labels >> first & 0xFF, high = labels >> first >> 8 & 0xFF;
            __m128i left = _mm_loadl_epi64((const void *)places[low]),
                    right = _mm_loadl_epi64((const void *)places[high]),
                    behind = _mm_set1_epi8((char)__builtin_popcount(low));
            /* 0x80 stays above 0x7F with a count of at most 8 added. */
            __m128i sixteen = _mm_shuffle_epi8(_mm_loadu_si128((const void *)weights),
                                               _mm_unpacklo_epi64(left, _mm_add_epi8(right, behind)));
            sum = _mm256_add_epi16(sum, _mm256_cvtepi8_epi16(sixteen));
        }
        if (is_half)
            _mm_storeu_si128((void *)(sums + first), _mm256_castsi256_si128(sum));
        else
            _mm256_storeu_si256((void *)(sums + first), sum);
    }
}

/* A whole row at a time: one instruction puts the weights where the labels are. */
#define ROW_AT_ONCE "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2"
__attribute__((target(ROW_AT_ONCE))) static void add_whole(const unsigned char *const *rows, uint32_t n, int16_t *sums,
                                                           uint32_t width)
{
    uint64_t known = UINT64_MAX >> (64 - width);
    __mmask32 in_left = (__mmask32)known, in_right = (__mmask32)(known >> 32);
    __m512i left = _mm512_maskz_loadu_epi16(in_left, sums), right = _mm512_maskz_loadu_epi16(in_right, sums + 32);

    for (uint32_t i = 0; i < n; i++) {
        __m512i weights = _mm512_loadu_si512(rows[i] + sizeof(uint64_t));
        __m512i row = _mm512_maskz_expand_epi8(labels_of(rows[i]) & known, weights);
        left = _mm512_add_epi16(left, _mm512_cvtepi8_epi16(_mm512_castsi512_si256(row)));
        right = _mm512_add_epi16(right, _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(row, 1)));
    }
    _mm512_mask_storeu_epi16(sums, in_left, left);
    _mm512_mask_storeu_epi16(sums + 32, in_right, right);
}

static bool has_whole(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2");
}

rows_adder *rows_adders(uint32_t which)
{
    if (which == 0)
        return rows_add_plainly;
    if (which == 1)
        return __builtin_cpu_supports("avx2") ? add_sixteens : NULL;
    return which == 2 && has_whole() ? add_whole : NULL;
}
#elif defined(__aarch64__) && defined(__ARM_NEON)

/* `eights` times eight labels from `first` on. */
static inline __attribute__((always_inline)) void add_eights(const unsigned char *const *rows, uint32_t n,
                                                             int16_t *sums, uint32_t first, uint32_t eights)
{
    int16x8_t sum[4];

    for (uint32_t k = 0; k < eights; k++)
        sum[k] = vld1q_s16(sums + first + 8 * k);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t labels = labels_of(rows[i]);
        uint64_t counts = vget_lane_u64(vreinterpret_u64_u8(vcnt_u8(vcreate_u8(labels))), 0);
        uint64_t before = counts * 0x0101010101010100ull; /* how many labels the bytes below each have: at most 56 */
        const unsigned char *weights = rows[i] + sizeof labels;
        for (uint32_t k = 0; k < eights; k++) {
            uint32_t at = first + 8 * k;
            uint8x8_t place = vld1_u8(places[labels >> at & 0xFF]);
            uint8x8_t eight = vtbl1_u8(vld1_u8(weights + (before >> at & 0xFF)), place);
            sum[k] = vaddw_s8(sum[k], vreinterpret_s8_u8(eight));
        }
    }
    for (uint32_t k = 0; k < eights; k++)
        vst1q_s16(sums + first + 8 * k, sum[k]);
}

/* Thirty-two labels at a time: four sums that stay in registers, with room for what is on its way; then what is left of
 * the width. */
static void add_neon(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width)
{
    uint32_t first = 0;

    for (; first + 32 <= width; first += 32)
        add_eights(rows, n, sums, first, 4);
    for (; first < width; first += 8)
        add_eights(rows, n, sums, first, 1);
}

rows_adder *rows_adders(uint32_t which)
{
    if (which == 0)
        return rows_add_plainly;
    return which == 1 ? add_neon : NULL;
}
#else
rows_adder *rows_adders(uint32_t which)
{
    return which == 0 ? rows_add_plainly : NULL;
}
#endif

rows_adder *rows_best_adder(void)
{
    rows_adder *best = rows_add_plainly;

    for (uint32_t i = 0; i < ROWS_ADDERS; i++)
        best = rows_adders(i) ? rows_adders(i) : best;
    return best;
}
