/* firms.h: which names of organizations, places and other things are one: "Acme" and "Acme Corp.", "International Business Machines" and
 * "IBM", "the U.S." and "United States". */
#ifndef ENTITIES_WHO_FIRMS_H
#define ENTITIES_WHO_FIRMS_H

#include "plugins/entities/who/forms.h"

/* A name without "the" and "Inc.": words [first, end). */
struct firm {
    struct who_words words;
    uint32_t first, end;
};

void firm_read(const struct entity_input *input, const struct entity *entity, struct firm *out);

/* The key of a name of any type but PERSON. */
uint64_t firm_key(uint8_t type, const struct firm *firm);

/* Joins acronyms and short forms with the names that they stand for. `forms_of`: each entity's form, or WHO_NONE. */
void firms_join(struct forms *forms, const uint32_t *forms_of);

#endif
