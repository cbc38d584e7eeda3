/* forest.h: what a forest says of several sentences. */
#ifndef SUMMARIZER_FOREST_H
#define SUMMARIZER_FOREST_H

#include <stdint.h>

#include "plugins/summarizer/features.h"
#include "plugins/summarizer/model.h"

#define FOREST_MOST 8u /* sentences at once */

/* Fills in the scores of `n` sentences, FOREST_MOST at most, whose features are the rows. */
typedef void forest_scorer(const struct model_tree *forest, uint32_t n_trees, const float (*rows)[N_FEATURES],
                           uint32_t n, float *scores);

/* The ways of this machine, all with the same scores, to the last bit: 0 is the plain one, the last the fastest; NULL
 * behind that. */
forest_scorer *forest_scorers(uint32_t which);

/* The fastest. */
forest_scorer *forest_best_scorer(void);

#endif
