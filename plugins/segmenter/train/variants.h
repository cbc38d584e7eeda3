/* variants.h: the same text as others write it. The corpora have a paragraph a line; mail has lines of some seventy bytes, quoted
 * perhaps, and lists have a line an item and no empty ones. The trainer sees each text in these dresses, too. */
#ifndef SEGMENTER_VARIANTS_H
#define SEGMENTER_VARIANTS_H

#include "plugins/segmenter/train/records.h"

enum variant {
    VARIANT_PLAIN,            /* as it is */
    VARIANT_WRAPPED,          /* lines of at most 58 … 78 bytes */
    VARIANT_QUOTED,           /* the same, with "> " before each line */
    VARIANT_DENSE,            /* one line's end between paragraphs */
    VARIANT_MARKED,           /* with the quotes of other languages */
    N_LEARNED,                /* the others make no difference, as score.c shows */
    VARIANT_WIDE = N_LEARNED, /* two blanks between sentences */
    VARIANT_TABS,             /* a tab */
    VARIANT_UNBROKEN,         /* a no-break space */
    N_VARIANTS,
};

/* A copy of the record's text in that dress, with its sentences; it has no tokens. `n` chooses the width. */
struct record variant_make(const struct record *record, enum variant variant, uint32_t n);

void variant_free(struct record *record);

#endif
