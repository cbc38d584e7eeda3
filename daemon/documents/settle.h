/* settle.h: how a document ends: with its one reply, and with everything that it held given back. Nothing else sends a
 * document's reply, so that there can be neither two nor none. */
#ifndef TD_SETTLE_H
#define TD_SETTLE_H

#include "daemon/documents/documents.h"

/* Counts an accepted document in, for that queue: its connection's and the server's documents and bytes, its deadline. -1
 * when memory runs out; then nothing was counted. */
int td_settle_open(struct td_documents *docs, struct td_doc *doc, struct td_queue *queue);

/* Answers an accepted document with a worker's result, which came at `now`. It stays in its worker's list, ABANDONED. */
void td_settle_result(struct td_documents *docs, struct td_doc *doc, const struct td_done *done,
                      const unsigned char *parts, size_t length, uint64_t now);

/* Answers an accepted document with an error. `plugin` (an index of the generation's catalogue) may be TD_NO_PLUGIN.
 * `done`: its worker's word, or NULL when the error isn't the worker's. A RUNNING document stays in its worker's list,
 * ABANDONED; a WAITING one must have been taken out of the queue, and ends. */
void td_settle_error(struct td_documents *docs, struct td_doc *doc, const struct td_err *err, uint32_t plugin,
                     const struct td_done *done);

/* Ends an accepted document whose connection is gone, without a reply. States as in td_settle_error. */
void td_settle_drop(struct td_documents *docs, struct td_doc *doc);

/* Answers a message that was not accepted, and ends it. */
void td_settle_refused(struct td_documents *docs, struct td_doc *doc, const struct td_err *err);

/* Ends a document that is in no list: an ABANDONED one that its worker has given back, or a message that was no
 * document. */
void td_settle_forget(struct td_documents *docs, struct td_doc *doc);

#endif
