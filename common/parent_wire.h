/* parent_wire.h: what the parent (the process that was started) and the supervisor (its child) say to each other,
 * over a SOCK_SEQPACKET socketpair that is the supervisor's descriptor 3. Both are the same binary, so the struct
 * travels as it is in memory; a message is as long as its text.
 *
 *   parent → supervisor   HELLO, BOUND for each endpoint with a port that was free;
 *                         then SIGNAL, SPAWNED, FAILED, EXITED
 *   supervisor → parent   LOG, TRACE, BOUND, READY, GOING, NOTIFY, SPAWN, SPAWN_PIPE, KILL
 *
 * It is here and not in daemon/both, since the parent includes nothing but common. */
#ifndef TD_PARENT_WIRE_H
#define TD_PARENT_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define TD_LIFELINE_FD 3

/* The argument that makes a process the supervisor. */
#define TD_SUPERVISOR_FLAG "--supervisor"

/* HELLO: who the parent is, and what became of the supervisor before; its text is a td_parent_hello.
 * BOUND: the endpoint that was asked for, NUL, the endpoint that it became.
 * SIGNAL: `value` was sent to the parent.
 * SPAWNED: process `id` exists, its pid is `value`. FAILED: it can't be made, errno is `value`. EXITED: it has ended,
 * with the wait status `value`; its whole process group has been killed, and `id` is no more.
 * LOG: how lines are written: `value` is an enum td_log_format.
 * TRACE: whether processes of the same user may look into textd's: `value` is 0 or 1, as for prctl(PR_SET_DUMPABLE).
 * READY: it serves. GOING: it was told to stop, and does; no other is to be started.
 * NOTIFY: for the service manager, in the words of sd_notify(3).
 * SPAWN: run /proc/self/exe --worker as process `id` with the title `text`. Descriptors travel with it: the first is
 * to be number targets[0], and so on. Where none is to be 0 or 1 it is /dev/null; where none is to be 2 it is what 1 is.
 * SPAWN_PIPE: the same for /proc/self/exe --pipe. The parent keeps a descriptor of the table that becomes TD_PIPE_TABLE_FD
 * (common/flight.h), and tells what is in it when the process dies and its supervisor has died, too.
 * KILL: send `value` to process `id`; SIGKILL goes to its whole group. */
enum td_parent_kind {
    TD_PARENT_HELLO = 1,
    TD_PARENT_BOUND,
    TD_PARENT_SIGNAL,
    TD_PARENT_SPAWNED,
    TD_PARENT_FAILED,
    TD_PARENT_EXITED,
    TD_PARENT_LOG,
    TD_PARENT_READY,
    TD_PARENT_GOING,
    TD_PARENT_NOTIFY,
    TD_PARENT_SPAWN,
    TD_PARENT_KILL,
    TD_PARENT_SPAWN_PIPE,
    TD_PARENT_TRACE
};

/* Of the pipe process: the line to its supervisor, and the table. */
#define TD_PIPE_FLAG "--pipe"
#define TD_PIPE_LINE_FD 3
#define TD_PIPE_TABLE_FD 4

#define TD_SPAWN_FDS 6      /* that travel with a SPAWN, at most */
#define TD_SPAWN_MOST_FD 15 /* the largest number that one can be given */
#define TD_PARENT_TEXT 768

struct td_parent_message {
    uint32_t kind, id;
    int32_t value;
    uint32_t length; /* of the text */
    uint8_t targets[TD_SPAWN_FDS];
    uint8_t n_targets;
    char text[TD_PARENT_TEXT];
};

struct td_parent_hello {
    uint64_t watchdog_ns;  /* the service manager wants a sign of life within this; 0: it doesn't */
    uint64_t died_ns;      /* when the one before did, CLOCK_MONOTONIC */
    int32_t pid;           /* the parent's */
    int32_t before_pid;    /* of the supervisor before this one */
    uint32_t restarts;     /* supervisors that died before this one; 0: it is the first */
    uint32_t n_bound;      /* BOUND messages that follow */
    int32_t is_notified;   /* somebody listens to NOTIFY */
    uint64_t pipe_lost;    /* documents that pipe processes had when they died with their supervisor */
    char before_death[64]; /* "signal SIGKILL", "exit code 1" */
};
_Static_assert(sizeof(struct td_parent_hello) <= TD_PARENT_TEXT, "HELLO fits");

/* How long a message with a text of this length is. */
static inline size_t td_parent_bytes(size_t text_length)
{
    return offsetof(struct td_parent_message, text) + text_length;
}

#endif
