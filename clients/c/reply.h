/* reply.h: a reply as it lies in memory: libzmq's message, read in place. */
#ifndef CLIENT_REPLY_H
#define CLIENT_REPLY_H

#include <textd/client.h>

#include <zmq.h>

struct textd_reply {
    struct textd_reply *next; /* in the client's list of those that came while it waited for another */
    zmq_msg_t body;
    uint64_t id;
    int failed;
    struct textd_reply_error error; /* when failed; its strings are the reply's own, NUL-terminated */
};

/* Judges the message and takes it over, whatever the outcome. NULL: it is no reply of this protocol (or memory is out);
 * `endpoint` is for the words. */
struct textd_reply *reply_from(zmq_msg_t *body, const char *endpoint, struct textd_error *error);

#endif
