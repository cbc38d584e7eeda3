/* number.c: see number.h. Decimal numbers are kept as integers until their magnitude is known, so that "3.2bn" is
 * 3200000000 and not what 3.2 in binary times a billion is. */
#include "plugins/entities/expressions/number.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/lib/character.h"

#define LONGEST 36u /* words of a number: "one hundred and twenty five thousand three hundred and one" */
#define MOST_MANTISSA UINT64_C(100000000000000000) /* 10^17: more digits than a double has */

static double power_of_ten(int32_t exponent)
{
    double power = 1;

    for (int32_t i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        power *= 10; /* exact up to 10^22 */
    return power;
}

/* Rounds once, so that what is written is what is read. */
static double scale(double value, int32_t exponent)
{
    char text[48];

    if (exponent >= -22 && exponent <= 22)
        return exponent < 0 ? value / power_of_ten(exponent) : value * power_of_ten(exponent);
    snprintf(text, sizeof text, "%.0fe%d", value, exponent);
    return strtod(text, NULL);
}

static char first_char(struct reader *r, uint32_t i)
{
    return r->input->text[lexeme(r, i)->start];
}

static bool is_number(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->kind == LEXEME_NUMBER;
}

static bool is_small_word(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_WORD && !(l->flags & (LEXEME_CAPITAL | LEXEME_GLUED));
}

bool number_counts(struct reader *r, uint32_t i)
{
    static const char *const others[] = { "sprints", "hurdles", "finals", "races", "heats", "does",  "goes", "says",
                                          "plus",    "thus",    "runs",   "makes", "gives", "comes", "its",  "gets" };
    const struct lexeme *l = lexeme(r, i);
    const char *text = r->input->text;

    if (!is_small_word(r, i))
        return false;
    if (is_word(r, i, "people") || is_class(r, i, WORD_UNIT))
        return true;
    if (l->word != &no_word || l->end - l->start <= 3 || text[l->end - 1] != 's' || text[l->end - 2] == 's')
        return false;
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (is_word(r, i, others[k]))
            return false;
    return true;
}

/* ---- Points or commas --------------------------------------------------------------------------------------------- */

/* Whether a sign that only numbers have stands there: "%", "€", "°". */
static bool is_unit_sign(const char *text, uint32_t at, uint32_t length)
{
    return at < length &&
           (text[at] == '%' || text[at] == '$' ||
            (at + 1 < length && text[at] == '\xC2' && (text[at + 1] == '\xA3' || text[at + 1] == '\xB0')) ||
            (at + 1 < length && text[at] == '\xE2' && text[at + 1] == '\x82'));
}

/* How much the digits around the comma or point at `at` show that it stands before decimals: 0, when they are not
 * one or two, or a list goes on; 2 where a sign behind them says that they are one number. */
static uint32_t shows_decimals(const char *text, uint32_t at, uint32_t length)
{
    uint32_t from = at, to = at + 1;

    while (from > 0 && at - from < 10 && char_is_digit(text[from - 1]))
        from--;
    while (to < length && to < at + 4 && char_is_digit(text[to]))
        to++;
    if (from == at || to - at < 2 || to - at > 3 || at - from > 9)
        return 0;
    if (from > 0 && (text[from - 1] == text[at] || text[from - 1] == ':' || text[from - 1] == '/'))
        return 0;
    if (to + 1 < length && (text[to] == text[at] || text[to] == ':' || text[to] == '/') && char_is_digit(text[to + 1]))
        return 0;
    if (to < length && text[to] == ' ')
        to++;
    if (text[at] == ',' && to + 3 < length && (memcmp(text + to, "and ", 4) == 0 || memcmp(text + to, "or ", 3) == 0))
        return 0;
    return is_unit_sign(text, to, length) ? 2 : 1;
}

/* How much all of a sign in the text show, as far as it matters. */
static uint32_t sum_shown(const char *text, uint32_t length, char sign, uint32_t enough)
{
    const char *at = text, *end = text + length;
    uint32_t shown = 0;

    while (shown < enough && at + 1 < end && (at = memchr(at, sign, (size_t)(end - at - 1))) != NULL) {
        if (char_is_digit(at[1]))
            shown += shows_decimals(text, (uint32_t)(at - text), length);
        at++;
    }
    return shown;
}

/* Looks through the text, once, when first a number can be read in two ways. One lone number shows nothing. */
static enum number_style seen_style(const char *text, uint32_t length)
{
    return sum_shown(text, length, ',', 2) > 1 && !sum_shown(text, length, '.', 1) ? STYLE_COMMA_SEEN : STYLE_UNKNOWN;
}

enum number_style number_style(struct reader *r)
{
    const struct expression_settings *s = r->settings;

    if (r->style == STYLE_UNASKED)
        r->style = s->decimal == DECIMAL_POINT   ? STYLE_POINT
                   : s->decimal == DECIMAL_COMMA ? STYLE_COMMA
                   : s->has_comma_language       ? STYLE_COMMA
                                                 : seen_style(r->input->text, r->input->text_length);
    return (enum number_style)r->style;
}

/* ---- In digits ---------------------------------------------------------------------------------------------------- */

/* "1/2" at lexeme `i`: puts the value into *value. The lexeme behind; 0 when there is none. */
static uint32_t fraction_at(struct reader *r, uint32_t i, double *value)
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
static bool is_fraction_sign(struct reader *r, uint32_t i)
{
    return is_number(r, i) && lexeme(r, i)->decimals == 16;
}

static double fraction_sign(struct reader *r, uint32_t i)
{
    return (double)lexeme(r, i)->mantissa / 1e16;
}

/* Digits with their separators. */
struct row {
    uint64_t mantissa;
    int32_t decimals;
    uint32_t behind;
    uint8_t ways;
    bool is_bare, is_known;
};

/* Adds a group of three digits, which may have decimals by a point. */
static void add_group(struct reader *r, struct row *row, uint32_t i, uint32_t digits)
{
    const struct lexeme *l = lexeme(r, i);
    double whole = (double)row->mantissa * power_of_ten((int32_t)digits + l->decimals) + (double)l->mantissa;

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
static int blank_between(struct reader *r, uint32_t i)
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
        int blank = blank_between(r, row->behind - 1);

        if (!blank)
            return;
        row->ways |= blank == 1 ? NUMBER_BLANKS : 0;
        add_group(r, row, row->behind, 3);
    }
    if (row->behind > first && is_number(r, row->behind) && blank_between(r, row->behind - 1))
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
        !is_integer(r, at) || (style = number_style(r)) == STYLE_POINT)
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
    enum number_style style = is_one ? number_style(r) : STYLE_UNKNOWN;

    if (is_zero && (!is_one || text[l->start + 1] != ',' || style == STYLE_POINT)) {
        row->is_known = false; /* "012,345" */
    } else if (is_zero || style == STYLE_COMMA) {
        row->decimals = 3;
    } else if (style == STYLE_COMMA_SEEN) {
        row->is_known = false;
    } else if (!is_one && number_style(r) == STYLE_COMMA && l->decimals) {
        row->is_known = false;
    }
}

/* One point before three digits: decimals, but where points stand between groups. */
static void one_point(struct reader *r, const struct lexeme *l, struct row *row)
{
    enum number_style style;

    if (l->decimals != 3 || l->digits < 1 || l->digits > 3 || r->input->text[l->start] == '0') {
        if (l->decimals != 16 && number_style(r) == STYLE_COMMA && l->digits)
            row->is_known = false; /* "1.5" where commas are written */
        return;
    }
    style = number_style(r);
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

static struct row row_at(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);
    struct row row = { l->mantissa, l->decimals, i + 1, 0, is_integer(r, i), true };

    if (l->flags & LEXEME_POINTS) {
        row.ways = NUMBER_POINTS;
        row.is_known = first_char(r, i) != '0' && number_style(r) != STYLE_POINT;
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

/* Of what there are millions. */
static bool is_crowd(struct reader *r, uint32_t i)
{
    static const char *const crowds[] = { "people", "users",    "customers", "viewers", "subscribers", "copies",
                                          "votes",  "voters",   "shares",    "units",   "jobs",        "tourists",
                                          "homes",  "children", "workers",   "pounds",  "dollars",     "euros",
                                          "adults", "women",    "men" };

    for (size_t k = 0; k < sizeof crowds / sizeof crowds[0]; k++)
        if (is_word(r, i, crowds[k]))
            return true;
    return is_class(r, i, WORD_UNIT) && is_small_word(r, i);
}

/* A suffix of one letter: "10k", "5M". "5m" are metres, "4K" is sharp, "3B" a section, but where things are counted. */
static bool is_letter_suffix(struct reader *r, uint32_t i, const struct row *row)
{
    const struct lexeme *l = lexeme(r, i);
    bool upper = l->flags & LEXEME_UPPER, is_sharp = row->is_bare && row->mantissa <= 8 && row->mantissa % 2 == 0;

    if (is_class(r, i, WORD_SUFFIX) && value_of(r, i, WORD_SUFFIX) == 3)
        return is_glued(r, i) ? !upper || !is_sharp || number_counts(r, i + 1)
                              : !upper && (row->decimals > 0 || lexeme(r, i + 1)->kind != LEXEME_WORD);
    if (!is_glued(r, i) || value_of(r, i, WORD_SUFFIX) > 9)
        return false;
    if (value_of(r, i, WORD_SUFFIX) == 6 && upper)
        return !is_word(r, i + 1, "earthquake") && !is_word(r, i + 1, "quake");
    if (value_of(r, i, WORD_SUFFIX) == 6) /* "400m runners" run so many metres */
        return is_crowd(r, i + 1) ||
               ((row->decimals > 0 || (row->is_bare && row->mantissa < 20)) && number_counts(r, i + 1));
    return (upper && row->decimals > 0) || number_counts(r, i + 1);
}

/* "bn", "k", "mm": the lexeme behind it, and its power of ten; `i` when there is none. */
static uint32_t suffix_at(struct reader *r, uint32_t i, bool money, const struct row *row, int32_t *exponent)
{
    const struct lexeme *l = lexeme(r, i);

    if (money && is_word(r, i, "mm") && (is_glued(r, i) || l->flags & LEXEME_UPPER)) {
        *exponent += 6;
        return i + 1;
    }
    if (!is_class(r, i, WORD_SUFFIX))
        return i;
    if (l->end - l->start == 1 &&
        !(money ? value_of(r, i, WORD_SUFFIX) < 12 || is_glued(r, i) : is_letter_suffix(r, i, row)))
        return i;
    *exponent += value_of(r, i, WORD_SUFFIX);
    return i + 1;
}

/* "million", "thousand million", "hundred thousand": adds their powers of ten to *exponent. The lexeme behind. */
static uint32_t skip_magnitudes(struct reader *r, uint32_t i, int32_t *exponent)
{
    uint32_t at = skip_hyphen(r, i), first;

    if (is_class(r, at, WORD_HUNDRED)) {
        *exponent += 2;
        i = ++at;
    }
    first = at = is_class(r, skip_hyphen(r, at), WORD_MAGNITUDE) ? skip_hyphen(r, at) : at;
    for (; at < first + 2 && is_class(r, at, WORD_MAGNITUDE); at++)
        *exponent += value_of(r, at, WORD_MAGNITUDE);
    return at > first ? at : i;
}

/* The digit that is written small and high; -1. */
static int32_t superscript(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    if (l->kind != LEXEME_SIGN || !is_glued(r, i))
        return -1;
    if (l->point == 0xB9)
        return 1;
    if (l->point == 0xB2 || l->point == 0xB3)
        return (int32_t)l->point - 0xB0;
    return l->point == 0x2070 || (l->point >= 0x2074 && l->point <= 0x2079) ? (int32_t)l->point - 0x2070 : -1;
}

/* "10^6", "10⁶": the power at lexeme `i`, of ten. The lexeme behind; 0. */
static uint32_t ten_to_the(struct reader *r, uint32_t i, int32_t *exponent)
{
    uint32_t at = i + 1;
    int32_t sign = 1, value = 0;

    if (!is_integer(r, i) || lexeme(r, i)->mantissa != 10)
        return 0;
    if (is_sign(r, at, '^') && is_glued(r, at)) {
        sign = is_dash(r, at + 1) ? -1 : 1;
        at += sign < 0 ? 2 : 1;
        if (!is_integer(r, at) || !is_glued(r, at) || lexeme(r, at)->digits > 2)
            return 0;
        *exponent = sign * (int32_t)lexeme(r, at)->mantissa;
        return at + 1;
    }
    if (is_sign(r, at, 0x207B) && is_glued(r, at)) {
        sign = -1;
        at++;
    }
    if (superscript(r, at) < 0)
        return 0;
    for (int n = 0; n < 2 && superscript(r, at) >= 0; n++)
        value = value * 10 + superscript(r, at++);
    *exponent = sign * value;
    return at;
}

/* "e6", "E-5" right behind digits; " x 10^6". The lexeme behind, and the power; `i` when there is none. */
static uint32_t skip_exponent(struct reader *r, uint32_t i, int32_t *exponent)
{
    const struct lexeme *l = lexeme(r, i);
    uint32_t at = i + 1, behind;
    int32_t power;

    if (is_sign(r, i, 0xD7) || is_word(r, i, "x") || is_sign(r, i, '*')) {
        if ((behind = ten_to_the(r, at, &power)) == 0)
            return i;
        *exponent += power;
        return behind;
    }
    if (l->kind != LEXEME_WORD || l->end - l->start != 1 || (first_char(r, i) | 0x20) != 'e' || !is_glued(r, i))
        return i;
    if (l->flags & LEXEME_UPPER && is_integer(r, i - 1) && lexeme(r, i - 1)->digits == 1 && lexeme(r, at)->digits == 1)
        return i; /* Boeing's 7E7 */
    if ((is_dash(r, at) || is_sign(r, at, '+')) && is_glued(r, at))
        at++;
    if (!is_integer(r, at) || !is_glued(r, at) || lexeme(r, at)->end - lexeme(r, at)->start > 3)
        return i;
    power = (int32_t)lexeme(r, at)->mantissa;
    if (power > 200)
        return i;
    *exponent += is_dash(r, i + 1) ? -power : power;
    return at + 1;
}

static uint32_t and_part(struct reader *r, uint32_t i, double *part);
static uint32_t add_point(struct reader *r, uint32_t i, double *value);

/* What stands behind whole digits: "½", " 1/2", "-1/2", " and a half". The lexeme behind; `i` when nothing does. */
static uint32_t skip_part(struct reader *r, uint32_t i, double *part)
{
    uint32_t at = is_dash(r, i) && is_glued(r, i) && is_glued(r, i + 1) ? i + 1 : i, behind;

    if (is_fraction_sign(r, i) && (is_glued(r, i) || blank_between(r, i - 1))) {
        *part = fraction_sign(r, i);
        return i + 1;
    }
    if ((at > i || !is_glued(r, i)) && (behind = fraction_at(r, at, part)) != 0)
        return behind;
    behind = and_part(r, i, part);
    return behind ? behind : i;
}

/* "1.1^23" from the sign on: the lexeme behind the power; `i` when there is none. */
static uint32_t raise(struct reader *r, uint32_t i, double *value)
{
    uint32_t at = i + 1;
    bool down = is_dash(r, at);
    double base = *value;

    at += down && is_glued(r, at);
    if (!is_sign(r, i, '^') || !is_glued(r, i) || !is_integer(r, at) || !is_glued(r, at) ||
        lexeme(r, at)->mantissa > 60)
        return i;
    *value = 1;
    for (uint64_t n = lexeme(r, at)->mantissa; n > 0; n--)
        *value *= base;
    *value = down ? 1 / *value : *value;
    return *value < 1e60 && (base > 0 || !down) ? at + 1 : i;
}

static struct number in_digits(struct reader *r, uint32_t i, bool money)
{
    struct number n = { .is_known = true };
    struct row row;
    int32_t exponent = 0, power;
    double part = 0;
    uint32_t behind;

    if ((n.behind = fraction_at(r, i, &n.value)) != 0) {
        n.is_part = true;
        return n;
    }
    row = row_at(r, i);
    if (!row.behind)
        return n;
    n.is_bare = row.is_bare;
    n.is_known = row.is_known;
    n.ways = row.ways;
    n.behind = row.behind;
    if (row.is_bare && (behind = ten_to_the(r, i, &power)) != 0) {
        n.value = scale(1, power);
        n.behind = behind;
        n.is_bare = false;
        return n;
    }
    if (row.decimals == 0)
        n.behind = skip_part(r, n.behind, &part);
    if (row.is_bare && n.behind == i + 1 && is_word(r, n.behind, "point") && !is_glued(r, n.behind) &&
        (is_integer(r, n.behind + 1) || is_class(r, n.behind + 1, WORD_DIGIT)) && !is_small_word(r, n.behind + 2)) {
        n.value = (double)row.mantissa; /* "1 point 5" */
        n.behind = add_point(r, n.behind, &n.value);
        n.is_bare = false;
        return n;
    }
    behind = skip_exponent(r, n.behind, &exponent);
    n.is_bare = n.is_bare && behind == i + 1;
    n.behind = behind;
    if ((behind = suffix_at(r, n.behind, money, &row, &exponent)) == n.behind)
        behind = skip_magnitudes(r, n.behind, &exponent);
    n.has_magnitude = behind > n.behind;
    n.behind = behind;
    if (part > 0)
        n.value = scale((double)row.mantissa + part, exponent);
    else
        n.value = scale((double)row.mantissa, exponent - row.decimals);
    if ((is_class(r, skip_hyphen(r, n.behind), WORD_DOZEN) || is_word(r, n.behind, "dozens")) && !n.has_magnitude) {
        n.value *= is_word(r, n.behind, "dozens") ? 12 : lexeme(r, skip_hyphen(r, n.behind))->word->value;
        n.behind = skip_hyphen(r, n.behind) + 1;
        n.has_magnitude = true;
    } else if (n.has_magnitude && (behind = and_part(r, n.behind, &part)) != 0) {
        n.value += scale(part, exponent); /* "2 million and a half" */
        n.behind = behind;
    }
    if (!n.has_magnitude && part <= 0 && row.is_known)
        n.behind = raise(r, n.behind, &n.value);
    n.is_bare = n.is_bare && n.behind == i + 1;
    return n;
}

/* ---- In words ----------------------------------------------------------------------------------------------------- */

/* What has been read of a number in words. */
struct sum {
    double total, group; /* "two million three hundred": 2000000 and 300 */
    int32_t lowest;      /* the last magnitude; the next must be lower */
    double unit;         /* what "and a half" behind the last word is a half of; 0: it can't be told */
    enum word_class last;
};

static bool add_magnitude(struct reader *r, uint32_t i, struct sum *s)
{
    int32_t value = value_of(r, i, WORD_MAGNITUDE);

    if (s->group <= 0 && s->last == WORD_MAGNITUDE && s->total < 1e9) {
        s->total = scale(s->total, value); /* "lakh crore", "thousand million" */
        s->unit = scale(s->unit, value);
        s->lowest = s->lowest < value ? s->lowest : value;
        return true;
    }
    if (s->group <= 0 || value >= s->lowest)
        return false;
    s->lowest = value;
    s->total += scale(s->group, value);
    s->group = 0;
    s->unit = scale(1, value);
    s->last = WORD_MAGNITUDE;
    return true;
}

static bool add_word(struct reader *r, uint32_t i, struct sum *s)
{
    if (is_class(r, i, WORD_DIGIT)) {
        int32_t value = value_of(r, i, WORD_DIGIT);
        if (s->last == WORD_DIGIT || (s->last == WORD_TENS && (value > 9 || value == 0)))
            return false;
        s->group += value;
        s->last = WORD_DIGIT;
        s->unit = 1;
    } else if (is_class(r, i, WORD_TENS)) {
        if (s->last == WORD_DIGIT || s->last == WORD_TENS)
            return false;
        s->group += value_of(r, i, WORD_TENS);
        s->last = WORD_TENS;
        s->unit = 1;
    } else if (is_class(r, i, WORD_HUNDRED)) {
        if (s->group <= 0 || s->group >= 100)
            return false;
        s->group *= 100;
        s->last = WORD_HUNDRED;
        s->unit = 0;
    } else if (is_class(r, i, WORD_DOZEN) || is_word(r, i, "dozens")) {
        int32_t dozen = is_word(r, i, "dozens") ? 12 : value_of(r, i, WORD_DOZEN);
        if (s->group <= 0 || s->total > 0 || (dozen == 20 && s->group < 2))
            return false;
        s->group += (s->group < 100 ? s->group : (double)((int64_t)s->group % 100)) * (dozen - 1);
        s->last = dozen == 20 ? WORD_HUNDRED : WORD_DOZEN; /* "four score and seven" */
        s->unit = dozen;
    } else {
        return is_class(r, i, WORD_MAGNITUDE) && add_magnitude(r, i, s);
    }
    return true;
}

/* ", five hundred thousand" behind a million: whether the words behind the comma go on with the number. */
static bool goes_on_behind_comma(struct reader *r, uint32_t i, const struct sum *s)
{
    struct sum more = *s;

    if (s->last != WORD_MAGNITUDE)
        return false;
    for (uint32_t at = i + 1; at < i + 6 && add_word(r, at, &more); at = skip_hyphen(r, at + 1))
        if (more.last == WORD_HUNDRED || more.last == WORD_MAGNITUDE)
            return true;
    return false;
}

/* "and", a comma or a hyphen inside a number: the lexeme behind it, or `i`. */
static uint32_t skip_joint(struct reader *r, uint32_t i, const struct sum *s)
{
    if (is_class(r, i, WORD_AND) && (s->last == WORD_HUNDRED || s->last == WORD_MAGNITUDE) &&
        (is_class(r, i + 1, WORD_DIGIT) || is_class(r, i + 1, WORD_TENS)))
        return i + 1;
    if (is_sign(r, i, ',') && is_glued(r, i) && goes_on_behind_comma(r, i, s))
        return i + 1;
    return skip_hyphen(r, i);
}

/* What a part's word divides by: "quarter", "thirds", "hundredth"; 0. `one`: it is one of them, so that the word may
 * be an ordinal. */
static int32_t divisor(struct reader *r, uint32_t i, bool one)
{
    if (is_class(r, i, WORD_PARTS))
        return value_of(r, i, WORD_PARTS);
    return one && is_class(r, i, WORD_ORDINAL) && value_of(r, i, WORD_ORDINAL) > 2 ? value_of(r, i, WORD_ORDINAL) : 0;
}

/* "and a half", "and three quarters", "and 1/2" at lexeme `i`: the lexeme behind it; 0. */
static uint32_t and_part(struct reader *r, uint32_t i, double *part)
{
    uint32_t at = skip_hyphen(r, i), behind;
    int32_t above, below;

    if (!is_class(r, at, WORD_AND) && !is_sign(r, at, '&'))
        return 0;
    at = skip_hyphen(r, at + 1);
    if ((behind = fraction_at(r, at, part)) != 0)
        return behind;
    if (is_fraction_sign(r, at)) {
        *part = fraction_sign(r, at);
        return at + 1;
    }
    if (!is_class(r, at, WORD_A) && !is_class(r, at, WORD_DIGIT))
        return 0;
    above = is_class(r, at, WORD_A) ? 1 : value_of(r, at, WORD_DIGIT);
    at = skip_hyphen(r, at + 1);
    if (above == 1 && is_class(r, at, WORD_HALF)) {
        *part = 0.5;
        return at + 1;
    }
    below = divisor(r, at, above == 1);
    if (below <= above || above < 1)
        return 0;
    *part = (double)above / below;
    return at + 1;
}

static bool is_multiple(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_HUNDRED) || is_class(r, i, WORD_MAGNITUDE) ||
           (is_class(r, i, WORD_DOZEN) && !(lexeme(r, i)->word->flags & IS_OTHER_WORD));
}

/* "three point five" from "point" on. The digits are kept as a whole number. */
static uint32_t add_point(struct reader *r, uint32_t i, double *value)
{
    double digits = 0;
    int32_t places = 0;
    uint32_t at = i + 1;

    if (!is_word(r, i, "point"))
        return i;
    if (is_class(r, at, WORD_TENS)) { /* "point seventy-one" */
        digits = value_of(r, at, WORD_TENS);
        places = 2;
        at++;
        if (is_class(r, skip_hyphen(r, at), WORD_DIGIT) && value_of(r, skip_hyphen(r, at), WORD_DIGIT) < 10) {
            at = skip_hyphen(r, at);
            digits += value_of(r, at++, WORD_DIGIT);
        }
    } else if (is_integer(r, at) && !is_glued(r, at) && lexeme(r, at)->digits < 9) { /* "point 77" */
        digits = (double)lexeme(r, at)->mantissa;
        places = (int32_t)(lexeme(r, at)->end - lexeme(r, at)->start);
        at++;
    }
    for (; places < 9 && at == i + 1 + (uint32_t)places; at++, places++) {
        if (is_class(r, at, WORD_DIGIT) && value_of(r, at, WORD_DIGIT) < 10)
            digits = digits * 10 + value_of(r, at, WORD_DIGIT);
        else if (is_word(r, at, "oh"))
            digits *= 10;
        else
            break;
    }
    if (places == 0)
        return i;
    *value = (*value * power_of_ten(places) + digits) / power_of_ten(places);
    return at;
}

/* From a word that counts on. `start` is the value that "a" or "half a" before it has given; 0 when nothing stood
 * there. */
static struct number in_words_from(struct reader *r, uint32_t i, double start)
{
    struct sum s = { .group = start, .lowest = INT32_MAX, .last = WORD_NONE, .unit = 1 };
    struct number n = { .is_known = true, .in_words = true };
    uint32_t at = i, next = i, behind;
    int32_t exponent = 0;
    double part = 0;

    while (at - i < LONGEST && add_word(r, next, &s)) {
        at = next + 1;
        next = skip_joint(r, at, &s);
    }
    if (at == i)
        return n;
    n.is_known = at - i < LONGEST && at < MOST_LEXEMES;
    n.value = s.total + s.group;
    n.behind = at;
    n.has_magnitude = s.last == WORD_MAGNITUDE || s.last == WORD_HUNDRED || s.last == WORD_DOZEN;
    at = add_point(r, at, &n.value);
    if ((behind = and_part(r, at, &part)) != 0) {
        n.is_known &= s.unit > 0; /* "two hundred and a half": of what? */
        n.value += part * s.unit;
        at = behind;
    }
    if (at > n.behind && s.unit <= 1) {
        behind = skip_magnitudes(r, at, &exponent);
        n.has_magnitude |= behind > at;
        n.value = scale(n.value, exponent);
        at = behind;
    }
    n.behind = at;
    return n;
}

/* "nineteen ninety-nine", "twenty ten": as years are said. */
static struct number year_in_words(struct reader *r, uint32_t i)
{
    struct number n = { .is_known = true, .in_words = true };
    uint32_t at = skip_hyphen(r, i + 1);
    int32_t first = is_class(r, i, WORD_TENS) ? value_of(r, i, WORD_TENS) : value_of(r, i, WORD_DIGIT), second;

    if (!(is_class(r, i, WORD_DIGIT) && first >= 13) && !(is_class(r, i, WORD_TENS) && first == 20))
        return n;
    if (is_class(r, at, WORD_DIGIT) && value_of(r, at, WORD_DIGIT) >= 10) {
        second = value_of(r, at, WORD_DIGIT);
    } else if (is_class(r, at, WORD_TENS)) {
        second = value_of(r, at, WORD_TENS);
        if (is_class(r, skip_hyphen(r, at + 1), WORD_DIGIT) && value_of(r, skip_hyphen(r, at + 1), WORD_DIGIT) < 10 &&
            value_of(r, skip_hyphen(r, at + 1), WORD_DIGIT) > 0) {
            at = skip_hyphen(r, at + 1);
            second += value_of(r, at, WORD_DIGIT);
        }
    } else if (is_word(r, at, "oh") && is_class(r, skip_hyphen(r, at + 1), WORD_DIGIT) &&
               value_of(r, skip_hyphen(r, at + 1), WORD_DIGIT) < 10) {
        at = skip_hyphen(r, at + 1);
        second = value_of(r, at, WORD_DIGIT);
    } else {
        return n;
    }
    if (is_multiple(r, at + 1) || is_class(r, at + 1, WORD_TENS) || is_class(r, at + 1, WORD_DIGIT) ||
        number_counts(r, at + 1))
        return n; /* "fifteen twenty paintings" */
    n.value = first * 100 + second;
    n.behind = at + 1;
    return n;
}

/* "of a million", "million" behind "a quarter". */
static void add_multiple(struct reader *r, struct number *n)
{
    uint32_t at = is_class(r, n->behind, WORD_OF) ? n->behind + 1 : n->behind;

    at = is_class(r, at, WORD_A) || is_word(r, at, "one") ? skip_hyphen(r, at + 1) : at;
    if (is_multiple(r, at) && !(at > n->behind && is_class(r, n->behind, WORD_A)))
        *n = in_words_from(r, at, n->value);
}

/* "two-thirds", "three quarters", "one third", "twenty-three fifths" behind what is a number in words already. */
static void add_part(struct reader *r, struct number *n)
{
    uint32_t at = skip_hyphen(r, n->behind);
    int32_t below = divisor(r, at, n->value == 1);

    if (n->has_magnitude || n->value < 1 || n->value > 999 || n->value != (double)(int32_t)n->value || below < 2)
        return;
    if (n->value >= below && (below == 2 || below == 4))
        return; /* "two halves", "four quarters" are of a game, of a year */
    n->value /= below;
    n->is_part = true;
    n->behind = at + 1;
    add_multiple(r, n);
}

/* "hundreds of thousands", "several million", "a few hundred": numbers that aren't told. */
static struct number untold(struct reader *r, uint32_t i)
{
    struct number n = { .in_words = true };
    uint32_t at = i;

    if (is_class(r, at, WORD_FEW)) {
        at = is_class(r, at + 1, WORD_OF) ? at + 2 : at + 1;
        while (is_multiple(r, at))
            n.behind = ++at;
        n.has_magnitude = true;
        return n;
    }
    while (is_class(r, at, WORD_MANY)) {
        n.behind = at + 1;
        n.has_magnitude = true;
        at = is_class(r, at + 1, WORD_OF) ? at + 2 : at + 1;
    }
    return n;
}

/* "a hundred", "a half-million", "a third", "a quarter of a million", "a few hundred". */
static struct number with_a(struct reader *r, uint32_t i)
{
    struct number n = { .behind = 0 };
    int32_t below;

    if (is_class(r, i + 1, WORD_FEW))
        return untold(r, i + 1);
    if (is_class(r, i + 2, WORD_OF) && is_class(r, i + 3, WORD_MONTH))
        return n; /* "a Fourth of July" */
    if (is_multiple(r, i + 1))
        return in_words_from(r, i + 1, 1);
    if (is_class(r, i + 1, WORD_HALF) && is_multiple(r, skip_hyphen(r, i + 2)))
        return in_words_from(r, skip_hyphen(r, i + 2), 0.5);
    if ((below = divisor(r, i + 1, true)) < 2 || lexeme(r, i + 1)->word->flags & IS_PLURAL)
        return n;
    n = (struct number) { .value = 1.0 / below, .behind = i + 2, .is_known = true, .in_words = true, .is_part = true };
    add_multiple(r, &n);
    return n;
}

/* "point five": not of "at this point five left". */
static struct number from_point(struct reader *r, uint32_t i)
{
    static const char *const words[] = { "this", "that", "which", "some", "the", "one", "a", "what", "any", "no" };
    const struct entity_input *in = r->input;
    struct number n = { .is_known = true, .in_words = true };
    struct textd_span before;
    uint32_t behind;
    int32_t exponent = 0;

    if (i == 0 && r->token > r->first_token) {
        before = in->tokens[r->token - 1];
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
            if (strlen(words[k]) == before.end - before.start &&
                strncasecmp(in->text + before.start, words[k], before.end - before.start) == 0)
                return n;
    }
    behind = add_point(r, i, &n.value);
    if (behind == i)
        return n;
    n.behind = skip_magnitudes(r, behind, &exponent);
    n.has_magnitude = n.behind > behind;
    n.value = scale(n.value, exponent);
    return n;
}

static struct number in_words(struct reader *r, uint32_t i)
{
    static const uint8_t begins[WORD_CLASSES] = {
        [WORD_A] = 1,     [WORD_HALF] = 1,  [WORD_FEW] = 1,  [WORD_MANY] = 1,
        [WORD_DOZEN] = 1, [WORD_DIGIT] = 1, [WORD_TENS] = 1, [WORD_POINT] = 1
    };
    struct number n;

    if (!begins[lexeme(r, i)->word->class])
        return (struct number) { .behind = 0 };

    if (is_class(r, i, WORD_POINT))
        return from_point(r, i);
    if (is_class(r, i, WORD_A))
        return with_a(r, i);
    if (is_class(r, i, WORD_HALF)) {
        uint32_t at = skip_hyphen(r, i + 1);
        at = is_class(r, at, WORD_OF) ? at + 1 : at;
        at = is_class(r, at, WORD_A) ? skip_hyphen(r, at + 1) : at;
        return is_multiple(r, at) ? in_words_from(r, at, 0.5) : (struct number) { .behind = 0 };
    }
    if (is_class(r, i, WORD_FEW) || is_class(r, i, WORD_MANY))
        return untold(r, i);
    if (is_class(r, i, WORD_DOZEN) && lexeme(r, i)->word->flags & IS_OTHER_WORD)
        return (struct number) { .behind = 0 }; /* "score" */
    n = year_in_words(r, i);
    if (n.behind)
        return n;
    n = in_words_from(r, i, is_class(r, i, WORD_DOZEN) ? 1 : 0);
    if (n.behind)
        add_part(r, &n);
    return n;
}

/* ---- Both, and ranges --------------------------------------------------------------------------------------------- */

static struct number plain_at(struct reader *r, uint32_t i, bool money)
{
    return is_number(r, i) ? in_digits(r, i, money) : in_words(r, i);
}

/* "out of three" behind a whole number. */
static void add_ratio(struct reader *r, struct number *n)
{
    struct number whole;

    if (!is_word(r, n->behind, "out") || !is_class(r, n->behind + 1, WORD_OF) || !n->is_known || n->has_magnitude ||
        n->value != (double)(int32_t)n->value || n->value < 0)
        return;
    whole = plain_at(r, n->behind + 2, false);
    if (!whole.behind || !whole.is_known || whole.value < 1 || whole.value < n->value)
        return;
    n->value /= whole.value;
    n->is_part = n->is_ratio = true;
    n->is_bare = false;
    n->behind = whole.behind;
}

static struct number read_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = plain_at(r, i, money);

    if (n.behind && n.value < 1e6)
        add_ratio(r, &n);
    return n;
}

struct number number_at(struct reader *r, uint32_t i, bool money)
{
    if (i > 0)
        return read_at(r, i, money);
    if (!r->has_number[0]) {
        r->number[0] = read_at(r, 0, false);
        r->has_number[0] = true;
    }
    if (money && (is_class(r, r->number[0].behind, WORD_SUFFIX) || is_word(r, r->number[0].behind, "mm")))
        return read_at(r, 0, true);
    return r->number[0];
}

uint32_t number_range_sign(struct reader *r, uint32_t i)
{
    if (is_class(r, i, WORD_TO) || is_word(r, i, "or"))
        return i + 1;
    if (is_dash(r, i))
        return is_glued(r, i + 1) && !is_glued(r, i) && is_number(r, i - 1) ? 0 : i + 1; /* "5 -10": a minus */
    return is_class(r, i, WORD_AND) && r->before && r->before->class == WORD_BETWEEN ? i + 1 : 0;
}

struct number number_tail(struct reader *r, uint32_t i, const struct number *n)
{
    static const struct row row = { .behind = 0 };
    struct number with = *n;
    int32_t exponent = 0;
    uint32_t behind = suffix_at(r, i, true, &row, &exponent);

    behind = behind > i ? behind : skip_magnitudes(r, i, &exponent);
    if (behind == i || n->has_magnitude)
        return (struct number) { .behind = 0 };
    with.value = scale(n->value, exponent);
    with.has_magnitude = true;
    with.behind = behind;
    return with;
}

uint32_t number_range_of_both(struct reader *r, uint32_t i)
{
    bool is_change = is_word(r, i, "to") && r->before && strcmp(r->before->letters, "by") == 0;

    return is_change ? 0 : number_range_sign(r, i);
}

uint32_t number_sign(struct reader *r, uint32_t i, bool *is_negative)
{
    const struct lexeme *l = lexeme(r, i);

    *is_negative = false;
    if (is_class(r, i, WORD_MINUS)) {
        if (i == 0 && r->said_end && l->start <= r->said_end + 1)
            return i; /* "5 minus 3": it takes away */
        *is_negative = true;
        return i + 1;
    }
    if (!is_glued(r, i + 1) || (!is_sign(r, i, '+') && !is_dash(r, i)) || l->point == 0x2014)
        return i;
    *is_negative = l->point != '+';
    return i + 1;
}

void number_negate(struct number *n)
{
    n->value = -n->value;
    n->is_negative = true;
    n->is_bare = false;
}

/* Brings the first end of a range to the magnitude that is told once: "5 to 10 million". Only the same one, and only
 * when that keeps them in order, is plain: "$900 to $1 million" could be anything. */
static bool share_magnitude(struct number *n, const struct number *second, double unit)
{
    if (n->value * unit < second->value) {
        n->value *= unit;
        return true;
    }
    return n->value >= 1000 || n->ways || unit < 100; /* "600,000 to 1.2 million", "ten or a dozen" */
}

/* The power of ten of the number's magnitude: 10^6 of "1.5 million", by its lexemes from `i` on. */
static double unit_of(struct reader *r, uint32_t i, uint32_t behind, bool money)
{
    double unit = 1;

    for (; i < behind; i++) {
        const struct lexeme *l = lexeme(r, i);

        if (is_class(r, i, WORD_MAGNITUDE) || (is_class(r, i, WORD_SUFFIX) && l->kind == LEXEME_WORD))
            unit *= power_of_ten(is_class(r, i, WORD_MAGNITUDE) ? value_of(r, i, WORD_MAGNITUDE)
                                                                : value_of(r, i, WORD_SUFFIX));
        else if (money && is_word(r, i, "mm"))
            unit *= 1e6;
        else if (is_class(r, i, WORD_HUNDRED) || is_class(r, i, WORD_DOZEN))
            unit *= value_of(r, i, is_class(r, i, WORD_DOZEN) ? WORD_DOZEN : WORD_HUNDRED);
    }
    return unit;
}

bool number_extend(struct reader *r, struct number *n, uint32_t i, bool money)
{
    bool is_negative = false;
    uint32_t at = number_sign(r, i, &is_negative);
    struct number second = number_at(r, at, money);

    if (at > i && second.behind && is_negative)
        number_negate(&second);
    if (!second.behind || !n->is_known || !second.is_known || second.is_ratio || n->is_ratio)
        return false;
    if (n->is_negative && is_dash(r, i - 1) && is_glued(r, i))
        return false; /* "-5-10" */
    if (second.has_magnitude && n->is_bare && n->value >= 1900 && n->value < 2100)
        return false; /* "rose in 2009 to 50.5 million" */
    if (second.has_magnitude && !n->has_magnitude && second.value > 0 && n->value > 0 &&
        !share_magnitude(n, &second, unit_of(r, at, second.behind, money)))
        n->is_known = false;
    if (n->is_known && n->value >= second.value)
        return false;
    n->to = second.value;
    n->is_range = true;
    n->has_magnitude |= second.has_magnitude;
    n->ways |= second.ways;
    n->is_bare = false;
    n->behind = second.behind;
    return true;
}

static struct number read_range_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = number_at(r, i, money), first = n;
    uint32_t behind = n.behind ? number_range_sign(r, n.behind) : 0;

    if (behind && !number_extend(r, &n, behind, money))
        return first;
    return n;
}

struct number number_range_at(struct reader *r, uint32_t i, bool money)
{
    if (i > 0 || money)
        return read_range_at(r, i, money);
    if (!r->has_number[1]) {
        r->number[1] = read_range_at(r, 0, false);
        r->has_number[1] = true;
    }
    return r->number[1];
}

/* ---- What only looks like one ------------------------------------------------------------------------------------- */

uint32_t number_list_end(struct reader *r)
{
    uint32_t n = 1, at = 1, last;

    if (!is_integer(r, 0) || lexeme(r, 0)->digits > 2)
        return 0;
    for (; is_sign(r, at, ',') && is_glued(r, at) && is_glued(r, at + 1) && is_integer(r, at + 1) &&
           lexeme(r, at + 1)->digits <= 2;
         at += 2)
        n++;
    last = lexeme(r, at - 1)->start;
    if (n >= 3)
        return is_glued(r, at) && (lexeme(r, at)->kind == LEXEME_WORD || is_number(r, at + 1)) ? 0 : last;
    at = is_sign(r, at, ',') ? at + 1 : at;
    return n == 2 && (is_class(r, at, WORD_AND) || is_word(r, at, "or") || is_sign(r, at, '&')) && is_integer(r, at + 1)
               ? last
               : 0;
}

bool number_is_booked(struct reader *r, uint32_t behind)
{
    const char *text = r->input->text;
    uint32_t from = lexeme(r, 0)->start, to = lexeme(r, behind - 1)->end, length = r->input->text_length;
    bool at_end;

    while (from > 0 && text[from - 1] == ' ')
        from--;
    while (to < length && text[to] == ' ')
        to++;
    at_end = to == length || strchr("\n\r\t|", text[to]);
    if (from == 0 || strchr("\n\r)", text[from - 1]))
        return at_end;
    return strchr(":\t|", text[from - 1]) != NULL && (at_end || text[to] != ')');
}

struct number number_whole_in_words(struct reader *r, uint32_t i)
{
    if (is_class(r, i, WORD_A))
        return is_multiple(r, i + 1) ? in_words_from(r, i + 1, 1) : (struct number) { .behind = 0 };
    if (!is_class(r, i, WORD_DIGIT) && !is_class(r, i, WORD_TENS))
        return (struct number) { .behind = 0 };
    return in_words_from(r, i, 0);
}

bool number_is_ordinal_second(struct reader *r)
{
    struct number n = number_whole_in_words(r, 0);
    uint32_t at = skip_hyphen(r, n.behind);

    if (!n.behind || at == n.behind || !is_word(r, at, "second"))
        return false;
    if (n.value > 100 || (r->before && r->before->class == WORD_THE))
        return true;
    return n.value >= 20 && !(r->before && r->before->class == WORD_A) &&
           !(is_small_word(r, at + 1) && lexeme(r, at + 1)->word == &no_word);
}
