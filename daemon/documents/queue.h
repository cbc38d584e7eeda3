/* queue.h: documents that were admitted and wait for a worker. Each connection has its own line. Users are
 * served in turn, and the connections of one user among themselves, so that one flood makes nobody else wait for more
 * than its turn; a connection that is no user's is one by itself (net/share.h). Bounded by count (queue.documents);
 * bytes are admission's to count. Owned by the supervisor's loop; nothing here is thread-safe or needs to be. */
#ifndef TD_QUEUE_H
#define TD_QUEUE_H

#include "daemon/net/connection.h"

struct td_queue {
    struct td_turn *turn; /* whose turn it is; the ring of shares with waiting documents */
    uint32_t count;
};

/* Puts a document at the end of its connection's line; it becomes WAITING. */
void td_queue_push(struct td_queue *queue, struct td_doc *doc);

/* Puts one back at the very head: it was with a worker that died. It becomes WAITING. */
void td_queue_push_back(struct td_queue *queue, struct td_doc *doc);

/* The next document, or NULL. It is in no list any more, and still WAITING: the caller makes it RUNNING or ends it. */
struct td_doc *td_queue_pop(struct td_queue *queue);

/* The one that td_queue_pop would return, left where it is. */
struct td_doc *td_queue_peek(const struct td_queue *queue);

/* Takes a WAITING document out. */
void td_queue_remove(struct td_queue *queue, struct td_doc *doc);

#endif
