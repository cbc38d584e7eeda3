/* lineup.h: which set of plugins serves now, which one is being made to follow it, which one finishes what it holds.
 *
 * Whoever runs documents reads it; only the reload changes it (operator/reload.c, and server.c for the first and the last
 * generation), at the end of a turn of the loop; but a `next` where none was may appear in between. So a pointer that was
 * read in a callback is good until that callback returns. */
#ifndef TD_LINEUP_H
#define TD_LINEUP_H

#include "daemon/fleet/generation.h"

struct td_lineup {
    struct td_generation *serving; /* from the start of the first one until the sockets are closed */
    struct td_generation *next;    /* is being made, or tried; else NULL */
    struct td_generation *old;     /* finishes what it holds; else NULL */
};

/* Never NULL while messages are read: also in a server that stops, and whose workers are gone. */
struct td_generation *td_lineup_serving(const struct td_lineup *lineup);

/* The generations that are alive, the one that serves first. Returns how many. */
uint32_t td_lineup_all(const struct td_lineup *lineup, struct td_generation *all[3]);

/* Lets all go; with `now`, kills their workers. The next one is killed in any case: it has promised nothing yet. */
void td_lineup_leave(const struct td_lineup *lineup, int now);

/* Whether the last worker of each is gone. */
int td_lineup_has_left(const struct td_lineup *lineup);

/* Frees those that have left but the one that serves. */
void td_lineup_sweep(struct td_lineup *lineup);

/* Frees all, when the sockets are closed and all have left. */
void td_lineup_free(struct td_lineup *lineup);

#endif
