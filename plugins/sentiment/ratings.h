/* ratings.h: what people give in digits, stars and school marks: "4.5 out of 5", "1/10", "zero stars", "★☆☆☆☆", "grade: B+". */
#ifndef SENTIMENT_RATINGS_H
#define SENTIMENT_RATINGS_H

#include "plugins/sentiment/token_text.h"
#include "plugins/sentiment/turns.h"

/* Whether a rating starts at token `i` of the sentence [first, last). */
bool ratings_find(const struct token_text *text, uint32_t first, uint32_t last, uint32_t i, struct turn *turn);

/* Whether a number, or a sign, may be part of one. */
bool ratings_may_be(const struct token_text *text, uint32_t i);

#endif
