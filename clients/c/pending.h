/* pending.h: the requests that were sent and not answered, by id. Their bytes are kept (shared with libzmq, so this costs
 * no copy): should the connection break, they are what has to be sent again. */
#ifndef CLIENT_PENDING_H
#define CLIENT_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include <zmq.h>

struct pending {
    struct pending *next;
    uint64_t id;
    int has_text;
    zmq_msg_t body;
    zmq_msg_t text; /* when has_text */
};

struct pending_table {
    struct pending **buckets;
    size_t n_buckets; /* a power of two, or 0 */
    size_t n;
};

/* Adds `p`, which the table owns from then on. Its id must not be there yet. -1: out of memory, and `p` is still the
 * caller's. */
int pending_add(struct pending_table *table, struct pending *p);

/* NULL when no such request is in flight. */
struct pending *pending_find(const struct pending_table *table, uint64_t id);

/* Takes the request out and frees it. Non-zero when it was there. */
int pending_remove(struct pending_table *table, uint64_t id);

void pending_free(struct pending *p);
void pending_clear(struct pending_table *table);

#endif
