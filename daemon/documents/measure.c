/* measure.c: see measure.h. */
#include "daemon/documents/measure.h"

#include <assert.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "daemon/both/process.h"

/* ---- Durations and sizes ----------------------------------------------------------------------------------------- */

void td_durations_note(struct td_durations *d, uint64_t ns)
{
    d->sum_ns += ns;
    d->counts[td_latency_bucket(ns)]++;
}

void td_sizes_note(struct td_sizes *s, uint64_t bytes)
{
    uint32_t bits = bytes > TD_SMALLEST_SIZE ? 64u - (uint32_t)__builtin_clzll(bytes - 1) : 6; /* 2^bits >= bytes */
    uint32_t bucket = (bits - 5) / 2;

    _Static_assert(TD_SMALLEST_SIZE == 1 << 6, "the first bucket ends at 2^6, each other at four times the one before");
    s->sum_bytes += bytes;
    s->counts[bucket < TD_SIZE_BUCKETS ? bucket : TD_SIZE_BUCKETS]++;
}

const char *td_outcome_name(uint32_t outcome)
{
    if (outcome == TD_E_RELOAD_FAILED) /* an operator's, never a request's */
        return NULL;
    return outcome == TD_OUTCOME_GONE ? "GONE" : td_code_name((enum td_code)outcome);
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static void init_names(struct td_names *names, size_t size)
{
    TAILQ_INIT(&names->list);
    names->n = 0;
    names->size = size;
}

static struct td_named *find(const struct td_names *names, const char *name, size_t length)
{
    struct td_named *at;

    TAILQ_FOREACH(at, &names->list, next)
    if (memcmp(at->name, name, length) == 0 && at->name[length] == 0)
        return at;
    return NULL;
}

/* Longer ones are nobody's. */
static struct td_named *find_name(const struct td_names *names, const char *name, size_t length)
{
    return length < TD_MEASURE_NAME ? find(names, name, length) : NULL;
}

static void forget_oldest(struct td_names *names)
{
    struct td_named *last = TAILQ_LAST(&names->list, td_named_list);

    TAILQ_REMOVE(&names->list, last, next);
    names->n--;
    free(last);
}

/* Puts a name to the front. When there is no memory for a new one it is counted nowhere, or as TD_PIPELINE_NONE:
 * nothing that is done for documents may fail for what is merely counted. */
static void adopt(struct td_names *names, const char *name)
{
    size_t length = strlen(name);
    struct td_named *at = find_name(names, name, length);

    assert(length < TD_MEASURE_NAME);
    if (at) {
        TAILQ_REMOVE(&names->list, at, next);
    } else {
        at = calloc(1, names->size);
        if (!at)
            return;
        memcpy(at->name, name, length);
        names->n++;
    }
    at->is_used = 1;
    TAILQ_INSERT_HEAD(&names->list, at, next);
}

static void use_none(struct td_names *names)
{
    struct td_named *at;

    for (at = TAILQ_FIRST(&names->list); at; at = TAILQ_NEXT(at, next))
        at->is_used = 0;
}

static void forget_all(struct td_names *names)
{
    while (names->n > 0)
        forget_oldest(names);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

void td_measures_init(struct td_measures *m)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *m = (struct td_measures) { .started_unix_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000,
                                .list.named.name = TD_PIPELINE_LIST,
                                .none.named.name = TD_PIPELINE_NONE };
    init_names(&m->pipelines, sizeof(struct td_pipeline_counts));
    init_names(&m->plugins, sizeof(struct td_plugin_counts));
    init_names(&m->pools, sizeof(struct td_pool_counts));
}

void td_measures_free(struct td_measures *m)
{
    forget_all(&m->pipelines);
    forget_all(&m->plugins);
    forget_all(&m->pools);
}

void td_measures_adopt(struct td_measures *m, const struct td_config *config)
{
    uint32_t n_plugins = config->n_plugins + config->n_left_out;

    use_none(&m->pipelines);
    use_none(&m->plugins);
    use_none(&m->pools);
    for (uint32_t i = 0; i < config->n_pipelines; i++)
        adopt(&m->pipelines, config->pipelines[i].name);
    for (uint32_t i = 0; i < config->n_plugins; i++)
        adopt(&m->plugins, config->plugins[i].name);
    for (uint32_t i = 0; i < config->n_left_out; i++)
        adopt(&m->plugins, config->left_out[i].plugin.name);
    adopt(&m->pools, TD_DEFAULT_POOL);
    for (uint32_t i = 0; i < config->n_pools; i++)
        adopt(&m->pools, config->pools[i].name);
    while (m->pools.n > 1 + config->n_pools + TD_GONE_NAMES)
        forget_oldest(&m->pools);
    while (m->pipelines.n > config->n_pipelines + TD_GONE_NAMES)
        forget_oldest(&m->pipelines);
    while (m->plugins.n > n_plugins + TD_GONE_NAMES)
        forget_oldest(&m->plugins);
}

struct td_pipeline_counts *td_measures_find_pipeline(const struct td_measures *m, const char *name)
{
    struct td_named *found = find_name(&m->pipelines, name, strlen(name));

    return found ? (struct td_pipeline_counts *)(void *)found : NULL;
}

static void add_durations(struct td_durations *to, const struct td_durations *more)
{
    to->sum_ns += more->sum_ns;
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        to->counts[i] += more->counts[i];
}

struct td_durations td_measures_all_durations(const struct td_measures *m)
{
    struct td_durations all = { 0 };
    const struct td_named *at;

    for (at = TAILQ_FIRST(&m->pipelines.list); at; at = TAILQ_NEXT(at, next))
        add_durations(&all, &((const struct td_pipeline_counts *)(const void *)at)->duration);
    add_durations(&all, &m->list.duration);
    add_durations(&all, &m->none.duration);
    return all;
}

struct td_plugin_counts *td_measures_find_plugin(const struct td_measures *m, const char *name)
{
    struct td_named *found = find_name(&m->plugins, name, strlen(name));

    return found ? (struct td_plugin_counts *)(void *)found : NULL;
}

struct td_pool_counts *td_measures_find_pool(const struct td_measures *m, const char *name)
{
    struct td_named *found = find_name(&m->pools, name, strlen(name));

    return found ? (struct td_pool_counts *)(void *)found : NULL;
}

struct td_pipeline_counts *td_measures_pipeline(struct td_measures *m, const struct td_request *request)
{
    if (request->plugins.at)
        return &m->list;
    const char *name = request->pipeline.bytes ? request->pipeline.bytes : "default";
    struct td_named *found = find_name(&m->pipelines, name, request->pipeline.bytes ? request->pipeline.length : 7);
    return found && found->is_used ? (struct td_pipeline_counts *)(void *)found : &m->none;
}

/* ---- Workers ----------------------------------------------------------------------------------------------------- */

static enum td_exit reason_of(const struct td_worker *w, uint64_t oom_kills)
{
    switch (w->killed_for) {
    case TD_KILL_STOP:
        return TD_EXIT_ASKED;
    case TD_KILL_START:
        return TD_EXIT_LOAD;
    case TD_KILL_TIMEOUT:
        return TD_EXIT_TIMEOUT;
    case TD_KILL_UNWANTED:
        return TD_EXIT_UNWANTED;
    case TD_KILL_STALLED:
        return TD_EXIT_STALLED;
    case TD_KILL_CHANNEL:
    case TD_KILL_RING:
        return TD_EXIT_CHANNEL;
    case TD_KILL_SILENT:
        return w->was_told_to_go ? TD_EXIT_STALLED : TD_EXIT_CHANNEL;
    case TD_KILL_NOT:
        break;
    }
    if (w->exit_signal == SIGKILL)
        return td_process_oom_kills() > oom_kills ? TD_EXIT_OOM : TD_EXIT_KILLED;
    if (w->exit_signal)
        return TD_EXIT_SIGNAL;
    if (w->exit_status == TD_WORKER_EXIT_REFUSED)
        return TD_EXIT_LOAD;
    if (w->exit_status == TD_WORKER_EXIT_OK && w->was_told_to_go)
        return w->is_large ? TD_EXIT_LARGE : TD_EXIT_ASKED;
    return TD_EXIT_EXIT;
}

/* What a worker says of a plugin lies in memory that plugins can write to. It can't have run for more documents than
 * the worker was given, nor longer than the worker lived: then none of it is believed. */
static int is_believed(const struct td_plugin_stats *stats, const struct td_worker *w)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++) {
        if (stats->latency[i] > w->sequence)
            return 0;
        n += stats->latency[i];
    }
    return n <= w->sequence && stats->failures <= w->sequence && stats->timeouts <= w->sequence &&
           stats->stopped <= w->sequence && stats->run_ns <= td_now_ns() - w->spawned_ns;
}

static void add_worker(struct td_plugin_stats *to, const struct td_worker *w, uint32_t plugin)
{
    const struct td_plugin_stats copy =
        w->board->stats[plugin]; /* of which the worker may write another word any time */

    if (td_worker_has(w, plugin) && is_believed(&copy, w))
        td_plugin_stats_add(to, &copy);
}

void td_measures_gone(struct td_measures *m, const struct td_worker *w, uint64_t oom_kills)
{
    const struct td_generation *g = td_generation_of(w);

    if (w->process.error) { /* it never was */
        m->not_spawned++;
        return;
    }
    m->exits[reason_of(w, oom_kills)]++;
    for (uint32_t i = 0; i < g->catalogue.n; i++) {
        struct td_plugin_counts *counts = td_measures_find_plugin(m, g->catalogue.plugins[i].name);
        if (counts)
            add_worker(&counts->gone, w, i);
    }
}

static void keep_more(uint64_t *shown, uint64_t now)
{
    if (now > *shown)
        *shown = now;
}

const struct td_plugin_stats *td_measures_plugin(struct td_plugin_counts *counts, const struct td_lineup *lineup)
{
    struct td_plugin_stats now = counts->gone, *shown = &counts->shown;
    uint64_t by_itself;
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(lineup, all);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t plugin = td_catalogue_find(&all[i]->catalogue, counts->named.name, strlen(counts->named.name));
        for (uint32_t k = 0; plugin != TD_NO_PLUGIN && k < all[i]->n_slots; k++)
            if (all[i]->slots[k].worker)
                add_worker(&now, all[i]->slots[k].worker, plugin);
    }
    by_itself = now.timeouts + now.stopped; /* a worker counts these behind the failure that they are */
    keep_more(&counts->failed, now.failures > by_itself ? now.failures - by_itself : 0);
    keep_more(&shown->run_ns, now.run_ns);
    keep_more(&shown->failures, now.failures);
    keep_more(&shown->timeouts, now.timeouts);
    keep_more(&shown->stopped, now.stopped);
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        keep_more(&shown->latency[i], now.latency[i]);
    return shown;
}
