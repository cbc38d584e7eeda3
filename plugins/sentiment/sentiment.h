/* sentiment.h: the sentiment of a text, its sentences and its entities, from text and layers alone. Knows nothing of a
 * host, so that tests can call it with tables; plugin.c brings it a document and writes down what comes out. */
#ifndef SENTIMENT_SENTIMENT_H
#define SENTIMENT_SENTIMENT_H

#include "plugins/sentiment/score.h"

/* What is to be read. The spans of each kind are ordered by start. */
struct sentiment_input {
    struct token_text text;
    const struct textd_span *sentences;
    const struct textd_span *entities;
    uint32_t n_sentences;
    uint32_t n_entities;
    bool words;      /* false: the text is not English, read only emoji and emoticons */
    unsigned genres; /* a bit for each enum genre that it may be of */
    enum field field;
    float balance;               /* -1 to 1: how readily a text is called neutral, 0 as learned */
    int (*should_stop)(void *p); /* asked now and then; NULL: never stop */
    void *stop_argument;
};

/* One span that carried the score. */
struct reason {
    struct textd_span span;
    float contribution; /* to the score before it is bounded */
    uint8_t places;     /* a bit for each enum place */
};

#define MOST_REASONS 32u

/* What was found. The caller brings the arrays, with room for an element a sentence, an element an entity, and MOST_REASONS. */
struct sentiment_output {
    struct verdict *sentences; /* NULL: not wanted */
    struct verdict *entities;  /* of an entity of which nothing is said all is 0 */
    struct reason *reasons;    /* NULL: not wanted; those of most weight, in the text's order */
    uint32_t n_reasons;
    struct heard *heard; /* NULL when reasons is; room for an element for each token of the longest sentence */
    struct verdict text;
    struct genres genres;
    enum field field; /* never FIELD_ANY */
    bool is_known;    /* some word of it was known */
};

/* Non-zero when should_stop stopped it; then the output means nothing. */
int sentiment_read(const struct vocabulary *vocabulary, const struct sentiment_input *input,
                   struct sentiment_output *output);

/* The sums of the whole text alone, and to `listen` each entry that is added; for trainers. */
void sentiment_sum(const struct vocabulary *vocabulary, const struct sentiment_input *input,
                   void (*listen)(void *data, const struct entry *entry, bool is_denied, float share), void *data,
                   struct sums *sums);

#endif
