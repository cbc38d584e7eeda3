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
#include "common/states.h"
#include "daemon/config/config.h"
#include "daemon/fleet/lifeline.h"

/* OFF: nothing to pull from, or it has finished. STARTING: binds and connects. PULLING. FINISHING: pulls no more, and
 * goes when what it took is given away. DYING: its line has ended, or it was killed. PAUSED: dead; made again soon. */
#define TD_PIPE_STATES(X) \
    X(OFF, "off", TD_TO(TD_PIPE_STARTING)) \
    X(STARTING, "starting", TD_TO(TD_PIPE_PULLING) | TD_TO(TD_PIPE_FINISHING) | TD_TO(TD_PIPE_DYING)) \
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

/* Of all its processes since the supervisor's start, and, of `lost`, of the supervisors before it. */
struct td_pipe_counts {
    uint64_t taken;     /* messages that came from a pull endpoint */
    uint64_t delivered; /* their replies that the kernel has, for a push endpoint: errors, too */
    uint64_t failed;    /* of those, the errors */
    uint64_t published;
    uint64_t waited_out; /* OVERLOADED, and asked again */
    uint64_t lost;       /* taken, and not delivered when the process ended */
    uint32_t in_flight, window;
    uint32_t restarts;
    uint64_t sink_waiting_ms; /* since the sink last took something, while replies wait for it; else 0 */
};

struct td_pipe;

struct td_pipe_counts td_pipe_counts(const struct td_pipe *pipe);

/* Readiness: replies wait, and no sink has taken one for TD_PIPE_STUCK_MS. */
int td_pipe_sink_is_stuck(const struct td_pipe *pipe);

const char *td_pipe_state_name(const struct td_pipe *pipe);

#endif
