/* words.c: numbers in words: "one hundred and twenty-five", "half a million", "two thirds", "nineteen ninety-nine",
 * "point five". See numerals.h. */
#include "plugins/entities/expressions/numerals.h"

#define LONGEST 36u /* words of a number: "one hundred and twenty five thousand three hundred and one" */

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
        s->total = digits_scale(s->total, value); /* "lakh crore", "thousand million" */
        s->unit = digits_scale(s->unit, value);
        s->lowest = s->lowest < value ? s->lowest : value;
        return true;
    }
    if (s->group <= 0 || value >= s->lowest)
        return false;
    s->lowest = value;
    s->total += digits_scale(s->group, value);
    s->group = 0;
    s->unit = digits_scale(1, value);
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
uint32_t words_and_part(struct reader *r, uint32_t i, double *part)
{
    uint32_t at = skip_hyphen(r, i), behind;
    int32_t above, below;

    if (!is_class(r, at, WORD_AND) && !is_sign(r, at, '&'))
        return 0;
    at = skip_hyphen(r, at + 1);
    if ((behind = row_fraction_at(r, at, part)) != 0)
        return behind;
    if (row_is_fraction_sign(r, at)) {
        *part = row_fraction_sign(r, at);
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
uint32_t words_add_point(struct reader *r, uint32_t i, double *value)
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
    *value = (*value * digits_power_of_ten(places) + digits) / digits_power_of_ten(places);
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
    at = words_add_point(r, at, &n.value);
    if ((behind = words_and_part(r, at, &part)) != 0) {
        n.is_known &= s.unit > 0; /* "two hundred and a half": of what? */
        n.value += part * s.unit;
        at = behind;
    }
    if (at > n.behind && s.unit <= 1) {
        behind = digits_skip_magnitudes(r, at, &exponent);
        n.has_magnitude |= behind > at;
        n.value = digits_scale(n.value, exponent);
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
    behind = words_add_point(r, i, &n.value);
    if (behind == i)
        return n;
    n.behind = digits_skip_magnitudes(r, behind, &exponent);
    n.has_magnitude = n.behind > behind;
    n.value = digits_scale(n.value, exponent);
    return n;
}

struct number words_at(struct reader *r, uint32_t i)
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

struct number number_whole_in_words(struct reader *r, uint32_t i)
{
    if (is_class(r, i, WORD_A))
        return is_multiple(r, i + 1) ? in_words_from(r, i + 1, 1) : (struct number) { .behind = 0 };
    if (!is_class(r, i, WORD_DIGIT) && !is_class(r, i, WORD_TENS))
        return (struct number) { .behind = 0 };
    return in_words_from(r, i, 0);
}
