/* queue.h: documents that were admitted and wait for a worker of one pool. Each connection has its own line. Users are
 * served in turn, and the connections of one user among themselves, so that one flood makes nobody else wait for more
 * than its turn; a connection that is no user's is one by itself (net/share.h). How many may wait, in all queues, is
 * queues.h's. Owned by the supervisor's loop; nothing here is thread-safe or needs to be. */
#ifndef TD_QUEUE_H
#define TD_QUEUE_H

#include "daemon/net/connection.h"

#define TD_NO_POOL UINT32_MAX

struct td_queue {
    struct td_turn *turn; /* whose turn it is; the ring of shares' lanes with waiting documents */
    uint32_t count;
    /* Of its pool (queues.h). */
    uint32_t pool;        /* in the generation that serves; TD_NO_POOL: it has none there */
    uint32_t n_documents; /* that are its own: waiting, running, and answered while their worker still has them */
    uint64_t held_bytes;  /* of their requests */
    uint64_t mean_run_ns; /* of the latest of them, for retry_after_ms */
    char name[32];        /* of the pool */
};

/* Makes sure that the document has a lane. -1 when memory runs out; else pushing it can't fail. */
static inline int td_queue_prepare(struct td_queue *queue, struct td_doc *doc)
{
    struct td_lane *share = &td_connection_share(doc->client)->lane;

    return td_lane_take(&doc->client->lane, queue) && td_lane_take(share, queue) ? 0 : -1;
}

/* Puts a document that is prepared at the end of its connection's line; it becomes WAITING, unless it is. */
void td_queue_push(struct td_queue *queue, struct td_doc *doc);

/* Puts one back at the very head: it was with a worker that died. It becomes WAITING. It must be prepared. */
void td_queue_push_back(struct td_queue *queue, struct td_doc *doc);

/* The next document, or NULL. It is in no list any more, and still WAITING: the caller makes it RUNNING or ends it. */
struct td_doc *td_queue_pop(struct td_queue *queue);

/* The one that td_queue_pop would return, left where it is. */
struct td_doc *td_queue_peek(const struct td_queue *queue);

/* Takes a WAITING document out. */
void td_queue_remove(struct td_queue *queue, struct td_doc *doc);

#endif
