/* pool.h: pools of workers: which plugins each one's workers open. Without `pools` in the configuration there is one, the
 * default pool, and it has all plugins.
 *
 * A pool's plugins are those that its pipelines name, and those that these need. What no pipeline names is the default
 * pool's. A plugin that only pipelines of pools name is opened in these, and nowhere else, whoever needs its layers: who
 * was put apart, since he isn't trusted or is slow, stays apart. So what is needed comes from the pool itself, or from what
 * the default pool's pipelines name.
 *
 * What a plugin needs, only a worker that has opened it can say, and it is opened in its own pool first: so a pool's first
 * worker may have to be started again with more. */
#ifndef TD_FLEET_POOL_H
#define TD_FLEET_POOL_H

#include "common/mp_buf.h"
#include "daemon/both/catalogue.h"
#include "daemon/config/config.h"
#include "daemon/fleet/health.h"
#include "daemon/fleet/plan.h"

#define TD_MAX_POOLS (1 + TD_MOST_POOLS) /* the default pool is the first */

struct td_pool {
    const char *name;              /* the configuration's, or TD_DEFAULT_POOL */
    uint32_t first, n;             /* its workers' numbers: from `first`, `n` of them */
    uint64_t memory;               /* that the plugins of one worker may allocate; 0: no limit */
    uint64_t named;                /* plugins that are in it of themselves, a bit each */
    uint64_t plugins;              /* that its workers open: these, and what they need */
    struct td_buf first_ready;     /* READY of its first worker: the others must say the same */
    struct td_catalogue catalogue; /* which that is */
    int has_no_ring;               /* a plugin has scribbled over one: its workers' replies come by the channel alone */
    struct td_health
        health[TD_MAX_PLUGINS]; /* the one part that changes while it serves. A worker may say what it likes of
                                              * its plugins: none is suspended in a pool for what happens in another */
};

/* How many pools the configuration makes. */
uint32_t td_pools_count(const struct td_config *config);

/* Numbers the workers of the pools, the default pool's first. It has `wanted` of them; none if nothing is left for it.
 * Returns how many there are. */
uint32_t td_pools_man(struct td_pool *pools, const struct td_config *config, uint32_t wanted);

/* The pool of that name; NULL: the default pool. */
const struct td_pool *td_pools_find(const struct td_pool *pools, uint32_t n, const char *name);

/* Sets what is in each pool of itself. Nothing that is needed is known yet. */
void td_pools_name(struct td_pool *pools, const struct td_config *config);

/* What the pool's workers are to open, by what all plugins say that they need. TD_E_CONFIG: something needed isn't to be had;
 * *faulty are the plugins of which one would have to go. */
int td_pool_gather(const struct td_pool *pools, uint32_t index, const struct td_catalogue *catalogue, uint64_t *plugins,
                   uint64_t *faulty, struct td_err *err);

/* Takes READY's body of the pool's first worker. TD_E_INTERNAL: it isn't of the plugins that the pool has. */
int td_pool_take(struct td_pool *pool, const struct td_config *config, const void *body, size_t length,
                 struct td_err *err);

/* What was taken is forgotten. */
void td_pool_forget(struct td_pool *pool);

/* Makes one catalogue of what all pools have told, in the configuration's order; it points into theirs. A plugin that is in
 * several must say the same of itself in each, or TD_E_CONFIG: one of the others there has changed it. */
int td_pools_join(const struct td_pool *pools, uint32_t n, struct td_catalogue *catalogue, struct td_err *err);

/* The pool for a request that names these plugins: the default pool if it has them all, else the one that has.
 * TD_E_BAD_REQUEST: there is none, or more than one. */
int td_pools_choose(const struct td_pool *pools, uint32_t n, const struct td_catalogue *catalogue, uint64_t wanted,
                    uint32_t *index, struct td_err *err);

#endif
