/* guard.h: the channel's descriptor, which plugins could close, as careless libraries do when they make a daemon of
 * themselves, or write to. It is looked at behind each call of a plugin, so that the one that did it can be named. */
#ifndef TD_GUARD_H
#define TD_GUARD_H

#include <stddef.h>

#include "daemon/both/ring.h"

/* From now on this descriptor, which nobody has written to, is looked after. Without it, td_guard_check does nothing. */
void td_guard_init(int fd);

/* And what lies in it, by what the supervisor says that it has read (NULL: isn't looked at, and td_guard_is_clear says no). */
void td_guard_watch(const struct td_ring_taken *taken);

/* Ends the process with TD_WORKER_EXIT_CLOSED when the descriptor is closed, or is another file's by now. For behind a plugin,
 * while the scoreboard still says that it runs. */
void td_guard_check(void);

/* We have written that many bytes to it. */
void td_guard_sent(size_t n);

/* Whether it is known that the descriptor is the channel, and that nobody but us has written there, ever. What a plugin wrote is either
 * still there, or was read and counted. */
int td_guard_is_clear(void);

/* For behind a td_guard_sent, if it was clear before that was written and no plugin has run since: notes what we have left there, so that
 * it is clear with that as well, as long as the supervisor hasn't come to read it. */
void td_guard_mark(void);

#endif
