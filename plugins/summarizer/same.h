/* same.h: whether two sentences say the same, in the same words or in others. */
#ifndef SUMMARIZER_SAME_H
#define SUMMARIZER_SAME_H

#include "plugins/summarizer/document.h"

#define SAME_CONCEPTS 40u /* of a sentence that are compared */

/* What a sentence says: its content words as stems, those that mean the same as one. */
struct claim {
    uint32_t concepts[SAME_CONCEPTS];
    float weights[SAME_CONCEPTS]; /* negative: a number */
    uint32_t n;
    int is_negated;
};

/* A hash of all words of a sentence, in their order. */
uint64_t claim_words(const struct document *d, uint32_t sentence);

void claim_read(const struct document *d, uint32_t sentence, struct claim *claim);

/* Whether they make one claim: the one with less to say has all but `rest` of it in the other, no number and no "not" apart. */
int claim_is_same(const struct claim *a, const struct claim *b, float rest);

#endif
