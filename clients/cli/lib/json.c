/* json.c: see json.h. */
#include "clients/cli/lib/json.h"

#include "common/json.h"
#include "common/utf8.h"

/* A reply that nests deeper is none of textd's; the limit keeps the stack bounded. */
#define MAX_DEPTH 100

static void escaped(FILE *out, unsigned char c)
{
    char word[TD_JSON_WORD_BYTES];

    fwrite_unlocked(word, 1, td_json_escape(word, c), out);
}

/* Valid UTF-8: runs of plain bytes go out whole. */
static void plain_text(FILE *out, const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (!td_json_needs_escape(c))
            continue;
        fwrite_unlocked(text + start, 1, i - start, out);
        escaped(out, c);
        start = i + 1;
    }
    fwrite_unlocked(text + start, 1, length - start, out);
}

void json_text(FILE *out, const char *text, size_t length)
{
    putc_unlocked('"', out);
    while (length > 0) {
        size_t valid = td_utf8_check(text, length, NULL);
        plain_text(out, text, valid);
        if (valid == length)
            break;
        fputs("\xEF\xBF\xBD", out); /* U+FFFD for the byte that fits nowhere */
        text += valid + 1;
        length -= valid + 1;
    }
    putc_unlocked('"', out);
}

static void integer(FILE *out, int64_t value)
{
    char word[TD_JSON_WORD_BYTES];

    fwrite_unlocked(word, 1, td_json_integer(word, value), out);
}

static void number(FILE *out, double value)
{
    char word[TD_JSON_WORD_BYTES];

    fwrite_unlocked(word, 1, td_json_number(word, value), out);
}

static void binary(FILE *out, const char *bytes, size_t length)
{
    putc_unlocked('"', out);
    for (size_t i = 0; i < length; i++)
        fprintf(out, "%02x", (unsigned char)bytes[i]);
    putc_unlocked('"', out);
}

static void node_at_depth(FILE *out, struct textd_node node, int depth);

static void container(FILE *out, struct textd_node node, int depth)
{
    struct textd_walk walk = textd_node_walk(node);
    struct textd_node key, value;
    int is_map = node.type == TEXTD_NODE_MAP;

    putc_unlocked(is_map ? '{' : '[', out);
    for (int first = 1; textd_walk_next(&walk, &key, &value); first = 0) {
        if (!first)
            putc_unlocked(',', out);
        if (is_map) {
            json_text(out, key.text, key.type == TEXTD_NODE_TEXT ? key.length : 0);
            putc_unlocked(':', out);
        }
        node_at_depth(out, value, depth + 1);
    }
    putc_unlocked(is_map ? '}' : ']', out);
}

static void node_at_depth(FILE *out, struct textd_node node, int depth)
{
    switch (node.type) {
    case TEXTD_NODE_BOOL:
        fputs(node.integer ? "true" : "false", out);
        break;
    case TEXTD_NODE_INTEGER:
        integer(out, node.integer);
        break;
    case TEXTD_NODE_NUMBER:
        number(out, node.number);
        break;
    case TEXTD_NODE_TEXT:
        json_text(out, node.text, node.length);
        break;
    case TEXTD_NODE_BINARY:
        binary(out, node.text, node.length);
        break;
    case TEXTD_NODE_ARRAY:
    case TEXTD_NODE_MAP:
        if (depth < MAX_DEPTH) {
            container(out, node, depth);
            break;
        } /* fall through */
    default:
        fputs("null", out);
    }
}

void json_node(FILE *out, struct textd_node node)
{
    node_at_depth(out, node, 0);
}

void json_pairs(FILE *out, struct textd_node map, const char *const *skipped)
{
    struct textd_walk walk = textd_node_walk(map);
    struct textd_node key, value;

    while (textd_walk_next(&walk, &key, &value)) {
        const char *const *s = skipped;
        while (*s && !textd_node_is(key, *s))
            s++;
        if (*s)
            continue;
        putc_unlocked(',', out);
        json_text(out, key.text, key.type == TEXTD_NODE_TEXT ? key.length : 0);
        putc_unlocked(':', out);
        json_node(out, value);
    }
}
