/* generation.c: see generation.h. Its states, and what can be asked of it; how it begins is generation_start.c, what its workers
 * say generation_events.c, what is known of its plugins generation_health.c, how it goes generation_leave.c. */
#include "daemon/fleet/generation.h"

#include <string.h>

#include "common/clock.h"
#include "common/log.h"

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_GENERATION_##name] = { text, to },
    TD_GENERATION_STATES(X)
#undef X
};

const char *td_generation_state_name(enum td_generation_state state)
{
    return states[state].name;
}

void td_generation_enter(struct td_generation *g, enum td_generation_state state)
{
    td_state_check(states, g->state, state);
    td_log(TD_LOG_DEBUG, "generation.state", TD_INT("generation", g->number),
           TD_STR("from", td_generation_state_name(g->state)), TD_STR("to", td_generation_state_name(state)));
    g->state = state;
}

void td_generation_note_left(struct td_generation *g)
{
    if (g->n_alive == 0)
        td_generation_enter(g, TD_GENERATION_LEFT);
}

int td_generation_gives_up(const struct td_generation *g)
{
    return g->state == TD_GENERATION_STARTING &&
           td_now_ns() - g->started_ns > (uint64_t)g->config.set.workers_start_timeout;
}

struct td_generation *td_generation_of(const struct td_worker *w)
{
    return w->data;
}

struct td_pool *td_generation_pool_of(const struct td_worker *w)
{
    return td_generation_of(w)->slots[w->slot].pool;
}

const char *td_generation_pool_name(const struct td_worker *w)
{
    return td_generation_of(w)->n_pools > 1 ? td_generation_pool_of(w)->name : NULL;
}

const struct td_plan *td_generation_pipeline(const struct td_generation *g, const char *name, size_t length)
{
    for (uint32_t i = 0; i < g->config.n_pipelines; i++) {
        const char *have = g->config.pipelines[i].name;
        if (strlen(have) == length && memcmp(have, name, length) == 0)
            return &g->plans[i];
    }
    return NULL;
}

uint64_t td_generation_timeout_ns(const struct td_generation *g, uint32_t index)
{
    return (uint64_t)g->config.plugins[index].timeout_ns;
}

int td_generation_takes_bytes(const struct td_generation *g, uint64_t bytes)
{
    return bytes <= (uint64_t)g->config.set.limits_document_bytes;
}

const char *td_generation_plugin_name(const struct td_generation *g, uint32_t index)
{
    return index < g->catalogue.n ? g->catalogue.plugins[index].name : "";
}

uint32_t td_generation_pool_n_ready(const struct td_generation *g, const struct td_pool *pool)
{
    uint32_t n = 0;

    for (uint32_t i = pool->first; i < pool->first + pool->n; i++)
        n += g->slots[i].worker && g->slots[i].worker->state == TD_WORKER_READY;
    return n;
}

uint32_t td_generation_n_ready(const struct td_generation *g)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < g->n_pools; i++)
        n += td_generation_pool_n_ready(g, &g->pools[i]);
    return n;
}
