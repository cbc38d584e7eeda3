/* rules.h: what the neighbours of a word do to its valence. They change the sums and the state of the reader (reader.h); linear in the
 * tokens, constant memory. */
#ifndef SENTIMENT_RULES_H
#define SENTIMENT_RULES_H

#include "plugins/sentiment/reader.h"

/* Whether the token is a word in capitals, in a sentence that has small letters too. */
bool rules_stands_out(struct reader *reader, uint32_t token);

/* Takes note of what stands at `token`, a word, a phrase that starts there, or a sign; its valence counts times `factor`. */
void rules_meet(struct reader *reader, uint32_t token, const struct entry *entry, float factor, bool is_sign);

/* The same by Hutto and Gilbert's lexicon and rules alone, which know single words only. */
void rules_rate(struct reader *reader, uint32_t token, const struct entry *entry, float factor);

/* Negations and degree words reach no further; what is not real goes on behind a comma. */
void rules_end_clause(struct reader *reader, bool is_comma);

#endif
