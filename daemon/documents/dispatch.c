/* dispatch.c: see dispatch.h. */
#include "daemon/documents/dispatch.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/assign.h"
#include "daemon/documents/settle.h"
#include "daemon/documents/supervise.h"

/* A worker always may hold these many, whatever their size: one that runs and one that is there when it ends. */
#define ALWAYS_ROOM 2

int td_dispatch_accept(struct td_server *server, struct td_doc *doc, struct td_err *err)
{
    if (td_settle_open(server, doc) != 0)
        return td_fail(err, TD_E_OVERLOADED, "there is no memory for more documents");
    td_queue_push(&server->queue, doc);
    return TD_OK;
}

static int has_room(const struct td_server *server, const struct td_worker *w, const struct td_doc *doc)
{
    const struct td_settings *set = &server->set;

    if (!w || w->state != TD_WORKER_READY || w->is_replaced || w->docs.count >= (uint64_t)set->workers_window)
        return 0;
    return w->docs.count < ALWAYS_ROOM ||
           w->held_bytes + doc->request.text.length <= (uint64_t)set->workers_window_bytes;
}

/* The worker with room that has the fewest documents, or NULL. */
static struct td_worker *choose_worker(const struct td_server *server, const struct td_generation *g,
                                       const struct td_doc *doc)
{
    struct td_worker *best = NULL;

    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (has_room(server, w, doc) && (!best || w->docs.count < best->docs.count))
            best = w;
    }
    return best;
}

/* The worker of the generation that is being tried, if it is its turn, it has room, and it has what the document asks
 * for; then the document is assigned to it. */
static struct td_worker *choose_canary(struct td_server *server, struct td_doc *doc)
{
    struct td_err err;

    if (!td_canary_takes_next(server))
        return NULL;
    struct td_worker *w = choose_worker(server, server->next, doc);
    if (!w || td_assign(doc, server->next, &err) == TD_OK)
        return w;
    td_assign(doc, server->generation, &err); /* which it was accepted for */
    return NULL;
}

/* For a document that must go to this generation, whatever its workers hold; NULL when none is left. */
static struct td_worker *least_busy(const struct td_generation *g)
{
    struct td_worker *best = NULL;

    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (w && w->state == TD_WORKER_READY && (!best || w->docs.count < best->docs.count))
            best = w;
    }
    return best;
}

/* Marks the plugins that are not to be run now. */
static void leave_out_suspended(struct td_generation *g, struct td_doc *doc)
{
    uint64_t now = 0;

    for (uint32_t i = 0; i < doc->job.n_steps; i++) {
        uint32_t plugin = doc->job.steps[i] & TD_STEP_PLUGIN;
        int is_trial = 0;
        if (g->health[plugin].state == TD_HEALTH_ACTIVE)
            continue;
        now = now ? now : td_now_ns();
        if (!td_health_may_run(&g->health[plugin], now, &is_trial))
            doc->job.steps[i] |= TD_STEP_SUSPENDED;
        if (!is_trial)
            continue;
        doc->trials |= UINT64_C(1) << plugin;
        td_log(TD_LOG_INFO, "plugin.trial", TD_STR("plugin", td_generation_plugin_name(g, plugin)),
               TD_INT("generation", g->number));
    }
}

/* Adds the job's parts to the worker's channel, where they lie: nothing is copied. Zero when memory runs out. */
static int send_job(struct td_worker *w, struct td_doc *doc)
{
    static const char padding[8];
    const struct td_request *request = &doc->request;
    size_t length = sizeof doc->job + doc->job.options_bytes + doc->job.lang_bytes + doc->job.text_bytes;
    size_t padded = (length + 7) & ~(size_t)7; /* the worker reads frames where they lie: each starts aligned */

    if (td_channel_reserve(&w->channel, 5) != 0)
        return 0;
    leave_out_suspended(td_generation_of(w), doc);
    doc->job.sequence = ++w->sequence;
    doc->job.frame.length = (uint32_t)padded;
    td_channel_add(&w->channel, &doc->job, sizeof doc->job);
    td_channel_add(&w->channel, doc->options.bytes, doc->job.options_bytes);
    td_channel_add(&w->channel, request->lang.bytes, doc->job.lang_bytes);
    td_channel_add(&w->channel, request->text.bytes, doc->job.text_bytes);
    td_channel_add(&w->channel, padding, padded - length);
    return 1;
}

static void give(struct td_worker *w, struct td_doc *doc)
{
    doc->state = TD_DOC_RUNNING;
    doc->worker = w;
    doc->sent_ns = td_now_ns();
    td_doc_list_append(&w->docs, doc);
    w->held_bytes += doc->request.text.length;
    if (w->docs.count > 1)
        return;
    w->head_since_ns = doc->sent_ns;
    td_supervise_first(w);
}

static void flush_workers(const struct td_generation *g)
{
    for (uint32_t i = 0; g && i < g->n_slots; i++)
        if (g->slots[i].worker)
            td_channel_flush(&g->slots[i].worker->channel);
}

void td_dispatch_turn(struct td_server *server)
{
    struct td_doc *doc;

    if (!server->generation || server->state == TD_SERVER_STARTING)
        return;
    while ((doc = td_queue_peek(&server->queue))) {
        struct td_worker *w = choose_canary(server, doc);
        if (!w)
            w = choose_worker(server, server->generation, doc);
        if (!w || !send_job(w, doc))
            break;
        td_queue_pop(&server->queue);
        give(w, doc);
    }
    flush_workers(server->generation);
    flush_workers(server->next);
    flush_workers(server->old);
    td_dispatch_deadlines(server);
}

/* Gives a waiting document to the generation that it was accepted for. Zero when it has no worker left. */
static int give_to_old(struct td_server *server, struct td_generation *old, struct td_doc *doc)
{
    struct td_worker *w = least_busy(old);
    struct td_err err;

    if (!w || td_assign(doc, old, &err) != TD_OK || !send_job(w, doc))
        return 0;
    td_queue_remove(&server->queue, doc);
    give(w, doc);
    return 1;
}

void td_dispatch_move(struct td_server *server, struct td_generation *old)
{
    struct td_doc_list stranded = { 0 };
    struct td_err err;

    for (size_t i = 1; i <= server->deadlines.count; i++) { /* every accepted document is there until its reply */
        struct td_doc *doc = server->deadlines.heap[i];
        if (doc->state != TD_DOC_WAITING || td_assign(doc, server->generation, &err) == TD_OK ||
            give_to_old(server, old, doc))
            continue;
        td_queue_remove(&server->queue, doc);
        td_doc_list_append(&stranded, doc);
    }
    while (stranded.first) {
        struct td_doc *doc = stranded.first;
        td_doc_list_remove(&stranded, doc);
        td_assign(doc, server->generation, &err);
        td_settle_error(server, doc, &err, TD_NO_PLUGIN);
    }
}

void td_dispatch_take_back(struct td_worker *w, struct td_doc *doc)
{
    td_doc_list_remove(&w->docs, doc);
    w->held_bytes -= doc->request.text.length;
    doc->worker = NULL;
}

/* Nobody waits for the worker's first document any more: asks the plugin to stop, and gives it a while to do so. */
static void release_worker(struct td_server *server, struct td_worker *w)
{
    atomic_store_explicit(&w->board->unwanted, w->docs.first->job.sequence, memory_order_relaxed);
    if (w->unwanted_since_ns == 0)
        w->unwanted_since_ns = td_now_ns();
    td_worker_watch_in(w, (uint64_t)server->set.limits_kill_grace);
}

/* What a worker's list looks like after its first document has left it. */
static void look_at_next(struct td_server *server, struct td_worker *w)
{
    struct td_doc *next = w->docs.first;

    w->unwanted_since_ns = 0;
    w->head_since_ns = td_now_ns();
    if (next && next->state == TD_DOC_ABANDONED)
        release_worker(server, w);
    else if (next)
        td_supervise_first(w);
}

/* A moving average over some dozens of documents. */
static void note_run(struct td_server *server, const struct td_done *done)
{
    uint64_t ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;

    server->mean_run_ns += (ns >> 5) - (server->mean_run_ns >> 5);
}

static int is_plugins_doing(uint32_t code)
{
    return code == TD_E_PLUGIN_FAILED || code == TD_E_PLUGIN_CRASHED || code == TD_E_PLUGIN_TIMEOUT;
}

void td_dispatch_done(struct td_server *server, struct td_worker *w, const struct td_done *done,
                      const unsigned char *body)
{
    struct td_doc *doc = w->docs.first;
    size_t length = done->frame.length - sizeof *done;
    struct td_err err;

    note_run(server, done);
    td_supervise_survived(w, doc, done);
    int failed = done->code == TD_OK ? done->n_pairs > 2 : is_plugins_doing(done->code); /* more pairs: errors */
    uint64_t run_ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;
    if (doc->state == TD_DOC_RUNNING && done->code == TD_OK) {
        td_settle_result(server, doc, done, body, length);
    } else if (doc->state == TD_DOC_RUNNING) {
        td_fail(&err, done->code < TD_E_SYSTEM ? (enum td_code)done->code : TD_E_INTERNAL, "%.*s", (int)length, body);
        td_settle_error(server, doc, &err, done->plugin);
    }
    td_dispatch_take_back(w, doc);
    td_settle_forget(server, doc);
    look_at_next(server, w);
    td_generation_relieve(w);
    td_canary_note(server, w, run_ns, failed); /* last: it may end a generation */
}

int td_dispatch_again(struct td_server *server, struct td_doc *doc)
{
    struct td_err err;

    td_queue_push_back(&server->queue, doc);
    if (td_assign(doc, server->generation, &err) == TD_OK)
        return 1;
    td_queue_remove(&server->queue, doc);
    td_settle_error(server, doc, &err, TD_NO_PLUGIN);
    return 0;
}

/* Answers an accepted document now, wherever it is. */
static void end_early(struct td_server *server, struct td_doc *doc, const struct td_err *err, uint32_t plugin)
{
    struct td_worker *w = doc->worker;

    if (doc->state == TD_DOC_WAITING)
        td_queue_remove(&server->queue, doc);
    td_settle_error(server, doc, err, plugin);
    if (w && w->docs.first == doc)
        release_worker(server, w);
}

static void on_deadline(uv_timer_t *timer)
{
    td_dispatch_deadlines(timer->data);
}

void td_dispatch_deadlines(struct td_server *server)
{
    struct td_doc *doc = td_deadlines_first(&server->deadlines);
    struct td_err err;

    if (!doc) {
        uv_timer_stop(&server->deadline_timer);
        return;
    }
    uint64_t now = td_now_ns();
    for (; doc && doc->deadline_ns <= now; doc = td_deadlines_first(&server->deadlines)) {
        uint32_t plugin = doc->state == TD_DOC_RUNNING ? td_supervise_plugin_at(doc->worker, doc) : TD_NO_PLUGIN;
        td_fail(&err, TD_E_DEADLINE_EXCEEDED, "the deadline passed while the document was %s",
                doc->state == TD_DOC_WAITING ? "waiting in the queue" : "with a worker");
        end_early(server, doc, &err, plugin);
    }
    if (!doc)
        return;
    uint64_t ms = (doc->deadline_ns - now) / 1000000 + 1;
    uv_timer_t *timer = &server->deadline_timer;
    if (uv_is_active((uv_handle_t *)timer) && uv_timer_get_due_in(timer) <= ms)
        return; /* it fires sooner, and then looks again: cheaper than to move it with every document */
    uv_update_time(&server->loop);
    uv_timer_start(timer, on_deadline, ms, 0);
}

static int has_id(const struct td_doc *doc, const struct td_connection *client, const struct td_slice *id)
{
    return doc->client == client && doc->request.id.length == id->length &&
           memcmp(doc->request.id.bytes, id->bytes, id->length) == 0;
}

static struct td_doc *find_running(const struct td_generation *g, const struct td_connection *client,
                                   const struct td_slice *id)
{
    for (uint32_t i = 0; g && i < g->n_slots; i++)
        for (struct td_doc *doc = g->slots[i].worker ? g->slots[i].worker->docs.first : NULL; doc; doc = doc->next)
            if (doc->state == TD_DOC_RUNNING && has_id(doc, client, id))
                return doc;
    return NULL;
}

struct td_doc *td_dispatch_find(struct td_server *server, const struct td_connection *client, const struct td_slice *id)
{
    struct td_doc *found;

    for (struct td_doc *doc = client->waiting.first; doc; doc = doc->next)
        if (has_id(doc, client, id))
            return doc;
    if ((found = find_running(server->generation, client, id)) || (found = find_running(server->old, client, id)))
        return found;
    return find_running(server->next, client, id);
}

void td_dispatch_cancel(struct td_server *server, struct td_doc *doc)
{
    struct td_err err;

    td_fail(&err, TD_E_CANCELLED, "cancelled by the client");
    end_early(server, doc, &err, TD_NO_PLUGIN);
}

void td_dispatch_forget_client(struct td_server *server, struct td_connection *client)
{
    while (client->waiting.first) {
        struct td_doc *doc = client->waiting.first;
        td_queue_remove(&server->queue, doc);
        td_settle_drop(server, doc);
    }
}

void td_dispatch_abandon_all(struct td_server *server, const struct td_err *err)
{
    struct td_doc *doc;

    while ((doc = td_deadlines_first(&server->deadlines))) /* every accepted document is there until its reply */
        end_early(server, doc, err, TD_NO_PLUGIN);
}
