/* utf8.c: see utf8.h. A plain byte machine, which takes ASCII many bytes at a time. */
#include "common/utf8.h"

#include <string.h>

#include "common/utf8_units.h"

/* The length of the well-formed sequence at `p` (1 to 4), 0 when there is none. `end` > `p`. */
static unsigned sequence_length(const unsigned char *p, const unsigned char *end)
{
    size_t left = (size_t)(end - p);
    unsigned char a = p[0];

    if (a < 0x80)
        return 1;
    if (a < 0xC2 || a > 0xF4 || left < 2)
        return 0;
    unsigned char b = p[1];
    if (a < 0xE0)
        return (b & 0xC0) == 0x80 ? 2 : 0;
    /* The second byte's range depends on the first: that is what keeps out overlong forms, surrogates and the rest. */
    unsigned char low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
    unsigned char high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
    if (b < low || b > high || left < 3 || (p[2] & 0xC0) != 0x80)
        return 0;
    if (a < 0xF0)
        return 3;
    return left >= 4 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
}

/* How many ASCII bytes there are at `p`, which is one: as many as are seen at once, and perhaps more follow. */
static size_t ascii_length(const unsigned char *p, const unsigned char *end)
{
    size_t left = (size_t)(end - p);

    if (left < TD_UNITS_FEW)
        return td_units_are_few_ascii((const char *)p, left) ? left : 1;
    if (td_units_are_ascii((const char *)p))
        return TD_UNITS_STEP;
    return td_units_are_few_ascii((const char *)p, 8) ? 8 : td_units_are_few_ascii((const char *)p, 4) ? 4 : 1;
}

size_t td_utf8_check(const char *text, size_t length, struct td_utf8_counts *counts)
{
    const unsigned char *start = (const unsigned char *)text, *p = start, *end = start + length;
    uint64_t continuation = 0, wide = 0;

    while (p < end) {
        if (*p < 0x80) {
            p += ascii_length(p, end);
            continue;
        }
        unsigned n = sequence_length(p, end);
        if (n == 0)
            break;
        continuation += n - 1;
        wide += n == 4;
        p += n;
    }
    size_t valid = (size_t)(p - start);
    if (counts) {
        counts->codepoints = valid - continuation;
        counts->utf16 = counts->codepoints + wide;
    }
    return valid;
}

/* What a terminal obeys, or what makes the rest of a line look like something else: controls of C0 and C1, DEL, U+061C, U+200E
 * and U+200F, U+2028 to U+202E, U+2066 to U+2069 (Unicode Standard Annex 9), U+FEFF. The joiners stay: words need them. */
static int is_control(const unsigned char *p, unsigned length)
{
    if (length == 1)
        return p[0] < 0x20 || p[0] == 0x7F;
    if (length == 2)
        return (p[0] == 0xC2 && p[1] < 0xA0) || (p[0] == 0xD8 && p[1] == 0x9C);
    if (length != 3)
        return 0;
    if (p[0] == 0xE2 && p[1] == 0x80)
        return p[2] == 0x8E || p[2] == 0x8F || (p[2] >= 0xA8 && p[2] <= 0xAE);
    return (p[0] == 0xE2 && p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9) ||
           (p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF);
}

size_t td_utf8_make_plain(char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    size_t kept = 0;

    while (p < end) {
        unsigned n = sequence_length(p, end);
        if (n == 0 || is_control(p, n)) {
            text[kept++] = *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : '?';
        } else {
            memmove(text + kept, p, n);
            kept += n;
        }
        p += n ? n : 1;
    }
    return kept;
}

size_t td_utf8_cut(const char *text, size_t limit)
{
    while (limit > 0 && ((unsigned char)text[limit] & 0xC0) == 0x80)
        limit--;
    return limit;
}
