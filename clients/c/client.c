/* client.c: what <textd/client.h> declares of a connection: options, and one request at a time or many. How requests
 * get to the daemon and replies back is delivery.c's. */
#include <textd/client.h>

#include <stdlib.h>
#include <string.h>

#include <textd/version.h>

#include "clients/c/delivery.h"
#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "common/clock.h"
#include "common/rundir.h"

#define CONNECT_MS 2000
#define TIMEOUT_MS 35000
#define GRACE_MS 2000 /* that a reply may come after its deadline */
#define MS UINT64_C(1000000)
#define ALWAYS_TAKEN (1u << 20) /* bytes of a text: what a daemon's transport takes, however small its limit is */

/* How long textd_client_options was at first: a program that was compiled then knows no more of it. */
#define FIRST_OPTIONS_SIZE offsetof(struct textd_client_options, flags)

struct textd_client {
    struct delivery delivery;
    uint32_t connect_ms, timeout_ms, resend_ms;
    uint32_t flags;
    uint64_t last_id;        /* of the documents that the library numbered: up from 1 */
    uint64_t document_bytes; /* the daemon's limit, as it said last; 0: it wasn't asked */
    uint64_t last_op_id;     /* of other operations: down from INT64_MAX, out of the way of the caller's own ids */
};

static int is_async(const struct textd_client *c)
{
    return (c->flags & TEXTD_CLIENT_ASYNC) != 0;
}

/* Each function that has touched the connection ends with this: a caller with a loop is told whether there is more to
 * do. */
static int done(struct textd_client *c, int rc)
{
    if (is_async(c))
        delivery_show(&c->delivery);
    return rc;
}

/* ---- The connection ---------------------------------------------------------------------------------------------- */

static int copy_endpoint(struct textd_client *c, const char *endpoint, struct textd_error *error)
{
    char *copy = c->delivery.link.endpoint;
    size_t size = sizeof c->delivery.link.endpoint;
    char why[TD_RUNDIR_WHY_BYTES];

    if (!endpoint)
        endpoint = getenv("TEXTD_ENDPOINT");
    if (!endpoint || !endpoint[0]) {
        if (td_rundir_endpoint(copy, size, TD_DATA_SOCKET) != 0)
            return client_fail(error, TEXTD_CLIENT_INVALID, "the run directory's path is too long");
        if (td_rundir_claim(copy, why) != 0)
            return client_fail(error, TEXTD_CLIENT_INVALID, "%s", why);
        return TEXTD_CLIENT_OK;
    }
    if (strlen(endpoint) >= size)
        return client_fail(error, TEXTD_CLIENT_INVALID, "the endpoint has %zu bytes; allowed: up to %zu",
                           strlen(endpoint), size - 1);
    memcpy(copy, endpoint, strlen(endpoint) + 1);
    return TEXTD_CLIENT_OK;
}

/* An option, or else the variable; NULL: neither. Variables are for endpoints of other machines' kind: a path has its
 * permissions. */
static const char *curve_option(const struct textd_client *c, const char *option, const char *variable)
{
    static const char tcp[] = "tcp://";
    const char *value = option;

    if (!value && strncmp(c->delivery.link.endpoint, tcp, sizeof tcp - 1) == 0)
        value = getenv(variable);
    return value && value[0] ? value : NULL;
}

static int read_keys(struct textd_client *c, const struct textd_client_options *o, struct textd_error *error)
{
    const char *key_file = curve_option(c, o->curve_key_file, "TEXTD_CURVE_KEY_FILE");
    const char *server_key = curve_option(c, o->curve_server_key, "TEXTD_CURVE_SERVER_KEY");
    struct link *link = &c->delivery.link;
    struct td_err err;

    if (!key_file && !server_key)
        return TEXTD_CLIENT_OK;
    if (!key_file || !server_key)
        return client_fail(error, TEXTD_CLIENT_INVALID, "%s is given without %s: an encrypted endpoint needs both",
                           key_file ? "our secret key (curve_key_file)" : "the server's public key (curve_server_key)",
                           key_file ? "the server's public key (curve_server_key)" : "our secret key (curve_key_file)");
    if (td_curve_key_read_secret(&link->pair, key_file, "the secret key", &err) == TD_OK &&
        td_curve_key_take_public(link->server_key, server_key, "the server's public key", &err) == TD_OK)
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_INVALID, "%s", err.text);
}

static int read_options(struct textd_client *c, const struct textd_client_options *options, struct textd_error *error)
{
    struct textd_client_options o = { .size = sizeof o };

    if (options && encode_known_struct(&o, sizeof o, options, FIRST_OPTIONS_SIZE, "options", error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    if (o.flags & ~(TEXTD_CLIENT_NO_RESEND | TEXTD_CLIENT_ASYNC))
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "options.flags is 0x%x; allowed: TEXTD_CLIENT_NO_RESEND, TEXTD_CLIENT_ASYNC",
                           (unsigned)o.flags);
    c->timeout_ms = o.timeout_ms ? o.timeout_ms : TIMEOUT_MS;
    c->connect_ms = o.connect_ms ? o.connect_ms : CONNECT_MS;
    if (c->connect_ms > c->timeout_ms)
        c->connect_ms = c->timeout_ms;
    c->resend_ms = o.resend_ms ? o.resend_ms : c->timeout_ms;
    c->flags = o.flags;
    int rc = copy_endpoint(c, o.endpoint, error);
    return rc == TEXTD_CLIENT_OK ? read_keys(c, &o, error) : rc;
}

struct textd_client *textd_client_open(const struct textd_client_options *options, struct textd_error *error)
{
    struct textd_client *c = calloc(1, sizeof *c);

    if (!c) {
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a client");
        return NULL;
    }
    c->last_op_id = (uint64_t)INT64_MAX + 1;
    if (read_options(c, options, error) != TEXTD_CLIENT_OK ||
        delivery_open(&c->delivery, is_async(c), error) != TEXTD_CLIENT_OK) {
        textd_client_close(c);
        return NULL;
    }
    done(c, TEXTD_CLIENT_OK);
    return c;
}

int textd_client_fd(const struct textd_client *c)
{
    return is_async(c) ? c->delivery.link.ready.epoll_fd : -1;
}

void textd_client_close(struct textd_client *c)
{
    if (!c)
        return;
    delivery_close(&c->delivery);
    free(c);
}

const char *textd_client_endpoint(const struct textd_client *c)
{
    return c->delivery.link.endpoint;
}

size_t textd_client_in_flight(const struct textd_client *c)
{
    return delivery_in_flight(&c->delivery);
}

const char *textd_client_version(void)
{
    return TEXTD_VERSION;
}

/* ---- Sending ----------------------------------------------------------------------------------------------------- */

static uint64_t in_ms(uint32_t ms)
{
    return td_now_ns() + ms * MS;
}

/* How long a reply is waited for: a daemon that hangs doesn't tell that a deadline has passed. */
static uint32_t answer_ms(const struct textd_client *c, uint32_t deadline_ms)
{
    return deadline_ms && deadline_ms + GRACE_MS < c->timeout_ms ? deadline_ms + GRACE_MS : c->timeout_ms;
}

/* Sends and takes over `p`, whatever the outcome. `waits`: for a connection. */
static int send_pending(struct textd_client *c, struct pending *p, unsigned n_sent_max, int waits,
                        struct textd_error *error)
{
    uint32_t total_ms = p->deadline_ms ? p->deadline_ms : c->resend_ms;

    p->n_sent_max = c->flags & TEXTD_CLIENT_NO_RESEND ? 1 : n_sent_max;
    if (waits)
        return delivery_send(&c->delivery, p, total_ms, in_ms(c->connect_ms), error);
    return delivery_queue(&c->delivery, p, total_ms, c->connect_ms, answer_ms(c, p->deadline_ms), error);
}

static int is_taken(const struct textd_client *c, uint64_t id)
{
    return pending_find(&c->delivery.pending, id) != NULL;
}

static uint64_t next_id(struct textd_client *c)
{
    do
        c->last_id = c->last_id % INT64_MAX + 1;
    while (is_taken(c, c->last_id));
    return c->last_id;
}

/* A caller that counts from 1 and never asked for a ping's number would otherwise meet it: in flight, or late. */
static uint64_t next_op_id(struct textd_client *c)
{
    do
        c->last_op_id = c->last_op_id > 1 ? c->last_op_id - 1 : INT64_MAX;
    while (is_taken(c, c->last_op_id));
    return c->last_op_id;
}

static int refuse_id(const struct textd_client *c, uint64_t id, struct textd_error *error)
{
    const struct pending *p = pending_find(&c->delivery.pending, id);

    if (p->state == PENDING_ABANDONED)
        return client_fail(
            error, TEXTD_CLIENT_INVALID,
            "request.id %llu was given up, or cancelled too late, and an answer to that may be on its way; "
            "use another id",
            (unsigned long long)id);
    return client_fail(error, TEXTD_CLIENT_INVALID, "request.id %llu is in flight already", (unsigned long long)id);
}

static int describe(struct textd_client *c, unsigned n_sent_max, uint32_t ms, struct textd_reply **reply,
                    struct textd_error *error);

/* A message that is much too large ends the connection, with all that is in flight on it: so the daemon is asked before.
 * One that doesn't answer that in time gets the document; it will tell. A loop isn't held up: there it is as large as the
 * daemon said when it was last asked. */
static int check_size(struct textd_client *c, size_t length, struct textd_error *error)
{
    struct textd_reply *reply;

    if (length <= ALWAYS_TAKEN)
        return TEXTD_CLIENT_OK;
    int rc = is_async(c) ? TEXTD_CLIENT_OK : describe(c, 1, c->connect_ms, &reply, error);
    if (rc == TEXTD_CLIENT_TIMEOUT || rc == TEXTD_CLIENT_LOST)
        return TEXTD_CLIENT_OK;
    if (rc != TEXTD_CLIENT_OK)
        return rc;
    if (!is_async(c))
        textd_reply_free(reply);
    if (c->document_bytes && length > c->document_bytes)
        return client_fail(error, TEXTD_CLIENT_TOO_LARGE,
                           "the document has %zu bytes; textd at %s takes %llu (limits.document_bytes)", length,
                           textd_client_endpoint(c), (unsigned long long)c->document_bytes);
    return TEXTD_CLIENT_OK;
}

/* `request` as this library knows it. *id: its number. */
static int send_known(struct textd_client *c, const struct textd_request *request, int waits, uint64_t *id,
                      struct textd_error *error)
{
    if (request->id && is_taken(c, request->id))
        return refuse_id(c, request->id, error);
    int rc = check_size(c, request->length, error);
    if (rc != TEXTD_CLIENT_OK)
        return rc;
    uint64_t number = request->id ? request->id : next_id(c);
    struct pending *p = encode_annotate(request, number, error);
    if (!p)
        return error->code;
    *id = number;
    return send_pending(c, p, DELIVERY_SENT_MAX, waits, error);
}

int textd_client_send(struct textd_client *c, const struct textd_request *request, uint64_t *id,
                      struct textd_error *error)
{
    struct textd_error local = { 0 };
    struct textd_request known;
    uint64_t number = 0;

    error = error ? error : &local; /* its code is read below */
    if (link_check_process(&c->delivery.link, error) != TEXTD_CLIENT_OK ||
        encode_known(&known, request, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    int rc = send_known(c, &known, !is_async(c), &number, error);
    if (id && number)
        *id = number;
    return done(c, rc);
}

int textd_client_cancel(struct textd_client *c, uint64_t id, struct textd_error *error)
{
    if (link_check_process(&c->delivery.link, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    return done(c, delivery_cancel(&c->delivery, id, error));
}

/* ---- Receiving --------------------------------------------------------------------------------------------------- */

static int timed_out(const struct textd_client *c, uint32_t ms, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_TIMEOUT, "%s did not answer within %g s", textd_client_endpoint(c),
                       ms / 1000.0);
}

int textd_client_receive(struct textd_client *c, uint32_t timeout_ms, struct textd_reply **reply,
                         struct textd_error *error)
{
    struct textd_error local = { 0 };

    error = error ? error : &local;
    *reply = NULL;
    if (link_check_process(&c->delivery.link, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    if (textd_client_in_flight(c) == 0) {
        if (!is_async(c))
            return client_fail(error, TEXTD_CLIENT_INVALID, "nothing is in flight to %s", textd_client_endpoint(c));
        timeout_ms = 0; /* but what happened to the connection is seen to: a loop would spin over it */
    }
    int rc = delivery_next(&c->delivery, in_ms(timeout_ms), reply, error);
    return done(c, rc == TEXTD_CLIENT_TIMEOUT ? timed_out(c, timeout_ms, error) : rc);
}

/* For `ms` since `start_ns`. */
static int await(struct textd_client *c, uint64_t id, uint64_t start_ns, uint32_t ms, struct textd_reply **reply,
                 struct textd_error *error)
{
    int rc = delivery_await(&c->delivery, id, start_ns + ms * MS, reply, error);

    return rc == TEXTD_CLIENT_TIMEOUT ? timed_out(c, ms, error) : rc;
}

int textd_client_annotate(struct textd_client *c, const struct textd_request *request, struct textd_reply **reply,
                          struct textd_error *error)
{
    uint64_t start_ns = td_now_ns(), id = 0;
    struct textd_error local = { 0 };
    struct textd_request known;

    error = error ? error : &local;
    *reply = NULL;
    if (link_check_process(&c->delivery.link, error) != TEXTD_CLIENT_OK ||
        encode_known(&known, request, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    int rc = send_known(c, &known, 1, &id, error);
    if (rc == TEXTD_CLIENT_OK)
        rc = await(c, id, start_ns, answer_ms(c, known.deadline_ms), reply, error);
    return done(c, rc);
}

static int ask(struct textd_client *c, const char *op, const struct textd_argument *arguments, size_t n,
               unsigned n_sent_max, uint32_t ms, struct textd_reply **reply, struct textd_error *error)
{
    uint64_t start_ns = td_now_ns(), id = next_op_id(c);
    struct textd_error local = { 0 };

    error = error ? error : &local;
    *reply = NULL;
    if (link_check_process(&c->delivery.link, error) != TEXTD_CLIENT_OK)
        return TEXTD_CLIENT_INVALID;
    struct pending *p = encode_op(op, arguments, n, id, error);
    if (!p)
        return error->code;
    int rc = send_pending(c, p, n_sent_max, 1, error);
    return done(c, rc == TEXTD_CLIENT_OK ? await(c, id, start_ns, ms, reply, error) : rc);
}

/* Sent once, like a ping: an operation may change something, and nobody knows whether it has. */
int textd_client_call(struct textd_client *c, const char *op, const struct textd_argument *arguments, size_t n,
                      struct textd_reply **reply, struct textd_error *error)
{
    return ask(c, op, arguments, n, 1, c->timeout_ms, reply, error);
}

/* Sent once: that the connection was lost is the answer. */
int textd_client_ping(struct textd_client *c, struct textd_reply **reply, struct textd_error *error)
{
    return ask(c, "ping", NULL, 0, 1, c->timeout_ms, reply, error);
}

static int describe(struct textd_client *c, unsigned n_sent_max, uint32_t ms, struct textd_reply **reply,
                    struct textd_error *error)
{
    int rc = ask(c, "describe", NULL, 0, n_sent_max, ms, reply, error);

    if (rc != TEXTD_CLIENT_OK)
        return rc;
    struct textd_node limit = textd_node_path(textd_reply_root(*reply), "limits.document_bytes");
    c->document_bytes = limit.type == TEXTD_NODE_INTEGER && limit.integer > 0 ? (uint64_t)limit.integer : 0;
    return rc;
}

int textd_client_describe(struct textd_client *c, struct textd_reply **reply, struct textd_error *error)
{
    return describe(c, DELIVERY_SENT_MAX, c->timeout_ms, reply, error);
}
