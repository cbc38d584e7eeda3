/* digits.c: numbers in digits: a row of them with its part, power, suffix and magnitude: "2 1/2", "1e6", "3.2bn", "5
 * million". See numerals.h. */
#include "plugins/entities/expressions/numerals.h"

#include <stdio.h>
#include <stdlib.h>

double digits_power_of_ten(int32_t exponent)
{
    double power = 1;

    for (int32_t i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        power *= 10; /* exact up to 10^22 */
    return power;
}

/* Rounds once, so that what is written is what is read. */
double digits_scale(double value, int32_t exponent)
{
    char text[48];

    if (exponent >= -22 && exponent <= 22)
        return exponent < 0 ? value / digits_power_of_ten(exponent) : value * digits_power_of_ten(exponent);
    snprintf(text, sizeof text, "%.0fe%d", value, exponent);
    return strtod(text, NULL);
}

/* Of what there are millions. */
static bool is_crowd(struct reader *r, uint32_t i)
{
    static const char crowds[][READER_LONGEST] = { "people", "users",    "customers", "viewers",  "subscribers",
                                                   "copies", "votes",    "voters",    "shares",   "units",
                                                   "jobs",   "tourists", "homes",     "children", "workers",
                                                   "pounds", "dollars",  "euros",     "adults",   "women",
                                                   "men" };

    return is_among(r, i, crowds) || (is_class(r, i, WORD_UNIT) && is_small_word(r, i));
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
uint32_t digits_suffix_at(struct reader *r, uint32_t i, bool money, const struct row *row, int32_t *exponent)
{
    const struct lexeme *l = lexeme(r, i);

    if (money && is_word(r, i, "mm")) {
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
uint32_t digits_skip_magnitudes(struct reader *r, uint32_t i, int32_t *exponent)
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

/* What stands behind whole digits: "½", " 1/2", "-1/2", " and a half". The lexeme behind; `i` when nothing does. */
static uint32_t skip_part(struct reader *r, uint32_t i, double *part)
{
    uint32_t at = is_dash(r, i) && is_glued(r, i) && is_glued(r, i + 1) ? i + 1 : i, behind;

    if (row_is_fraction_sign(r, i) && (is_glued(r, i) || row_blank_between(r, i - 1))) {
        *part = row_fraction_sign(r, i);
        return i + 1;
    }
    if ((at > i || !is_glued(r, i)) && (behind = row_fraction_at(r, at, part)) != 0)
        return behind;
    behind = words_and_part(r, i, part);
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

struct number digits_at(struct reader *r, uint32_t i, bool money)
{
    struct number n = { .is_known = true };
    struct row row;
    int32_t exponent = 0, power;
    double part = 0;
    uint32_t behind;

    if ((n.behind = row_fraction_at(r, i, &n.value)) != 0) {
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
        n.value = digits_scale(1, power);
        n.behind = behind;
        n.is_bare = false;
        return n;
    }
    if (row.decimals == 0)
        n.behind = skip_part(r, n.behind, &part);
    if (row.is_bare && n.behind == i + 1 && is_word(r, n.behind, "point") && !is_glued(r, n.behind) &&
        (is_integer(r, n.behind + 1) || is_class(r, n.behind + 1, WORD_DIGIT)) && !is_small_word(r, n.behind + 2)) {
        n.value = (double)row.mantissa; /* "1 point 5" */
        n.behind = words_add_point(r, n.behind, &n.value);
        n.is_bare = false;
        return n;
    }
    behind = skip_exponent(r, n.behind, &exponent);
    n.is_bare = n.is_bare && behind == i + 1;
    n.behind = behind;
    if ((behind = digits_suffix_at(r, n.behind, money, &row, &exponent)) == n.behind)
        behind = digits_skip_magnitudes(r, n.behind, &exponent);
    n.has_magnitude = behind > n.behind;
    n.behind = behind;
    if (part > 0)
        n.value = digits_scale((double)row.mantissa + part, exponent);
    else
        n.value = digits_scale((double)row.mantissa, exponent - row.decimals);
    if ((is_class(r, skip_hyphen(r, n.behind), WORD_DOZEN) || is_word(r, n.behind, "dozens")) && !n.has_magnitude) {
        n.value *= is_word(r, n.behind, "dozens") ? 12 : lexeme(r, skip_hyphen(r, n.behind))->word->value;
        n.behind = skip_hyphen(r, n.behind) + 1;
        n.has_magnitude = true;
    } else if (n.has_magnitude && (behind = words_and_part(r, n.behind, &part)) != 0) {
        n.value += digits_scale(part, exponent); /* "2 million and a half" */
        n.behind = behind;
    }
    if (!n.has_magnitude && part <= 0 && row.is_known)
        n.behind = raise(r, n.behind, &n.value);
    n.is_bare = n.is_bare && n.behind == i + 1;
    return n;
}
