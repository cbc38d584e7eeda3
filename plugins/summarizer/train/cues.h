/* cues.h: cue words and pairs of words, each with a weight: Edmundson's bonus and stigma words, learned. */
#ifndef SUMMARIZER_CUES_H
#define SUMMARIZER_CUES_H

#include <stdint.h>

#define CUE_SLOTS (1u << 14)

/* A sentence's cues, and its target; sentences of one document follow each other. */
struct cue_example {
    uint32_t *cues;
    uint32_t n, document;
    float target;
};

struct cue_examples {
    struct cue_example *all;
    uint32_t n, room;
};

void cues_add(struct cue_examples *e, const uint32_t *cues, uint32_t n, uint32_t document, float target);
void cues_free(struct cue_examples *e);

/* Fills `slots` with what is learned from the documents whose number, modulo `folds`, is not `held_out`; folds 0: from all. */
void cues_learn(const struct cue_examples *e, uint32_t folds, uint32_t held_out, uint16_t *slots);

#endif
