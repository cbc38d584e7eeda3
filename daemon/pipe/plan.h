/* plan.h: what this process is to do, as the supervisor says it on the line (daemon/both/pipe_wire.h). */
#ifndef TD_PLAN_H_OF_PIPE
#define TD_PLAN_H_OF_PIPE

#include <stdint.h>

#include "common/err.h"
#include "common/mp_buf.h"
#include "daemon/net/endpoint.h"

#define TD_PIPE_MOST_ENDS 16

enum { TD_PIPE_FROM, TD_PIPE_TO, TD_PIPE_AT, TD_PIPE_N_LISTS }; /* pull, push, publish */

struct td_pipe_address {
    char *name;
    int binds;
    struct td_endpoint bound;
};

struct td_pipe_addresses {
    struct td_pipe_address all[TD_PIPE_MOST_ENDS];
    unsigned n;
};

struct td_pipe_plan {
    uint32_t window;
    int64_t frame_bytes;
    char *daemon;
    struct td_pipe_addresses lists[TD_PIPE_N_LISTS];
    int is_whole;
    int must_finish; /* it was told to, within */
    uint64_t grace_ms;
    uint64_t patience_ms, patience_most_ms, patience_grace_ms; /* TD_PIPE_PATIENCE */
    struct td_buf said;                                        /* and not read whole yet */
};

/* Takes what is on the line. 0 at its end, and when it says what can't be: then this process is to end. */
int td_pipe_plan_read(struct td_pipe_plan *plan);

/* Tells the supervisor that all is bound (-1: it can't be told, and waits for that); or why it can't be. */
int td_pipe_plan_say_ready(void);
void td_pipe_plan_say_refused(const struct td_err *err);

#endif
