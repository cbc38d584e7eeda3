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

/* A form in which something is named; or, merged, all of those that are the same. */
struct entity {
    struct textd_node type, name; /* the fullest form that the result knows, or else its own */
    struct textd_node form;
    int64_t ref;  /* which of the result's names; -1: none */
    size_t first; /* where the first one like it stands in the list */
    size_t count;
};

/* What one line has room for: who it is, and how else it is called: its entities, merged, in the list. */
struct group {
    const struct entity *forms;
    size_t n_forms, first, count;
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
        order = compare_nodes(x->name, y->name);
    if (!order)
        order = (x->ref > y->ref) - (x->ref < y->ref); /* two may be called the same */
    if (!order)
        order = compare_nodes(x->form, y->form);
    return order ? order : (x->first > y->first) - (x->first < y->first);
}

static int by_first(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Types together; in a type the commonest first, and the earlier of equals. */
static int by_count(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    int order = compare_nodes(x->forms->type, y->forms->type);

    if (order || x->count == y->count)
        return order ? order : (x->first > y->first) - (x->first < y->first);
    return x->count < y->count ? 1 : -1;
}

/* The names, to be had by their number. NULL: there are none, or no memory. */
static struct textd_node *list_names(struct textd_node names)
{
    struct textd_walk walk = textd_node_walk(names);
    struct textd_node *list =
        names.type == TEXTD_NODE_ARRAY && names.length > 0 ? calloc(names.length, sizeof *list) : NULL;

    for (size_t i = 0; list && i < names.length; i++)
        textd_walk_next(&walk, NULL, &list[i]);
    return list;
}

/* Copies them out of the reply; those whose text or type is missing are left out. *n is 0 without memory. */
static struct entity *collect(const struct document *document, struct textd_node array, struct textd_node key,
                              struct textd_node names, size_t *n)
{
    struct textd_walk walk = textd_node_walk(array);
    struct entity *list = calloc(array.length ? array.length : 1, sizeof *list);
    struct textd_node e, *all = list_names(names);
    struct span span;

    *n = 0;
    while (list && textd_walk_next(&walk, NULL, &e)) {
        if (span_read(document, e, key, names, &span) != 0)
            continue;
        struct entity *entity = &list[*n];
        *entity = (struct entity) { span.type, span.text, span.text, span.ref, *n, 1 };
        struct textd_node who = all && span.ref >= 0 ? all[span.ref] : (struct textd_node) { 0 };
        struct textd_node name = textd_node_find(who, "name"), type = textd_node_find(who, "type");
        if (name.type == TEXTD_NODE_TEXT && type.type == TEXTD_NODE_TEXT) {
            entity->name = name;
            entity->type = type;
        } else {
            entity->ref = -1;
        }
        (*n)++;
    }
    free(all);
    return list;
}

static int is_same_name(const struct entity *x, const struct entity *y)
{
    return x->ref == y->ref && compare_nodes(x->type, y->type) == 0 && compare_nodes(x->name, y->name) == 0;
}

/* Sorted by name: those that are the same become one with a count. Returns how many are left. */
static size_t merge(struct entity *list, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        struct entity *last = kept > 0 ? &list[kept - 1] : NULL;
        if (last && is_same_name(last, &list[i]) && compare_nodes(last->form, list[i].form) == 0)
            last->count++;
        else
            list[kept++] = list[i];
    }
    return kept;
}

/* Of merged ones: the forms of one name become a group, in the order in which they came up. Returns how many groups. */
static size_t group(struct entity *list, size_t n, struct group *groups)
{
    size_t n_groups = 0;

    for (size_t i = 0, end; i < n; i = end) {
        struct group *g = &groups[n_groups++];
        size_t count = list[i].count;
        for (end = i + 1; end < n && is_same_name(&list[i], &list[end]); end++)
            count += list[end].count;
        if (end - i > 1)
            qsort(&list[i], end - i, sizeof *list, by_first);
        *g = (struct group) { &list[i], end - i, list[i].first, count };
    }
    return n_groups;
}

/* "Dario Amade ×7 (Amade)" */
static void print_group(struct wrap *wrap, const struct group *g)
{
    const char *before = " (";
    char count[32];

    wrap_text(wrap, g->forms->name.text, g->forms->name.length);
    snprintf(count, sizeof count, " \u00D7%zu", g->count);
    if (g->count > 1)
        wrap_text(wrap, count, strlen(count));
    for (size_t i = 0; i < g->n_forms; i++) {
        struct textd_node form = g->forms[i].form;
        if (compare_nodes(form, g->forms->name) == 0)
            continue;
        wrap_text(wrap, before, strlen(before));
        wrap_text(wrap, form.text, form.length);
        before = ", ";
    }
    if (before[0] == ',')
        wrap_text(wrap, ")", 1);
}

/* One type's line: the groups from `i` on that have it. Returns the first that has another. */
static size_t print_type(const struct term *term, const struct group *list, size_t n, size_t i)
{
    struct textd_node type = list[i].forms->type;
    struct wrap wrap;

    fputs("  ", term->out);
    term_color(term, color_of(type));
    int columns = term_text(term->out, type.text, type.length);
    term_plain(term);
    fprintf(term->out, "%*s", columns < TYPE_COLUMN ? TYPE_COLUMN - columns : 0, "");
    wrap_start(&wrap, term, 2 + TYPE_COLUMN + 1);
    wrap.column = wrap.indent; /* the first line has begun already */
    putc(' ', term->out);
    for (const char *before = ""; i < n && compare_nodes(list[i].forms->type, type) == 0; i++, before = ", ") {
        wrap_text(&wrap, before, strlen(before));
        print_group(&wrap, &list[i]);
    }
    wrap_finish(&wrap);
    return i;
}

static void print_list(const struct term *term, const struct document *document, struct textd_node array,
                       struct textd_node key, struct textd_node names)
{
    size_t n, found;
    struct entity *list = collect(document, array, key, names, &found);
    struct group *groups = calloc(found ? found : 1, sizeof *groups);

    if (found == 0)
        fputs("  none found\n", term->out);
    if (found > 0 && groups) {
        qsort(list, found, sizeof *list, by_name);
        n = group(list, merge(list, found), groups);
        qsort(groups, n, sizeof *groups, by_count);
        for (size_t i = 0; i < n;)
            i = print_type(term, groups, n, i);
    }
    free(groups);
    free(list);
}

void report_spans(const struct term *term, const struct document *document, struct textd_node array,
                  struct textd_node key)
{
    print_list(term, document, array, key, (struct textd_node) { 0 });
}

void report_entities(const struct term *term, const struct document *document, struct textd_node result)
{
    term_heading(term, "Entities");
    print_list(term, document, textd_node_find(result, "entities"), (struct textd_node) { 0 },
               textd_node_find(result, "names"));
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
