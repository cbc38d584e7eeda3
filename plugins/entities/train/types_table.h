/* types_table.h: which types a model is to tell apart, and what the types of each source mean in them.
 *
 * The table is text, a line `source<TAB>type<TAB>meanings`: what a source's type means, one type or several between commas, when
 * the source does not tell them apart; `-`: such names are left as they are, neither learned nor unlearned. The source of a file
 * is its name up to the first dot. A source without a line has its own types, and all of them. Types that none of a source's lines
 * means are unlabelled in it, not absent. */
#ifndef ENTITIES_TRAIN_TYPES_TABLE_H
#define ENTITIES_TRAIN_TYPES_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "plugins/entities/names/labels.h"

struct source {
    char name[64];
    uint16_t labelled; /* types that it tells, a bit each */
    uint8_t shown_as
        [NAME_MOST_TYPES]; /* what a report counts a type as: the first meaning of the type that it is one of several of */
};

struct type_meaning {
    char source[64], type[64];
    uint16_t types;
    uint8_t first; /* of them, in the table's order */
};

struct types_table {
    char names[NAME_MOST_TYPES][16];
    uint32_t n_types;
    struct type_meaning *meanings;
    uint32_t n_meanings;
    struct source *sources[64];
    uint32_t n_sources;
    bool is_continued; /* a base already knows the types, so what a set doesn't label stays as the base has it */
    bool is_fixed;     /* by the model that is scored: a type that it has not is 0 */
};

/* Reads the table. Ends the program when a line is wrong. */
void types_table_read(struct types_table *table, const char *file);

/* The source of a file, made when it is new. It lives as long as the table. */
struct source *types_table_source(struct types_table *table, const char *file);

/* What the type means in the source: a bit for each type, 0: nothing. */
uint16_t types_table_meaning(struct types_table *table, struct source *source, const char *type);

/* Drops the types that are not among `kept`, a bit each, and numbers the others anew, in their order. Masks that were made before
 * must be squeezed by the same. */
void types_table_keep(struct types_table *table, uint16_t kept);

/* The mask of types as it is when only `kept` are left. */
uint16_t types_squeeze(uint16_t types, uint16_t kept);

/* The number of a type, made when it is new and the table not fixed; -1 when there is none. */
int types_table_find(struct types_table *table, const char *name);

/* The number of a type by its own name; -1 when there is none. */
int types_table_number(const struct types_table *table, const char *name);

#endif
