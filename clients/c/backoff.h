/* backoff.h: how long a client keeps away from a daemon that failed it. */
#ifndef CLIENT_BACKOFF_H
#define CLIENT_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_NS UINT64_C(10000000) /* a daemon that starts again by itself is back within 100 ms */
#define BACKOFF_LAST_NS UINT64_C(1000000000)

/* The pause after the `n`th failure in a row: 0 for n = 0, else anything below a bound that doubles from FIRST to LAST,
 * as `random` picks it. Not the bound itself: when a daemon restarts, all its clients have failed equally often, and
 * would come back in one instant. */
uint64_t backoff_ns(unsigned n, uint64_t random);

#endif
