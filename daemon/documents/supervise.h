/* supervise.h: workers that are late, stuck or dead: who is to blame, and what becomes of their documents. Blame rests on
 * what the worker's scoreboard says and on how it died; docs/failure-model.md has the table. */
#ifndef TD_SUPERVISE_H
#define TD_SUPERVISE_H

#include "daemon/documents/documents.h"

/* A worker's watch timer fired: a plugin may be over its limit, or still at a document that nobody waits for, or the
 * worker may not work at all. */
void td_supervise_watch(struct td_documents *docs, struct td_worker *worker);

/* A worker is gone: blames one document or none, and puts the others back to the head of the queue. */
void td_supervise_lost(struct td_documents *docs, struct td_worker *worker);

/* Now and then: replaces workers that have grown too large, and takes note of what the kernel killed meanwhile that was not
 * ours: a worker that somebody kills later did not die of it. */
void td_supervise_memory(struct td_documents *docs);

/* A worker has said that it leaves, since its memory is nearly used up: the documents that it has go back to the queue. */
void td_supervise_leaves(struct td_documents *docs, struct td_worker *worker);

#endif
