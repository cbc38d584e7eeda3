/* guard.h: the rule that all expressions obey: what is said of a text is never silently wrong. Digits, a sign, a
 * separator with digits, a letter or a mark that stands right beside an expression may be a part of it: "12,5 %" is
 * not 5 %, "-€14m" not a gain. Either a grammar has read the whole, or nothing is said. expressions.c asks here for
 * each thing that any grammar finds; a grammar that knows what stands beside and that it changes nothing says so in
 * match.read_beside. */
#ifndef ENTITIES_GUARD_H
#define ENTITIES_GUARD_H

#include "plugins/entities/expressions/reader.h"

/* Whether bytes [start, end), which the reader's match covers, are the whole of what is written there. A row of digits
 * that ends another expression is no part of this one. */
bool guard_is_whole(const struct reader *r, const struct match *m, uint32_t start, uint32_t end);

/* Numbers, and what is counted or measured by them. */
bool guard_is_amount(uint8_t type);

/* Whether there is a digit among bytes [start, end). */
bool guard_has_digits(const char *text, uint32_t start, uint32_t end);

#endif
