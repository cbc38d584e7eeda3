/* numeral.h: reads what is written with digits: "4.2", "€30m", "22nd", "10:30", "2022-07-22", "16GB". Whether a
 * tokenizer leaves sign, digits and unit together or cuts them apart, the grammars see the same. */
#ifndef ENTITIES_NUMERAL_H
#define ENTITIES_NUMERAL_H

#include <stdbool.h>
#include <stdint.h>

struct draft;
struct lists;

enum numeral_form {
    NUMERAL_NONE,  /* not a number, or with something in it that we don't know */
    NUMERAL_PLAIN, /* digits, perhaps with separators: "1,000", "3.14", "5-10" */
    NUMERAL_CLOCK, /* "10:30" */
    NUMERAL_DATE,  /* "2022-07-22", "22/07/2022" */
    NUMERAL_YEARS, /* "2021/22", "2005-06" */
    NUMERAL_DECADE /* "1990s" */
};

struct numeral {
    uint8_t form;   /* enum numeral_form */
    uint8_t prefix; /* enum expression: EXPRESSION_SIGN or EXPRESSION_NONE */
    uint8_t suffix; /* enum expression; EXPRESSION_NONE */
    bool integer;   /* digits only; then `value` holds */
    uint8_t digits; /* of an integer */
    uint32_t value; /* of an integer below a million */
};

struct numeral numeral_read(const struct lists *lists, const char *token, uint32_t length);

/* Reads the numeral that starts at token `i`, where "2022-07-22" may be cut apart at its hyphens. Returns the token behind it;
 * 0, and NUMERAL_NONE, when none starts there. */
uint32_t numeral_at(const struct draft *d, uint32_t i, uint32_t end, struct numeral *n);

/* Could be a year that people write about: 1500 to 2199, four digits. */
bool numeral_is_year(const struct numeral *n);

/* 1 to 31, alone or as an ordinal. */
bool numeral_is_day(const struct numeral *n);

#endif
