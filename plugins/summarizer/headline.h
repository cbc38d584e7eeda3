/* headline.h: a line that stands for a document by itself. */
#ifndef SUMMARIZER_HEADLINE_H
#define SUMMARIZER_HEADLINE_H

#include "plugins/summarizer/document.h"

#define HEADLINE_CHARS 90u

/* The best sentence whose words, whole or up to where a clause ends, are few enough; empty if no sentence is one. */
int32_t headline_make(struct document *d, const float *scores, struct textd_span *headline);

#endif
