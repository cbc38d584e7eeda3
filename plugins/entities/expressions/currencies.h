/* currencies.h: which currency is meant: ISO 4217 codes. */
#ifndef ENTITIES_CURRENCIES_H
#define ENTITIES_CURRENCIES_H

#include <stdbool.h>
#include <stdint.h>

struct word;

/* The code of a currency's noun ("rupees") with the country before it, as ISO 3166 has it; of the noun alone when
 * the country has none of that name. */
const char *currency_of(const char *nation, const struct word *currency);

/* The code of the country's cents: of its dollar, or its euro where it has none. */
const char *currency_of_cents(const char *nation);

/* The code of a sign; NULL when it is none. A sign that several countries use is that of the one named most: "$",
 * "£". */
const char *currency_of_sign(uint32_t point);

/* Whether the countries that use it write a comma before decimals. */
bool currency_has_comma(const char *code);

/* The code of a dollar by the letters before its sign, "US", "A", of any case; NULL when they are no country's. */
const char *currency_of_prefix(const char *letters, uint32_t length);

#endif
