/* lines.h: what a line of a text is by its form: an item, somebody's turn in a chat, a line of a log, a row of a table. */
#ifndef SUMMARIZER_LINES_H
#define SUMMARIZER_LINES_H

#include <stdint.h>

enum line_kind { LINE_TEXT, LINE_ITEM, LINE_TURN, LINE_LOG, LINE_ROW, LINE_QUESTION, LINE_ANSWER, N_LINE_KINDS };

struct line {
    enum line_kind kind;
    uint32_t shown;   /* where it starts without its bullet, its time or its "A:" */
    uint32_t speech;  /* and without its speaker */
    uint32_t speaker; /* a hash of the speaker's name; 0: none */
    char separator;   /* of a row, and how many of them */
    uint32_t n_separators;
};

/* Reads the line text[start, end), which starts with no blank and has no line end in it. */
struct line line_read(const char *text, uint32_t start, uint32_t end);

/* The same of an item, a question and an answer alone, which need no look at the rest of the line. */
struct line line_read_label(const char *text, uint32_t start, uint32_t end);

/* Where the line that has `at` in it ends. */
uint32_t line_end(const char *text, uint32_t at, uint32_t length);

#endif
