/* spans.h: what a reply's results mark in the text: names, and what plugins that textctl doesn't know have found. What
 * a result is, is told by its form, not by its plugin's name: a second instance of a plugin, and other plugins that
 * answer in the same form, are understood as well. */
#ifndef CLI_SPANS_H
#define CLI_SPANS_H

#include <textd/client.h>

#include "clients/cli/lib/document.h"

/* A range of the text that the server has named, checked against the text. */
struct range {
    size_t start, end;
};

/* Reads `start` and `end` of a map, or [start, end]. 0; or -1 when they don't lie in the text, on borders of
 * characters. */
int range_read(const struct document *document, struct textd_node map, struct range *range);
int range_read_pair(const struct document *document, struct textd_node pair, struct range *range);

enum result_kind { RESULT_SENTIMENT, RESULT_ENTITIES, RESULT_SUMMARY, RESULT_SENTENCES, RESULT_OTHER };

enum result_kind result_kind(struct textd_node result);

/* The first result of this kind; NONE when there is none. */
struct textd_node result_find(struct textd_node results, enum result_kind kind);

/* Whether an array holds maps with `start` and `end`: told by its first element. */
int spans_are_in(struct textd_node array);

/* Type and text are texts, also where the plugin has told none: then the type is the array's key, and the text is cut
 * out of the document. The rest is NONE where there is none. */
struct span {
    struct textd_node type, text, value, score, id, plugin;
    int64_t ref; /* which of the result's names it is; -1: none that is there */
    struct range range;
    int has_range;
    int is_entity; /* of {entities: […]} */
};

/* Reads an element of an array of spans. -1: it has neither range nor text, or no type. `key` may be NONE, and so may
 * `names`, the result's list of who is who. */
int span_read(const struct document *document, struct textd_node element, struct textd_node key,
              struct textd_node names, struct span *span);

struct spans {
    struct span *all;
    size_t n;
};

/* All of a reply's that have a range, sorted by where they start, the longer first. -1: out of memory. Free with
 * spans_free. */
int spans_find(struct spans *spans, const struct document *document, struct textd_node results);

/* Leaves only what can be marked side by side: nothing empty, none that overlaps another. Names go before what other
 * plugins have found, and what begins earlier, or is longer, before the rest. */
void spans_flatten(struct spans *spans);

void spans_free(struct spans *spans);

#endif
