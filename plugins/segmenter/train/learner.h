/* learner.h: learns yes or no from hashed features: logistic regression by stochastic gradient descent with AdaGrad's step sizes (Duchi,
 * Hazan and Singer 2011) and with features dropped at random (Hinton et al. 2012), so that the many that say the same share the
 * weight; the weights are the mean over the later epochs (Polyak and Juditsky 1992). Everything is deterministic: the order comes from
 * a generator with a fixed seed, and the arithmetic is IEEE 754's basic operations, in a fixed order, without a library's exp. */
#ifndef SEGMENTER_LEARNER_H
#define SEGMENTER_LEARNER_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/segmenter/model.h"

struct example;
struct slot;

/* Start with zeros, but for the settings. */
struct learner {
    uint32_t n_slots;     /* a power of two */
    uint32_t n_near;      /* features of an example that are asked first */
    uint32_t least_count; /* of a feature in the examples */
    uint32_t n_times;     /* that it learns from the start; the weights are the mean. 0: once */
    struct example *examples;
    size_t n_examples, capacity;
    uint32_t *hashes;
    size_t n_hashes, room;
    struct slot *slots;
    uint64_t random_state;
};

void learner_add(struct learner *learner, const uint32_t *hashes, uint32_t n, int answer);

/* Learns from what was added: `content` gets the bounds, and `table` the n_slots slots. `what` names the examples in messages: "gap". */
void learner_run(struct learner *learner, const char *what, struct model_content *content, uint16_t *table);

void learner_free(struct learner *learner);

#endif
