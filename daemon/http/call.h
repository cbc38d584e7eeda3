/* call.h: one HTTP request while it is answered, as a route sees it. All in the loop's thread.
 *
 * A route's `take` is called when the request is there, or its head if the route takes bodies. It answers at once, or
 * returns and answers later: until then the connection is suspended, and costs nothing. Each call is answered exactly
 * once, by td_http_call_answer, _fail or _stream, unless its client has gone (td_http_call_on_gone). A call that was
 * answered belongs to the core: the pointer is dead for the route when the function that answered it returns.
 *
 * The core does for all routes: HEAD (from GET), OPTIONS and wrong methods, unknown paths, undeclared parameters, Host,
 * Origin, the token, limits, deadlines, the drain, counts. */
#ifndef TD_HTTP_CALL_H
#define TD_HTTP_CALL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"

struct td_http;
struct td_http_call;

struct td_http_parameter {
    const char *name; /* NULL ends the list; with a * at its end: all that begin like that */
    const char *help;
};

struct td_http_route {
    const char *method, *path;                  /* exact */
    int is_open;                                /* needs no token */
    int is_probe;                               /* also on the probes' listener */
    int is_early;                               /* also before the first generation serves: the line-up may be empty */
    const struct td_http_parameter *parameters; /* of the query; NULL: none */
    void (*take)(struct td_http_call *call);
    /* A piece of the body; NULL: what comes is thrown away. Returns how much it took; 0: nothing now,
     * td_http_call_resume() when it can. When the body is over it is called with length 0; what it returns then means
     * nothing. Never after the call was answered, but by a stream that was begun before the body's end; what comes else
     * is thrown away. */
    size_t (*take_body)(struct td_http_call *call, const char *bytes, size_t length);
    const char *help; /* one line; OpenAPI and the docs are made from the table */
};

/* THE table; it ends with a route without a path. */
extern const struct td_http_route td_http_routes[];

/* What the call came to. */
struct td_http *td_http_call_http(const struct td_http_call *call);
const struct td_http_route *td_http_call_route(const struct td_http_call *call);

/* Of the request; good until it is answered. NULL: not given. Decoded; without NUL bytes. */
const char *td_http_call_query(const struct td_http_call *call, const char *name);
void td_http_call_each_query(const struct td_http_call *call,
                             void (*see)(void *data, const char *name, const char *value), void *data);
const char *td_http_call_header(const struct td_http_call *call, const char *name); /* its first line */
void td_http_call_each_header(const struct td_http_call *call,
                              void (*see)(void *data, const char *name, const char *value), void *data);

/* Of the answer. -1: no memory, or it can't stand in a header. */
int td_http_call_set_header(struct td_http_call *call, const char *name, const char *value);

/* Answers with these bytes, which are copied. */
void td_http_call_answer(struct td_http_call *call, unsigned status, const char *content_type, const void *bytes,
                         size_t length);

/* Answers with the wire's error reply as JSON, {"v":1,"id":null,"ok":false,"error":{…}}. `status` 0: the error's own
 * (td_http_status_of). Retry-After is added where the error says when; see call.c. */
void td_http_call_fail(struct td_http_call *call, unsigned status, const struct td_err *err);

/* The status of an error's code. */
unsigned td_http_status_of(enum td_code code);

/* An answer in pieces, of unknown length. */
struct td_http_source {
    /* Writes at most `max` bytes to `to`: how many; 0: none now (then td_http_call_resume() when there are); -1: the
     * end. -2: broken off, the client is to see that it isn't whole. */
    ssize_t (*read)(void *data, char *to, size_t max);
    /* The server drains, or stops: end the answer soon, cleanly. May be NULL: it is ended after what read gives. */
    void (*drain)(void *data);
    /* The answer is over, or its client has gone; called exactly once, also for HEAD. */
    void (*close)(void *data);
    int has_end; /* by itself: the client has http.deadline to read it, and longer for what it has read */
};
/* Of a route with take_body, before the body's end: both flow at the same time, and then the connection ends. */
void td_http_call_stream(struct td_http_call *call, unsigned status, const char *content_type,
                         const struct td_http_source *source, void *data);

/* The stream's source, or the route's take_body, can go on. Not after source->close. When both flow: the source; and
 * _read_on for take_body. */
void td_http_call_resume(struct td_http_call *call);
void td_http_call_read_on(struct td_http_call *call);

/* When both flow: whether it is we who have something to do. The client isn't held to the deadline then. */
void td_http_call_set_busy(struct td_http_call *call, int is_busy);

/* Ends the connection, whatever is under way: for a stream whose client doesn't read. The end is told as any client's
 * leaving. */
void td_http_call_break(struct td_http_call *call);

/* The kernel is to keep about so many bytes of the answer for a client that doesn't read. */
void td_http_call_keep_little(struct td_http_call *call, int bytes);

/* Calls `gone` when the client leaves before the call is answered; the call must not be used any more. Told once. When
 * a stream's client leaves, source->close is what tells. */
void td_http_call_on_gone(struct td_http_call *call, void (*gone)(struct td_http_call *call, void *data), void *data);

/* The route's own, from `take` on. */
void *td_http_call_data(const struct td_http_call *call);
void td_http_call_set_data(struct td_http_call *call, void *data);

#endif
