/* frontend.c: see frontend.h. */
#include "daemon/net/frontend.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/zcall.h"

/* Frames of a message that are kept while it is read: the routing id, an envelope, a message and a text. */
#define MAX_FRAMES (1 + TD_MAX_HOPS + 2)

/* What libzmq gets to hold for one connection, of replies and of their bytes: as little as its thread needs so that it
 * never runs dry between two turns of the loop. A reply that is larger goes alone. What is beyond waits in our outbox.
 */
#define PIPE_MESSAGES 256
#define PIPE_BYTES (4u << 20)

/* libzmq reads what arrives into blocks of this size, and hands out small messages as parts of one. When there are many
 * documents they get memory of their own, so that each doesn't keep a whole block. */
#define BLOCK_BYTES 8192
#define MANY_DOCUMENTS 512

/* How long a connection may take until it has greeted, and shown its key: it has a descriptor meanwhile. */
#define HANDSHAKE_MS 10000

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int take_message(struct td_zsocket *zsocket);

static struct td_frontend *of_door(const struct td_door *door)
{
    return (struct td_frontend *)((char *)door - offsetof(struct td_frontend, door));
}

static void door_send(struct td_door *door, struct td_connection *client, struct td_envelope *envelope,
                      zmq_msg_t *message)
{
    td_frontend_send(of_door(door), client, envelope, message);
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

int td_frontend_init(struct td_frontend *f, void *context, int64_t max_frame_bytes, struct td_doc_pool *pool,
                     struct td_err *err)
{
    void *socket = zmq_socket(context, ZMQ_ROUTER);

    *f = (struct td_frontend) { .door = { .send = door_send, .tidy = door_tidy, .each = door_each },
                                .pool = pool,
                                .frame_bytes = max_frame_bytes };
    f->connections.door = &f->door;
    f->zsocket = (struct td_zsocket) { .socket = socket, .take = take_message, .data = f };
    if (!socket)
        return td_fail(err, TD_E_SYSTEM, "can't make a socket: %s", zmq_strerror(zmq_errno()));
    /* MANDATORY: a reply that can't be delivered is an error that we see, not a silent drop. No mark for what comes in,
     * and no heartbeats: when libzmq 4.3.4 has to wait with reading, and that peer leaves or a heartbeat is due, it may
     * end the process (libzmq#4364, #3937). So we read whatever comes, and intake.c bounds it. */
    int rc = set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) || set_int(socket, ZMQ_ROUTER_MANDATORY, 1) ||
             set_int(socket, ZMQ_LINGER, 0) || set_int(socket, ZMQ_SNDHWM, PIPE_MESSAGES) ||
             set_int(socket, ZMQ_RCVHWM, 0) || set_int(socket, ZMQ_IPV6, 1) ||
             zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max_frame_bytes, sizeof max_frame_bytes);
    if (rc == 0)
        return TD_OK;
    td_fail(err, TD_E_SYSTEM, "can't set a socket up: %s", zmq_strerror(zmq_errno()));
    zmq_close(socket);
    f->zsocket.socket = NULL; /* by which td_sockets_close knows that there is nothing to close */
    return TD_E_SYSTEM;
}

int td_frontend_for_owner(struct td_frontend *f, struct td_err *err)
{
    uid_t us = geteuid(), root = 0;

    /* libzmq asks the kernel for the peer's user (SO_PEERCRED) at each accept. */
    if (zmq_setsockopt(f->zsocket.socket, ZMQ_IPC_FILTER_UID, &us, sizeof us) == 0 &&
        zmq_setsockopt(f->zsocket.socket, ZMQ_IPC_FILTER_UID, &root, sizeof root) == 0) {
        f->is_owners = 1;
        return TD_OK;
    }
    return td_fail(err, TD_E_SYSTEM, "this libzmq can't check who connects to a path: %s", zmq_strerror(errno));
}

int td_frontend_bind(struct td_frontend *f, const char *endpoint, const char *secret_key, struct td_err *err)
{
    if (f->n_endpoints == TD_MAX_ENDPOINTS)
        return td_fail(err, TD_E_CONFIG, "%s is one endpoint too many; the limit is %d", endpoint, TD_MAX_ENDPOINTS);
    assert(f->users || !secret_key); /* else libzmq would ask nobody who may come in */
    int rc =
        td_endpoint_bind(&f->endpoints[f->n_endpoints], f->zsocket.socket, endpoint, f->is_owners, secret_key, err);
    if (rc == TD_OK)
        f->n_endpoints++;
    return rc;
}

int td_frontend_listen(struct td_frontend *f, struct td_zloop *zloop, struct td_err *err)
{
    return td_zloop_add(zloop, &f->zsocket, err);
}

void td_frontend_stop(struct td_frontend *f)
{
    for (unsigned i = 0; i < f->n_endpoints; i++)
        td_endpoint_stop(&f->endpoints[i], f->zsocket.socket);
    f->is_stopped = 1;
    f->zsocket.must_ask = 1;
}

int td_frontend_resume(struct td_frontend *f, struct td_err *err)
{
    int rc = TD_OK;

    f->zsocket.must_ask = 1;
    for (unsigned i = 0; i < f->n_endpoints && rc == TD_OK; i++)
        rc = td_endpoint_resume(&f->endpoints[i], f->zsocket.socket, err);
    if (rc == TD_OK)
        f->is_stopped = 0;
    else
        td_frontend_stop(f); /* all or none: the caller tries again */
    return rc;
}

/* A message as its frames come. */
struct frames {
    zmq_msg_t kept[MAX_FRAMES];
    size_t sizes[MAX_FRAMES];
    unsigned n_kept, n; /* n: all, also those that were not kept */
};

/* Reads one whole message. Zero when there is none. */
static int read_frames(void *socket, struct frames *frames)
{
    zmq_msg_t extra;

    frames->n_kept = frames->n = 0;
    for (int more = 1; more;) {
        zmq_msg_t *frame = frames->n_kept < MAX_FRAMES ? &frames->kept[frames->n_kept] : &extra;
        zmq_msg_init(frame);
        int size = td_zcall_msg_recv(frame, socket);
        if (size < 0) {
            zmq_msg_close(frame);
            return 0; /* only before the first frame: a ROUTER hands messages over whole */
        }
        more = zmq_msg_more(frame);
        frames->n++;
        if (frame == &extra)
            zmq_msg_close(&extra);
        else
            frames->sizes[frames->n_kept++] = size < INT_MAX ? (size_t)size : zmq_msg_size(frame);
    }
    return 1;
}

/* How many of the frames behind the routing id are envelope. */
static unsigned envelope_length(struct frames *frames)
{
    for (unsigned i = 1; i < frames->n_kept && i <= TD_MAX_HOPS; i++)
        if (frames->sizes[i] == 0 && i + 1 < frames->n)
            return i;
    return 0;
}

/* Copies the envelope's frames; hops are routing ids, which have at most 255 bytes. Zero when one is longer. */
static int take_envelope(struct frames *frames, unsigned n, struct td_envelope *envelope)
{
    size_t bytes = 0;

    *envelope = (struct td_envelope) { .n_frames = n };
    if (n <= 1)
        return 1;
    for (unsigned i = 1; i <= n; i++) {
        if (frames->sizes[i] > 255)
            return 0;
        bytes += 1 + frames->sizes[i];
    }
    char *at = envelope->hops = malloc(bytes);
    if (!at)
        return 0;
    for (unsigned i = 1; i <= n; i++) {
        size_t size = frames->sizes[i];
        *at++ = (char)size;
        memcpy(at, zmq_msg_data(&frames->kept[i]), size);
        at += size;
    }
    return 1;
}

int td_envelope_copy(struct td_envelope *to, const struct td_envelope *from)
{
    size_t bytes = 0;

    *to = (struct td_envelope) { .n_frames = from->n_frames };
    if (!from->hops)
        return 0;
    for (uint32_t i = 0; i < from->n_frames; i++)
        bytes += 1 + (size_t)(uint8_t)from->hops[bytes];
    to->hops = malloc(bytes + 1);
    if (!to->hops)
        return -1;
    memcpy(to->hops, from->hops, bytes);
    return 0;
}

/* Takes a frame over, to an empty one; with memory of its own if there are many documents. */
static void take_frame(const struct td_frontend *f, zmq_msg_t *to, zmq_msg_t *frame, size_t size)
{
    zmq_msg_t own;

    if (f->pool->n_taken >= MANY_DOCUMENTS && size < BLOCK_BYTES && zmq_msg_init_size(&own, size) == 0) {
        memcpy(zmq_msg_data(&own), zmq_msg_data(frame), size);
        frame = &own;
    }
    zmq_msg_move(to, frame);
}

/* What a client with ZMQ_PROBE_ROUTER sends first, and no other: it waits for no answer, and takes one for that to its first
 * request. Behind a REQ's empty frame it would be a request. */
static int is_probe(struct frames *frames)
{
    return frames->n == 2 && frames->sizes[1] == 0;
}

/* Moves the frames behind the envelope into the document. Zero when they are not one or two; then only the first is taken,
 * which may tell whose it is. */
static int take_payload(const struct td_frontend *f, struct frames *frames, unsigned first, struct td_request *request)
{
    unsigned n = frames->n - first;

    if (n < 1)
        return 0;
    take_frame(f, &request->body, &frames->kept[first], frames->sizes[first]);
    if (n > 2 || frames->n > frames->n_kept)
        return 0;
    request->has_text_frame = n == 2;
    if (n == 2)
        take_frame(f, &request->text_frame, &frames->kept[first + 1], frames->sizes[first + 1]);
    return 1;
}

/* Makes a document of the frames. A message of too many frames arrives without them and is answered for that, in the
 * envelope that could be told; one whose envelope can't be mirrored is dropped. */
static void deliver(struct td_frontend *f, struct frames *frames)
{
    struct td_user *user = NULL;
    /* Of the routing id's frame libzmq 4.3.4 forgets whose it is: any other one knows. */
    if (f->users && td_users_find(f->users, &frames->kept[frames->n_kept - 1], &user) != 0)
        return;
    struct td_connection *client =
        td_connections_find(&f->connections, zmq_msg_data(&frames->kept[0]), frames->sizes[0], user);
    struct td_doc *doc = td_doc_take(f->pool);
    unsigned n = envelope_length(frames);

    if (!client || !doc || !take_envelope(frames, n, &doc->request.envelope)) {
        f->counts.refused_frames++;
        td_log(TD_LOG_WARN, "message.dropped", TD_STR("reason", client && doc ? "envelope" : "no memory"),
               TD_INT("frames", frames->n));
        if (doc)
            td_doc_give_back(f->pool, doc);
        if (client)
            td_connections_tidy(&f->connections, client);
        return;
    }
    doc->client = client;
    if (!take_payload(f, frames, n + 1, &doc->request)) {
        f->counts.refused_frames++;
        doc->request.wrong_frames = frames->n - 1;
    }
    f->on_message(f->data, doc);
}

static int take_message(struct td_zsocket *zsocket)
{
    struct td_frontend *f = zsocket->data;
    struct frames frames;

    if (!read_frames(zsocket->socket, &frames))
        return 0;
    f->counts.received++;
    for (unsigned i = 1; i < frames.n_kept; i++)
        f->counts.received_bytes += frames.sizes[i];
    if (is_probe(&frames))
        f->counts.empty++;
    else
        deliver(f, &frames);
    for (unsigned i = 0; i < frames.n_kept; i++)
        zmq_msg_close(&frames.kept[i]);
    return 1;
}

/* Sends the envelope's frames behind the routing id; these can't fail, since the pipe has taken the first frame. */
static void send_envelope(void *socket, const struct td_envelope *envelope)
{
    const char *at = envelope->hops;

    if (envelope->n_frames == 1)
        td_zcall_send(socket, "", 0, ZMQ_SNDMORE);
    for (uint32_t i = 0; at && i < envelope->n_frames; i++) {
        size_t size = (unsigned char)*at;
        td_zcall_send(socket, at + 1, size, ZMQ_SNDMORE);
        at += 1 + size;
    }
}

/* 0: sent. EAGAIN: libzmq holds enough for the connection. Another errno: the connection is gone. */
static int try_send(struct td_frontend *f, const struct td_connection *client, const struct td_envelope *envelope,
                    zmq_msg_t *message)
{
    if (!td_account_has_room(client->account, td_message_cost(zmq_msg_size(message)), PIPE_BYTES))
        return EAGAIN;
    f->zsocket.must_ask = 1;
    if (td_zcall_send(f->zsocket.socket, client->id, client->id_length, ZMQ_SNDMORE) < 0)
        return zmq_errno();
    send_envelope(f->zsocket.socket, envelope);
    td_message_charge(message, client->account);
    return td_zcall_msg_send(message, f->zsocket.socket, 0) < 0 ? zmq_errno() : 0;
}

static void release(struct td_envelope *envelope, zmq_msg_t *message)
{
    zmq_msg_close(message);
    free(envelope->hops);
    *envelope = (struct td_envelope) { 0 };
}

static void drop_outbox(struct td_frontend *f, struct td_connection *client)
{
    while (!STAILQ_EMPTY(&client->outbox)) {
        td_parcel_free(td_connection_unkeep(&f->connections, client));
        f->counts.dropped_gone++;
    }
}

static void connection_is_gone(struct td_frontend *f, struct td_connection *client)
{
    f->counts.dropped_gone++;
    drop_outbox(f, client);
    td_log(TD_LOG_INFO, "client.gone", TD_INT("waiting", td_connection_n_waiting(client)),
           TD_INT("replies_dropped", f->counts.dropped_gone));
    f->on_gone(f->data, client);
}

/* Keeps a reply for a connection that is not reading now; past the limits it is dropped. */
static void keep_or_drop(struct td_frontend *f, struct td_connection *client, struct td_envelope *envelope,
                         zmq_msg_t *message)
{
    uint64_t size = td_message_cost(zmq_msg_size(message));
    uint64_t its = td_connection_reply_bytes(client);
    uint64_t all = f->connections.outbox_bytes + td_account_all_bytes();
    int has_room = its + size <= f->reply_bytes && all + size <= f->outbox_bytes;

    if (has_room && td_connection_keep(&f->connections, client, envelope, message) == 0)
        return;
    f->counts.dropped_slow++;
    td_log(TD_LOG_WARN, "reply.dropped", TD_STR("reason", "the client does not read"), TD_INT("kept_bytes", its),
           TD_INT("replies_dropped", f->counts.dropped_slow));
    release(envelope, message);
}

void td_frontend_send(struct td_frontend *f, struct td_connection *client, struct td_envelope *envelope,
                      zmq_msg_t *message)
{
    int is_in_line = !STAILQ_EMPTY(&client->outbox); /* replies keep their order */
    int rc = is_in_line ? EAGAIN : try_send(f, client, envelope, message);

    if (rc == EAGAIN) {
        keep_or_drop(f, client, envelope, message);
        return;
    }
    release(envelope, message); /* an empty shell when it was sent */
    if (rc != 0)
        connection_is_gone(f, client);
}

/* Sends what the connection has room for now. Non-zero when it turned out to be gone. */
static int flush_client(struct td_frontend *f, struct td_connection *client)
{
    struct td_parcel *first;

    while ((first = STAILQ_FIRST(&client->outbox))) {
        int rc = try_send(f, client, &first->envelope, &first->message);
        if (rc == EAGAIN)
            return 0;
        if (rc != 0)
            return 1;
        td_parcel_free(td_connection_unkeep(&f->connections, client));
    }
    return 0;
}

int td_frontend_flush(struct td_frontend *f)
{
    struct td_connection *next;

    td_message_reclaim();
    for (struct td_connection *client = LIST_FIRST(&f->connections.unsent); client; client = next) {
        next = LIST_NEXT(client, unsent);
        if (flush_client(f, client))
            connection_is_gone(f, client);
        td_connections_tidy(&f->connections, client);
    }
    return !LIST_EMPTY(&f->connections.unsent);
}

void td_frontend_close(struct td_frontend *f, int linger_ms)
{
    set_int(f->zsocket.socket, ZMQ_LINGER, linger_ms);
    zmq_close(f->zsocket.socket);
    for (unsigned i = 0; i < f->n_endpoints; i++)
        td_endpoint_release(&f->endpoints[i]);
    td_connections_free(&f->connections);
}
