/* numerals.h: what the files that read numbers hand to each other: row.c, digits.c and words.c, which number.c makes
 * one of. */
#ifndef ENTITIES_NUMERALS_H
#define ENTITIES_NUMERALS_H

#include "plugins/entities/expressions/number.h"

static inline char first_char(struct reader *r, uint32_t i)
{
    return r->input->text[lexeme(r, i)->start];
}

static inline bool is_number(struct reader *r, uint32_t i)
{
    return lexeme(r, i)->kind == LEXEME_NUMBER;
}

static inline bool is_small_word(struct reader *r, uint32_t i)
{
    const struct lexeme *l = lexeme(r, i);

    return l->kind == LEXEME_WORD && !(l->flags & (LEXEME_CAPITAL | LEXEME_GLUED));
}

/* ---- row.c -------------------------------------------------------------------------------------------------------- */

/* Digits with their separators. */
struct row {
    uint64_t mantissa;
    int32_t decimals;
    uint32_t behind;
    uint8_t ways;
    bool is_bare, is_known;
};

/* The row at lexeme `i`; behind 0 when its separators fit no way of writing numbers. */
struct row row_at(struct reader *r, uint32_t i);

/* "1/2" at lexeme `i`: puts the value into *value. The lexeme behind; 0 when there is none. */
uint32_t row_fraction_at(struct reader *r, uint32_t i, double *value);

/* "½", a lexeme of its own, and its value. */
bool row_is_fraction_sign(struct reader *r, uint32_t i);
double row_fraction_sign(struct reader *r, uint32_t i);

/* What stands between two lexemes, when that is one blank: 1: an ordinary one; 2: one that doesn't break, or a thin
 * one; else 0. */
int row_blank_between(struct reader *r, uint32_t i);

/* ---- digits.c ----------------------------------------------------------------------------------------------------- */

/* The number in digits at lexeme `i`. */
struct number digits_at(struct reader *r, uint32_t i, bool money);

/* value * 10^exponent, rounded once, so that what is written is what is read. */
double digits_scale(double value, int32_t exponent);
double digits_power_of_ten(int32_t exponent);

/* "bn", "k", "mm"; "million", "hundred thousand": add their powers of ten to *exponent. The lexeme behind; `i` when
 * there is none. */
uint32_t digits_suffix_at(struct reader *r, uint32_t i, bool money, const struct row *row, int32_t *exponent);
uint32_t digits_skip_magnitudes(struct reader *r, uint32_t i, int32_t *exponent);

/* ---- words.c ------------------------------------------------------------------------------------------------------ */

/* The number in words at lexeme `i`. */
struct number words_at(struct reader *r, uint32_t i);

/* "and a half", "and three quarters", "and 1/2": the lexeme behind; 0. */
uint32_t words_and_part(struct reader *r, uint32_t i, double *part);

/* "point five" behind a whole number: adds it to *value. The lexeme behind; `i` when there is none. */
uint32_t words_add_point(struct reader *r, uint32_t i, double *value);

#endif
