/* summary.h: which sentences of a document stand for it. Pure: no host, so that tests can call it. Work is linear in
 * the document's tokens, whatever they are. */
#ifndef SUMMARIZER_SUMMARY_H
#define SUMMARIZER_SUMMARY_H

#include <stdint.h>

#include <textd/plugin.h>

#include "plugins/lib/lexicon.h"

#define STOP_EVERY 4096u /* tokens, or sentences, between two looks at should_stop */

struct summary_input {
    const char *text;
    uint32_t length;
    const struct textd_span *sentences;
    uint32_t n_sentences;
    const struct textd_span *tokens;
    const uint8_t *kinds; /* TEXTD_TOKEN_* */
    uint32_t n_tokens;
    const struct lexicon *stopwords;
    void *(*alloc)(void *data, uint64_t bytes);
    int (*should_stop)(void *data);
    void *data;
};

/* A sentence's content words: numbers of distinct words, ascending, in one array for the whole document. */
struct content {
    uint32_t first, count;
};

struct words {
    uint32_t *numbers;        /* of all sentences, one after another */
    struct content *contents; /* one a sentence */
    uint32_t *counts;         /* in how many sentences each word stands */
    uint32_t n;               /* distinct words */
};

struct pick {
    uint32_t sentence; /* index */
    uint32_t rank;     /* 1 is the best */
    float score;       /* 0..1 */
};

/* Numbers the content words. TEXTD_OK, TEXTD_NO_MEMORY, TEXTD_STOPPED. */
int32_t summary_number_words(const struct summary_input *in, struct words *words);

/* Scores each sentence: 0..1, the best has 1. `scores` has n_sentences elements. */
void summary_score(const struct summary_input *in, const struct words *words, float *scores);

/* Picks up to `most` sentences that score high and say different things, and puts them in text order. The number that
 * was picked is in *n. */
int32_t summary_pick(const struct summary_input *in, const struct words *words, const float *scores, uint32_t most,
                     struct pick *picks, uint32_t *n);

#endif
