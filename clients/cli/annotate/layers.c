/* layers.c: the result of a plugin that textctl doesn't know (see report.h): what it has found in the text as lists by
 * type, the rest as lines `key: value`. */
#include "clients/cli/annotate/report.h"

#include <stdlib.h>
#include <string.h>

#include "clients/cli/lib/json.h"

#define MAX_DEPTH 4 /* of keys: "a.b.c.d"; what is deeper is JSON */
#define MAX_PATH_BYTES 200

static int is_scalar(struct textd_node node)
{
    return node.type != TEXTD_NODE_ARRAY && node.type != TEXTD_NODE_MAP;
}

/* [1, 2, 3], ["a", "b"]: nothing that needs JSON to be understood. */
static int is_plain_list(struct textd_node array)
{
    struct textd_walk walk = textd_node_walk(array);
    struct textd_node element;
    int is_plain = array.type == TEXTD_NODE_ARRAY && array.length > 0;

    while (is_plain && textd_walk_next(&walk, NULL, &element))
        is_plain = is_scalar(element);
    return is_plain;
}

/* A text as it is, all else as JSON. */
static void put_value(struct wrap *wrap, struct textd_node value)
{
    char *json = NULL;
    size_t length = 0;
    FILE *memory = value.type == TEXTD_NODE_TEXT ? NULL : open_memstream(&json, &length);

    if (value.type == TEXTD_NODE_TEXT)
        wrap_text(wrap, value.text, value.length);
    if (memory) {
        json_node(memory, value);
        fclose(memory);
        wrap_text(wrap, json ? json : "", length);
    }
    free(json);
}

static void put_line(const struct term *term, const char *path, struct textd_node value)
{
    struct textd_walk walk = textd_node_walk(value);
    struct textd_node element;
    struct wrap wrap;

    wrap_start(&wrap, term, 2);
    if (path[0]) {
        wrap_color(&wrap, "2");
        wrap_text(&wrap, path, strlen(path));
        wrap_text(&wrap, ":", 1);
        wrap_color(&wrap, NULL);
        wrap_text(&wrap, " ", 1);
    }
    if (is_plain_list(value))
        for (const char *before = ""; textd_walk_next(&walk, NULL, &element); before = ", ") {
            wrap_text(&wrap, before, strlen(before));
            put_value(&wrap, element);
        }
    else
        put_value(&wrap, value);
    wrap_finish(&wrap);
}

static void put_node(const struct term *term, const struct document *document, const char *path, struct textd_node key,
                     struct textd_node node, int depth)
{
    struct textd_walk walk = textd_node_walk(node);
    struct textd_node its_key, value;
    char below[MAX_PATH_BYTES];

    if (spans_are_in(node)) {
        report_spans(term, document, node, key);
        return;
    }
    if (node.type != TEXTD_NODE_MAP || depth == MAX_DEPTH || node.length == 0) {
        put_line(term, path, node);
        return;
    }
    while (textd_walk_next(&walk, &its_key, &value)) {
        snprintf(below, sizeof below, "%s%s%.*s", path, path[0] ? "." : "",
                 its_key.type == TEXTD_NODE_TEXT ? (int)its_key.length : 0, its_key.text ? its_key.text : "");
        put_node(term, document, below, its_key, value, depth + 1);
    }
}

void report_other(const struct term *term, const struct document *document, struct textd_node plugin,
                  struct textd_node result)
{
    char *title = plugin.type == TEXTD_NODE_TEXT ? strndup(plugin.text, plugin.length) : NULL;

    term_heading(term, title ? title : "");
    put_node(term, document, "", plugin, result, 0);
    free(title);
}
