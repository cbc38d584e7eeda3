/* number.c: see number.h. Decimal numbers are kept as integers until their magnitude is known, so that "3.2bn" is 3200000000
 * and not what 3.2 in binary times a billion is. */
#include "plugins/entities/expressions/number.h"

#define LONGEST 12u /* words of a number: "one hundred and twenty five thousand three hundred and one" */

static double power_of_ten(int32_t exponent)
{
    double power = 1;

    for (int32_t i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        power *= 10; /* exact up to 10^22 */
    return power;
}

static double scale(double value, int32_t exponent)
{
    return exponent < 0 ? value / power_of_ten(exponent) : value * power_of_ten(exponent);
}

/* ---- In digits ---------------------------------------------------------------------------------------------------- */

/* "1/2" at lexeme `i`, "¾" is a lexeme of its own: puts the value into *value. The lexeme behind; 0 when there is none. */
static uint32_t fraction_at(struct reader *r, uint32_t i, double *value)
{
    const struct lexeme *above = lexeme(r, i), *below;

    if (!is_integer(r, i) || !is_sign(r, i + 1, '/') || !is_glued(r, i + 1) || !is_integer(r, i + 2) ||
        !is_glued(r, i + 2))
        return 0;
    below = lexeme(r, i + 2);
    if (above->mantissa >= below->mantissa || below->mantissa > 100 || above->mantissa == 0 ||
        (is_sign(r, i + 3, '/') && is_glued(r, i + 3)))
        return 0;
    *value = (double)above->mantissa / (double)below->mantissa;
    return i + 3;
}

/* "100 000": groups of three digits with blanks between, as the SI writes them. */
static uint32_t blank_groups(struct reader *r, uint32_t i, uint64_t *mantissa)
{
    while (is_integer(r, i) && lexeme(r, i)->digits == 3 && !is_glued(r, i) && *mantissa < UINT64_C(1000000000000)) {
        *mantissa = *mantissa * 1000 + lexeme(r, i)->mantissa;
        i++;
    }
    return i;
}

static bool is_suffix(struct reader *r, uint32_t i, bool money)
{
    const struct lexeme *l = lexeme(r, i);

    if (!is_class(r, i, WORD_SUFFIX))
        return false;
    if (money || l->end - l->start > 1)
        return true;
    /* "10k"; "5m" are metres, "4K" is sharp */
    return is_glued(r, i) && l->word->class == WORD_SUFFIX && l->word->value == 3 && !(l->flags & LEXEME_UPPER);
}

/* "million", "thousand million": adds their powers of ten to *exponent. The lexeme behind. */
static uint32_t skip_magnitudes(struct reader *r, uint32_t i, int32_t *exponent)
{
    uint32_t first = is_class(r, skip_hyphen(r, i), WORD_MAGNITUDE) ? skip_hyphen(r, i) : i;

    for (i = first; i < first + 2 && is_class(r, i, WORD_MAGNITUDE); i++)
        *exponent += value_of(r, i, WORD_MAGNITUDE);
    if (i == first && is_class(r, i, WORD_HUNDRED)) {
        *exponent += 2;
        i++;
    }
    return i;
}

static struct number in_digits(struct reader *r, uint32_t i, bool money)
{
    const struct lexeme *l = lexeme(r, i);
    struct number n = { .is_known = true, .digits = l->digits };
    uint64_t mantissa = l->mantissa;
    int32_t exponent = -(int32_t)l->decimals;
    double part = 0;
    uint32_t behind;

    if (l->flags & LEXEME_CHAIN)
        return n;
    if ((n.behind = fraction_at(r, i, &n.value)) != 0) {
        n.is_part = true;
        return n;
    }
    n.is_bare = is_integer(r, i);
    n.behind = i + 1;
    if (n.is_bare && (behind = fraction_at(r, i + 1, &part)) != 0 && !is_glued(r, i + 1))
        n.behind = behind; /* "2 1/2" */
    else if (n.is_bare && lexeme(r, i + 1)->kind == LEXEME_NUMBER && is_glued(r, i + 1)) {
        part = (double)lexeme(r, i + 1)->mantissa / 100; /* "2½" */
        n.behind = i + 2;
    } else if (money && n.is_bare && l->digits <= 3 && l->mantissa > 0) {
        n.behind = blank_groups(r, i + 1, &mantissa);
    }
    behind = n.behind;
    if (is_suffix(r, behind, money)) {
        exponent += value_of(r, behind, WORD_SUFFIX);
        behind++;
    } else {
        behind = skip_magnitudes(r, behind, &exponent);
    }
    n.has_magnitude = behind > n.behind;
    n.is_bare = n.is_bare && behind == i + 1;
    n.behind = behind;
    n.value = part > 0 ? scale((double)mantissa + part, exponent) : scale((double)mantissa, exponent);
    return n;
}

/* ---- In words ----------------------------------------------------------------------------------------------------- */

/* What has been read of a number in words. */
struct sum {
    double total, group; /* "two million three hundred": 2000000 and 300 */
    int32_t lowest;      /* the last magnitude; the next must be lower */
    enum word_class last;
};

static bool add_word(struct reader *r, uint32_t i, struct sum *s)
{
    if (is_class(r, i, WORD_DIGIT)) {
        int32_t value = value_of(r, i, WORD_DIGIT);
        if (s->last == WORD_DIGIT || (s->last == WORD_TENS && (value > 9 || value == 0)))
            return false;
        s->group += value;
        s->last = WORD_DIGIT;
    } else if (is_class(r, i, WORD_TENS)) {
        if (s->last == WORD_DIGIT || s->last == WORD_TENS)
            return false;
        s->group += value_of(r, i, WORD_TENS);
        s->last = WORD_TENS;
    } else if (is_class(r, i, WORD_HUNDRED)) {
        if (s->group <= 0 || s->group >= 100)
            return false;
        s->group *= 100;
        s->last = WORD_HUNDRED;
    } else if (is_class(r, i, WORD_DOZEN)) {
        if (s->group <= 0 || s->total > 0)
            return false;
        s->group *= 12;
        s->last = WORD_DOZEN;
    } else if (is_class(r, i, WORD_MAGNITUDE)) {
        if (s->group <= 0 || value_of(r, i, WORD_MAGNITUDE) >= s->lowest)
            return false;
        s->lowest = value_of(r, i, WORD_MAGNITUDE);
        s->total += scale(s->group, s->lowest);
        s->group = 0;
        s->last = WORD_MAGNITUDE;
    } else {
        return false;
    }
    return true;
}

/* "and" or a hyphen inside a number: the lexeme behind it, or `i`. */
static uint32_t skip_joint(struct reader *r, uint32_t i, const struct sum *s)
{
    if (is_class(r, i, WORD_AND) && (s->last == WORD_HUNDRED || s->last == WORD_MAGNITUDE) &&
        (is_class(r, i + 1, WORD_DIGIT) || is_class(r, i + 1, WORD_TENS)))
        return i + 1;
    return skip_hyphen(r, i);
}

/* "and a half" at lexeme `i`: the lexeme behind it; 0. */
static uint32_t and_a_half(struct reader *r, uint32_t i)
{
    uint32_t at = skip_hyphen(r, i);

    if (!is_class(r, at, WORD_AND))
        return 0;
    at = skip_hyphen(r, at + 1);
    if (!is_class(r, at, WORD_A))
        return 0;
    at = skip_hyphen(r, at + 1);
    return is_class(r, at, WORD_HALF) ? at + 1 : 0;
}

static bool is_multiple(struct reader *r, uint32_t i)
{
    return is_class(r, i, WORD_HUNDRED) || is_class(r, i, WORD_MAGNITUDE) || is_class(r, i, WORD_DOZEN);
}

/* "three point five" from "point" on. */
static uint32_t add_point(struct reader *r, uint32_t i, double *value)
{
    double place = 10;
    uint32_t at = i + 1;

    if (!is_word(r, i, "point"))
        return i;
    for (; is_class(r, at, WORD_DIGIT) && value_of(r, at, WORD_DIGIT) < 10 && place < 1e6; at++, place *= 10)
        *value += value_of(r, at, WORD_DIGIT) / place;
    return at > i + 1 ? at : i;
}

/* From a word that counts on. `start` is the value that "a" or "half a" before it has given; 0 when nothing stood there. */
static struct number in_words_from(struct reader *r, uint32_t i, double start)
{
    struct sum s = { .group = start, .lowest = INT32_MAX, .last = WORD_NONE };
    struct number n = { .is_known = true, .in_words = true };
    uint32_t at = i, next = i, half;
    int32_t exponent = 0;

    while (at - i < LONGEST && add_word(r, next, &s)) {
        at = next + 1;
        next = skip_joint(r, at, &s);
    }
    if (at == i)
        return n;
    n.value = s.total + s.group;
    at = add_point(r, at, &n.value);
    if ((half = and_a_half(r, at)) != 0) {
        n.value += 0.5;
        at = half;
    }
    n.has_magnitude = s.last == WORD_MAGNITUDE || s.last == WORD_HUNDRED || s.last == WORD_DOZEN;
    if (half || n.value != s.total + s.group) {
        uint32_t behind = skip_magnitudes(r, at, &exponent);
        n.has_magnitude |= behind > at;
        n.value = scale(n.value, exponent);
        at = behind;
    }
    n.behind = at;
    return n;
}

/* "two-thirds", "three quarters", "one third" behind what is a number in words already. */
static void add_part(struct reader *r, struct number *n)
{
    uint32_t at = skip_hyphen(r, n->behind);
    int32_t below = 0;

    if (n->has_magnitude || n->value < 1 || n->value > 19)
        return;
    if (is_class(r, at, WORD_PARTS))
        below = value_of(r, at, WORD_PARTS);
    else if (n->value == 1 && is_class(r, at, WORD_ORDINAL) && value_of(r, at, WORD_ORDINAL) > 2)
        below = value_of(r, at, WORD_ORDINAL);
    if (below < 2 || n->value >= below)
        return;
    n->value /= below;
    n->is_part = true;
    n->behind = at + 1;
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

static struct number in_words(struct reader *r, uint32_t i)
{
    struct number n;

    if (is_class(r, i, WORD_A)) {
        if (is_class(r, i + 1, WORD_FEW))
            return untold(r, i + 1);
        if (is_multiple(r, i + 1))
            return in_words_from(r, i + 1, 1);
        if (is_class(r, i + 1, WORD_HALF) && is_multiple(r, skip_hyphen(r, i + 2)))
            return in_words_from(r, skip_hyphen(r, i + 2), 0.5); /* "a half-million" */
        return (struct number) { .behind = 0 };
    }
    if (is_class(r, i, WORD_HALF)) {
        uint32_t at = skip_hyphen(r, i + 1);
        at = is_class(r, at, WORD_A) ? skip_hyphen(r, at + 1) : at;
        return is_multiple(r, at) ? in_words_from(r, at, 0.5) : (struct number) { .behind = 0 };
    }
    if (is_class(r, i, WORD_FEW) || is_class(r, i, WORD_MANY))
        return untold(r, i);
    n = in_words_from(r, i, is_class(r, i, WORD_DOZEN) ? 1 : 0);
    if (n.behind)
        add_part(r, &n);
    return n;
}

/* ---- Both, and ranges --------------------------------------------------------------------------------------------- */

struct number number_at(struct reader *r, uint32_t i, bool money)
{
    if (lexeme(r, i)->kind == LEXEME_NUMBER)
        return in_digits(r, i, money);
    return in_words(r, i);
}

uint32_t number_range_sign(struct reader *r, uint32_t i)
{
    if (is_class(r, i, WORD_TO) || is_word(r, i, "or") || is_dash(r, i))
        return i + 1;
    return 0;
}

bool number_extend(struct reader *r, struct number *n, uint32_t i, bool money)
{
    struct number second = number_at(r, i, money);

    if (!second.behind || !n->is_known || !second.is_known)
        return false;
    if (second.has_magnitude && !n->has_magnitude && second.value > 0) {
        double first = n->value;
        int32_t exponent = 0;

        /* "5 to 10 million": both are millions when that keeps them in order */
        while (exponent < 15 && scale(first, exponent + 3) < second.value)
            exponent += 3;
        n->value = scale(first, exponent);
    }
    if (n->value >= second.value)
        return false;
    n->to = second.value;
    n->is_range = true;
    n->has_magnitude |= second.has_magnitude;
    n->is_bare = false;
    n->behind = second.behind;
    return true;
}

struct number number_range_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = number_at(r, i, money), first = n;
    uint32_t behind = n.behind ? number_range_sign(r, n.behind) : 0;

    if (behind && !number_extend(r, &n, behind, money))
        return first;
    return n;
}
