/* number.h: numbers in digits, words and both: "1,200", "3.2bn", "twenty-five", "half a million", "2 1/2", "1e6",
 * and ranges. How groups and decimals are told apart is in docs/entities.md. */
#ifndef ENTITIES_NUMBER_H
#define ENTITIES_NUMBER_H

#include "plugins/entities/expressions/reader.h"

/* What stands between digits and decimals in a text: what the option or the language says, else what its other
 * numbers show. */
enum number_style {
    STYLE_UNASKED,
    STYLE_UNKNOWN,    /* points, and commas where nothing else makes sense */
    STYLE_POINT,      /* points, by the option */
    STYLE_COMMA,      /* commas, by the option or the language */
    STYLE_COMMA_SEEN, /* commas, since the text has some and no points */
};

/* Bits of number.ways: what was taken for granted when it was read. */
#define NUMBER_COMMA 1u  /* a comma before one or two decimals: "12,5", which may be two numbers */
#define NUMBER_BLANKS 2u /* blanks between its groups: "12 500", which may be two numbers */
#define NUMBER_POINTS 4u /* points between its groups: "1.234.567", which may be a version */
#define NUMBER_THREE 8u  /* a point and three digits: "1.500", which may be 1500 */

/* The number at lexeme `i`. `money`: "5m", "5b", "5 k" are millions, billions and thousands. */
struct number number_at(struct reader *r, uint32_t i, bool money);

/* The same, or a range of two: "5 to 10", "5-10", "two or three". */
struct number number_range_at(struct reader *r, uint32_t i, bool money);

/* The number with the suffix or magnitude at lexeme `i`, "m" of "(5.2)m"; behind 0 when there is none. */
struct number number_tail(struct reader *r, uint32_t i, const struct number *n);

/* "-", "+", "minus" before a number or a currency's sign at lexeme `i`: the lexeme behind it, and whether it is a
 * minus; `i` when there is none. */
uint32_t number_sign(struct reader *r, uint32_t i, bool *is_negative);

/* Makes it negative, as a sign before it says. */
void number_negate(struct number *n);

/* Adds the second end, at lexeme `i`, to a number; false when none is there, or it is no larger. */
bool number_extend(struct reader *r, struct number *n, uint32_t i, bool money);

/* "to", "-", "or", "and" behind "between": the lexeme behind what stands between the ends of a range; 0 when nothing
 * does. */
uint32_t number_range_sign(struct reader *r, uint32_t i);

/* The same where the first end has its own unit or sign: "5% to 10%", but not "by 5% to 10%", which is by how much,
 * and what it is then. */
uint32_t number_range_of_both(struct reader *r, uint32_t i);

/* What the text's decimals are behind. */
enum number_style style_of_text(struct reader *r);

/* Whether the option or the language says so; the text needn't be looked through for that. */
bool style_is_told(const struct reader *r, enum number_style style);

/* "12|,|13 and 14", "1|,|2|,|3": a list without blanks from the reader's token on: where its last number starts; 0:
 * there is none. */
uint32_t number_list_end(struct reader *r);

/* Whether an amount in brackets, from the reader's token to lexeme `behind`, stands by itself, as in a table or
 * behind a colon: an accountant's minus. In a sentence brackets say nothing. */
bool number_is_booked(struct reader *r, uint32_t behind);

/* The number in words at lexeme `i`, without parts: "two hundred and fifty". */
struct number number_whole_in_words(struct reader *r, uint32_t i);

/* "people", "users", "votes": what is counted. */
bool number_counts(struct reader *r, uint32_t i);

/* "the twenty-second", "came twenty-second": which one, and not how long, as in "a twenty-second clip". */
bool number_is_ordinal_second(struct reader *r);

#endif
