/* dispatch.c: see dispatch.h. */
#include "daemon/documents/dispatch.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/assign.h"
#include "daemon/documents/hand.h"
#include "daemon/documents/settle.h"
#include "daemon/documents/supervise.h"
#include "daemon/fleet/slumber.h"

/* A worker always may hold these many, whatever their size: one that runs and one that is there when it ends. */
#define ALWAYS_ROOM 2

/* How often a document that a worker had no memory left for is put back: to the fresh worker, and once more if another took
 * it that was nearly as full. */
#define MOST_FRESH_TRIES 2

int td_dispatch_accept(struct td_documents *docs, struct td_doc *doc, struct td_err *err)
{
    struct td_queue *queue = docs->queues.of[doc->pool];

    if (td_queue_prepare(queue, doc) != 0 || td_settle_open(docs, doc, queue) != 0) {
        docs->measures.shed[TD_SHED_MEMORY]++;
        return td_fail(err, TD_E_OVERLOADED, "there is no memory for more documents");
    }
    td_queue_push(queue, doc);
    return TD_OK;
}

/* ---- Whom a document is given to ---------------------------------------------------------------------------------- */

static int has_room(const struct td_documents *docs, const struct td_worker *w, const struct td_doc *doc)
{
    const struct td_settings *set = &docs->set;

    if (!w || w->state != TD_WORKER_READY || w->docs.count >= (uint64_t)set->workers_window)
        return 0;
    return w->docs.count < ALWAYS_ROOM ||
           w->held_bytes + doc->request.text.length <= (uint64_t)set->workers_window_bytes;
}

/* Of two with as many documents the one that has been at its first for longer is done with it sooner, if they are of much the same
 * length. (Of equal ones that is the order of one line for all workers; taking the first of two workers makes the p99 at half load a
 * twelfth longer. Where a few are very long, lognormal with sigma 1.5 say, it is no better than chance: the p99 6 % longer at most.) */
static int is_better(const struct td_worker *w, const struct td_worker *best)
{
    return !best || w->docs.count < best->docs.count ||
           (w->docs.count == best->docs.count && w->head_since_ns < best->head_since_ns);
}

/* The pool's worker with room that has the fewest documents, or NULL. */
static struct td_worker *choose_worker(const struct td_documents *docs, const struct td_generation *g, uint32_t pool,
                                       const struct td_doc *doc)
{
    struct td_worker *best = NULL;
    uint32_t first = g->pools[pool].first, end = first + g->pools[pool].n;

    for (uint32_t i = first; i < end; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (has_room(docs, w, doc) && is_better(w, best))
            best = w;
        if (best && best->docs.count == 0)
            break;
    }
    return best;
}

/* The worker of the generation that is being tried, if it is its turn in this queue, it has room, and it has what the
 * document asks for; then the document is assigned to it. */
static struct td_worker *choose_on_trial(const struct td_documents *docs, uint32_t pool, struct td_doc *doc)
{
    const struct td_generation *next = docs->lineup->next;
    struct td_worker *w = NULL;
    struct td_err err;

    if (!td_trial_wants_next(&docs->trial, pool))
        return NULL;
    if (td_assign(doc, next, &err) == TD_OK) /* which may run it in another pool */
        w = choose_worker(docs, next, doc->pool, doc);
    if (w && td_hand_can_give(w)) /* assigned to it and then not given, it would be run by the wrong plugins */
        return w;
    td_assign(doc, td_lineup_serving(docs->lineup), &err); /* which it was accepted for */
    return NULL;
}

void td_dispatch_take(struct td_documents *docs)
{
    struct td_worker *next;

    td_slumber_rise();
    for (struct td_worker *w = LIST_FIRST(&docs->busy); w; w = next) {
        next = LIST_NEXT(w, busy);
        if (!td_worker_has_reply(w))
            continue;
        td_worker_take(w);
        td_channel_tidy(&w->channel); /* it may be that all replies behind a large one come by the ring */
    }
}

int td_dispatch_may_sleep(struct td_documents *docs)
{
    const struct td_worker *w;

    td_slumber_fall();
    LIST_FOREACH(w, &docs->busy, busy)
    if (td_worker_has_reply(w)) {
        td_slumber_rise();
        return 0;
    }
    return 1;
}

/* Of the others there is nothing to write: what a worker has been given is with it until it is answered. */
static void flush_workers(struct td_documents *docs)
{
    struct td_worker *w;

    LIST_FOREACH(w, &docs->busy, busy)
    if (td_channel_has_output(&w->channel))
        td_channel_flush(&w->channel);
}

static void end_late(struct td_documents *docs);

/* Empties the pool's queue as far as its workers have room. Non-zero: as of td_dispatch_turn. */
static int give_out(struct td_documents *docs, uint32_t pool)
{
    struct td_queue *queue = docs->queues.of[pool];
    struct td_doc *doc = td_queue_peek(queue);
    uint64_t now = doc ? td_now_ns() : 0;

    for (; doc; doc = td_queue_peek(queue)) {
        struct td_worker *w = choose_on_trial(docs, pool, doc);
        if (!w)
            w = choose_worker(docs, td_lineup_serving(docs->lineup), pool, doc);
        if (!w)
            return 0;
        if (!td_hand_can_give(w))
            return 1;
        td_queue_pop(queue);
        td_hand_give(docs, w, doc, now);
    }
    return 0;
}

int td_dispatch_turn(struct td_documents *docs)
{
    int needs_memory = 0;

    for (uint32_t i = 0; i < docs->queues.n; i++) /* each has workers of its own: none waits for another */
        needs_memory |= give_out(docs, i);
    flush_workers(docs);
    end_late(docs);
    return needs_memory;
}

/* ---- Another generation serves ------------------------------------------------------------------------------------ */

/* For a document that must go to this pool of the generation, whatever its workers hold; NULL when none is left. */
static struct td_worker *least_busy(const struct td_generation *g, uint32_t pool)
{
    struct td_worker *best = NULL;
    uint32_t first = g->pools[pool].first, end = first + g->pools[pool].n;

    for (uint32_t i = first; i < end; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (w && w->state == TD_WORKER_READY && (!best || w->docs.count < best->docs.count))
            best = w;
    }
    return best;
}

/* Gives a document that is in no queue to the generation that it was accepted for. Zero when it has no worker left. */
static int give_to_old(struct td_documents *docs, struct td_doc *doc)
{
    struct td_err err;

    if (td_assign(doc, docs->lineup->old, &err) != TD_OK)
        return 0;
    struct td_worker *w = least_busy(docs->lineup->old, doc->pool);
    if (!w || !td_hand_can_give(w))
        return 0;
    td_hand_give(docs, w, doc, td_now_ns());
    return 1;
}

/* Where a document that waited goes now. */
static void move(struct td_documents *docs, struct td_doc *doc)
{
    struct td_generation *serving = td_lineup_serving(docs->lineup);
    struct td_err err;

    if (td_assign(doc, serving, &err) == TD_OK) {
        if (td_hand_enqueue(docs, doc, 0, &err) == TD_OK)
            return;
    } else if (give_to_old(docs, doc)) {
        return;
    }
    td_settle_error(docs, doc, &err, TD_NO_PLUGIN, NULL);
}

/* All are taken out, in the order in which they would have been given to workers, before the first is put anywhere: so each
 * connection's stay in order, and whose turn comes is as it was. */
void td_dispatch_move(struct td_documents *docs)
{
    struct td_doc_list all = { 0 };
    struct td_doc *doc;

    for (uint32_t i = 0; i < TD_MAX_QUEUES; i++)
        while ((doc = td_queue_pop(&docs->queues.all[i])))
            td_doc_list_append(&all, doc);
    while ((doc = all.first)) {
        td_doc_list_remove(&all, doc);
        move(docs, doc);
    }
}

/* ---- Done --------------------------------------------------------------------------------------------------------- */

/* A moving average over some dozens of documents. */
static void note_run(struct td_queue *queue, uint64_t run_ns)
{
    queue->mean_run_ns += (run_ns >> 5) - (queue->mean_run_ns >> 5);
}

static int is_plugins_doing(uint32_t code)
{
    return code == TD_E_PLUGIN_FAILED || code == TD_E_PLUGIN_CRASHED || code == TD_E_PLUGIN_TIMEOUT;
}

void td_dispatch_done(struct td_documents *docs, struct td_worker *w, const struct td_done *done,
                      const unsigned char *body)
{
    struct td_doc *doc = w->docs.first;
    const struct td_generation *g = td_generation_of(w);
    size_t length = done->frame.length - sizeof *done - done->warnings_bytes;
    uint64_t run_ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;
    int has_run = done->code == TD_OK || done->code == TD_E_PLUGIN_FAILED;
    uint64_t now = td_now_ns();
    struct td_err err;

    if ((done->flags & TD_DONE_NO_MEMORY) && doc->state == TD_DOC_RUNNING && doc->fresh_tries++ < MOST_FRESH_TRIES) {
        td_supervise_leaves(docs, w); /* with this one, whose failure isn't told */
        return;
    }
    note_run(doc->queue, run_ns);
    if (g == docs->lineup->next || g == docs->lineup->serving)
        td_trial_ran(&docs->trial, doc->queue->pool, g == docs->lineup->next, run_ns,
                     done->code == TD_OK ? done->n_pairs > 2 /* more pairs: errors */ : is_plugins_doing(done->code));
    if (doc->state == TD_DOC_RUNNING)
        td_warnings_join(&doc->request.warnings, body + length, done->warnings_bytes, done->warnings_beyond);
    if (doc->state == TD_DOC_RUNNING && done->code == TD_OK) {
        td_settle_result(docs, doc, done, body, length, now);
    } else if (doc->state == TD_DOC_RUNNING) {
        td_fail(&err, done->code < TD_E_SYSTEM ? (enum td_code)done->code : TD_E_INTERNAL, "%.*s", (int)length, body);
        td_settle_error(docs, doc, &err, td_worker_has(w, done->plugin) ? done->plugin : TD_NO_PLUGIN, done);
    }
    td_hand_take_back(doc, has_run, TD_NO_PLUGIN);
    td_settle_forget(docs, doc);
    if (done->flags & TD_DONE_LEAVES)
        td_supervise_leaves(docs, w);
    else
        td_hand_look_at_next(docs, w, now);
    td_worker_relieve(w);
}

/* ---- No longer wanted --------------------------------------------------------------------------------------------- */

/* Answers an accepted document now, wherever it is. */
static void end_early(struct td_documents *docs, struct td_doc *doc, const struct td_err *err, uint32_t plugin)
{
    struct td_worker *w = doc->worker;

    if (doc->state == TD_DOC_WAITING)
        td_queue_remove(doc->queue, doc);
    td_settle_error(docs, doc, err, plugin, NULL);
    if (w && w->docs.first == doc)
        td_hand_unwanted(docs, w);
}

static void on_deadline(uv_timer_t *timer)
{
    end_late(timer->data);
}

/* Answers the documents whose deadline has passed; sets the timer for the next. */
static void end_late(struct td_documents *docs)
{
    struct td_doc *doc = td_deadlines_first(&docs->deadlines);
    struct td_err err;

    if (!doc) {
        uv_timer_stop(&docs->deadline_timer);
        return;
    }
    uint64_t now = td_now_ns();
    for (; doc && doc->deadline_ns <= now; doc = td_deadlines_first(&docs->deadlines)) {
        uint32_t plugin = TD_NO_PLUGIN;
        if (doc->state == TD_DOC_RUNNING)
            plugin = td_worker_plugin_at(doc->worker, doc->job.sequence);
        td_fail(&err, TD_E_DEADLINE_EXCEEDED, "the deadline passed while the document was %s",
                doc->state == TD_DOC_WAITING ? "waiting in the queue" : "with a worker");
        end_early(docs, doc, &err, plugin);
    }
    if (!doc)
        return;
    uint64_t ms = (doc->deadline_ns - now) / 1000000 + 1;
    uv_timer_t *timer = &docs->deadline_timer;
    if (uv_is_active((uv_handle_t *)timer) && uv_timer_get_due_in(timer) <= ms)
        return; /* it fires sooner, and then looks again: cheaper than to move it with every document */
    uv_update_time(docs->loop);
    uv_timer_start(timer, on_deadline, ms, 0);
}

void td_dispatch_cancel(struct td_documents *docs, struct td_doc *doc)
{
    struct td_err err;

    td_fail(&err, TD_E_CANCELLED, "cancelled by the client");
    end_early(docs, doc, &err, TD_NO_PLUGIN);
}

void td_dispatch_forget_client(struct td_documents *docs, struct td_connection *client)
{
    struct td_doc *doc;

    while ((doc = td_connection_waiting(client))) {
        td_queue_remove(doc->queue, doc);
        td_settle_drop(docs, doc);
    }
}

static void drop(struct td_documents *docs, struct td_doc *doc)
{
    struct td_worker *w = doc->worker;

    if (doc->state == TD_DOC_WAITING)
        td_queue_remove(doc->queue, doc);
    td_settle_drop(docs, doc);
    if (w && w->docs.first == doc)
        td_hand_unwanted(docs, w);
}

/* Those of one id are a ring with the one that is in the table, which goes last: so the table never has to take another in. */
void td_dispatch_drop_client(struct td_documents *docs, struct td_connection *client)
{
    while (client->ids)
        drop(docs, client->ids->next_same);
}

void td_dispatch_abandon_all(struct td_documents *docs, const struct td_err *err)
{
    struct td_doc *doc;

    while ((doc = td_deadlines_first(&docs->deadlines))) /* every accepted document is there until its reply */
        end_early(docs, doc, err, TD_NO_PLUGIN);
}
