/* learn.h: learns the weights: a conditional random field, by stochastic gradient descent. */
#ifndef ENTITIES_TRAIN_LEARN_H
#define ENTITIES_TRAIN_LEARN_H

#include "plugins/entities/train/examples.h"
#include "plugins/entities/train/weights.h"

/* Which examples an epoch learns from: all, or those of texts whose number leaves another rest than `fold` by `folds`. */
struct learning {
    const struct examples *examples;
    uint32_t fold, folds; /* folds 0: all */
    bool with_votes;      /* in half of the texts, so that the same weights serve both readings */
};

struct learner {
    struct weights weights;
    struct learning learning;
};

/* One epoch of each learner over its examples, in an order drawn at random; all at the same time, a thread each. */
void learn_epoch(struct learner *learners, uint32_t n, uint32_t epoch, void (*progress)(double share));

/* The labels of a first reading, of the texts that were kept aside: number leaves the rest `fold`. */
void learn_label(const struct learner *learner);

#endif
