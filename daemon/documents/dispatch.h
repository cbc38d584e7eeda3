/* dispatch.h: which worker gets which document, and when a document stops being wanted. */
#ifndef TD_DISPATCH_H
#define TD_DISPATCH_H

#include "daemon/documents/documents.h"

/* Takes an admitted document (its job is written) into the queue of its pool. TD_E_OVERLOADED when memory runs out; then
 * the document is still the caller's. */
int td_dispatch_accept(struct td_documents *docs, struct td_doc *doc, struct td_err *err);

/* Gives waiting documents to workers with room, and sends what was gathered. Once a turn of the loop. Non-zero: a document waits
 * for memory, of which nothing will tell; another turn should come soon. */
int td_dispatch_turn(struct td_documents *docs);

/* The loop is awake, and workers need not wake it. Takes the replies that they have put into their rings. */
void td_dispatch_take(struct td_documents *docs);

/* Before the loop sleeps: workers are to wake it from now on. Zero when it must not: a reply has come meanwhile. */
int td_dispatch_may_sleep(struct td_documents *docs);

/* A worker is done with its first document. */
void td_dispatch_done(struct td_documents *docs, struct td_worker *worker, const struct td_done *done,
                      const unsigned char *body);

/* lineup->serving has just taken the place of lineup->old, and the queues are its own: what waits is run by it. What asks for something that only the
 * old one has is given to its workers, which finish it before they go. */
void td_dispatch_move(struct td_documents *docs);

/* Answers CANCELLED, and frees the worker if it has started. */
void td_dispatch_cancel(struct td_documents *docs, struct td_doc *doc);

/* A connection is gone: what waits for it is dropped. */
void td_dispatch_forget_client(struct td_documents *docs, struct td_connection *client);

/* The same, and what runs for it is ended: its workers are freed. Nothing of the connection's is answered any more. Not under a
 * worker's frame. */
void td_dispatch_drop_client(struct td_documents *docs, struct td_connection *client);

/* Answers everything that is still in flight with this error. */
void td_dispatch_abandon_all(struct td_documents *docs, const struct td_err *err);

#endif
