/* lookup.h: from a token to what the vocabulary has of it. Tokens are looked up a batch at a time, so that memory
 * answers for some while others are asked for. What an entry does in its place is the reader's. */
#ifndef SENTIMENT_LOOKUP_H
#define SENTIMENT_LOOKUP_H

#include "plugins/sentiment/reader.h"

/* The number of token `i` in the vocabulary. */
uint64_t lookup_hash(const struct token_text *text, uint32_t i);

/* The same of a token that may have been looked up already. */
uint64_t lookup_hash_at(const struct reader *reader, uint32_t i);

/* Fills in the reader's batch from token `first` on: hashes and entries of the tokens, and of the pairs that they
 * start, whatever sentences they are in. What the batch has of them is kept. */
void lookup_batch(struct reader *reader, uint32_t first);

/* The same if the batch doesn't have token `first`. */
static inline void lookup_need(struct reader *reader, uint32_t first)
{
    if (first < reader->batch.first || first >= reader->batch.end)
        lookup_batch(reader, first);
}

/* The entry of token `i`, a word or mark in any case; NULL or vocabulary_nothing when it has none. */
static inline const struct entry *lookup_entry_at(const struct reader *reader, uint32_t i)
{
    const struct batch *batch = &reader->batch;
    uint32_t k = i - batch->first;

    if (i >= batch->first && i < batch->end && !(batch->others >> k & 1))
        return batch->found[k];
    return vocabulary_find(reader->vocabulary, lookup_hash_at(reader, i));
}

/* The entry of a word that is not known as it stands: stretched, or a compound, of which the part with the most
 * valence speaks; NULL when there is none. May change *factor, which is of its valence. */
const struct entry *lookup_by_shape(const struct vocabulary *vocabulary, const char *word, uint32_t length,
                                    float *factor);

/* Copies the word, of at most WORD_MOST_BYTES, with each run of three or more of one letter cut to `keep` of it; 0
 * when it has none. */
uint32_t lookup_unstretch(const char *word, uint32_t length, uint32_t keep, char *out);

#endif
