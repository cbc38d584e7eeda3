/* dates.c: the grammar of dates and times, in the orders that English writes them. What could be something else ("May",
 * "March", a bare year) needs a word before it that says when. Durations ("two weeks") are left alone: they say how long,
 * not when, and would be most of what a reader sees. */
#include "plugins/entities/draft.h"
#include "plugins/entities/numeral.h"

/* Where matching stands. */
struct cursor {
    const struct draft *d;
    uint32_t begin, end; /* of the stretch */
};

static uint8_t kind_at(const struct cursor *c, uint32_t i)
{
    return i < c->end ? c->d->words[i].expression : (uint8_t)EXPRESSION_NONE;
}

/* What one token says: of "14-24", cut apart, the 14. */
static struct numeral token_numeral(const struct cursor *c, uint32_t i)
{
    if (i >= c->end)
        return (struct numeral) { .form = NUMERAL_NONE };
    return numeral_read(c->d->lists, word_bytes(c->d, i), word_length(c->d, i));
}

static bool is_year(const struct cursor *c, uint32_t i)
{
    struct numeral n = token_numeral(c, i);

    return numeral_is_year(&n);
}

static bool is_day(const struct cursor *c, uint32_t i)
{
    struct numeral n = token_numeral(c, i);

    return numeral_is_day(&n);
}

static bool is_comma(const struct cursor *c, uint32_t i)
{
    return i < c->end && word_is(c->d, i, ",");
}

static bool is_month(const struct cursor *c, uint32_t i)
{
    uint8_t kind = kind_at(c, i);

    return (kind == EXPRESSION_MONTH || kind == EXPRESSION_MONTH_WORD || kind == EXPRESSION_MONTH_SHORT) &&
           word_is_capital(c->d, i);
}

static bool is_range(const struct cursor *c, uint32_t i)
{
    return kind_at(c, i) == EXPRESSION_RANGE || (i < c->end && c->d->words[i].cue == CUE_AND);
}

/* The token behind ", 2022" or "2022" at `i`; `i` itself when no year is there. */
static uint32_t skip_year(const struct cursor *c, uint32_t i)
{
    if (is_year(c, i))
        return i + 1;
    return is_comma(c, i) && is_year(c, i + 1) ? i + 2 : i;
}

/* The word before token `i` says when: "in", "since", "last"; or joins it to a date: "2001 and" 2008. */
static bool told_when(const struct cursor *c, uint32_t i)
{
    uint8_t before = i > c->begin ? c->d->words[i - 1].expression : (uint8_t)EXPRESSION_NONE;

    if (i > c->begin + 1 && is_range(c, i - 1) && c->d->words[i - 2].type == ENTITY_DATE)
        return true;
    return before == EXPRESSION_YEAR_CUE || before == EXPRESSION_SHIFT;
}

/* "July 11, 2021", "July 14 to 24", "July 2021", "July". */
static uint32_t month_first(const struct cursor *c, uint32_t i)
{
    uint32_t at = i + 1;

    if (!is_month(c, i))
        return 0;
    if (!is_day(c, at)) {
        if ((at = skip_year(c, at)) > i + 1)
            return at;
        return kind_at(c, i) == EXPRESSION_MONTH || told_when(c, i) ? i + 1 : 0;
    }
    at++;
    if (is_range(c, at) && is_day(c, at + 1) && !is_month(c, at + 2))
        at += 2;
    return skip_year(c, at);
}

/* "11 July 2021", "the 11th of July" from "11th" on. */
static uint32_t day_first(const struct cursor *c, uint32_t i)
{
    uint32_t at = i + 1;

    if (!is_day(c, i))
        return 0;
    if (is_range(c, at) && is_day(c, at + 1))
        at += 2; /* "4 and 11 May" */
    if (at < c->end && c->d->words[at].cue == CUE_OF)
        at++;
    return is_month(c, at) ? skip_year(c, at + 1) : 0;
}

static uint32_t day_and_month(const struct cursor *c, uint32_t i)
{
    uint32_t behind = month_first(c, i);

    return behind ? behind : day_first(c, i);
}

/* "Friday", "Friday, 22nd July". */
static uint32_t weekday(const struct cursor *c, uint32_t i)
{
    uint8_t kind = kind_at(c, i);
    uint32_t behind;

    if ((kind != EXPRESSION_WEEKDAY && kind != EXPRESSION_WEEKDAY_SHORT) || !word_is_capital(c->d, i))
        return 0;
    behind = day_and_month(c, i + 1);
    if (!behind && is_comma(c, i + 1))
        behind = day_and_month(c, i + 2);
    if (behind)
        return behind;
    return kind == EXPRESSION_WEEKDAY ? i + 1 : 0;
}

/* "last week", "next year", "two years ago", "yesterday". */
static uint32_t told_from_now(const struct cursor *c, uint32_t i)
{
    uint8_t next = kind_at(c, i + 1);
    struct numeral n;

    if (kind_at(c, i) == EXPRESSION_DAY)
        return i + 1;
    if (kind_at(c, i) == EXPRESSION_SHIFT)
        return next == EXPRESSION_PERIOD || next == EXPRESSION_WEEKDAY ||
                       ((next == EXPRESSION_MONTH || next == EXPRESSION_MONTH_WORD) && is_month(c, i + 1))
                   ? i + 2
                   : 0;
    n = token_numeral(c, i);
    if (n.form != NUMERAL_PLAIN && kind_at(c, i) != EXPRESSION_NUMBER && !word_is(c->d, i, "a") &&
        !word_is(c->d, i, "A"))
        return 0;
    return (next == EXPRESSION_PERIODS || next == EXPRESSION_PERIOD) && kind_at(c, i + 2) == EXPRESSION_AGO ? i + 3 : 0;
}

/* "Q3 2021", "third quarter of 2021". */
static uint32_t quarter(const struct cursor *c, uint32_t i)
{
    uint32_t at = i + 1;

    if (kind_at(c, i) == EXPRESSION_QUARTER)
        return skip_year(c, at);
    if (kind_at(c, i) != EXPRESSION_ORDINAL || at >= c->end || !word_is(c->d, at, "quarter"))
        return 0;
    at++;
    if (at < c->end && c->d->words[at].cue == CUE_OF)
        at++;
    return is_year(c, at) ? at + 1 : 0;
}

/* "2022-07-22", "1990s", "2021/22", and bare years where the words before say that it is one. */
static uint32_t in_digits(const struct cursor *c, uint32_t i, uint8_t *rule)
{
    struct numeral n;
    uint32_t behind = numeral_at(c->d, i, c->end, &n);
    bool in_brackets = i > c->begin && i + 1 < c->end && word_is(c->d, i - 1, "(") && word_is(c->d, i + 1, ")");

    if (!behind || n.prefix || n.suffix)
        return 0;
    if (n.form == NUMERAL_DATE || n.form == NUMERAL_DECADE)
        return behind;
    *rule = RULE_LIKELY_PATTERN;
    if (n.form == NUMERAL_YEARS || (numeral_is_year(&n) && (told_when(c, i) || in_brackets)))
        return behind;
    return 0;
}

/* "10:30 am GMT", "5 p.m.", "5pm", "midnight". */
static uint32_t clock_time(const struct cursor *c, uint32_t i)
{
    struct numeral n;
    uint32_t at = numeral_at(c->d, i, c->end, &n);

    if (kind_at(c, i) == EXPRESSION_NOON)
        return i + 1;
    if (n.form != NUMERAL_CLOCK && !(n.form == NUMERAL_PLAIN && n.digits <= 2 && n.value <= 24 && n.digits))
        return 0;
    if (n.prefix || (n.suffix && n.suffix != EXPRESSION_CLOCK))
        return 0;
    if (!n.suffix && kind_at(c, at) == EXPRESSION_CLOCK)
        at++;
    else if (!n.suffix && n.form != NUMERAL_CLOCK)
        return 0;
    if (kind_at(c, at) == EXPRESSION_ZONE && c->d->words[at].shape == SHAPE_UPPER)
        at++;
    return at;
}

uint32_t date_match(const struct draft *d, uint32_t begin, uint32_t i, uint32_t end, uint8_t *type, uint8_t *rule)
{
    struct cursor c = { d, begin, end };
    uint32_t behind;

    /* Most words begin no date, and are neither listed nor written with digits. */
    if (!d->words[i].expression && d->words[i].shape != SHAPE_DIGIT && word_length(d, i) > 1)
        return 0;
    *type = ENTITY_TIME;
    *rule = RULE_PATTERN;
    if ((behind = clock_time(&c, i)) != 0)
        return behind;
    *type = ENTITY_DATE;
    if ((behind = weekday(&c, i)) || (behind = day_and_month(&c, i)) || (behind = quarter(&c, i)))
        return behind;
    if ((behind = told_from_now(&c, i)) != 0)
        return behind;
    return in_digits(&c, i, rule);
}
