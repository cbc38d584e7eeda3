/* types_table.c: see types_table.h. */
#include "plugins/entities/train/types_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/types.h"
#include "plugins/lib/train/trainer.h"

/* Names that other corpora and tools give to the plugin's own types. */
static const char *const usual_names[][2] = {
    { "PER", "PERSON" },       { "Person", "PERSON" },    { "person", "PERSON" },    { "per", "PERSON" },
    { "Organization", "ORG" }, { "organization", "ORG" }, { "Organisation", "ORG" }, { "organisation", "ORG" },
    { "ORGANIZATION", "ORG" }, { "corporation", "ORG" },  { "org", "ORG" },          { "Location", "LOC" },
    { "location", "LOC" },     { "LOCATION", "LOC" },     { "GPE", "LOC" },          { "loc", "LOC" },
    { "Facility", "FAC" },     { "facility", "FAC" },     { "Product", "PRODUCT" },  { "product", "PRODUCT" },
    { "Event", "EVENT" },      { "event", "EVENT" },      { "WORK_OF_ART", "WORK" }, { "creative-work", "WORK" },
    { "Misc", "MISC" },        { "misc", "MISC" },        { "Date", "DATE" },        { "Money", "MONEY" },
};

int types_table_number(const struct types_table *table, const char *name)
{
    for (uint32_t i = 0; i < table->n_types; i++)
        if (strcmp(table->names[i], name) == 0)
            return (int)i;
    return -1;
}

int types_table_find(struct types_table *table, const char *name)
{
    for (size_t i = 0; i < sizeof usual_names / sizeof *usual_names; i++)
        if (strcmp(usual_names[i][0], name) == 0)
            name = usual_names[i][1];
    uint8_t known = entity_type_find(name, strlen(name));
    if (known != ENTITY_NONE)
        name = entity_type_name(known);
    int number = types_table_number(table, name);
    if (number >= 0 || table->is_fixed)
        return number;
    if (known == ENTITY_NONE && !entity_types_may_be(name, strlen(name)))
        trainer_fail("the type '%s' is none of the plugin's, and one of your own is of capital letters, digits and "
                     "'_': call it so, or say "
                     "in a table what it means (--types)",
                     name);
    if (table->n_types == NAME_MOST_TYPES)
        trainer_fail("the type '%s' is one too many: a model tells %u types apart, no more", name, NAME_MOST_TYPES);
    if (strlen(name) >= sizeof *table->names)
        trainer_fail("the type '%s' is too long: a type's name has at most %zu bytes", name, sizeof *table->names - 1);
    memcpy(table->names[table->n_types], name, strlen(name) + 1);
    return (int)table->n_types++;
}

static uint16_t read_meanings(struct types_table *table, char *list, uint8_t *first)
{
    uint16_t types = 0;

    if (strcmp(list, "-") == 0)
        return 0;
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        int type = types_table_find(table, name);
        if (type >= 0 && types == 0)
            *first = (uint8_t)type;
        if (type >= 0)
            types |= (uint16_t)(1u << type);
    }
    return types;
}

void types_table_read(struct types_table *table, const char *file)
{
    FILE *in = fopen(file, "r");
    char line[512], source[64], type[64], meanings[300];

    if (!in)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    for (unsigned number = 1; fgets(line, sizeof line, in); number++) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (sscanf(line, "%63[^\t]\t%63[^\t]\t%299[^\t\n]", source, type, meanings) != 3)
            trainer_fail("%s:%u: expected source, type and meanings, between tabs", file, number);
        table->meanings = trainer_grow(table->meanings, (table->n_meanings + 1) * sizeof *table->meanings);
        struct type_meaning *m = &table->meanings[table->n_meanings++];
        memcpy(m->source, source, strlen(source) + 1);
        memcpy(m->type, type, strlen(type) + 1);
        m->first = 0;
        m->types = read_meanings(table, meanings, &m->first);
    }
    fclose(in);
}

/* A type that a line means first, or alone, is itself; another one is what the first line with it means first. */
static void note_meaning(struct source *source, const struct type_meaning *m)
{
    for (uint32_t t = 0; t < NAME_MOST_TYPES; t++)
        if (m->types >> t & ~source->labelled >> t & 1)
            source->shown_as[t] = m->first;
    if (m->types)
        source->shown_as[m->first] = m->first;
    source->labelled |= m->types;
}

struct source *types_table_source(struct types_table *table, const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    int length = (int)strcspn(name, ".=");

    if (table->n_sources == sizeof table->sources / sizeof *table->sources)
        trainer_fail("%s is one file too many: there may be %u", file, table->n_sources);
    struct source *source = trainer_alloc(sizeof *source);
    *source = (struct source) { 0 };
    for (uint8_t t = 0; t < NAME_MOST_TYPES; t++)
        source->shown_as[t] = t;
    snprintf(source->name, sizeof source->name, "%.*s", length, name);
    table->sources[table->n_sources++] = source;
    for (uint32_t i = 0; i < table->n_meanings; i++)
        if (strcmp(table->meanings[i].source, source->name) == 0)
            note_meaning(source, &table->meanings[i]);
    return source;
}

uint16_t types_table_meaning(struct types_table *table, struct source *source, const char *type)
{
    bool is_known = false;

    for (uint32_t i = 0; i < table->n_meanings; i++) {
        is_known |= strcmp(table->meanings[i].source, source->name) == 0;
        if (strcmp(table->meanings[i].source, source->name) == 0 && strcmp(table->meanings[i].type, type) == 0)
            return table->meanings[i].types;
    }
    if (is_known)
        trainer_fail("the type '%s' is not among those that the table of types gives to '%s'", type, source->name);
    int found = types_table_find(table, type);
    if (found < 0)
        return 0;
    source->labelled |= (uint16_t)(1u << found);
    return (uint16_t)(1u << found);
}

uint16_t types_squeeze(uint16_t types, uint16_t kept)
{
    uint32_t squeezed = 0, n = 0;

    for (uint32_t t = 0; t < NAME_MOST_TYPES; t++)
        if (kept >> t & 1)
            squeezed |= (types >> t & 1u) << n++;
    return (uint16_t)squeezed;
}

/* The number that a type has when only `kept` are left; of one that isn't, the next one's. */
static uint8_t new_number(uint8_t type, uint16_t kept)
{
    return (uint8_t)__builtin_popcount(kept & ((1u << type) - 1));
}

static void keep_in_source(struct source *source, uint16_t kept)
{
    uint32_t n = 0;

    source->labelled = types_squeeze(source->labelled, kept);
    for (uint8_t t = 0; t < NAME_MOST_TYPES; t++)
        if (kept >> t & 1)
            source->shown_as[n++] = new_number(kept >> source->shown_as[t] & 1 ? source->shown_as[t] : t, kept);
    for (; n < NAME_MOST_TYPES; n++)
        source->shown_as[n] = (uint8_t)n;
}

void types_table_keep(struct types_table *table, uint16_t kept)
{
    uint32_t n = 0;

    for (uint32_t t = 0; t < table->n_types; t++)
        if (kept >> t & 1)
            memmove(table->names[n++], table->names[t], sizeof *table->names);
    memset(table->names[n], 0, (table->n_types - n) * sizeof *table->names);
    table->n_types = n;
    for (uint32_t i = 0; i < table->n_meanings; i++) {
        struct type_meaning *m = &table->meanings[i];
        uint16_t left = types_squeeze(m->types, kept);
        if (left)
            m->first = kept >> m->first & 1 ? new_number(m->first, kept) : (uint8_t)__builtin_ctz(left);
        m->types = left;
    }
    for (uint32_t i = 0; i < table->n_sources; i++)
        keep_in_source(table->sources[i], kept);
}
