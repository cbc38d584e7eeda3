/* grapheme.c: see grapheme.h. */
#include "plugins/lib/grapheme.h"

#include <stddef.h>

#include <utf8proc.h>

#include "plugins/lib/character.h"

_Static_assert(UTF8PROC_VERSION_MAJOR > 2 || UTF8PROC_VERSION_MINOR >= 8, "Unicode 15 needs utf8proc 2.8");

#define PICTOGRAPH 0x2764 /* one of many: a heart */
#define CONTROL 0x0001    /* likewise */

static bool is_within(utf8proc_int32_t point, utf8proc_int32_t first, utf8proc_int32_t last)
{
    return point >= first && point <= last;
}

/* A character that stands for `point` with the same properties. Unicode gives properties to code points that it has not assigned
 * yet, too, so that text of tomorrow is cut right today; utf8proc gives those none. */
static utf8proc_int32_t stand_in(utf8proc_int32_t point)
{
    if (utf8proc_category(point) != UTF8PROC_CATEGORY_CN)
        return point;
    if (is_within(point, 0x1F000, 0x1FAFF) || is_within(point, 0x1FC00, 0x1FFFD))
        return PICTOGRAPH; /* emoji-data.txt: reserved Extended_Pictographic */
    if (point == 0x2065 || is_within(point, 0xFFF0, 0xFFF8) || is_within(point, 0xE0000, 0xE0FFF))
        return CONTROL; /* GraphemeBreakProperty.txt: reserved Default_Ignorable_Code_Point */
    return point;
}

static utf8proc_int32_t point_at(const char *text, uint32_t at)
{
    uint32_t size;

    return stand_in((utf8proc_int32_t)char_decode(text, at, &size));
}

static int class_of(utf8proc_int32_t point)
{
    return utf8proc_get_property(point)->boundclass;
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
        int before;

        at = char_before(text, at);
        before = class_of(point_at(text, at));
        if (before != UTF8PROC_BOUNDCLASS_EXTEND)
            return before == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
    }
    return false;
}

static bool is_flag(utf8proc_int32_t point)
{
    return class_of(point) == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

/* GB12, GB13: flags are pairs, counted from where their row starts. Rows may be long, so where it starts is remembered. */
static bool parts_flags(struct grapheme_cursor *c, uint32_t at)
{
    uint32_t start = at;

    while (start > 0 && start != c->flags_at && is_flag(point_at(c->text, char_before(c->text, start))))
        start = char_before(c->text, start);
    c->flags_start = start > 0 && start == c->flags_at ? c->flags_start : start;
    c->flags_at = at;
    return (at - c->flags_start) / 4 % 2 == 0; /* each is four bytes */
}

/* utf8proc knows all rules that look at two characters. Its function for the others wants to be led through a text from the
 * start; here positions are asked for that lie far apart. Unicode 15.1 has one more of those (GB9c, Indic conjuncts): the test with
 * the standard's file tells when a utf8proc that knows it is there. */
bool grapheme_is_border(struct grapheme_cursor *c, uint32_t at)
{
    const unsigned char *p = (const unsigned char *)c->text;
    utf8proc_int32_t before, after;
    uint32_t last;

    if (at == 0 || at >= c->length)
        return true;
    if (p[at - 1] < 0x80 && p[at] < 0x80)
        return p[at - 1] != '\r' || p[at] != '\n';
    last = char_before(c->text, at);
    before = point_at(c->text, last);
    after = point_at(c->text, at);
    if (is_flag(before) && is_flag(after))
        return parts_flags(c, at);
    if (class_of(before) == UTF8PROC_BOUNDCLASS_ZWJ && class_of(after) == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
        return !joins_pictographs(c->text, last);
    return utf8proc_grapheme_break(before, after);
}
