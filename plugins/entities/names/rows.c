/* rows.c: see rows.h. A row that a text asks for has 27 labels on average, and each token asks for fifteen rows. One label after the other,
 * each sum waits for what the row before has stored, which took half of the names' time; so where the machine can, eight labels are added at
 * once, to sums that stay in a register until the last row, and without a branch. */
#include "plugins/entities/names/rows.h"

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

/* For each set of eight labels, which of the weights is each label's; 0x80, which pshufb makes 0, where it has none. */
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

/* Any machine with AVX2 has the instruction that counts bits. */
__attribute__((target("avx2,popcnt"))) static void add_vectors(const unsigned char *const *rows, uint32_t n,
                                                               int16_t *sums, uint32_t width)
{
    for (uint32_t first = 0; first < width; first += 8) {
        __m128i sum = _mm_loadu_si128((const void *)(sums + first));
        for (uint32_t i = 0; i < n; i++) {
            uint64_t labels = labels_of(rows[i]);
            const unsigned char *weights =
                rows[i] + sizeof labels + __builtin_popcountll(labels & ((1ull << first) - 1));
            __m128i eight = _mm_shuffle_epi8(_mm_loadl_epi64((const void *)weights),
                                             _mm_loadl_epi64((const void *)places[labels >> first & 0xFF]));
            sum = _mm_add_epi16(sum, _mm_cvtepi8_epi16(eight));
        }
        _mm_storeu_si128((void *)(sums + first), sum);
    }
}

void rows_add(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width)
{
    (__builtin_cpu_supports("avx2") ? add_vectors : rows_add_plainly)(rows, n, sums, width);
}
#else
void rows_add(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width)
{
    rows_add_plainly(rows, n, sums, width);
}
#endif
