/* report.h: what was found in a document, for a person to read. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdint.h>

#include <textd/client.h>

#include "clients/cli/document.h"
#include "clients/cli/term.h"

/* A range of the text that the server has named, checked against the text. */
struct report_range {
    size_t start, end;
};

/* Reads `start` and `end` of a map. 0; or -1 when they don't lie in the text, on borders of characters. */
int report_range(const struct document *document, struct textd_node map, struct report_range *range);

/* The whole report. The reply is a success, its offsets are bytes. */
void report_print(const struct term *term, const char *name, const struct document *document,
                  const struct textd_reply *reply, uint64_t elapsed_ns);

/* Its parts that are about entities (marks.c): a list by type, and the text with the entities in it marked. `entities`
 * is the array; NONE: the text is shown without. */
void report_entities(const struct term *term, struct textd_node entities);
void report_text(const struct term *term, const struct document *document, struct textd_node entities);

/* sentences.c: the sentences, with the tokens when the result has them. */
void report_sentences(const struct term *term, const struct document *document, struct textd_node result);

void report_heading(const struct term *term, const char *title);

#endif
