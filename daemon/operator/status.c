/* status.c: see status.h. */
#include "daemon/operator/status.h"

#include <string.h>

#include "common/clock.h"
#include "daemon/fleet/signed.h"
#include "daemon/net/gate.h"

void td_status_descriptors(msgpack_packer *packer)
{
    td_pack_str(packer, "descriptors");
    msgpack_pack_map(packer, 2);
    td_pack_count(packer, "open", (int64_t)td_process_descriptors());
    td_pack_count(packer, "limit", (int64_t)td_process_most_descriptors());
}

/* Whether clients get in, and what waits to be read or sent. */
void td_status_listening(msgpack_packer *packer, const struct td_intake *intake, const char *http, const char *probes)
{
    const struct td_intake_place *data = &intake->places[0]; /* where clients connect */
    const struct td_endpoint *lost[TD_MAX_ENDPOINTS * TD_INTAKE_PLACES];
    uint32_t n = 0;

    for (unsigned i = 0; i < intake->n_places; i++)
        for (unsigned j = 0; j < intake->places[i].n_endpoints; j++)
            if (intake->places[i].endpoints[j].is_lost)
                lost[n++] = &intake->places[i].endpoints[j];
    td_pack_str(packer, "listening");
    msgpack_pack_map(packer, 11);
    td_pack_str(packer, "ok");
    td_pack_bool(packer, td_intake_is_listening(intake));
    td_pack_pair(packer, "memory", td_intake_state_name(intake->state));
    td_pack_count(packer, "unread_bytes", (int64_t)intake->excess_bytes);
    td_pack_count(packer, "unread_peak_bytes", (int64_t)intake->peak_bytes);
    td_pack_count(packer, "reply_bytes", (int64_t)td_intake_reply_bytes(intake));
    td_pack_count(packer, "stopped", (int64_t)intake->n_stopped);
    td_pack_count(packer, "turned_away", (int64_t)td_gate_n_refused());
    td_pack_str(packer, "endpoints");
    msgpack_pack_array(packer, data->n_endpoints);
    for (unsigned i = 0; i < data->n_endpoints; i++)
        td_pack_str(packer, data->endpoints[i].name);
    td_pack_pair(packer, "http", http ? http : "");
    td_pack_pair(packer, "probes", probes ? probes : "");
    td_pack_str(packer, "lost");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, lost[i]->name);
}

/* In a status there is room for so many users. */
#define MOST_USERS 1000

static void pack_user(msgpack_packer *packer, const struct td_user *user)
{
    msgpack_pack_map(packer, 8);
    td_pack_pair(packer, "user", user->name);
    td_pack_count(packer, "keys", user->n_keys);
    td_pack_count(packer, "connections", user->n_connections);
    td_pack_count(packer, "documents", user->share.n_documents);
    td_pack_count(packer, "bytes", (int64_t)user->share.bytes);
    td_pack_count(packer, "reply_bytes", (int64_t)(user->share.outbox_bytes + td_account_bytes(user->account)));
    td_pack_count(packer, "let_in", (int64_t)user->n_let_in);
    td_pack_count(packer, "dropped", (int64_t)user->n_dropped);
}

static void pack_encrypted(msgpack_packer *packer, const struct td_frontend *clients)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < clients->n_endpoints; i++)
        n += clients->endpoints[i].secret_key[0] != 0;
    td_pack_str(packer, "encrypted");
    msgpack_pack_array(packer, n);
    for (unsigned i = 0; i < clients->n_endpoints; i++)
        if (clients->endpoints[i].secret_key[0])
            td_pack_str(packer, clients->endpoints[i].name);
}

/* Of the encrypted endpoints: what failed there before anybody was known. */
static void pack_handshakes(msgpack_packer *packer, const struct td_frontend *clients)
{
    uint32_t n = 0;

    for (unsigned i = 0; i < clients->n_endpoints; i++)
        n += clients->endpoints[i].secret_key[0] != 0;
    td_pack_str(packer, "handshakes_failed");
    msgpack_pack_array(packer, n);
    for (unsigned i = 0; i < clients->n_endpoints; i++) {
        const struct td_endpoint *endpoint = &clients->endpoints[i];
        if (!endpoint->secret_key[0])
            continue;
        msgpack_pack_map(packer, 1 + TD_HANDSHAKE_FAILURES);
        td_pack_pair(packer, "endpoint", endpoint->name);
        for (unsigned k = 0; k < TD_HANDSHAKE_FAILURES; k++)
            td_pack_count(packer, td_handshake_failures[k], (int64_t)endpoint->failed[k]);
    }
}

/* Those that have come: of many more there may be keys. */
static void pack_users(msgpack_packer *packer, const struct td_users *users)
{
    uint32_t n = 0;

    for (const struct td_user *user = users->by_name; user; user = user->hh.next)
        n += user->n_let_in > 0;
    if (n > MOST_USERS)
        n = MOST_USERS;
    td_pack_str(packer, "users");
    msgpack_pack_array(packer, n);
    for (const struct td_user *user = users->by_name; user && n > 0; user = user->hh.next)
        if (user->n_let_in > 0) {
            pack_user(packer, user);
            n--;
        }
}

void td_status_curve(msgpack_packer *packer, const struct td_frontend *clients)
{
    const struct td_users *users = clients->users;

    td_pack_str(packer, "curve");
    if (!users) {
        msgpack_pack_nil(packer);
        return;
    }
    msgpack_pack_map(packer, 6);
    pack_encrypted(packer, clients);
    pack_handshakes(packer, clients);
    td_pack_count(packer, "let_in", (int64_t)users->n_let_in);
    td_pack_count(packer, "refused", (int64_t)users->n_refused);
    td_pack_count(packer, "dropped", (int64_t)users->n_dropped);
    pack_users(packer, users);
}

void td_status_counters(msgpack_packer *packer, const struct td_documents *docs, const struct td_reload *reload)
{
    const struct {
        const char *name;
        uint64_t value;
    } counters[] = {
#define X(name) { #name, docs->counters.name },
        TD_COUNTERS(X)
#undef X
            { "messages_received", docs->out->counts.received },
        { "messages_empty", docs->out->counts.empty },
        { "replies_dropped_gone", docs->out->counts.dropped_gone },
        { "replies_dropped_slow", docs->out->counts.dropped_slow },
        { "reloads_done", reload->n_done },
        { "reloads_failed", reload->n_failed },
    };
    uint32_t n = sizeof counters / sizeof counters[0];

    td_pack_str(packer, "counters");
    msgpack_pack_map(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_count(packer, counters[i].name, (int64_t)counters[i].value);
}

static uint32_t n_documents(const struct td_generation *g)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < g->n_slots; i++)
        n += g->slots[i].worker ? g->slots[i].worker->docs.count : 0;
    return n;
}

void td_status_generations(msgpack_packer *packer, const struct td_lineup *lineup, const struct td_canary *canary)
{
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(lineup, all);

    td_pack_str(packer, "generations");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++) {
        msgpack_pack_map(packer, 5);
        td_pack_count(packer, "generation", all[i]->number);
        td_pack_pair(packer, "state", all[i] == canary->next ? "canary" : td_generation_state_name(all[i]->state));
        td_pack_count(packer, "workers", all[i]->n_alive);
        td_pack_count(packer, "ready", td_generation_n_ready(all[i]));
        td_pack_count(packer, "documents", n_documents(all[i]));
    }
}

static void pack_worker(msgpack_packer *packer, const struct td_generation *g, uint32_t slot)
{
    struct td_worker *w = g->slots[slot].worker;
    struct td_worker_place place = { .plugin = TD_NO_PLUGIN };
    uint64_t now = td_now_ns();

    if (w)
        place = td_worker_where(w);
    int is_at_work = w && place.phase == TD_PHASE_PLUGIN && place.plugin != TD_NO_PLUGIN;
    msgpack_pack_map(packer, 9u + (is_at_work ? 2 : 0));
    td_pack_count(packer, "worker", slot);
    td_pack_pair(packer, "pool", g->slots[slot].pool->name);
    td_pack_count(packer, "generation", g->number);
    td_pack_count(packer, "pid", w ? w->process.pid : 0);
    td_pack_pair(packer, "state", td_worker_state_name(w ? w->state : TD_WORKER_GONE));
    td_pack_count(packer, "documents", w ? w->docs.count : 0);
    td_pack_count(packer, "done", w ? (int64_t)w->n_done : 0);
    td_pack_count(packer, "rss_bytes", w ? (int64_t)td_worker_look(w).rss_bytes : 0);
    td_pack_count(packer, "pss_bytes", w ? (int64_t)td_worker_pss(w) : 0);
    if (!is_at_work)
        return;
    td_pack_pair(packer, "plugin", td_generation_plugin_name(g, place.plugin));
    td_pack_count(packer, "plugin_ms", now > place.since_ns ? (int64_t)((now - place.since_ns) / 1000000) : 0);
}

void td_status_workers(msgpack_packer *packer, const struct td_lineup *lineup)
{
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(lineup, all), n_slots = 0;

    for (uint32_t i = 0; i < n; i++)
        n_slots += all[i]->n_slots;
    td_pack_str(packer, "workers");
    msgpack_pack_array(packer, n_slots);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t slot = 0; slot < all[i]->n_slots; slot++)
            pack_worker(packer, all[i], slot);
}

static void pack_pool(msgpack_packer *packer, const struct td_documents *docs, uint32_t index)
{
    const struct td_generation *g = td_lineup_serving(docs->lineup);
    const struct td_pool *pool = &g->pools[index];
    const struct td_queue *queue = docs->queues.of[index];
    const struct td_pool_counts *counts = td_measures_find_pool(&docs->measures, pool->name);

    msgpack_pack_map(packer, 10);
    td_pack_pair(packer, "pool", pool->name);
    td_pack_count(packer, "workers", pool->n);
    td_pack_count(packer, "ready", td_generation_pool_n_ready(g, pool));
    td_pack_count(packer, "memory_bytes", (int64_t)pool->memory);
    td_pack_count(packer, "documents", queue->n_documents);
    td_pack_count(packer, "waiting", queue->count);
    td_pack_count(packer, "held_bytes", (int64_t)queue->held_bytes);
    td_pack_count(packer, "shed", counts ? (int64_t)counts->shed : 0);
    td_pack_str(packer, "pipelines");
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->config.n_pipelines; i++)
        n += g->plans[i].pool == index;
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < g->config.n_pipelines; i++)
        if (g->plans[i].pool == index)
            td_pack_str(packer, g->config.pipelines[i].name);
    td_pack_str(packer, "plugins");
    msgpack_pack_array(packer, (size_t)__builtin_popcountll(pool->plugins));
    for (uint32_t i = 0; i < g->catalogue.n; i++)
        if (pool->plugins >> i & 1)
            td_pack_str(packer, g->catalogue.plugins[i].name);
}

void td_status_pools(msgpack_packer *packer, const struct td_documents *docs)
{
    td_pack_str(packer, "pools");
    msgpack_pack_array(packer, docs->queues.n);
    for (uint32_t i = 0; i < docs->queues.n; i++)
        pack_pool(packer, docs, i);
}

/* Where a plugin is, and how it fares there. */
static void pack_plugin_pools(msgpack_packer *packer, const struct td_generation *g, uint32_t index)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < g->n_pools; i++)
        n += g->pools[i].plugins >> index & 1;
    td_pack_str(packer, "pools");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < g->n_pools; i++) {
        const struct td_health *health = &g->pools[i].health[index];
        if (!(g->pools[i].plugins >> index & 1))
            continue;
        msgpack_pack_map(packer, 4);
        td_pack_pair(packer, "pool", g->pools[i].name);
        td_pack_pair(packer, "state", td_health_state_name(health->state));
        td_pack_count(packer, "crashes", (int64_t)health->crashes);
        td_pack_count(packer, "timeouts", (int64_t)health->timeouts);
    }
}

/* Four pairs. */
static void pack_latency(msgpack_packer *packer, const struct td_plugin_stats *stats)
{
    td_pack_count(packer, "p50_us", (int64_t)td_plugin_stats_percentile(stats, 50));
    td_pack_count(packer, "p99_us", (int64_t)td_plugin_stats_percentile(stats, 99));
    td_pack_str(packer, "buckets_us");
    msgpack_pack_array(packer, TD_LATENCY_BUCKETS);
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        msgpack_pack_int64(packer, td_latency_bucket_us(i));
    td_pack_str(packer, "counts");
    msgpack_pack_array(packer, TD_LATENCY_BUCKETS);
    for (uint32_t i = 0; i < TD_LATENCY_BUCKETS; i++)
        msgpack_pack_uint64(packer, stats->latency[i]);
}

static void pack_plugin(msgpack_packer *packer, const struct td_generation *g, uint32_t index, const char *model_dir)
{
    const struct td_snapshot *files = g->files.of[index];
    const struct td_catalogue_plugin *p = &g->catalogue.plugins[index];
    const struct td_health_summary health = td_generation_health(g, index);
    struct td_plugin_stats stats = td_generation_stats(g, index);
    uint64_t now = td_now_ns();
    char signed_by[TD_SIGNATURE_ID_CHARS + 1];
    int is_waiting = health.state == TD_HEALTH_SUSPENDED && health.until_ns > now;
    const struct td_config_plugin *plugin = &g->config.plugins[index];

    msgpack_pack_map(packer, 20u + (is_waiting ? 1 : 0) + (files->reason ? 1 : 0));
    td_pack_pair(packer, "name", p->name);
    td_pack_pair(packer, "file", g->config.plugins[index].file);
    td_pack_pair(packer, "path", p->path);
    td_pack_pair(packer, "version", p->version);
    td_pack_pair(packer, "hash", td_snapshot_hash(files));
    td_pack_pair(packer, "signed_by", td_signed_by(&g->config, files, signed_by));
    td_pack_pair(packer, "source", td_snapshot_source_name(files->source));
    td_pack_pair(packer, "disk",
                 td_disk_state_name(td_plugin_files_disk(&g->config, &g->config.plugins[index], files, model_dir)));
    td_pack_pair(packer, "state", td_health_state_name(health.state));
    if (files->reason)
        td_pack_pair(packer, "reason", files->reason);
    if (is_waiting)
        td_pack_count(packer, "retry_ms", (int64_t)((health.until_ns - now) / 1000000));
    td_pack_count(packer, "documents", (int64_t)stats.documents);
    td_pack_count(packer, "failures", (int64_t)stats.failures);
    td_pack_count(packer, "crashes", (int64_t)health.crashes);
    td_pack_count(packer, "timeouts", (int64_t)health.timeouts);
    pack_plugin_pools(packer, g, index);
    td_pack_list(packer, "grants", (const char *const *)plugin->grants, plugin->n_grants);
    td_pack_pair(packer, "denied", health.denied);
    pack_latency(packer, &stats);
}

/* The same keys as of one that is loaded, so that a reader needs no second kind of entry. */
static void pack_left_out(msgpack_packer *packer, const struct td_config *config, const struct td_config_left_out *out)
{
    const struct td_plugin_stats none = { 0 };

    msgpack_pack_map(packer, 21);
    td_pack_pair(packer, "name", out->plugin.name);
    td_pack_pair(packer, "file", out->plugin.file);
    td_pack_pair(packer, "path", "");
    td_pack_pair(packer, "version", "");
    td_pack_pair(packer, "hash", "");
    td_pack_pair(packer, "signed_by", "");
    td_pack_pair(packer, "source", td_snapshot_source_name(TD_SNAPSHOT_DISK));
    td_pack_pair(packer, "disk", td_disk_state_name(td_plugin_files_disk(config, &out->plugin, NULL, "")));
    td_pack_pair(packer, "state", "failed");
    td_pack_pair(packer, "reason", out->reason);
    td_pack_count(packer, "documents", 0);
    td_pack_count(packer, "failures", 0);
    td_pack_count(packer, "crashes", 0);
    td_pack_count(packer, "timeouts", 0);
    td_pack_str(packer, "pools");
    msgpack_pack_array(packer, 0);
    td_pack_list(packer, "grants", (const char *const *)out->plugin.grants, out->plugin.n_grants);
    td_pack_pair(packer, "denied", "");
    pack_latency(packer, &none);
}

void td_status_plugins(msgpack_packer *packer, const struct td_lineup *lineup, const char *model_dir)
{
    const struct td_generation *g = td_lineup_serving(lineup);

    td_pack_str(packer, "plugins");
    msgpack_pack_array(packer, g->catalogue.n + g->config.n_left_out);
    for (uint32_t i = 0; i < g->catalogue.n; i++)
        pack_plugin(packer, g, i, model_dir);
    for (uint32_t i = 0; i < g->config.n_left_out; i++)
        pack_left_out(packer, &g->config, &g->config.left_out[i]);
}

void td_status_sandbox(msgpack_packer *packer, const struct td_lineup *lineup)
{
    const struct td_generation *g = td_lineup_serving(lineup);
    const struct td_confinement *c = &g->confinement;
    uint32_t n = (uint32_t)__builtin_popcount(c->applied & ((1u << TD_N_CONFINES) - 1));

    td_pack_str(packer, "sandbox");
    msgpack_pack_map(packer, 4);
    td_pack_pair(packer, "mode", td_sandbox_name((enum td_sandbox)g->config.set.security_sandbox));
    td_pack_count(packer, "landlock_abi", c->landlock_abi);
    td_pack_str(packer, "applied");
    msgpack_pack_array(packer, n);
    for (int i = 0; i < TD_N_CONFINES; i++)
        if (c->applied >> i & 1)
            td_pack_str(packer, td_confine_name((enum td_confine)i));
    td_pack_str(packer, "missing");
    msgpack_pack_map(packer, TD_N_CONFINES - n);
    for (int i = 0; i < TD_N_CONFINES; i++)
        if (!(c->applied >> i & 1))
            td_pack_pair(packer, td_confine_name((enum td_confine)i),
                         g->config.set.security_sandbox == TD_SANDBOX_OFF ? "off" : strerror(c->errors[i]));
}

static void pack_durations(msgpack_packer *packer, const char *key, const struct td_durations *durations)
{
    struct td_plugin_stats stats = { 0 };

    memcpy(stats.latency, durations->counts, sizeof stats.latency);
    td_pack_str(packer, key);
    msgpack_pack_map(packer, 4);
    pack_latency(packer, &stats);
}

void td_status_latency(msgpack_packer *packer, const struct td_measures *measures)
{
    const struct td_durations all = td_measures_all_durations(measures);

    td_pack_str(packer, "latency");
    msgpack_pack_map(packer, 2);
    pack_durations(packer, "document", &all);
    pack_durations(packer, "queue", &measures->queue);
}

void td_status_pipes(msgpack_packer *packer, const struct td_pipe *pipe)
{
    const struct td_pipe_counts counts = td_pipe_counts(pipe);

    td_pack_str(packer, "pipes");
    msgpack_pack_map(packer, 14);
    td_pack_pair(packer, "state", td_pipe_state_name(pipe));
    td_pack_count(packer, "pid", td_pipe_is_gone(pipe) ? 0 : pipe->process.pid);
    td_pack_count(packer, "taken", (int64_t)counts.taken);
    td_pack_count(packer, "delivered", (int64_t)counts.delivered);
    td_pack_count(packer, "failed", (int64_t)counts.failed);
    td_pack_count(packer, "published", (int64_t)counts.published);
    td_pack_count(packer, "unpublished", (int64_t)counts.unpublished);
    td_pack_count(packer, "waited_out", (int64_t)counts.waited_out);
    td_pack_count(packer, "lost", (int64_t)counts.lost);
    td_pack_count(packer, "in_flight", counts.in_flight);
    td_pack_count(packer, "window", counts.window);
    td_pack_count(packer, "restarts", counts.restarts);
    td_pack_count(packer, "sink_waiting_ms", (int64_t)counts.sink_waiting_ms);
    td_pack_str(packer, "sink_is_stuck");
    td_pack_bool(packer, td_pipe_sink_is_stuck(pipe));
}

void td_status_last_reload(msgpack_packer *packer, const struct td_reload *reload)
{
    const struct td_reload_outcome *last = &reload->outcome;
    int failed = last->err.code != TD_OK;

    td_pack_str(packer, "last_reload");
    if (last->unix_ms == 0) {
        msgpack_pack_nil(packer);
        return;
    }
    msgpack_pack_map(packer, 5u + (failed ? 1 : 0));
    td_pack_str(packer, "ok");
    td_pack_bool(packer, !failed);
    td_pack_pair(packer, "op", last->op);
    td_pack_count(packer, "generation", last->generation);
    td_pack_count(packer, "took_ms", (int64_t)last->took_ms);
    td_pack_count(packer, "unix_ms", last->unix_ms);
    if (failed)
        td_pack_pair(packer, "error", last->err.text);
}
