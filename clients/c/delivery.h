/* delivery.h: requests get their replies, or are given up in time, over whatever happens to the connection.
 *
 * A request is in flight from when it was sent until its reply was handed out or it was given up. When the connection is
 * lost, all that are unanswered are sent again on the next one, oldest first, under their ids; each a bounded number of
 * times, and not after its own time is over. A reply that nobody waits for is dropped, so nobody gets two. */
#ifndef CLIENT_DELIVERY_H
#define CLIENT_DELIVERY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <textd/client.h>

#include "clients/c/link.h"
#include "clients/c/pending.h"

/* How often a request is sent at most. A request may itself be why the connection ends, if it is too large. */
#define DELIVERY_SENT_MAX 5

struct delivery {
    struct link link;
    struct pending_table pending;
    TAILQ_HEAD(reply_list, textd_reply) arrived; /* taken off the socket, not handed out yet */
    size_t n_nameless;                           /* of those: without a request */
    size_t n_abandoned;                          /* of the pending: nobody waits for them */
    uint64_t look_ns;                            /* no request that waits to be sent again is overdue before this */
    int must_resend;
};

/* As link_open, with the endpoint in place. Close it in both cases. */
int delivery_open(struct delivery *d, struct textd_error *error);
void delivery_close(struct delivery *d);

/* Sends `p`, waiting for a connection until `until_ns`; `total_ms` after it was sent it is no longer worth sending again.
 * Takes it over, whatever the outcome. UNREACHABLE names no reason. */
int delivery_send(struct delivery *d, struct pending *p, uint32_t total_ms, uint64_t until_ns,
                  struct textd_error *error);

/* The next reply to anything, or word of a request that was given up (LOST, with its id). TIMEOUT names no reason. */
int delivery_next(struct delivery *d, uint64_t until_ns, struct textd_reply **reply, struct textd_error *error);

/* The reply to this request, which is in flight, or one that names none: the daemon could not read some request, so this
 * one is not waited for. The request is not in flight afterwards. TIMEOUT names no reason. */
int delivery_await(struct delivery *d, uint64_t id, uint64_t until_ns, struct textd_reply **reply,
                   struct textd_error *error);

/* Requests whose replies were not handed out yet. */
size_t delivery_in_flight(const struct delivery *d);

#endif
