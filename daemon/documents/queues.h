/* queues.h: the queues of all pools of workers, and what each may hold.
 *
 * Without `pools` there is one, and queue.documents and queue.bytes are its own. With more of them, half of each is for
 * whoever comes first, and of the other half each pool has an equal part that nobody else's documents can take: a pool
 * that has more than its workers get through is refused, and no other one is.
 *
 * A queue is a pool's by its name, and stays over reloads. One whose pool is gone stays while it has documents. */
#ifndef TD_QUEUES_H
#define TD_QUEUES_H

#include <assert.h>

#include "daemon/documents/queue.h"
#include "daemon/fleet/pool.h"

/* Those of what serves, of what served before, since a change begins when the last one is over, and of what served before that:
 * documents that a canary was given are of the queue that they waited in, and it may hold them until it has left itself. */
#define TD_MAX_QUEUES (3 * TD_MAX_POOLS)

struct td_queues {
    struct td_queue *of[TD_MAX_POOLS]; /* by the pool's index in the generation that serves */
    uint32_t n;                        /* of them; of[0], the default pool's, is there from the start */
    struct td_queue all[TD_MAX_QUEUES];
};

void td_queues_init(struct td_queues *queues);

/* These are the pools from now on. What waits stays where it was: whoever calls moves it. */
void td_queues_adopt(struct td_queues *queues, const struct td_config *config);

/* Documents that wait, in all. */
uint32_t td_queues_waiting(const struct td_queues *queues);

/* Counts a document in, for a queue that it isn't in yet, and out. */
static inline void td_queues_open(struct td_queue *queue, struct td_doc *doc)
{
    assert(!doc->queue);
    doc->queue = queue;
    queue->n_documents++;
    queue->held_bytes += doc->bytes;
}

static inline void td_queues_close(struct td_doc *doc)
{
    struct td_queue *queue = doc->queue;

    assert(queue->n_documents > 0);
    queue->n_documents--;
    queue->held_bytes -= doc->bytes;
    doc->queue = NULL;
}

/* Whether a queue that has `its` of something may have `more`, where `limit` is what all may have and `have[i]` what
 * of[i] has. Those that are gone count as what is common. */
int td_queues_fits(const struct td_queues *queues, const struct td_queue *queue, uint64_t limit, uint64_t more,
                   uint64_t (*have)(const struct td_queue *queue));

/* What td_queues_fits asks for: documents that wait, and bytes that are held. */
uint64_t td_queue_documents(const struct td_queue *queue);
uint64_t td_queue_bytes(const struct td_queue *queue);

#endif
