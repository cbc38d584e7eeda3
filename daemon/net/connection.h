/* connection.h: connections that have something here: documents, or replies that they don't read. One that has neither is
 * forgotten, so the table is bounded by what the limits let in. */
#ifndef TD_CONNECTION_H
#define TD_CONNECTION_H

#include <stdint.h>

#include <zmq.h>

#include "daemon/net/doc.h"

#define TD_CLIENT_BUCKETS 1024u

/* A reply that the connection had no room for. */
struct td_parcel {
    struct td_parcel *next;
    struct td_envelope envelope;
    zmq_msg_t message;
    uint64_t bytes; /* that it counts for; the message is empty once it was sent */
};

struct td_client {
    struct td_client *next_in_bucket;
    struct td_client *next_in_turn, *before_in_turn; /* the queue's ring, while documents wait */
    struct td_client *next_unsent, *before_unsent;   /* those with an outbox */
    struct td_doc_list waiting;
    uint32_t n_documents; /* waiting and running */
    uint64_t bytes;       /* of their requests */
    struct td_parcel *outbox, *outbox_last;
    uint64_t outbox_bytes;
    uint8_t id_length;
    uint8_t id[255]; /* ZeroMQ's routing id */
};

struct td_clients {
    struct td_client *buckets[TD_CLIENT_BUCKETS];
    uint32_t count;
    uint64_t outbox_bytes; /* of all */
    struct td_client *unsent;
};

/* The connection with that routing id; made if it isn't known. NULL when memory runs out. */
struct td_client *td_clients_find(struct td_clients *clients, const void *id, size_t length);

/* Forgets the connection if it has nothing here. The pointer may be dead afterwards. */
void td_clients_tidy(struct td_clients *clients, struct td_client *client);

/* Puts a reply into the connection's outbox; takes `message` and the envelope over. -1 when memory runs out. */
int td_client_keep(struct td_clients *clients, struct td_client *client, struct td_envelope *envelope,
                   zmq_msg_t *message);

/* Takes the first parcel out of the outbox; the caller frees it and what it holds. */
struct td_parcel *td_client_unkeep(struct td_clients *clients, struct td_client *client);

/* Frees a parcel with its message and envelope. */
void td_parcel_free(struct td_parcel *parcel);

/* Frees everything; no document may be left. */
void td_clients_free(struct td_clients *clients);

#endif
