/* reasons.h: the spans of a text that carried its score. Keeps the weightiest while it goes over the sentences. */
#ifndef SENTIMENT_REASONS_H
#define SENTIMENT_REASONS_H

#include "plugins/sentiment/sentiment.h"

struct reasons {
    struct sentiment_output *output;
    const struct sentiment_model *model;
    const struct sums *total;
    float rules_part; /* what a word's value to the rules adds to the score, for each 1 of it */
};

/* `total` are the text's sums; output->genres is filled in. */
void reasons_start(struct reasons *reasons, struct sentiment_output *output, const struct sentiment_model *model,
                   const struct sums *total);

/* Takes what was heard at tokens [first, last), a sentence. */
void reasons_take(struct reasons *reasons, const struct token_text *text, uint32_t first, uint32_t last);

/* Puts them into the text's order. */
void reasons_end(struct reasons *reasons);

#endif
