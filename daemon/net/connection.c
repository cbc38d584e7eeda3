/* connection.c: see connection.h. */
#include "daemon/net/connection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a kept reply costs beside its bytes. */
#define PARCEL_BYTES (sizeof(struct td_parcel) + 64u)

/* FNV-1a (Fowler, Noll, Vo). Routing ids are libzmq's own counters, or chosen by the peer; the table is bounded by the
 * limits on documents, so a peer that aims at one bucket gains little. */
static uint32_t hash(const uint8_t *id, size_t length)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < length; i++)
        h = (h ^ id[i]) * 16777619u;
    return h;
}

static struct td_connection **bucket_of(struct td_connections *clients, const uint8_t *id, size_t length)
{
    return &clients->buckets[hash(id, length) % TD_CONNECTION_BUCKETS];
}

struct td_connection *td_connections_find(struct td_connections *clients, const void *id, size_t length)
{
    struct td_connection **bucket = bucket_of(clients, id, length), *client;

    assert(length <= sizeof client->id);
    for (client = *bucket; client; client = client->next_in_bucket)
        if (client->id_length == length && memcmp(client->id, id, length) == 0)
            return client;
    client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->id_length = (uint8_t)length;
    memcpy(client->id, id, length);
    client->next_in_bucket = *bucket;
    *bucket = client;
    clients->count++;
    return client;
}

void td_connections_tidy(struct td_connections *clients, struct td_connection *client)
{
    if (client->n_documents > 0 || client->outbox)
        return;
    assert(client->waiting.count == 0);
    struct td_connection **at = bucket_of(clients, client->id, client->id_length);
    while (*at != client)
        at = &(*at)->next_in_bucket;
    *at = client->next_in_bucket;
    clients->count--;
    free(client);
}

static void link_unsent(struct td_connections *clients, struct td_connection *client)
{
    client->before_unsent = NULL;
    client->next_unsent = clients->unsent;
    if (clients->unsent)
        clients->unsent->before_unsent = client;
    clients->unsent = client;
}

static void unlink_unsent(struct td_connections *clients, struct td_connection *client)
{
    *(client->before_unsent ? &client->before_unsent->next_unsent : &clients->unsent) = client->next_unsent;
    if (client->next_unsent)
        client->next_unsent->before_unsent = client->before_unsent;
}

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
    if (!client->outbox)
        link_unsent(clients, client);
    *(client->outbox ? &client->outbox_last->next : &client->outbox) = parcel;
    client->outbox_last = parcel;
    client->outbox_bytes += parcel->bytes;
    clients->outbox_bytes += parcel->bytes;
    return 0;
}

struct td_parcel *td_connection_unkeep(struct td_connections *clients, struct td_connection *client)
{
    struct td_parcel *parcel = client->outbox;

    client->outbox = parcel->next;
    client->outbox_bytes -= parcel->bytes;
    clients->outbox_bytes -= parcel->bytes;
    if (!client->outbox)
        unlink_unsent(clients, client);
    return parcel;
}

void td_parcel_free(struct td_parcel *parcel)
{
    zmq_msg_close(&parcel->message);
    free(parcel->envelope.hops);
    free(parcel);
}

void td_connections_each(const struct td_connections *connections,
                         void (*see)(void *data, const struct td_connection *connection), void *data)
{
    for (uint32_t i = 0; i < TD_CONNECTION_BUCKETS; i++)
        for (const struct td_connection *c = connections->buckets[i]; c; c = c->next_in_bucket)
            see(data, c);
}

void td_connections_free(struct td_connections *clients)
{
    for (uint32_t i = 0; i < TD_CONNECTION_BUCKETS; i++) {
        struct td_connection *next;
        for (struct td_connection *client = clients->buckets[i]; client; client = next) {
            next = client->next_in_bucket;
            while (client->outbox)
                td_parcel_free(td_connection_unkeep(clients, client));
            assert(client->n_documents == 0);
            free(client);
        }
        clients->buckets[i] = NULL;
    }
}
