/* segmented.h: a document straight from the segmenter, for those without a host: trainer, tests, benchmarks. */
#ifndef SUMMARIZER_SEGMENTED_H
#define SUMMARIZER_SEGMENTED_H

#include "plugins/segmenter/tokens.h"
#include "plugins/summarizer/document.h"

/* Segments the text and fills in what summary_make wants, the model but for. The memory comes from s->alloc, and goes on coming
 * from there. TEXTD_OK, or what the segmenter says. */
static inline int32_t segmented_open(struct document *d, struct segments *s, const struct boundary_model *segmenter,
                                     const char *text, uint32_t length)
{
    int32_t rc;

    if ((rc = segment_tokens(s, text, length)) != TEXTD_OK ||
        (rc = segment_sentences(s, segmenter, text, length)) != TEXTD_OK)
        return rc;
    *d = (struct document) { .text = text,
                             .length = length,
                             .spans = s->sentences,
                             .n_sentences = s->n_sentences,
                             .tokens = s->tokens,
                             .kinds = s->kinds,
                             .n_tokens = s->n_tokens,
                             .alloc = s->alloc,
                             .should_stop = s->should_stop,
                             .data = s->data };
    return TEXTD_OK;
}

#endif
