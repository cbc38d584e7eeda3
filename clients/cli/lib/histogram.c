/* histogram.c: see histogram.h. A value's bucket is made of its leading HISTOGRAM_BITS + 1 bits and of where they
 * stand. */
#include "clients/cli/lib/histogram.h"

#include <assert.h>

#define MILLION 1000000u

static uint32_t bucket_of(uint64_t value)
{
    if (value < 2 * HISTOGRAM_PART)
        return (uint32_t)value;
    uint32_t shift = 63 - (uint32_t)__builtin_clzll(value) - HISTOGRAM_BITS;
    return shift * HISTOGRAM_PART + (uint32_t)(value >> shift);
}

/* The largest value that falls into the bucket. */
static uint64_t upper_end(uint32_t bucket)
{
    if (bucket < 2 * HISTOGRAM_PART)
        return bucket;
    uint32_t shift = bucket / HISTOGRAM_PART - 1;
    uint64_t leading = bucket % HISTOGRAM_PART + HISTOGRAM_PART;
    return ((leading + 1) << shift) - 1; /* of the very last one, 2^64 - 1: it wraps as it should */
}

void histogram_record(struct histogram *h, uint64_t value)
{
    uint32_t bucket = bucket_of(value);

    assert(bucket < HISTOGRAM_BUCKETS);
    h->counts[bucket]++;
    h->min = h->n == 0 || value < h->min ? value : h->min;
    h->max = value > h->max ? value : h->max;
    h->sum += (double)value;
    h->n++;
}

void histogram_merge(struct histogram *h, const struct histogram *from)
{
    if (from->n == 0)
        return;
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        h->counts[i] += from->counts[i];
    h->min = h->n == 0 || from->min < h->min ? from->min : h->min;
    h->max = from->max > h->max ? from->max : h->max;
    h->sum += from->sum;
    h->n += from->n;
}

static uint64_t within(const struct histogram *h, uint64_t value)
{
    return value > h->max ? h->max : value < h->min ? h->min : value;
}

int histogram_next(const struct histogram *h, uint32_t *bucket, uint64_t *value, uint64_t *n_below)
{
    if (*bucket == 0)
        *n_below = 0;
    while (*bucket < HISTOGRAM_BUCKETS && h->counts[*bucket] == 0)
        ++*bucket;
    if (*bucket == HISTOGRAM_BUCKETS)
        return 0;
    *value = within(h, upper_end(*bucket));
    *n_below += h->counts[*bucket];
    ++*bucket;
    return 1;
}

uint64_t histogram_percentile(const struct histogram *h, uint32_t millionths)
{
    uint64_t value = 0, n_below = 0, whole = h->n / MILLION * millionths, part = h->n % MILLION * millionths;
    uint64_t rank = whole + (part + MILLION - 1) / MILLION; /* upwards: the median of three is the second */
    uint32_t bucket = 0;

    assert(millionths <= MILLION);
    while (histogram_next(h, &bucket, &value, &n_below) && n_below < rank)
        ;
    return value;
}

double histogram_mean(const struct histogram *h)
{
    return h->n ? h->sum / (double)h->n : 0;
}
