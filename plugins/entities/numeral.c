/* numeral.c: see numeral.h. */
#include "plugins/entities/numeral.h"

#include <string.h>

#include "plugins/entities/draft.h"

#define GROUPS 3

/* Digits in groups that single separators keep apart. */
struct groups {
    uint32_t value[GROUPS];
    uint8_t digits[GROUPS];
    char separator[GROUPS];
    uint32_t n; /* all of them; those above GROUPS are only counted */
    bool same;  /* all separators are the first one */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static void read_group(struct groups *g, const char *p, uint32_t length)
{
    if (g->n < GROUPS) {
        g->digits[g->n] = (uint8_t)(length < UINT8_MAX ? length : UINT8_MAX);
        g->value[g->n] = 0;
        for (uint32_t i = 0; i < length && i < 6; i++)
            g->value[g->n] = g->value[g->n] * 10 + (uint32_t)(p[i] - '0');
    }
    g->n++;
}

/* Reads digits and the separators between them. The number of bytes read. */
static uint32_t read_groups(struct groups *g, const char *p, uint32_t length)
{
    uint32_t at = 0, start;

    *g = (struct groups) { .same = true };
    for (;;) {
        for (start = at; at < length && is_digit(p[at]);)
            at++;
        read_group(g, p + start, at - start);
        if (at + 1 >= length || !is_one_of(p[at], ",.:/-") || !is_digit(p[at + 1]))
            return at;
        if (g->n <= GROUPS)
            g->separator[g->n - 1] = p[at];
        g->same = g->same && p[at] == g->separator[0];
        at++;
    }
}

static bool is_clock(const struct groups *g)
{
    if (g->n < 2 || g->n > 3 || !g->same || g->separator[0] != ':')
        return false;
    return g->digits[0] <= 2 && g->value[0] <= 24 && g->digits[1] == 2 && g->value[1] < 60 &&
           (g->n == 2 || (g->digits[2] == 2 && g->value[2] < 60));
}

/* Day, month and year in the order that the digits allow. */
static bool is_date(const struct groups *g)
{
    const uint32_t *v = g->value;

    if (g->n != 3 || !g->same || !is_one_of(g->separator[0], "/-."))
        return false;
    if (g->digits[0] == 4)
        return v[1] >= 1 && v[1] <= 12 && v[2] >= 1 && v[2] <= 31 && g->digits[1] <= 2 && g->digits[2] <= 2;
    if (g->digits[0] > 2 || g->digits[1] > 2 || (g->digits[2] != 4 && g->digits[2] != 2))
        return false;
    if (g->separator[0] == '.' && g->digits[2] != 4)
        return false; /* "1.2.10" is a version */
    return v[0] >= 1 && v[1] >= 1 && v[0] <= 31 && v[1] <= 31 && (v[0] <= 12 || v[1] <= 12);
}

static bool is_years(const struct groups *g)
{
    if (g->n != 2 || g->digits[0] != 4 || !is_one_of(g->separator[0], "/-") || g->value[0] < 1500 || g->value[0] > 2199)
        return false;
    if (g->digits[1] == 2)
        return g->value[1] == (g->value[0] + 1) % 100;
    return g->digits[1] == 4 && g->value[1] > g->value[0] && g->value[1] < 2200;
}

static uint8_t form_of(const struct groups *g)
{
    if (is_clock(g))
        return NUMERAL_CLOCK;
    if (is_date(g))
        return NUMERAL_DATE;
    return is_years(g) ? NUMERAL_YEARS : NUMERAL_PLAIN;
}

struct numeral numeral_read(const struct lists *lists, const char *token, uint32_t length)
{
    struct numeral n = { .form = NUMERAL_NONE };
    struct groups g;
    uint32_t at = 0;

    while (at < length && !is_digit(token[at]) && at < 8)
        at++;
    if (at == length || !is_digit(token[at]))
        return n;
    if (at && (n.prefix = list_find(lists->expressions, token, at)) != EXPRESSION_SIGN)
        return n;
    at += read_groups(&g, token + at, length - at);
    if (length - at == 1 && token[at] == 's' && g.n == 1 && g.digits[0] == 4 && g.value[0] % 10 == 0) {
        n.form = NUMERAL_DECADE;
        return n;
    }
    if (at < length && token[at] == '-')
        at++; /* "5-inch", "175-million" */
    if (at < length && !(n.suffix = list_find(lists->expressions, token + at, length - at)))
        return n;
    n.form = form_of(&g);
    n.integer = g.n == 1;
    n.digits = g.digits[0];
    n.value = g.value[0];
    return n;
}

/* The token behind a hyphen and more digits that stand right behind token `i`; `i + 1` when there are none. */
static uint32_t skip_hyphened(const struct draft *d, uint32_t i, uint32_t end)
{
    if (i + 2 < end && word_is(d, i + 1, "-") && d->words[i + 1].flags & d->words[i + 2].flags & WORD_GLUED &&
        d->words[i + 2].shape == SHAPE_DIGIT)
        return i + 3;
    return i + 1;
}

uint32_t numeral_at(const struct draft *d, uint32_t i, uint32_t end, struct numeral *n)
{
    uint32_t behind = i + 1;

    *n = (struct numeral) { .form = NUMERAL_NONE };
    if (i >= end)
        return 0;
    if (d->words[i].shape == SHAPE_DIGIT) {
        behind = skip_hyphened(d, i, end);
        behind = behind > i + 1 ? skip_hyphened(d, behind - 1, end) : behind;
    }
    *n = numeral_read(d->lists, word_bytes(d, i), words_length(d, i, behind));
    return n->form == NUMERAL_NONE ? 0 : behind;
}

bool numeral_is_year(const struct numeral *n)
{
    return n->form == NUMERAL_PLAIN && n->integer && n->digits == 4 && !n->prefix && !n->suffix && n->value >= 1500 &&
           n->value < 2200;
}

bool numeral_is_day(const struct numeral *n)
{
    return n->form == NUMERAL_PLAIN && n->integer && n->digits <= 2 && !n->prefix && n->value >= 1 && n->value <= 31 &&
           (!n->suffix || n->suffix == EXPRESSION_ORDINAL_SUFFIX);
}
