/* tokens.h: the tokens of a text, and its sentences. Pure: no host, so that tests can call them. Time is linear in the
 * text whatever it is. */
#ifndef SEGMENTER_TOKENS_H
#define SEGMENTER_TOKENS_H

#include <stdint.h>

#include <textd/plugin.h>

/* Where tokens and sentences go: arrays that grow through `alloc` (old ones are left to their arena). */
struct segments {
    void *(*alloc)(void *data, uint64_t bytes);
    int (*should_stop)(void *data);
    void *data;
    struct textd_span *tokens;
    uint8_t *kinds; /* TEXTD_TOKEN_* */
    uint32_t n_tokens, token_capacity;
    struct textd_span *sentences;
    uint32_t n_sentences, sentence_capacity;
    int32_t failed; /* TEXTD_NO_MEMORY or TEXTD_STOPPED; TEXTD_OK: all is there */
};

/* Fills in the tokens: ordered, not overlapping, together all that is not blank. Returns segments->failed. */
int32_t segment_tokens(struct segments *segments, const char *text, uint32_t length);

/* Fills in the sentences, from the tokens: each token is in exactly one, and each starts and ends with a token. */
int32_t segment_sentences(struct segments *segments, const char *text, uint32_t length);

/* Adds a token; does nothing after a failure. */
void segments_add_token(struct segments *segments, uint32_t start, uint32_t end, uint8_t kind);

#endif
