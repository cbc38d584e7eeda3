/* focus.h: how much each sentence is about a query. */
#ifndef SUMMARIZER_FOCUS_H
#define SUMMARIZER_FOCUS_H

#include "plugins/summarizer/document.h"

/* Puts an array of n_sentences numbers into *focus: 1 is the sentence that is the most about the query, 0 one that is not. *n is
 * how many are. A sentence is about the query by the query's words that it has, and a little by what stands around those: its
 * neighbour gets a part. TEXTD_OK, TEXTD_NO_MEMORY, or TEXTD_INVALID when the query has no word. */
int32_t focus_read(struct document *d, const char *query, uint32_t length, float **focus, uint32_t *n);

#endif
