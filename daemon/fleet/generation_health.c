/* generation_health.c: what is known of a generation's plugins (generation.h), over its pools, its workers, and the generation
 * before it. */
#include "daemon/fleet/generation.h"

#include <string.h>

#include "common/clock.h"

/* In another order they are others: the file was changed, and nobody minds a fresh record. */
static int have_same_grants(const struct td_config_plugin *a, const struct td_config_plugin *b)
{
    int are_same = a->n_grants == b->n_grants;

    for (uint32_t i = 0; are_same && i < a->n_grants; i++)
        are_same = strcmp(a->grants[i], b->grants[i]) == 0;
    return are_same;
}

/* What is known of a plugin, by the pool. Another library, or one that may do other things now, has earned neither its
 * predecessor's suspension nor its record; but what an operator has disabled stays so until an operator enables it, in
 * whatever pool it is. */
static void inherit_health(struct td_health *health, const struct td_generation *before, const char *pool, uint32_t old,
                           int is_same_plugin)
{
    for (uint32_t i = 0; i < before->n_pools; i++) {
        const struct td_health *known = &before->pools[i].health[old];
        if (!(before->pools[i].plugins >> old & 1))
            continue;
        if (is_same_plugin && strcmp(before->pools[i].name, pool) == 0)
            *health = *known;
        else if (known->state == TD_HEALTH_DISABLED)
            td_health_disable(health);
    }
    if (health->state == TD_HEALTH_TRIAL) /* the document that tries it is not ours */
        td_health_tried(health, 0, td_now_ns());
}

void td_generation_inherit(struct td_generation *g, const struct td_generation *before)
{
    for (uint32_t i = 0; i < g->catalogue.n; i++) {
        const char *name = g->catalogue.plugins[i].name;
        uint32_t old = td_catalogue_find(&before->catalogue, name, strlen(name));
        if (old == TD_NO_PLUGIN)
            continue;
        int is_same = td_snapshot_is_same(before->files.of[old], g->files.of[i]) &&
                      have_same_grants(&before->config.plugins[old], &g->config.plugins[i]);
        for (uint32_t p = 0; p < g->n_pools; p++)
            if (g->pools[p].plugins >> i & 1)
                inherit_health(&g->pools[p].health[i], before, g->pools[p].name, old, is_same);
        g->stats[i] = td_generation_stats(before, old);
    }
}

/* From well to worse. */
static int is_worse(enum td_health_state a, enum td_health_state b)
{
    static const int rank[] = {
        [TD_HEALTH_ACTIVE] = 0, [TD_HEALTH_TRIAL] = 1, [TD_HEALTH_SUSPENDED] = 2, [TD_HEALTH_DISABLED] = 3
    };

    return rank[a] > rank[b];
}

struct td_health_summary td_generation_health(const struct td_generation *g, uint32_t index)
{
    struct td_health_summary all = { .state = TD_HEALTH_ACTIVE, .denied = "" };

    for (uint32_t i = 0; i < g->n_pools; i++) {
        const struct td_health *health = &g->pools[i].health[index];
        if (!(g->pools[i].plugins >> index & 1))
            continue;
        all.crashes += health->crashes;
        all.timeouts += health->timeouts;
        if (!*all.denied)
            all.denied = health->denied;
        if (is_worse(health->state, all.state)) {
            all.state = health->state;
            all.until_ns = health->until_ns;
        }
    }
    return all;
}

void td_generation_enable(struct td_generation *g, uint32_t index)
{
    for (uint32_t i = 0; i < g->n_pools; i++)
        td_health_enable(&g->pools[i].health[index]);
}

void td_generation_disable(struct td_generation *g, uint32_t index)
{
    for (uint32_t i = 0; i < g->n_pools; i++)
        td_health_disable(&g->pools[i].health[index]);
}

struct td_plugin_stats td_generation_stats(const struct td_generation *g, uint32_t index)
{
    struct td_plugin_stats all = g->stats[index];

    for (uint32_t i = 0; i < g->n_slots; i++)
        if (g->slots[i].worker && td_worker_has(g->slots[i].worker, index))
            td_plugin_stats_add(&all, &g->slots[i].worker->board->stats[index]);
    return all;
}
