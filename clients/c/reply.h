/* reply.h: a reply as it lies in memory: libzmq's message, read in place. */
#ifndef CLIENT_REPLY_H
#define CLIENT_REPLY_H

#include <sys/queue.h>

#include <textd/client.h>
#include <zmq.h>

#include "common/mp_buf.h"

struct pending;

struct textd_reply {
    TAILQ_ENTRY(textd_reply) link; /* in the client's list of those that came and were not handed out */
    struct pending *request;       /* in that list: what it answers; NULL: the daemon could not tell */
    zmq_msg_t body;
    uint64_t id;     /* 0: none that a request can have had */
    int is_nameless; /* an error without an id: the daemon could not tell whose request this was */
    int failed;
    struct textd_reply_error error; /* when failed; its strings are the reply's own, NUL-terminated */
    struct td_buf lists; /* the results without columns, from when they were first asked for; empty when none has any */
    int has_looked;      /* for columns */
};

/* Judges the message and takes it over, whatever the outcome. NULL: it is no reply of this protocol (or memory is out);
 * `endpoint` is for the words. */
struct textd_reply *reply_from(zmq_msg_t *body, const char *endpoint, struct textd_error *error);

/* One that the library makes itself: this request was not answered, and why. NULL: out of memory. */
struct textd_reply *reply_make(uint64_t id, const char *code, const char *message, int retryable);

/* Whether it is an error of that code. */
int reply_is(const struct textd_reply *reply, const char *code);

#endif
