/* endpoint.h: binding. libzmq unlinks whatever is at an ipc path before it binds, so a second daemon would silently take
 * the first one's place; a lock file beside the socket prevents that. Sockets on a path are for their owner only. */
#ifndef TD_ENDPOINT_H
#define TD_ENDPOINT_H

#include "common/err.h"

/* A bound endpoint. */
struct td_endpoint {
    char *name;  /* with the port that it got, where any would do */
    char *path;  /* of an ipc endpoint, else NULL */
    int lock_fd; /* -1 for none */
};

/* Binds `socket` to `name`. An ipc path's missing folder is made, mode 0700. TD_E_IN_USE: somebody listens there.
 * TD_E_DENIED: we may not. TD_E_SYSTEM: anything else. On an error *endpoint needs no release. */
int td_endpoint_bind(struct td_endpoint *endpoint, void *socket, const char *name, struct td_err *err);

/* After the socket was closed: removes the path, gives the lock back. */
void td_endpoint_release(struct td_endpoint *endpoint);

#endif
