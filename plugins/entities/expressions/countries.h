/* countries.h: what is fixed for each country's telephone numbers and bank accounts. */
#ifndef ENTITIES_COUNTRIES_H
#define ENTITIES_COUNTRIES_H

#include <stdbool.h>
#include <stdint.h>

/* Whether `n` digits, a country's code and a national number, are as many as they are there (ITU-T E.164; the
 * lengths are those of the national numbering plans). `is_old`: or up to two fewer, as before plans were made
 * longer. `is_longest`: the plan has no longer ones. */
bool country_has_phone(const char *digits, uint32_t n, bool is_old, bool *is_longest);

/* The characters of an IBAN of the country of these two capitals (ISO 13616); 0: there are none. */
uint32_t country_iban_length(const char *country);

#endif
