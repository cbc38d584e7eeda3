/* row.c: digits with their separators: "1,200", "12'500", "1.234,56", "1 000 000", "12,34,567", and fractions. See
 * numerals.h. */
#include "plugins/entities/expressions/numerals.h"

#include "plugins/lib/character.h"

#define MOST_MANTISSA UINT64_C(100000000000000000) /* 10^17: more digits than a double has */

/* "1/2" at lexeme `i`: puts the value into *value. The lexeme behind; 0 when there is none. */
uint32_t row_fraction_at(struct reader *r, uint32_t i, double *value)
{
    const struct lexeme *above = lexeme(r, i), *below;

    if (!is_integer(r, i) || (!is_sign(r, i + 1, '/') && !is_sign(r, i + 1, 0x2044)) || !is_glued(r, i + 1) ||
        !is_integer(r, i + 2) || !is_glued(r, i + 2))
        return 0;
    below = lexeme(r, i + 2);
    if (above->mantissa >= below->mantissa || below->mantissa > 1000 || above->mantissa == 0 ||
        (is_sign(r, i + 3, '/') && is_glued(r, i + 3)))
        return 0;
    *value = (double)above->mantissa / (double)below->mantissa;
    return i + 3;
}

/* "½", a lexeme of its own. */
bool row_is_fraction_sign(struct reader *r, uint32_t i)
{
    return is_number(r, i) && lexeme(r, i)->decimals == 16;
}

double row_fraction_sign(struct reader *r, uint32_t i)
{
    return (double)lexeme(r, i)->mantissa / 1e16;
}

/* Adds a group of three digits, which may have decimals by a point. */
static void add_group(struct reader *r, struct row *row, uint32_t i, uint32_t digits)
{
    const struct lexeme *l = lexeme(r, i);
    double whole = (double)row->mantissa * digits_power_of_ten((int32_t)digits + l->decimals) + (double)l->mantissa;

    row->is_bare = false;
    row->behind = i + 1;
    if (whole >= (double)MOST_MANTISSA) {
        row->is_known = false;
        return;
    }
    for (uint32_t n = digits + l->decimals; n > 0; n--)
        row->mantissa *= 10;
    row->mantissa += l->mantissa;
    row->decimals = l->decimals;
}

static bool is_three(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_NUMBER && l->digits == 3 && !(l->flags & (LEXEME_GROUPED | LEXEME_CHAIN)) &&
           l->decimals < 12;
}

static bool is_apostrophe(struct reader *r, uint32_t i)
{
    return is_sign(r, i, '\'') || is_sign(r, i, 0x2019);
}

/* "12'500" */
static void apostrophe_groups(struct reader *r, struct row *row)
{
    while (row->decimals == 0 && is_apostrophe(r, row->behind) && is_glued(r, row->behind) &&
           is_glued(r, row->behind + 1) && is_three(r, row->behind + 1))
        add_group(r, row, row->behind + 1, 3);
}

/* What stands between two lexemes, when that is one blank: 1: an ordinary one; 2: one that doesn't break, or a thin
 * one; else 0. */
int row_blank_between(struct reader *r, uint32_t i)
{
    const char *gap = r->input->text + lexeme(r, i)->end;
    uint32_t size = lexeme(r, i + 1)->start - lexeme(r, i)->end, bytes, point;

    if (size == 0 || size > 3)
        return 0;
    if (size == 1)
        return *gap == ' ';
    point = char_decode(gap, 0, &bytes);
    return bytes == size && (point == 0xA0 || point == 0x2007 || point == 0x2009 || point == 0x202F) ? 2 : 0;
}

/* "100 000": groups of three digits with blanks between, as the SI writes them. */
static void blank_groups(struct reader *r, struct row *row)
{
    uint32_t first = row->behind;

    while (row->decimals == 0 && is_three(r, row->behind) && !is_glued(r, row->behind)) {
        int blank = row_blank_between(r, row->behind - 1);

        if (!blank)
            return;
        row->ways |= blank == 1 ? NUMBER_BLANKS : 0;
        add_group(r, row, row->behind, 3);
    }
    if (row->behind > first && is_number(r, row->behind) && row_blank_between(r, row->behind - 1))
        row->is_known = false; /* a row of numbers */
}

/* "1,50,000", "12,34,567": groups of two, and three at last. False when it is none. */
static bool indian_groups(struct reader *r, struct row *row)
{
    struct row groups = *row;

    while (is_sign(r, groups.behind, ',') && is_glued(r, groups.behind) && is_glued(r, groups.behind + 1)) {
        const struct lexeme *l = lexeme(r, groups.behind + 1);
        bool is_last = l->kind == LEXEME_NUMBER && l->flags & LEXEME_GROUPED && l->digits == 5 && l->decimals < 12 &&
                       !(l->flags & LEXEME_CHAIN);

        if (!is_last && !(is_integer(r, groups.behind + 1) && l->digits == 2))
            return false;
        add_group(r, &groups, groups.behind + 1, l->digits);
        if (is_last) {
            *row = groups;
            return true;
        }
    }
    return false;
}

/* "12|,|5": decimals behind a comma, where no list goes on. */
static void comma_decimals(struct reader *r, struct row *row)
{
    enum number_style style;
    uint32_t at = row->behind + 1, most = 2;
    const struct lexeme *l = lexeme(r, at);

    if (row->decimals || !is_sign(r, row->behind, ',') || !is_glued(r, row->behind) || !is_glued(r, at) ||
        !is_integer(r, at) || (style = style_of_text(r)) == STYLE_POINT)
        return;
    most = style == STYLE_COMMA || style == STYLE_COMMA_SEEN ? 9 : 2;
    if (l->digits > most || (is_number(r, at + 2) && is_glued(r, at + 1) && is_glued(r, at + 2) && !is_dash(r, at + 1)))
        return; /* "1,2,3", "1,5.3" */
    if (row->mantissa > MOST_MANTISSA / 1000000000)
        return;
    for (uint32_t n = l->digits; n > 0; n--)
        row->mantissa *= 10;
    row->mantissa += l->mantissa;
    row->decimals = l->digits;
    if (style != STYLE_COMMA && !(row->ways & NUMBER_POINTS))
        row->ways |= NUMBER_COMMA;
    row->is_bare = false;
    row->behind = at + 1;
}

/* One comma before three digits: a group, but where commas stand before decimals, or behind a lone zero. */
static void one_comma(struct reader *r, const struct lexeme *l, struct row *row)
{
    const char *text = r->input->text;
    bool is_zero = text[l->start] == '0', is_one = l->digits <= 6 && l->decimals == 0;
    enum number_style style = is_one ? style_of_text(r) : STYLE_UNKNOWN;

    if (is_zero && (!is_one || text[l->start + 1] != ',' || style == STYLE_POINT)) {
        row->is_known = false; /* "012,345" */
    } else if (is_zero || style == STYLE_COMMA) {
        row->decimals = 3;
    } else if (style == STYLE_COMMA_SEEN) {
        row->is_known = false;
    } else if (!is_one && l->decimals && style_is_told(r, STYLE_COMMA)) {
        row->is_known = false;
    }
}

/* One point before three digits: decimals, but where points stand between groups. */
static void one_point(struct reader *r, const struct lexeme *l, struct row *row)
{
    enum number_style style;

    if (l->decimals != 3 || l->digits < 1 || l->digits > 3 || r->input->text[l->start] == '0') {
        if (l->decimals != 16 && l->digits && style_is_told(r, STYLE_COMMA))
            row->is_known = false; /* "1.5" where commas are written */
        return;
    }
    style = style_of_text(r);
    if (style == STYLE_COMMA || style == STYLE_COMMA_SEEN)
        row->decimals = 0;
    else if (style != STYLE_POINT)
        row->ways |= NUMBER_THREE;
}

static bool ends_with_comma_decimals(struct reader *r, uint32_t i)
{
    return is_sign(r, i, ',') && is_glued(r, i) && is_integer(r, i + 1) && is_glued(r, i + 1) &&
           lexeme(r, i + 1)->digits <= 2;
}

struct row row_at(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);
    struct row row = { l->mantissa, l->decimals, i + 1, 0, is_integer(r, i), true };

    if (l->flags & LEXEME_POINTS) {
        row.ways = NUMBER_POINTS;
        row.is_known = first_char(r, i) != '0' && style_of_text(r) != STYLE_POINT;
        comma_decimals(r, &row);
        return row;
    }
    if (l->flags & LEXEME_CHAIN)
        return (struct row) { .behind = 0 };
    if (l->flags & LEXEME_GROUPED) {
        one_comma(r, l, &row);
        return row;
    }
    if (l->flags & LEXEME_DECIMAL) {
        if (l->decimals == 3 && l->digits <= 3 && ends_with_comma_decimals(r, i + 1) && first_char(r, i) != '0') {
            row.decimals = 0; /* "1.234,56" */
            row.ways = NUMBER_POINTS;
            comma_decimals(r, &row);
        } else {
            one_point(r, l, &row);
        }
        return row;
    }
    if (l->digits <= 3 && first_char(r, i) != '0') {
        if (l->digits <= 2 && indian_groups(r, &row))
            return row;
        apostrophe_groups(r, &row);
        if (row.is_bare && !(i == 0 && r->before && r->before->class == WORD_LABEL))
            blank_groups(r, &row);
    }
    comma_decimals(r, &row);
    return row;
}
