/* cuts.h: the tokens of other languages than English. The walk of scan.h proposes tokens without knowing any word; between two characters
 * of what no blank parts, a model then decides whether a token ends there: it joins "z.B." and "3.", and parts "l'|homme", "a|o", and
 * the words of Chinese and Japanese, of which the walk makes a token a character. Each place is decided by itself, from the characters
 * around it (pointwise prediction: Neubig, Nakata and Mori 2011). The segmenter and its trainer see the same. */
#ifndef SEGMENTER_CUTS_H
#define SEGMENTER_CUTS_H

#include "plugins/segmenter/language.h"
#include "plugins/segmenter/tokens.h"

#define CHUNK_MOST 1536u /* bytes of a chunk; what is longer stays as the walk has it */
#define CHUNK_SIDE 4u    /* characters beside a place that are looked at */
#define CUT_NEAR 8u
#define CUT_FEATURES 40u

enum { CUT_PROPOSED = 1, CUT_ASKED = 2, CUT_DECIDED = 4 };

/* What no blank parts, as characters; a mark counts with the letter that it stands on. */
struct chunk {
    const char *text;
    uint32_t length; /* of the text */
    uint32_t n;      /* characters */
    uint32_t n_asked;
    uint32_t at[CHUNK_MOST + 1]; /* where each starts, and behind them where the last ends */
    /* with CHUNK_SIDE zeros on either side: folded characters, and their signs: themselves, or a number below 32 for what kind of letter or
     * digit they are */
    uint32_t folded[CHUNK_MOST + 2 * CHUNK_SIDE], sign[CHUNK_MOST + 2 * CHUNK_SIDE];
    uint8_t cuts[CHUNK_MOST + 1]; /* CUT_*, of the place before each character */
    uint32_t before, behind;      /* the words beside it, as hashes */
    uint32_t behind_sign;         /* and what the next one starts with */
};

struct cut_features {
    uint32_t n;
    uint32_t hash[CUT_FEATURES];
};

/* Of the place before character `i` (0 < i < n), the last cut being before character `last`. The near ones come first. */
void cut_near(struct cut_features *features, const struct chunk *chunk, uint32_t i);
void cut_far(struct cut_features *features, const struct chunk *chunk, uint32_t i, uint32_t last);

/* Walks through the text and calls `decide` for each chunk in which something is asked: it sets or clears CUT_DECIDED of the places that
 * have CUT_ASKED, which is set as proposed before. Fills in the tokens as segment_tokens does. */
int32_t cut_tokens(struct segments *segments, const char *text, uint32_t length, uint32_t cuts_letters,
                   void (*decide)(void *data, struct chunk *chunk), void *data);

#endif
