/* histogram.h: how often which durations occurred, in buckets whose width grows with the value, as G. Tene's
 * HdrHistogram has them: any 64-bit number, 59 KiB, no allocation, and no percentile is off by more than 1/128 of
 * itself. */
#ifndef CLI_HISTOGRAM_H
#define CLI_HISTOGRAM_H

#include <stdint.h>

/* Each power of two has 128 buckets of equal width; the first two hold single numbers. */
#define HISTOGRAM_BITS 7
#define HISTOGRAM_PART (1u << HISTOGRAM_BITS)
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_BITS + 1) * HISTOGRAM_PART)

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t n, min, max; /* of what was recorded, exact */
    double sum;
};

/* A zeroed one is empty. */
void histogram_record(struct histogram *histogram, uint64_t value);

/* Records all that `from` has. */
void histogram_merge(struct histogram *histogram, const struct histogram *from);

/* The value that `millionths` of all values don't exceed: 990000 for the 99th percentile. It is the upper end of the
 * bucket where the value at that rank lies, but never above the largest value that was recorded, nor below the
 * smallest; 1000000 is the largest itself. 0 when there are none. Ranks are whole numbers: nothing is rounded on the
 * way. */
uint64_t histogram_percentile(const struct histogram *histogram, uint32_t millionths);

double histogram_mean(const struct histogram *histogram);

/* Walks through the buckets that hold something, from the smallest up: the bucket's upper end (never above the largest
 * value), and how many values are not above it. Zero: that was the last. `*bucket` starts as 0. */
int histogram_next(const struct histogram *histogram, uint32_t *bucket, uint64_t *value, uint64_t *n_below);

#endif
