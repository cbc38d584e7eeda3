/* delivery.h: requests get their replies, or are given up in time, over whatever happens to the connection.
 *
 * A request is in flight from when it was sent until its reply was handed out or it was given up. When the connection
 * is lost, all that are unanswered are sent again on the next one, oldest first, under their ids; each a bounded number
 * of times, and not after its own time is over. What a daemon refuses because it is full is sent again on the same
 * connection, when the daemon said, and this counts for nothing. A reply that nobody waits for is dropped, so nobody
 * gets two.
 *
 * Two ways to send: delivery_send waits for a connection; delivery_queue never waits, and what it takes comes out of
 * delivery_next in any case, as a reply that the library makes itself if need be. */
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
    uint64_t look_ns;                            /* no request is overdue before this */
    struct pending *look_at;                     /* a look at all goes on here; NULL: none is under way */
    uint64_t next_look_ns;                       /* what it leaves look_ns at, so far */
    uint64_t due_ns;                             /* no request that was postponed is due before this */
    int must_resend;
};

/* As link_open, with the endpoint in place. Close it in both cases. */
int delivery_open(struct delivery *d, int has_loop, struct textd_error *error);
void delivery_close(struct delivery *d);

/* Sends `p`, waiting for a connection until `until_ns`; `total_ms` after it was sent it is no longer worth sending
 * again. Takes it over, whatever the outcome. UNREACHABLE names no reason. */
int delivery_send(struct delivery *d, struct pending *p, uint32_t total_ms, uint64_t until_ns,
                  struct textd_error *error);

/* Takes `p` over and returns at once, whatever the outcome: it is sent now, or as soon as there is a connection. If
 * none ever was and none comes within `reach_ms`, or no reply within `answer_ms`, that is its outcome. */
int delivery_queue(struct delivery *d, struct pending *p, uint32_t total_ms, uint32_t reach_ms, uint32_t answer_ms,
                   struct textd_error *error);

/* Asks for the request to be taken back: its reply is CANCELLED, or what had been on its way. INVALID: it isn't in
 * flight. */
int delivery_cancel(struct delivery *d, uint64_t id, struct textd_error *error);

/* Makes the link's descriptor say whether there is something to do. The last thing to do on behalf of a caller with a
 * loop. */
void delivery_show(struct delivery *d);

/* The next reply to anything, or word of a request that was given up (LOST, with its id). TIMEOUT names no reason. */
int delivery_next(struct delivery *d, uint64_t until_ns, struct textd_reply **reply, struct textd_error *error);

/* The reply to this request, which is in flight, or one that names none: the daemon could not read some request, so
 * this one is not waited for. The request is not in flight afterwards. TIMEOUT names no reason. */
int delivery_await(struct delivery *d, uint64_t id, uint64_t until_ns, struct textd_reply **reply,
                   struct textd_error *error);

/* Requests whose replies were not handed out yet. */
size_t delivery_in_flight(const struct delivery *d);

#endif
