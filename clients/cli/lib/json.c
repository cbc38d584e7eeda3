/* json.c: see json.h. */
#include "clients/cli/lib/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

/* A reply that nests deeper is none of textd's; the limit keeps the stack bounded. */
#define MAX_DEPTH 100

static void escaped(FILE *out, unsigned char c)
{
    static const char names[] = "btn\1fr"; /* of U+0008 and those after it; U+000B has none */

    if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c >= 8 && c <= 13 && c != 11)
        fprintf(out, "\\%c", names[c - 8]);
    else
        fprintf(out, "\\u%04x", c);
}

/* Valid UTF-8: runs of plain bytes go out whole. */
static void plain_text(FILE *out, const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
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

/* A whole number, backwards into the end of the buffer: printf would take most of a batch's time. */
static void integer(FILE *out, int64_t value)
{
    char text[24];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        text[--at] = '-';
    fwrite_unlocked(text + at, 1, sizeof text - at, out);
}

/* Scores mostly have at most four digits behind the point: those are written without printf, too. 0: this one has
 * more. */
static int short_number(FILE *out, double value, int is_single)
{
    double scaled = nearbyint(fabs(value) * 1e4);

    if (!(scaled < 1e9) || (is_single ? (double)(float)(scaled / 1e4) : scaled / 1e4) != fabs(value))
        return 0;
    uint32_t digits = (uint32_t)scaled % 10000;
    if (signbit(value))
        putc_unlocked('-', out);
    integer(out, (uint32_t)scaled / 10000);
    putc_unlocked('.', out);
    do { /* from the front, until only noughts are left */
        putc_unlocked((int)('0' + digits / 1000), out);
        digits = digits % 1000 * 10;
    } while (digits > 0);
    return 1;
}

/* The shortest decimal that reads back as the same number. Plugins' scores are often single precision: such a number is
 * printed as the shortest one of that precision, 0.9 and not 0.8999999761581421. */
static void number(FILE *out, double value)
{
    char text[40];
    int is_single = fabs(value) < 1e30 && (double)(float)value == value;

    if (!isfinite(value)) {
        fputs("null", out);
        return;
    }
    if (short_number(out, value, is_single))
        return;
    if (fabs(value) < 1e15 && value == nearbyint(value)) { /* an amount: 3000000.0 reads better than 3e+06 */
        fprintf(out, "%.1f", value);
        return;
    }
    for (int digits = is_single ? 6 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (is_single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    fputs(text, out);
    if (!strpbrk(text, ".e"))
        fputs(".0", out); /* or readers would take it for an integer */
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
