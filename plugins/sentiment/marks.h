/* marks.h: what punctuation does: it ends clauses, and it is loud or asks. */
#ifndef SENTIMENT_MARKS_H
#define SENTIMENT_MARKS_H

#include "plugins/sentiment/token_text.h"

/* Of up to 64 tokens, a bit for each. */
struct marks {
    uint64_t ends;  /* a clause ends with it */
    uint64_t stops; /* so does what is not real, which goes on behind a comma */
    uint64_t calls; /* it is loud or asks */
    uint32_t exclamations, questions;
};

/* Reads the tokens `first` plus each bit of `which`, all of them punctuation. */
struct marks marks_read(const struct token_text *text, uint32_t first, uint64_t which);

#endif
