/* lifeline.h: the supervisor's end of the line to its parent, who makes and ends its processes, hands signals on, and
 * speaks to the service manager (common/parent_wire.h). There is one, as there is one parent. Nothing here waits:
 * what the line has no room for is kept until it has, and a parent that is stopped stops no document. */
#ifndef TD_LIFELINE_H
#define TD_LIFELINE_H

#include <stdint.h>

#include <uv.h>

#include "common/err.h"
#include "common/parent_wire.h"

/* A process that was asked for; a part of who asked for it, who stays until on_gone was called. */
struct td_spawned {
    int pid;         /* 0: not known yet, or it never was */
    int exit_status; /* when it is gone; of exit */
    int exit_signal; /* the signal that it died of, or 0 */
    int error;       /* errno, when it could not be made */
    int stat_fd;     /* by which it can be looked at (td_process_look), its owner's; -1 */
    int is_closed;   /* it was found to be (td_process): when it is dead, /proc doesn't say of what */
    int is_untold;   /* it is gone, and of what wasn't told: exit_status and exit_signal are 0 */
    void (*on_gone)(struct td_spawned *process);
    uint32_t id;             /* the line's own */
    struct td_spawned *next; /* the line's own */
};

/* Takes the line that this process was started with and reads what the parent says first. 0, or -1 when there is
 * none: the process was not started by a parent. */
int td_lifeline_open(void);

/* What the parent said first. */
const struct td_parent_hello *td_lifeline_hello(void);

/* The endpoint that `asked` became in the supervisor before this one, each once; `asked` itself when it was not
 * there. */
const char *td_lifeline_bound_before(const char *asked);

/* The parent is to know that `asked` became `endpoint`, for the supervisor after this one. */
void td_lifeline_tell_bound(const char *asked, const char *endpoint);

/* Joins the loop, which it keeps only while processes are to be heard of. `on_signal`: the parent was sent one.
 * Non-zero: libuv can't watch the line. */
int td_lifeline_join(uv_loop_t *loop, void (*on_signal)(void *data, int signal), void *data);

/* Leaves the loop, which must run once more. What is still to be said is tried once. */
void td_lifeline_leave(void);

/* Asks for a worker process; on_gone is set by the caller. fds[i] becomes its descriptor targets[i]; they are taken
 * over, also on an error. TD_E_SYSTEM: no memory to keep the question. */
int td_lifeline_spawn(struct td_spawned *process, const char *title, const int *fds, const uint8_t *targets, unsigned n,
                      struct td_err *err);

/* The same for the pipe process; one descriptor becomes TD_PIPE_TABLE_FD. */
int td_lifeline_spawn_pipe(struct td_spawned *process, const int *fds, const uint8_t *targets, unsigned n,
                           struct td_err *err);

/* Sends a signal to a process, if it still is there; SIGKILL to its group. */
void td_lifeline_kill(const struct td_spawned *process, int signal);

/* Takes the pids that have come by now: a process that speaks to us was told of before, on another line. */
void td_lifeline_catch_up(void);

/* Looks whether the process is dead although we have not heard of it yet: non-zero. Then either on_gone was called, and
 * what the parent tells later is ignored; or the parent has buried it, and on_gone follows when we read so. */
int td_lifeline_look(struct td_spawned *process);

/* LOG, READY or GOING. */
void td_lifeline_say(enum td_parent_kind kind, int value);

/* Keeps other processes of our user, workers among them, from looking into our and the parent's memory; or lets them. */
void td_lifeline_allow_trace(int is_allowed);

/* For the service manager. Dropped when the line is full. */
void td_lifeline_notify(const char *text, size_t length);

#endif
