/* pending.h: the requests whose ids are taken, by id and by age: those that were sent and not answered, those whose
 * reply was not handed out yet, and those that nobody waits for any more but whose reply may still come. The bytes of
 * the first are kept (shared with libzmq, so this costs no copy): should the connection break, they are what has to be
 * sent again.
 *
 * A reply belongs to a request here, not to a number: no other request may have the id before the reply is out of the
 * way. */
#ifndef CLIENT_PENDING_H
#define CLIENT_PENDING_H

#include <stddef.h>
#include <stdint.h>

#include <zmq.h>

struct textd_reply;

enum pending_state {
    PENDING_SENT,      /* on the connection that is up */
    PENDING_REFUSED,   /* by a daemon that stops: to be sent on the next connection */
    PENDING_UNSENT,    /* its connection is lost, or there was none yet: to be sent on the next one */
    PENDING_POSTPONED, /* by a daemon that has too much to do: to be sent again when it said */
    PENDING_ANSWERED,  /* its reply is here, and was not handed out */
    PENDING_ABANDONED, /* sent, but nobody waits any more: its reply is dropped if it comes, and can't come on another
                           connection */
};

struct pending {
    struct pending *next;            /* in its bucket */
    struct pending *older, *younger; /* by when they were added; of the abandoned: by when they were abandoned */
    uint64_t id;
    enum pending_state state;
    unsigned n_sent, n_sent_max;
    uint64_t begun_ns;   /* when the caller sent it */
    uint64_t give_up_ns; /* when it is no longer worth sending */
    uint64_t answer_ns;  /* when it is no longer worth waiting for what was sent; UINT64_MAX: the caller sees to that */
    uint64_t reach_ns;   /* when it is given up if nobody ever took a connection; UINT64_MAX: it was sent */
    uint64_t due_ns;     /* POSTPONED: when it is sent again */
    int is_cancelled;    /* the daemon was asked to take it back on this connection, and has not answered that */
    struct textd_reply
        *reply; /* ANSWERED: it; else the refusal of a daemon that stops or is full, should no other come, or NULL */
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
    struct pending *oldest, *youngest; /* of those that somebody waits for */
    struct pending *abandoned;         /* of the others: apart, or every look at the first would walk over them */
};

/* Makes room for one more. -1: out of memory. */
int pending_reserve(struct pending_table *table);

/* Adds `p`, which the table owns from then on. Its id must not be taken, and room must have been made. */
void pending_add(struct pending_table *table, struct pending *p);

/* NULL when no request has this id. */
struct pending *pending_find(const struct pending_table *table, uint64_t id);

/* Takes the request out and frees it, with its reply. Non-zero when it was there. */
int pending_remove(struct pending_table *table, uint64_t id);

/* Nobody waits for this request any more, but its id stays taken. */
void pending_abandon(struct pending_table *table, struct pending *p);

/* Frees what would be sent again: it won't be. */
void pending_drop_bytes(struct pending *p);

void pending_free(struct pending *p);
void pending_clear(struct pending_table *table);

#endif
