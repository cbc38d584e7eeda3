/* documents.c: see documents.h. */
#include "daemon/documents/documents.h"

#include <assert.h>

#include "daemon/both/process.h"

int td_documents_init(struct td_documents *docs, uv_loop_t *loop, const struct td_lineup *lineup,
                      struct td_frontend *out, const struct td_intake *intake)
{
    *docs = (struct td_documents) { .loop = loop,
                                    .lineup = lineup,
                                    .out = out,
                                    .doors = &out->door,
                                    .intake = intake,
                                    .oom_kills = td_process_oom_kills() };
    td_queues_init(&docs->queues);
    td_measures_init(&docs->measures);
    docs->deadline_timer.data = docs;
    return uv_timer_init(loop, &docs->deadline_timer);
}

void td_documents_close(struct td_documents *docs)
{
    assert(docs->count == 0);
    uv_close((uv_handle_t *)&docs->deadline_timer, NULL);
}

void td_documents_free(struct td_documents *docs)
{
    td_deadlines_free(&docs->deadlines);
    td_doc_pool_free(&docs->pool);
    td_buf_free(&docs->scratch);
    td_measures_free(&docs->measures);
}

#ifdef TD_DEBUG

static uint64_t sum_of(const uint64_t *counts, uint32_t n)
{
    uint64_t sum = 0;

    while (n-- > 0)
        sum += counts[n];
    return sum;
}

/* What the accounts should be. */
struct sums {
    uint64_t count, bytes, waiting, abandoned_bytes;
    uint32_t n_busy;
};

static void check_connection(void *data, const struct td_connection *c)
{
    struct sums *sums = data;
    uint32_t waiting = 0;
    uint64_t kept = 0;

    for (const struct td_lane *lane = &c->lane; lane; lane = lane->next)
        for (const struct td_doc *doc = lane->waiting.first; doc; doc = doc->next, waiting++)
            assert(doc->state == TD_DOC_WAITING && doc->client == c && !doc->worker && doc->lane == lane &&
                   doc->queue == lane->queue);
    assert(waiting == td_connection_n_waiting(c) && waiting <= c->n_documents);
    const struct td_parcel *parcel;
    STAILQ_FOREACH(parcel, &c->outbox, next)
    kept += parcel->bytes;
    assert(kept == c->outbox_bytes);
    assert(c->user ? c->n_documents <= c->user->share.n_documents && c->bytes <= c->user->share.bytes
                   : c->bytes == c->own.bytes && kept == c->own.outbox_bytes);
    sums->count += c->n_documents;
    sums->bytes += c->bytes;
    sums->waiting += waiting;
}

static void check_worker(struct sums *sums, const struct td_worker *w)
{
    uint32_t n = 0;
    uint64_t bytes = 0, sequence = 0;

    for (const struct td_doc *doc = w->docs.first; doc; doc = doc->next, n++) {
        assert(doc->worker == w && (doc->state == TD_DOC_RUNNING || doc->state == TD_DOC_ABANDONED));
        assert((doc->client != NULL) == (doc->state == TD_DOC_RUNNING));
        assert(doc->job.sequence > sequence && doc->job.sequence <= w->sequence);
        sequence = doc->job.sequence;
        bytes += doc->request.text.length;
        if (doc->state == TD_DOC_ABANDONED)
            sums->abandoned_bytes += doc->bytes;
    }
    assert(n == w->docs.count && bytes == w->held_bytes);
    sums->n_busy += n > 0;
    assert(n == 0 || w->state != TD_WORKER_STARTING);
}

/* Those of the queues are the server's. `waiting`: in all. */
static void check_queues(const struct td_documents *docs, uint64_t waiting)
{
    uint64_t bytes = 0, count = 0, n = 0;

    for (uint32_t i = 0; i < TD_MAX_QUEUES; i++) {
        const struct td_queue *queue = &docs->queues.all[i];
        assert(queue->count <= queue->n_documents);
        assert(queue->pool == TD_NO_POOL ? queue->count == 0 : docs->queues.of[queue->pool] == queue);
        bytes += queue->held_bytes;
        count += queue->count;
        n += queue->n_documents;
    }
    assert(bytes == docs->held_bytes && count == waiting && n >= docs->count);
}

void td_documents_check(const struct td_documents *docs)
{
    struct sums by_connection = { 0 }, by_deadline = { 0 };
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(docs->lineup, all), n_free = 0;

    for (size_t i = 1; i <= docs->deadlines.count; i++) {
        const struct td_doc *doc = docs->deadlines.heap[i];
        assert(doc->state == TD_DOC_WAITING || doc->state == TD_DOC_RUNNING);
        assert(doc->deadline_slot == i && (doc->state == TD_DOC_RUNNING) == (doc->worker != NULL) && doc->queue);
        by_deadline.count++;
        by_deadline.bytes += doc->bytes;
        by_deadline.waiting += doc->state == TD_DOC_WAITING;
    }
    for (const struct td_door *door = docs->doors; door; door = door->next)
        if (door->each) /* else a start has failed before the sockets were made */
            door->each(door, check_connection, &by_connection);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < all[i]->n_slots; k++)
            if (all[i]->slots[k].worker)
                check_worker(&by_deadline, all[i]->slots[k].worker);
    const struct td_worker *w;
    LIST_FOREACH(w, &docs->busy, busy)
    by_deadline.n_busy--;
    assert(by_deadline.n_busy == 0);
    for (const struct td_doc *doc = docs->pool.free; doc; doc = doc->next, n_free++)
        assert(doc->state == TD_DOC_FREE);

    assert(by_deadline.count == docs->count && by_connection.count == docs->count);
    assert(by_deadline.bytes == by_connection.bytes);
    assert(by_deadline.waiting == by_connection.waiting);
    check_queues(docs, by_deadline.waiting);
    assert(by_deadline.bytes + by_deadline.abandoned_bytes == docs->held_bytes);
    assert(n_free == docs->pool.n_free);
    assert(docs->counters.documents_accepted == docs->counters.documents_answered + docs->counters.documents_failed +
                                                    docs->counters.documents_dropped + docs->count);
    assert(sum_of(docs->measures.text_bytes.counts, TD_SIZE_BUCKETS + 1) == docs->counters.documents_accepted);
    assert(sum_of(docs->measures.queue.counts, TD_LATENCY_BUCKETS) + docs->count == docs->counters.documents_accepted);
}

#endif
