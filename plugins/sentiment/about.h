/* about.h: what a sentence says about the things named in it. */
#ifndef SENTIMENT_ABOUT_H
#define SENTIMENT_ABOUT_H

#include "plugins/sentiment/sentiment.h"

/* A name at tokens [first, last) of the sentence at tokens [start, end). */
struct about {
    uint32_t start, end, first, last;
    bool starts_with_name; /* the sentence */
};

/* What is said about the name; false when nothing is. The name itself doesn't count: "Best Buy" is no praise. Costs
 * as much as reading a few dozen tokens, however long the sentence is. */
bool about_read(struct reader *reader, const struct about *about, struct sums *sums);

/* Something else is compared with the name at token `first`: what is said holds for the other. */
bool about_is_compared(const struct token_text *text, uint32_t start, uint32_t first);

#endif
