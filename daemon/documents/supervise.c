/* supervise.c: see supervise.h. Nothing here waits: every step of a death is an event or a timer. */
#include "daemon/documents/supervise.h"

#include <signal.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/hand.h"
#include "daemon/both/process.h"
#include "daemon/documents/settle.h"

/* A plugin that had less than this share of the processor while it passed its limit was starved by the machine, and isn't
 * blamed (Varnish #2513 and gunicorn #1194 tell what becomes of daemons that do). */
#define STARVED_PERCENT 25

/* How often a document is run before it is given up although nobody knows that it was the cause. */
#define MOST_TRIES 2

/* ---- Health ------------------------------------------------------------------------------------------------------- */

static void count(struct td_documents *docs, const struct td_generation *g, uint32_t plugin, enum td_code code)
{
    struct td_plugin_counts *counts = td_measures_find_plugin(&docs->measures, td_generation_plugin_name(g, plugin));

    if (counts && code == TD_E_PLUGIN_TIMEOUT)
        counts->timeouts++;
    else if (counts)
        counts->crashes++;
}

/* Of the worker's pool: what happens there, or is said to, is no reason to suspend it in another. `is_dead`: what it died
 * of may say what was denied to the plugin. */
static void blame(struct td_documents *docs, const struct td_worker *w, uint32_t plugin, int is_dead, int was_timeout)
{
    const struct td_generation *g = td_generation_of(w);
    struct td_health *health = &td_generation_pool_of(w)->health[plugin];
    char denied[sizeof health->denied] = "";

    if (!was_timeout)
        count(docs, g, plugin, TD_E_PLUGIN_CRASHED);
    if (is_dead && *td_worker_denied(w, denied, sizeof denied))
        memcpy(health->denied, denied, sizeof denied);
    if (td_health_blame(health, &docs->set, was_timeout, td_now_ns()))
        td_log(TD_LOG_ERROR, "plugin.suspended", TD_STR("plugin", td_generation_plugin_name(g, plugin)),
               TD_INT("generation", g->number), TD_STR("pool", td_generation_pool_name(w)),
               TD_INT("crashes", health->crashes), TD_INT("timeouts", health->timeouts),
               TD_INT("pause_ms", health->pause_ns / 1000000),
               TD_STR("action", "leave it out, then let one document try it"));
}

/* ---- Death -------------------------------------------------------------------------------------------------------- */

/* The document that a dead worker was at: the one that its scoreboard names, or, since a plugin may have scribbled on
 * that, the first of its list. One that we killed for nonsense on its channel may have gone on to others meanwhile: it
 * was at the first, whose reply the nonsense stands for. NULL when it had none, or nothing is left that tells. */
static struct td_doc *doc_at_death(const struct td_worker *w)
{
    struct td_worker_place place = td_worker_where(w);
    uint64_t crashed_at = td_worker_crashed_at(w);

    if (w->is_ring_lost) { /* then the first may be one whose reply was lost */
        for (struct td_doc *doc = w->docs.first; doc && w->killed_for != TD_KILL_RING; doc = doc->next)
            if (doc->job.sequence == (crashed_at ? crashed_at : place.sequence))
                return doc;
        return NULL;
    }
    for (struct td_doc *doc = w->docs.first; doc && w->killed_for != TD_KILL_CHANNEL; doc = doc->next)
        if (doc->job.sequence == place.sequence)
            return doc;
    return w->docs.first;
}

static uint32_t plugin_at(const struct td_worker *w, const struct td_doc *doc)
{
    return td_worker_plugin_at(w, doc->job.sequence);
}

/* The channel ended by what was done to it in the worker: it sent nonsense, is closed while the process lives on, or the process
 * has found it closed or broken, and left. */
static int broke_its_channel(const struct td_worker *w)
{
    if (w->killed_for != TD_KILL_NOT)
        return w->killed_for == TD_KILL_CHANNEL || w->killed_for == TD_KILL_SILENT;
    return !w->exit_signal && (w->exit_status == TD_WORKER_EXIT_OK || w->exit_status == TD_WORKER_EXIT_CHANNEL);
}

/* The plugin that a death is put down to, as far as that can be told: the one whose code a fatal signal was raised in, which
 * may be a thread's that another plugin has left behind; else the one that was running. What was done to the channel and is
 * found when the plugin has come back can be told only of a document that one plugin ran for. */
static uint32_t plugin_at_death(const struct td_worker *w, const struct td_doc *doc)
{
    uint32_t crashed = td_worker_crashed_in(w);
    uint32_t running = plugin_at(w, doc);

    if (crashed != TD_NO_PLUGIN)
        return crashed;
    if (running == TD_NO_PLUGIN && broke_its_channel(w) && doc->job.n_steps == 1)
        return doc->job.steps[0] & TD_STEP_PLUGIN;
    return running;
}

/* Whose doing a death was. PLUGIN: what the plugin did, which is known. MEMORY: the kernel's, since the plugin took too much.
 * OUTSIDE: somebody's, and nobody knows whether the document was the reason. OURS. */
enum cause { PLUGIN, MEMORY, OUTSIDE, OURS };

/* Our signal was meant for a document that the worker was done with by the time it came. */
static int was_meant_for_another(const struct td_worker *w, const struct td_doc *doc)
{
    return w->guilty_sequence != 0 && w->guilty_sequence != doc->job.sequence &&
           (w->exit_signal == SIGKILL || w->exit_signal == SIGQUIT);
}

static enum cause find_cause(struct td_documents *docs, const struct td_worker *w, const struct td_doc *doc)
{
    if (was_meant_for_another(w, doc))
        return OURS;
    switch (w->killed_for) {
    case TD_KILL_STOP:
    case TD_KILL_UNWANTED:
    case TD_KILL_RING:
        return OURS;
    case TD_KILL_STALLED:
        return OUTSIDE;
    case TD_KILL_NOT:
        break;
    default:
        return PLUGIN;
    }
    if (w->exit_signal != SIGKILL)
        return PLUGIN;
    uint64_t kills = td_process_oom_kills();
    int is_memory = kills > docs->oom_kills;
    docs->oom_kills = kills;
    return is_memory ? MEMORY : OUTSIDE;
}

/* What the document that was running when its worker died is told. TD_OK: nothing, it is run again. A plugin that wasn't
 * running it, but has left a thread behind, has failed all the same; the document is no suspect then. */
static enum td_code judge_death(struct td_worker *w, struct td_doc *doc, uint32_t plugin, enum cause cause,
                                struct td_err *err)
{
    const char *name = td_generation_plugin_name(td_generation_of(w), plugin);
    uint64_t at = td_worker_where(w).sequence; /* beyond doc's: scribbled over */
    int is_suspect = plugin == plugin_at(w, doc) || broke_its_channel(w) || at > doc->job.sequence;
    char death[80];

    if (cause == OURS)
        return TD_OK;
    td_worker_death(w, death, sizeof death);
    if (*name && cause == MEMORY)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED, "plugin %s was ended by the kernel for want of memory",
                                     name);
    if (*name && cause == PLUGIN && is_suspect)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED, "plugin %s ended its process: %s", name, death);
    if ((cause == OUTSIDE || *name) && at != doc->job.sequence)
        return TD_OK; /* it had not even been begun */
    if (++doc->tries < MOST_TRIES)
        return TD_OK;
    if (cause == OUTSIDE)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED,
                                     "two workers were killed from outside while they ran it: %s", death);
    if (*name)
        return (enum td_code)td_fail(err, TD_E_PLUGIN_CRASHED,
                                     "two workers ended while they had it, the last in plugin %s: %s", name, death);
    return (enum td_code)td_fail(err, TD_E_INTERNAL, "two workers ended while they had it: %s", death);
}

/* Ends or saves the document that a worker died at, and blames its plugin if it has earned that. A plugin over its limit
 * was blamed when it was found to be. */
static enum td_code settle_victim(struct td_documents *docs, struct td_worker *w, struct td_doc *doc, uint32_t plugin,
                                  int *is_blamed)
{
    enum cause cause = find_cause(docs, w, doc);
    struct td_err err;

    *is_blamed = plugin != TD_NO_PLUGIN && (cause == PLUGIN || cause == MEMORY);
    if (*is_blamed && w->killed_for != TD_KILL_TIMEOUT)
        blame(docs, w, plugin, 1, 0);
    if (doc->state == TD_DOC_ABANDONED)
        return TD_OK;
    enum td_code code = judge_death(w, doc, plugin, cause, &err);
    if (code != TD_OK)
        td_settle_error(docs, doc, &err, plugin, NULL);
    return code;
}

/* The documents of a dead worker. `blamed`: the plugin that was, for the one it died at. Returns how many are run again. */
static uint32_t empty_worker(struct td_documents *docs, struct td_worker *w, uint32_t blamed)
{
    uint32_t requeued = 0;

    while (w->docs.last) { /* from the end, so that the head of the queue has them in order */
        struct td_doc *doc = w->docs.last;
        td_hand_take_back(doc, 0, blamed);
        if (doc->state == TD_DOC_ABANDONED)
            td_settle_forget(docs, doc);
        else
            requeued += (uint32_t)td_hand_put_back(docs, doc);
    }
    docs->counters.documents_rerun += requeued;
    return requeued;
}

void td_supervise_leaves(struct td_documents *docs, struct td_worker *w)
{
    td_channel_stop(&w->channel); /* what was not yet written to it lies in documents that may be gone soon */
    uint32_t requeued = empty_worker(docs, w, TD_NO_PLUGIN);
    td_log(TD_LOG_WARN, "worker.large", TD_INT("worker", w->slot), TD_INT("generation", w->generation),
           TD_INT("rss_bytes", td_worker_look(w).rss_bytes), TD_INT("limit_bytes", td_generation_pool_of(w)->memory),
           TD_INT("done", w->n_done), TD_INT("requeued", requeued), TD_STR("action", "replace"));
    w->is_large = 1;
    td_worker_finish(w);
    td_worker_relieve(w); /* it may have been FINISHING before */
}

void td_supervise_lost(struct td_documents *docs, struct td_worker *w)
{
    struct td_generation *g = td_generation_of(w);
    struct td_doc *victim = doc_at_death(w);
    uint32_t held = w->docs.count, plugin = victim ? plugin_at_death(w, victim) : TD_NO_PLUGIN;
    int is_blamed = 0;
    td_generation_pool_of(w)->has_no_ring |= w->is_ring_lost;
    enum td_code code = victim ? settle_victim(docs, w, victim, plugin, &is_blamed) : TD_OK;
    struct td_trace trace = { 0 };
    char death[80], at[256], id[TD_ID_TEXT_BYTES] = "";
    struct td_trace_words words;

    uint32_t pool = victim ? victim->queue->pool : TD_NO_POOL;
    if (victim && !was_meant_for_another(w, victim)) { /* it may be gone in a moment */
        trace = victim->request.context;
        td_request_id_text(&victim->request, id);
    }
    uint32_t requeued = empty_worker(docs, w, is_blamed ? plugin : TD_NO_PLUGIN);

    if (w->killed_for == TD_KILL_TIMEOUT && code == TD_OK) { /* the late document was told before */
        code = TD_E_PLUGIN_TIMEOUT;
        plugin = w->guilty_plugin;
    }

    if (w->killed_for == TD_KILL_STOP || (w->exit_status == 0 && !w->exit_signal && held == 0))
        return;
    docs->counters.workers_lost++;
    td_log(TD_LOG_WARN, "worker.lost", TD_INT("worker", w->slot), TD_INT("generation", w->generation),
           TD_STR("pool", td_generation_pool_name(w)), TD_INT("pid", w->process.pid),
           TD_STR("death", td_worker_death(w, death, sizeof death)), TD_STR("code", td_code_name(code)),
           TD_STR("plugin", td_generation_plugin_name(g, plugin)),
           TD_STR("at", td_worker_panic(w, &g->config, at, sizeof at)), TD_STR("doc", id[0] ? id : NULL),
           TD_TRACE_FIELDS(&trace, plugin == TD_NO_PLUGIN ? trace.span : td_trace_child(trace.span, plugin), &words),
           TD_INT("held", held), TD_INT("requeued", requeued),
           TD_STR("action", g->state == TD_GENERATION_SERVING ? "respawn" : "none"));
    if (g == docs->lineup->next || g == docs->lineup->serving)
        td_trial_ran(&docs->trial, pool, g == docs->lineup->next, 0, plugin != TD_NO_PLUGIN);
}

/* ---- Watching ----------------------------------------------------------------------------------------------------- */

/* The plugin is between half its limit and the limit: how much processor time has it had by now? */
static void sample(struct td_worker *w, uint64_t sequence, uint64_t now)
{
    if (w->sampled_sequence == sequence)
        return;
    w->sampled_sequence = sequence;
    w->sampled_ns = now;
    w->sampled_cpu_ns = td_worker_look(w).cpu_ns;
}

/* Whether the plugin passed its limit because the machine did not let it run. One that sleeps does so by itself. */
static int was_starved(const struct td_worker *w, const struct td_process *times, uint64_t sequence, uint64_t now)
{
    if (times->state != 'R' || w->sampled_sequence != sequence || now <= w->sampled_ns)
        return 0;
    return (times->cpu_ns - w->sampled_cpu_ns) * 100 < (now - w->sampled_ns) * STARVED_PERCENT;
}

static int is_stopped(const struct td_process *times)
{
    return times->state == 'T' || times->state == 't';
}

/* A process that does nothing although it should is done with: it was stopped, or `reason`. Returns when to look again. */
static uint64_t give_up(struct td_worker *w, enum td_kill_reason reason)
{
    struct td_process times = td_worker_look(w);

    if (times.state == 'R' || times.state == 'D') /* on its way: the machine is busy */
        return TD_STALL_NS;
    td_worker_kill(w, is_stopped(&times) ? TD_KILL_STALLED : reason);
    return UINT64_MAX;
}

/* The worker has not begun its first document. */
static uint64_t check_stall(struct td_worker *w, uint64_t now)
{
    if (now < w->head_since_ns + TD_STALL_NS)
        return w->head_since_ns + TD_STALL_NS - now;
    return give_up(w, TD_KILL_STALLED);
}

/* The worker is at a later document than the first that is unanswered. A reply is written whole before the next document is
 * begun: it is in the channel, or has been taken for the rest of something that wasn't the worker's. */
static uint64_t check_passed(struct td_worker *w, const struct td_doc *doc)
{
    td_worker_drain(w);
    if (w->docs.first == doc && !w->channel.ended)
        td_worker_kill(w, TD_KILL_CHANNEL);
    return UINT64_MAX; /* else another document is the first, and its watch has been set */
}

/* The worker says that it is done with the document, and the reply isn't here. A large one takes its time, but comes on. */
static uint64_t check_unsent(struct td_worker *w, uint64_t since_ns, uint64_t now)
{
    uint64_t read_ns = (uint64_t)w->channel.read_ms * 1000000; /* uv_now() and td_now_ns() are the same clock */
    uint64_t last = read_ns > since_ns ? read_ns : since_ns;

    if (now < last + TD_STALL_NS)
        return last + TD_STALL_NS - now;
    return give_up(w, TD_KILL_CHANNEL);
}

/* A plugin is over its limit. A worker that was stopped from outside is none of its doing: the document is run elsewhere,
 * once, for it may be the plugin that stops itself. */
static void end_late(struct td_documents *docs, struct td_worker *w, struct td_doc *doc, uint32_t plugin, uint64_t now)
{
    struct td_generation *g = td_generation_of(w);
    struct td_process times = td_worker_look(w);
    struct td_err err;

    if (is_stopped(&times) && doc->tries == 0) {
        td_worker_kill(w, TD_KILL_STALLED);
        return;
    }
    count(docs, g, plugin, TD_E_PLUGIN_TIMEOUT);
    if (is_stopped(&times) || was_starved(w, &times, doc->job.sequence, now))
        td_log(TD_LOG_WARN, "plugin.starved", TD_STR("plugin", td_generation_plugin_name(g, plugin)),
               TD_INT("worker", w->slot), TD_STR("action", "not blamed: it was stopped, or the machine is overloaded"));
    else
        blame(docs, w, plugin, 0, 1);
    td_fail(&err, TD_E_PLUGIN_TIMEOUT, "plugin %s took longer than its limit of %llu ms",
            td_generation_plugin_name(g, plugin), (unsigned long long)(td_generation_timeout_ns(g, plugin) / 1000000));
    td_settle_error(docs, doc, &err, plugin, NULL);
    td_worker_ask_where(w, doc->job.sequence, plugin, (uint64_t)docs->set.limits_kill_grace);
}

/* The document at the head is still wanted: is a plugin over its limit, does the worker work? Returns when to look again. */
static uint64_t check_plugin(struct td_documents *docs, struct td_worker *w, struct td_doc *doc, uint64_t now)
{
    const struct td_generation *g = td_generation_of(w);
    struct td_worker_place place = td_worker_where(w);

    if (place.sequence > doc->job.sequence)
        return check_passed(w, doc);
    if (place.sequence != doc->job.sequence)
        return check_stall(w, now);
    if (place.phase == TD_PHASE_IDLE)
        return check_unsent(w, place.since_ns, now);
    if (place.phase != TD_PHASE_PLUGIN || place.plugin == TD_NO_PLUGIN)
        return td_hand_shortest_limit_ns(g, doc) / 2;
    uint64_t limit = td_generation_timeout_ns(g, place.plugin), half = place.since_ns + limit / 2;
    if (now < half)
        return half - now;
    if (now < place.since_ns + limit) {
        sample(w, doc->job.sequence, now);
        return place.since_ns + limit - now;
    }
    end_late(docs, w, doc, place.plugin, now);
    return UINT64_MAX;
}

void td_supervise_watch(struct td_documents *docs, struct td_worker *w)
{
    td_worker_take(w); /* timers come before the turn that does */
    if (w->killed_for == TD_KILL_TIMEOUT && w->state != TD_WORKER_GONE) {
        td_worker_kill(w, TD_KILL_TIMEOUT); /* it was asked where it is, and has not gone */
        return;
    }
    if (w->is_ring_lost)
        return; /* it is on its way out, and who was late can't be told */

    struct td_doc *doc = w->docs.first;
    uint64_t now = td_now_ns(), grace = (uint64_t)docs->set.limits_kill_grace;

    if (!doc || w->state == TD_WORKER_GONE || w->killed_for != TD_KILL_NOT)
        return;
    if (w->unwanted_since_ns == 0) {
        uint64_t again = check_plugin(docs, w, doc, now);
        if (again != UINT64_MAX)
            td_worker_watch_in(w, again);
    } else if (now < w->unwanted_since_ns + grace) {
        td_worker_watch_in(w, w->unwanted_since_ns + grace - now);
    } else {
        td_worker_kill(w, TD_KILL_UNWANTED);
    }
}

/* ---- Memory ------------------------------------------------------------------------------------------------------- */

/* A worker that has come near workers.memory would die of it at some innocent document. */
#define LARGE_PERCENT 75

void td_supervise_memory(struct td_documents *docs)
{
    struct td_generation *g = td_lineup_serving(docs->lineup);

    docs->oom_kills = td_process_oom_kills();
    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (w)
            td_worker_pss(w); /* so that who asks once finds what was so lately */
        uint64_t limit = g->slots[i].pool->memory / 100 * LARGE_PERCENT;
        uint64_t rss = limit > 0 && w && w->state == TD_WORKER_READY ? td_worker_look(w).rss_bytes : 0;
        if (rss <= limit)
            continue;
        td_log(TD_LOG_WARN, "worker.large", TD_INT("worker", i), TD_INT("generation", g->number),
               TD_INT("rss_bytes", rss), TD_INT("limit_bytes", g->slots[i].pool->memory),
               TD_STR("action", "replace when it is done with what it has"));
        w->is_large |= td_generation_replace(g, i);
    }
}
