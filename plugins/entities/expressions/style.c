/* style.c: whether a text puts points or commas before decimals, see number.h. */
#include "plugins/entities/expressions/numerals.h"

#include "plugins/lib/character.h"

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

static enum number_style told_style(const struct expression_settings *s)
{
    if (s->decimal == DECIMAL_POINT)
        return STYLE_POINT;
    return s->decimal == DECIMAL_COMMA || s->has_comma_language ? STYLE_COMMA : STYLE_UNASKED;
}

bool style_is_told(const struct reader *r, enum number_style style)
{
    return told_style(r->settings) == style;
}

enum number_style style_of_text(struct reader *r)
{
    if (r->style == STYLE_UNASKED)
        r->style = told_style(r->settings);
    if (r->style == STYLE_UNASKED)
        r->style = seen_style(r->input->text, r->input->text_length);
    return (enum number_style)r->style;
}
