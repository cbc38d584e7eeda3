/* handshakes.h: connections to encrypted endpoints that end before ZAP (users.h) is asked. libzmq tells of them by a
 * monitor of the clients' socket: where, and what went wrong; not who, whom nobody knows yet.
 *
 * A monitor must be read: libzmq's thread, and with it all traffic, would wait for room in the line of events. So that
 * line has no bound; the loop reads it in each turn. */
#ifndef TD_HANDSHAKES_H
#define TD_HANDSHAKES_H

#include "common/err.h"
#include "daemon/net/endpoint.h"
#include "daemon/net/zloop.h"

struct td_handshakes {
    struct td_zsocket monitor;
    struct td_endpoint *endpoints; /* borrowed; more are bound later */
    const unsigned *n_endpoints;
};

/* Begins to count, in td_endpoint.failed, what fails at `socket`, before its endpoints are bound. TD_E_SYSTEM. */
int td_handshakes_open(struct td_handshakes *handshakes, void *context, void *socket, struct td_endpoint *endpoints,
                       const unsigned *n_endpoints, struct td_zloop *zloop, struct td_err *err);

/* After the zloop, and before the socket that it watches. */
void td_handshakes_close(struct td_handshakes *handshakes);

#endif
