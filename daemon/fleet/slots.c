/* slots.c: see slots.h. */
#include "daemon/fleet/slots.h"

#include <assert.h>
#include <stdlib.h>

#include "common/log.h"
#include "daemon/both/process.h"
#include "daemon/both/setup.h"

/* A worker that dies before it was given a document is started again later and later: a plugin that crashes at load
 * must not burn a processor. One that had documents is replaced at once: it was one of them that killed it. */
#define FIRST_BACKOFF_MS 50u
#define LAST_BACKOFF_MS 5000u

/* A reply's frame, errors and times beyond limits.reply_bytes. */
#define FRAME_OVERHEAD (256u * 1024u)

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

int td_slot_spawn(struct td_slot *slot, struct td_err *err)
{
    struct td_generation *g = slot->generation;
    const struct td_worker_who who = who_is(slot);
    struct td_setup_parcel setup;
    int rc = write_setup(g, slot->pool, who.slot, &setup, err);

    assert(!slot->worker);
    if (rc == TD_OK)
        rc = td_worker_spawn(&slot->worker, g->loop, &who, &setup, largest_reply(g), g->slot_events->worker, g, err);
    td_buf_free(&setup.body);
    if (rc != TD_OK)
        return rc;
    g->n_alive++;
    watch_start(slot);
    return TD_OK;
}

void td_slot_hire(struct td_slot *slot)
{
    struct td_generation *g = slot->generation;
    const struct td_worker_who who = who_is(slot);
    struct td_err err;

    assert(!slot->worker);
    g->n_alive +=
        td_worker_hire(&slot->worker, g->loop, &who, largest_reply(g), g->slot_events->worker, g, &err) == TD_OK;
}

void td_slot_set_up(struct td_slot *slot)
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

static void on_respawn(uv_timer_t *timer)
{
    struct td_slot *slot = timer->data;
    struct td_err err;

    if (slot->generation->state > TD_GENERATION_SERVING)
        return;
    if (td_slot_spawn(slot, &err) == TD_OK)
        return;
    if (td_generation_gives_up(slot->generation)) {
        slot->generation->slot_events->gave_up(slot->generation, &err);
        return;
    }
    slot->early_deaths++;
    td_log(TD_LOG_ERROR, "worker.spawn_failed", TD_INT("worker", slot - slot->generation->slots),
           TD_STR("error", err.text), TD_STR("action", "try again"));
    td_slot_respawn(slot);
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

void td_slot_respawn(struct td_slot *slot)
{
    uint64_t ms = backoff_ms(slot);

    if (ms == 0)
        on_respawn(&slot->respawn); /* at once: a replacement's start is what a crash costs */
    else
        uv_timer_start(&slot->respawn, on_respawn, ms, 0);
}

void td_slots_man(struct td_generation *g, uint32_t wanted)
{
    g->n_slots = td_pools_man(g->pools, &g->config, wanted);
    assert(g->n_alive == 0 && g->n_slots <= TD_MAX_WORKERS);
    for (uint32_t i = 0, p = 0; i < g->n_slots; i++) {
        while (i >= g->pools[p].first + g->pools[p].n)
            p++;
        g->slots[i].pool = &g->pools[p];
    }
}

int td_slot_is_wanted(const struct td_slot *slot, int is_known)
{
    const struct td_generation *g = slot->generation;

    return is_known || slot->pool == g->pools || slot == &g->slots[slot->pool->first];
}

void td_slots_fill(struct td_generation *g, int is_known)
{
    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_slot *slot = &g->slots[i];
        if (!slot->worker && !uv_is_active((uv_handle_t *)&slot->respawn) && td_slot_is_wanted(slot, is_known))
            td_slot_respawn(slot); /* which tries again when a process can't be made now */
    }
}

void td_slots_kill(struct td_generation *g)
{
    for (uint32_t i = 0; i < g->n_slots; i++) {
        uv_timer_stop(&g->slots[i].respawn);
        if (g->slots[i].worker)
            td_worker_kill(g->slots[i].worker, TD_KILL_STOP);
    }
}
