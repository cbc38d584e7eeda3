/* features.h: what the model is told of a gap between two tokens. The segmenter and its trainer see the same. */
#ifndef SEGMENTER_FEATURES_H
#define SEGMENTER_FEATURES_H

#include <stdint.h>

#include "plugins/segmenter/boundary.h"

/* Where the walk through a paragraph is. Start with zeros. */
struct sentence_state {
    uint32_t start;    /* the first token of the sentence so far */
    uint32_t terminal; /* the next mark that may end a sentence, as far as somebody looked */
};

/* The features of a gap, as hashes. The near ones come first: most gaps are decided by them. */
#define NEAR_FEATURES 7u
#define MOST_FEATURES 40u

struct features {
    uint32_t n;
    uint32_t hash[MOST_FEATURES];
    /* What the near ones have found, for the far ones. */
    uint64_t words[4]; /* the tokens two before, one before, one behind, two behind the gap */
    uint64_t middle;
    uint8_t shapes[4];
    enum gap gap;
};

/* The features of the gap before token `i` that its neighbours give; then those of the sentence and the paragraph. */
void features_near(struct features *features, const struct paragraph *paragraph, const struct gap_view *view,
                   uint32_t i);
void features_far(struct features *features, struct paragraph *paragraph, struct sentence_state *state, uint32_t i);

#endif
