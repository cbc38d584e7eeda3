/* learn.h: learns the weights: a conditional random field, by stochastic gradient descent. */
#ifndef ENTITIES_TRAIN_LEARN_H
#define ENTITIES_TRAIN_LEARN_H

#include "plugins/entities/names/lattice.h"
#include "plugins/entities/train/examples.h"

struct weights {
    uint32_t n_types, n_features, width; /* labels, rounded up to 8 */
    float *now, *squares, *sum;          /* of each feature and label; the sum is over the epochs that are averaged */
    uint32_t n_summed;
    struct transitions transitions, transition_squares, transition_sum;
    uint64_t random;
};

void weights_make(struct weights *weights, uint32_t n_types, uint32_t n_features, uint64_t seed);
void weights_free(struct weights *weights);

/* Which examples an epoch learns from: all, or those of texts whose number leaves another rest than `fold` by `folds`. */
struct learning {
    const struct examples *examples;
    uint32_t fold, folds; /* folds 0: all */
    bool with_votes;      /* in half of the texts, so that the same weights serve both readings */
};

/* One epoch over the examples, in an order drawn at random. */
void learn_epoch(struct weights *weights, const struct learning *learning, uint32_t epoch,
                 void (*progress)(double share));

/* Adds the weights to the sums of which the mean is taken. */
void weights_sum(struct weights *weights);

/* Takes the mean. */
void weights_mean(struct weights *weights);

/* The labels of a first reading, of the texts that were kept aside: number leaves the rest `fold`. */
void learn_label(const struct weights *weights, const struct learning *learning);

#endif
