/* json.c: see json.h. */
#include "common/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    memcpy(out + 1, "u00", 3);
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

/* Scores mostly have at most four digits behind the point: those are written without printf, too. 0: this one has more. */
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

size_t td_json_number(char out[TD_JSON_WORD_BYTES], double value)
{
    char text[TD_JSON_WORD_BYTES];
    int is_single = fabs(value) < 1e30 && (double)(float)value == value, n = 0;

    if (!isfinite(value)) {
        memcpy(out, "null", 4);
        return 4;
    }
    size_t length = short_number(out, value, is_single);
    if (length > 0)
        return length;
    if (fabs(value) < 1e15 && value == nearbyint(value)) { /* an amount: 3000000.0 reads better than 3e+06 */
        n = snprintf(text, sizeof text, "%.1f", value);
        memcpy(out, text, (size_t)n);
        return (size_t)n;
    }
    for (int digits = is_single ? 6 : 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, value);
        if (is_single ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value)
            break;
    }
    memcpy(out, text, (size_t)n);
    if (strpbrk(text, ".e"))
        return (size_t)n;
    memcpy(out + n, ".0", 2); /* or readers would take it for an integer */
    return (size_t)n + 2;
}
