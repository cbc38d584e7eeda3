/* parts.h: parts of speech, well enough to know what a noun phrase is made of. */
#ifndef SUMMARIZER_PARTS_H
#define SUMMARIZER_PARTS_H

#include "plugins/summarizer/document.h"
#include "plugins/summarizer/model.h"

#define PARTS_NONE 0xFFu /* a function word, a mark, a number, a word of the calendar */

/* Tags the tokens from `first` up to `end`, which are of one sentence: tags[i] is of token i, one of enum model_part or PARTS_NONE. */
void parts_tag(const struct document *d, uint32_t first, uint32_t end, uint8_t *tags);

#endif
