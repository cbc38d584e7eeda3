/* marks.c: the entities of a document: as a list by type, and marked where they stand in the text (see report.h). */
#include "clients/cli/report.h"

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
    struct report_range range;
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

static int by_start(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;

    return (x->range.start > y->range.start) - (x->range.start < y->range.start);
}

/* Copies the entities out of the reply; those whose text or type is missing are left out. *n is 0 without memory. */
static struct entity *collect(struct textd_node array, size_t *n)
{
    struct textd_walk walk = textd_node_walk(array);
    struct entity *list = calloc(array.length ? array.length : 1, sizeof *list);
    struct textd_node e;

    *n = 0;
    while (list && textd_walk_next(&walk, NULL, &e)) {
        struct entity *entity = &list[*n];
        *entity = (struct entity) {
            .type = textd_node_find(e, "type"), .text = textd_node_find(e, "text"), .first = *n, .count = 1
        };
        if (entity->type.type == TEXTD_NODE_TEXT && entity->text.type == TEXTD_NODE_TEXT)
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

void report_entities(const struct term *term, struct textd_node array)
{
    size_t n, found;
    struct entity *list = collect(array, &found);

    report_heading(term, "Entities");
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

/* One entity where it stands. Without colours its type follows in brackets. */
static void mark(struct wrap *wrap, const struct document *document, const struct entity *entity)
{
    wrap_color(wrap, color_of(entity->type));
    wrap_text(wrap, document->text + entity->range.start, entity->range.end - entity->range.start);
    wrap_color(wrap, NULL);
    if (wrap->term->has_color)
        return;
    wrap_text(wrap, " [", 2);
    wrap_text(wrap, entity->type.text, entity->type.length);
    wrap_text(wrap, "]", 1);
}

/* Fills in the ranges and drops the entities that have none. */
static size_t locate(const struct document *document, struct textd_node array, struct entity *list)
{
    struct textd_walk walk = textd_node_walk(array);
    struct textd_node e;
    size_t n = 0;

    while (textd_walk_next(&walk, NULL, &e)) {
        struct entity entity = { .type = textd_node_find(e, "type") };
        if (entity.type.type == TEXTD_NODE_TEXT && report_range(document, e, &entity.range) == 0)
            list[n++] = entity;
    }
    return n;
}

void report_text(const struct term *term, const struct document *document, struct textd_node array)
{
    struct entity *list = calloc(array.length ? array.length : 1, sizeof *list);
    size_t n = list ? locate(document, array, list) : 0, at = 0;
    struct wrap wrap;

    report_heading(term, "Text");
    if (n > 0)
        qsort(list, n, sizeof *list, by_start);
    wrap_start(&wrap, term, 2);
    for (size_t i = 0; i < n; i++) {
        if (list[i].range.start < at)
            continue; /* inside the one before */
        wrap_text(&wrap, document->text + at, list[i].range.start - at);
        mark(&wrap, document, &list[i]);
        at = list[i].range.end;
    }
    wrap_text(&wrap, document->text + at, document->length - at);
    wrap_finish(&wrap);
    free(list);
}
