/* share.h: what somebody has here, for limits and turns: a user with all connections, or a connection that is nobody's, by
 * itself. */
#ifndef TD_SHARE_H
#define TD_SHARE_H

#include <stdint.h>

/* A place in a ring of those who are served in turn. */
struct td_turn {
    struct td_turn *next, *before;
};

struct td_share {
    struct td_turn in_turn; /* among the shares, in the queue's ring: while documents wait */
    struct td_turn *turn;   /* of its connections that have documents waiting, whose turn comes next */
    uint32_t n_documents;   /* waiting and running */
    uint64_t bytes;         /* of their requests */
    uint64_t outbox_bytes;  /* of replies that its connections had no room for */
};

#endif
