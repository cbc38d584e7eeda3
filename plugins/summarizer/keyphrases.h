/* keyphrases.h: the words and phrases that a document is about. */
#ifndef SUMMARIZER_KEYPHRASES_H
#define SUMMARIZER_KEYPHRASES_H

#include "plugins/summarizer/document.h"

struct keyphrase {
    struct textd_span span; /* where it stands first */
    uint32_t count;         /* how often it stands there */
    float score;            /* 1 is the best one's */
};

/* Finds up to `most`, the best first; they and their number come from the document's memory. TEXTD_OK, TEXTD_NO_MEMORY or
 * TEXTD_STOPPED. */
int32_t keyphrases_find(struct document *d, uint32_t most, struct keyphrase **phrases, uint32_t *n);

#endif
