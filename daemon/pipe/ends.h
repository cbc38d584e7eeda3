/* ends.h: the sockets of a pipe process: a PULL for each pull endpoint and beside it a DEALER to the daemon, so that the
 * daemon's limits and turns hold for each endpoint; one PUSH for all push endpoints, among which libzmq is fair; a PUB. */
#ifndef TD_ENDS_H
#define TD_ENDS_H

#include "daemon/pipe/plan.h"

struct td_pipe_source {
    void *pull, *daemon;
};

struct td_pipe_ends {
    void *zmq;
    struct td_pipe_source sources[TD_PIPE_MOST_ENDS];
    unsigned n_sources;
    void *push, *pub; /* NULL: there is none */
};

/* Makes, binds and connects all of them. TD_E_IN_USE, TD_E_DENIED, TD_E_CONFIG, TD_E_SYSTEM. */
int td_pipe_ends_open(struct td_pipe_ends *ends, struct td_pipe_plan *plan, struct td_err *err);

/* Nobody can connect to a pull endpoint any more, and those who had are cut off; what had been read of theirs can still be
 * taken. Never zmq_disconnect, which would throw that away. */
void td_pipe_ends_unbind(struct td_pipe_ends *ends, struct td_pipe_plan *plan);

/* Gives what a sink has yet to read `linger_ms`, and removes the files. */
void td_pipe_ends_close(struct td_pipe_ends *ends, struct td_pipe_plan *plan, int linger_ms);

#endif
