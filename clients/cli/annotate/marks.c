/* marks.c: what was found in a document: as lists by type, and marked where it stands in the text (see report.h). */
#include "clients/cli/annotate/report.h"

#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define TYPE_COLUMN 10

/* Types that textd's own plugin knows get a colour that fits their kind; others share one. */
static const struct {
    const char *type, *sgr;
} colors[] = {
    { "PERSON", "1;33" }, { "ORG", "1;36" },   { "LOC", "1;32" },     { "FAC", "32" },
    { "NORP", "35" },     { "EVENT", "1;35" }, { "LAW", "35" },       { "DATE", "34" },
    { "TIME", "34" },     { "MONEY", "1;32" }, { "PERCENT", "1;34" }, { "QUANTITY", "1;34" },
    { "EMAIL", "4;36" },  { "URL", "4;36" },   { "HANDLE", "36" },    { "HASHTAG", "36" },
};
#define OTHER_COLOR "1;31"

static const char *color_of(struct textd_node type)
{
    for (size_t i = 0; i < COUNT_OF(colors); i++)
        if (textd_node_is(type, colors[i].type))
            return colors[i].sgr;
    return OTHER_COLOR;
}

struct entity {
    struct textd_node type, text;
    size_t first; /* where the first one like it stands in the list */
    size_t count;
};

static int compare_nodes(struct textd_node a, struct textd_node b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter > 0 ? memcmp(a.text, b.text, shorter) : 0;

    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int by_name(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;
    int order = compare_nodes(x->type, y->type);

    if (!order)
        order = compare_nodes(x->text, y->text);
    return order ? order : (x->first > y->first) - (x->first < y->first);
}

/* Types together; in a type the commonest first, and the earlier of equals. */
static int by_count(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;
    int order = compare_nodes(x->type, y->type);

    if (order || x->count == y->count)
        return order ? order : (x->first > y->first) - (x->first < y->first);
    return x->count < y->count ? 1 : -1;
}

/* Copies them out of the reply; those whose text or type is missing are left out. *n is 0 without memory. */
static struct entity *collect(const struct document *document, struct textd_node array, struct textd_node key,
                              size_t *n)
{
    struct textd_walk walk = textd_node_walk(array);
    struct entity *list = calloc(array.length ? array.length : 1, sizeof *list);
    struct textd_node e;
    struct span span;

    *n = 0;
    while (list && textd_walk_next(&walk, NULL, &e)) {
        if (span_read(document, e, key, &span) != 0)
            continue;
        list[*n] = (struct entity) { .type = span.type, .text = span.text, .first = *n, .count = 1 };
        (*n)++;
    }
    return list;
}

/* Sorted by name: those that are the same become one with a count. Returns how many are left. */
static size_t merge(struct entity *list, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct entity *last = kept > 0 ? &list[kept - 1] : NULL;
        if (last && compare_nodes(last->type, list[i].type) == 0 && compare_nodes(last->text, list[i].text) == 0)
            last->count++;
        else
            list[kept++] = list[i];
    }
    return kept;
}

/* One type's line: the entities from `i` on that have it. Returns the first that has another. */
static size_t print_type(const struct term *term, const struct entity *list, size_t n, size_t i)
{
    struct textd_node type = list[i].type;
    struct wrap wrap;
    char count[32];

    fputs("  ", term->out);
    term_color(term, color_of(type));
    int columns = term_text(term->out, type.text, type.length);
    term_plain(term);
    fprintf(term->out, "%*s", columns < TYPE_COLUMN ? TYPE_COLUMN - columns : 0, "");
    wrap_start(&wrap, term, 2 + TYPE_COLUMN + 1);
    wrap.column = wrap.indent; /* the first line has begun already */
    putc(' ', term->out);
    for (const char *before = ""; i < n && compare_nodes(list[i].type, type) == 0; i++, before = ", ") {
        wrap_text(&wrap, before, strlen(before));
        wrap_text(&wrap, list[i].text.text, list[i].text.length);
        snprintf(count, sizeof count, " \u00D7%zu", list[i].count);
        if (list[i].count > 1)
            wrap_text(&wrap, count, strlen(count));
    }
    wrap_finish(&wrap);
    return i;
}

void report_spans(const struct term *term, const struct document *document, struct textd_node array,
                  struct textd_node key)
{
    size_t n, found;
    struct entity *list = collect(document, array, key, &found);

    if (found == 0)
        fputs("  none found\n", term->out);
    if (found > 0) {
        qsort(list, found, sizeof *list, by_name);
        n = merge(list, found);
        qsort(list, n, sizeof *list, by_count);
        for (size_t i = 0; i < n;)
            i = print_type(term, list, n, i);
    }
    free(list);
}

void report_entities(const struct term *term, const struct document *document, struct textd_node entities)
{
    term_heading(term, "Entities");
    report_spans(term, document, entities, (struct textd_node) { 0 });
}

/* One of them where it stands. Without colours its type follows in brackets. */
static void mark(struct wrap *wrap, const struct document *document, const struct span *span)
{
    wrap_color(wrap, color_of(span->type));
    wrap_text(wrap, document->text + span->range.start, span->range.end - span->range.start);
    wrap_color(wrap, NULL);
    if (wrap->term->has_color)
        return;
    wrap_text(wrap, " [", 2);
    wrap_text(wrap, span->type.text, span->type.length);
    wrap_text(wrap, "]", 1);
}

void report_text(const struct term *term, const struct document *document, struct textd_node results)
{
    struct spans spans;
    struct wrap wrap;
    size_t at = 0;

    spans_find(&spans, document, results); /* without memory those that there was some for */
    spans_flatten(&spans);
    term_heading(term, "Text");
    wrap_start(&wrap, term, 2);
    for (size_t i = 0; i < spans.n; i++) {
        wrap_text(&wrap, document->text + at, spans.all[i].range.start - at);
        mark(&wrap, document, &spans.all[i]);
        at = spans.all[i].range.end;
    }
    wrap_text(&wrap, document->text + at, document->length - at);
    wrap_finish(&wrap);
    spans_free(&spans);
}
