/* shape.c: see shape.h. Case by ranges of the Unicode code charts (blocks Latin-1 to Cyrillic, Latin Extended
 * Additional): in most of these blocks capital and small letter take turns, so parity tells which is which. */
#include "plugins/entities/shape.h"

#include <stdbool.h>

enum letter { LETTER_NONE, LETTER_SMALL, LETTER_CAPITAL };

static enum letter by_parity(uint32_t c, uint32_t capital_parity)
{
    return (c & 1) == capital_parity ? LETTER_CAPITAL : LETTER_SMALL;
}

static enum letter latin_extended(uint32_t c)
{
    if (c == 0x138 || c == 0x149 || c == 0x17F)
        return LETTER_SMALL;
    if (c == 0x178)
        return LETTER_CAPITAL;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return by_parity(c, 1);
    if (c <= 0x17F || (c >= 0x1DE && c <= 0x1EF) || (c >= 0x1F8 && c <= 0x233))
        return by_parity(c, 0);
    return c >= 0x1CD && c <= 0x1DC ? by_parity(c, 1) : LETTER_SMALL;
}

static enum letter greek_or_cyrillic(uint32_t c)
{
    if (c < 0x400) {
        if (c == 0x386 || (c >= 0x388 && c <= 0x38F) || (c >= 0x391 && c <= 0x3AB))
            return LETTER_CAPITAL;
        return c == 0x390 || c >= 0x3AC ? LETTER_SMALL : LETTER_NONE;
    }
    if (c < 0x430)
        return LETTER_CAPITAL;
    if (c < 0x460)
        return LETTER_SMALL;
    return by_parity(c, 0);
}

static enum letter letter_of(uint32_t c)
{
    if (c < 0x80) {
        if (c - 'A' < 26)
            return LETTER_CAPITAL;
        return c - 'a' < 26 ? LETTER_SMALL : LETTER_NONE;
    }
    if (c < 0xC0 || c == 0xD7 || c == 0xF7)
        return LETTER_NONE;
    if (c < 0x100)
        return c < 0xDF ? LETTER_CAPITAL : LETTER_SMALL;
    if (c < 0x250)
        return latin_extended(c);
    if (c >= 0x370 && c < 0x530)
        return greek_or_cyrillic(c);
    if (c >= 0x1E00 && c < 0x1F00)
        return by_parity(c, 0);
    return LETTER_NONE;
}

/* The code point at *at, which is moved behind it. The text is valid, or is cut off: then what is there counts. */
static uint32_t next_point(const unsigned char *word, size_t length, size_t *at)
{
    uint32_t c = word[(*at)++];
    int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;

    if (more)
        c &= 0x3Fu >> more;
    for (; more && *at < length; more--)
        c = c << 6 | (word[(*at)++] & 0x3F);
    return c;
}

enum shape shape_of(const char *word, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)word;
    uint32_t capitals = 0, small = 0, others = 0;
    bool starts_small = false;

    if (length && bytes[0] - '0' >= 0 && bytes[0] <= '9')
        return SHAPE_DIGIT;
    for (size_t at = 0; at < length;) {
        uint32_t c = next_point(bytes, length, &at);
        enum letter letter = letter_of(c);

        starts_small |= letter == LETTER_SMALL && !capitals && !small;
        capitals += letter == LETTER_CAPITAL;
        small += letter == LETTER_SMALL;
        others += letter == LETTER_NONE && c != '.';
    }
    if (!capitals)
        return small ? SHAPE_LOWER : SHAPE_OTHER;
    if (starts_small)
        return SHAPE_MIXED;
    if (small)
        return SHAPE_CAPITAL;
    if (capitals > 1)
        return SHAPE_UPPER;
    return others ? SHAPE_UPPER : SHAPE_INITIAL; /* "G7" is written like "NATO" */
}
