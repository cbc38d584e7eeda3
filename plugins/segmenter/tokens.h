/* tokens.h: the tokens of a text, and its sentences. Pure: no host, so that tests can call them. Time is linear in the
 * text whatever it is. */
#ifndef SEGMENTER_TOKENS_H
#define SEGMENTER_TOKENS_H

#include <stdint.h>

#include <textd/plugin.h>

struct boundary_model;
struct language_model;

/* Between the two passes, set in the kind of a token: a sentence may end before it, and a line ends before it (and so may a sentence).
 * The second pass need not look at others. */
#define TOKEN_GAP 0x80u
#define TOKEN_LINE 0x40u
#define TOKEN_KIND 0x07u

#define TOKEN_WINDOW 32u /* tokens whose kinds are looked at together; so many zeros stand behind the last kind */

/* Where tokens and sentences go. Arrays have room for the worst case, a token a byte, so that they never grow: `alloc`
 * must give out address space that costs memory only where it is touched. That leaves 9 bytes a token and 8 a sentence. */
struct segments {
    void *(*alloc)(void *data, uint64_t bytes);
    int (*should_stop)(void *data);
    void *data;
    struct textd_span *tokens;
    uint8_t *kinds; /* TEXTD_TOKEN_*; TOKEN_WINDOW zeros stand behind the last */
    uint32_t n_tokens;
    struct textd_span *sentences;
    uint32_t n_sentences;
};

/* Fills in the tokens: ordered, not overlapping, together all that is not blank; the kinds with their flags. TEXTD_OK,
 * TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t segment_tokens(struct segments *segments, const char *text, uint32_t length);

/* The same of a text in another language than English: see cuts.h. Its sentences take that language's `boundaries`; runs.h
 * has both. */
int32_t segment_tokens_of(struct segments *segments, const struct language_model *language, const char *text,
                          uint32_t length);

/* Fills in the sentences, from the tokens, and takes the flags out of their kinds: each token is in exactly one, and each starts
 * and ends with a token. Neither tokens nor sentences depend on what stands beyond an empty line. */
int32_t segment_sentences(struct segments *segments, const struct boundary_model *model, const char *text,
                          uint32_t length);

#endif
