/* metrics.c: see metrics.h. A family is a few lines: its name, its help, its samples. All of its samples are there
 * from the start, at 0. */
#include "daemon/operator/metrics.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <textd/plugin.h>
#include <textd/version.h>

#include "daemon/both/process.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/net/gate.h"

#ifndef TEXTD_COMMIT
#define TEXTD_COMMIT "unknown"
#endif

#define TEXT(x) #x
#define TEXT_OF(x) TEXT(x)

/* Of TD_LATENCIES, in seconds; the test compares. */
static const char *const latency_ends[] = { "1e-05", "2e-05", "5e-05", "0.0001", "0.0002", "0.0005", "0.001",
                                            "0.002", "0.005", "0.01",  "0.02",   "0.05",   "0.1",    "0.2",
                                            "0.5",   "1.0",   "2.0",   "5.0",    "10.0",   "20.0",   "50.0" };
_Static_assert(sizeof latency_ends / sizeof latency_ends[0] == TD_LATENCY_BUCKETS - 1, "an end for each but the last");

/* TD_SMALLEST_SIZE, times four each; written as a double is by Go's and Python's libraries. */
static const char *const size_ends[] = { "64.0",           "256.0",         "1024.0",        "4096.0",
                                         "16384.0",        "65536.0",       "262144.0",      "1.048576e+06",
                                         "4.194304e+06",   "1.6777216e+07", "6.7108864e+07", "2.68435456e+08",
                                         "1.073741824e+09" };
_Static_assert(sizeof size_ends / sizeof size_ends[0] == TD_SIZE_BUCKETS, "an end for each");

/* ---- Kinds of families ------------------------------------------------------------------------------------------- */

static void counter(struct td_expo *e, const char *name, const char *unit, const char *help, uint64_t value)
{
    td_expo_begin(e, TD_EXPO_COUNTER, name, unit, help);
    td_expo_number(e, value);
}

static void gauge(struct td_expo *e, const char *name, const char *unit, const char *help, uint64_t value)
{
    td_expo_begin(e, TD_EXPO_GAUGE, name, unit, help);
    td_expo_number(e, value);
}

/* A sample with one label. */
static void labelled(struct td_expo *e, const char *name, const char *value, uint64_t number)
{
    const struct td_expo_label label = { name, value };

    td_expo_set_labels(e, &label, 1);
    td_expo_number(e, number);
    td_expo_set_labels(e, NULL, 0);
}

static void durations(struct td_expo *e, const struct td_expo_label *label, const uint64_t *counts, uint64_t sum_ns)
{
    td_expo_set_labels(e, label, label != NULL);
    td_expo_histogram(e, latency_ends, TD_LATENCY_BUCKETS - 1, counts, sum_ns, 1);
}

/* ---- Requests ---------------------------------------------------------------------------------------------------- */

static void write_outcomes(struct td_expo *e, const struct td_pipeline_counts *counts)
{
    for (uint32_t i = 0; i < TD_OUTCOMES; i++) {
        const char *code = td_outcome_name(i);
        const struct td_expo_label labels[] = { { "pipeline", counts->named.name }, { "code", code } };
        if (!code)
            continue;
        td_expo_set_labels(e, labels, 2);
        td_expo_number(e, counts->outcomes[i]);
    }
}

static void write_duration(struct td_expo *e, const struct td_pipeline_counts *counts)
{
    const struct td_expo_label label = { "pipeline", counts->named.name };

    durations(e, &label, counts->duration.counts, counts->duration.sum_ns);
}

/* Calls `write` for each pipeline of the configuration, and for what is none. */
static void each_pipeline(struct td_expo *e, const struct td_documents *docs,
                          void (*write)(struct td_expo *e, const struct td_pipeline_counts *counts))
{
    const struct td_measures *m = &docs->measures;
    const struct td_generation *g = docs->lineup->serving;

    for (uint32_t i = 0; g && i < g->config.n_pipelines; i++) {
        const struct td_pipeline_counts *counts = td_measures_find_pipeline(m, g->config.pipelines[i].name);
        if (counts)
            write(e, counts);
    }
    write(e, &m->list);
    write(e, &m->none);
}

static void write_requests(struct td_expo *e, const struct td_documents *docs)
{
    static const char *const sheds[] = {
#define X(reason, label) label,
        TD_SHEDS(X)
#undef X
    };
    const struct td_measures *m = &docs->measures;

    td_expo_begin(e, TD_EXPO_COUNTER, "textd_requests", NULL,
                  "Requests to annotate that have ended, by pipeline and by the code that the client was told.");
    each_pipeline(e, docs, write_outcomes);
    td_expo_begin(e, TD_EXPO_HISTOGRAM, "textd_request_duration_seconds", "seconds",
                  "Time from a document's acceptance to its reply, whatever that is.");
    each_pipeline(e, docs, write_duration);
    td_expo_begin(e, TD_EXPO_HISTOGRAM, "textd_queue_duration_seconds", "seconds",
                  "Time from a document's acceptance until a worker began it, or it ended without that.");
    durations(e, NULL, m->queue.counts, m->queue.sum_ns);
    td_expo_begin(e, TD_EXPO_HISTOGRAM, "textd_document_bytes", "bytes", "Length of accepted documents' texts.");
    td_expo_histogram(e, size_ends, TD_SIZE_BUCKETS, m->text_bytes.counts, m->text_bytes.sum_bytes, 0);
    counter(e, "textd_slow_documents", NULL, "Documents that were over log.slow or log.slow_plugin, told or not.",
            m->slow);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_shed", NULL, "Documents that were refused for load or a stop, by reason.");
    for (uint32_t i = 0; i < TD_SHEDS_N; i++)
        labelled(e, "reason", sheds[i], m->shed[i]);
    counter(e, "textd_documents_rerun", NULL, "Times that a document was given to another worker, since its own died.",
            docs->counters.documents_rerun);
}

static void write_queue(struct td_expo *e, const struct td_documents *docs)
{
    const struct td_settings *set = &docs->set;

    gauge(e, "textd_queue_documents", NULL, "Documents that wait for a worker.", td_queues_waiting(&docs->queues));
    gauge(e, "textd_queue_limit_documents", NULL, "The setting queue.documents.", (uint64_t)set->queue_documents);
    gauge(e, "textd_queue_bytes", "bytes", "Bytes of requests that are held, waiting and running.", docs->held_bytes);
    gauge(e, "textd_queue_limit_bytes", "bytes", "The setting queue.bytes.", (uint64_t)set->queue_bytes);
    gauge(e, "textd_inflight_documents", NULL, "Documents that a worker has and that are not answered.",
          docs->count - td_queues_waiting(&docs->queues));
}

/* Of the pools of what serves. */
static void write_pools(struct td_expo *e, const struct td_documents *docs)
{
    const struct td_queues *queues = &docs->queues;
    const struct td_generation *g = docs->lineup->serving;

    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pool_workers", NULL, "Workers that a pool is to have.");
    for (uint32_t i = 0; g && i < g->n_pools; i++)
        labelled(e, "pool", g->pools[i].name, g->pools[i].n);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pool_workers_ready", NULL, "Workers of a pool that take documents now.");
    for (uint32_t i = 0; g && i < g->n_pools; i++)
        labelled(e, "pool", g->pools[i].name, td_generation_pool_n_ready(g, &g->pools[i]));
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pool_queue_documents", NULL, "Documents that wait for a pool's workers.");
    for (uint32_t i = 0; i < queues->n; i++)
        labelled(e, "pool", queues->of[i]->name, queues->of[i]->count);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pool_queue_bytes", "bytes",
                  "Bytes of requests that are held for a pool, waiting and running.");
    for (uint32_t i = 0; i < queues->n; i++)
        labelled(e, "pool", queues->of[i]->name, queues->of[i]->held_bytes);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_pool_shed", NULL,
                  "Documents that were refused since their pool's part of the queue was full.");
    for (uint32_t i = 0; i < queues->n; i++) {
        const struct td_pool_counts *counts = td_measures_find_pool(&docs->measures, queues->of[i]->name);
        labelled(e, "pool", queues->of[i]->name, counts ? counts->shed : 0);
    }
}

/* ---- In and out -------------------------------------------------------------------------------------------------- */

static void write_intake(struct td_expo *e, const struct td_documents *docs)
{
    const struct td_frontend_counts *counts = &docs->out->counts;
    const struct td_intake *intake = docs->intake;

    counter(e, "textd_messages_received", NULL, "Messages that came in over ZeroMQ, of any kind.", counts->received);
    counter(e, "textd_received_bytes", "bytes", "Bytes of messages that came in over ZeroMQ.", counts->received_bytes);
    counter(e, "textd_messages_malformed", NULL, "Messages over ZeroMQ of frames that make no sense.",
            counts->refused_frames);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_replies_dropped", NULL,
                  "Replies over ZeroMQ that nobody got: their connection had gone, or did not read.");
    labelled(e, "reason", "gone", counts->dropped_gone);
    labelled(e, "reason", "slow", counts->dropped_slow);
    gauge(e, "textd_reply_bytes", "bytes", "Bytes of replies that are kept for connections that don't read.",
          td_intake_reply_bytes(intake));
    gauge(e, "textd_unread_bytes", "bytes", "Bytes that have arrived and are not read, as last measured.",
          intake->excess_bytes);
    gauge(e, "textd_unread_limit_bytes", "bytes", "The setting queue.unread_bytes.", intake->unread_bytes);
    gauge(e, "textd_listening", NULL, "Whether clients can connect: 1 or 0.",
          (uint64_t)(intake->n_places > 0 && td_intake_is_listening(intake)));
    counter(e, "textd_intake_stops", NULL, "Times that all connections were ended, for unread messages.",
            intake->n_stopped);
    counter(e, "textd_connections_refused", NULL, "Connections over ZeroMQ that there was no descriptor for.",
            td_gate_n_refused());
}

/* ---- Encrypted endpoints ------------------------------------------------------------------------------------------ */

static uint64_t n_users_here(const struct td_users *users)
{
    uint64_t n = 0;

    for (const struct td_user *user = users->by_name; user; user = user->hh.next)
        n += user->n_connections > 0;
    return n;
}

/* Zeros where no endpoint is encrypted, so that all textds have the same families. */
static void write_curve(struct td_expo *e, const struct td_frontend *clients)
{
    static const struct td_users nobody = { .n_let_in = 0 };
    const struct td_users *users = clients->users ? clients->users : &nobody;
    uint64_t failed[TD_HANDSHAKE_FAILURES] = { 0 };

    for (unsigned i = 0; i < clients->n_endpoints; i++)
        for (unsigned k = 0; k < TD_HANDSHAKE_FAILURES; k++)
            failed[k] += clients->endpoints[i].failed[k];
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_curve_handshakes", NULL,
                  "Connections to encrypted endpoints whose key was known, or not.");
    labelled(e, "result", "let_in", users->n_let_in);
    labelled(e, "result", "refused", users->n_refused);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_curve_handshakes_failed", NULL,
                  "Connections to encrypted endpoints that ended before a key was seen, by reason.");
    for (unsigned k = 0; k < TD_HANDSHAKE_FAILURES; k++)
        labelled(e, "reason", td_handshake_failures[k], failed[k]);
    counter(e, "textd_curve_messages_dropped", NULL, "Messages of connections whose key was taken off.",
            users->n_dropped);
    gauge(e, "textd_curve_users", NULL, "Users that have documents or replies here.", n_users_here(users));
}

/* ---- Plugins ----------------------------------------------------------------------------------------------------- */

/* The plugins of what serves, and those that it had to leave out, behind them. NULL: there are no more. */
static struct td_plugin_counts *plugin_at(const struct td_documents *docs, uint32_t *i)
{
    const struct td_generation *g = docs->lineup->serving;
    struct td_plugin_counts *counts = NULL;

    while (g && !counts && *i < g->config.n_plugins + g->config.n_left_out) {
        const struct td_config_plugin *p =
            *i < g->config.n_plugins ? &g->config.plugins[*i] : &g->config.left_out[*i - g->config.n_plugins].plugin;
        counts = td_measures_find_plugin(&docs->measures, p->name);
        ++*i;
    }
    return counts;
}

static void write_failures(struct td_expo *e, const struct td_plugin_counts *counts)
{
    const struct {
        const char *code;
        uint64_t n;
    } failures[] = {
        { "PLUGIN_FAILED", counts->failed },
        { "PLUGIN_CRASHED", counts->crashes },
        { "PLUGIN_TIMEOUT", counts->timeouts + counts->shown.timeouts },
    };

    for (uint32_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        const struct td_expo_label labels[] = { { "plugin", counts->named.name }, { "code", failures[i].code } };
        td_expo_set_labels(e, labels, 2);
        td_expo_number(e, failures[i].n);
    }
}

static void write_plugin_info(struct td_expo *e, const struct td_generation *g)
{
    for (uint32_t i = 0; i < g->config.n_plugins + g->config.n_left_out; i++) {
        int is_there = i < g->catalogue.n; /* none is before the first worker is ready */
        struct td_expo_label labels[] = { { "plugin", "" }, { "version", "" }, { "hash", "" }, { "state", "failed" } };
        if (i < g->config.n_plugins && !is_there)
            continue;
        labels[0].value =
            is_there ? g->catalogue.plugins[i].name : g->config.left_out[i - g->config.n_plugins].plugin.name;
        if (is_there) {
            labels[1].value = g->catalogue.plugins[i].version;
            labels[2].value = td_snapshot_hash(g->files.of[i]);
            labels[3].value = td_health_state_name(td_generation_health(g, i).state);
        }
        td_expo_set_labels(e, labels, 4);
        td_expo_number(e, 1);
    }
}

static void write_plugins(struct td_expo *e, struct td_documents *docs)
{
    const struct td_generation *g = docs->lineup->serving;
    struct td_plugin_counts *counts;

    td_expo_begin(e, TD_EXPO_HISTOGRAM, "textd_plugin_duration_seconds", "seconds",
                  "How long a plugin took for a document, of calls that have returned.");
    for (uint32_t i = 0; (counts = plugin_at(docs, &i));) {
        const struct td_expo_label label = { "plugin", counts->named.name };
        const struct td_plugin_stats *stats = td_measures_plugin(counts, docs->lineup);
        durations(e, &label, stats->latency, stats->run_ns);
    }
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_plugin_failures", NULL,
                  "Documents that a plugin had no result for, ended its process at, or was over its limit with.");
    for (uint32_t i = 0; (counts = plugin_at(docs, &i));)
        write_failures(e, counts);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_plugin_skipped", NULL,
                  "Documents that a plugin was not run for, since it is suspended or disabled.");
    for (uint32_t i = 0; (counts = plugin_at(docs, &i));)
        labelled(e, "plugin", counts->named.name, counts->skipped);
    td_expo_begin(e, TD_EXPO_INFO, "textd_plugin", NULL, "The plugins of the generation that serves: always 1.");
    if (g)
        write_plugin_info(e, g);
}

/* ---- Workers and generations ------------------------------------------------------------------------------------- */

static void write_workers(struct td_expo *e, const struct td_documents *docs)
{
    static const char *const reasons[] = {
#define X(reason, label) label,
        TD_EXITS(X)
#undef X
    };
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(docs->lineup, all), by_state[TD_WORKER_GONE + 1] = { 0 };
    uint64_t resident = 0, share = 0;

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < all[i]->n_slots; k++) {
            struct td_worker *w = all[i]->slots[k].worker;
            by_state[w ? w->state : TD_WORKER_GONE]++; /* between a death and the next one's start */
            resident += w ? td_worker_look(w).rss_bytes : 0;
            share += w ? td_worker_pss(w) : 0;
        }
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_workers", NULL, "Workers of all generations, by state.");
    for (uint32_t i = 0; i <= TD_WORKER_GONE; i++)
        labelled(e, "state", td_worker_state_name((enum td_worker_state)i), by_state[i]);
    gauge(e, "textd_workers_resident_bytes", "bytes",
          "Resident memory of all workers; what they share is counted for each.", resident);
    gauge(e, "textd_workers_proportional_bytes", "bytes",
          "Proportional share of memory (PSS) of all workers: what n processes share is counted as 1/n for each.",
          share);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_worker_exits", NULL, "Worker processes that have ended, by reason.");
    for (uint32_t i = 0; i < TD_EXITS_N; i++)
        labelled(e, "reason", reasons[i], docs->measures.exits[i]);
    counter(e, "textd_worker_spawn_failures", NULL, "Workers that the system had no process for.",
            docs->measures.not_spawned);
    counter(e, "textd_supervisor_restarts", NULL, "Times that the supervisor died and was started again.",
            td_lifeline_hello()->restarts);
}

/* With the sandbox off all are missing. */
static void write_sandbox(struct td_expo *e, const struct td_documents *docs)
{
    const struct td_generation *g = docs->lineup->serving;

    td_expo_begin(e, TD_EXPO_GAUGE, "textd_sandbox_missing", NULL,
                  "Whether a part of what confines workers is missing: 1 or 0.");
    for (int i = 0; i < TD_N_CONFINES; i++)
        labelled(e, "part", td_confine_name((enum td_confine)i), g && !(g->confinement.applied >> i & 1));
}

static void write_reloads(struct td_expo *e, const struct td_documents *docs, const struct td_reload *reload)
{
    const struct td_generation *g = docs->lineup->serving;
    int64_t since = reload->succeeded_unix_ms ? reload->succeeded_unix_ms : docs->measures.started_unix_ms;

    int serves = g && (g->state == TD_GENERATION_SERVING || g->state == TD_GENERATION_LEAVING);

    gauge(e, "textd_generation", NULL, "Number of the generation that serves; 0: none does.", serves ? g->number : 0);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_reloads", NULL, "Changes of plugins or configuration, by result.");
    labelled(e, "result", "success", reload->n_done);
    labelled(e, "result", "failure", reload->n_failed);
    gauge(e, "textd_last_reload_successful", NULL, "Whether the last change succeeded, or there was none: 1 or 0.",
          (uint64_t)(reload->outcome.err.code == TD_OK));
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_last_reload_success_timestamp_seconds", "seconds",
                  "When the last change succeeded, or the supervisor was started.");
    td_expo_seconds(e, (uint64_t)since * 1000000);
}

/* ---- Pull and push ----------------------------------------------------------------------------------------------- */

static void write_pipe(struct td_expo *e, const struct td_pipe *pipe)
{
    static const char *const states[] = {
#define X(name, text, to) [TD_PIPE_##name] = text,
        TD_PIPE_STATES(X)
#undef X
    };
    const struct td_pipe_counts counts = td_pipe_counts(pipe);

    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pipe_state", NULL,
                  "The state of the process that pulls and pushes: 1 for the one that it is in.");
    for (uint32_t i = 0; i < sizeof states / sizeof states[0]; i++)
        labelled(e, "state", states[i], pipe->state == i);
    counter(e, "textd_pipe_taken", NULL, "Messages that came from a pull endpoint.", counts.taken);
    counter(e, "textd_pipe_delivered", NULL, "Replies that went out by a push endpoint, errors included.",
            counts.delivered);
    counter(e, "textd_pipe_failed", NULL, "Replies that went out by a push endpoint and are errors.", counts.failed);
    counter(e, "textd_pipe_lost", NULL, "Messages that were taken and not delivered when the process ended.",
            counts.lost);
    counter(e, "textd_pipe_retries", NULL, "Documents that were refused for load, and asked again.", counts.waited_out);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_pipe_published", NULL,
                  "Replies for subscribers, by whether they were given to them.");
    labelled(e, "result", "sent", counts.published);
    labelled(e, "result", "left_out", counts.unpublished);
    gauge(e, "textd_pipe_inflight_documents", NULL, "Messages that were taken and are not delivered.",
          counts.in_flight);
    gauge(e, "textd_pipe_window_documents", NULL, "Messages that may be taken and not delivered at a time.",
          counts.window);
    counter(e, "textd_pipe_restarts", NULL, "Times that the process died and was started again.", counts.restarts);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_pipe_sink_waiting_seconds", "seconds",
                  "How long no sink has taken a reply while some wait for it.");
    td_expo_seconds(e, counts.sink_waiting_ms * 1000000);
}

/* ---- The process ------------------------------------------------------------------------------------------------- */

/* The names that Prometheus' own libraries have for these. */
static void write_process(struct td_expo *e, const struct td_documents *docs)
{
    struct timespec cpu = { 0 };

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    td_expo_begin(e, TD_EXPO_COUNTER, "process_cpu_seconds", "seconds",
                  "Processor time of the supervisor, which answers this; not of workers.");
    td_expo_seconds(e, (uint64_t)cpu.tv_sec * 1000000000 + (uint64_t)cpu.tv_nsec);
    gauge(e, "process_resident_memory_bytes", "bytes", "Resident memory of the supervisor.", td_process_rss(getpid()));
    gauge(e, "process_virtual_memory_bytes", "bytes", "Address space of the supervisor.", td_process_size(getpid()));
    gauge(e, "process_open_fds", NULL, "Open descriptors of the supervisor.", td_process_descriptors());
    gauge(e, "process_max_fds", NULL, "Descriptors that the supervisor may have.", td_process_most_descriptors());
    td_expo_begin(e, TD_EXPO_GAUGE, "process_start_time_seconds", "seconds", "When the supervisor was started.");
    td_expo_seconds(e, (uint64_t)docs->measures.started_unix_ms * 1000000);
}

static void write_build(struct td_expo *e, const struct td_documents *docs)
{
    static const char *const states[] = { "starting", "serving", "draining", "stopping" };
    static const struct td_expo_label labels[] = {
        { "version", TEXTD_VERSION },
        { "commit", TEXTD_COMMIT },
        { "protocol", TEXT_OF(TEXTD_PROTOCOL_VERSION) "." TEXT_OF(TEXTD_PROTOCOL_MINOR) },
        { "abi", TEXT_OF(TEXTD_ABI_MAJOR) "." TEXT_OF(TEXTD_ABI_MINOR) },
    };

    const char *now = docs->server_state ? docs->server_state : states[0]; /* it has not become anything yet */

    td_expo_begin(e, TD_EXPO_INFO, "textd_build", NULL, "What this textd is: always 1.");
    td_expo_set_labels(e, labels, sizeof labels / sizeof labels[0]);
    td_expo_number(e, 1);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_state", NULL, "The state of the server: 1 for the one that it is in.");
    for (uint32_t i = 0; i < sizeof states / sizeof states[0]; i++)
        labelled(e, "state", states[i], (uint64_t)(strcmp(states[i], now) == 0));
}

void td_metrics_write(struct td_expo *e, struct td_documents *docs, const struct td_reload *reload,
                      const struct td_pipe *pipe)
{
    write_build(e, docs);
    write_requests(e, docs);
    write_queue(e, docs);
    write_pools(e, docs);
    write_intake(e, docs);
    write_curve(e, docs->out);
    write_plugins(e, docs);
    write_workers(e, docs);
    write_sandbox(e, docs);
    write_reloads(e, docs, reload);
    write_pipe(e, pipe);
    write_process(e, docs);
}
