/* json.c: see json.h. */
#include "common/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number of single precision that has no more digits than these is written whole: it may be nobody's score. */
#define MOST_EXACT 12

size_t td_json_escape(char out[TD_JSON_WORD_BYTES], unsigned char byte)
{
    static const char names[] = "btn\1fr"; /* of U+0008 and those after it; U+000B has none */
    static const char digits[] = "0123456789abcdef";

    out[0] = '\\';
    if (byte == '"' || byte == '\\') {
        out[1] = (char)byte;
        return 2;
    }
    if (byte >= 8 && byte <= 13 && byte != 11) {
        out[1] = names[byte - 8];
        return 2;
    }
    out[1] = 'u';
    out[2] = out[3] = '0';
    out[4] = digits[byte >> 4];
    out[5] = digits[byte & 15];
    return 6;
}

/* Backwards into the end of a buffer: printf would take most of a batch's time. */
size_t td_json_integer(char out[TD_JSON_WORD_BYTES], int64_t value)
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
    memcpy(out, text + at, sizeof text - at);
    return sizeof text - at;
}

/* Scores mostly have at most four digits behind the point: those are written without printf, too. 0: this one has
 * more. */
static size_t short_number(char *out, double value, int is_single)
{
    double scaled = nearbyint(fabs(value) * 1e4);
    size_t n = 0;

    if (!(scaled < 1e9) || (is_single ? (double)(float)(scaled / 1e4) : scaled / 1e4) != fabs(value))
        return 0;
    uint32_t digits = (uint32_t)scaled % 10000;
    if (signbit(value))
        out[n++] = '-';
    n += td_json_integer(out + n, (uint32_t)scaled / 10000);
    out[n++] = '.';
    do { /* from the front, until only noughts are left */
        out[n++] = (char)('0' + digits / 1000);
        digits = digits % 1000 * 10;
    } while (digits > 0);
    return n;
}

/* With the least digits of `from` to `to` that read back as the value, as a double or a float. 0: none of them does. */
static int with_digits(char out[TD_JSON_WORD_BYTES], double value, int is_single, int from, int to)
{
    for (int digits = from; digits <= to; digits++) {
        int n = snprintf(out, TD_JSON_WORD_BYTES, "%.*g", digits, value);
        if (is_single ? strtof(out, NULL) == (float)value : strtod(out, NULL) == value)
            return n;
    }
    return 0;
}

size_t td_json_number(char out[TD_JSON_WORD_BYTES], double value)
{
    int is_single = fabs(value) < 1e30 && (double)(float)value == value, n = 0;

    if (!isfinite(value)) {
        memcpy(out, "null", 4);
        return 4;
    }
    size_t length = short_number(out, value, 0);
    if (length > 0)
        return length;
    if (fabs(value) < 1e15 && value == nearbyint(value)) /* an amount: 3000000.0 reads better than 3e+06 */
        return (size_t)snprintf(out, TD_JSON_WORD_BYTES, "%.1f", value);
    n = with_digits(out, value, 0, MOST_EXACT, MOST_EXACT);
    if (n == 0 && is_single && (length = short_number(out, value, 1)) > 0)
        return length;
    if (n == 0)
        n = is_single ? with_digits(out, value, 1, 6, 9) : with_digits(out, value, 0, 15, 17);
    if (strpbrk(out, ".e"))
        return (size_t)n;
    out[n] = '.'; /* or readers would take it for an integer */
    out[n + 1] = '0';
    return (size_t)n + 2;
}
