/* door.c: see door.h. Which ask a reply is for travels with the document in the place of an envelope, a thing that
 * only the door it came by looks into. */
#include "daemon/http/door.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "daemon/documents/admission.h"
#include "daemon/documents/dispatch.h"
#include "daemon/documents/reply.h"

static struct td_http_door *of_door(const struct td_door *door)
{
    return (struct td_http_door *)((char *)door - offsetof(struct td_http_door, door));
}

static void door_send(struct td_door *door, struct td_connection *client, struct td_envelope *envelope,
                      zmq_msg_t *message)
{
    struct td_http_ask *ask;

    (void)door, (void)client;
    memcpy(&ask, envelope->hops, sizeof ask);
    free(envelope->hops);
    *envelope = (struct td_envelope) { 0 };
    ask->answer(ask, message);
}

static void door_tidy(struct td_door *door, struct td_connection *client)
{
    td_connections_tidy(&of_door(door)->connections, client);
}

static void door_each(const struct td_door *door, void (*see)(void *data, const struct td_connection *connection),
                      void *data)
{
    td_connections_each(&of_door(door)->connections, see, data);
}

void td_http_door_open(struct td_http_door *d, struct td_documents *docs)
{
    *d = (struct td_http_door) {
        .door = { .send = door_send, .tidy = door_tidy, .each = door_each, .next = docs->doors },
        .docs = docs,
    };
    d->connections.door = &d->door;
    docs->doors = &d->door;
}

void td_http_door_close(struct td_http_door *d)
{
    if (d->docs) /* else it was never opened */
        td_connections_free(&d->connections);
}

uint64_t td_http_door_client(struct td_http_door *d)
{
    return ++d->last_client;
}

static struct td_connection *find(const struct td_http_door *d, uint64_t client)
{
    struct td_connection *connection;

    HASH_FIND(hh, d->connections.table, &client, sizeof client, connection);
    return connection;
}

/* Nobody ever saw the document: it is answered here. */
static void refuse_unseen(struct td_http_door *d, struct td_http_ask *ask, struct td_doc *doc)
{
    const struct td_err err = { .code = TD_E_OVERLOADED, .text = "there is no memory for more documents" };
    zmq_msg_t message;

    td_admission_note_refused(d->docs, &err, TD_SHED_MEMORY);
    if (td_reply_error(d->docs, &doc->request, &err, NULL, &message) != 0) {
        td_log(TD_LOG_ERROR, "reply.lost", TD_STR("error", err.text));
        zmq_msg_init(&message); /* an empty one is an answer, too: whoever writes it out says that it is none */
    }
    td_doc_give_back(&d->docs->pool, doc);
    ask->answer(ask, &message);
}

void td_http_door_ask(struct td_http_door *d, uint64_t client, struct td_http_ask *ask, struct td_doc *doc,
                      const struct td_err *refused)
{
    struct td_connection *connection = td_connections_find(&d->connections, &client, sizeof client, NULL);
    void *ticket = malloc(sizeof ask);

    if (!connection || !ticket) {
        free(ticket);
        if (connection)
            td_connections_tidy(&d->connections, connection);
        refuse_unseen(d, ask, doc);
        return;
    }
    memcpy(ticket, &ask, sizeof ask);
    doc->request.envelope.hops = ticket;
    doc->request.needs_no_id = 1; /* the call itself says which answer is whose */
    doc->client = connection;
    if (refused)
        td_admission_refuse(d->docs, doc, refused);
    else
        td_admission_take(d->docs, doc);
}

/* Half of what all share is left to those who can't wait. With pools it is what the queues share in which its documents wait:
 * another pool's backlog is none of its concern. */
static int queues_have_room(const struct td_documents *docs, const struct td_connection *connection, uint64_t more)
{
    uint64_t documents = (uint64_t)docs->set.queue_documents / 2, bytes = (uint64_t)docs->set.queue_bytes / 2;

    if (docs->queues.n == 1)
        return docs->queues.of[0]->count < documents && docs->held_bytes + more <= bytes;
    for (const struct td_lane *lane = &connection->lane; lane; lane = lane->next)
        if (lane->waiting.count > 0 && !(td_queues_fits(&docs->queues, lane->queue, documents, 1, td_queue_documents) &&
                                         td_queues_fits(&docs->queues, lane->queue, bytes, more, td_queue_bytes)))
            return 0;
    return 1;
}

/* Who asks can let its client wait, which others can't. */
int td_http_door_has_room(const struct td_http_door *d, uint64_t client, size_t bytes)
{
    const struct td_connection *connection = find(d, client);
    const struct td_settings *set = &d->docs->set;
    uint64_t more = bytes + sizeof(struct td_doc);

    return !connection || connection->n_documents == 0 ||
           (connection->n_documents < (uint64_t)set->client_documents &&
            connection->bytes + more <= (uint64_t)set->client_bytes && queues_have_room(d->docs, connection, more));
}

void td_http_door_forget(struct td_http_door *d, uint64_t client)
{
    struct td_connection *connection = find(d, client);

    if (!connection)
        return;
    td_dispatch_drop_client(d->docs, connection);
    assert(connection->n_documents == 0);
    td_connections_tidy(&d->connections, connection);
}
