/* table.h: the dictionary's insides, which dictionary.c makes and match.c reads. */
#ifndef ENTITIES_TABLE_H
#define ENTITIES_TABLE_H

#include "plugins/entities/dictionary/dictionary.h"

#define LONGEST_NAME 400u /* bytes */
#define MOST_UNITS 32u    /* of a name, see unit.h */

/* How a list is matched. */
struct policy {
    bool fold_case, fold_marks, yields;
};

struct list {
    struct dictionary_list source;
    struct policy policy;
    uint32_t base; /* where the list starts, were all of them one text */
};

/* A name: where its line starts, and enough of its hash to need few looks at lines. */
struct slot {
    uint32_t line; /* counted over all lists, plus one; 0: the slot is empty */
    uint16_t tag;
    uint8_t type;
    uint8_t list;
};
_Static_assert(sizeof(struct slot) == 8, "there may be millions");

struct dictionary {
    struct list lists[DICTIONARY_MOST_LISTS];
    struct slot *slots;
    uint64_t *bits; /* two for each beginning of a name, see bits_of */
    uint32_t n_lists, n_names;
    uint32_t slot_shift, bit_shift; /* a hash's high bits number a slot, and a pair of bits */
    size_t bytes;
};

#define BIT_ENDS 1u    /* a name may end here */
#define BIT_GOES_ON 2u /* a name may go on */

static inline uint32_t bits_of(const struct dictionary *d, uint64_t hash)
{
    uint64_t pair = hash >> d->bit_shift;

    return (uint32_t)(d->bits[pair / 32] >> pair % 32 * 2) & 3;
}

/* The slots' order is that of the high bits, so the tag is taken from the low ones. */
static inline uint16_t tag_of(uint64_t hash)
{
    return (uint16_t)hash;
}

/* The fields of a name's line, which was checked when the dictionary was made. */
struct line {
    const char *name, *type, *id;
    uint32_t name_length, type_length, id_length;
};

struct line line_at(const struct dictionary *d, const struct slot *slot);

/* Splits a line at its tabs; missing fields are empty. `end` is its end. */
struct line line_split(const char *start, const char *end);

#endif
