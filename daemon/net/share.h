/* share.h: what somebody has here, for limits and turns: a user with all connections, or a connection that is nobody's, by
 * itself.
 *
 * There is a queue for each pool of workers, and whoever has documents waiting in several has a lane in each. One lane is
 * part of its owner: with one pool, or a client that asks for one only, there is never another. */
#ifndef TD_SHARE_H
#define TD_SHARE_H

#include <stdint.h>

#include "daemon/net/doc.h"

/* A place in a ring of those who are served in turn. */
struct td_turn {
    struct td_turn *next, *before;
};

/* The documents of a connection, or of a share, in one queue. It belongs to that queue while some wait, and may be taken for
 * another when none do. */
struct td_lane {
    struct td_turn in_turn;     /* of a share: in the queue's ring; of a connection: in its share's lane's */
    struct td_turn *turn;       /* of a share: whose turn comes next, of the lanes of its connections */
    struct td_doc_list waiting; /* of a connection */
    struct td_queue *queue;     /* NULL: it was never any's */
    struct td_lane *next;       /* of the same owner */
};

/* The owner's lane in that queue, or one that is free for it; made, if there is none. NULL when memory runs out. */
struct td_lane *td_lane_find(struct td_lane *first, struct td_queue *queue);

/* The same, quick for who waits in one queue only. */
static inline struct td_lane *td_lane_take(struct td_lane *first, struct td_queue *queue)
{
    return first->queue == queue ? first : td_lane_find(first, queue);
}

/* The owner's lane in that queue, in which documents wait. */
static inline struct td_lane *td_lane_of(struct td_lane *first, const struct td_queue *queue)
{
    while (first->queue != queue)
        first = first->next;
    return first;
}

/* Frees all but the first, which is the owner's own. */
void td_lanes_free(struct td_lane *first);

struct td_share {
    struct td_lane lane;
    uint32_t n_documents;  /* waiting and running */
    uint64_t bytes;        /* of their requests */
    uint64_t outbox_bytes; /* of replies that its connections had no room for */
};

#endif
