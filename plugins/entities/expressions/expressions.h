/* expressions.h: finds what is written by rule: dates, times, amounts, numbers, addresses; and what each means.
 * README.md tells the forms and the values. */
#ifndef ENTITIES_EXPRESSIONS_H
#define ENTITIES_EXPRESSIONS_H

#include <stdbool.h>

#include "plugins/entities/entity.h"

/* What stands before decimals. */
enum decimal_sign { DECIMAL_AUTO, DECIMAL_POINT, DECIMAL_COMMA };

/* What an expression may depend on beside the text. */
struct expression_settings {
    int32_t today;              /* days since 1970-01-01, for "yesterday"; when has_today */
    uint8_t has_today;          /* otherwise such dates stay relative */
    uint8_t day_first;          /* "5/12/24" is in December, not in May */
    uint8_t decimal;            /* enum decimal_sign */
    uint8_t has_comma_language; /* the text's language puts a comma before decimals; for DECIMAL_AUTO */
};

struct vocabulary;

/* The table of words, a few tens of KiB; made once. NULL: no memory. Free it with free(). */
struct vocabulary *expressions_new(void);

/* Reads "2024-05-12" into *days, since 1970-01-01. */
bool expressions_read_day(const char *text, size_t length, int32_t *days);

/* Puts the expressions into *found (memory from `means`), ordered, not overlapping, from token border to token
 * border, each within a sentence. Time is linear in the text, whatever it is. TEXTD_OK, TEXTD_NO_MEMORY or
 * TEXTD_STOPPED. */
int32_t expressions_find(const struct vocabulary *vocabulary, const struct expression_settings *settings,
                         const struct entity_input *input, const struct entity_means *means, struct entity **found,
                         uint32_t *n_found);

#endif
