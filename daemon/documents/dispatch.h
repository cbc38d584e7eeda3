/* dispatch.h: from the queue to a worker and back; and what happens to documents when a worker is late, or dies. */
#ifndef TD_DISPATCH_H
#define TD_DISPATCH_H

#include "daemon/server.h"

/* Takes an admitted document (its job is written) into the queue. TD_E_OVERLOADED when memory runs out; then the
 * document is still the caller's. */
int td_dispatch_accept(struct td_server *server, struct td_doc *doc, struct td_err *err);

/* Gives waiting documents to workers with room, and sends what was gathered. Once a turn of the loop. */
void td_dispatch_turn(struct td_server *server);

/* A worker is done with its first document. */
void td_dispatch_done(struct td_server *server, struct td_worker *worker, const struct td_done *done,
                      const unsigned char *body);

/* Takes a document out of its worker's list. */
void td_dispatch_take_back(struct td_worker *worker, struct td_doc *doc);

/* Puts a document that a dead worker had back to the head of the queue, to be run by the generation that serves now. One
 * that asks for what only the dead worker's generation had is answered: then it returns 0. */
int td_dispatch_again(struct td_server *server, struct td_doc *doc);

/* server->generation has just taken the place of `old`: what waits is run by it. What asks for something that only the
 * old one has is given to its workers, which finish it before they go. */
void td_dispatch_move(struct td_server *server, struct td_generation *old);

/* Answers the documents whose deadline has passed; sets the timer for the next. */
void td_dispatch_deadlines(struct td_server *server);

/* The document with that id that is in flight for the connection, or NULL. */
struct td_doc *td_dispatch_find(struct td_server *server, const struct td_connection *client,
                                const struct td_slice *id);

/* Answers CANCELLED, and frees the worker if it has started. */
void td_dispatch_cancel(struct td_server *server, struct td_doc *doc);

/* A connection is gone: what waits for it is dropped. */
void td_dispatch_forget_client(struct td_server *server, struct td_connection *client);

/* Answers everything that is still in flight with this error. */
void td_dispatch_abandon_all(struct td_server *server, const struct td_err *err);

#endif
