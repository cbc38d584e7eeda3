/* boundary.h: what is to be done about the gap between two tokens, and what is known of it. The segmenter and its trainer see
 * the same. */
#ifndef SEGMENTER_BOUNDARY_H
#define SEGMENTER_BOUNDARY_H

#include <stdint.h>

#include "plugins/segmenter/paragraph.h"

enum boundary {
    BOUNDARY_NEVER,
    BOUNDARY_ASK, /* the model */
    BOUNDARY_ALWAYS,
};

/* A gap and its neighbours. */
struct gap_view {
    enum gap gap;
    enum shape left, right;
};

/* What is to be done about the gap before token `i` (first < i < end), which has TOKEN_GAP. Fills in *view when the model is to be asked. Gaps
 * are asked for one after the other, since the paragraph notes which line it is in. */
enum boundary boundary_at(struct paragraph *paragraph, uint32_t i, struct gap_view *view);

#endif
