/* score.h: from the cues of one sentence to numbers: negation, degree, contrast, emphasis, and things that go up or
 * down. Pure: cues in, cues and numbers out. Each function is linear in the number of cues. */
#ifndef SENTIMENT_SCORE_H
#define SENTIMENT_SCORE_H

#include "plugins/sentiment/cue.h"

/* What some stretch of text says: the sums of its cues for and against, both as positive numbers. */
struct evidence {
    double praise;
    double blame;
};

/* Turns pairs such as "profit … fell" into valence: where a direction and a quantity stand in one clause, the cue that
 * comes second gets the pair's valence, the other one falls silent. Call it before score_cues. */
void score_directions(struct cue *cues, uint32_t n);

/* Lets cues act upon each other: afterwards each cue's `valence` is what it says in its place, and only cues with
 * CUE_VALENCE say anything. */
void score_cues(struct cue *cues, uint32_t n);

/* The sum over cues [first, last). */
struct evidence score_sum(const struct cue *cues, uint32_t first, uint32_t last);

/* How much louder exclamation and question marks make cues [0, n): a factor from 1 up. */
double score_emphasis(const struct cue *cues, uint32_t n);

/* Folds the balance of evidence into -1 … 1. `sentences` is how many sentences it was collected from: a long text is
 * not more positive than a short one of the same mood only because there is more of it. */
double score_balance(struct evidence evidence, double sentences);

#endif
