/* pool.c: see pool.h. At most 64 plugins, so sets are words. */
#include "daemon/fleet/pool.h"

#include <assert.h>
#include <string.h>

#define BIT(i) (UINT64_C(1) << (i))

uint32_t td_pools_count(const struct td_config *config)
{
    return 1 + config->n_pools;
}

/* ---- Who is in which pool ----------------------------------------------------------------------------------------- */

/* The configuration was checked: a name is one. */
const struct td_pool *td_pools_find(const struct td_pool *pools, uint32_t n, const char *name)
{
    uint32_t i = 0;

    while (name && i < n && strcmp(pools[i].name, name) != 0)
        i++;
    assert(i < n);
    return &pools[i];
}

static uint64_t plugins_of(const struct td_config_pipeline *pipeline, const struct td_config *config)
{
    uint64_t found = 0;

    for (uint32_t k = 0; k < pipeline->n_plugins; k++)
        for (uint32_t i = 0; i < config->n_plugins; i++)
            if (strcmp(config->plugins[i].name, pipeline->plugins[k]) == 0)
                found |= BIT(i);
    return found;
}

void td_pools_name(struct td_pool *pools, const struct td_config *config)
{
    uint64_t all = config->n_plugins == TD_MAX_PLUGINS ? UINT64_MAX : BIT(config->n_plugins) - 1, listed = 0;
    uint32_t n = td_pools_count(config);

    for (uint32_t i = 0; i < n; i++)
        pools[i].named = 0;
    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        uint64_t its = plugins_of(&config->pipelines[i], config);
        pools[td_pools_find(pools, n, config->pipelines[i].pool) - pools].named |= its;
        listed |= its;
    }
    pools[0].named |= all & ~listed;
    for (uint32_t i = 0; i < n; i++)
        pools[i].plugins = pools[i].named;
}

/* Whether a document can come to the default pool. */
static int is_default_used(const struct td_pool *pools, const struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_pipelines; i++)
        if (!config->pipelines[i].pool)
            return 1;
    return pools[0].named != 0;
}

uint32_t td_pools_man(struct td_pool *pools, const struct td_config *config, uint32_t wanted)
{
    uint32_t n = 0;

    pools[0].name = TD_DEFAULT_POOL;
    for (uint32_t i = 0; i < config->n_pools; i++) /* by their names pipelines are told apart */
        pools[1 + i].name = config->pools[i].name;
    td_pools_name(pools, config);
    pools[0].memory = (uint64_t)config->set.workers_memory;
    pools[0].n = n = is_default_used(pools, config) ? wanted : 0;
    for (uint32_t i = 0; i < config->n_pools; i++) {
        struct td_pool *pool = &pools[1 + i];
        pool->memory = (uint64_t)config->pools[i].memory;
        pool->first = n;
        pool->n = config->pools[i].workers;
        n += pool->n;
    }
    return n;
}

int td_pool_gather(const struct td_pool *pools, uint32_t index, const struct td_catalogue *catalogue, uint64_t *plugins,
                   uint64_t *faulty, struct td_err *err)
{
    struct td_plan plan;
    struct td_err why;
    uint64_t available = pools[index].named | pools[0].named;

    if (td_plan_gather(&plan, catalogue, pools[index].named, available, &why) != TD_OK) {
        *faulty = plan.faulty;
        return td_fail(err, TD_E_CONFIG, "%s%s%s%s", index ? "pool " : "", index ? pools[index].name : "",
                       index ? ": " : "", why.text);
    }
    *plugins = plan.members;
    return TD_OK;
}

/* ---- What they tell ----------------------------------------------------------------------------------------------- */

/* The number of the plugin that a pool's catalogue has at `place`. */
static uint32_t number_at(const struct td_pool *pool, uint32_t place)
{
    uint64_t left = pool->plugins;

    while (place-- > 0)
        left &= left - 1;
    assert(left);
    return (uint32_t)__builtin_ctzll(left);
}

int td_pool_take(struct td_pool *pool, const struct td_config *config, const void *body, size_t length,
                 struct td_err *err)
{
    uint32_t wanted = (uint32_t)__builtin_popcountll(pool->plugins);

    assert(pool->first_ready.length == 0);
    pool->first_ready.limit = length;
    if (td_buf_append(&pool->first_ready, body, length) != 0)
        return td_fail(err, TD_E_SYSTEM, "no memory for the catalogue of plugins");
    int rc = td_catalogue_read(&pool->catalogue, body, length, err);
    if (rc != TD_OK)
        return rc;
    if (pool->catalogue.n != wanted)
        return td_fail(err, TD_E_INTERNAL, "a worker has loaded %u plugins of %u", pool->catalogue.n, wanted);
    for (uint32_t i = 0; i < wanted; i++) {
        const char *name = config->plugins[number_at(pool, i)].name;
        if (strcmp(pool->catalogue.plugins[i].name, name) != 0)
            return td_fail(err, TD_E_INTERNAL, "a worker says that it has loaded another plugin for %s", name);
    }
    return TD_OK;
}

void td_pool_forget(struct td_pool *pool)
{
    td_catalogue_free(&pool->catalogue);
    td_buf_free(&pool->first_ready);
    pool->first_ready = (struct td_buf) { .limit = 0 };
}

static int is_same(const struct td_pool *a, const struct td_catalogue_plugin *of_a, const struct td_pool *b,
                   const struct td_catalogue_plugin *of_b)
{
    return of_a->length == of_b->length &&
           memcmp(a->first_ready.bytes + of_a->at, b->first_ready.bytes + of_b->at, of_a->length) == 0;
}

int td_pools_join(const struct td_pool *pools, uint32_t n, struct td_catalogue *catalogue, struct td_err *err)
{
    const struct td_pool *teller[TD_MAX_PLUGINS] = { NULL };
    uint32_t most = 0;

    *catalogue = (struct td_catalogue) { .n = 0 };
    for (uint32_t p = 0; p < n; p++)
        for (uint32_t i = 0; i < pools[p].catalogue.n; i++) {
            const struct td_catalogue_plugin *plugin = &pools[p].catalogue.plugins[i];
            uint32_t number = number_at(&pools[p], i);
            if (teller[number] && !is_same(teller[number], &catalogue->plugins[number], &pools[p], plugin))
                return td_fail(err, TD_E_CONFIG, "plugin %s says other things of itself in pool %s than in pool %s",
                               plugin->name, pools[p].name, teller[number]->name);
            if (!teller[number])
                catalogue->plugins[number] = *plugin;
            teller[number] = teller[number] ? teller[number] : &pools[p];
            most = number + 1 > most ? number + 1 : most;
        }
    catalogue->n = most;
    for (uint32_t i = 0; i < most; i++)
        assert(teller[i]); /* each plugin is somewhere */
    return TD_OK;
}

/* ---- For a request ------------------------------------------------------------------------------------------------ */

static int has_all(const struct td_pool *pool, uint64_t wanted)
{
    return pool->n > 0 && (wanted & ~pool->plugins) == 0;
}

/* The first pool that has the plugin. */
static const struct td_pool *home_of(const struct td_pool *pools, uint32_t plugin)
{
    while (!(pools->plugins & BIT(plugin)))
        pools++;
    return pools;
}

/* Names two of them that are apart: a pool's first, and one that it has not. */
static int fail_spanning(const struct td_pool *pools, const struct td_catalogue *c, uint64_t wanted, struct td_err *err)
{
    uint32_t a = (uint32_t)__builtin_ctzll(wanted);
    const struct td_pool *home = home_of(pools, a);
    uint64_t others = wanted & ~home->plugins;
    uint32_t b = (uint32_t)__builtin_ctzll(others);

    return td_fail(err, TD_E_BAD_REQUEST,
                   "'plugins': no pool of workers has them all: %s is in pool %s, %s in pool %s; ask for them in two "
                   "requests, or name a pipeline",
                   c->plugins[a].name, home->name, c->plugins[b].name, home_of(pools, b)->name);
}

int td_pools_choose(const struct td_pool *pools, uint32_t n, const struct td_catalogue *catalogue, uint64_t wanted,
                    uint32_t *index, struct td_err *err)
{
    uint32_t found = n;

    *index = 0;
    if (n == 1 || has_all(&pools[0], wanted))
        return TD_OK;
    for (uint32_t i = 1; i < n; i++) {
        if (!has_all(&pools[i], wanted))
            continue;
        if (found < n)
            return td_fail(err, TD_E_BAD_REQUEST,
                           "'plugins': the pools %s and %s both have them; name a pipeline, which says whose workers "
                           "are to run it",
                           pools[found].name, pools[i].name);
        found = i;
    }
    if (found == n)
        return fail_spanning(pools, catalogue, wanted, err);
    *index = found;
    return TD_OK;
}
