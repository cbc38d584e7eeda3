/* mend.c: see mend.h. */
#include "daemon/fleet/mend.h"

#include <string.h>

#include "common/clock.h"
#include "daemon/fleet/gather.h"
#include "daemon/fleet/slots.h"

/* The plugin among those that may be left out, a bit each: the last of the configuration, since the first wins
 * elsewhere, too. TD_NO_PLUGIN: none may. */
static uint32_t choose_optional(const struct td_generation *g, uint64_t suspects)
{
    uint32_t i = g->config.n_plugins;

    while (i-- > 0)
        if (g->config.plugins[i].is_optional && (suspects >> i & 1))
            return i;
    return TD_NO_PLUGIN;
}

/* The plugin among those of which there is a copy that has served, with it. */
static uint32_t choose_replaced(const struct td_generation *g, uint64_t suspects, const struct td_err *why,
                                struct td_snapshot **copy)
{
    uint32_t i = g->config.n_plugins;

    *copy = NULL;
    while (g->events->last_good && i-- > 0)
        if ((suspects >> i & 1) && (*copy = g->events->last_good(g->data, g, i, why)))
            return i;
    return TD_NO_PLUGIN;
}

static int leave_out(struct td_generation *g, uint32_t index, const char *reason, struct td_err *err)
{
    int rc = td_config_leave_out(&g->config, index, reason, err);

    if (rc != TD_OK)
        return rc;
    td_plugin_files_remove(&g->files, index);
    g->events->left_out(g->data, g, &g->config.left_out[g->config.n_left_out - 1]);
    td_slots_man(g, g->pools[0].n); /* of which none are left if it was the default pool's last, and nobody asks that */
    if (g->config.n_plugins > 0 && !td_config_default_is_void(&g->config))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "no plugin is left to load: %s", reason);
}

/* All instances of the plugin's library get the copy, which is taken over. */
static void replace(struct td_generation *g, uint32_t index, struct td_snapshot *copy)
{
    for (uint32_t i = 0; i < g->config.n_plugins; i++)
        if (strcmp(g->config.plugins[i].file, g->config.plugins[index].file) == 0) {
            td_snapshot_release(g->files.of[i]);
            g->files.of[i] = td_snapshot_share(copy);
        }
    td_snapshot_release(copy);
}

/* Leaves out those whose files can't be used. While no worker runs. */
static int leave_out_missing(struct td_generation *g, struct td_err *err)
{
    for (uint32_t i = g->files.n; i-- > 0;) {
        struct td_err why;
        if (g->files.of[i])
            continue;
        td_fail(&why, TD_E_CONFIG, "%s", g->files.missing[i]);
        int rc = leave_out(g, i, why.text, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

int td_mend_prepare(struct td_generation *g, struct td_err *err)
{
    int rc = leave_out_missing(g, err);

    return rc == TD_OK ? td_config_secrets_read(&g->config, err) : rc;
}

void td_mend_go_on(struct td_generation *g)
{
    struct td_err why = g->mend.why, err;
    int rc;

    if (g->state != TD_GENERATION_MENDING || g->n_alive > 0)
        return;
    td_gather_forget(g);
    rc = TD_OK;
    if (g->mend.copy)
        replace(g, g->mend.plugin, g->mend.copy);
    else if (g->mend.plugin == TD_NO_PLUGIN)
        rc = td_mend_prepare(g, &err);
    else
        rc = leave_out(g, g->mend.plugin, why.text, &err);
    g->mend.copy = NULL;
    td_pools_name(g->pools, &g->config); /* what is there now may need other things */
    if (rc == TD_OK) {
        td_generation_enter(g, TD_GENERATION_STARTING);
        g->started_ns = td_now_ns();
        for (uint32_t i = 0; i < g->n_slots; i++)
            g->slots[i].early_deaths = 0;
        td_slots_fill(g, 0);
        return;
    }
    g->failure = err;
    td_generation_enter(g, TD_GENERATION_FAILED);
    td_generation_note_left(g);
}

void td_mend_or_fail(struct td_generation *g, const struct td_err *err, uint64_t suspects)
{
    if (g->state != TD_GENERATION_STARTING)
        return;
    uint32_t plugin = choose_replaced(g, suspects, err, &g->mend.copy);
    if (plugin == TD_NO_PLUGIN)
        plugin = choose_optional(g, suspects);
    if (plugin != TD_NO_PLUGIN) {
        g->mend.plugin = plugin;
        g->mend.why = *err;
        td_generation_enter(g, TD_GENERATION_MENDING);
        td_slots_kill(g);
        td_mend_go_on(g);
        return;
    }
    g->failure = *err;
    td_generation_enter(g, TD_GENERATION_FAILED);
    td_slots_kill(g);
    td_generation_note_left(g);
}

uint64_t td_mend_suspect(const struct td_worker *worker)
{
    uint32_t index = td_worker_where(worker).plugin;

    return index == TD_NO_PLUGIN ? 0 : UINT64_C(1) << index;
}
