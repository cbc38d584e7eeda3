/* client.c: the connection, and all waiting on it (see client.h).
 *
 * The socket is a DEALER without an identity: its requests are told apart by their ids. ZMQ_IMMEDIATE makes libzmq refuse
 * a message while there is no connection, instead of queueing it for a peer that may never come; so "can be written"
 * means "is connected", which is how this file knows an absent daemon from a slow one. */
#include <textd/client.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include <textd/version.h>

#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "clients/c/reply.h"
#include "common/clock.h"
#include "common/rundir.h"

#define CONNECT_MS 2000
#define TIMEOUT_MS 35000
#define MS UINT64_C(1000000)

/* How long a lost connection may go unnoticed while nothing arrives. */
#define LOOK_MS 50

struct textd_client {
    void *context, *socket;
    char endpoint[300];
    uint32_t connect_ms, timeout_ms;
    uint64_t last_id; /* of those that the library numbered */
    struct pending_table pending;
    struct textd_reply *arrived, **arrived_end; /* came while annotate waited for another one */
    size_t n_arrived;
};

static int read_options(struct textd_client *c, const struct textd_client_options *o, struct textd_error *error)
{
    const char *endpoint = o && o->endpoint ? o->endpoint : getenv("TEXTD_ENDPOINT");

    if (o && o->size < sizeof *o)
        return client_fail(error, TEXTD_CLIENT_INVALID, "options.size is %zu; set it to sizeof options, %zu", o->size,
                           sizeof *o);
    c->connect_ms = o && o->connect_ms ? o->connect_ms : CONNECT_MS;
    c->timeout_ms = o && o->timeout_ms ? o->timeout_ms : TIMEOUT_MS;
    if (c->connect_ms > c->timeout_ms)
        c->connect_ms = c->timeout_ms;
    if (!endpoint || !endpoint[0]) {
        if (td_rundir_endpoint(c->endpoint, sizeof c->endpoint, TD_DATA_SOCKET) != 0)
            return client_fail(error, TEXTD_CLIENT_INVALID, "the run directory's path is too long");
        return TEXTD_CLIENT_OK;
    }
    if (strlen(endpoint) >= sizeof c->endpoint)
        return client_fail(error, TEXTD_CLIENT_INVALID, "the endpoint has %zu bytes; allowed: up to %zu",
                           strlen(endpoint), sizeof c->endpoint - 1);
    memcpy(c->endpoint, endpoint, strlen(endpoint) + 1);
    return TEXTD_CLIENT_OK;
}

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

/* No high-water marks: what is in flight is bounded by the caller, and its bytes are kept anyway. */
static int open_socket(struct textd_client *c, struct textd_error *error)
{
    c->context = zmq_ctx_new();
    c->socket = c->context ? zmq_socket(c->context, ZMQ_DEALER) : NULL;
    if (!c->socket || set(c->socket, ZMQ_LINGER, 0) || set(c->socket, ZMQ_IMMEDIATE, 1) ||
        set(c->socket, ZMQ_SNDHWM, 0) || set(c->socket, ZMQ_RCVHWM, 0) || set(c->socket, ZMQ_RECONNECT_IVL_MAX, 1000))
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't make a ZeroMQ socket: %s", zmq_strerror(zmq_errno()));
    if (zmq_connect(c->socket, c->endpoint) != 0)
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "can't connect to '%s': %s; an endpoint is ipc://PATH or "
                           "tcp://HOST:PORT",
                           c->endpoint, zmq_strerror(zmq_errno()));
    return TEXTD_CLIENT_OK;
}

struct textd_client *textd_client_open(const struct textd_client_options *options, struct textd_error *error)
{
    struct textd_client *c = calloc(1, sizeof *c);

    if (!c) {
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a client");
        return NULL;
    }
    c->arrived_end = &c->arrived;
    if (read_options(c, options, error) != TEXTD_CLIENT_OK || open_socket(c, error) != TEXTD_CLIENT_OK) {
        textd_client_close(c);
        return NULL;
    }
    return c;
}

void textd_client_close(struct textd_client *c)
{
    if (!c)
        return;
    if (c->socket)
        zmq_close(c->socket);
    if (c->context)
        zmq_ctx_term(c->context); /* returns at once: the only socket is closed and lingers for nothing */
    pending_clear(&c->pending);
    for (struct textd_reply *r = c->arrived, *next; r; r = next) {
        next = r->next;
        textd_reply_free(r);
    }
    free(c);
}

const char *textd_client_endpoint(const struct textd_client *c)
{
    return c->endpoint;
}

size_t textd_client_in_flight(const struct textd_client *c)
{
    return c->pending.n + c->n_arrived;
}

const char *textd_client_version(void)
{
    return TEXTD_VERSION;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static uint64_t deadline_in(uint32_t ms)
{
    return td_now_ns() + ms * MS;
}

static int is_connected(const struct textd_client *c)
{
    int events = 0;
    size_t size = sizeof events;

    return zmq_getsockopt(c->socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLOUT);
}

/* Waits until the socket is ready for `events`, at most `limit_ms` and at most until the deadline. */
static void wait_for(struct textd_client *c, short events, uint64_t deadline_ns, long limit_ms)
{
    zmq_pollitem_t item = { .socket = c->socket, .events = events };
    uint64_t now = td_now_ns();
    long left_ms = now >= deadline_ns ? 0 : (long)((deadline_ns - now + MS - 1) / MS);

    zmq_poll(&item, 1, left_ms < limit_ms ? left_ms : limit_ms); /* interrupted or not: the caller looks again */
}

/* "" or a hint: the commonest reason why nobody is there can be seen from here. */
static const char *path_hint(const struct textd_client *c)
{
    static const char ipc[] = "ipc://";
    const char *path = c->endpoint + sizeof ipc - 1;

    if (strncmp(c->endpoint, ipc, sizeof ipc - 1) != 0 || path[0] == '@' || access(path, F_OK) == 0)
        return "";
    return errno == EACCES ? " (this user may not look there)" : " (there is no such socket)";
}

static int unreachable(const struct textd_client *c, struct textd_error *error)
{
    const char *hint = path_hint(c);

    return client_fail(error, TEXTD_CLIENT_UNREACHABLE, "no answer from %s within %g s%s: is textd running there?",
                       c->endpoint, c->connect_ms / 1000.0, hint);
}

static int lost(const struct textd_client *c, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_LOST,
                       "the connection to %s was lost with %zu requests unanswered: textd was stopped, or a message "
                       "was larger than it takes",
                       c->endpoint, c->pending.n);
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

/* libzmq takes the frame over, so what it gets is a second handle on the same bytes. */
static int send_frame(struct textd_client *c, zmq_msg_t *frame, int flags)
{
    zmq_msg_t copy;

    zmq_msg_init(&copy);
    if (zmq_msg_copy(&copy, frame) == 0 && zmq_msg_send(&copy, c->socket, flags | ZMQ_DONTWAIT) >= 0)
        return 0;
    int why = errno;
    zmq_msg_close(&copy);
    errno = why;
    return -1;
}

/* Only the first frame can be refused for want of a connection: libzmq sends a message's frames to one place. */
static int send_frames(struct textd_client *c, struct pending *p)
{
    if (send_frame(c, &p->body, p->has_text ? ZMQ_SNDMORE : 0) != 0)
        return -1;
    return p->has_text ? send_frame(c, &p->text, 0) : 0;
}

/* Sends and takes over `p`, whatever the outcome. */
static int send_pending(struct textd_client *c, struct pending *p, struct textd_error *error)
{
    uint64_t deadline_ns = deadline_in(c->connect_ms);

    while (send_frames(c, p) != 0) {
        int why = errno;
        if (why == EAGAIN && td_now_ns() < deadline_ns) {
            wait_for(c, ZMQ_POLLOUT, deadline_ns, (long)c->connect_ms);
            continue;
        }
        pending_free(p);
        if (why == EAGAIN)
            return unreachable(c, error);
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't send to %s: %s", c->endpoint, zmq_strerror(why));
    }
    if (pending_add(&c->pending, p) == 0)
        return TEXTD_CLIENT_OK;
    pending_free(p);
    return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a request");
}

static uint64_t next_id(struct textd_client *c)
{
    do
        c->last_id = c->last_id % INT64_MAX + 1;
    while (pending_find(&c->pending, c->last_id));
    return c->last_id;
}

int textd_client_send(struct textd_client *c, const struct textd_request *request, uint64_t *id,
                      struct textd_error *error)
{
    struct textd_error local = { 0 };

    error = error ? error : &local; /* its code is read below */
    if (request && request->id && pending_find(&c->pending, request->id))
        return client_fail(error, TEXTD_CLIENT_INVALID, "request.id %llu is in flight already",
                           (unsigned long long)request->id);
    uint64_t number = request && request->id ? request->id : next_id(c);
    struct pending *p = encode_annotate(request, number, error);
    if (!p)
        return error->code;
    if (id)
        *id = number;
    return send_pending(c, p, error);
}

/* ---- Receiving --------------------------------------------------------------------------------------------------- */

/* Takes the frames of one message off the socket and keeps the last one, which is the reply: an empty delimiter in front
 * would do no harm. 0, or -1 when there is none. */
static int receive_message(struct textd_client *c, zmq_msg_t *body)
{
    zmq_msg_init(body);
    do {
        if (zmq_msg_recv(body, c->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(body);
            return -1;
        }
    } while (zmq_msg_more(body));
    return 0;
}

/* The next reply that somebody waits for. Replies to requests that were given up are dropped here. */
static int next_reply(struct textd_client *c, uint64_t deadline_ns, struct textd_reply **reply,
                      struct textd_error *error)
{
    zmq_msg_t body;

    for (;;) {
        while (receive_message(c, &body) == 0) {
            *reply = reply_from(&body, c->endpoint, error);
            if (!*reply)
                return error->code;
            if (pending_remove(&c->pending, textd_reply_id(*reply)) || textd_reply_id(*reply) == 0)
                return TEXTD_CLIENT_OK;
            textd_reply_free(*reply);
            *reply = NULL;
        }
        if (!is_connected(c))
            return lost(c, error);
        if (td_now_ns() >= deadline_ns)
            return TEXTD_CLIENT_TIMEOUT;
        wait_for(c, ZMQ_POLLIN, deadline_ns, LOOK_MS);
    }
}

static struct textd_reply *take_arrived(struct textd_client *c)
{
    struct textd_reply *reply = c->arrived;

    if (!reply)
        return NULL;
    c->arrived = reply->next;
    if (!c->arrived)
        c->arrived_end = &c->arrived;
    c->n_arrived--;
    return reply;
}

static void keep_arrived(struct textd_client *c, struct textd_reply *reply)
{
    *c->arrived_end = reply;
    c->arrived_end = &reply->next;
    c->n_arrived++;
}

int textd_client_receive(struct textd_client *c, uint32_t timeout_ms, struct textd_reply **reply,
                         struct textd_error *error)
{
    struct textd_error local = { 0 };

    error = error ? error : &local;
    *reply = take_arrived(c);
    if (*reply)
        return TEXTD_CLIENT_OK;
    if (c->pending.n == 0)
        return client_fail(error, TEXTD_CLIENT_INVALID, "nothing is in flight to %s", c->endpoint);
    int rc = next_reply(c, deadline_in(timeout_ms), reply, error);
    if (rc != TEXTD_CLIENT_TIMEOUT)
        return rc;
    return client_fail(error, rc, "%s did not answer within %g s", c->endpoint, timeout_ms / 1000.0);
}

/* Waits for the reply to one request. A reply without an id can only be an error that the daemon could not put a name to;
 * it is handed over too, rather than waiting for what won't come. */
static int wait_for_id(struct textd_client *c, uint64_t id, uint64_t deadline_ns, struct textd_reply **reply,
                       struct textd_error *error)
{
    int rc;

    while ((rc = next_reply(c, deadline_ns, reply, error)) == TEXTD_CLIENT_OK) {
        if (textd_reply_id(*reply) == id || textd_reply_id(*reply) == 0) {
            pending_remove(&c->pending, id);
            return rc;
        }
        keep_arrived(c, *reply);
    }
    *reply = NULL;
    pending_remove(&c->pending, id);
    if (rc == TEXTD_CLIENT_TIMEOUT)
        client_fail(error, rc, "%s did not answer within %g s", c->endpoint, c->timeout_ms / 1000.0);
    return rc;
}

int textd_client_annotate(struct textd_client *c, const struct textd_request *request, struct textd_reply **reply,
                          struct textd_error *error)
{
    uint64_t deadline_ns = deadline_in(c->timeout_ms);
    struct textd_error local = { 0 };
    uint64_t id = 0;

    error = error ? error : &local;
    *reply = NULL;
    int rc = textd_client_send(c, request, &id, error);
    return rc == TEXTD_CLIENT_OK ? wait_for_id(c, id, deadline_ns, reply, error) : rc;
}

int textd_client_call(struct textd_client *c, const char *op, const struct textd_argument *arguments, size_t n,
                      struct textd_reply **reply, struct textd_error *error)
{
    uint64_t deadline_ns = deadline_in(c->timeout_ms), id = next_id(c);
    struct textd_error local = { 0 };

    error = error ? error : &local;
    *reply = NULL;
    struct pending *p = encode_op(op, arguments, n, id, error);
    if (!p)
        return error->code;
    int rc = send_pending(c, p, error);
    return rc == TEXTD_CLIENT_OK ? wait_for_id(c, id, deadline_ns, reply, error) : rc;
}

int textd_client_ping(struct textd_client *c, struct textd_reply **reply, struct textd_error *error)
{
    return textd_client_call(c, "ping", NULL, 0, reply, error);
}

int textd_client_describe(struct textd_client *c, struct textd_reply **reply, struct textd_error *error)
{
    return textd_client_call(c, "describe", NULL, 0, reply, error);
}
