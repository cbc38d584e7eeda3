/* lookups.c: see lookups.h. */
#include "plugins/entities/names/lookups.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "plugins/entities/names/rows.h"

/* The first of sixteen keys that is the key; 16 when none is. It takes no branch that depends on where that is: half
 * of them would be guessed wrong. */
static uint32_t find_in_sixteen(const unsigned char *keys, uint16_t key)
{
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi16((int16_t)key);
    __m128i left = _mm_cmpeq_epi16(_mm_loadu_si128((const void *)keys), wanted),
            right = _mm_cmpeq_epi16(_mm_loadu_si128((const void *)(keys + 16)), wanted);
    return (uint32_t)__builtin_ctz((uint32_t)_mm_movemask_epi8(_mm_packs_epi16(left, right)) | 0x10000u);
#elif defined(__aarch64__) && defined(__ARM_NEON)
    const uint16x8_t wanted = vdupq_n_u16(key);
    uint8x16_t x = vcombine_u8(vmovn_u16(vceqq_u16(vreinterpretq_u16_u8(vld1q_u8(keys)), wanted)),
                               vmovn_u16(vceqq_u16(vreinterpretq_u16_u8(vld1q_u8(keys + 16)), wanted)));
    /* four bits for each key */
    uint64_t same = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(x), 4)), 0);
    return (same ? (uint32_t)__builtin_ctzll(same) : 64) / 4;
#else
    uint32_t at = 0;

    while (at < 16 && model_uint16(keys + 2 * at) != key)
        at++;
    return at;
#endif
}

_Static_assert(2 * 16 <= ROWS_END, "the last bucket's keys are looked at by sixteens");
_Static_assert(2 + 4 * 16 + 2 <= MODEL_BUCKETS_END, "where a row begins is read before it is known to be there");

/* Where the feature's row begins in the buckets, in one of more than sixteen features. */
static __attribute__((noinline)) uint32_t find_in_many(const struct names_model *m, uint32_t upper, uint16_t key)
{
    const struct model_bucket b = model_bucket(m, upper);
    const unsigned char *keys = model_bucket_keys(&b), *row = NULL;
    uint32_t first = 0, at;

    while ((at = find_in_sixteen(keys + 2 * (size_t)first, key)) == 16 && first + 16 < b.n)
        first += 16;
    if (first + at < b.n)
        row = model_bucket_row(m, &b, first + at);
    return row ? (uint32_t)(row - m->buckets) : UINT32_MAX;
}

/* UINT32_MAX, or beyond the buckets: it has none. That takes no branch, either: one in eight has none. */
static inline uint32_t find_row(const struct names_model *m, uint32_t start, uint32_t hash)
{
    const unsigned char *bucket = m->buckets + start;
    uint32_t n = model_uint16(bucket);

    if (n > 16)
        return find_in_many(m, hash >> 16, (uint16_t)hash);
    uint32_t at = find_in_sixteen(bucket + 2, (uint16_t)hash);
    return (start + model_uint16(bucket + 2 + 2 * (size_t)(n + at))) | (0u - (uint32_t)(at >= n));
}

void lookups_finish(struct lookups *l)
{
    const struct names_model *model = l->model;
    const unsigned char *buckets = model->buckets, *rows[LOOKUPS_ROOM];
    const uint32_t n = l->n,
                   none = model->head->n_bucket_bytes - ROWS_END; /* at the buckets' end there is an empty row */
    uint32_t starts[LOOKUPS_ROOM];

    for (uint32_t i = 0; i < n; i++) {
        starts[i] = model->starts[l->hashes[i] >> 16];
        __builtin_prefetch(buckets + starts[i]);
        __builtin_prefetch(buckets + starts[i] + 64); /* a bucket has a hundred bytes or so */
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = find_row(model, starts[i], l->hashes[i]);
        rows[i] = buckets + (row < none ? row : none);
        __builtin_prefetch(rows[i]); /* what of it is behind what was fetched */
        __builtin_prefetch(rows[i] + 40);
    }
    for (uint32_t k = 0, i = 0; k < l->n_sums; i = l->wanted[k++].end)
        model->add_rows(rows + i, l->wanted[k].end - i, l->wanted[k].sums, model->width);
    l->n = l->n_sums = 0;
}
