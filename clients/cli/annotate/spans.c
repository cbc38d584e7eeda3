/* spans.c: see spans.h. */
#include "clients/cli/annotate/spans.h"

#include <stdlib.h>

#include "common/utf8.h"

#define MAX_DEPTH 8 /* of maps in a result; deeper ones are not looked into */

static int set_range(const struct document *d, struct textd_node start, struct textd_node end, struct range *range)
{
    if (start.type != TEXTD_NODE_INTEGER || end.type != TEXTD_NODE_INTEGER || start.integer < 0 ||
        end.integer < start.integer || (uint64_t)end.integer > d->length)
        return -1;
    *range = (struct range) { (size_t)start.integer, (size_t)end.integer };
    return td_utf8_is_border(d->text, d->length, range->start) && td_utf8_is_border(d->text, d->length, range->end)
               ? 0
               : -1;
}

int range_read(const struct document *d, struct textd_node map, struct range *range)
{
    return set_range(d, textd_node_find(map, "start"), textd_node_find(map, "end"), range);
}

int range_read_pair(const struct document *d, struct textd_node pair, struct range *range)
{
    struct textd_walk walk = textd_node_walk(pair);
    struct textd_node start, end;

    if (pair.type != TEXTD_NODE_ARRAY || !textd_walk_next(&walk, NULL, &start) || !textd_walk_next(&walk, NULL, &end))
        return -1;
    return set_range(d, start, end, range);
}

static struct textd_node first_of(struct textd_node array)
{
    struct textd_walk walk = textd_node_walk(array);
    struct textd_node first = { 0 };

    if (array.type == TEXTD_NODE_ARRAY)
        textd_walk_next(&walk, NULL, &first);
    return first;
}

int spans_are_in(struct textd_node array)
{
    struct textd_node first = first_of(array);

    return textd_node_find(first, "start").type == TEXTD_NODE_INTEGER &&
           textd_node_find(first, "end").type == TEXTD_NODE_INTEGER;
}

enum result_kind result_kind(struct textd_node result)
{
    struct textd_node sentences = textd_node_find(result, "sentences"), label = textd_node_find(result, "label");

    if (textd_node_find(result, "score").type != TEXTD_NODE_NONE &&
        (label.type == TEXTD_NODE_TEXT || label.type == TEXTD_NODE_NIL)) /* nil: the text was left alone */
        return RESULT_SENTIMENT;
    if (textd_node_find(result, "entities").type == TEXTD_NODE_ARRAY)
        return RESULT_ENTITIES;
    if (textd_node_find(result, "summary").type == TEXTD_NODE_TEXT)
        return RESULT_SUMMARY;
    return sentences.type == TEXTD_NODE_ARRAY && !spans_are_in(sentences) ? RESULT_SENTENCES : RESULT_OTHER;
}

struct textd_node result_find(struct textd_node results, enum result_kind kind)
{
    struct textd_walk walk = textd_node_walk(results);
    struct textd_node result;

    while (textd_walk_next(&walk, NULL, &result))
        if (result_kind(result) == kind)
            return result;
    return (struct textd_node) { 0 };
}

static int64_t read_ref(struct textd_node element, struct textd_node names)
{
    struct textd_node ref = textd_node_find(element, "ref");
    int64_t n = names.type == TEXTD_NODE_ARRAY ? names.length : 0;

    return ref.type == TEXTD_NODE_INTEGER && ref.integer >= 0 && ref.integer < n ? ref.integer : -1;
}

int span_read(const struct document *d, struct textd_node element, struct textd_node key, struct textd_node names,
              struct span *span)
{
    static const char *const types[] = { "type", "label", "name", "kind", "category" };

    *span = (struct span) {
        .text = textd_node_find(element, "text"),
        .value = textd_node_find(element, "value"),
        .score = textd_node_find(element, "score"),
        .id = textd_node_find(element, "id"),
        .ref = read_ref(element, names),
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0] && span->type.type != TEXTD_NODE_TEXT; i++)
        span->type = textd_node_find(element, types[i]);
    if (span->type.type != TEXTD_NODE_TEXT)
        span->type = key;
    span->has_range = range_read(d, element, &span->range) == 0;
    if (span->text.type != TEXTD_NODE_TEXT && span->has_range)
        span->text = (struct textd_node) { .type = TEXTD_NODE_TEXT,
                                           .text = d->text + span->range.start,
                                           .length = (uint32_t)(span->range.end - span->range.start) };
    return span->type.type == TEXTD_NODE_TEXT && span->text.type == TEXTD_NODE_TEXT ? 0 : -1;
}

struct finding {
    struct spans *spans;
    size_t capacity;
    const struct document *document;
    struct textd_node plugin;
};

static int add_all(struct finding *f, struct textd_node array, struct textd_node key, struct textd_node names,
                   int is_entity)
{
    struct textd_walk walk = textd_node_walk(array);
    struct textd_node element;

    while (textd_walk_next(&walk, NULL, &element)) {
        struct spans *s = f->spans;
        if (s->n == f->capacity) {
            size_t capacity = f->capacity ? 2 * f->capacity : 64;
            struct span *bigger = realloc(s->all, capacity * sizeof *bigger);
            if (!bigger)
                return -1;
            s->all = bigger;
            f->capacity = capacity;
        }
        struct span *span = &s->all[s->n];
        if (span_read(f->document, element, key, names, span) != 0 || !span->has_range)
            continue;
        span->plugin = f->plugin;
        span->is_entity = is_entity;
        s->n++;
    }
    return 0;
}

/* Arrays of spans, wherever in the result they stand. */
static int look_into(struct finding *f, struct textd_node node, struct textd_node key, int depth)
{
    struct textd_walk walk = textd_node_walk(node);
    struct textd_node its_key, value, none = { 0 };
    int rc = 0;

    if (spans_are_in(node))
        return add_all(f, node, key, none, 0);
    while (node.type == TEXTD_NODE_MAP && depth < MAX_DEPTH && rc == 0 && textd_walk_next(&walk, &its_key, &value))
        rc = look_into(f, value, its_key, depth + 1);
    return rc;
}

static int by_range(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->range.start != y->range.start)
        return x->range.start < y->range.start ? -1 : 1;
    if (x->range.end != y->range.end)
        return x->range.end > y->range.end ? -1 : 1;
    return y->is_entity - x->is_entity;
}

int spans_find(struct spans *spans, const struct document *document, struct textd_node results)
{
    struct finding f = { .spans = spans, .document = document };
    struct textd_walk walk = textd_node_walk(results);
    struct textd_node result;
    int rc = 0;

    *spans = (struct spans) { 0 };
    while (rc == 0 && textd_walk_next(&walk, &f.plugin, &result)) {
        enum result_kind kind = result_kind(result);
        if (kind == RESULT_ENTITIES)
            rc = add_all(&f, textd_node_find(result, "entities"), (struct textd_node) { 0 },
                         textd_node_find(result, "names"), 1);
        else if (kind == RESULT_OTHER)
            rc = look_into(&f, result, f.plugin, 0);
    }
    if (spans->n > 1)
        qsort(spans->all, spans->n, sizeof *spans->all, by_range);
    return rc;
}

/* Keeps of those for whom is_entity is as wanted the ones that overlap none before them; the others stay for now. */
static void drop_overlapping(struct spans *s, int is_entity)
{
    size_t kept = 0, end = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct span *span = &s->all[i];
        if (span->is_entity == is_entity) {
            if (span->range.start == span->range.end || span->range.start < end)
                continue;
            end = span->range.end;
        }
        s->all[kept++] = *span;
    }
    s->n = kept;
}

/* Names and others overlap none of their own kind by now: each of the others has at most one name before it, and some
 * behind, that could be in its way. */
static void drop_beside_entities(struct spans *s)
{
    size_t kept = 0, end = 0, next = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct span *span = &s->all[i];
        if (span->is_entity) {
            end = span->range.end;
        } else {
            for (next = next > i ? next : i + 1; next < s->n && !s->all[next].is_entity; next++)
                ;
            if (span->range.start < end || (next < s->n && s->all[next].range.start < span->range.end))
                continue;
        }
        s->all[kept++] = *span;
    }
    s->n = kept;
}

void spans_flatten(struct spans *s)
{
    drop_overlapping(s, 1);
    drop_overlapping(s, 0);
    drop_beside_entities(s);
}

void spans_free(struct spans *s)
{
    free(s->all);
    *s = (struct spans) { 0 };
}
