/* guard.h: the channel's descriptor, which plugins could close, as careless libraries do when they make a daemon of
 * themselves. It is looked at behind each call of a plugin, so that the one that did it can be named. */
#ifndef TD_GUARD_H
#define TD_GUARD_H

/* From now on this descriptor is looked after. Without it, td_guard_check does nothing. */
void td_guard_init(int fd);

/* Ends the process with TD_WORKER_EXIT_CLOSED when the descriptor is closed, or is another file's by now. For behind a plugin,
 * while the scoreboard still says that it runs. */
void td_guard_check(void);

#endif
