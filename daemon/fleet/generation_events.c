/* generation_events.c: see generation_events.h. */
#include "daemon/fleet/generation_events.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "daemon/fleet/early_death.h"
#include "daemon/fleet/gather.h"
#include "daemon/fleet/mend.h"

static void tell_grants(const struct td_generation *g)
{
    char list[256];

    for (uint32_t i = 0; i < g->config.n_plugins; i++) {
        const struct td_config_plugin *plugin = &g->config.plugins[i];
        size_t used = 0;
        for (uint32_t k = 0; k < plugin->n_grants && used < sizeof list; k++)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", k ? " " : "", plugin->grants[k]);
        if (plugin->n_grants > 0)
            td_log(TD_LOG_INFO, "plugin.grants", TD_INT("generation", g->number), TD_STR("plugin", plugin->name),
                   TD_STR("grants", list));
    }
}

/* Told once a generation: the kernel is the same for all workers. */
static void note_confinement(struct td_generation *g, const struct td_worker *worker)
{
    char words[400];

    if (g->is_confinement_told)
        return;
    g->is_confinement_told = 1;
    g->confinement = worker->board->confinement; /* a copy: it goes on to be the worker's to write */
    g->confinement.mode = (uint32_t)g->config.set.security_sandbox;
    int is_missing = td_confinement_describe(&g->confinement, words, sizeof words);
    td_log(is_missing ? TD_LOG_WARN : TD_LOG_INFO, "worker.confined", TD_INT("generation", g->number),
           TD_STR("how", words), TD_STR("action", is_missing ? "go on; see security.sandbox" : NULL));
    tell_grants(g);
}

/* Begun now, so that who asks soon has it; and not while others are still starting, whom it takes a processor from. */
static void weigh(const struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_slots; i++)
        if (g->slots[i].worker)
            td_worker_pss(g->slots[i].worker);
}

static void on_ready(void *data, struct td_worker *worker, const void *catalogue, size_t length)
{
    struct td_generation *g = data;
    struct td_pool *pool = g->slots[worker->slot].pool;
    uint64_t suspects = 0;
    struct td_err err;

    if (pool->first_ready.length == 0 && td_gather_take(g, pool, catalogue, length, &suspects, &err) != TD_OK) {
        td_mend_or_fail(g, &err, suspects);
        return;
    }
    if (worker->state != TD_WORKER_READY) /* its pool needs more than it has */
        return;
    if (length != pool->first_ready.length || memcmp(catalogue, pool->first_ready.bytes, length) != 0) {
        td_log(TD_LOG_ERROR, "worker.mismatch", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
               TD_STR("error", "its plugins are not those that the generation started with"), TD_STR("action", "kill"));
        td_worker_kill(worker, TD_KILL_START);
        return;
    }
    note_confinement(g, worker);
    td_log(TD_LOG_INFO, "worker.ready", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
           TD_STR("pool", td_generation_pool_name(worker)), TD_INT("pid", worker->process.pid),
           TD_INT("start_us", (worker->ready_ns - worker->spawned_ns) / 1000));
    if (g->state == TD_GENERATION_STARTING && td_generation_n_ready(g) == g->n_slots) {
        td_generation_enter(g, TD_GENERATION_SERVING);
        weigh(g);
    } else if (g->state == TD_GENERATION_SERVING) {
        td_worker_pss(worker);
    }
}

static void on_refused(void *data, struct td_worker *worker, const struct td_err *why)
{
    struct td_generation *g = data;

    if (g->state == TD_GENERATION_STARTING)
        td_mend_or_fail(g, why, td_mend_suspect(worker));
    else
        td_log(TD_LOG_ERROR, "worker.refused", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
               TD_STR("error", why->text), TD_STR("action", "try again"));
}

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    struct td_generation *g = data;

    g->events->done(g->data, worker, done, body);
}

static void on_gone(void *data, struct td_worker *worker)
{
    struct td_generation *g = data;
    struct td_slot *slot = &g->slots[worker->slot];

    g->n_alive--;
    slot->worker = NULL;
    for (uint32_t i = 0; i < g->catalogue.n; i++)
        if (td_worker_has(worker, i))
            td_plugin_stats_add(&g->stats[i], &worker->board->stats[i]);
    slot->early_deaths = worker->sequence == 0 && !worker->was_told_to_go ? slot->early_deaths + 1 : 0;
    if (g->events->gone)
        g->events->gone(g->data, worker);
    if (worker->ready_ns)
        g->events->lost(g->data, worker); /* which settles its documents: from here on it holds none */
    switch (g->state) {
    case TD_GENERATION_STARTING:
        if (td_early_death_is_survived(g, worker))
            td_slot_respawn(slot);
        break;
    case TD_GENERATION_SERVING:
        td_early_death_log(g, worker);
        td_slot_respawn(slot);
        break;
    case TD_GENERATION_MENDING:
        td_mend_go_on(g);
        break;
    case TD_GENERATION_FAILED:
    case TD_GENERATION_LEAVING:
        td_generation_note_left(g);
        break;
    case TD_GENERATION_LEFT:
        assert(!"a worker of a generation that has left");
    }
}

static void on_watch(void *data, struct td_worker *worker)
{
    struct td_generation *g = data;

    if (worker->state == TD_WORKER_STARTING)
        td_worker_kill(worker, TD_KILL_START);
    else
        g->events->watch(g->data, worker);
}

/* The configuration has the names in the catalogue's order, and has them before there is a catalogue. */
static const char *plugin_name(void *data, uint32_t index)
{
    const struct td_generation *g = data;

    return index < g->config.n_plugins ? g->config.plugins[index].name : "";
}

static void on_gave_up(struct td_generation *g, const struct td_err *why)
{
    td_mend_or_fail(g, why, 0);
}

static const struct td_worker_events worker_events = { on_ready, on_refused, on_done, on_gone, on_watch, plugin_name };

const struct td_slot_events td_generation_slot_events = { &worker_events, on_gave_up };
