/* view.c: see struct view in redact.h. SPDX-License-Identifier: Apache-2.0 People write one number in many ways, and
 * others disguise it: "４１１１", "4111\u200B1111", "٤١١١". Whoever looks for digits in the bytes finds none of these. */
#include "redact.h"

/* U+00C0 to U+017F without marks; '!' for the two signs among them. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO!OUUUUYTsaaaaaaaceeeeiiiidnooooo!ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                            "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
_Static_assert(sizeof latin - 1 == 0x180 - 0xC0, "a letter for each");

/* The zeros of the decimal digits that are in use: Unicode 15, general category Nd. */
static const uint16_t zeros[] = { 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
                                  0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10 };

static uint32_t decode(const unsigned char *p, uint32_t *size)
{
    if (p[0] < 0xE0) {
        *size = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
    }
    if (p[0] < 0xF0) {
        *size = 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
    }
    *size = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
           (p[3] & 0x3Fu);
}

/* Marks, and characters that show nothing: a number with them in it reads as one without. */
static int is_left_out(uint32_t u)
{
    return u == 0xAD || (u >= 0x300 && u <= 0x36F) || u == 0x34F || u == 0x61C || (u >= 0x180B && u <= 0x180E) ||
           (u >= 0x200B && u <= 0x200F) || (u >= 0x202A && u <= 0x202E) || (u >= 0x2060 && u <= 0x206F) ||
           (u >= 0x20D0 && u <= 0x20F0) || (u >= 0xFE00 && u <= 0xFE0F) || (u >= 0xFE20 && u <= 0xFE2F) ||
           u == 0xFEFF || (u >= 0xE0000 && u <= 0xE0FFF);
}

static int is_blank(uint32_t u)
{
    return u == 0xA0 || u == 0x1680 || (u >= 0x2000 && u <= 0x200A) || u == 0x202F || u == 0x205F || u == 0x3000;
}

static int is_dash(uint32_t u)
{
    return (u >= 0x2010 && u <= 0x2015) || u == 0x2212 || u == 0x2E3A || u == 0x2E3B || u == 0xFE58 || u == 0xFE63 ||
           u == 0x30FC;
}

static int is_ideograph(uint32_t u)
{
    return (u >= 0x0E00 && u <= 0x0EFF) || (u >= 0x1000 && u <= 0x109F) || (u >= 0x1780 && u <= 0x17FF) ||
           (u >= 0x1100 && u <= 0x11FF) || (u >= 0x2E80 && u <= 0x2FDF) || (u >= 0x3005 && u <= 0x3007) ||
           (u >= 0x3040 && u <= 0x9FFF) || (u >= 0xAC00 && u <= 0xD7FF) || (u >= 0xF900 && u <= 0xFAFF) ||
           (u >= 0xFF66 && u <= 0xFFDC) || (u >= 0x20000 && u <= 0x3FFFF);
}

static int is_other_letter(uint32_t u)
{
    return u == 0xAA || u == 0xB5 || u == 0xBA || (u >= 0x180 && u <= 0x2BF) || (u >= 0x370 && u <= 0x1FFF) ||
           (u >= 0x2C00 && u <= 0x2DFF) || (u >= 0xA000 && u <= 0xABFF) || (u >= 0xFB00 && u <= 0xFDFF) ||
           (u >= 0xFE70 && u <= 0xFEFC) || (u >= 0x10000 && u <= 0x1CFFF) || (u >= 0x1D400 && u <= 0x1D7CB) ||
           (u >= 0x1E000 && u <= 0x1EFFF);
}

static uint8_t fold(uint32_t u)
{
    if (u >= 0xC0 && u < 0x180)
        return latin[u - 0xC0] == '!' ? VIEW_SIGN : (uint8_t)latin[u - 0xC0];
    if (u >= 0xFF01 && u <= 0xFF5E)
        return (uint8_t)(u - 0xFF01 + '!');
    if (u >= 0x1D7CE && u <= 0x1D7FF) /* digits of mathematics: bold, double-struck, … */
        return (uint8_t)('0' + (u - 0x1D7CE) % 10);
    if (is_blank(u))
        return ' ';
    if (is_dash(u))
        return '-';
    if (u == 0x85 || u == 0x2028 || u == 0x2029)
        return '\n';
    if (u == 0x2018 || u == 0x2019 || u == 0x201A || u == 0x201B)
        return '\'';
    if (u == 0x201C || u == 0x201D || u == 0x201E || u == 0xAB || u == 0xBB)
        return '"';
    if (u == 0x3002 || u == 0xFF61 || u == 0x2024)
        return '.';
    if (u == 0xFE6B)
        return '@';
    for (uint32_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (u >= zeros[i] && u < zeros[i] + 10u)
            return (uint8_t)('0' + u - zeros[i]);
    if (is_ideograph(u))
        return VIEW_IDEOGRAPH;
    return is_other_letter(u) ? VIEW_LETTER : VIEW_SIGN;
}

static uint8_t fold_ascii(uint8_t c)
{
    if (c == '\t' || c == '\v' || c == '\f')
        return ' ';
    return c == 0 ? 1 : c == '\r' ? '\n' : c; /* a zero ends the view */
}

void view_make(struct work *work)
{
    const unsigned char *text = (const unsigned char *)work->doc->text;
    uint32_t length = work->doc->text_length, n = 0, size;
    uint8_t *c = work_alloc(work, (uint64_t)length + 8);
    uint32_t *at = work_alloc(work, ((uint64_t)length + 1) * sizeof *at);

    if (!c || !at)
        return;
    for (uint32_t i = 0; i < length; i += size) {
        size = 1;
        if (text[i] < 0x80) {
            c[n] = fold_ascii(text[i]);
            at[n++] = i;
            continue;
        }
        uint32_t point = decode(text + i, &size);
        if (is_left_out(point))
            continue;
        c[n] = fold(point);
        at[n++] = i;
    }
    at[n] = length;
    memset(c + n, 0, 8);
    work->view = (struct view) { .c = c, .at = at, .n = n };
}

int view_has(const struct view *view, uint32_t at, const char *word)
{
    for (; *word; word++, at++)
        if (to_lower(view->c[at]) != (uint8_t)*word) /* the zero at the end differs from any letter */
            return 0;
    return 1;
}

uint32_t view_index(const struct view *view, uint32_t byte)
{
    uint32_t low = 0, high = view->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (view->at[middle] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
