/* people.h: which names of persons are one person's: "Dario Amade", "D. Amade", "Mr. Amade", "Amade", "Dario". */
#ifndef ENTITIES_WHO_PEOPLE_H
#define ENTITIES_WHO_PEOPLE_H

#include "plugins/entities/who/forms.h"

/* What a person's name consists of. Words [first, end) without titles before them and suffixes behind; the surname begins at `surname`. */
struct person {
    struct who_words words;
    uint32_t first, surname, end;
    uint32_t generation; /* a hash: "Jr"; 0: none */
    uint8_t kind, title;
};

void person_read(const struct entity_input *input, struct textd_span span, struct person *out);

/* The form's key; what is called otherwise by its title alone, "Mr. Smith" and "Mrs. Smith", has another. */
uint64_t person_key(const struct person *person);

/* Joins the forms that are one person. -1: no memory. */
int people_join(struct forms *forms);

#endif
