/* door.h: documents that come by HTTP. To admission, the queue and the settling of a document a call is a connection
 * like any other (daemon/net/door.h): its documents wait in turn with those of others, and the limits of one client
 * hold for it. A TCP connection has one call under way at a time, so that is the same as one connection each. */
#ifndef TD_HTTP_DOOR_H
#define TD_HTTP_DOOR_H

#include "daemon/documents/documents.h"
#include "daemon/net/door.h"

/* One document's answer, which somebody waits for. */
struct td_http_ask {
    /* Its one reply: the wire's map. Takes the message over. Possibly before td_http_door_ask returns. */
    void (*answer)(struct td_http_ask *ask, zmq_msg_t *reply);
};

struct td_http_door {
    struct td_door door;
    struct td_connections connections;
    struct td_documents *docs;
    uint64_t last_client;
};

/* Joins the doors of `docs`, which it borrows. */
void td_http_door_open(struct td_http_door *door, struct td_documents *docs);

/* The end; no document may be left. */
void td_http_door_close(struct td_http_door *door);

/* A number for a call that will ask. */
uint64_t td_http_door_client(struct td_http_door *door);

/* Gives the document (of td_doc_take, its frames filled in) to admission. With `refused` it is only answered, with
 * that error, and what of its head can be read. Takes it over; `ask` must live until it is answered, or its client
 * forgotten. */
void td_http_door_ask(struct td_http_door *door, uint64_t client, struct td_http_ask *ask, struct td_doc *doc,
                      const struct td_err *refused);

/* Whether one more document of the client's, of so many bytes, should be sent now, or had better wait. One that has
 * none here may always try: nothing of its own would tell when there is room. */
int td_http_door_has_room(const struct td_http_door *door, uint64_t client, size_t bytes);

/* Nobody waits for the client's documents any more: those that wait are dropped, the workers of those that run are
 * freed. None of its asks is answered after this. */
void td_http_door_forget(struct td_http_door *door, uint64_t client);

#endif
