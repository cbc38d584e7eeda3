/* select.h: which sentences are picked, by their scores, by what they repeat of each other, and within a budget. */
#ifndef SUMMARIZER_SELECT_H
#define SUMMARIZER_SELECT_H

#include "plugins/summarizer/document.h"

struct pick {
    uint32_t sentence;
    uint32_t rank; /* 1 is the best */
    float score;   /* 0..1 */
};

struct budget {
    uint32_t sentences; /* at most so many */
    uint32_t chars;     /* and so many characters together, a blank between two; 0: any */
    int alone; /* each sentence stands by itself: none brings others along, and only what is said twice in the same words is a repeat */
};

/* Picks by `scores`, which has a number a sentence; of sentences that are equally good the earlier one. The picks, in the
 * order of the text, and their number come from the document's memory. TEXTD_OK, TEXTD_NO_MEMORY or TEXTD_STOPPED. */
int32_t select_sentences(struct document *d, const float *scores, const struct budget *budget, struct pick **picks,
                         uint32_t *n);

#endif
