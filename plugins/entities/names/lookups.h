/* lookups.h: sums of weights that are asked for now and made later, many at a time. A feature is three looks into the model, each at a
 * place that the one before tells, and none is likely to be near: one by one, the processor would do little but wait. */
#ifndef NAMES_LOOKUPS_H
#define NAMES_LOOKUPS_H

#include "plugins/entities/names/model.h"

#define LOOKUPS_MOST_AT_ONCE 48u /* features of one sum */
#define LOOKUPS_ROOM 128u        /* what is fetched for so many stays in the nearest cache until it is used */

struct lookups {
    const struct names_model *model;
    uint32_t n, n_sums;
    uint32_t hashes[LOOKUPS_ROOM];
    struct {
        int16_t *sums;
        uint32_t end; /* of its hashes */
    } wanted[LOOKUPS_ROOM];
};

/* Makes all sums that were asked for. Whatever the model's file holds, nothing beyond it is read. */
void lookups_finish(struct lookups *lookups);

/* Where the next features' hashes go, at most LOOKUPS_MOST_AT_ONCE. */
static inline uint32_t *lookups_next(struct lookups *l)
{
    if (LOOKUPS_ROOM - l->n < LOOKUPS_MOST_AT_ONCE || l->n_sums == LOOKUPS_ROOM)
        lookups_finish(l);
    return l->hashes + l->n;
}

/* Asks that the weights of the `n` features that were put there are added to a row of the model's `width` sums. */
static inline void lookups_add(struct lookups *l, uint32_t n, int16_t *sums)
{
    if (n == 0)
        return;
    l->n += n;
    l->wanted[l->n_sums].sums = sums;
    l->wanted[l->n_sums++].end = l->n;
}

#endif
