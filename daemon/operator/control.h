/* control.h: the operator's socket: what goes on, and commands. Apart from the data socket, on a path that only its owner
 * may open. Same framing; `op` is one of the table in control.c. Commands that take their time are answered when they are
 * done: until then the request is kept. */
#ifndef TD_CONTROL_H
#define TD_CONTROL_H

#include "daemon/server.h"

/* The control socket's on_message: takes the document over. */
void td_control_take(void *server, struct td_doc *doc);

/* All documents are answered, or the server stops: answers who asked for `drain`. */
void td_control_drained(struct td_server *server);

#endif
