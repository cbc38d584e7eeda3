/* connection.h: connections that have something here: documents, replies that they don't read, or replies that libzmq
 * still holds for them. One that has nothing is forgotten, so the table is bounded by what the limits let in. */
#ifndef TD_CONNECTION_H
#define TD_CONNECTION_H

#include <stdint.h>
#include <sys/queue.h>

#include <zmq.h>

#include "daemon/net/doc.h"
#include "daemon/net/hash.h"
#include "daemon/net/message.h"
#include "daemon/net/share.h"
#include "daemon/net/users.h"

struct td_door;

/* A reply that the connection had no room for. */
struct td_parcel {
    STAILQ_ENTRY(td_parcel) next;
    struct td_envelope envelope;
    zmq_msg_t message;
    uint64_t bytes; /* that it counts for; the message is empty once it was sent */
};

struct td_connection {
    struct td_door *door; /* that it came in by (door.h) */
    struct td_user *user; /* whose it is (users.h); NULL: its endpoint isn't encrypted */
    UT_hash_handle hh;
    struct td_share own;              /* of a connection that is no user's: see td_connection_share */
    struct td_lane lane;              /* of its documents that wait */
    LIST_ENTRY(td_connection) unsent; /* while there is an outbox */
    LIST_ENTRY(td_connection) quiet;  /* if is_quiet */
    struct td_doc *ids;               /* of the documents that are not answered yet, a table */
    uint32_t n_documents;             /* waiting and running */
    uint64_t bytes;                   /* of their requests */
    STAILQ_HEAD(td_outbox, td_parcel) outbox;
    uint64_t outbox_bytes;
    struct td_account *account; /* of what libzmq holds */
    int is_quiet;
    uint8_t id_length;
    uint8_t id[255]; /* ZeroMQ's routing id */
};

LIST_HEAD(td_connection_list, td_connection);

struct td_connections {
    struct td_door *door; /* of all of them */
    struct td_connection *table;
    struct td_connection *last; /* that was found: who sends often sends again. NULL: it is gone */
    uint64_t outbox_bytes;      /* of all */
    struct td_connection_list unsent;
    struct td_connection_list quiet; /* had nothing here but what libzmq still held */
};

/* The connection with that routing id; made, as that user's or nobody's, if it isn't known. NULL when memory runs out. */
struct td_connection *td_connections_find(struct td_connections *clients, const void *id, size_t length,
                                          struct td_user *user);

/* What counts for the limits of one client, and whose turn it is: its user's, or its own. */
static inline struct td_share *td_connection_share(struct td_connection *client)
{
    return client->user ? &client->user->share : &client->own;
}

/* How many of its documents wait, in all queues; and one of them, NULL when none does. */
uint32_t td_connection_n_waiting(const struct td_connection *client);
struct td_doc *td_connection_waiting(const struct td_connection *client);

/* The bytes of replies that are kept for its share, in outboxes and by libzmq. */
uint64_t td_connection_reply_bytes(struct td_connection *client);

/* Calls `see` for each. */
void td_connections_each(const struct td_connections *connections,
                         void (*see)(void *data, const struct td_connection *connection), void *data);

/* Forgets the connection if it has nothing here. The pointer may be dead afterwards. */
void td_connections_tidy(struct td_connections *clients, struct td_connection *client);

/* Forgets those for which libzmq held the last that was here, and holds nothing any more. Now and then. */
void td_connections_sweep(struct td_connections *clients);

/* Puts a reply into the connection's outbox; takes `message` and the envelope over. -1 when memory runs out. */
int td_connection_keep(struct td_connections *clients, struct td_connection *client, struct td_envelope *envelope,
                       zmq_msg_t *message);

/* Takes the first parcel out of the outbox; the caller frees it and what it holds. */
struct td_parcel *td_connection_unkeep(struct td_connections *clients, struct td_connection *client);

/* Frees a parcel with its message and envelope. */
void td_parcel_free(struct td_parcel *parcel);

/* Enters a document's id. Ids should be unique, but nobody is held to it. -1 when memory runs out. */
int td_connection_enter(struct td_connection *client, struct td_doc *doc);

/* Takes it out again: it has its reply, or needs none. */
void td_connection_leave(struct td_connection *client, struct td_doc *doc);

/* The document with that id (as encoded), of several the first that came; or NULL. */
struct td_doc *td_connection_doc(const struct td_connection *client, const struct td_slice *id);

/* Frees everything; no document may be left. */
void td_connections_free(struct td_connections *clients);

#endif
