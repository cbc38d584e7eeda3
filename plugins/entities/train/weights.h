/* weights.h: the weights of a conditional random field while they are learned, and the mean of many such. */
#ifndef ENTITIES_TRAIN_WEIGHTS_H
#define ENTITIES_TRAIN_WEIGHTS_H

#include "plugins/entities/names/lattice.h"

struct weights {
    uint32_t n_types, n_features, width; /* labels, rounded up to 8 */
    float *now, *squares;                /* of each feature and label; squares: the sum of its steps' */
    struct transitions transitions, transition_squares;
    uint64_t random;
    float step;        /* how far a weight moves at a time */
    float pull;        /* how strongly weights are drawn back to `home` */
    const float *home; /* where they began; NULL: nothing draws them */
};

/* All 0. Two with the same seed learn the same. */
void weights_make(struct weights *weights, uint32_t n_types, uint32_t n_features, uint64_t seed);
void weights_free(struct weights *weights);

struct base;

struct mean {
    const struct base *base; /* what the weights began as, whose other features go into the model, too; NULL: nothing */
    uint32_t n_types, n_features, width;
    float *sum;
    struct transitions transitions; /* their sum */
    uint32_t n;                     /* weights that were added */
};

void mean_make(struct mean *mean, uint32_t n_types, uint32_t n_features);
void mean_free(struct mean *mean);

/* None was added. */
void mean_empty(struct mean *mean);

void mean_add(struct mean *mean, const struct weights *weights);

/* Makes the weights the mean of those that were added. */
void mean_take(const struct mean *mean, struct weights *weights);

#endif
