/* output.h: what was found, in a form for others than textctl's own readers: a page, a table, columns, standoff files.
 * Each form is a file of its own (html.c, csv.c, conll.c, brat.c) with the functions of struct output_form; documents
 * go through one by one, and none is kept. Offsets of the replies are bytes. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdint.h>
#include <stdio.h>

#include <textd/client.h>

#include "clients/cli/cli.h"
#include "clients/cli/lib/document.h"

/* One document and what came of it: a reply, or an error that textctl itself has found. */
struct item {
    const char *name; /* the file's name, or the line's id, or its number */
    size_t name_length;
    const char *path; /* NULL: a line of a batch */
    struct document document;
    const struct textd_reply *reply; /* NULL: it has failed before there was one */
    const char *code, *message;      /* then these say why */
};

struct output;

/* What a form does; `end` may be NULL. Each returns -1 after having complained: `begin` when nothing can be written,
 * `document` when this one could not be, which doesn't stop the others. `end` frees what `begin` made, and is called
 * after it in any case. */
struct output_form {
    int (*begin)(struct output *output);
    int (*document)(struct output *output, const struct item *item);
    int (*end)(struct output *output);
};

struct output {
    const struct cli *cli;
    FILE *out;
    const struct output_form *form;
    void *state;
};

extern const struct output_form html_form, csv_form, conll_form, brat_form;

/* The form that the command line asks for; NULL: one of textctl's own. */
const struct output_form *output_form(const struct cli *cli);

/* The file that the command line wants it in; NULL: standard output. */
const char *output_file(const struct cli *cli);

/* ---- For the forms ----------------------------------------------------------------------------------------------- */

/* The results of a document that has some; else NONE. */
struct textd_node item_results(const struct item *item);

/* Writes a text with what is no UTF-8, and NUL, as U+FFFD. */
void output_text(FILE *out, const char *text, size_t length);

/* Writes a text on one line: white space of lines and tabs as blanks, other control characters as U+FFFD. */
void output_line(FILE *out, const char *text, size_t length);

/* Where things stand, in "byte", "codepoint" or "utf16": built once for a text, then each offset costs the same. */
struct positions {
    const struct document *document;
    const char *unit;
    uint64_t *
        marks; /* the count at every STEP bytes; NULL: bytes, or out of memory, and then it is counted from the start */
};
void positions_start(struct positions *positions, const struct document *document, const char *unit);
uint64_t positions_of(const struct positions *positions, size_t byte);
void positions_finish(struct positions *positions);

#endif
