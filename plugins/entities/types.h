/* types.h: the kinds of entity that the tagger knows, with what each means. Everything that lists them expands this. */
#ifndef ENTITIES_TYPES_H
#define ENTITIES_TYPES_H

#define ENTITY_TYPES(X) \
    X(PERSON, "people, also fictional") \
    X(ORG, "companies, agencies, parties, teams, universities") \
    X(LOC, "countries, cities, states, regions, mountains, rivers") \
    X(FAC, "airports, roads, bridges, stadiums and other buildings") \
    X(NORP, "nationalities, religious and political groups") \
    X(EVENT, "wars, elections, championships, festivals") \
    X(LAW, "named acts and treaties") \
    X(DATE, "dates, and days told from now") \
    X(TIME, "times of day") \
    X(MONEY, "amounts with their currency") \
    X(PERCENT, "with the sign or the word") \
    X(QUANTITY, "measures with their unit") \
    X(EMAIL, "e-mail addresses") \
    X(URL, "web addresses") \
    X(HANDLE, "user names: @name") \
    X(HASHTAG, "topics: #topic")

enum entity_type {
    ENTITY_NONE,
#define X(name, meaning) ENTITY_##name,
    ENTITY_TYPES(X)
#undef X
        ENTITY_TYPE_COUNT
};

#endif
