/* nearest.h: what was meant by a name that there isn't. */
#ifndef TD_NEAREST_H
#define TD_NEAREST_H

#include <stddef.h>

/* The one among `names` that is nearest to the `length` bytes at `name`, if it is near enough to be what was meant;
 * else NULL. Time is bounded, however long `name` is. */
const char *td_nearest(const char *name, size_t length, const char *const *names, size_t count);

/* How many letters have to be put in, left out, changed, or swapped with their neighbour, to make `b` of `a`. Names
 * beyond 64 bytes count as far from everything: 64. */
size_t td_nearest_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
