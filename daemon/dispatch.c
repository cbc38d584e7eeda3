/* dispatch.c: see dispatch.h. */
#include "daemon/dispatch.h"

#include <signal.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/assign.h"
#include "daemon/settle.h"

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

/* Adds the job's parts to the worker's channel, where they lie: nothing is copied. Zero when memory runs out. */
static int send_job(struct td_worker *w, struct td_doc *doc)
{
    static const char padding[8];
    const struct td_request *request = &doc->request;
    size_t length = sizeof doc->job + doc->job.options_bytes + doc->job.lang_bytes + doc->job.text_bytes;
    size_t padded = (length + 7) & ~(size_t)7; /* the worker reads frames where they lie: each starts aligned */

    if (td_channel_reserve(&w->channel, 5) != 0)
        return 0;
    doc->job.sequence = ++w->sequence;
    doc->job.frame.length = (uint32_t)padded;
    td_channel_add(&w->channel, &doc->job, sizeof doc->job);
    td_channel_add(&w->channel, doc->options.bytes, doc->job.options_bytes);
    td_channel_add(&w->channel, request->lang.bytes, doc->job.lang_bytes);
    td_channel_add(&w->channel, request->text.bytes, doc->job.text_bytes);
    td_channel_add(&w->channel, padding, padded - length);
    return 1;
}

/* The shortest limit of the plugins that a document runs: no sooner can one of them be over it. */
static uint64_t shortest_limit(const struct td_generation *g, const struct td_doc *doc)
{
    uint64_t shortest = UINT64_MAX;

    for (uint32_t i = 0; i < doc->job.n_steps; i++) {
        uint64_t limit = td_generation_timeout_ns(g, doc->job.steps[i] & TD_STEP_PLUGIN);
        if (limit < shortest)
            shortest = limit;
    }
    return shortest;
}

static void give(struct td_worker *w, struct td_doc *doc)
{
    doc->state = TD_DOC_RUNNING;
    doc->worker = w;
    doc->sent_ns = td_now_ns();
    td_doc_list_append(&w->docs, doc);
    w->held_bytes += doc->request.text.length;
    if (w->docs.count == 1)
        td_worker_watch_in(w, shortest_limit(td_generation_of(w), doc));
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
        struct td_worker *w = choose_worker(server, server->generation, doc);
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

/* Takes a document out of its worker's list. */
static void take_back(struct td_worker *w, struct td_doc *doc)
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
    if (next && next->state == TD_DOC_ABANDONED)
        release_worker(server, w);
    else if (next)
        td_worker_watch_in(w, shortest_limit(td_generation_of(w), next));
}

/* A moving average over some dozens of documents. */
static void note_run(struct td_server *server, const struct td_done *done)
{
    uint64_t ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;

    server->mean_run_ns += (ns >> 5) - (server->mean_run_ns >> 5);
}

void td_dispatch_done(struct td_server *server, struct td_worker *w, const struct td_done *done,
                      const unsigned char *body)
{
    struct td_doc *doc = w->docs.first;
    size_t length = done->frame.length - sizeof *done;
    struct td_err err;

    note_run(server, done);
    if (doc->state == TD_DOC_RUNNING && done->code == TD_OK) {
        td_settle_result(server, doc, done, body, length);
    } else if (doc->state == TD_DOC_RUNNING) {
        td_fail(&err, done->code < TD_E_SYSTEM ? (enum td_code)done->code : TD_E_INTERNAL, "%.*s", (int)length, body);
        td_settle_error(server, doc, &err, done->plugin);
    }
    take_back(w, doc);
    td_settle_forget(server, doc);
    look_at_next(server, w);
    td_generation_relieve(w);
}

/* Which plugin the worker is in with this document; TD_NO_PLUGIN when it isn't at it, or in none. */
static uint32_t plugin_at(const struct td_worker *w, const struct td_doc *doc)
{
    struct td_worker_place place = td_worker_where(w, td_generation_of(w)->catalogue.n);

    if (place.phase != TD_PHASE_PLUGIN || place.sequence != doc->job.sequence)
        return TD_NO_PLUGIN;
    return place.plugin;
}

/* The document that a dead worker was at: the one that its scoreboard names, or, since a plugin may have scribbled on
 * that, the first of its list. One that we killed for nonsense on its channel may have gone on to others meanwhile: it
 * was at the first, whose reply the nonsense stands for. NULL when it had none. */
static struct td_doc *doc_at_death(const struct td_worker *w)
{
    struct td_worker_place place = td_worker_where(w, td_generation_of(w)->catalogue.n);

    for (struct td_doc *doc = w->docs.first; doc && w->killed_for != TD_KILL_CHANNEL; doc = doc->next)
        if (doc->job.sequence == place.sequence)
            return doc;
    return w->docs.first;
}

/* Who killed it, if not the document: an outsider (or the kernel, for want of memory: the two look the same), or we. */
static int killed_from_outside(const struct td_worker *w)
{
    return w->exit_signal == SIGKILL && w->killed_for == TD_KILL_NOT;
}

/* How often a document is run before it is given up although nobody knows that it was the cause. */
#define MOST_TRIES 2

/* What the document that was running when its worker died is told. TD_OK: nothing, it is run again. */
static enum td_code judge_death(struct td_worker *w, struct td_doc *doc, uint32_t plugin, struct td_err *err)
{
    const char *name = td_generation_plugin_name(td_generation_of(w), plugin);
    char death[64];

    if (w->killed_for == TD_KILL_STOP)
        return TD_OK; /* our doing, whatever it was at */
    td_worker_death(w, death, sizeof death);
    if (*name && !killed_from_outside(w))
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED, "plugin %s ended its process: %s", name, death);
    if (++doc->tries < MOST_TRIES)
        return TD_OK;
    if (killed_from_outside(w))
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED, "two workers were killed (SIGKILL) while they ran it");
    return (enum td_code)td_fail(err, TD_E_INTERNAL, "two workers ended while they had it: %s", death);
}

/* Ends or saves the document that a worker died at. */
static enum td_code settle_victim(struct td_server *server, struct td_worker *w, struct td_doc *doc, uint32_t plugin)
{
    struct td_err err;

    if (doc->state == TD_DOC_ABANDONED)
        return TD_OK;
    enum td_code code = judge_death(w, doc, plugin, &err);
    if (code != TD_OK)
        td_settle_error(server, doc, &err, plugin);
    return code;
}

/* Puts a document that a dead worker had back to the head of the queue, to be run by the generation that serves now. One
 * that asks for what only the dead worker's generation had is answered. */
static int requeue(struct td_server *server, struct td_doc *doc)
{
    struct td_err err;

    td_queue_push_back(&server->queue, doc);
    if (td_assign(doc, server->generation, &err) == TD_OK)
        return 1;
    td_queue_remove(&server->queue, doc);
    td_settle_error(server, doc, &err, TD_NO_PLUGIN);
    return 0;
}

/* The documents of a dead worker. Returns how many are run again. */
static uint32_t empty_worker(struct td_server *server, struct td_worker *w)
{
    uint32_t requeued = 0;

    while (w->docs.last) { /* from the end, so that the head of the queue has them in order */
        struct td_doc *doc = w->docs.last;
        take_back(w, doc);
        if (doc->state == TD_DOC_ABANDONED)
            td_settle_forget(server, doc);
        else
            requeued += (uint32_t)requeue(server, doc);
    }
    server->count.documents_rerun += requeued;
    return requeued;
}

void td_dispatch_lost(struct td_server *server, struct td_worker *w)
{
    struct td_generation *g = td_generation_of(w);
    struct td_doc *victim = doc_at_death(w);
    uint32_t held = w->docs.count, plugin = victim ? plugin_at(w, victim) : TD_NO_PLUGIN;
    enum td_code code = victim ? settle_victim(server, w, victim, plugin) : TD_OK;
    uint32_t requeued = empty_worker(server, w);
    char death[64];

    if (w->killed_for == TD_KILL_STOP || (w->exit_status == 0 && !w->exit_signal && held == 0))
        return;
    server->count.workers_lost++;
    td_log(TD_LOG_WARN, "worker.lost", TD_INT("worker", w->slot), TD_INT("generation", w->generation),
           TD_STR("death", td_worker_death(w, death, sizeof death)), TD_STR("code", td_code_name(code)),
           TD_STR("plugin", td_generation_plugin_name(g, plugin)), TD_INT("held", held), TD_INT("requeued", requeued),
           TD_STR("action", g->state == TD_GENERATION_SERVING ? "respawn" : "none"));
}

/* The document at the head is still wanted: is a plugin over its limit? Returns when to look again. */
static uint64_t check_plugin(struct td_server *server, struct td_worker *w, struct td_doc *doc, uint64_t now)
{
    const struct td_generation *g = td_generation_of(w);
    struct td_worker_place place = td_worker_where(w, g->catalogue.n);
    struct td_err err;

    if (place.phase != TD_PHASE_PLUGIN || place.sequence != doc->job.sequence || place.plugin == TD_NO_PLUGIN)
        return shortest_limit(td_generation_of(w), doc);
    uint64_t limit = td_generation_timeout_ns(g, place.plugin);
    if (now < place.since_ns + limit)
        return place.since_ns + limit - now;
    td_fail(&err, TD_E_PLUGIN_TIMEOUT, "plugin %s took longer than its limit of %llu ms",
            td_generation_plugin_name(g, place.plugin), (unsigned long long)(limit / 1000000));
    td_settle_error(server, doc, &err, place.plugin);
    td_worker_kill(w, TD_KILL_TIMEOUT);
    return UINT64_MAX;
}

void td_dispatch_watch(struct td_server *server, struct td_worker *w)
{
    struct td_doc *doc = w->docs.first;
    uint64_t now = td_now_ns(), grace = (uint64_t)server->set.limits_kill_grace;

    if (!doc || w->state == TD_WORKER_GONE || w->killed_for != TD_KILL_NOT)
        return;
    if (w->unwanted_since_ns == 0) {
        uint64_t again = check_plugin(server, w, doc, now);
        if (again != UINT64_MAX)
            td_worker_watch_in(w, again);
    } else if (now < w->unwanted_since_ns + grace) {
        td_worker_watch_in(w, w->unwanted_since_ns + grace - now);
    } else {
        td_worker_kill(w, TD_KILL_UNWANTED);
    }
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
        uint32_t plugin = doc->state == TD_DOC_RUNNING ? plugin_at(doc->worker, doc) : TD_NO_PLUGIN;
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

static int has_id(const struct td_doc *doc, const struct td_client *client, const struct td_slice *id)
{
    return doc->client == client && doc->request.id.length == id->length &&
           memcmp(doc->request.id.bytes, id->bytes, id->length) == 0;
}

static struct td_doc *find_running(const struct td_generation *g, const struct td_client *client,
                                   const struct td_slice *id)
{
    for (uint32_t i = 0; g && i < g->n_slots; i++)
        for (struct td_doc *doc = g->slots[i].worker ? g->slots[i].worker->docs.first : NULL; doc; doc = doc->next)
            if (doc->state == TD_DOC_RUNNING && has_id(doc, client, id))
                return doc;
    return NULL;
}

struct td_doc *td_dispatch_find(struct td_server *server, const struct td_client *client, const struct td_slice *id)
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

void td_dispatch_forget_client(struct td_server *server, struct td_client *client)
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
