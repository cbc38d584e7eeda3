/* points.h: what counts in lines that nobody wrote as prose: decisions, numbers and actions in a chat, severity in a log. */
#ifndef SUMMARIZER_POINTS_H
#define SUMMARIZER_POINTS_H

#include "plugins/summarizer/document.h"

struct points {
    const float *words; /* what each word adds; NULL for a document of another kind */
    float learned;      /* how much the learned rank, which knows prose, counts beside */
};

/* TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t points_prepare(struct points *points, struct document *d);

/* What the sentence's line counts. */
float points_of(const struct points *points, const struct document *d, uint32_t sentence);

#endif
