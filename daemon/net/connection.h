/* connection.h: connections that have something here: documents, or replies that they don't read. One that has neither is
 * forgotten, so the table is bounded by what the limits let in. */
#ifndef TD_CONNECTION_H
#define TD_CONNECTION_H

#include <stdint.h>

#include <zmq.h>

#include "daemon/net/doc.h"

#define TD_CONNECTION_BUCKETS 1024u

/* A reply that the connection had no room for. */
struct td_parcel {
    struct td_parcel *next;
    struct td_envelope envelope;
    zmq_msg_t message;
    uint64_t bytes; /* that it counts for; the message is empty once it was sent */
};

struct td_connection {
    struct td_connection *next_in_bucket;
    struct td_connection *next_in_turn, *before_in_turn; /* the queue's ring, while documents wait */
    struct td_connection *next_unsent, *before_unsent;   /* those with an outbox */
    struct td_doc_list waiting;
    uint32_t n_documents; /* waiting and running */
    uint64_t bytes;       /* of their requests */
    struct td_parcel *outbox, *outbox_last;
    uint64_t outbox_bytes;
    uint8_t id_length;
    uint8_t id[255]; /* ZeroMQ's routing id */
};

struct td_connections {
    struct td_connection *buckets[TD_CONNECTION_BUCKETS];
    uint32_t count;
    uint64_t outbox_bytes; /* of all */
    struct td_connection *unsent;
};

/* The connection with that routing id; made if it isn't known. NULL when memory runs out. */
struct td_connection *td_connections_find(struct td_connections *clients, const void *id, size_t length);

/* Calls `see` for each. */
void td_connections_each(const struct td_connections *connections,
                         void (*see)(void *data, const struct td_connection *connection), void *data);

/* Forgets the connection if it has nothing here. The pointer may be dead afterwards. */
void td_connections_tidy(struct td_connections *clients, struct td_connection *client);

/* Puts a reply into the connection's outbox; takes `message` and the envelope over. -1 when memory runs out. */
int td_connection_keep(struct td_connections *clients, struct td_connection *client, struct td_envelope *envelope,
                       zmq_msg_t *message);

/* Takes the first parcel out of the outbox; the caller frees it and what it holds. */
struct td_parcel *td_connection_unkeep(struct td_connections *clients, struct td_connection *client);

/* Frees a parcel with its message and envelope. */
void td_parcel_free(struct td_parcel *parcel);

/* Frees everything; no document may be left. */
void td_connections_free(struct td_connections *clients);

#endif
