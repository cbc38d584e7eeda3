/* backoff.c: see backoff.h. */
#include "clients/c/backoff.h"

uint64_t backoff_ns(unsigned n, uint64_t random)
{
    uint64_t bound = BACKOFF_FIRST_NS;

    if (n == 0)
        return 0;
    while (--n > 0 && bound < BACKOFF_LAST_NS)
        bound *= 2;
    return random % (bound < BACKOFF_LAST_NS ? bound : BACKOFF_LAST_NS);
}
