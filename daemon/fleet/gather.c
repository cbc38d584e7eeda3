/* gather.c: see gather.h. */
#include "daemon/fleet/gather.h"

#include <string.h>

#include "daemon/fleet/slots.h"

/* On an error *suspects are the plugins of which one would have to go. */
static int make_plans(struct td_generation *g, uint64_t *suspects, struct td_err *err)
{
    struct td_err why;
    struct td_plan alone;

    for (uint32_t p = 0; p < g->n_pools; p++)
        for (uint32_t i = 0; i < g->catalogue.n; i++) /* a plugin that no pipeline names is judged too */
            if ((g->pools[p].plugins >> i & 1) &&
                td_plan_make(&alone, &g->catalogue, UINT64_C(1) << i, g->pools[p].plugins, &why) != TD_OK) {
                *suspects = alone.faulty;
                return td_fail(err, TD_E_CONFIG, "%s", why.text);
            }
    for (uint32_t i = 0; i < g->config.n_pipelines; i++) {
        const struct td_config_pipeline *pipeline = &g->config.pipelines[i];
        const struct td_pool *pool = td_pools_find(g->pools, g->n_pools, pipeline->pool);
        uint64_t wanted = 0;
        for (uint32_t k = 0; k < pipeline->n_plugins; k++) {
            uint32_t index = td_catalogue_find(&g->catalogue, pipeline->plugins[k], strlen(pipeline->plugins[k]));
            if (index == TD_NO_PLUGIN)
                return td_fail(err, TD_E_CONFIG, "pipeline %s names plugin '%s', which isn't loaded", pipeline->name,
                               pipeline->plugins[k]);
            wanted |= UINT64_C(1) << index;
        }
        if (td_plan_make(&g->plans[i], &g->catalogue, wanted, pool->plugins, &why) != TD_OK) {
            *suspects = g->plans[i].faulty;
            return td_fail(err, TD_E_CONFIG, "pipeline %s: %s", pipeline->name, why.text);
        }
        g->plans[i].pool = (uint8_t)(pool - g->pools);
    }
    return TD_OK;
}

/* Whether each pool's first worker has told what it has. */
static int all_have_told(const struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_pools; i++)
        if (g->pools[i].n > 0 && g->pools[i].first_ready.length == 0)
            return 0;
    return 1;
}

/* The pool's workers go, having held nothing, and come again with these plugins. */
static void start_again(struct td_generation *g, struct td_pool *pool, uint64_t plugins)
{
    pool->plugins = plugins;
    td_pool_forget(pool);
    for (uint32_t i = pool->first; i < pool->first + pool->n; i++)
        if (g->slots[i].worker)
            td_worker_finish(g->slots[i].worker);
}

/* All have told what they have and what that needs. A pool that needs more is started again, and will tell anew; when none
 * does, this generation is what was told. */
static int complete(struct td_generation *g, uint64_t *suspects, struct td_err *err)
{
    uint64_t plugins[TD_MAX_POOLS];
    int is_more = 0, rc = td_pools_join(g->pools, g->n_pools, &g->catalogue, err);

    for (uint32_t i = 0; i < g->n_pools && rc == TD_OK; i++) {
        rc = td_pool_gather(g->pools, i, &g->catalogue, &plugins[i], suspects, err);
        plugins[i] |= g->pools[i].plugins;
    }
    if (rc != TD_OK)
        return rc;
    for (uint32_t i = 0; i < g->n_pools; i++) {
        if (plugins[i] == g->pools[i].plugins)
            continue;
        is_more = 1;
        start_again(g, &g->pools[i], plugins[i]);
    }
    if (is_more) { /* it points into what was forgotten */
        g->catalogue = (struct td_catalogue) { .n = 0 };
        return TD_OK;
    }
    if ((rc = make_plans(g, suspects, err)) == TD_OK)
        td_slots_fill(g, 1);
    return rc;
}

int td_gather_take(struct td_generation *g, struct td_pool *pool, const void *body, size_t length, uint64_t *suspects,
                   struct td_err *err)
{
    int rc = td_pool_take(pool, &g->config, body, length, err);

    return rc == TD_OK && all_have_told(g) ? complete(g, suspects, err) : rc;
}

void td_gather_forget(struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_pools; i++)
        td_pool_forget(&g->pools[i]);
    g->catalogue = (struct td_catalogue) { .n = 0 };
}
