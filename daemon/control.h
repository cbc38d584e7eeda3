/* control.h: the operator's socket: what goes on, and commands. Apart from the data socket, on a path that only its owner
 * may open. Same framing; `op` is one of the table in control.c. Commands that take their time are answered when they are
 * done: until then the request is kept. */
#ifndef TD_CONTROL_H
#define TD_CONTROL_H

#include "daemon/server.h"

/* The control socket's on_message: takes the document over. */
void td_control_take(void *server, struct td_doc *doc);

/* A change is made (TD_OK) or has failed: answers its request, if it has one. */
void td_control_changed(struct td_server *server, struct td_change *change, const struct td_err *err);

/* Tells the one who asked for the change how far it is, if they want to know. */
void td_control_progress(struct td_server *server, const struct td_change *change, const char *words);

/* All documents are answered, or the server stops: answers who asked for `drain`. */
void td_control_drained(struct td_server *server);

#endif
