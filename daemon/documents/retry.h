/* retry.h: when a client that was refused for load should come again. */
#ifndef TD_RETRY_H
#define TD_RETRY_H

#include "daemon/documents/documents.h"

#define TD_RETRY_MIN_MS 10u
#define TD_RETRY_MAX_MS 5000u

/* The time in which the pool's workers get through what is here for them, at the pace of the latest of these documents;
 * within these bounds. `pool`: of what serves. */
static inline uint32_t td_retry_after_ms(const struct td_documents *docs, uint32_t pool)
{
    const struct td_generation *g = td_lineup_serving(docs->lineup);
    const struct td_queue *queue = docs->queues.of[pool];
    uint32_t workers = td_generation_pool_n_ready(g, &g->pools[pool]);
    uint64_t ms = queue->n_documents * (queue->mean_run_ns / 1000) / (workers ? workers : 1) / 1000;

    return ms < TD_RETRY_MIN_MS ? TD_RETRY_MIN_MS : ms > TD_RETRY_MAX_MS ? TD_RETRY_MAX_MS : (uint32_t)ms;
}

#endif
