/* parts.h: what the files of daemon/http share about connections and calls; nobody else includes it. */
#ifndef TD_HTTP_PARTS_H
#define TD_HTTP_PARTS_H

#include "common/states.h"
#include "daemon/http/call.h"
#include "daemon/http/http.h"
#include "daemon/http/mhd.h"

/* A TCP connection. libmicrohttpd owns its descriptor; ours are the deadline and, while it is suspended, the look-out
 * for its client's leaving. Freed when libmicrohttpd has closed it and libuv has let both handles go. */
struct td_http_connection {
    TAILQ_ENTRY(td_http_connection) link;
    struct td_http_listener *listener;
    struct MHD_Connection *mhd;
    int fd;
    int n_handles;
    uv_timer_t deadline;
    uv_poll_t leaving;
    int wants_room; /* to write beside libmicrohttpd; `leaving` watches for that, too */
    int can_watch;  /* `leaving` was made */
    int is_suspended;
    int has_ended;     /* its client sends no more */
    int is_extra;      /* beyond http.connections: for the probes' paths only */
    int is_kept;       /* has one of the descriptors that are kept */
    int is_used;       /* a request was answered */
    int is_refused;    /* an answer was written beside libmicrohttpd, and nothing may follow it */
    uint64_t waits_ns; /* since when it waits for a request */
    struct td_http_call *call;
};

/* READING: head and body come. BESIDE: the body comes, and the answer flows already (duplex.c). ASKED: the route has
 * it. ANSWERED: and libmicrohttpd is to be told. SENDING. GONE: the client has left; the route knows. */
#define TD_HTTP_CALL_STATES(X) \
    X(READING, "reading", \
      TD_TO(TD_HTTP_CALL_ASKED) | TD_TO(TD_HTTP_CALL_BESIDE) | TD_TO(TD_HTTP_CALL_ANSWERED) | \
          TD_TO(TD_HTTP_CALL_GONE)) \
    X(BESIDE, "beside", TD_TO(TD_HTTP_CALL_GONE)) \
    X(ASKED, "asked", TD_TO(TD_HTTP_CALL_ANSWERED) | TD_TO(TD_HTTP_CALL_GONE)) \
    X(ANSWERED, "answered", TD_TO(TD_HTTP_CALL_SENDING) | TD_TO(TD_HTTP_CALL_GONE)) \
    X(SENDING, "sending", TD_TO(TD_HTTP_CALL_GONE)) \
    X(GONE, "gone", 0)

enum td_http_call_state {
#define X(name, text, to) TD_HTTP_CALL_##name,
    TD_HTTP_CALL_STATES(X)
#undef X
};

#define TD_HTTP_HEADERS 8

struct td_http_call {
    struct td_http *http;
    struct td_http_connection *connection;
    const struct td_http_route *route; /* NULL: none has the path */
    enum td_http_call_state state;
    int is_head;
    int is_busy;  /* td_http_call_set_busy */
    int is_ended; /* td_http_call_end was called with `now` */
    int is_old;   /* HTTP/1.0 */
    int is_whole; /* the body is there, to its end */
    int is_last;  /* nothing that the connection brings after it is believed */
    uint64_t began_ns;

    uint64_t received;         /* of a body, wanted or not */
    uint64_t sending_ns, sent; /* since when the answer goes out, and how much of a stream */

    struct {
        char *name, *value;
    } headers[TD_HTTP_HEADERS]; /* of the answer */
    unsigned n_headers;
    struct MHD_Response *response;
    unsigned status;
    size_t length; /* of a fixed answer */
    char *refusal; /* that answer, if it was given before the body's end */
    size_t refusal_length;
    const struct td_http_source *source; /* of a stream, until it is closed */
    void *source_data;
    struct td_http_duplex *duplex; /* BESIDE */

    void (*gone)(struct td_http_call *call, void *data);
    void *gone_data;
    void *data;
};

/* ---- http.c ---- */

/* Lets the connection sleep until it is resumed; in libmicrohttpd's callbacks only. */
void td_http_suspend(struct td_http_connection *connection);
void td_http_resume(struct td_http_connection *connection);

/* Writes an answer beside libmicrohttpd, which can't give one at this time, and ends the connection: at once, or when
 * the client has read it. Nothing of another answer may be under way. */
void td_http_refuse(struct td_http_connection *connection, unsigned status, enum td_code code, const char *words);

/* The same with a body of its own, of at most so many bytes. */
#define TD_HTTP_REFUSAL_BYTES 2048
void td_http_refuse_with(struct td_http_connection *connection, unsigned status, const char *body, size_t length);

/* The deadline, from now. 0: none. */
void td_http_set_deadline(struct td_http_connection *connection, uint64_t ms);

/* Calls td_http_duplex_write while the socket has room, or not any more. */
void td_http_watch_room(struct td_http_connection *connection, int wants);

/* ---- duplex.c ---- */

/* The call's source is written from now on, while its body comes. -1: no memory. */
int td_http_duplex_begin(struct td_http_call *call, unsigned status, const char *content_type);

/* The source has something. */
void td_http_duplex_wake(struct td_http_call *call);

/* The socket has room. */
void td_http_duplex_write(struct td_http_call *call);

/* The client has sent something. */
void td_http_duplex_progress(struct td_http_call *call);

/* Everything is written, and the connection is to end. */
int td_http_duplex_is_finished(const struct td_http_call *call);

/* Whether it isn't the client that keeps everybody waiting. */
int td_http_duplex_waits_for_us(const struct td_http_call *call);

void td_http_duplex_free(struct td_http_call *call);

/* ---- call.c: libmicrohttpd's callbacks, and the end ---- */

enum MHD_Result td_http_on_request(void *listener, struct MHD_Connection *mhd, const char *url, const char *method,
                                   const char *version, const char *bytes, size_t *length, void **call);
void td_http_on_completed(void *listener, struct MHD_Connection *mhd, void **call,
                          enum MHD_RequestTerminationCode code);

void td_http_call_close_source(struct td_http_call *call);

/* Its time is over: what was refused at its head is told so now. Zero: there is no such thing. */
int td_http_call_refuse(struct td_http_call *call);

/* The client has left while the connection was suspended. */
void td_http_call_leave(struct td_http_call *call);

/* The server drains, or (`now`) stops. */
void td_http_call_end(struct td_http_call *call, int now);

/* ---- access.c ---- */

/* May this be asked: by this name, from a page of that site, with that token? TD_OK, or *err says why not, and it is
 * counted and logged. td_http_check_token sets headers of the answer. */
int td_http_check_host(struct td_http_call *call, const char *version, struct td_err *err);
int td_http_check_origin(struct td_http_call *call, const char *method, struct td_err *err);
int td_http_check_token(struct td_http_call *call, struct td_err *err);

/* Reads the token's file; without a path there is no token. TD_E_CONFIG: it isn't there, others can read it, or it
 * holds no token; what was known stays. */
int td_http_read_token(struct td_http *http, const char *path, struct td_err *err);

#endif
