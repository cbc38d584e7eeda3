/* queues.c: see queues.h. */
#include "daemon/documents/queues.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void take(struct td_queue *queue, const char *name, uint32_t pool)
{
    *queue = (struct td_queue) { .pool = pool };
    snprintf(queue->name, sizeof queue->name, "%s", name);
}

void td_queues_init(struct td_queues *q)
{
    *q = (struct td_queues) { .n = 1 };
    for (uint32_t i = 0; i < TD_MAX_QUEUES; i++)
        q->all[i].pool = TD_NO_POOL;
    take(&q->all[0], TD_DEFAULT_POOL, 0);
    q->of[0] = &q->all[0];
}

static struct td_queue *find(struct td_queues *q, const char *name)
{
    for (uint32_t i = 0; i < TD_MAX_QUEUES; i++)
        if (strcmp(q->all[i].name, name) == 0)
            return &q->all[i];
    return NULL;
}

/* One that was no pool's when the change began: what was given out of it is done. */
static struct td_queue *find_free(struct td_queues *q)
{
    uint32_t i = 0;

    while (q->all[i].name[0])
        i++;
    assert(i < TD_MAX_QUEUES);
    return &q->all[i];
}

void td_queues_adopt(struct td_queues *q, const struct td_config *config)
{
    for (uint32_t i = 1; i < TD_MAX_QUEUES; i++)
        if (q->all[i].pool == TD_NO_POOL && q->all[i].n_documents == 0)
            q->all[i].name[0] = 0;
    for (uint32_t i = 1; i < q->n; i++)
        q->of[i]->pool = TD_NO_POOL;
    q->n = td_pools_count(config);
    for (uint32_t i = 1; i < q->n; i++) {
        const char *name = config->pools[i - 1].name;
        q->of[i] = find(q, name);
        if (!q->of[i])
            take(q->of[i] = find_free(q), name, i);
        q->of[i]->pool = i;
    }
}

uint32_t td_queues_waiting(const struct td_queues *q)
{
    uint32_t n = q->of[0]->count;

    for (uint32_t i = 1; i < q->n; i++)
        n += q->of[i]->count;
    return n;
}

uint64_t td_queue_documents(const struct td_queue *queue)
{
    return queue->count;
}

uint64_t td_queue_bytes(const struct td_queue *queue)
{
    return queue->held_bytes;
}

static uint64_t beyond(uint64_t has, uint64_t part)
{
    return has > part ? has - part : 0;
}

int td_queues_fits(const struct td_queues *q, const struct td_queue *queue, uint64_t limit, uint64_t more,
                   uint64_t (*have)(const struct td_queue *queue))
{
    uint64_t its = have(queue), part = limit / 2 / q->n, common = limit - part * q->n;

    if (q->n == 1)
        return its + more <= limit;
    if (its + more <= part)
        return 1;
    for (uint32_t i = 0; i < TD_MAX_QUEUES; i++) {
        const struct td_queue *other = &q->all[i];
        common -= beyond(have(other) + (other == queue ? more : 0), other->pool == TD_NO_POOL ? 0 : part);
        if (common > limit) /* below 0 */
            return 0;
    }
    return 1;
}
