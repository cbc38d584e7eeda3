/* http.c: see http.h. */
#include "daemon/http/parts.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/net/gate.h"

/* Connections that the kernel lets wait until we take them, and how many of those one turn takes. */
#define BACKLOG 1024
#define BURST 64

/* Who comes when http.connections are there may ask the probes' paths, so that a busy server isn't taken for a dead
 * one: so many at a time, and quickly. */
#define EXTRA 32
#define EXTRA_MS 2000

/* The probes' own listener. */
#define PROBES 64
#define PROBES_MS 5000

/* Of the descriptors that are kept for workers and reloads (gate.h) probes may have so many. */
#define PROBES_KEPT 4

/* What a client sends no more of is read in this time; then its connection is closed. */
#define ENDED_MS 50

/* What one keeps once it has asked for something: libmicrohttpd's 32 KiB, which it clears after each request and so touches
 * whole, and ours. Measured: 33 KiB each, of 100 to 1,900. */
#define CONNECTION_BYTES (34u << 10)

/* Of a refusal's own headers. */
#define HEADERS_BYTES 400

/* How long answers may take to leave when the server stops. */
#define LINGER_NS UINT64_C(1000000000)
#define LINGER_TURN_MS 20

/* libmicrohttpd's own limit, never reached: http.connections may change, and this not. */
#define MOST 100000u

/* A connection that has waited so long for its next request is closed when another wants in. */
#define IDLE_NS UINT64_C(1000000000)

/* ---- A connection's end and its deadline -------------------------------------------------------------------------- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct td_http_connection *c = handle->data;

    if (--c->n_handles == 0)
        free(c);
}

/* libmicrohttpd closes the descriptor when this returns. */
static void forget(struct td_http_connection *c)
{
    assert(!c->call);
    TAILQ_REMOVE(&c->listener->connections, c, link);
    c->listener->n_connections--;
    c->listener->n_kept -= c->is_kept;
    c->listener->http->docs->connection_bytes -= CONNECTION_BYTES;
    uv_close((uv_handle_t *)&c->deadline, on_handle_closed);
    if (c->can_watch)
        uv_close((uv_handle_t *)&c->leaving, on_handle_closed);
}

/* What a refusal says in headers, as Allow. Retry-After is written in any case. */
static void write_headers(const struct td_http_call *call, char *to)
{
    size_t used = 0;

    to[0] = 0;
    for (unsigned i = 0; call && i < call->n_headers; i++) {
        const char *name = call->headers[i].name, *value = call->headers[i].value;
        if (strcmp(name, MHD_HTTP_HEADER_RETRY_AFTER) == 0 || used + strlen(name) + strlen(value) + 5 > HEADERS_BYTES)
            continue;
        used += (size_t)snprintf(to + used, HEADERS_BYTES - used, "%s: %s\r\n", name, value);
    }
}

void td_http_refuse_with(struct td_http_connection *c, unsigned status, const char *body, size_t length)
{
    char answer[TD_HTTP_REFUSAL_BYTES + HEADERS_BYTES + 400], headers[HEADERS_BYTES];

    if (c->is_refused || length > TD_HTTP_REFUSAL_BYTES)
        return;
    c->is_refused = 1;
    write_headers(c->call, headers);
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 %u %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s%sConnection: "
                     "close\r\n\r\n%.*s",
                     status, td_mhd.MHD_get_reason_phrase_for(status), length, headers,
                     status == 503 || status == 429 ? "Retry-After: 1\r\n" : "", (int)length, body);
    send(c->fd, answer, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(c->fd, SHUT_WR); /* what the client still sends is read, or the kernel would take the answer back */
}

void td_http_refuse(struct td_http_connection *c, unsigned status, enum td_code code, const char *words)
{
    char body[640];
    int length = snprintf(body, sizeof body,
                          "{\"v\":1,\"id\":null,\"ok\":false,\"error\":{\"code\":\"%s\",\"message\":\"%s\","
                          "\"retryable\":%s}}\n",
                          td_code_name(code), words, td_code_is_retryable(code) ? "true" : "false");

    td_http_refuse_with(c, status, body, (size_t)length);
}

/* Whether a request comes; it may have been refused at its head. */
static int is_reading(const struct td_http_connection *c)
{
    return !c->call || c->call->state == TD_HTTP_CALL_READING ||
           (c->call->state == TD_HTTP_CALL_ANSWERED && !c->call->is_whole);
}

/* Whether it is the client's turn. */
static int waits_for_client(const struct td_http_connection *c)
{
    return is_reading(c) || (c->call->state == TD_HTTP_CALL_BESIDE && !c->call->is_whole);
}

/* libmicrohttpd sees an end, and closes. */
static void cut(struct td_http_connection *c)
{
    shutdown(c->fd, SHUT_RDWR);
    c->listener->is_due = 1;
}

/* Its time is over. */
static void on_deadline(uv_timer_t *timer)
{
    struct td_http_connection *c = timer->data;
    struct td_http *http = c->listener->http;

    if (c->has_ended && waits_for_client(c)) {
        cut(c);
        return;
    }
    if (c->call && c->call->state == TD_HTTP_CALL_BESIDE && td_http_duplex_waits_for_us(c->call)) {
        td_http_duplex_progress(c->call);
        return;
    }
    if (c->call && td_http_call_refuse(c->call))
        return;
    http->counters.deadline++;
    td_log(TD_LOG_INFO, "http.deadline", TD_STR("doing", is_reading(c) ? "read" : "write"),
           TD_STR("path", c->call && c->call->route ? c->call->route->path : NULL), TD_STR("action", "close"));
    if (is_reading(c))
        td_http_refuse(c, MHD_HTTP_REQUEST_TIMEOUT, TD_E_DEADLINE_EXCEEDED, "the request took too long to arrive");
    cut(c);
}

void td_http_set_deadline(struct td_http_connection *c, uint64_t ms)
{
    if (c->has_ended && waits_for_client(c))
        ms = ENDED_MS;
    if (ms > 0)
        uv_timer_start(&c->deadline, on_deadline, ms, 0);
    else
        uv_timer_stop(&c->deadline);
}

/* ---- Clients that leave, and suspended connections --------------------------------------------------------------- */

static void on_leaving(uv_poll_t *poll, int status, int events);

static void watch(struct td_http_connection *c)
{
    int events = (c->is_suspended || !c->has_ended ? UV_DISCONNECT : 0) | (c->wants_room ? UV_WRITABLE : 0);

    if (!c->can_watch && uv_poll_init(c->listener->http->loop, &c->leaving, c->fd) == 0) {
        c->leaving.data = c;
        c->can_watch = 1;
        c->n_handles++;
    }
    if (c->can_watch && events)
        uv_poll_start(&c->leaving, events, on_leaving);
    else if (c->can_watch)
        uv_poll_stop(&c->leaving);
}

void td_http_watch_room(struct td_http_connection *c, int wants)
{
    if (c->wants_room == wants)
        return;
    c->wants_room = wants;
    watch(c);
}

/* There is room to write. Or its client went, or will send no more: the two can't be told apart until something is
 * written, and most servers take the one for the other. What it had sent before, more requests maybe, doesn't matter
 * any more. */
static void on_leaving(uv_poll_t *poll, int status, int events)
{
    struct td_http_connection *c = poll->data;

    if (status == 0 && (events & UV_WRITABLE)) {
        td_http_duplex_write(c->call); /* which notices an end, too */
        return;
    }
    if (c->is_suspended) {
        td_http_call_leave(c->call);
        return;
    }
    /* libmicrohttpd may miss it when it comes together with what was sent last: it reads that, and waits for more. */
    c->has_ended = 1;
    watch(c);
    if (waits_for_client(c))
        td_http_set_deadline(c, ENDED_MS);
}

void td_http_suspend(struct td_http_connection *c)
{
    assert(!c->is_suspended);
    c->is_suspended = 1;
    td_mhd.MHD_suspend_connection(c->mhd);
    watch(c);
}

void td_http_resume(struct td_http_connection *c)
{
    if (!c->is_suspended)
        return;
    c->is_suspended = 0;
    watch(c);
    td_mhd.MHD_resume_connection(c->mhd);
    c->listener->is_due = 1;
}

/* ---- Letting in --------------------------------------------------------------------------------------------------- */

/* libmicrohttpd looks at each connection in each turn whose time isn't that of all; a reload may change it for those to come. */
static unsigned idle_seconds(const struct td_http *http)
{
    return (unsigned)((http->set.idle_ms + 999) / 1000);
}

static void on_connection(void *listener, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct td_http_listener *l = listener;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        l->arriving->mhd = mhd;
        td_mhd.MHD_set_connection_option(mhd, MHD_CONNECTION_OPTION_TIMEOUT, idle_seconds(l->http));
        *context = l->arriving;
    } else {
        forget(*context);
    }
}

/* It was never libmicrohttpd's. */
static void send_away(struct td_http_listener *l, int fd, const char *words)
{
    struct td_http_connection c = { .listener = l, .fd = fd };

    l->http->counters.connections_full++;
    td_http_refuse(&c, MHD_HTTP_SERVICE_UNAVAILABLE, TD_E_OVERLOADED, words);
    close(fd);
}

/* Closes the connection that has waited longest for its client's next request, if that is long; on the probes' listener
 * whatever it is: nobody has to wait there. */
static void make_room(struct td_http_listener *l)
{
    struct td_http_connection *c;
    uint64_t now = td_now_ns();

    c = TAILQ_FIRST(&l->connections);
    while (c && (c->call || c->is_refused))
        c = TAILQ_NEXT(c, link);
    if (!c || (!l->is_probes && now - c->waits_ns < IDLE_NS))
        return;
    l->http->counters.connections_reused++;
    c->is_refused = 1;
    shutdown(c->fd, SHUT_RDWR);
    td_mhd.MHD_run(l->daemon);
}

static void let_in(struct td_http_listener *l, int fd, const struct sockaddr *address, socklen_t length)
{
    struct td_http *http = l->http;
    uint64_t most = l->is_probes ? PROBES : http->set.connections;

    if (l->n_connections >= most)
        td_mhd.MHD_run(l->daemon); /* some may have left, and it not have seen it yet */
    if (l->n_connections >= most)
        make_room(l);
    int is_extra = l->n_connections >= most;
    if (l->n_connections >= most + (l->is_probes ? 0 : EXTRA)) {
        send_away(l, fd, "too many connections");
        return;
    }
    struct td_http_connection *c = calloc(1, sizeof *c);
    if (!c) {
        send_away(l, fd, "no memory");
        return;
    }
    *c = (struct td_http_connection) { .listener = l,
                                       .fd = fd,
                                       .n_handles = 1,
                                       .is_extra = is_extra,
                                       .is_kept = td_gate_keeps(fd),
                                       .waits_ns = td_now_ns() };
    c->deadline.data = c;
    uv_timer_init(http->loop, &c->deadline);
    td_http_set_deadline(c, l->is_probes ? PROBES_MS : is_extra ? EXTRA_MS : http->set.deadline_ms);
    l->arriving = c;
    TAILQ_INSERT_TAIL(&l->connections, c, link);
    l->n_connections++;
    l->n_kept += c->is_kept;
    http->docs->connection_bytes += CONNECTION_BYTES;
    http->counters.connections++;
    if (td_mhd.MHD_add_connection(l->daemon, fd, address, length) == MHD_YES)
        watch(c);
    else if (!c->mhd)
        forget(c); /* it closed the descriptor and told nobody */
    l->arriving = NULL;
    l->is_due = 1;
}

/* When there is no descriptor the reserve is one, for as long as it takes to say so. */
static int accept_with_reserve(struct td_http_listener *l)
{
    if (l->reserve >= 0)
        close(l->reserve);
    int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        send_away(l, fd, "no descriptors left");
    l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd;
}

static void on_arrivals(uv_poll_t *poll, int status, int events)
{
    struct td_http_listener *l = poll->data;

    (void)status, (void)events;
    for (int i = 0; i < BURST; i++) {
        if (l->n_kept >= PROBES_KEPT)
            make_room(l);
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        int fd = accept4(l->fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
            if (accept_with_reserve(l) < 0)
                return;
        } else if (fd < 0) {
            return;
        } else if (td_gate_keeps(fd) && (!l->is_probes || l->n_kept >= PROBES_KEPT)) {
            send_away(l, fd, "no descriptors left");
        } else {
            let_in(l, fd, (const struct sockaddr *)&address, length);
        }
    }
}

/* ---- Turning ------------------------------------------------------------------------------------------------------ */

static void on_due(uv_timer_t *timer)
{
    struct td_http_listener *l = timer->data;

    l->is_due = 1;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct td_http_listener *l = poll->data;

    (void)status, (void)events;
    l->is_due = 1;
}

void td_http_run(struct td_http *http)
{
    for (unsigned i = 0; i < http->n_listeners; i++) {
        struct td_http_listener *l = &http->listeners[i];
        if (!l->is_due || !l->daemon)
            continue;
        l->is_due = 0;
        td_mhd.MHD_run(l->daemon);
    }
}

void td_http_sleep(struct td_http *http)
{
    td_live_turn(&http->live);
    for (unsigned i = 0; i < http->n_listeners; i++) {
        struct td_http_listener *l = &http->listeners[i];
        MHD_UNSIGNED_LONG_LONG ms;
        if (!l->daemon)
            continue;
        if (l->is_due)
            uv_timer_start(&l->timer, on_due, 0, 0);
        else if (http->stopped_ns > 0)
            uv_timer_start(&l->timer, on_due, LINGER_TURN_MS, 0);
        else if (td_mhd.MHD_get_timeout(l->daemon, &ms) == MHD_YES)
            uv_timer_start(&l->timer, on_due, ms, 0);
        else
            uv_timer_stop(&l->timer);
    }
}

/* ---- Listening ---------------------------------------------------------------------------------------------------- */

/* "127.0.0.1:7412", "[::1]:*", "*:80": the configuration has seen to it that it is one of these. */
static socklen_t read_address(const char *name, struct sockaddr_storage *address)
{
    const char *colon = strrchr(name, ':');
    in_port_t port = htons((uint16_t)strtoul(colon + 1, NULL, 10)); /* "*" is 0: any */
    char text[INET6_ADDRSTRLEN];

    memset(address, 0, sizeof *address);
    if (name[0] == '[') {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
        snprintf(text, sizeof text, "%.*s", (int)(colon - name - 2), name + 1);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = port;
        return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1 ? sizeof *v6 : 0;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    snprintf(text, sizeof text, "%.*s", (int)(colon - name), name);
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    return strcmp(text, "*") == 0 || inet_pton(AF_INET, text, &v4->sin_addr) == 1 ? sizeof *v4 : 0;
}

/* The name with the port that it got. */
static char *bound_name(const char *name, int fd)
{
    struct sockaddr_in6 address = { 0 }; /* the port is in the same place in both */
    socklen_t length = sizeof address;
    char text[80];

    getsockname(fd, (struct sockaddr *)&address, &length);
    snprintf(text, sizeof text, "%.*s:%u", (int)(strrchr(name, ':') - name), name, (unsigned)ntohs(address.sin6_port));
    return strdup(text);
}

static int bind_address(struct td_http_listener *l, const char *name, struct td_err *err)
{
    struct sockaddr_storage address;
    socklen_t length = read_address(name, &address);
    int yes = 1;

    assert(length > 0);
    l->fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (l->fd < 0)
        return td_fail(err, TD_E_SYSTEM, "can't make a socket for HTTP: %s", strerror(errno));
    setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address.ss_family == AF_INET6)
        setsockopt(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(l->fd, (struct sockaddr *)&address, length) != 0 || listen(l->fd, BACKLOG) != 0) {
        int error = errno;
        if (error == EADDRINUSE)
            return td_fail(err, TD_E_IN_USE, "http://%s is in use by another program; stop it or use another port",
                           name);
        return td_fail(err, error == EACCES || error == EPERM ? TD_E_DENIED : TD_E_SYSTEM,
                       "can't listen on http://%s: %s", name, strerror(error));
    }
    l->name = bound_name(name, l->fd);
    return l->name ? TD_OK : td_fail(err, TD_E_INTERNAL, "no memory for a listener");
}

/* When a textd is killed and another started at once, the first one's supervisor may need a moment yet to die of it. */
#define PATIENCE_TRIES 20
#define PATIENCE_US 10000

/* A port that was free is told to the parent: should we die, the supervisor after us opens the same one again. */
static int open_listener(struct td_http *http, const char *name, int is_probes, struct td_err *err)
{
    struct td_http_listener *l = &http->listeners[http->n_listeners];
    char asked[160];
    int rc, tries = 0;

    *l = (struct td_http_listener) { .http = http, .fd = -1, .reserve = -1, .is_probes = is_probes };
    TAILQ_INIT(&l->connections);
    snprintf(asked, sizeof asked, "http://%s", name);
    const char *before = td_lifeline_bound_before(asked) + strlen("http://");
    while ((rc = bind_address(l, before, err)) == TD_E_IN_USE && tries++ < PATIENCE_TRIES) {
        close(l->fd);
        usleep(PATIENCE_US); /* the loop doesn't run yet */
    }
    http->n_listeners++;
    if (rc != TD_OK)
        return rc;
    char bound[160];
    snprintf(bound, sizeof bound, "http://%s", l->name);
    if (strcmp(asked, bound) != 0)
        td_lifeline_tell_bound(asked, bound);
    return TD_OK;
}

static char *copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* Those that can change while connections are there. */
static void take_settings(struct td_http *http, const struct td_config *config)
{
    const struct td_settings *set = &config->set;

    free(http->set.hosts);
    http->set = (struct td_http_settings) { .hosts = copy(set->http_hosts),
                                            .connections = (uint64_t)set->http_connections,
                                            .deadline_ms = (uint64_t)set->http_deadline / 1000000,
                                            .idle_ms = (uint64_t)set->http_idle / 1000000 };
}

int td_http_open(struct td_http *http, const struct td_config *config, struct td_err *err)
{
    const struct td_settings *set = &config->set;
    int rc;

    if (!set->http_listen && !set->http_probes)
        return TD_OK;
    td_http_door_open(&http->door, http->docs);
    take_settings(http, config);
    if ((rc = td_mhd_load(err)) != TD_OK || (rc = td_http_read_token(http, set->http_token_file, err)) != TD_OK)
        return rc;
    if (set->http_listen)
        rc = open_listener(http, set->http_listen, 0, err);
    if (rc == TD_OK && set->http_probes)
        rc = open_listener(http, set->http_probes, 1, err);
    return rc;
}

__attribute__((format(printf, 2, 0))) static void on_library_says(void *data, const char *format, va_list arguments)
{
    char text[256];

    (void)data;
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = 0;
    td_log(TD_LOG_DEBUG, "http.library", TD_STR("text", text));
}

static int start_listener(struct td_http_listener *l, struct td_err *err)
{
    struct td_http *http = l->http;

    l->daemon = td_mhd.MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        td_http_on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_library_says, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, l, MHD_OPTION_NOTIFY_COMPLETED, td_http_on_completed, l, MHD_OPTION_CONNECTION_LIMIT, MOST,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds(http), MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!l->daemon)
        return td_fail(err, TD_E_SYSTEM, "libmicrohttpd doesn't start: %s", strerror(errno));
    const union MHD_DaemonInfo *info = td_mhd.MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    l->accept_poll.data = l->run_poll.data = l->timer.data = l;
    int rc = uv_timer_init(http->loop, &l->timer);
    rc = rc ? rc : uv_poll_init(http->loop, &l->accept_poll, l->fd);
    rc = rc ? rc : uv_poll_init(http->loop, &l->run_poll, info->epoll_fd);
    rc = rc ? rc : uv_poll_start(&l->accept_poll, UV_READABLE, on_arrivals);
    rc = rc ? rc : uv_poll_start(&l->run_poll, UV_READABLE, on_ready);
    if (rc != 0)
        return td_fail(err, TD_E_SYSTEM, "HTTP's sockets can't be watched: %s", uv_strerror(rc));
    l->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    td_log(TD_LOG_INFO, "server.listen", TD_STR(l->is_probes ? "probes" : "http", l->name));
    return TD_OK;
}

int td_http_start(struct td_http *http, struct td_err *err)
{
    int rc = TD_OK;

    if (http->n_listeners > 0 && td_live_open(&http->live, http->loop, http->control) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't set up timers");
    for (unsigned i = 0; rc == TD_OK && i < http->n_listeners; i++)
        rc = start_listener(&http->listeners[i], err);
    return rc;
}

void td_http_serve(struct td_http *http)
{
    http->is_serving = 1;
}

/* As it is bound, whatever the configuration says by now. */
static int is_reached_by_others(const struct td_http_listener *l)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;

    if (getsockname(l->fd, (struct sockaddr *)&address, &length) != 0)
        return 1;
    if (address.ss_family == AF_INET)
        return ntohl(((struct sockaddr_in *)&address)->sin_addr.s_addr) >> 24 != 127;
    return memcmp(&((struct sockaddr_in6 *)&address)->sin6_addr, &in6addr_loopback, sizeof in6addr_loopback) != 0;
}

/* The check of the configuration has seen to it that a place which others can reach has a token; but what is bound is
 * another place until the restart. */
static int keeps_token(const struct td_http *http, const char *token_file, struct td_err *err)
{
    for (unsigned i = 0; i < http->n_listeners && !token_file; i++)
        if (!http->listeners[i].is_probes && http->has_token && is_reached_by_others(&http->listeners[i])) {
            td_fail(err, TD_E_CONFIG,
                    "http.token_file is unset, but http://%s is bound until the next restart, and other machines can "
                    "reach it",
                    http->listeners[i].name);
            return 1;
        }
    return 0;
}

/* What is bound stays, so that no connection is cut; reload.restart_needed tells of it. */
void td_http_reload(struct td_http *http, const struct td_config *config)
{
    struct td_err err;

    if (http->n_listeners == 0)
        return;
    take_settings(http, config);
    if (keeps_token(http, config->set.http_token_file, &err) ||
        td_http_read_token(http, config->set.http_token_file, &err) != TD_OK)
        td_log(TD_LOG_ERROR, "http.token_failed", TD_STR("error", err.text),
               TD_STR("action", "none, the token from before stays"));
}

/* ---- The end ------------------------------------------------------------------------------------------------------ */

static void end_calls(struct td_http *http, int now)
{
    for (unsigned i = 0; i < http->n_listeners; i++) {
        struct td_http_connection *c, *next;
        for (c = TAILQ_FIRST(&http->listeners[i].connections); c; c = next) {
            next = TAILQ_NEXT(c, link);
            if (c->call)
                td_http_call_end(c->call, now);
        }
    }
}

void td_http_drain(struct td_http *http)
{
    http->is_draining = 1;
    end_calls(http, 0);
}

void td_http_stop(struct td_http *http)
{
    http->is_draining = 1;
    if (http->stopped_ns == 0)
        http->stopped_ns = td_now_ns();
    end_calls(http, 1);
    for (unsigned i = 0; i < http->n_listeners; i++)
        http->listeners[i].is_due = 1;
}

int td_http_has_left(const struct td_http *http)
{
    struct td_http_connection *c;

    if (td_now_ns() - http->stopped_ns > LINGER_NS)
        return 1;
    for (unsigned i = 0; i < http->n_listeners; i++)
        TAILQ_FOREACH(c, &http->listeners[i].connections, link)
    if (c->call)
        return 0;
    return 1;
}

/* One that start_listener came to. */
static void close_handle(uv_handle_t *handle)
{
    if (handle->type != UV_UNKNOWN_HANDLE)
        uv_close(handle, NULL);
}

void td_http_close(struct td_http *http)
{
    if (http->stopped_ns == 0)
        td_http_stop(http);
    td_http_stop(http); /* the second is the end of what the first left some time to */
    td_http_run(http);  /* it may not be ended while a connection is suspended, nor before it knows that none is */
    for (unsigned i = 0; i < http->n_listeners; i++) {
        struct td_http_listener *l = &http->listeners[i];
        if (l->daemon) {
            close_handle((uv_handle_t *)&l->accept_poll);
            close_handle((uv_handle_t *)&l->run_poll);
            close_handle((uv_handle_t *)&l->timer);
            td_mhd.MHD_stop_daemon(l->daemon);
            l->daemon = NULL;
        }
        if (l->fd >= 0)
            close(l->fd);
        if (l->reserve >= 0)
            close(l->reserve);
        free(l->name); /* NOLINT: the analyser takes a listener's -1 for it */
        l->name = NULL;
        l->fd = l->reserve = -1;
    }
    http->n_listeners = 0;
    td_http_door_close(&http->door);
    td_live_close(&http->live);
    free(http->set.hosts);
    http->set = (struct td_http_settings) { 0 };
}

uint32_t td_http_n_connections(const struct td_http *http)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < http->n_listeners; i++)
        n += http->listeners[i].n_connections;
    return n;
}
