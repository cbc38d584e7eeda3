/* about.h: what a sentence says about the things named in it. */
#ifndef SENTIMENT_ABOUT_H
#define SENTIMENT_ABOUT_H

#include "plugins/sentiment/sentiment.h"

/* What parts clauses among the tokens [first, end), a bit for each, and words that may be names. */
struct breaks {
    uint32_t first, end;
    uint64_t strong, weak, names;
};

/* A name at tokens [first, last) of the sentence at tokens [start, end). */
struct about {
    uint32_t start, end, first, last;
    bool starts_with_name; /* the sentence */
    struct whole whole;    /* the same */
    struct breaks breaks;  /* about_read's own, found when they are asked for; none at first */
};

/* What is said about the name; false when nothing is. The name itself doesn't count: "Best Buy" is no praise. Costs
 * as much as reading a few dozen tokens, however long the sentence is. */
bool about_read(struct reader *reader, struct about *about, struct sums *sums);

/* Something else is compared with the name at token `first`: what is said holds for the other. */
bool about_is_compared(const struct token_text *text, uint32_t start, uint32_t first);

#endif
