/* runs.h: a text whose stretches are in several languages, each segmented by its own rules. Pure, as tokens.h. */
#ifndef SEGMENTER_RUNS_H
#define SEGMENTER_RUNS_H

#include "plugins/segmenter/language.h"
#include "plugins/segmenter/tokens.h"

/* A stretch of a text, from where the one before it ends. */
struct language_run {
    uint32_t end;
    const struct language_model *language; /* NULL: English, or one that has no model */
};

/* Adds a stretch to `runs`, of which there are `n`: one that ends no later than the last is left out, one in the same language makes that
 * longer. Returns how many there are then. */
uint32_t runs_add(struct language_run *runs, uint32_t n, struct language_run run);

/* Fills in tokens and sentences of a text in one language, NULL for English. */
int32_t segment_as(struct segments *segments, const struct boundary_model *english,
                   const struct language_model *language, const char *text, uint32_t length);

/* The same with each stretch as a text by itself. The last run ends with the text. */
int32_t segment_runs(struct segments *segments, const struct boundary_model *english, const struct language_run *runs,
                     uint32_t n_runs, const char *text, uint32_t length);

#endif
