/* lines.h: where a line's end is within running text, since a mail or a page was wrapped, and where it ends a signature, a cell, a heading or an item, behind which no
 * name goes on. Told by the block, the lines between two empty ones: wrapped lines are filled, so that the next one's first word would not have had room. */
#ifndef NAMES_LINES_H
#define NAMES_LINES_H

#include <stdbool.h>
#include <stdint.h>

/* Zeroed before a text's first question; keeps what was told of the last block, so that the questions in order take linear time. */
struct lines {
    uint32_t start, end;       /* the block, once it was looked at */
    uint32_t width;            /* characters of its longest line */
    uint32_t breaks, n_filled; /* its lines' ends but the last, and those behind which no word had room */
};

/* Whether the text between two tokens, `from` to `to`, ends a line, or a cell of a table, for good. `sentence_end` is where the sentence ends that has both. */
bool lines_part(struct lines *lines, const char *text, uint32_t text_length, uint32_t from, uint32_t to,
                uint32_t sentence_end);

#endif
