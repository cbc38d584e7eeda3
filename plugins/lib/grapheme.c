/* grapheme.c: see grapheme.h. */
#include "plugins/lib/grapheme.h"

#include <stddef.h>

#include "plugins/lib/character.h"
#include "plugins/lib/unicode/graphemes.h"

/* Grapheme_Cluster_Break, in the order of unicode/generate.py's BREAKS. */
enum cluster {
    OTHER,
    CR,
    LF,
    CONTROL,
    EXTEND,
    ZWJ,
    FLAG, /* Regional_Indicator */
    PREPEND,
    SPACING,
    HANGUL_L,
    HANGUL_V,
    HANGUL_T,
    HANGUL_LV,
    HANGUL_LVT,
    PICTO
};

#define BLOCK (sizeof grapheme_blocks[0])

static enum cluster cluster_at(const char *text, uint32_t at)
{
    uint32_t size, point = char_decode(text, at, &size);

    return (enum cluster)grapheme_blocks[grapheme_block_of[point / BLOCK]][point % BLOCK];
}

struct grapheme_cursor grapheme_cursor(const char *text, uint32_t length)
{
    return (struct grapheme_cursor) { .text = text, .length = length };
}

/* GB11: a pictograph, what extends it, a joiner, a pictograph. `joiner` is the joiner's position. */
static bool joins_pictographs(const char *text, uint32_t joiner)
{
    uint32_t at = joiner;

    while (at > 0) {
        enum cluster before;

        at = char_before(text, at);
        before = cluster_at(text, at);
        if (before != EXTEND)
            return before == PICTO;
    }
    return false;
}

/* GB12, GB13: flags are pairs, counted from where their row starts. Rows may be long, so where it starts is remembered. */
static bool parts_flags(struct grapheme_cursor *c, uint32_t at)
{
    uint32_t start = at;

    while (start > 0 && start != c->flags_at && cluster_at(c->text, char_before(c->text, start)) == FLAG)
        start = char_before(c->text, start);
    c->flags_start = start > 0 && start == c->flags_at ? c->flags_start : start;
    c->flags_at = at;
    return (at - c->flags_start) / 4 % 2 == 0; /* each is four bytes */
}

static bool hangul_joins(enum cluster before, enum cluster after)
{
    switch (before) {
    case HANGUL_L:
        return after == HANGUL_L || after == HANGUL_V || after == HANGUL_LV || after == HANGUL_LVT;
    case HANGUL_LV:
    case HANGUL_V:
        return after == HANGUL_V || after == HANGUL_T;
    case HANGUL_LVT:
    case HANGUL_T:
        return after == HANGUL_T;
    default:
        return false;
    }
}

static bool is_control(enum cluster c)
{
    return c == CONTROL || c == CR || c == LF;
}

bool grapheme_is_border(struct grapheme_cursor *c, uint32_t at)
{
    const unsigned char *p = (const unsigned char *)c->text;
    enum cluster before, after;
    uint32_t last;

    if (at == 0 || at >= c->length)
        return true;
    if (p[at - 1] < 0x80 && p[at] < 0x80)
        return p[at - 1] != '\r' || p[at] != '\n';
    last = char_before(c->text, at);
    before = cluster_at(c->text, last);
    after = cluster_at(c->text, at);
    if (is_control(before) || is_control(after))
        return true; /* GB4, GB5; GB3 is above */
    if (after == EXTEND || after == ZWJ || after == SPACING || before == PREPEND || hangul_joins(before, after))
        return false; /* GB6 to GB9b */
    if (before == ZWJ && after == PICTO)
        return !joins_pictographs(c->text, last);
    return before != FLAG || after != FLAG || parts_flags(c, at);
}
