/* boost.h: gradient boosted trees (Friedman 2001, "Greedy function approximation: a gradient boosting machine") over histograms,
 * for ranking within groups: the softmax of a group's scores is brought near that of its targets (ListNet, Cao et al. 2007,
 * "Learning to rank: from pairwise approach to listwise approach"). Deterministic: the arithmetic is IEEE 754's basic
 * operations, in a fixed order, without a library's exp. */
#ifndef SUMMARIZER_BOOST_H
#define SUMMARIZER_BOOST_H

#include "plugins/summarizer/features.h"
#include "plugins/summarizer/model.h"

struct example {
    float x[N_FEATURES];
    float target;
};

/* Examples of one group, a document, follow each other; starts has n_groups + 1 elements. */
struct examples {
    struct example *all;
    uint32_t n, room;
    uint32_t *starts;
    float *weights; /* of the groups */
    uint32_t n_groups;
};

/* Ends the group of the examples that were added since the last. */
void examples_end_group(struct examples *e, float weight);
struct example *examples_add(struct examples *e);
void examples_free(struct examples *e);

/* Fills in `trees`. */
void boost(const struct examples *e, struct model_tree *trees, uint32_t n_trees);

/* e^x, exact enough for a step's size, and the same on every machine. */
double boost_exponential(double x);

#endif
