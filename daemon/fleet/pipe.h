/* pipe.h: the process that takes documents from pull endpoints and gives their replies to push endpoints (daemon/pipe/),
 * as the supervisor sees it: asked for, watched, counted, made again with growing pauses when it dies. There is none when
 * the configuration has no `pull`. What it has taken and not given away stands in a table that both share
 * (common/flight.h), so that it can be told after any death. */
#ifndef TD_FLEET_PIPE_H
#define TD_FLEET_PIPE_H

#include <stdint.h>

#include <uv.h>

#include "common/err.h"
#include "common/flight.h"
#include "common/mp_buf.h"
#include "common/states.h"
#include "daemon/config/config.h"
#include "daemon/fleet/lifeline.h"

/* OFF: nothing to pull from, or it has finished. STARTING: binds and connects. PULLING. FINISHING: pulls no more, and
 * goes when what it took is given away. DYING: its line has ended, or it was killed. PAUSED: dead; made again soon. */
#define TD_PIPE_STATES(X) \
    X(OFF, "off", TD_TO(TD_PIPE_STARTING)) \
    X(STARTING, "starting", \
      TD_TO(TD_PIPE_PULLING) | TD_TO(TD_PIPE_FINISHING) | TD_TO(TD_PIPE_DYING) | TD_TO(TD_PIPE_PAUSED)) \
    X(PULLING, "pulling", TD_TO(TD_PIPE_FINISHING) | TD_TO(TD_PIPE_DYING)) \
    X(FINISHING, "finishing", TD_TO(TD_PIPE_DYING)) \
    X(DYING, "dying", TD_TO(TD_PIPE_OFF) | TD_TO(TD_PIPE_PAUSED) | TD_TO(TD_PIPE_STARTING)) \
    X(PAUSED, "paused", TD_TO(TD_PIPE_OFF) | TD_TO(TD_PIPE_STARTING))

enum td_pipe_state {
#define X(name, text, to) TD_PIPE_##name,
    TD_PIPE_STATES(X)
#undef X
};

/* A sink that has taken nothing for so long, while replies wait for it, is stuck. */
#define TD_PIPE_STUCK_MS 2000

/* Of all its processes since the supervisor's start, and, of `lost`, of those that died with a supervisor before. */
struct td_pipe_counts {
    uint64_t taken;       /* messages that came from a pull endpoint */
    uint64_t delivered;   /* their replies that the kernel has, for a push endpoint: errors, too */
    uint64_t failed;      /* of those, the errors */
    uint64_t published;   /* replies given to `publish`, */
    uint64_t unpublished; /* and those that were left out, since too much waited for subscribers */
    uint64_t waited_out;  /* OVERLOADED, and asked again */
    uint64_t lost;        /* taken, and not delivered when the process ended */
    uint32_t in_flight, window;
    uint32_t restarts;
    uint64_t sink_waiting_ms; /* since a sink last took something, while replies wait for it; else 0 */
};

struct td_pipe {
    uv_loop_t *loop;
    const char *endpoint; /* of the daemon, for it; borrowed */
    int64_t frame_bytes;  /* that the daemon takes there; set by the owner, as the endpoint is bound */
    enum td_pipe_state state;
    struct td_spawned process;
    uv_poll_t line;
    uv_timer_t timer; /* FINISHING: its grace; DYING: until SIGKILL; PAUSED: until the next */
    int line_fd;      /* -1: it has no process */
    int table_fd;
    struct td_flight *table;
    struct td_buf setup, wanted; /* what it was started with; what it is to be: empty for nothing */
    struct td_buf said;          /* by it, and not read whole yet */
    struct td_pipe_counts past;  /* of processes that are gone */
    uint32_t window;
    uint64_t deadline_ms, deadline_most_ms; /* of documents */
    uint32_t deaths;                        /* soon after the start, in a row */
    uint64_t started_ns, grace_ms;          /* grace_ms: what is left as it is told to finish */
    int has_exited;
    int is_stopping;       /* no other is made */
    struct td_err refusal; /* why it would not start; TD_OK: it did */
};

/* `endpoint` stays. The loop must run. Non-zero: libuv has no timer. */
int td_pipe_init(struct td_pipe *pipe, uv_loop_t *loop, const char *endpoint);

/* Makes it what `config` says, for so many workers: started, left as it is, or finished within the configuration's
 * reload.drain_grace and made anew. Without memory for that all stays, which td_pipe_is_starting says. */
void td_pipe_configure(struct td_pipe *pipe, const struct td_config *config, uint32_t n_workers);

/* The log's level was changed: it has the same. */
void td_pipe_follow_log(const struct td_pipe *pipe);

/* Pulls no more; what it has taken is finished and given to the sink, and then it goes for good. */
void td_pipe_finish(struct td_pipe *pipe, uint64_t grace_ms);

/* SIGKILL, and no other is made. */
void td_pipe_end(struct td_pipe *pipe);

/* No process, and none will come. */
int td_pipe_is_gone(const struct td_pipe *pipe);

/* Whether its start is still to be waited for; *err is TD_OK, or why its first start was refused. */
int td_pipe_is_starting(const struct td_pipe *pipe, struct td_err *err);

/* Lets its handles go; td_pipe_is_gone. */
void td_pipe_close(struct td_pipe *pipe);

struct td_pipe_counts td_pipe_counts(const struct td_pipe *pipe);

/* Readiness: replies wait, and no sink has taken one for TD_PIPE_STUCK_MS. */
int td_pipe_sink_is_stuck(const struct td_pipe *pipe);

const char *td_pipe_state_name(const struct td_pipe *pipe);

#endif
