/* weights.h: sums of learned weights. All weights of an entry are added at once, in lanes of 16 bits, which are emptied into wider ones
 * before they can overflow. */
#ifndef SENTIMENT_WEIGHTS_H
#define SENTIMENT_WEIGHTS_H

#include <string.h>

#include "plugins/sentiment/model.h"

#define WEIGHTS_MOST 256u /* entries: 256 bytes fit a lane */

/* Eight at a time; both compilers know how. */
typedef uint16_t weight_lanes __attribute__((vector_size(16)));

struct weight_sums {
    weight_lanes even, odd; /* of the entries' bytes */
    uint32_t n;             /* entries that were added */
};

/* Adds what an entry says as it stands. There must be fewer than WEIGHTS_MOST in it. */
static inline void weights_add(struct weight_sums *weights, const struct entry *entry)
{
    weight_lanes bytes;

    memcpy(&bytes, entry, sizeof bytes);
    weights->even += bytes & 0xFF;
    weights->odd += bytes >> 8;
    weights->n++;
}

/* Empties them into the lanes of a text, without the bias that each has. */
static inline void weights_flush(struct weight_sums *weights, int64_t lanes[N_LANES])
{
    int64_t bias = (int64_t)weights->n * ENTRY_BIAS;

    for (int i = 0; i < N_LANES; i++)
        lanes[i] += (i % 2 ? weights->odd[i / 2] : weights->even[i / 2]) - bias;
    *weights = (struct weight_sums) { 0 };
}

#endif
