/* report.h: what was found in a document, for a person to read. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdint.h>

#include <textd/client.h>

#include "clients/cli/lib/document.h"
#include "clients/cli/annotate/spans.h"
#include "clients/cli/lib/term.h"

/* The whole report. The reply is a success, its offsets are bytes. */
void report_print(const struct term *term, const char *name, const struct document *document,
                  const struct textd_reply *reply, uint64_t elapsed_ns);

/* Its parts that are about what was found in the text (marks.c): lists by type, of a result {entities: […], names: […]}
 * and of the spans in an array, and the text with all of it marked. `key`: what spans without a type are called. */
void report_entities(const struct term *term, const struct document *document, struct textd_node result);
void report_spans(const struct term *term, const struct document *document, struct textd_node array,
                  struct textd_node key);
void report_text(const struct term *term, const struct document *document, struct textd_node results);

/* layers.c: the result of a plugin that textctl doesn't know. */
void report_other(const struct term *term, const struct document *document, struct textd_node plugin,
                  struct textd_node result);

/* sentences.c: the sentences, with the tokens when the result has them. */
void report_sentences(const struct term *term, const struct document *document, struct textd_node result);

#endif
