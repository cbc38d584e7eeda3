/* about.h: what a stretch of text says about the things named in it. The smallest rule that tells "Acme was praised;
 * Bolt was sued" apart: a name gets what its clause says, and what the whole stretch says when its clause says
 * nothing. */
#ifndef SENTIMENT_ABOUT_H
#define SENTIMENT_ABOUT_H

#include "plugins/sentiment/score.h"

#define ABOUT_TOKENS 1024 /* the longest stretch */

/* Sums over the cues of one stretch, made once, so that each name costs a few steps however many there are. */
struct about {
    uint32_t n;
    struct evidence before[ABOUT_TOKENS + 1]; /* of the cues before this one */
    uint16_t clause_start[ABOUT_TOKENS];
    uint16_t clause_end[ABOUT_TOKENS];
};

/* `n` is at most ABOUT_TOKENS; the cues have been through score_cues. */
void about_prepare(struct about *about, const struct cue *cues, uint32_t n);

/* What is said about the name in cues [first, last), as -1 … 1. The name itself doesn't count: "Best Buy" is no
 * praise. */
double about_score(const struct about *about, uint32_t first, uint32_t last);

#endif
