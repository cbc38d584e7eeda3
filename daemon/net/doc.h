/* doc.h: a document while the supervisor has it, from its first byte to its one reply. */
#ifndef TD_DOC_H
#define TD_DOC_H

#include <stddef.h>
#include <stdint.h>

#include "common/mp_buf.h"
#include "common/states.h"
#include "daemon/both/frames.h"
#include "daemon/net/hash.h"
#include "daemon/net/request.h"

struct td_connection;
struct td_lane;
struct td_pipeline_counts;
struct td_queue;
struct td_worker;

/* FREE: in the pool. READ: a message that came in; it is refused or answered at once, or kept by the operator's socket
 * until it can be, or admitted. WAITING: in the queue. RUNNING: a worker has it; WAITING again when the worker died.
 * ABANDONED: it has its reply (or needs none), but a worker still has its bytes. */
#define TD_DOC_STATES(X) \
    X(FREE, "free", TD_TO(TD_DOC_READ)) \
    X(READ, "read", TD_TO(TD_DOC_WAITING) | TD_TO(TD_DOC_FREE)) \
    X(WAITING, "waiting", TD_TO(TD_DOC_RUNNING) | TD_TO(TD_DOC_FREE)) \
    X(RUNNING, "running", TD_TO(TD_DOC_WAITING) | TD_TO(TD_DOC_ABANDONED)) \
    X(ABANDONED, "abandoned", TD_TO(TD_DOC_FREE))

enum td_doc_state {
#define X(name, text, to) TD_DOC_##name,
    TD_DOC_STATES(X)
#undef X
};

struct td_doc {
    struct td_request request;
    enum td_doc_state state;
    struct td_connection *client;           /* NULL: ABANDONED */
    struct td_worker *worker;               /* RUNNING, ABANDONED */
    struct td_queue *queue;                 /* of the pool that it is for; NULL: not accepted yet */
    struct td_lane *lane;                   /* its client's in that queue: WAITING */
    struct td_doc *next, *before;           /* in its client's lane, or its worker's list */
    UT_hash_handle hh;                      /* in its connection's table of ids, if it is the first with its id */
    struct td_doc *next_same, *before_same; /* the ring of those with the same id */
    size_t deadline_slot;                   /* in the deadlines' heap while WAITING or RUNNING; 0: not in it */
    uint64_t bytes;                         /* of the request, for the limits */
    uint64_t accepted_ns, sent_ns, deadline_ns;
    uint64_t sent_end;                   /* where its job ends in all that was ever added to its worker's channel */
    struct td_pipeline_counts *pipeline; /* that it is counted with, once it is accepted */
    uint32_t tries;                      /* how often a worker died with it at the head */
    uint32_t fresh_tries;                /* how often it was put back because a worker had no memory left for it */
    uint64_t trials;                     /* the suspended plugins that it tries again, a bit each */
    uint32_t pool;                       /* of the generation that it is assigned to (fleet/pool.h) */
    struct td_job job;                   /* the frame's head as it goes to the worker */
    struct td_buf options;               /* td_job_option records; kept over reuse */
};

/* The one place where a document's state changes. */
void td_doc_become(struct td_doc *doc, enum td_doc_state state);

/* A list with both ends. Zeroed: empty. */
struct td_doc_list {
    struct td_doc *first, *last;
    uint32_t count;
};

void td_doc_list_append(struct td_doc_list *list, struct td_doc *doc);
void td_doc_list_prepend(struct td_doc_list *list, struct td_doc *doc);
void td_doc_list_remove(struct td_doc_list *list, struct td_doc *doc);

/* Documents are reused; the pool grows to the most that there were at a time, up to a limit. */
struct td_doc_pool {
    struct td_doc *free;
    uint32_t n_free, n_taken;
};

/* A READ document with its frames initialised empty. NULL when memory runs out. */
struct td_doc *td_doc_take(struct td_doc_pool *pool);

/* Closes its frames and puts it back. It is in no list, heap or worker. */
void td_doc_give_back(struct td_doc_pool *pool, struct td_doc *doc);

/* Gives back what a quiet time doesn't need. */
void td_doc_pool_shrink(struct td_doc_pool *pool);

void td_doc_pool_free(struct td_doc_pool *pool);

#endif
