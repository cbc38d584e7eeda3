/* numbers.c: the grammar of amounts. An amount is a number (digits or words, perhaps a range), then what makes it money, a
 * percentage or a measure, on either side. Matching starts at a token and never looks back or further than the longest
 * amount, so the pass is linear. */
#include "plugins/entities/draft.h"
#include "plugins/entities/numeral.h"

#define LONGEST_NUMBER 8 /* words: "one hundred and twenty five thousand" */

static uint8_t expression_at(const struct draft *d, uint32_t i, uint32_t end)
{
    return i < end ? d->words[i].expression : (uint8_t)EXPRESSION_NONE;
}

/* The token behind a number in words, "twenty five", "a hundred"; `i` itself when there is none. */
static uint32_t number_words(const struct draft *d, uint32_t i, uint32_t end)
{
    uint32_t from = i;

    if (i + 1 < end && word_length(d, i) == 1 && word_is(d, i, "a") &&
        expression_at(d, i + 1, end) == EXPRESSION_MAGNITUDE)
        return i + 1;
    while (i < end && i - from < LONGEST_NUMBER && d->words[i].expression == EXPRESSION_NUMBER)
        i++;
    return i;
}

/* What a number is made of, and where it ends. */
struct number {
    uint32_t behind; /* 0: there is no number */
    uint8_t sign;    /* a currency's sign stood within the token */
    uint8_t suffix;  /* enum expression: what stood within the last token behind the digits */
};

static struct number number_at(const struct draft *d, uint32_t i, uint32_t end)
{
    struct numeral n;
    uint32_t behind = numeral_at(d, i, end, &n);

    if (n.form == NUMERAL_PLAIN || n.form == NUMERAL_YEARS)
        return (struct number) { behind, n.prefix == EXPRESSION_SIGN, n.suffix };
    behind = number_words(d, i, end);
    return (struct number) { behind > i ? behind : 0, 0, 0 };
}

/* A number, or a range of two: "5 to 10", "5 - 10". */
static struct number range_at(const struct draft *d, uint32_t i, uint32_t end)
{
    struct number first = number_at(d, i, end), second;

    if (!first.behind || (first.suffix && first.suffix != EXPRESSION_MAGNITUDE) ||
        expression_at(d, first.behind, end) != EXPRESSION_RANGE)
        return first;
    second = number_at(d, first.behind + 1, end);
    if (!second.behind || second.sign)
        return first;
    second.sign = first.sign;
    return second;
}

static uint32_t skip_magnitude(const struct draft *d, uint32_t i, uint32_t end)
{
    if (i + 1 < end && word_is(d, i, "-") && expression_at(d, i + 1, end) == EXPRESSION_MAGNITUDE)
        i++; /* "$175-million", cut apart */
    while (expression_at(d, i, end) == EXPRESSION_MAGNITUDE)
        i++;
    return i;
}

/* "$", "US$", "US $", "Rs": the token behind the sign; 0 when there is none. */
static uint32_t sign_at(const struct draft *d, uint32_t i, uint32_t end)
{
    uint8_t shape = i < end ? d->words[i].shape : (uint8_t)SHAPE_OTHER;

    if (expression_at(d, i, end) == EXPRESSION_SIGN)
        return i + 1 < end && shape != SHAPE_OTHER && word_is(d, i + 1, ".") ? i + 2 : i + 1; /* "Rs." */
    if (i + 1 < end && (shape == SHAPE_UPPER || shape == SHAPE_INITIAL) && word_length(d, i) <= 3 &&
        word_is(d, i + 1, "$") && (word_is(d, i, "US") || d->words[i + 1].flags & WORD_GLUED))
        return i + 2;
    return 0;
}

/* "dollars", "US dollars", "Kenyan shillings": the token behind it; 0 when there is none. */
static uint32_t currency_at(const struct draft *d, uint32_t i, uint32_t end)
{
    if (expression_at(d, i, end) == EXPRESSION_CURRENCY)
        return i + 1;
    if (expression_at(d, i, end) == EXPRESSION_SIGN && d->words[i].shape == SHAPE_OTHER &&
        d->words[i].flags & WORD_GLUED)
        return i + 1; /* "30€" */
    return i < end && word_is_capital(d, i) && expression_at(d, i + 1, end) == EXPRESSION_CURRENCY ? i + 2 : 0;
}

static uint32_t percent_at(const struct draft *d, uint32_t i, uint32_t end)
{
    if (expression_at(d, i, end) == EXPRESSION_PERCENT)
        return i + 1;
    return i + 1 < end && word_is(d, i, "per") && word_is(d, i + 1, "cent") ? i + 2 : 0;
}

/* What follows a number that no sign stood before. */
static uint32_t tail_match(const struct draft *d, const struct number *n, uint32_t end, uint8_t *type)
{
    uint32_t at = skip_magnitude(d, n->behind, end), behind;

    if ((behind = percent_at(d, n->behind, end)) != 0)
        return *type = ENTITY_PERCENT, behind;
    if ((behind = currency_at(d, at, end)) != 0)
        return *type = ENTITY_MONEY, behind;
    *type = ENTITY_QUANTITY;
    if (expression_at(d, at, end) == EXPRESSION_UNIT)
        return at + 1;
    if (at + 1 < end && word_is(d, at, "-") && d->words[at].flags & WORD_GLUED &&
        expression_at(d, at + 1, end) == EXPRESSION_UNIT)
        return at + 2;
    return 0;
}

uint32_t amount_match(const struct draft *d, uint32_t i, uint32_t end, uint8_t *type)
{
    uint32_t from = sign_at(d, i, end);
    struct number n = range_at(d, from ? from : i, end);

    if (!n.behind)
        return 0;
    if (from || n.sign) {
        *type = ENTITY_MONEY;
        return skip_magnitude(d, n.behind, end);
    }
    switch (n.suffix) {
    case EXPRESSION_PERCENT:
        *type = ENTITY_PERCENT;
        return n.behind;
    case EXPRESSION_UNIT:
    case EXPRESSION_M:
        *type = ENTITY_QUANTITY;
        return n.behind;
    case EXPRESSION_SIGN: /* "30€" */
    case EXPRESSION_CURRENCY:
        *type = ENTITY_MONEY;
        return n.behind;
    case EXPRESSION_NONE:
    case EXPRESSION_MAGNITUDE:
        return tail_match(d, &n, end, type);
    default:
        return 0;
    }
}
