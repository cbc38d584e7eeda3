/* nearest.h: what was meant by a name that there isn't. */
#ifndef TD_NEAREST_H
#define TD_NEAREST_H

#include <stddef.h>

/* The one among `names` that is nearest to the `length` bytes at `name`, if it is near enough to be what was meant; else
 * NULL. Time is bounded, however long `name` is. */
const char *td_nearest(const char *name, size_t length, const char *const *names, size_t count);

#endif
