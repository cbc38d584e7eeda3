/* control.h: the operator's socket: what goes on, and commands. Apart from the data socket, on a path that only its owner
 * may open. Same framing; `op` is one of the table in control.c. Commands that take their time are answered when they are
 * done: until then the request is kept. */
#ifndef TD_CONTROL_H
#define TD_CONTROL_H

#include "daemon/documents/documents.h"
#include "daemon/fleet/pipe.h"
#include "daemon/operator/reload.h"

/* What an operator can ask of the server itself. */
struct td_control_server {
    const char *(*state)(void *data); /* its name */
    int (*is_stopping)(void *data);
    /* Takes no more documents, finishes those that are in, and stops, unless it `stays`. */
    void (*drain)(void *data, const char *why, int stays);
};

struct td_control {
    struct td_frontend frontend;
    struct td_documents *docs;
    struct td_lineup *lineup;
    struct td_reload *reload;
    const struct td_pipe *pipe;
    const char *http, *probes; /* where HTTP is listened for; NULL: nowhere */
    const struct td_control_server *server;
    void *data; /* of `server` */
    uint64_t started_ns;
    struct td_doc_list drain_requests; /* to be answered when it has drained */
};

/* The control socket's on_message: takes the document over. `control`: a struct td_control. */
void td_control_take(void *control, struct td_doc *doc);

/* The reply to `status`, with no id, for another way of asking. -1: no memory. */
int td_control_status(struct td_control *control, zmq_msg_t *message);

/* All documents are answered, or the server stops: answers who asked for `drain`. */
void td_control_drained(struct td_control *control);

#endif
