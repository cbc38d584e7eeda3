/* service.h: the bridge as a NATS service: $SRV.PING, INFO and STATS are answered as NATS's own client libraries do
 * (Debian's libnats has no micro_…), so that `nats micro ls` and @nats-io/services find it. Requests themselves are
 * documents like any other, and the bridge's. */
#ifndef NATS_SERVICE_H
#define NATS_SERVICE_H

#include <stdint.h>

#include "clients/nats/link.h"

#define SERVICE_NAME "textd"
#define SERVICE_GROUP "q" /* the queue group that services have unless they say otherwise */

struct service {
    struct link *link;
    const char *subject; /* NULL: there is none */
    char id[32], started[32];
    uint64_t requests, errors, time_ns;
    char last_error[200];
};

void service_init(struct service *service, struct link *link, const char *subject);

/* On a new connection. */
natsStatus service_listen(struct service *service);

/* Somebody asks $SRV. */
void service_answer(struct service *service, natsMsg *msg);

/* A request was answered. `error`: "CODE: words", or NULL. */
void service_count(struct service *service, uint64_t took_ns, const char *error);

#endif
