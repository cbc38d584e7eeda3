/* sentiment.h: the sentiment of a text, its sentences and its entities, from text and layers alone. Knows nothing of a
 * host, so that tests can call it with tables; plugin.c brings it a document and writes down what comes out. */
#ifndef SENTIMENT_SENTIMENT_H
#define SENTIMENT_SENTIMENT_H

#include "plugins/sentiment/cue.h"

/* What is to be read. The spans of each kind are ordered by start. */
struct sentiment_input {
    struct token_text text;
    const struct textd_span *sentences;
    const struct textd_span *entities;
    uint32_t n_sentences;
    uint32_t n_entities;
    bool words;                  /* false: the text is not English, read only emoji and emoticons */
    int (*should_stop)(void *p); /* asked now and then; NULL: never stop */
    void *stop_argument;
};

/* What was found. The caller brings the arrays, with room for a number a sentence and a number an entity. */
struct sentiment_output {
    float *sentences;
    float *entities;
    double score;      /* of the text, -1 … 1, as are those of sentences and entities */
    double confidence; /* 0 … 1 in the label that `threshold` makes of the score; no probability, but it orders */
};

enum sentiment_label { SENTIMENT_NEGATIVE, SENTIMENT_NEUTRAL, SENTIMENT_POSITIVE };

/* Non-zero when should_stop stopped it; then the output means nothing. */
int sentiment_read(const struct vocabulary *vocabulary, const struct sentiment_input *input, double threshold,
                   struct sentiment_output *output);

/* Scores whose size is below the threshold are neutral. */
enum sentiment_label sentiment_label(double score, double threshold);

/* "negative", "neutral", "positive". */
const char *sentiment_label_name(enum sentiment_label label);

#endif
