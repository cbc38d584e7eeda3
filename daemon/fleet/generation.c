/* generation.c: see generation.h. */
#include "daemon/fleet/generation.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/both/process.h"
#include "daemon/both/setup.h"
#include "daemon/fleet/cpus.h"

/* A worker that dies before it was given a document is started again later and later: a plugin that crashes at load
 * must not burn a processor. One that had documents is replaced at once: it was one of them that killed it. */
#define FIRST_BACKOFF_MS 50u
#define LAST_BACKOFF_MS 5000u

/* A reply's frame, errors and times beyond limits.reply_bytes. */
#define FRAME_OVERHEAD (256u * 1024u)

/* Workers killed from outside while a generation starts that are forgiven: one may be a mistake, or the kernel's choice
 * among many; whoever kills them all does not want us to run. */
#define FORGIVEN_KILLS 3u

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_GENERATION_##name] = { text, to },
    TD_GENERATION_STATES(X)
#undef X
};

const char *td_generation_state_name(enum td_generation_state state)
{
    return states[state].name;
}

static void change_state(struct td_generation *g, enum td_generation_state state)
{
    td_state_check(states, g->state, state);
    td_log(TD_LOG_DEBUG, "generation.state", TD_INT("generation", g->number),
           TD_STR("from", td_generation_state_name(g->state)), TD_STR("to", td_generation_state_name(state)));
    g->state = state;
}

static void on_ready(void *data, struct td_worker *worker, const void *catalogue, size_t length);
static void on_refused(void *data, struct td_worker *worker, const struct td_err *why);
static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body);
static void on_gone(void *data, struct td_worker *worker);
static void on_watch(void *data, struct td_worker *worker);
static const char *plugin_name(void *data, uint32_t index);

static const struct td_worker_events worker_events = { on_ready, on_refused, on_done, on_gone, on_watch, plugin_name };

/* What the worker is told of plugin `index`; `settings` has room for its options. */
static struct td_plugin_source source_of(const struct td_generation *g, uint32_t index,
                                         struct td_plugin_setting *settings)
{
    const struct td_config_plugin *plugin = &g->config.plugins[index];
    const struct td_snapshot *files = g->files.of[index];

    for (uint32_t i = 0; i < plugin->n_options; i++)
        settings[i] =
            (struct td_plugin_setting) { plugin->options[i].name, plugin->options[i].value, plugin->options[i].where,
                                         plugin->options[i].secret, plugin->options[i].secret_fault };
    return (struct td_plugin_source) { .number = index,
                                       .name = plugin->name,
                                       .path = files->path,
                                       .library_fd = files->library_fd,
                                       .bundle_fd = files->bundle_fd,
                                       .resources = files->entries,
                                       .n_resources = files->n_entries,
                                       .timeout_ns = (uint64_t)plugin->timeout_ns,
                                       .settings = settings,
                                       .n_settings = plugin->n_options,
                                       .grants = (const char *const *)plugin->grants,
                                       .n_grants = plugin->n_grants };
}

/* The SETUP of a worker. The caller frees parcel->body. */
static int write_setup(const struct td_generation *g, const struct td_pool *pool, uint32_t worker,
                       struct td_setup_parcel *parcel, struct td_err *err)
{
    const struct td_settings *set = &g->config.set;
    struct td_setup setup = { .worker = worker,
                              .generation = g->number,
                              .document_memory = (uint64_t)set->limits_document_memory,
                              .reply_bytes = (uint64_t)set->limits_reply_bytes,
                              .document_bytes = (uint64_t)set->limits_document_bytes,
                              .memory = pool->memory,
                              .sandbox = (uint32_t)set->security_sandbox };
    size_t n = 0;

    *parcel = (struct td_setup_parcel) { .n_fds = 0 };
    for (uint32_t i = 0; i < g->config.n_plugins; i++)
        n += g->config.plugins[i].n_options;
    struct td_plugin_setting *settings = calloc(n + 1, sizeof *settings);
    if (settings) {
        n = 0;
        for (uint32_t i = 0; i < g->config.n_plugins; n += g->config.plugins[i++].n_options)
            if (pool->plugins >> i & 1)
                setup.sources[setup.n_sources++] = source_of(g, i, settings + n);
        td_setup_write(parcel, &setup);
    }
    free(settings);
    return settings && !parcel->body.full ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory for a worker's set-up");
}

static struct td_worker_who who_is(const struct td_slot *slot)
{
    const struct td_generation *g = slot->generation;

    return (struct td_worker_who) { .slot = (uint32_t)(slot - g->slots),
                                    .generation = g->number,
                                    .pool = g->n_pools > 1 && slot->pool != g->pools ? slot->pool->name : NULL,
                                    .plugins = slot->pool->plugins,
                                    .has_ring = !slot->pool->has_no_ring };
}

static size_t largest_reply(const struct td_generation *g)
{
    return (size_t)g->config.set.limits_reply_bytes + FRAME_OVERHEAD;
}

static void watch_start(struct td_slot *slot)
{
    struct td_generation *g = slot->generation;

    g->oom_kills = td_process_oom_kills();
    td_worker_watch_in(slot->worker, (uint64_t)g->config.set.workers_start_timeout);
}

static int spawn(struct td_slot *slot, struct td_err *err)
{
    struct td_generation *g = slot->generation;
    const struct td_worker_who who = who_is(slot);
    struct td_setup_parcel setup;
    int rc = write_setup(g, slot->pool, who.slot, &setup, err);

    assert(!slot->worker);
    if (rc == TD_OK)
        rc = td_worker_spawn(&slot->worker, g->loop, &who, &setup, largest_reply(g), &worker_events, g, err);
    td_buf_free(&setup.body);
    if (rc != TD_OK)
        return rc;
    g->n_alive++;
    watch_start(slot);
    return TD_OK;
}

/* The process alone, which is made meanwhile. When it can't be, it is asked for again with its set-up. */
static void hire(struct td_slot *slot)
{
    struct td_generation *g = slot->generation;
    const struct td_worker_who who = who_is(slot);
    struct td_err err;

    assert(!slot->worker);
    g->n_alive += td_worker_hire(&slot->worker, g->loop, &who, largest_reply(g), &worker_events, g, &err) == TD_OK;
}

/* One that was hired. When it can't be, since it is dead already say, it is replaced like one that could not be made:
 * it has seen no plugin. */
static void set_up(struct td_slot *slot)
{
    struct td_generation *g = slot->generation;
    struct td_setup_parcel setup;
    struct td_err err;
    int rc = write_setup(g, slot->pool, (uint32_t)(slot - g->slots), &setup, &err);

    if (rc == TD_OK)
        rc = td_worker_set_up(slot->worker, slot->pool->plugins, &setup, &err);
    td_buf_free(&setup.body);
    watch_start(slot);
    if (rc == TD_OK)
        return;
    td_log(TD_LOG_ERROR, "worker.spawn_failed", TD_INT("worker", slot - g->slots), TD_STR("error", err.text),
           TD_STR("action", "try again"));
    td_worker_kill(slot->worker, TD_KILL_STOP);
}

static void respawn_later(struct td_slot *slot);
static void fail_start(struct td_generation *g, const struct td_err *err, uint64_t suspects);

/* A start must end, and a reload's change with it: when the system has refused a process for as long as one may take to
 * start, it is said to have failed. A generation that serves tries for ever, since what it has goes on meanwhile. */
static int gives_up(const struct td_generation *g)
{
    return g->state == TD_GENERATION_STARTING &&
           td_now_ns() - g->started_ns > (uint64_t)g->config.set.workers_start_timeout;
}

static void on_respawn(uv_timer_t *timer)
{
    struct td_slot *slot = timer->data;
    struct td_err err;

    if (slot->generation->state > TD_GENERATION_SERVING)
        return;
    if (spawn(slot, &err) == TD_OK)
        return;
    if (gives_up(slot->generation)) {
        fail_start(slot->generation, &err, 0);
        return;
    }
    slot->early_deaths++;
    td_log(TD_LOG_ERROR, "worker.spawn_failed", TD_INT("worker", slot - slot->generation->slots),
           TD_STR("error", err.text), TD_STR("action", "try again"));
    respawn_later(slot);
}

static uint64_t backoff_ms(const struct td_slot *slot)
{
    uint64_t ms = FIRST_BACKOFF_MS;

    if (slot->early_deaths == 0)
        return 0;
    for (uint32_t i = 1; i < slot->early_deaths && ms < LAST_BACKOFF_MS; i++)
        ms *= 2;
    return ms < LAST_BACKOFF_MS ? ms : LAST_BACKOFF_MS;
}

static void respawn_later(struct td_slot *slot)
{
    uint64_t ms = backoff_ms(slot);

    if (ms == 0)
        on_respawn(&slot->respawn); /* at once: a replacement's start is what a crash costs */
    else
        uv_timer_start(&slot->respawn, on_respawn, ms, 0);
}

/* Nothing of it runs any more. It stays until its owner has seen that. */
static void note_if_left(struct td_generation *g)
{
    if (g->n_alive == 0)
        change_state(g, TD_GENERATION_LEFT);
}

/* ---- Without a plugin --------------------------------------------------------------------------------------------- */

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

/* Gives the pools their workers' numbers. While none runs. */
static void man_pools(struct td_generation *g, uint32_t wanted)
{
    g->n_slots = td_pools_man(g->pools, &g->config, wanted);
    assert(g->n_alive == 0 && g->n_slots <= TD_MAX_WORKERS);
    for (uint32_t i = 0, p = 0; i < g->n_slots; i++) {
        while (i >= g->pools[p].first + g->pools[p].n)
            p++;
        g->slots[i].pool = &g->pools[p];
    }
}

static int leave_out(struct td_generation *g, uint32_t index, const char *reason, struct td_err *err)
{
    int rc = td_config_leave_out(&g->config, index, reason, err);

    if (rc != TD_OK)
        return rc;
    td_plugin_files_remove(&g->files, index);
    g->events->left_out(g->data, g, &g->config.left_out[g->config.n_left_out - 1]);
    man_pools(g, g->pools[0].n); /* of which none are left if it was the default pool's last, and nobody asks that */
    if (g->config.n_plugins > 0 && !td_config_default_is_void(&g->config))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "no plugin is left to load: %s", reason);
}

/* What the first workers said they were, with the plugin. */
static void forget_catalogue(struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_pools; i++)
        td_pool_forget(&g->pools[i]);
    g->catalogue = (struct td_catalogue) { .n = 0 };
}

/* The slots of a pool are filled when it is known what is to be opened there. The default pool needs nothing of others, so
 * that is known of it from the start; of another its first worker is started to tell. */
static int is_wanted(const struct td_slot *slot, int is_known)
{
    const struct td_generation *g = slot->generation;

    return is_known || slot->pool == g->pools || slot == &g->slots[slot->pool->first];
}

static void fill(struct td_generation *g, int is_known)
{
    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_slot *slot = &g->slots[i];
        if (!slot->worker && !uv_is_active((uv_handle_t *)&slot->respawn) && is_wanted(slot, is_known))
            respawn_later(slot); /* which tries again when a process can't be made now */
    }
}

static void kill_all(struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_slots; i++) {
        uv_timer_stop(&g->slots[i].respawn);
        if (g->slots[i].worker)
            td_worker_kill(g->slots[i].worker, TD_KILL_STOP);
    }
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

/* What a set-up needs beside the files that there are. */
static int prepare(struct td_generation *g, struct td_err *err)
{
    int rc = leave_out_missing(g, err);

    return rc == TD_OK ? td_config_secrets_read(&g->config, err) : rc;
}

/* MENDING, and the last worker is gone: only now may the configuration change, since workers are asked by a plugin's
 * number where they are. */
static void mend(struct td_generation *g)
{
    struct td_err why = g->mend.why, err;
    int rc;

    if (g->state != TD_GENERATION_MENDING || g->n_alive > 0)
        return;
    forget_catalogue(g);
    rc = TD_OK;
    if (g->mend.copy)
        replace(g, g->mend.plugin, g->mend.copy);
    else if (g->mend.plugin == TD_NO_PLUGIN)
        rc = prepare(g, &err);
    else
        rc = leave_out(g, g->mend.plugin, why.text, &err);
    g->mend.copy = NULL;
    td_pools_name(g->pools, &g->config); /* what is there now may need other things */
    if (rc == TD_OK) {
        change_state(g, TD_GENERATION_STARTING);
        g->started_ns = td_now_ns();
        for (uint32_t i = 0; i < g->n_slots; i++)
            g->slots[i].early_deaths = 0;
        fill(g, 0);
        return;
    }
    g->failure = err;
    change_state(g, TD_GENERATION_FAILED);
    note_if_left(g);
}

/* Ends a start that can't succeed like this: once, with the first reason. `suspects`: the plugins at fault, a bit
 * each. When one of them can be replaced or left out it is, else the generation has failed. */
static void fail_start(struct td_generation *g, const struct td_err *err, uint64_t suspects)
{
    if (g->state != TD_GENERATION_STARTING)
        return;
    uint32_t plugin = choose_replaced(g, suspects, err, &g->mend.copy);
    if (plugin == TD_NO_PLUGIN)
        plugin = choose_optional(g, suspects);
    if (plugin != TD_NO_PLUGIN) {
        g->mend.plugin = plugin;
        g->mend.why = *err;
        change_state(g, TD_GENERATION_MENDING);
        kill_all(g);
        mend(g);
        return;
    }
    g->failure = *err;
    change_state(g, TD_GENERATION_FAILED);
    kill_all(g);
    note_if_left(g);
}

/* The plugin that a worker says it is loading, as a set; none when it is in none. */
static uint64_t suspect_of(const struct td_worker *worker)
{
    uint32_t index = td_worker_where(worker).plugin;

    return index == TD_NO_PLUGIN ? 0 : UINT64_C(1) << index;
}

/* ---- The start ---------------------------------------------------------------------------------------------------- */

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
        fill(g, 1);
    return rc;
}

/* What the first worker of a pool has loaded is what that pool is. */
static int take_catalogue(struct td_generation *g, struct td_pool *pool, const void *body, size_t length,
                          uint64_t *suspects, struct td_err *err)
{
    int rc = td_pool_take(pool, &g->config, body, length, err);

    return rc == TD_OK && all_have_told(g) ? complete(g, suspects, err) : rc;
}

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

    if (pool->first_ready.length == 0 && take_catalogue(g, pool, catalogue, length, &suspects, &err) != TD_OK) {
        fail_start(g, &err, suspects);
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
        change_state(g, TD_GENERATION_SERVING);
        weigh(g);
    } else if (g->state == TD_GENERATION_SERVING) {
        td_worker_pss(worker);
    }
}

static void on_refused(void *data, struct td_worker *worker, const struct td_err *why)
{
    struct td_generation *g = data;

    if (g->state == TD_GENERATION_STARTING)
        fail_start(g, why, suspect_of(worker));
    else
        td_log(TD_LOG_ERROR, "worker.refused", TD_INT("worker", worker->slot), TD_INT("generation", g->number),
               TD_STR("error", why->text), TD_STR("action", "try again"));
}

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    struct td_generation *g = data;

    g->events->done(g->data, worker, done, body);
}

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

/* A worker died while it loaded the plugins, or before all the others had. Non-zero: the generation can still start. */
static int survives_early_death(struct td_generation *g, struct td_worker *worker)
{
    /* With the process of a pool's first slot the start stands or falls. */
    int is_tried_again = worker->slot != g->slots[worker->slot].pool->first && !gives_up(g);
    uint64_t suspects = suspect_of(worker);
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
    fail_start(g, &err, suspects);
    return 0;
}

/* One that was to replace another could not be made, or has died before it was ready; one that refused has said so itself. */
static void log_early_death(struct td_generation *g, const struct td_worker *worker)
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
        if (survives_early_death(g, worker))
            respawn_later(slot);
        break;
    case TD_GENERATION_SERVING:
        log_early_death(g, worker);
        respawn_later(slot);
        break;
    case TD_GENERATION_MENDING:
        mend(g);
        break;
    case TD_GENERATION_FAILED:
    case TD_GENERATION_LEAVING:
        note_if_left(g);
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
    man_pools(g, default_workers(&g->config));
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
        if (is_wanted(&g->slots[i], 0))
            hire(&g->slots[i]);
    return TD_OK;
}

static int set_up_hired(struct td_generation *g, struct td_err *err)
{
    int rc = prepare(g, err);

    for (uint32_t i = 0; rc == TD_OK && i < g->n_slots; i++)
        if (g->slots[i].worker)
            set_up(&g->slots[i]);
    if (rc == TD_OK && !g->slots[0].worker)
        rc = spawn(&g->slots[0], err);
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
        change_state(g, TD_GENERATION_MENDING);
        kill_all(g);
        return;
    }
    if (set_up_hired(g, &err) == TD_OK)
        fill(g, 0);
    else
        fail_start(g, &err, 0);
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
    int rc = prepare(g, err);
    if (rc == TD_OK)
        rc = spawn(&g->slots[0], err);
    if (rc != TD_OK) {
        td_generation_free(g);
        return rc;
    }
    fill(g, 0);
    *generation = g;
    return TD_OK;
}

void td_generation_leave(struct td_generation *g, int now)
{
    if (g->state < TD_GENERATION_FAILED)
        change_state(g, TD_GENERATION_LEAVING);
    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_worker *w = g->slots[i].worker;
        uv_timer_stop(&g->slots[i].respawn);
        if (w && (now || w->state == TD_WORKER_STARTING)) /* which has nothing to finish, and would load on and on */
            td_worker_kill(w, TD_KILL_STOP);
        else if (w)
            td_worker_finish(w);
    }
    if (g->state != TD_GENERATION_LEFT)
        note_if_left(g);
}

int td_generation_replace(struct td_generation *g, uint32_t number)
{
    struct td_slot *slot = &g->slots[number];

    if (g->state != TD_GENERATION_SERVING)
        return 0;
    if (!slot->worker) { /* it waits for its respawn */
        uv_timer_stop(&slot->respawn);
        slot->early_deaths = 0;
        respawn_later(slot);
        return 1;
    }
    if (slot->worker->state != TD_WORKER_READY)
        return 0;
    td_worker_finish(slot->worker);
    return 1;
}

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

/* The timers are part of the struct: it goes when the last of them is closed. */
static void on_timer_closed(uv_handle_t *handle)
{
    struct td_slot *slot = handle->data;
    struct td_generation *g = slot->generation;

    if (--g->n_timers > 0)
        return;
    forget_catalogue(g);
    free(g->pools);
    td_plugin_files_release(&g->files);
    td_snapshot_release(g->mend.copy);
    td_config_free(&g->config);
    free(g);
}

void td_generation_free(struct td_generation *g)
{
    assert(g->n_alive == 0);
    for (uint32_t i = 0, n = g->n_timers; i < n; i++)
        uv_close((uv_handle_t *)&g->slots[i].respawn, on_timer_closed);
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
