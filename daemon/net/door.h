/* door.h: where a connection comes from, and where its replies go. A ROUTER is one (frontend.h); admission, the queue
 * and the settling of a document know no other thing of it. */
#ifndef TD_DOOR_H
#define TD_DOOR_H

#include "daemon/net/connection.h"

struct td_door {
    /* Sends a reply to the connection, in the envelope, which it takes over, as it does the message (of
     * td_message_init: a MessagePack map, as docs/protocol.md has it). It never blocks, and may free nothing but these
     * two. */
    void (*send)(struct td_door *door, struct td_connection *client, struct td_envelope *envelope, zmq_msg_t *message);
    /* One of its documents has ended; a connection that has nothing here may be freed. */
    void (*tidy)(struct td_door *door, struct td_connection *client);
    /* Calls `see` for each connection that has something here: for the check of all accounts. */
    void (*each)(const struct td_door *door, void (*see)(void *data, const struct td_connection *connection),
                 void *data);
    /* The pipe process's (daemon/pipe): only `annotate` comes here, also without an id, and is taken while the server
     * drains: it was taken from somebody else already. */
    int is_pipes;
    struct td_door *next; /* of the same td_documents */
};

static inline void td_door_send(struct td_connection *client, struct td_envelope *envelope, zmq_msg_t *message)
{
    client->door->send(client->door, client, envelope, message);
}

static inline void td_door_tidy(struct td_connection *client)
{
    client->door->tidy(client->door, client);
}

#endif
