/* events.h: a PUB socket that tells operators' programs what the log says of the server's state: workers, plugins,
 * generations, reloads. The same events with the same fields, so that nothing is told in two ways; whatever the log's level. */
#ifndef TD_EVENTS_H
#define TD_EVENTS_H

#include "common/err.h"
#include "common/mp_buf.h"
#include "daemon/net/endpoint.h"

struct td_events {
    void *socket; /* NULL: not open */
    struct td_endpoint endpoint;
    struct td_buf scratch;
    /* Also told of each event, as it is published; it may not log. NULL: nobody. */
    void (*also)(void *data, const void *map, size_t length);
    void *also_data;
};

/* Binds `endpoint` and from now on publishes. TD_E_IN_USE, TD_E_DENIED, TD_E_SYSTEM. */
int td_events_open(struct td_events *events, void *zmq, const char *endpoint, struct td_err *err);

void td_events_close(struct td_events *events, int linger_ms);

#endif
