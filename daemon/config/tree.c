/* tree.c: see tree.h. The file is read twice here: first as a stream of events, which can be stopped at the
 * first thing that we don't want in memory, then as a tree. */
#include "daemon/config/tree.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES TD_MIB
#define MAX_DEPTH 8 /* the shape needs 5 */
#define MAX_KEYS 256

/* ---- places ---- */

void td_config_tree_mark(const struct td_config_tree *tree, yaml_mark_t mark, char place[TD_CONFIG_PLACE_SIZE])
{
    size_t length = strlen(tree->path), most = 200;
    const char *path = length > most ? tree->path + length - most : tree->path;

    snprintf(place, TD_CONFIG_PLACE_SIZE, "%s%s:%zu:%zu", length > most ? "…" : "", path, mark.line + 1,
             mark.column + 1);
}

static int fail_at(const struct td_config_tree *tree, yaml_mark_t mark, const char *what, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_mark(tree, mark, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s", place, what);
}

yaml_node_t *td_config_tree_node(const struct td_config_tree *tree, int index)
{
    /* libyaml's functions take the document without const, and don't write to it. */
    return yaml_document_get_node((yaml_document_t *)&tree->document, index);
}

yaml_node_t *td_config_tree_key(const struct td_config_tree *tree, const yaml_node_t *mapping, const char *key)
{
    if (mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
        if (strcmp(td_config_text(td_config_tree_node(tree, pair->key)), key) == 0)
            return td_config_tree_node(tree, pair->value);
    return NULL;
}

static yaml_node_t *item(const struct td_config_tree *tree, const yaml_node_t *sequence, unsigned long index)
{
    if (sequence->type != YAML_SEQUENCE_NODE)
        return NULL;
    if (index >= (unsigned long)(sequence->data.sequence.items.top - sequence->data.sequence.items.start))
        return NULL;
    return td_config_tree_node(tree, sequence->data.sequence.items.start[index]);
}

/* Goes along "pipelines[2].name". `nearest` is the last node that was there. */
static yaml_node_t *walk(const struct td_config_tree *tree, const char *path, yaml_node_t **nearest)
{
    yaml_node_t *node = tree->root;
    char key[TD_CONFIG_NAME_SIZE], *end;

    for (*nearest = node; node && *path; *nearest = node ? node : *nearest) {
        size_t length = strcspn(path, ".[");
        if (*path == '[') {
            node = item(tree, node, strtoul(path + 1, &end, 10));
            path = end + (*end == ']');
        } else {
            snprintf(key, sizeof key, "%.*s", (int)length, path);
            node = td_config_tree_key(tree, node, key);
            path += length;
        }
        path += *path == '.';
    }
    return node;
}

yaml_node_t *td_config_tree_find(const struct td_config_tree *tree, const char *path)
{
    yaml_node_t *nearest;

    return walk(tree, path, &nearest);
}

void td_config_tree_place(const struct td_config_tree *tree, const char *path, char place[TD_CONFIG_PLACE_SIZE])
{
    yaml_node_t *nearest = NULL;

    if (tree)
        walk(tree, path, &nearest);
    if (nearest)
        td_config_tree_mark(tree, nearest->start_mark, place);
    else
        snprintf(place, TD_CONFIG_PLACE_SIZE, "%s", tree ? tree->path : "default");
}

void td_config_item_place(const struct td_config_origin *origin, const struct td_config_tree *tree, const char *list,
                          uint32_t index, char place[TD_CONFIG_PLACE_SIZE])
{
    char path[TD_CONFIG_NAME_SIZE];

    snprintf(path, sizeof path, "%s[%u]", list, (unsigned)index);
    if (origin->origin == TD_ORIGIN_FILE)
        td_config_tree_place(tree, path, place);
    else
        snprintf(place, TD_CONFIG_PLACE_SIZE, "%s", origin->place);
}

/* ---- bytes ---- */

static int fail_errno(const char *path, struct td_err *err)
{
    return td_fail(err, TD_E_SYSTEM, "%s: %s", path, strerror(errno));
}

/* Not by fstat's size, so that a pipe or /dev/stdin will do as well, for who reads it once. */
static int bytes_read(struct td_config_tree *tree, int fd, struct td_err *err)
{
    if (!(tree->bytes = malloc(MAX_BYTES + 1)))
        return td_config_no_memory(err);
    for (;;) {
        ssize_t got = read(fd, tree->bytes + tree->length, MAX_BYTES + 1 - tree->length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(tree->path, err);
        if (got == 0)
            return TD_OK;
        tree->length += (size_t)got;
        if (tree->length > MAX_BYTES)
            return td_fail(err, TD_E_CONFIG, "%s: larger than 1MiB, which no configuration needs", tree->path);
    }
}

/* A file that anybody may change is anybody's word, not the operator's: what it names is run as us. A pipe is whoever's it is. */
static int check_owner(const struct td_config_tree *tree, int fd, struct td_err *err)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IWOTH))
        return td_fail(err, TD_E_CONFIG, "%s may be written by everybody; chmod o-w it", tree->path);
    return TD_OK;
}

static int file_read(struct td_config_tree *tree, struct td_err *err)
{
    int fd = open(tree->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail_errno(tree->path, err);
    int rc = check_owner(tree, fd, err);
    if (rc == TD_OK)
        rc = bytes_read(tree, fd, err);
    close(fd);
    return rc;
}

/* ---- events ---- */

/* Decoding errors come with an offset only. */
static yaml_mark_t mark_of_offset(const struct td_config_tree *tree, size_t offset)
{
    yaml_mark_t mark = { 0, 0, 0 };

    for (size_t i = 0; i < offset && i < tree->length; i++) {
        mark.column = tree->bytes[i] == '\n' ? 0 : mark.column + 1;
        mark.line += tree->bytes[i] == '\n';
    }
    return mark;
}

static int fail_parser(const struct td_config_tree *tree, const yaml_parser_t *parser, struct td_err *err)
{
    int is_reader = parser->error == YAML_READER_ERROR;
    char what[256];

    /* yaml_parser_load doesn't always set an error when an allocation fails. */
    if (parser->error == YAML_MEMORY_ERROR || parser->error == YAML_NO_ERROR)
        return td_config_no_memory(err);
    snprintf(what, sizeof what, "not valid YAML: %s%s%s", parser->problem, !is_reader && parser->context ? " " : "",
             !is_reader && parser->context ? parser->context : "");
    return fail_at(tree, is_reader ? mark_of_offset(tree, parser->problem_offset) : parser->problem_mark, what, err);
}

/* What YAML has and a configuration doesn't need. NULL when the event is welcome. */
static const char *event_fault(const yaml_event_t *event, int depth, int documents)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return "aliases (*name) can't be used here; write the value again";
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
            return "a text can't contain NUL";
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor)
        return "anchors (&name) can't be used here; write the value again where it is needed";
    if (tag)
        return "tags (!name) can't be used here: each key has its type";
    if (depth > MAX_DEPTH)
        return "nested too deeply";
    return documents > 1 ? "a second YAML document starts here; there can be only one" : NULL;
}

static int events_check(const struct td_config_tree *tree, yaml_parser_t *parser, struct td_err *err)
{
    int depth = 0, documents = 0, is_end = 0, rc = TD_OK;

    while (!is_end && rc == TD_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return fail_parser(tree, parser, err);
        depth += event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
        depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        documents += event.type == YAML_DOCUMENT_START_EVENT;
        is_end = event.type == YAML_STREAM_END_EVENT;
        const char *fault = event_fault(&event, depth, documents);
        if (fault)
            rc = fail_at(tree, event.start_mark, fault, err);
        yaml_event_delete(&event);
    }
    return rc;
}

/* ---- the tree ---- */

static int keys_check(const struct td_config_tree *tree, const yaml_node_t *mapping, struct td_err *err)
{
    const yaml_node_pair_t *first = mapping->data.mapping.pairs.start, *top = mapping->data.mapping.pairs.top;
    char what[256];

    if (top - first > MAX_KEYS)
        return fail_at(tree, mapping->start_mark, "a mapping with more than 256 keys", err);
    for (const yaml_node_pair_t *pair = first; pair < top; pair++) {
        const yaml_node_t *key = td_config_tree_node(tree, pair->key);
        if (key->type != YAML_SCALAR_NODE)
            return fail_at(tree, key->start_mark, "a key must be a word", err);
        for (const yaml_node_pair_t *other = first; other < pair; other++) {
            const yaml_node_t *earlier = td_config_tree_node(tree, other->key);
            if (strcmp(td_config_text(earlier), td_config_text(key)) != 0)
                continue;
            snprintf(what, sizeof what, "key '%s' stands here a second time; the first is at line %zu",
                     td_config_quote(td_config_text(key)).text, earlier->start_mark.line + 1);
            return fail_at(tree, key->start_mark, what, err);
        }
    }
    return TD_OK;
}

static int document_check(const struct td_config_tree *tree, struct td_err *err)
{
    const yaml_node_t *node;
    int rc;

    for (int i = 1; (node = td_config_tree_node(tree, i)); i++) /* libyaml counts from 1 */
        if (node->type == YAML_MAPPING_NODE && (rc = keys_check(tree, node, err)) != TD_OK)
            return rc;
    return TD_OK;
}

/* Runs `step` on a fresh parser over the file's bytes. */
static int with_parser(struct td_config_tree *tree,
                       int (*step)(struct td_config_tree *tree, yaml_parser_t *parser, struct td_err *err),
                       struct td_err *err)
{
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser))
        return td_config_no_memory(err);
    yaml_parser_set_input_string(&parser, tree->bytes, tree->length);
    int rc = step(tree, &parser, err);
    yaml_parser_delete(&parser);
    return rc;
}

static int events_step(struct td_config_tree *tree, yaml_parser_t *parser, struct td_err *err)
{
    return events_check(tree, parser, err);
}

static int document_step(struct td_config_tree *tree, yaml_parser_t *parser, struct td_err *err)
{
    if (!yaml_parser_load(parser, &tree->document))
        return fail_parser(tree, parser, err);
    tree->root = yaml_document_get_root_node(&tree->document);
    return document_check(tree, err);
}

int td_config_tree_read(struct td_config_tree *tree, const char *path, struct td_err *err)
{
    int rc;

    memset(tree, 0, sizeof *tree);
    if (!(tree->path = strdup(path)))
        return td_config_no_memory(err);
    if ((rc = file_read(tree, err)) != TD_OK || (rc = with_parser(tree, events_step, err)) != TD_OK ||
        (rc = with_parser(tree, document_step, err)) != TD_OK)
        td_config_tree_free(tree);
    return rc;
}

void td_config_tree_free(struct td_config_tree *tree)
{
    yaml_document_delete(&tree->document);
    free(tree->bytes);
    free(tree->path);
    memset(tree, 0, sizeof *tree);
}
