/* early_death.c: see early_death.h. */
#include "daemon/fleet/early_death.h"

#include <signal.h>
#include <string.h>

#include "common/log.h"
#include "daemon/both/process.h"
#include "daemon/fleet/mend.h"

/* Workers killed from outside while a generation starts that are forgiven: one may be a mistake, or the kernel's choice
 * among many; whoever kills them all does not want us to run. */
#define FORGIVEN_KILLS 3u

/* Whether somebody else ended a worker while it loaded the plugins, so that none of them is to blame. When the kernel did, for
 * want of memory, it is the plugins' doing all the same: that would go on. */
static int was_killed_from_outside(struct td_generation *g, const struct td_worker *worker)
{
    uint64_t kills = td_process_oom_kills();
    int is_memory = kills > g->oom_kills;

    g->oom_kills = kills;
    return worker->killed_for == TD_KILL_NOT && worker->exit_signal == SIGKILL && !is_memory;
}

/* How a worker ended that was loading the plugins, when it was by their doing. */
static void tell_early_death(const struct td_generation *g, const struct td_worker *worker, struct td_err *err)
{
    uint32_t index = td_worker_where(worker).plugin;
    char death[80], at[256];

    if (index == TD_NO_PLUGIN) {
        td_fail(err, TD_E_SYSTEM, "a worker ended while it started, outside all plugins: %s",
                td_worker_death(worker, death, sizeof death));
        return;
    }
    const char *name = g->config.plugins[index].name;
    td_worker_panic(worker, &g->config, at, sizeof at);
    if (worker->killed_for == TD_KILL_START)
        td_fail(err, TD_E_CONFIG, "plugin %s was not ready within workers.start_timeout", name);
    else if (worker->killed_for == TD_KILL_NOT && worker->exit_signal == SIGKILL)
        td_fail(err, TD_E_SYSTEM, "plugin %s was ended by the kernel for want of memory while it was loaded", name);
    else
        td_fail(err, TD_E_CONFIG, "plugin %s ended its process while it was loaded: %s%s%s", name,
                td_worker_death(worker, death, sizeof death), *at ? " at " : "", at);
}

int td_early_death_is_survived(struct td_generation *g, struct td_worker *worker)
{
    /* With the process of a pool's first slot the start stands or falls. */
    int is_tried_again = worker->slot != g->slots[worker->slot].pool->first && !td_generation_gives_up(g);
    uint64_t suspects = td_mend_suspect(worker);
    struct td_err err;

    if (worker->was_told_to_go || !worker->is_set_up) /* by start_again; or no plugin was ever near it */
        return 1;
    if (worker->process.error) {
        td_log(TD_LOG_ERROR, "worker.spawn_failed", TD_INT("worker", worker->slot),
               TD_STR("error", strerror(worker->process.error)),
               TD_STR("action", is_tried_again ? "try again" : "give up"));
        if (is_tried_again)
            return 1;
        td_fail(&err, TD_E_SYSTEM, "can't start a worker process: %s", strerror(worker->process.error));
    } else if (was_killed_from_outside(g, worker)) {
        int is_forgiven = g->n_outside_kills++ < FORGIVEN_KILLS;
        suspects = 0;
        td_log(TD_LOG_WARN, "worker.killed", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
               TD_STR("error", "killed from outside while it loaded its plugins"),
               TD_STR("action", is_forgiven ? "start it again" : "give up"));
        if (is_forgiven)
            return 1;
        td_fail(
            &err, TD_E_SYSTEM,
            "workers were killed from outside (SIGKILL) while they loaded their plugins, %u times; see who does that",
            g->n_outside_kills);
    } else {
        tell_early_death(g, worker, &err);
    }
    td_mend_or_fail(g, &err, suspects);
    return 0;
}

void td_early_death_log(struct td_generation *g, const struct td_worker *worker)
{
    struct td_err err;

    if (worker->process.error)
        td_log(TD_LOG_ERROR, "worker.spawn_failed", TD_INT("worker", worker->slot),
               TD_STR("error", strerror(worker->process.error)), TD_STR("action", "try again"));
    if (worker->process.error || worker->ready_ns ||
        (!worker->exit_signal && worker->exit_status == TD_WORKER_EXIT_REFUSED))
        return;
    if (was_killed_from_outside(g, worker))
        td_fail(&err, TD_E_SYSTEM, "killed from outside while it loaded its plugins");
    else
        tell_early_death(g, worker, &err);
    td_log(TD_LOG_ERROR, "worker.start_failed", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
           TD_STR("error", err.text), TD_STR("action", "try again"));
}
