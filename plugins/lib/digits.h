/* digits.h: numbers as results show them, see "Numbers" in docs/protocol.md. */
#ifndef PLUGINS_DIGITS_H
#define PLUGINS_DIGITS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A score to four digits: more would claim what a model can't know. The double that is printed as such ("0.95", and not the
 * 0.949999988… that a float is); never -0. A float times 10,000 is exact as a double, so this is what
 * round() gives, without the call. */
static inline double digits_of_score(float x)
{
    double scaled = (double)x * 1e4;

    if (!(scaled > -1e16 && scaled < 1e16))
        return (double)x; /* no score: not a number, say, which the host refuses with words */
    return (double)(int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5) / 1e4;
}

/* An amount to 15 digits, all that a double holds of any decimal number: what was computed from "0.7 cents" is 0.007 again,
 * and not 0.006999999999999999. Whole numbers, which most are, stay as they are. Never -0. */
static inline double digits_of_amount(double x)
{
    char text[32];

    if (x > -1e15 && x < 1e15 && x == (double)(int64_t)x)
        return (double)(int64_t)x;
    snprintf(text, sizeof text, "%.15g", x);
    return strtod(text, NULL); /* of the same locale, whichever it is */
}

#endif
