/* hand.c: see hand.h. */
#include "daemon/documents/hand.h"

#include <assert.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/assign.h"
#include "daemon/documents/settle.h"

/* The parts of a job on the channel: head, options, language, text, padding. */
#define JOB_PARTS 5

int td_hand_can_give(struct td_worker *w)
{
    return td_channel_reserve(&w->channel, JOB_PARTS) == 0;
}

/* ---- Suspended plugins -------------------------------------------------------------------------------------------- */

/* Marks the plugins that are not to be run now. A suspended one whose pause is over is tried by this very document. */
static void leave_out_suspended(struct td_documents *docs, struct td_generation *g, struct td_doc *doc)
{
    struct td_health *health = g->pools[doc->pool].health;
    uint64_t now = 0;

    for (uint32_t i = 0; i < doc->job.n_steps; i++) {
        uint32_t plugin = doc->job.steps[i] & TD_STEP_PLUGIN;
        int is_trial = 0;
        if (health[plugin].state == TD_HEALTH_ACTIVE)
            continue;
        now = now ? now : td_now_ns();
        if (!td_health_may_run(&health[plugin], now, &is_trial)) {
            struct td_plugin_counts *counts =
                td_measures_find_plugin(&docs->measures, td_generation_plugin_name(g, plugin));
            if (counts)
                counts->skipped++;
            doc->job.steps[i] |= TD_STEP_SUSPENDED;
        }
        if (!is_trial)
            continue;
        doc->trials |= UINT64_C(1) << plugin;
        td_log(TD_LOG_INFO, "plugin.trial", TD_STR("plugin", td_generation_plugin_name(g, plugin)),
               TD_INT("generation", g->number));
    }
}

/* The trials that a document was are over. */
static void end_trials(struct td_generation *g, struct td_doc *doc, int survived, uint32_t blamed)
{
    struct td_health *health = g->pools[doc->pool].health;

    for (uint32_t i = 0; doc->trials >> i; i++) {
        if (!(doc->trials & (UINT64_C(1) << i)) || i == blamed)
            continue;
        td_health_tried(&health[i], survived, td_now_ns());
        if (survived)
            td_log(TD_LOG_INFO, "plugin.active", TD_STR("plugin", td_generation_plugin_name(g, i)),
                   TD_INT("generation", g->number));
    }
    doc->trials = 0;
}

/* ---- The worker's first document ---------------------------------------------------------------------------------- */

uint64_t td_hand_shortest_limit_ns(const struct td_generation *g, const struct td_doc *doc)
{
    uint64_t shortest = UINT64_MAX;

    for (uint32_t i = 0; i < doc->job.n_steps; i++) {
        uint64_t limit = td_generation_timeout_ns(g, doc->job.steps[i] & TD_STEP_PLUGIN);
        if (limit < shortest)
            shortest = limit;
    }
    return shortest;
}

/* A document has become its worker's first: from now on its time counts. The first look at it comes at half the shortest
 * limit, when the processor time is noted that tells a slow plugin from a starved one. */
static void start_watch(struct td_worker *w)
{
    uint64_t half = td_hand_shortest_limit_ns(td_generation_of(w), w->docs.first) / 2;

    td_worker_watch_in(w, half < TD_STALL_NS ? half : TD_STALL_NS);
}

void td_hand_unwanted(struct td_documents *docs, struct td_worker *w)
{
    atomic_store_explicit(&w->board->unwanted, w->docs.first->job.sequence, memory_order_relaxed);
    if (w->unwanted_since_ns == 0)
        w->unwanted_since_ns = td_now_ns();
    td_worker_watch_in(w, (uint64_t)docs->set.limits_kill_grace);
}

void td_hand_look_at_next(struct td_documents *docs, struct td_worker *w, uint64_t now)
{
    struct td_doc *next = w->docs.first;

    w->unwanted_since_ns = 0;
    w->head_since_ns = now;
    if (next && next->state == TD_DOC_ABANDONED) /* its reply went out while it waited behind another */
        td_hand_unwanted(docs, w);
    else if (next)
        start_watch(w);
}

/* ---- Given, taken back, put back ---------------------------------------------------------------------------------- */

/* Adds the job's parts to the worker's channel, where they lie: nothing is copied, and the document keeps them until the
 * worker has given it back. */
static void send_job(struct td_worker *w, struct td_doc *doc)
{
    static const char padding[8];
    const struct td_request *request = &doc->request;
    size_t length = sizeof doc->job + doc->job.options_bytes + doc->job.lang_bytes + doc->job.text_bytes;
    size_t padded = (length + 7) & ~(size_t)7; /* the worker reads frames where they lie: each starts aligned */

    doc->job.sequence = ++w->sequence;
    doc->job.by_ring = w->ring.ring && !td_generation_pool_of(w)->has_no_ring;
    doc->job.frame.length = (uint32_t)padded;
    td_channel_add(&w->channel, &doc->job, sizeof doc->job);
    td_channel_add(&w->channel, doc->options.bytes, doc->job.options_bytes);
    td_channel_add(&w->channel, request->lang.bytes, doc->job.lang_bytes);
    td_channel_add(&w->channel, request->text.bytes, doc->job.text_bytes);
    td_channel_add(&w->channel, padding, padded - length);
    doc->sent_end = w->channel.added;
}

void td_hand_give(struct td_documents *docs, struct td_worker *w, struct td_doc *doc, uint64_t now)
{
    struct td_generation *g = td_generation_of(w);

    assert(w->state == TD_WORKER_READY && td_generation_takes_bytes(g, doc->job.text_bytes));
    assert(w->slot - g->pools[doc->pool].first < g->pools[doc->pool].n); /* or it would be shown to whom it isn't for */
    leave_out_suspended(docs, g, doc);
    send_job(w, doc);
    td_doc_become(doc, TD_DOC_RUNNING);
    doc->worker = w;
    doc->sent_ns = now;
    if (w->docs.count == 0)
        LIST_INSERT_HEAD(&docs->busy, w, busy);
    td_doc_list_append(&w->docs, doc);
    w->held_bytes += doc->request.text.length;
    if (docs->trial.is_on)
        td_trial_given(&docs->trial, doc->queue->pool, g == docs->lineup->next);
    if (w->docs.count > 1)
        return;
    w->head_since_ns = now;
    start_watch(w);
}

void td_hand_take_back(struct td_doc *doc, int survived, uint32_t blamed)
{
    struct td_worker *w = doc->worker;

    if (doc->trials)
        end_trials(td_generation_of(w), doc, survived, blamed);
    td_doc_list_remove(&w->docs, doc);
    if (w->docs.count == 0)
        LIST_REMOVE(w, busy);
    w->held_bytes -= doc->request.text.length;
    doc->worker = NULL;
}

int td_hand_put_back(struct td_documents *docs, struct td_doc *doc)
{
    struct td_err err;

    assert(doc->state == TD_DOC_RUNNING && !doc->worker);
    int rc = td_assign(doc, td_lineup_serving(docs->lineup), &err);
    if (rc == TD_OK && td_hand_enqueue(docs, doc, 1, &err) == TD_OK)
        return 1;
    td_doc_become(doc, TD_DOC_WAITING); /* in no queue, and nobody's: what is answered is one or the other */
    td_settle_error(docs, doc, &err, TD_NO_PLUGIN, NULL);
    return 0;
}

int td_hand_enqueue(struct td_documents *docs, struct td_doc *doc, int at_head, struct td_err *err)
{
    struct td_queue *queue = docs->queues.of[doc->pool];

    if (td_queue_prepare(queue, doc) != 0)
        return td_fail(err, TD_E_INTERNAL, "there is no memory to let it wait for another worker");
    if (doc->queue != queue) { /* a reload has put its pipeline into another pool */
        td_queues_close(doc);
        td_queues_open(queue, doc);
    }
    if (at_head)
        td_queue_push_back(queue, doc);
    else
        td_queue_push(queue, doc);
    return TD_OK;
}
