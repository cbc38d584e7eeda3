/* generation_start.c: how a generation begins (generation.h): made, its workers asked for, with their set-up or ahead of it. */
#include "daemon/fleet/generation.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "daemon/fleet/cpus.h"
#include "daemon/fleet/generation_events.h"
#include "daemon/fleet/mend.h"
#include "daemon/fleet/slots.h"

/* The workers of the default pool, as far as there is room for them beside the others. */
static uint32_t default_workers(const struct td_config *config)
{
    uint32_t wanted = (uint32_t)config->set.workers_count, others = 0;

    for (uint32_t i = 0; i < config->n_pools; i++)
        others += config->pools[i].workers;
    assert(others < TD_MAX_WORKERS && (wanted == 0 || wanted + others <= TD_MAX_WORKERS));
    wanted = wanted ? wanted : td_cpus();
    return wanted + others <= TD_MAX_WORKERS ? wanted : TD_MAX_WORKERS - others;
}

static void init_slots(struct td_generation *g)
{
    td_slots_man(g, default_workers(&g->config));
    assert(g->n_slots > 0);
    g->n_timers = g->n_slots; /* there may be fewer later, and never more */
    for (uint32_t i = 0; i < g->n_timers; i++) {
        g->slots[i].generation = g;
        g->slots[i].respawn.data = &g->slots[i];
        uv_timer_init(g->loop, &g->slots[i].respawn);
    }
}

/* Takes *config over, unless there is no memory for one. */
static struct td_generation *make(uint32_t number, uv_loop_t *loop, struct td_config *config,
                                  const struct td_generation_events *events, void *data, struct td_err *err)
{
    struct td_generation *g = calloc(1, sizeof *g);
    struct td_pool *pools = calloc(td_pools_count(config), sizeof *pools);

    if (!g || !pools) {
        free(g);
        free(pools);
        td_fail(err, TD_E_SYSTEM, "no memory for a generation");
        return NULL;
    }
    *g = (struct td_generation) { .number = number,
                                  .loop = loop,
                                  .config = *config,
                                  .events = events,
                                  .data = data,
                                  .slot_events = &td_generation_slot_events,
                                  .pools = pools,
                                  .n_pools = td_pools_count(config),
                                  .started_ns = td_now_ns() };
    init_slots(g);
    return g;
}

int td_generation_hire(struct td_generation **generation, uint32_t number, uv_loop_t *loop, struct td_config *config,
                       const struct td_generation_events *events, void *data, struct td_err *err)
{
    struct td_generation *g = *generation = make(number, loop, config, events, data, err);

    if (!g)
        return (int)err->code;
    for (uint32_t i = 0; i < g->n_slots; i++)
        if (td_slot_is_wanted(&g->slots[i], 0))
            td_slot_hire(&g->slots[i]);
    return TD_OK;
}

static int set_up_hired(struct td_generation *g, struct td_err *err)
{
    int rc = td_mend_prepare(g, err);

    for (uint32_t i = 0; rc == TD_OK && i < g->n_slots; i++)
        if (g->slots[i].worker)
            td_slot_set_up(&g->slots[i]);
    if (rc == TD_OK && !g->slots[0].worker)
        rc = td_slot_spawn(&g->slots[0], err);
    return rc;
}

static int has_missing(const struct td_generation *g)
{
    for (uint32_t i = 0; i < g->files.n; i++)
        if (!g->files.of[i])
            return 1;
    return 0;
}

void td_generation_equip(struct td_generation *g, struct td_plugin_files *files)
{
    struct td_err err;

    assert(g->state == TD_GENERATION_STARTING && g->files.n == 0);
    g->files = *files;
    g->started_ns = td_now_ns();
    if (g->n_alive > 0 && has_missing(g)) { /* those that were hired go by the old numbers of plugins */
        g->mend.plugin = TD_NO_PLUGIN;
        td_generation_enter(g, TD_GENERATION_MENDING);
        td_slots_kill(g);
        return;
    }
    if (set_up_hired(g, &err) == TD_OK)
        td_slots_fill(g, 0);
    else
        td_mend_or_fail(g, &err, 0);
}

int td_generation_start(struct td_generation **generation, uint32_t number, uv_loop_t *loop, struct td_config *config,
                        struct td_plugin_files *files, const struct td_generation_events *events, void *data,
                        struct td_err *err)
{
    struct td_generation *g = make(number, loop, config, events, data, err);

    *generation = NULL;
    if (!g) {
        td_config_free(config);
        td_plugin_files_release(files);
        return (int)err->code;
    }
    g->files = *files;
    int rc = td_mend_prepare(g, err);
    if (rc == TD_OK)
        rc = td_slot_spawn(&g->slots[0], err);
    if (rc != TD_OK) {
        td_generation_free(g);
        return rc;
    }
    td_slots_fill(g, 0);
    *generation = g;
    return TD_OK;
}
