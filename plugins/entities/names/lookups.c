/* lookups.c: see lookups.h. */
#include "plugins/entities/names/lookups.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "plugins/entities/names/rows.h"

#define ROW_MEAN 35u /* bytes, of the rows that texts ask for */

uint32_t *lookups_next(struct lookups *l)
{
    if (LOOKUPS_ROOM - l->n < LOOKUPS_MOST_AT_ONCE || l->n_sums == LOOKUPS_ROOM)
        lookups_finish(l);
    return l->hashes + l->n;
}

void lookups_add(struct lookups *l, uint32_t n, int16_t *sums)
{
    if (n == 0)
        return;
    for (uint32_t end = l->n + n; l->n < end; l->n++)
        __builtin_prefetch(&l->model->buckets[l->hashes[l->n] >> 16]);
    l->wanted[l->n_sums].sums = sums;
    l->wanted[l->n_sums++].end = l->n;
}

/* The first of eight entries that has the key; 8 when none has. It takes no branch that depends on where that is: half of them would be
 * guessed wrong. */
static uint32_t find_in_eight(const struct model_entry *e, uint16_t key)
{
#ifdef __SSE2__
    const __m128i keys = _mm_set1_epi16((int16_t)key), keys_only = _mm_set1_epi32(0xFFFF);
    __m128i left = _mm_and_si128(_mm_cmpeq_epi16(_mm_loadu_si128((const void *)e), keys), keys_only),
            right = _mm_and_si128(_mm_cmpeq_epi16(_mm_loadu_si128((const void *)(e + 4)), keys), keys_only);
    /* Two bytes of each entry are left, of which the lower one's highest bit is set where the key matches. */
    return (uint32_t)__builtin_ctz((uint32_t)_mm_movemask_epi8(_mm_packs_epi32(left, right)) | 0x10000u) / 2;
#else
    uint32_t at = 0;

    while (at < 8 && e[at].key != key)
        at++;
    return at;
#endif
}

_Static_assert(9 * sizeof(struct model_entry) <= ROWS_END, "the last bucket's entries are looked at by eights");

/* The feature's row; an empty one when it has none. There are always eight entries to look at, and one more, since rows follow them. */
static const unsigned char *find_row(const struct names_model *m, uint32_t hash)
{
    static const unsigned char no_row[ROWS_END];
    const struct model_bucket *b = &m->buckets[hash >> 16];
    const struct model_entry *e = &m->entries[b[0].first];
    uint32_t n = b[1].first - b[0].first, at;

    while ((at = find_in_eight(e, (uint16_t)hash)) == 8 && n > 8) {
        e += 8;
        n -= 8;
    }
    size_t row = (size_t)b->row + e[at].row;
    return at < n && row + ROWS_END <= m->head->n_row_bytes ? m->rows + row : no_row;
}

void lookups_finish(struct lookups *l)
{
    const struct names_model *m = l->model;
    const unsigned char *rows[LOOKUPS_ROOM];

    for (uint32_t i = 0; i < l->n; i++)
        __builtin_prefetch(&m->entries[m->buckets[l->hashes[i] >> 16].first]);
    for (uint32_t i = 0; i < l->n; i++) {
        rows[i] = find_row(m, l->hashes[i]);
        __builtin_prefetch(rows[i]);
        __builtin_prefetch(rows[i] + ROW_MEAN); /* half of them reach into a second line */
    }
    for (uint32_t k = 0, i = 0; k < l->n_sums; i = l->wanted[k++].end)
        rows_add(rows + i, l->wanted[k].end - i, l->wanted[k].sums, m->width);
    l->n = l->n_sums = 0;
}
