/* term.h: writing for people: colours, the width of the terminal, and text that is wrapped to it. */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stddef.h>
#include <stdio.h>

#include "clients/cli/cli.h"

struct term {
    FILE *out;
    int has_color;
    int width; /* columns to use */
};

/* What `out` is: a terminal or not. Colours by `color`, and for "auto" by NO_COLOR (https://no-color.org). */
struct term term_of(FILE *out, enum cli_color color);

/* Starts and ends a colour, such as "1;34" (the parameters of ECMA-48's SGR). Nothing without colours. */
void term_color(const struct term *term, const char *sgr);
void term_plain(const struct term *term);

/* A text in a colour. */
void term_in_color(const struct term *term, const char *sgr, const char *text);

/* Writes a text that others have made: characters that could speak to the terminal (and bytes that are no UTF-8) come
 * out as U+FFFD, white space as single spaces. Returns the columns that it took. NULL: nothing. */
int term_text(FILE *out, const char *text, size_t length);

/* Writes a text in the columns from `column` on, wrapped to the width, as harmless as term_text does, and ends the
 * line. The cursor is in that column already. */
void term_wrapped(const struct term *term, const char *text, int column);

/* Wraps words to the width, behind `indent` spaces on each line. Words go in as pieces, so that a colour may begin or
 * end inside of one; what stands between two spaces is never torn apart, save a word that is wider than the line.
 * Control characters come out as term_text writes them, white space of any kind as one space, an empty line as an
 * empty line. */
struct wrap {
    const struct term *term;
    int indent;
    int column;     /* where the next word would begin; 0: the line is empty */
    int has_space;  /* white space came since the last word */
    int n_newlines; /* of that white space */
    const char *color;
    char *word; /* the word in the making, with its escape sequences */
    size_t word_length, word_capacity;
    int word_columns;
};

void wrap_start(struct wrap *wrap, const struct term *term, int indent);
void wrap_text(struct wrap *wrap, const char *text, size_t length);
void wrap_color(struct wrap *wrap, const char *sgr); /* NULL: plain */
void wrap_finish(struct wrap *wrap);                 /* ends the line */

/* A line of its own below an empty one. */
void term_heading(const struct term *term, const char *title);

#endif
