/* columns.c: see columns.h. Columns are walked side by side, and each row's values copied as they lie there;
 * docs/protocol.md has both forms. An entity's text isn't among them: who asks for columns has it. */
#include "clients/c/columns.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 16u

/* A value, and where it ends. */
struct cell {
    struct textd_node node;
    const void *end;
};

struct column {
    struct textd_node name;
    struct textd_walk rest;
    struct cell cell; /* of this row */
};

/* What few rows have: pairs of a row's number and what it has, by rising numbers. */
struct rare {
    const char *key;
    struct textd_walk rest;
    int64_t row; /* of `cell`; -1: there are no more */
    struct cell cell;
};

struct table {
    struct column columns[MOST_COLUMNS];
    uint32_t n, n_rows;
    const char *indexed; /* the column of numbers that stand for words */
    struct cell *words;
    uint32_t n_words;
    struct rare rare[2];
    uint32_t n_rare;
};

static int next_cell(struct textd_walk *walk, struct textd_node *key, struct cell *cell)
{
    if (!textd_walk_next(walk, key, &cell->node))
        return 0;
    cell->end = walk->at;
    return 1;
}

static void put_cell(struct td_buf *out, const struct cell *cell)
{
    td_buf_append(out, cell->node.at, (size_t)((const char *)cell->end - (const char *)cell->node.at));
}

static void put_node_text(struct td_buf *out, struct textd_node text)
{
    msgpack_packer packer = td_buf_packer(out);

    td_pack_bytes(&packer, text.text, text.length);
}

/* 0; or -1: it isn't a map of arrays that are as long as each other, of which `first` is the first. */
static int table_open(struct table *t, struct textd_node columns, const char *first)
{
    struct textd_walk walk = textd_node_walk(columns);
    struct textd_node name, values;

    t->n = t->n_rows = 0;
    while (textd_walk_next(&walk, &name, &values)) {
        if (t->n == MOST_COLUMNS || name.type != TEXTD_NODE_TEXT || values.type != TEXTD_NODE_ARRAY ||
            (t->n > 0 && values.length != t->n_rows))
            return -1;
        t->columns[t->n++] = (struct column) { .name = name, .rest = textd_node_walk(values) };
        t->n_rows = values.length;
    }
    return t->n > 0 && textd_node_is(t->columns[0].name, first) ? 0 : -1;
}

/* Of them an index is looked up for each row, so they are found once. 0; -1: no memory. */
static int find_words(struct table *t, const char *indexed, struct textd_node words)
{
    struct textd_walk walk = textd_node_walk(words);

    t->indexed = indexed;
    t->words = calloc(words.length + 1u, sizeof *t->words);
    while (t->words && next_cell(&walk, NULL, &t->words[t->n_words]))
        t->n_words++;
    return t->words ? 0 : -1;
}

/* -1: the next isn't such a pair. */
static int rare_next(struct rare *rare)
{
    struct textd_node pair, row = { 0 };
    int64_t before = rare->row;

    rare->row = -1;
    if (!textd_walk_next(&rare->rest, NULL, &pair))
        return 0;
    struct textd_walk walk = textd_node_walk(pair);
    if (pair.type != TEXTD_NODE_ARRAY || pair.length != 2 || !textd_walk_next(&walk, NULL, &row) ||
        !next_cell(&walk, NULL, &rare->cell) || row.type != TEXTD_NODE_INTEGER || row.integer <= before)
        return -1;
    rare->row = row.integer;
    return 0;
}

static int add_rare(struct table *t, const char *key, struct textd_node pairs)
{
    struct rare *rare = &t->rare[t->n_rare++];

    *rare = (struct rare) { .key = key, .rest = textd_node_walk(pairs), .row = -1 };
    return rare_next(rare);
}

/* Whether the row has this one: a ref may be none. */
static int has_cell(const struct column *c)
{
    return !textd_node_is(c->name, "ref") || c->cell.node.integer >= 0;
}

static int put_column(struct td_buf *out, const struct table *t, const struct column *c)
{
    const struct cell *cell = &c->cell;

    if (!has_cell(c))
        return 0;
    put_node_text(out, c->name);
    if (textd_node_is(c->name, t->indexed)) {
        int64_t i = cell->node.integer;
        if (cell->node.type != TEXTD_NODE_INTEGER || i < 0 || i >= t->n_words)
            return -1;
        cell = &t->words[i];
    }
    put_cell(out, cell);
    return 0;
}

static int put_row(struct td_buf *out, struct table *t, uint32_t row)
{
    msgpack_packer packer = td_buf_packer(out);
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->n; i++)
        n += (uint32_t)has_cell(&t->columns[i]);
    for (uint32_t i = 0; i < t->n_rare; i++)
        n += t->rare[i].row == row;
    msgpack_pack_map(&packer, n);
    for (uint32_t i = 0; i < t->n; i++)
        if (put_column(out, t, &t->columns[i]) != 0)
            return -1;
    for (uint32_t i = 0; i < t->n_rare; i++) {
        struct rare *rare = &t->rare[i];
        if (rare->row != row)
            continue;
        td_pack_str(&packer, rare->key);
        put_cell(out, &rare->cell);
        if (rare_next(rare) != 0)
            return -1;
    }
    return 0;
}

/* Places without anything else are pairs. */
static void put_pair(struct td_buf *out, const struct table *t)
{
    msgpack_packer packer = td_buf_packer(out);

    msgpack_pack_array(&packer, t->n);
    for (uint32_t i = 0; i < t->n; i++)
        put_cell(out, &t->columns[i].cell);
}

/* 0; -1: something in it isn't as it should be. */
static int put_table(struct td_buf *out, struct table *t, const char *key, size_t length, int are_pairs)
{
    msgpack_packer packer = td_buf_packer(out);

    td_pack_bytes(&packer, key, length);
    msgpack_pack_array(&packer, t->n_rows);
    for (uint32_t row = 0; row < t->n_rows && !out->full; row++) {
        for (uint32_t i = 0; i < t->n; i++)
            if (!next_cell(&t->columns[i].rest, NULL, &t->columns[i].cell))
                return -1;
        if (are_pairs)
            put_pair(out, t);
        else if (put_row(out, t, row) != 0)
            return -1;
    }
    for (uint32_t i = 0; i < t->n_rare; i++)
        if (t->rare[i].row >= 0) /* of a row beyond the last */
            return -1;
    return 0;
}

/* Copies the pairs of a result that are no part of its columns, behind a map's head for them and `more`. */
static void put_others(struct td_buf *out, struct textd_node result, uint32_t more)
{
    static const char *const parts[] = { "columns", "values", "ids", "name_columns", "types", "labels" };
    msgpack_packer packer = td_buf_packer(out);

    for (int writes = 0; writes < 2; writes++) {
        struct textd_walk walk = textd_node_walk(result);
        struct textd_node key;
        struct cell cell;
        while (next_cell(&walk, &key, &cell)) {
            int is_part = 0;
            for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
                is_part |= textd_node_is(key, parts[i]);
            if (is_part)
                continue;
            if (writes)
                td_buf_append(out, key.at, (size_t)((const char *)cell.end - (const char *)key.at));
            else
                more++;
        }
        if (!writes)
            msgpack_pack_map(&packer, more);
    }
}

static int put_entities(struct td_buf *out, struct textd_node result, struct table *t)
{
    struct textd_node names = textd_node_find(result, "name_columns");

    if (table_open(t, textd_node_find(result, "columns"), "start") != 0 ||
        find_words(t, "type", textd_node_find(result, "types")) != 0)
        return -1;
    put_others(out, result, 1 + (names.type != TEXTD_NODE_NONE));
    if (add_rare(t, "value", textd_node_find(result, "values")) != 0 ||
        add_rare(t, "id", textd_node_find(result, "ids")) != 0 || put_table(out, t, "entities", 8, 0) != 0)
        return -1;
    t->n_rare = 0;
    if (names.type == TEXTD_NODE_NONE)
        return 0;
    return table_open(t, names, "name") == 0 ? put_table(out, t, "names", 5, 0) : -1;
}

/* Of the segmenter places; of sentiment, which has labels, what is said of them. */
static int put_parts(struct td_buf *out, struct textd_node result, struct table *t)
{
    struct textd_node columns = textd_node_find(result, "columns"), labels = textd_node_find(result, "labels"), key,
                      part;
    struct textd_walk walk = textd_node_walk(columns);

    if (find_words(t, "label", labels) != 0)
        return -1;
    put_others(out, result, columns.length);
    while (textd_walk_next(&walk, &key, &part)) {
        if (key.type != TEXTD_NODE_TEXT || table_open(t, part, "start") != 0)
            return -1;
        int are_places = labels.type != TEXTD_NODE_ARRAY;
        if (are_places && !(t->n == 2 && textd_node_is(t->columns[1].name, "end")))
            return -1;
        if (put_table(out, t, key.text, key.length, are_places) != 0)
            return -1;
    }
    return 0;
}

static int is_by_columns(struct textd_node result)
{
    return textd_node_find(result, "columns").type == TEXTD_NODE_MAP;
}

static void put_result(struct td_buf *out, const struct cell *cell)
{
    struct table t = { 0 };
    size_t before = out->length;
    int has_types = textd_node_find(cell->node, "types").type == TEXTD_NODE_ARRAY;

    if (!is_by_columns(cell->node) || (has_types ? put_entities : put_parts)(out, cell->node, &t) != 0) {
        out->length = before;
        put_cell(out, cell);
    }
    free(t.words);
}

int columns_as_lists(struct textd_node results, struct td_buf *lists)
{
    struct textd_walk walk = textd_node_walk(results), again = walk;
    msgpack_packer packer = td_buf_packer(lists);
    struct textd_node key;
    struct cell cell;
    int n = 0;

    while (results.type == TEXTD_NODE_MAP && textd_walk_next(&walk, NULL, &cell.node))
        n += is_by_columns(cell.node);
    if (n == 0)
        return 0;
    msgpack_pack_map(&packer, results.length);
    while (next_cell(&again, &key, &cell)) {
        td_buf_append(lists, key.at,
                      (size_t)((const char *)cell.node.at - (const char *)key.at)); /* a text, or anything */
        put_result(lists, &cell);
    }
    return lists->full ? -1 : 1;
}
