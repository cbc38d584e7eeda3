/* weights.h: sums of learned weights. All weights of an entry are added at once, in lanes of 16 bits, which are emptied into wider ones
 * before they can overflow. */
#ifndef SENTIMENT_WEIGHTS_H
#define SENTIMENT_WEIGHTS_H

#include <string.h>

#include "plugins/sentiment/model.h"

#define WEIGHTS_MOST 256u /* entries: 256 bytes fit a lane */

/* Eight at a time; both compilers know how. */
typedef uint16_t weight_lanes __attribute__((vector_size(16)));

/* Sums of entries' bytes, those with even and those with odd numbers. */
struct weight_bytes {
    weight_lanes even, odd;
};

static inline struct weight_bytes weight_bytes_add(struct weight_bytes sum, const struct entry *entry)
{
    weight_lanes bytes;

    memcpy(&bytes, entry, sizeof bytes);
    sum.even += bytes & 0xFF;
    sum.odd += bytes >> 8;
    return sum;
}

struct weight_sums {
    struct weight_bytes bytes;
    uint32_t n; /* entries that were added */
};

/* Adds what an entry says as it stands. There must be fewer than WEIGHTS_MOST in it. */
static inline void weights_add(struct weight_sums *weights, const struct entry *entry)
{
    weights->bytes = weight_bytes_add(weights->bytes, entry);
    weights->n++;
}

/* Adds what `n` entries say that were summed up between two moments of a sum. There must be room for them. */
static inline void weights_add_between(struct weight_sums *weights, const struct weight_bytes *before,
                                       const struct weight_bytes *after, uint32_t n)
{
    weights->bytes.even += after->even - before->even;
    weights->bytes.odd += after->odd - before->odd;
    weights->n += n;
}

/* Empties them into the lanes of a text, without the bias that each has. */
static inline void weights_flush(struct weight_sums *weights, int64_t lanes[N_LANES])
{
    int64_t bias = (int64_t)weights->n * ENTRY_BIAS;

    for (int i = 0; i < N_LANES; i++)
        lanes[i] += (i % 2 ? weights->bytes.odd[i / 2] : weights->bytes.even[i / 2]) - bias;
    *weights = (struct weight_sums) { 0 };
}

#endif
