/* number.h: numbers in digits, words and both: "1,200", "3.2bn", "twenty-five", "half a million", "2 1/2", and ranges. */
#ifndef ENTITIES_NUMBER_H
#define ENTITIES_NUMBER_H

#include "plugins/entities/expressions/reader.h"

struct number {
    double value, to;
    uint32_t behind;    /* the lexeme behind it; 0: there is none */
    bool is_range;      /* then `to` holds */
    bool is_known;      /* otherwise it is like "several hundred" */
    bool in_words;      /* no digits */
    bool is_part;       /* "two thirds" */
    bool has_magnitude; /* "million" */
    bool is_bare;       /* digits only: no separators, no words */
    uint8_t digits;     /* before the point, when it starts with digits */
};

/* The number at lexeme `i`. `money`: "5m", "5b", "5 k" are millions, billions and thousands, and "100 000" is one. */
struct number number_at(struct reader *r, uint32_t i, bool money);

/* The same, or a range of two: "5 to 10", "5-10", "two or three". */
struct number number_range_at(struct reader *r, uint32_t i, bool money);

/* Adds the second end, at lexeme `i`, to a number; false when none is there, or it is no larger. */
bool number_extend(struct reader *r, struct number *n, uint32_t i, bool money);

/* "to", "-", "or": the lexeme behind what stands between the ends of a range; 0 when nothing does. */
uint32_t number_range_sign(struct reader *r, uint32_t i);

#endif
