/* connection.c: see connection.h. */
#include "daemon/net/connection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a kept reply costs beside its bytes. */
#define PARCEL_BYTES (sizeof(struct td_parcel) + 64u)

static struct td_connection *make(struct td_door *door, const void *id, size_t length, struct td_user *user)
{
    struct td_connection *client = calloc(1, sizeof *client);

    if (!client)
        return NULL;
    client->account = td_account_open(user ? user->account : NULL);
    if (!client->account) {
        free(client);
        return NULL;
    }
    client->door = door;
    client->user = user;
    STAILQ_INIT(&client->outbox);
    client->id_length = (uint8_t)length;
    memcpy(client->id, id, length);
    return client;
}

struct td_connection *td_connections_find(struct td_connections *clients, const void *id, size_t length,
                                          struct td_user *user)
{
    struct td_connection *client = clients->last;
    unsigned hash;

    assert(length <= sizeof client->id);
    if (client && client->id_length == length && memcmp(client->id, id, length) == 0)
        return client;
    HASH_VALUE(id, length, hash);
    HASH_FIND_BYHASHVALUE(hh, clients->table, id, length, hash, client);
    if (client) {
        clients->last = client;
        return client;
    }
    client = make(clients->door, id, length, user);
    if (!client)
        return NULL;
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, clients->table, client->id, length, hash, client);
    if (client->hh.tbl) {
        clients->last = client;
        if (user)
            td_users_hold(user);
        return client;
    }
    td_account_close(client->account);
    free(client);
    return NULL;
}

static void forget(struct td_connections *clients, struct td_connection *client)
{
    assert(td_connection_n_waiting(client) == 0 && !client->ids);
    if (client->is_quiet)
        LIST_REMOVE(client, quiet);
    if (clients->last == client)
        clients->last = NULL;
    HASH_DEL(clients->table, client); /* NOLINT(clang-analyzer-unix.Malloc): each is here once */
    td_account_close(client->account);
    if (client->user)
        td_users_let_go(client->user);
    td_lanes_free(&client->lane);
    td_lanes_free(&client->own.lane);
    free(client);
}

uint32_t td_connection_n_waiting(const struct td_connection *client)
{
    uint32_t n = 0;

    for (const struct td_lane *lane = &client->lane; lane; lane = lane->next)
        n += lane->waiting.count;
    return n;
}

struct td_doc *td_connection_waiting(const struct td_connection *client)
{
    const struct td_lane *lane = &client->lane;

    while (lane && !lane->waiting.first)
        lane = lane->next;
    return lane ? lane->waiting.first : NULL;
}

static int is_busy(const struct td_connection *client)
{
    return client->n_documents > 0 || !STAILQ_EMPTY(&client->outbox);
}

/* What libzmq holds must not be forgotten: a connection that is known again would have its whole share anew. */
void td_connections_tidy(struct td_connections *clients, struct td_connection *client)
{
    if (is_busy(client))
        return;
    if (td_account_bytes(client->account) == 0) {
        forget(clients, client);
    } else if (!client->is_quiet) {
        client->is_quiet = 1;
        LIST_INSERT_HEAD(&clients->quiet, client, quiet);
    }
}

void td_connections_sweep(struct td_connections *clients)
{
    struct td_connection *next;

    for (struct td_connection *client = LIST_FIRST(&clients->quiet); client; client = next) {
        next = LIST_NEXT(client, quiet);
        if (!is_busy(client) && td_account_bytes(client->account) > 0)
            continue;
        LIST_REMOVE(client, quiet);
        client->is_quiet = 0;
        td_connections_tidy(clients, client);
    }
}

/* ---- The outbox -------------------------------------------------------------------------------------------------- */

int td_connection_keep(struct td_connections *clients, struct td_connection *client, struct td_envelope *envelope,
                       zmq_msg_t *message)
{
    struct td_parcel *parcel = malloc(sizeof *parcel);

    if (!parcel)
        return -1;
    *parcel = (struct td_parcel) { .envelope = *envelope, .bytes = zmq_msg_size(message) + PARCEL_BYTES };
    *envelope = (struct td_envelope) { 0 };
    zmq_msg_init(&parcel->message);
    zmq_msg_move(&parcel->message, message);
    if (STAILQ_EMPTY(&client->outbox))
        LIST_INSERT_HEAD(&clients->unsent, client, unsent);
    STAILQ_INSERT_TAIL(&client->outbox, parcel, next);
    client->outbox_bytes += parcel->bytes;
    td_connection_share(client)->outbox_bytes += parcel->bytes;
    clients->outbox_bytes += parcel->bytes;
    return 0;
}

struct td_parcel *td_connection_unkeep(struct td_connections *clients, struct td_connection *client)
{
    struct td_parcel *parcel = STAILQ_FIRST(&client->outbox);

    assert(client->outbox_bytes >= parcel->bytes && clients->outbox_bytes >= parcel->bytes);
    STAILQ_REMOVE_HEAD(&client->outbox, next);
    client->outbox_bytes -= parcel->bytes;
    td_connection_share(client)->outbox_bytes -= parcel->bytes;
    clients->outbox_bytes -= parcel->bytes;
    if (STAILQ_EMPTY(&client->outbox))
        LIST_REMOVE(client, unsent);
    return parcel;
}

uint64_t td_connection_reply_bytes(struct td_connection *client)
{
    const struct td_account *account = client->user ? client->user->account : client->account;

    return td_connection_share(client)->outbox_bytes + td_account_bytes(account);
}

void td_parcel_free(struct td_parcel *parcel)
{
    zmq_msg_close(&parcel->message);
    free(parcel->envelope.hops);
    free(parcel);
}

/* ---- Ids --------------------------------------------------------------------------------------------------------- */

/* One of each id is in the table, the first that came; the others are in a ring with it. So an id that a client uses
 * for all its documents costs no more than any other. */
int td_connection_enter(struct td_connection *client, struct td_doc *doc)
{
    const struct td_slice *id = &doc->request.id;
    struct td_doc *first;
    unsigned hash;

    HASH_VALUE(id->bytes, id->length, hash);
    HASH_FIND_BYHASHVALUE(hh, client->ids, id->bytes, id->length, hash, first);
    doc->next_same = doc->before_same = doc;
    doc->hh.tbl = NULL;
    if (!first) {
        HASH_ADD_KEYPTR_BYHASHVALUE(hh, client->ids, id->bytes, id->length, hash, doc);
        return doc->hh.tbl ? 0 : -1;
    }
    doc->next_same = first;
    doc->before_same = first->before_same;
    first->before_same->next_same = doc;
    first->before_same = doc;
    return 0;
}

void td_connection_leave(struct td_connection *client, struct td_doc *doc)
{
    struct td_doc *next = doc->next_same;

    next->before_same = doc->before_same;
    doc->before_same->next_same = next;
    doc->next_same = doc->before_same = NULL;
    if (!doc->hh.tbl)
        return;      /* it was not the first */
    if (next != doc) /* without memory the others of this id can't be found any more, only answered */
        HASH_ADD_KEYPTR(hh, client->ids, next->request.id.bytes, next->request.id.length, next);
    HASH_DEL(client->ids, doc); /* NOLINT(clang-analyzer-core.NullDereference): it is in the table, so there is one */
    doc->hh.tbl = NULL;
}

struct td_doc *td_connection_doc(const struct td_connection *client, const struct td_slice *id)
{
    struct td_doc *doc;

    HASH_FIND(hh, client->ids, id->bytes, id->length, doc);
    return doc;
}

void td_connections_each(const struct td_connections *connections,
                         void (*see)(void *data, const struct td_connection *connection), void *data)
{
    for (const struct td_connection *c = connections->table; c; c = c->hh.next)
        see(data, c);
}

void td_connections_free(struct td_connections *clients)
{
    struct td_connection *client;

    while ((client = clients->table)) {
        while (!STAILQ_EMPTY(&client->outbox))
            td_parcel_free(td_connection_unkeep(clients, client));
        assert(client->n_documents == 0); /* cppcheck-suppress uninitvar ; it can't see into the table */
        forget(clients, client);
    }
}
