/* http.h: HTTP, on listeners of its own (http.listen, http.probes), in the supervisor's loop. libmicrohttpd speaks the
 * protocol, without a thread: its epoll descriptor is one of the loop's. We accept connections ourselves and hand them
 * to it, so that one too many gets an answer, and descriptors are kept for workers.
 *
 *   http.c     listeners and connections: who gets in, for how long
 *   mhd.c      libmicrohttpd, opened when it is wanted
 *   call.c     one request: from its head to the last byte of its answer
 *   duplex.c   an answer that flows while the body still comes
 *   access.c   Host, Origin, the token
 *   routes.c   the table of all routes
 *   health.c   /livez, /readyz, /healthz
 *   debug.c    /debug/state
 *   metrics.c  /metrics
 *   openapi.c  /v1/openapi.json
 *   annotate.c /v1/annotate and /v1/describe; ndjson.c a batch; entry.c, json_in.c what comes; answer.c, json_out.c
 * what goes
 *   door.c     documents that come by HTTP, as admission sees them
 *   live.c     what goes on, for who listens; listen.c /v1/live
 *   page.c     the page, from page/ */
#ifndef TD_HTTP_H
#define TD_HTTP_H

#include <stdint.h>
#include <sys/queue.h>

#include <uv.h>

#include "daemon/http/door.h"
#include "daemon/http/live.h"
#include "daemon/operator/control.h"

/* Counted since the start. X(name) */
#define TD_HTTP_COUNTERS(X) \
    X(connections)        /* accepted */ \
    X(connections_full)   /* answered 503 and closed: too many */ \
    X(connections_reused) /* closed while idle, to let another in */ \
    X(gone)               /* clients that left before their answer was complete */ \
    X(deadline)           /* connections closed since their request took too long */ \
    X(refused_host)       /* 421 */ \
    X(refused_origin)     /* 403 */ \
    X(refused_token)      /* 401 */ \
    X(live_slow)          /* listeners that were closed since they didn't read */

/* One listener, with a daemon of libmicrohttpd's for its connections. */
struct MHD_Daemon;
struct td_http_connection;
TAILQ_HEAD(td_http_connections, td_http_connection);

struct td_http_listener {
    struct td_http *http;
    struct MHD_Daemon *daemon;
    char *name;  /* "127.0.0.1:7412", with the port that it got */
    int fd;      /* -1: there is none */
    int reserve; /* a descriptor that is given up for a moment, to answer one who came when there was none left */
    int is_probes;
    int is_due; /* a connection can go on: the daemon wants to run */
    uv_poll_t accept_poll, run_poll;
    uv_timer_t timer;
    struct td_http_connections connections; /* who waits for its next request longest is first */
    uint32_t n_connections;
    uint32_t n_kept;                     /* with descriptors that are kept for workers */
    struct td_http_connection *arriving; /* while libmicrohttpd is told of it */
};

struct td_http_counters {
#define X(name) uint64_t name;
    TD_HTTP_COUNTERS(X)
#undef X
};

/* Requests by route and status class: requests[route][class], class 1 to 5; the last route is "none of the table's". */
#define TD_HTTP_MAX_ROUTES 40

#define TD_HTTP_TOKEN_HASH 32

struct td_http {
    uv_loop_t *loop;
    struct td_documents *docs;
    struct td_lineup *lineup;
    struct td_control *control;
    struct td_http_listener listeners[2]; /* http.listen, http.probes */
    unsigned n_listeners;
    struct td_http_door door;
    int is_serving;      /* the first generation does */
    int is_draining;     /* or stops */
    uint64_t stopped_ns; /* since when it stops; 0: it doesn't */

    struct td_http_settings {
        char *hosts;
        uint64_t connections;
        uint64_t deadline_ms, idle_ms;
    } set;
    int has_token;
    unsigned char token_hash[TD_HTTP_TOKEN_HASH];
    struct td_http_counters counters;
    struct td_live live;
    uint64_t requests[TD_HTTP_MAX_ROUTES][6];
};

/* What the start would refuse, and can be seen before it: the token's file. TD_E_CONFIG. */
int td_http_check(const struct td_config *config, struct td_err *err);

/* Binds the listeners that `config` names; nothing is read yet. The pointers in *http are set by the caller.
 * TD_E_IN_USE, TD_E_DENIED, TD_E_CONFIG, TD_E_SYSTEM. */
int td_http_open(struct td_http *http, const struct td_config *config, struct td_err *err);

/* From now on requests are read. */
int td_http_start(struct td_http *http, struct td_err *err);

/* The first generation serves: all routes answer. */
void td_http_serve(struct td_http *http);

/* The configuration was read again: what can change does, the rest is told to need a restart. */
void td_http_reload(struct td_http *http, const struct td_config *config);

/* At the beginning of the end of a turn: requests that can go on do. */
void td_http_run(struct td_http *http);

/* Before the loop sleeps. */
void td_http_sleep(struct td_http *http);

/* No more documents are taken: streams are told to end. */
void td_http_drain(struct td_http *http);

/* All calls that are not answered yet are, with SHUTTING_DOWN; streams end. */
void td_http_stop(struct td_http *http);

/* After td_http_stop: whether all answers have left, or had their time to. */
int td_http_has_left(const struct td_http *http);

/* The end: what could not be sent by now never will. The loop must run once more. */
void td_http_close(struct td_http *http);

/* Connections that are open now. */
uint32_t td_http_n_connections(const struct td_http *http);

#endif
