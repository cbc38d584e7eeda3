/* cue.h: from tokens to cues: what each token says by itself, before its neighbours have a say (that is score.c).
 * Looks at a token's own bytes, and at the tokens behind it only as far as a phrase may reach. */
#ifndef SENTIMENT_CUE_H
#define SENTIMENT_CUE_H

#include "plugins/sentiment/vocabulary.h"
#include "textd/plugin.h"

#include <stdint.h>

/* Text with its tokens, as the layer "tokens/1" has them. `kinds` holds a TEXTD_TOKEN_* for each. */
struct token_text {
    const char *text;
    const struct textd_span *tokens;
    const uint8_t *kinds;
    uint32_t n_tokens;
};

#define CUE_WORD 1u      /* it counts when distances are measured in words */
#define CUE_VALENCE 2u   /* `valence` means something */
#define CUE_MODIFIER 4u  /* `modifier` means something */
#define CUE_BREAK 8u     /* a clause ends here */
#define CUE_CAPITALS 16u /* all of it in capital letters, and more than one */
#define CUE_LOWER 32u    /* has small letters */

struct cue {
    float valence;
    float modifier;
    float direction;
    float quantity;
    uint8_t flags;
    uint8_t exclamations; /* of these and of question marks, no more than 4 are counted */
    uint8_t questions;
};

/* Fills in cues[0 … last-first) for the tokens [first, last). With `words` false, words say nothing: for text that is
 * not English, of which only emoji and emoticons can be read. */
void cue_read(const struct vocabulary *vocabulary, const struct token_text *text, uint32_t first, uint32_t last,
              bool words, struct cue *cues);

#endif
