/* values.h: for values_test.c: what a writer of values is. A writer draws a value, writes it in one of the ways that
 * people write it, and says what reading must give. Add writers by a list of kinds in a header of their own, as
 * values_numbers.h has it. */
#ifndef VALUES_H
#define VALUES_H

#include "unit.h"

#include <stdbool.h>
#include <stdio.h>

#include "plugins/entities/types.h"

struct written {
    char text[200];   /* the expression */
    char value[100];  /* of dates, telephones and the like: the value as a text */
    const char *unit; /* of amounts: the unit or the currency; "": none */
    double number, to;
    uint8_t type;
    bool is_range;
    bool may_go_on; /* a digit behind it makes another value of the same kind, and need not be refused */
};

struct kind {
    const char *name;
    void (*write)(uint32_t *seed, struct written *w);
};

/* A number below `n`. */
static inline uint32_t draw(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*seed >> 4) * n) >> 28);
}

static inline bool toss(uint32_t *seed)
{
    return draw(seed, 2);
}

#define DRAW_FROM(seed, list) (list)[draw(seed, (uint32_t)COUNT(list))]

#endif
