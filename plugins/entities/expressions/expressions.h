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
    int32_t today;      /* days since 1970-01-01, for "yesterday"; when has_today */
    int32_t second;     /* of the day, for "two hours ago"; when has_second */
    int32_t zone;       /* minutes from UTC that the second is told in; when has_zone */
    uint8_t has_today;  /* otherwise such dates stay relative */
    uint8_t has_second; /* otherwise such times do */
    uint8_t has_zone;
    uint8_t day_first;          /* "5/12/24" is in December, not in May */
    uint8_t next_week;          /* "next Friday" is that of next week, not the first that comes */
    uint8_t apart;              /* "tomorrow at 5pm" is a date and a time, not one time */
    uint8_t decimal;            /* enum decimal_sign */
    uint8_t has_comma_language; /* the text's language puts a comma before decimals; for DECIMAL_AUTO */
};

struct vocabulary;

/* The table of words, a few tens of KiB; made once. NULL: no memory. Free it with free(). */
struct vocabulary *expressions_new(void);

/* Reads "2024-05-12", "2024-05-12T10:30", "2024-05-12T10:30:00+02:00" into the settings' today, second and zone. */
bool expressions_read_reference(const char *text, size_t length, struct expression_settings *settings);

/* What the text's own dates tell of their order: "25/12/2024" that days come first (1), "12/25/2024" that months do (-1). 0: there is none
 * that tells, or they don't agree. */
int expressions_date_order(const char *text, size_t length);

/* Puts the expressions into *found (memory from `means`), ordered, not overlapping, from token border to token
 * border, each within a sentence. Time is linear in the text, whatever it is. TEXTD_OK, TEXTD_NO_MEMORY or
 * TEXTD_STOPPED. */
int32_t expressions_find(const struct vocabulary *vocabulary, const struct expression_settings *settings,
                         const struct entity_input *input, const struct entity_means *means, struct entity **found,
                         uint32_t *n_found);

#endif
