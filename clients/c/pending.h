/* pending.h: the requests that were sent and not answered, by id and by age. Their bytes are kept (shared with libzmq, so
 * this costs no copy): should the connection break, they are what has to be sent again. */
#ifndef CLIENT_PENDING_H
#define CLIENT_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include <zmq.h>

struct textd_reply;

enum pending_state {
    PENDING_SENT,    /* on the connection that is up */
    PENDING_REFUSED, /* by a daemon that stops: to be sent on the next connection */
    PENDING_UNSENT,  /* its connection is lost: to be sent on the next one */
};

struct pending {
    struct pending *next;            /* in its bucket */
    struct pending *older, *younger; /* by when they were added */
    uint64_t id;
    enum pending_state state;
    unsigned n_sent, n_sent_max;
    uint64_t give_up_ns; /* when it is no longer worth sending */
    uint64_t first_sent_ns;
    struct textd_reply *refusal; /* the refusal of a daemon that stops, should no other daemon come; or NULL */
    zmq_msg_t body;
    size_t deadline_at; /* where the deadline's four bytes are in the body; 0: it has none */
    uint32_t deadline_ms;
    int has_text;
    zmq_msg_t text; /* when has_text */
};

struct pending_table {
    struct pending **buckets;
    size_t n_buckets; /* a power of two, or 0 */
    size_t n;
    struct pending *oldest, *youngest;
};

/* Makes room for one more. -1: out of memory. */
int pending_reserve(struct pending_table *table);

/* Adds `p`, which the table owns from then on. Its id must not be there yet, and room must have been made. */
void pending_add(struct pending_table *table, struct pending *p);

/* NULL when no such request is in flight. */
struct pending *pending_find(const struct pending_table *table, uint64_t id);

/* Takes the request out and frees it. Non-zero when it was there. */
int pending_remove(struct pending_table *table, uint64_t id);

void pending_free(struct pending *p);
void pending_clear(struct pending_table *table);

#endif
