/* types.h: the kinds of entity that the plugin knows by itself, with what each means. Everything that lists them expands
 * this. Operators' dictionaries and models may have types of their own, which are numbered behind these. */
#ifndef ENTITIES_TYPES_H
#define ENTITIES_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTITY_TYPES(X) \
    X(PERSON, "people, also fictional") \
    X(ORG, "companies, agencies, parties, teams, universities") \
    X(LOC, "countries, cities, states, regions, mountains, rivers") \
    X(FAC, "airports, roads, bridges, stadiums and other buildings") \
    X(NORP, "nationalities, religious and political groups") \
    X(PRODUCT, "vehicles, devices, software, food") \
    X(EVENT, "wars, elections, championships, festivals") \
    X(WORK, "titles of books, songs, films") \
    X(LAW, "named acts and treaties") \
    X(LANGUAGE, "named languages") \
    X(MISC, "names of none of these kinds") \
    X(DATE, "dates, and days told from now") \
    X(TIME, "times of day") \
    X(DURATION, "how long") \
    X(SET, "what recurs: every Friday, daily") \
    X(MONEY, "amounts with their currency") \
    X(PERCENT, "with the sign or the word") \
    X(QUANTITY, "measures with their unit") \
    X(ORDINAL, "first, 2nd") \
    X(CARDINAL, "numbers that are none of the above") \
    X(EMAIL, "e-mail addresses") \
    X(URL, "web addresses") \
    X(PHONE, "telephone numbers") \
    X(IP, "internet addresses") \
    X(IBAN, "bank accounts: International Bank Account Numbers") \
    X(HANDLE, "user names: @name") \
    X(HASHTAG, "topics: #topic")

enum entity_type {
    ENTITY_NONE,
#define X(name, meaning) ENTITY_##name,
    ENTITY_TYPES(X)
#undef X
        ENTITY_TYPE_COUNT
};

/* "PERSON" and the like; the string is constant. */
const char *entity_type_name(uint8_t type);

/* The type of that name, in any case; ENTITY_NONE when there is none. */
uint8_t entity_type_find(const char *name, size_t length);

#define ENTITY_MOST_OWN_TYPES 200u
#define ENTITY_TYPE_BYTES 32u /* of an own type's name, its NUL counted */

/* The operator's own types, of all dictionaries and the model of one instance of the plugin. All zero: none. */
struct entity_types {
    uint32_t n;
    char names[ENTITY_MOST_OWN_TYPES][ENTITY_TYPE_BYTES];
};

/* Whether a type of one's own may be called so: capital letters, digits and '_', a letter first. */
bool entity_types_may_be(const char *name, size_t length);

/* The number of a type, which is added when it is new; ENTITY_NONE when there are too many. The name must be one that may be. */
uint8_t entity_types_add(struct entity_types *types, const char *name, size_t length);

/* As entity_type_find, own types included, whose case matters. */
uint8_t entity_types_find(const struct entity_types *types, const char *name, size_t length);

/* NULL when there is no such type. */
const char *entity_types_name(const struct entity_types *types, uint8_t type);

#endif
