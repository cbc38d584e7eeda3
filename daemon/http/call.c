/* call.c: see call.h. libmicrohttpd calls on_request several times for a request: with its head, with each piece of its
 * body, at its end, and again after each suspension, until there is an answer. */
#include "daemon/http/parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mp_buf.h"
#include "common/nearest.h"

/* The client may take the deadline, and beyond it a second for so many KiB that it sends or reads. */
#define SLOWEST_KIB_S 16

/* A body of so many bytes is rather read than the connection closed. Of a larger one that is refused at its head, so
 * much is read and thrown away: a client that writes all before it looks for an answer would find the connection reset,
 * and no answer. */
#define SMALL (64 * 1024)
#define THROWN (64 * 1024 * 1024)

/* How long the end of a small body is awaited before its refusal goes out beside libmicrohttpd: a client may send no more until it
 * has an answer. */
#define REFUSED_MS 100

/* What a stream writes at a time. */
#define PIECE (16 * 1024)

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_HTTP_CALL_##name] = { text, to },
    TD_HTTP_CALL_STATES(X)
#undef X
};

static void change_state(struct td_http_call *call, enum td_http_call_state state)
{
    td_state_check(states, call->state, state);
    call->state = state;
}

/* The client has the deadline from then on, and longer for these bytes. */
static void set_end(struct td_http_call *call, uint64_t began_ns, uint64_t bytes)
{
    uint64_t now = td_now_ns() / 1000000;
    uint64_t end = began_ns / 1000000 + call->http->set.deadline_ms + bytes / SLOWEST_KIB_S;

    td_http_set_deadline(call->connection, end > now ? end - now : 1);
}

/* ---- What a route sees -------------------------------------------------------------------------------------------- */

struct td_http *td_http_call_http(const struct td_http_call *call)
{
    return call->http;
}

const struct td_http_route *td_http_call_route(const struct td_http_call *call)
{
    return call->route;
}

const char *td_http_call_query(const struct td_http_call *call, const char *name)
{
    const char *value = NULL;
    size_t length;

    if (td_mhd.MHD_lookup_connection_value_n(call->connection->mhd, MHD_GET_ARGUMENT_KIND, name, strlen(name), &value,
                                             &length) != MHD_YES)
        return NULL;
    return value ? value : "";
}

struct each {
    void (*see)(void *data, const char *name, const char *value);
    void *data;
};

static enum MHD_Result see_value(void *data, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                 const char *value, size_t value_length)
{
    const struct each *each = data;

    (void)kind, (void)name_length, (void)value_length;
    each->see(each->data, name, value ? value : "");
    return MHD_YES;
}

const char *td_http_call_header(const struct td_http_call *call, const char *name)
{
    return td_mhd.MHD_lookup_connection_value(call->connection->mhd, MHD_HEADER_KIND, name);
}

void *td_http_call_data(const struct td_http_call *call)
{
    return call->data;
}

void td_http_call_set_data(struct td_http_call *call, void *data)
{
    call->data = data;
}

void td_http_call_on_gone(struct td_http_call *call, void (*gone)(struct td_http_call *call, void *data), void *data)
{
    call->gone = gone;
    call->gone_data = data;
}

void td_http_call_each_query(const struct td_http_call *call,
                             void (*see)(void *data, const char *name, const char *value), void *data)
{
    struct each each = { see, data };

    td_mhd.MHD_get_connection_values_n(call->connection->mhd, MHD_GET_ARGUMENT_KIND, see_value, &each);
}

void td_http_call_each_header(const struct td_http_call *call,
                              void (*see)(void *data, const char *name, const char *value), void *data)
{
    struct each each = { see, data };

    td_mhd.MHD_get_connection_values_n(call->connection->mhd, MHD_HEADER_KIND, see_value, &each);
}

void td_http_call_resume(struct td_http_call *call)
{
    if (call->state == TD_HTTP_CALL_BESIDE) {
        td_http_duplex_wake(call);
        return;
    }
    td_http_resume(call->connection);
}

void td_http_call_read_on(struct td_http_call *call)
{
    if (call->state == TD_HTTP_CALL_BESIDE && !call->is_whole)
        td_http_resume(call->connection);
}

void td_http_call_set_busy(struct td_http_call *call, int is_busy)
{
    call->is_busy = is_busy;
}

void td_http_call_keep_little(struct td_http_call *call, int bytes)
{
    setsockopt(call->connection->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

void td_http_call_break(struct td_http_call *call)
{
    shutdown(call->connection->fd, SHUT_RDWR); /* libmicrohttpd sees an end, and closes */
    call->connection->listener->is_due = 1;
}

/* ---- Answers ------------------------------------------------------------------------------------------------------ */

int td_http_call_set_header(struct td_http_call *call, const char *name, const char *value)
{
    if (call->n_headers == TD_HTTP_HEADERS || strpbrk(value, "\r\n"))
        return -1;
    char *name_copy = strdup(name), *value_copy = strdup(value);
    if (!name_copy || !value_copy) {
        free(name_copy);
        free(value_copy);
        return -1;
    }
    call->headers[call->n_headers].name = name_copy;
    call->headers[call->n_headers++].value = value_copy;
    return 0;
}

static void add_headers(struct td_http_call *call, const char *content_type)
{
    int is_cached = 0;

    for (unsigned i = 0; i < call->n_headers; i++) {
        is_cached |= strcasecmp(call->headers[i].name, MHD_HTTP_HEADER_CACHE_CONTROL) == 0;
        td_mhd.MHD_add_response_header(call->response, call->headers[i].name, call->headers[i].value);
    }
    if (content_type)
        td_mhd.MHD_add_response_header(call->response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    if (!is_cached)
        td_mhd.MHD_add_response_header(call->response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    td_mhd.MHD_add_response_header(call->response, "X-Content-Type-Options", "nosniff");
    if (call->http->is_draining || call->connection->is_extra || call->is_last)
        td_mhd.MHD_add_response_header(call->response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* Without memory for it the connection ends, which is an answer, too. */
static void set_answer(struct td_http_call *call, unsigned status, const char *content_type)
{
    change_state(call, TD_HTTP_CALL_ANSWERED);
    call->gone = NULL;
    call->status = status;
    if (call->response)
        add_headers(call, content_type);
    td_http_resume(call->connection);
}

void td_http_call_answer(struct td_http_call *call, unsigned status, const char *content_type, const void *bytes,
                         size_t length)
{
    void *borrowed = (void *)(uintptr_t)bytes; /* libmicrohttpd takes no const, and copies */

    call->response = td_mhd.MHD_create_response_from_buffer(length, borrowed, MHD_RESPMEM_MUST_COPY);
    call->length = length;
    call->http->docs->door_bytes += length;
    set_answer(call, status, content_type);
}

unsigned td_http_status_of(enum td_code code)
{
    switch (code) {
    case TD_E_BAD_REQUEST:
    case TD_E_UNSUPPORTED_VERSION:
    case TD_E_INVALID_UTF8:
        return MHD_HTTP_BAD_REQUEST;
    case TD_E_TOO_LARGE:
        return MHD_HTTP_CONTENT_TOO_LARGE;
    case TD_E_UNKNOWN_PIPELINE:
    case TD_E_UNKNOWN_PLUGIN:
    case TD_E_BAD_OPTION:
        return MHD_HTTP_UNPROCESSABLE_CONTENT;
    case TD_E_OVERLOADED:
        return MHD_HTTP_TOO_MANY_REQUESTS;
    case TD_E_SHUTTING_DOWN:
        return MHD_HTTP_SERVICE_UNAVAILABLE;
    case TD_E_DEADLINE_EXCEEDED:
    case TD_E_PLUGIN_TIMEOUT:
        return MHD_HTTP_GATEWAY_TIMEOUT;
    default:
        return MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
}

/* td_fail has made it one plain line of UTF-8: only two characters are special in JSON. */
static void append_words(struct td_buf *buf, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            td_buf_append(buf, "\\", 1);
        td_buf_append(buf, text, 1);
    }
}

static void append(struct td_buf *buf, const char *text)
{
    td_buf_append(buf, text, strlen(text));
}

/* Whether the answer goes out now, beside libmicrohttpd, which would give it at the body's end: while the client sends
 * a large one, or one that may have no end. */
static int is_refused_now(const struct td_http_call *call)
{
    const char *length = td_http_call_header(call, MHD_HTTP_HEADER_CONTENT_LENGTH);

    if (call->state != TD_HTTP_CALL_READING || call->is_last || call->is_whole)
        return 0;
    return call->received > 0 ||
           (length && strtoull(length, NULL, 10) > SMALL && !td_http_call_header(call, MHD_HTTP_HEADER_EXPECT));
}

void td_http_call_fail(struct td_http_call *call, unsigned status, const struct td_err *err)
{
    struct td_buf buf = { .limit = 4096 };

    if (status == 0)
        status = td_http_status_of(err->code);
    append(&buf, "{\"v\":1,\"id\":null,\"ok\":false,\"error\":{\"code\":\"");
    append(&buf, td_code_name(err->code));
    append(&buf, "\",\"message\":\"");
    append_words(&buf, err->text);
    append(&buf, td_code_is_retryable(err->code) ? "\",\"retryable\":true}}\n" : "\",\"retryable\":false}}\n");
    if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE)
        td_http_call_set_header(call, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (is_refused_now(call) && buf.bytes)
        td_http_refuse_with(call->connection, status, buf.bytes, buf.length);
    if (call->state == TD_HTTP_CALL_READING) {
        call->refusal = buf.bytes;
        call->refusal_length = buf.length;
    }
    td_http_call_answer(call, status, "application/json", buf.bytes ? buf.bytes : "", buf.length);
    if (!call->refusal)
        td_buf_free(&buf);
}

/* ---- Streams ------------------------------------------------------------------------------------------------------ */

void td_http_call_close_source(struct td_http_call *call)
{
    const struct td_http_source *source = call->source;

    call->source = NULL;
    if (source)
        source->close(call->source_data);
}

static ssize_t read_source(void *data, uint64_t at, char *to, size_t max)
{
    struct td_http_call *call = data;
    ssize_t n;

    (void)at;
    if (!call->source || call->state == TD_HTTP_CALL_GONE)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    n = call->source->read(call->source_data, to, max);
    if (n > 0) {
        call->sent += (uint64_t)n;
        if (call->source->has_end)
            set_end(call, call->sending_ns, call->sent);
        return n;
    }
    if (n == 0 && call->http->stopped_ns == 0 && (!call->http->is_draining || call->source->drain)) {
        td_http_suspend(call->connection);
        return 0;
    }
    td_http_call_close_source(call);
    return n == -2 ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
}

/* The body of an answer to HEAD would be taken for the next answer: it gets a fixed, empty one. */
void td_http_call_stream(struct td_http_call *call, unsigned status, const char *content_type,
                         const struct td_http_source *source, void *data)
{
    call->source = source;
    call->source_data = data;
    if (call->is_head) {
        td_http_call_close_source(call);
        td_http_call_answer(call, status, content_type, "", 0);
        return;
    }
    if (call->state == TD_HTTP_CALL_READING && call->route->take_body) {
        call->gone = NULL; /* source->close tells, from now on */
        change_state(call, TD_HTTP_CALL_BESIDE);
        if (td_http_duplex_begin(call, status, content_type) != 0) {
            td_http_call_break(call); /* libmicrohttpd waits for the body, and its client maybe for us */
            td_http_call_leave(call);
        }
        return;
    }
    call->response = td_mhd.MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_source, call, NULL);
    set_answer(call, status, content_type);
}

/* ---- A request comes ---------------------------------------------------------------------------------------------- */

static const struct td_http_route *find_route(const struct td_http_listener *l, const char *method, const char *path)
{
    for (const struct td_http_route *r = td_http_routes; r->path; r++)
        if (strcmp(r->path, path) == 0 && (!method || strcmp(r->method, method) == 0) && (r->is_probe || !l->is_probes))
            return r;
    return NULL;
}

#define MOST_MEANT 24 /* letters of a path that may be meant for another */

/* The path that was meant: one that is written nearly so, or so behind "/v1". NULL: none. */
static const char *nearest_path(const char *path)
{
    const char *names[TD_HTTP_MAX_ROUTES], *best;
    char versioned[MOST_MEANT + 4];
    size_t n = 0;

    for (const struct td_http_route *r = td_http_routes; r->path && n < TD_HTTP_MAX_ROUTES; r++)
        names[n++] = r->path;
    if (strlen(path) > MOST_MEANT) /* who floods with long ones pays with no time of ours */
        return NULL;
    snprintf(versioned, sizeof versioned, "/v1%s", path);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], versioned) == 0)
            return names[i];
    best = td_nearest(path, strlen(path), names, n);
    return best ? best : td_nearest(versioned, strlen(versioned), names, n);
}

static void refuse_path(struct td_http_call *call, const char *path)
{
    const char *meant = nearest_path(path);
    struct td_err err;

    if (call->connection->listener->is_probes)
        td_fail(&err, TD_E_BAD_REQUEST,
                "there is no %.200s here: http.probes has /livez, /readyz, /healthz and /metrics; all else is on "
                "http.listen",
                path);
    else
        td_fail(&err, TD_E_BAD_REQUEST, "there is no %.200s here%s%s%s /v1/openapi.json has all paths", path,
                meant ? "; did you mean " : ";", meant ? meant : "", meant ? "?" : "");
    td_http_call_fail(call, MHD_HTTP_NOT_FOUND, &err);
}

static void refuse_method(struct td_http_call *call, const char *method, const char *path)
{
    char allow[64] = "";
    struct td_err err;

    for (const struct td_http_route *r = td_http_routes; r->path; r++) {
        size_t used = strlen(allow);
        if (strcmp(r->path, path) == 0)
            snprintf(allow + used, sizeof allow - used, "%s%s%s", used ? ", " : "", r->method,
                     strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
    }
    td_http_call_set_header(call, MHD_HTTP_HEADER_ALLOW, allow);
    td_fail(&err, TD_E_BAD_REQUEST, "%s takes %s, not %.20s%s", path, allow, method,
            strcmp(method, "PUT") == 0 && strcmp(allow, "POST") == 0 ? " (with curl -T say -X POST, too)" : "");
    td_http_call_fail(call, MHD_HTTP_METHOD_NOT_ALLOWED, &err);
}

struct query {
    struct td_http_call *call;
    struct td_err *err;
};

static int is_declared(const struct td_http_route *route, const char *name)
{
    for (const struct td_http_parameter *p = route->parameters; p && p->name; p++)
        if (p->name[strlen(p->name) - 1] == '*' ? strncmp(p->name, name, strlen(p->name) - 1) == 0
                                                : strcmp(p->name, name) == 0)
            return 1;
    return 0;
}

#define MAX_PARAMETERS 16 /* of a route */

static void refuse_parameter(const struct td_http_route *route, const char *name, struct td_err *err)
{
    const char *names[MAX_PARAMETERS], *meant;
    size_t n = 0;

    for (const struct td_http_parameter *p = route->parameters; p && p->name; p++) {
        assert(n < MAX_PARAMETERS);
        names[n++] = p->name;
    }
    meant = td_nearest(name, strlen(name), names, n);
    td_fail(err, TD_E_BAD_REQUEST, "%s has no parameter '%.60s'%s%s%s", route->path, name,
            meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static enum MHD_Result check_parameter(void *data, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                       const char *value, size_t value_length)
{
    struct query *q = data;
    struct td_err *err = q->err;
    const char *first = NULL;
    size_t length;

    (void)kind;
    td_mhd.MHD_lookup_connection_value_n(q->call->connection->mhd, MHD_GET_ARGUMENT_KIND, name, name_length, &first,
                                         &length);
    if (strlen(name) != name_length || !is_declared(q->call->route, name))
        refuse_parameter(q->call->route, name, err);
    else if (value && strlen(value) != value_length)
        td_fail(err, TD_E_BAD_REQUEST, "parameter '%.60s' has a NUL byte", name);
    else if (first != value)
        td_fail(err, TD_E_BAD_REQUEST, "parameter '%.60s' is there twice", name);
    return err->code == TD_OK ? MHD_YES : MHD_NO;
}

/* Whether the route's limits and the server's state let it be asked. */
static int check_state(const struct td_http_call *call, struct td_err *err)
{
    if (call->connection->is_extra && !call->route->is_probe)
        return td_fail(err, TD_E_OVERLOADED, "there are %llu connections, as many as http.connections allows",
                       (unsigned long long)call->http->set.connections);
    if (!call->http->is_serving && !call->route->is_early)
        return td_fail(err, TD_E_OVERLOADED, "the server is starting");
    if (call->http->stopped_ns > 0 && !call->route->is_probe) /* nothing may be suspended any more */
        return td_fail(err, TD_E_SHUTTING_DOWN, "the server is shutting down");
    return TD_OK;
}

static int check_query(struct td_http_call *call, struct td_err *err)
{
    struct query q = { call, err };

    err->code = TD_OK;
    td_mhd.MHD_get_connection_values_n(call->connection->mhd, MHD_GET_ARGUMENT_KIND, check_parameter, &q);
    return err->code;
}

/* How often each of the headers is there on which it depends where a request ends, and whose it is. */
struct framing {
    unsigned n_hosts, n_lengths, n_encodings;
    int is_chunked;
    int is_odd; /* a header is none: see is_header */
};

/* libmicrohttpd takes what it doesn't know for a header that means nothing. A proxy may read "Content-Length :" as if
 * the blank weren't there, or end a line at a bare CR. What a folded line is joined by shows up here as a NUL. */
static int is_header(const char *name, size_t name_length, const char *value, size_t value_length)
{
    static const char letters[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    if (name_length == 0 || strspn(name, letters) != name_length)
        return 0;
    for (size_t i = 0; i < value_length; i++)
        if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
            return 0;
    return 1;
}

static enum MHD_Result count_header(void *data, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                    const char *value, size_t value_length)
{
    struct framing *f = data;

    (void)kind;
    f->is_odd |= !is_header(name, name_length, value, value_length);
    f->n_hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    f->n_lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        f->n_encodings++;
        f->is_chunked = value && strcasecmp(value, "chunked") == 0;
    }
    return MHD_YES;
}

/* A proxy in front of us may see another end in what says it twice (RFC 9112, 6.3), or in HTTP/1.0 with chunks (6.1):
 * it is refused, and nothing that follows on the connection is read. */
static int check_framing(struct td_http_call *call, struct td_err *err)
{
    struct framing f = { 0 };

    td_mhd.MHD_get_connection_values_n(call->connection->mhd, MHD_HEADER_KIND, count_header, &f);
    if (!f.is_odd && f.n_hosts <= 1 && f.n_lengths + f.n_encodings <= 1 &&
        (f.n_encodings == 0 || (f.is_chunked && !call->is_old)))
        return TD_OK;
    call->is_last = 1;
    if (f.is_odd)
        return td_fail(err, TD_E_BAD_REQUEST,
                       "a header's name or value has characters that can't stand there: a blank before the colon, or "
                       "control characters");
    return td_fail(err, TD_E_BAD_REQUEST,
                   "the request has more than one Host, or its body's end is not plain: send Host "
                   "once, and Content-Length or 'Transfer-Encoding: chunked'");
}

/* What can be said against a request from its head alone is said by answering it. */
static void admit(struct td_http_call *call, const char *method, const char *path, const char *version)
{
    struct td_err err;

    if (check_framing(call, &err) != TD_OK)
        td_http_call_fail(call, 0, &err);
    else if ((call->is_last = td_http_check_host(call, version, &err) != TD_OK))
        td_http_call_fail(call, MHD_HTTP_MISDIRECTED_REQUEST, &err);
    else if (!find_route(call->connection->listener, NULL, path))
        refuse_path(call, path);
    else if (!call->route)
        refuse_method(call, method, path);
    else if (td_http_check_origin(call, method, &err) != TD_OK)
        td_http_call_fail(call, MHD_HTTP_FORBIDDEN, &err);
    else if (!call->route->is_open && td_http_check_token(call, &err) != TD_OK)
        td_http_call_fail(call, MHD_HTTP_UNAUTHORIZED, &err);
    else if (check_state(call, &err) != TD_OK)
        td_http_call_fail(call, MHD_HTTP_SERVICE_UNAVAILABLE, &err);
    else if (check_query(call, &err) != TD_OK)
        td_http_call_fail(call, 0, &err);
    else if (call->route->take_body)
        call->route->take(call);
}

static struct td_http_call *make_call(struct td_http_connection *c, const char *method, const char *path)
{
    struct td_http_call *call = calloc(1, sizeof *call);
    int is_head = strcmp(method, "HEAD") == 0;

    if (!call)
        return NULL;
    *call = (struct td_http_call) { .http = c->listener->http,
                                    .connection = c,
                                    .route = find_route(c->listener, is_head ? "GET" : method, path),
                                    .is_head = is_head,
                                    .began_ns = td_now_ns() };
    c->call = call;
    return call;
}

/* An answer that is there at the head goes out at once where the client waits for leave to send its body, or where the
 * body is large; libmicrohttpd then closes the connection. Else the body is read and thrown away, and the connection
 * stays. */
static int will_read(const struct td_http_call *call)
{
    const char *length = td_http_call_header(call, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return call->state != TD_HTTP_CALL_ANSWERED || call->connection->is_refused ||
           (!call->is_last && !td_http_call_header(call, MHD_HTTP_HEADER_EXPECT) &&
            (!length || strtoull(length, NULL, 10) <= SMALL));
}

static enum MHD_Result send_answer(struct td_http_call *call)
{
    struct td_http_connection *c = call->connection;

    if (!call->response)
        return MHD_NO;
    change_state(call, TD_HTTP_CALL_SENDING);
    enum MHD_Result rc = td_mhd.MHD_queue_response(c->mhd, call->status, call->response);
    td_mhd.MHD_destroy_response(call->response);
    call->response = NULL;
    call->sending_ns = td_now_ns();
    if (call->source && !call->source->has_end)
        td_http_set_deadline(c, 0);
    else
        set_end(call, call->sending_ns, call->length);
    return rc;
}

/* What was refused at its head is told so soon, if its body has no end until then. */
static int waits_to_refuse(const struct td_http_call *call)
{
    return call->state == TD_HTTP_CALL_ANSWERED && call->refusal && !call->connection->is_refused;
}

/* From the connection's beginning on, or from the head of a later request; longer for what has come. */
static void prolong(struct td_http_call *call, size_t length)
{
    call->received += length;
    if (waits_to_refuse(call))
        return;
    set_end(call, call->connection->is_used ? call->began_ns : call->connection->waits_ns, call->received);
}

int td_http_call_refuse(struct td_http_call *call)
{
    if (call->is_whole || !waits_to_refuse(call))
        return 0;
    td_http_refuse_with(call->connection, call->status, call->refusal, call->refusal_length);
    prolong(call, 0);
    return 1;
}

/* Whether somebody wants the body. */
static int is_reading(const struct td_http_call *call)
{
    return call->state == TD_HTTP_CALL_READING || call->state == TD_HTTP_CALL_BESIDE;
}

/* A small one is read, so that the connection can stay. One that goes on is no mistake any more; if there was another, that one is
 * told. */
static void throw_away(struct td_http_call *call)
{
    if (call->received > SMALL && !td_http_call_refuse(call))
        td_http_refuse(call->connection, MHD_HTTP_CONTENT_TOO_LARGE, TD_E_TOO_LARGE,
                       "nobody here wants a body of this size");
}

static void take_piece(struct td_http_call *call, const char *bytes, size_t *length)
{
    struct td_http_connection *c = call->connection;
    size_t n = 0;

    if (call->state != TD_HTTP_CALL_BESIDE)
        prolong(call, *length);
    else if (!c->is_refused) /* else the answer is over, and what comes is no progress */
        td_http_duplex_progress(call);
    if (!is_reading(call) || c->is_refused || !call->route->take_body) {
        throw_away(call);
        *length = 0;
        return;
    }
    do {
        n = call->route->take_body(call, bytes, *length);
        bytes += n;
        *length -= n;
    } while (n > 0 && *length > 0 && is_reading(call));
    if (!is_reading(call))
        *length = 0;
    else if (*length > 0)
        td_http_suspend(c);
}

/* The request is whole. */
static void ask(struct td_http_call *call)
{
    call->is_whole = 1;
    if (call->state == TD_HTTP_CALL_BESIDE)
        call->route->take_body(call, NULL, 0);
    if (call->state != TD_HTTP_CALL_READING)
        return;
    td_http_set_deadline(call->connection, 0);
    change_state(call, TD_HTTP_CALL_ASKED);
    if (call->route->take_body)
        call->route->take_body(call, NULL, 0);
    else
        call->route->take(call);
}

enum MHD_Result td_http_on_request(void *listener, struct MHD_Connection *mhd, const char *url, const char *method,
                                   const char *version, const char *bytes, size_t *length, void **state)
{
    const union MHD_ConnectionInfo *info = td_mhd.MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct td_http_connection *c = info->socket_context;
    struct td_http_call *call = *state;

    (void)listener;
    if (!call) {
        if (!(*state = call = make_call(c, method, url)))
            return MHD_NO;
        call->is_old = strcmp(version, MHD_HTTP_VERSION_1_1) != 0;
        admit(call, method, url, version);
        if (!will_read(call))
            return send_answer(call);
        if (waits_to_refuse(call))
            td_http_set_deadline(c, REFUSED_MS);
        return MHD_YES;
    }
    if (call->state == TD_HTTP_CALL_GONE)
        return MHD_NO;
    if (c->is_refused && call->received > THROWN)
        return MHD_NO;
    if (*length > 0) {
        take_piece(call, bytes, length);
        return MHD_YES;
    }
    if (c->is_refused)
        return MHD_NO;
    if (!call->is_whole)
        ask(call);
    if (call->state == TD_HTTP_CALL_ANSWERED)
        return send_answer(call);
    td_http_suspend(c);
    return MHD_YES;
}

/* ---- The end ------------------------------------------------------------------------------------------------------ */

void td_http_call_leave(struct td_http_call *call)
{
    void (*gone)(struct td_http_call * call, void *data) = call->gone;

    if (call->state == TD_HTTP_CALL_GONE)
        return;
    change_state(call, TD_HTTP_CALL_GONE);
    td_http_watch_room(call->connection, 0); /* there may be room, and nobody who uses it */
    if (!call->connection->is_refused)
        call->http->counters.gone++;
    call->gone = NULL;
    if (gone)
        gone(call, call->gone_data);
    td_http_call_close_source(call);
    td_http_resume(call->connection);
}

/* What can be written at once is; the rest has the time that is left, or none. */
static void end_beside(struct td_http_call *call, int now)
{
    if (call->source && call->source->drain)
        call->source->drain(call->source_data);
    td_http_duplex_write(call);
    if (td_http_duplex_is_finished(call) || call->state != TD_HTTP_CALL_BESIDE)
        return;
    int is_over = now && call->is_ended;
    call->is_ended = now;
    if (!is_over) {
        td_http_duplex_wake(call);
        return;
    }
    call->connection->is_refused = 1;
    td_http_call_leave(call);
}

void td_http_call_end(struct td_http_call *call, int now)
{
    struct td_err err;

    if (call->state == TD_HTTP_CALL_BESIDE) {
        end_beside(call, now);
    } else if (call->source && call->source->drain && !now) {
        call->source->drain(call->source_data);
        td_http_resume(call->connection);
    } else if (call->source && call->state != TD_HTTP_CALL_GONE) {
        td_http_resume(call->connection);
    } else if (now && (call->state == TD_HTTP_CALL_ASKED || call->state == TD_HTTP_CALL_READING)) {
        void (*gone)(struct td_http_call * c, void *data) = call->gone;
        call->gone = NULL;
        if (gone)
            gone(call, call->gone_data);
        td_fail(&err, TD_E_SHUTTING_DOWN, "the server stopped before the request was done");
        td_http_call_fail(call, 0, &err);
    }
}

static void count(const struct td_http_call *call)
{
    const struct td_http_route *end = td_http_routes;

    while (end->path)
        end++;
    const struct td_http_route *route = call->route ? call->route : end;
    if (call->status >= 100 && call->status < 600)
        call->http->requests[route - td_http_routes][call->status / 100]++;
    td_log(TD_LOG_DEBUG, "http.request", TD_STR("method", call->is_head ? "HEAD" : route->method),
           TD_STR("path", route->path), TD_INT("status", call->status),
           TD_INT("us", (td_now_ns() - call->began_ns) / 1000),
           TD_STR("end", call->state == TD_HTTP_CALL_GONE ? "gone" : "done"));
}

void td_http_on_completed(void *listener, struct MHD_Connection *mhd, void **state,
                          enum MHD_RequestTerminationCode code)
{
    struct td_http_call *call = *state;

    (void)listener, (void)mhd;
    if (!call)
        return;
    struct td_http_connection *c = call->connection;
    if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK && !(call->duplex && td_http_duplex_is_finished(call)))
        td_http_call_leave(call);
    td_http_call_close_source(call);
    td_http_watch_room(c, 0);
    count(call);
    td_http_duplex_free(call);
    if (call->response)
        td_mhd.MHD_destroy_response(call->response);
    call->http->docs->door_bytes -= call->length;
    free(call->refusal);
    for (unsigned i = 0; i < call->n_headers; i++) {
        free(call->headers[i].name);
        free(call->headers[i].value);
    }
    free(call);
    *state = NULL;
    c->call = NULL;
    c->is_used = 1;
    c->waits_ns = td_now_ns();
    TAILQ_REMOVE(&c->listener->connections, c, link);
    TAILQ_INSERT_TAIL(&c->listener->connections, c, link);
    td_http_set_deadline(c, c->listener->http->set.idle_ms + c->listener->http->set.deadline_ms);
}
