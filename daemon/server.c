/* server.c: starts and stops the supervisor, in the order that keeps its promises: endpoints are bound first (so that a
 * second daemon is refused at once), read only when the first generation is ready, and closed last. */
#include "daemon/server.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>

#include <textd/version.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/dispatch.h"
#include "daemon/documents/supervise.h"
#include "daemon/fleet/last_good.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/fleet/signed.h"
#include "daemon/operator/notify.h"
#include "daemon/threads.h"
#include "daemon/zmq.h"

/* How often replies that are kept for slow readers are tried again. */
#define UNSENT_MS 2

/* What workers get to exit by themselves when the server stops. */
#define WORKERS_GO_MS 1000

#define SPARE_DESCRIPTORS 128u

/* How long chores may wait. */
#define CHORES_MS 10000

/* How often the log tries a reader that didn't read, and how long the end waits for it. */
#define LOG_MS 50
#define LAST_LOG_MS 200

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_SERVER_##name] = { text, to },
    TD_SERVER_STATES(X)
#undef X
};

static void change_state(struct td_server *s, enum td_server_state state)
{
    td_state_check(states, s->state, state);
    td_log(TD_LOG_DEBUG, "server.state", TD_STR("from", states[s->state].name), TD_STR("to", states[state].name));
    s->state = state;
    s->docs.accepts = state == TD_SERVER_SERVING;
    s->docs.accepts_pipes = state == TD_SERVER_SERVING || state == TD_SERVER_DRAINING;
    s->docs.server_state = states[state].name;
    s->reload.closed = state == TD_SERVER_SERVING ? NULL : states[state].name;
}

static int exit_code_of(const struct td_err *err)
{
    switch (err->code) {
    case TD_E_CONFIG:
        return EX_CONFIG;
    case TD_E_IN_USE:
        return EX_UNAVAILABLE;
    case TD_E_DENIED:
        return EX_NOPERM;
    case TD_E_SYSTEM:
    case TD_E_INTERNAL: /* no memory */
        return EX_OSERR;
    default:
        return EXIT_FAILURE;
    }
}

/* ---- The end ------------------------------------------------------------------------------------------------------ */

/* Nothing is read any more, and what the line-up was is freed: in this order, since whoever reads a message may look at
 * what serves. When its handles are gone the loop ends. */
static void close_all(struct td_server *s)
{
    change_state(s, TD_SERVER_CLOSED);
    td_zloop_close(&s->zloop);
    td_http_close(&s->http);
    s->control.http = s->control.probes = NULL;
    td_intake_close(&s->sockets.intake);
    td_pipe_close(&s->pipe);
    td_lineup_free(&s->lineup);
    td_documents_close(&s->docs);
    td_reload_close(&s->reload);
    td_watch_close(&s->watch);
    uv_close((uv_handle_t *)&s->unsent_timer, NULL);
    uv_close((uv_handle_t *)&s->grace_timer, NULL);
    uv_close((uv_handle_t *)&s->chores_timer, NULL);
    uv_close((uv_handle_t *)&s->watchdog_timer, NULL);
    uv_close((uv_handle_t *)&s->log_timer, NULL);
    td_lifeline_leave();
}

static void on_workers_stay(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_lineup_leave(&s->lineup, 1);
}

/* Answers what is still there with SHUTTING_DOWN and stops. */
static void stop(struct td_server *s)
{
    struct td_err err;

    if (s->state >= TD_SERVER_STOPPING)
        return;
    change_state(s, TD_SERVER_STOPPING);
    td_fail(&err, TD_E_SHUTTING_DOWN, "the server stopped before the document was done");
    td_dispatch_abandon_all(&s->docs, &err);
    td_pipe_end(&s->pipe);
    td_http_stop(&s->http);
    td_reload_stop(&s->reload);
    td_control_drained(&s->control);
    td_frontend_flush(&s->sockets.data);
    uv_timer_start(&s->grace_timer, on_workers_stay, WORKERS_GO_MS, 0);
    td_lineup_leave(&s->lineup, 0);
}

static void on_grace_over(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_log(TD_LOG_WARN, "server.grace_over", TD_INT("documents", s->docs.count), TD_STR("action", "stop"));
    stop(s);
}

/* Takes no more documents and answers those that are in; then it stops, unless it `stays`. One that has drained and stays can
 * be told to stop after all; the rest of the calls change nothing. */
static void drain(struct td_server *s, const char *why, int stays)
{
    if (!stays) /* whatever may happen on the way: it was asked to end */
        td_lifeline_say(TD_PARENT_GOING, 0);
    if (s->state == TD_SERVER_STARTING) {
        stop(s);
        return;
    }
    if (s->state >= TD_SERVER_STOPPING || (s->state == TD_SERVER_DRAINING && (stays || !s->stays)))
        return;
    if (s->state == TD_SERVER_SERVING)
        change_state(s, TD_SERVER_DRAINING);
    s->stays = stays;
    td_pipe_finish(&s->pipe, (uint64_t)s->docs.set.server_shutdown_grace / 1000000);
    td_http_drain(&s->http);
    td_log(TD_LOG_INFO, "server.drain", TD_STR("why", why), TD_INT("documents", s->docs.count),
           TD_STR("then", stays ? "stay" : "stop"));
    td_notify_send("%sSTATUS=draining %u documents", stays ? "" : "STOPPING=1\n", s->docs.count);
    if (!stays)
        uv_timer_start(&s->grace_timer, on_grace_over, (uint64_t)s->docs.set.server_shutdown_grace / 1000000, 0);
}

/* One that was sent to the parent. SIGTERM and SIGINT drain; a second one stops at once. */
static void on_signal(void *data, int signal)
{
    struct td_server *s = data;

    if (signal == SIGHUP)
        td_reload_config(&s->reload, "SIGHUP");
    else if (s->state == TD_SERVER_DRAINING && !s->stays)
        stop(s);
    else
        drain(s, signal == SIGTERM ? "SIGTERM" : "SIGINT", 0);
}

/* What an operator can ask. */
static const char *state_name(void *data)
{
    return states[((struct td_server *)data)->state].name;
}

static int is_stopping(void *data)
{
    return ((struct td_server *)data)->state >= TD_SERVER_STOPPING;
}

static void drain_for_operator(void *data, const char *why, int stays)
{
    drain(data, why, stays);
}

static const struct td_control_server for_operators = { state_name, is_stopping, drain_for_operator };

/* ---- A turn ------------------------------------------------------------------------------------------------------- */

static void on_unsent_timer(uv_timer_t *timer)
{
    (void)timer; /* ends the sleep: the turn that follows tries again */
}

static void on_log_timer(uv_timer_t *timer)
{
    if (!td_log_resume())
        uv_timer_stop(timer);
}

/* When none is here what documents have taken goes back, a third of our own: the C library gives back a heap's top by itself, and
 * what lies between what is kept, or in libzmq's thread's heap, only when told. That takes 0.2 ms, in which who allocates waits. */
static void give_back(struct td_server *s)
{
    uint64_t answered = s->docs.counters.documents_answered;

    if (s->docs.count > 0 || answered == s->given_back_after)
        return;
    s->given_back_after = answered;
    malloc_trim(0);
}

/* Now and then: what can wait. */
static void on_chores(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_log_flush();
    give_back(s);
    td_keeper_rest(&s->keeper);
    if (s->state == TD_SERVER_SERVING || s->state == TD_SERVER_DRAINING)
        td_supervise_memory(&s->docs); /* not of a start that took this long, and failed before anything served */
}

/* A sign of life for the service manager, from the loop that really serves. */
static void on_watchdog(uv_timer_t *timer)
{
    (void)timer;
    td_notify_send("WATCHDOG=1");
}

static int start_watchdog(struct td_server *s)
{
    /* Half of what is asked for, as sd_watchdog_enabled(3) advises. */
    uint64_t ms = td_lifeline_hello()->watchdog_ns / 2 / 1000000;

    return uv_timer_init(&s->loop, &s->watchdog_timer) ||
           (ms > 0 && uv_timer_start(&s->watchdog_timer, on_watchdog, 0, ms));
}

/* ---- The first generation ----------------------------------------------------------------------------------------- */

static void fail_start(struct td_server *s, const struct td_err *err)
{
    td_log(TD_LOG_ERROR, "server.start_failed", TD_STR("error", err->text));
    s->exit_code = exit_code_of(err);
    stop(s);
}

/* What became of the supervisor before: its log could not say. */
static void tell_of_restart(void)
{
    const struct td_parent_hello *hello = td_lifeline_hello();

    if (hello->restarts == 0)
        return;
    td_log(TD_LOG_WARN, "server.restarted", TD_INT("before", hello->before_pid), TD_STR("death", hello->before_death),
           TD_INT("restarts", hello->restarts), TD_INT("down_ms", (td_now_ns() - hello->died_ns) / 1000000));
}

/* Only where the start's configuration had a `pull`: else it would find no way in. */
static void configure_pipe(struct td_server *s)
{
    const struct td_generation *serving = td_lineup_serving(&s->lineup);

    s->pipe.frame_bytes = s->sockets.pipes.frame_bytes;
    if (s->sockets.pipes.zsocket.socket)
        td_pipe_configure(&s->pipe, &serving->config, serving->n_slots);
}

/* Its workers are loading: are they ready, or will they never be? */
static void look_at_start(struct td_server *s)
{
    const struct td_generation *first = td_lineup_serving(&s->lineup);
    struct td_err err;

    if (first->failure.code != TD_OK) {
        fail_start(s, &first->failure);
        return;
    }
    if (first->state != TD_GENERATION_SERVING)
        return;
    if (!s->pipe.started_ns) /* its workers are known now */
        configure_pipe(s);
    if (td_pipe_is_starting(&s->pipe, &err))
        return;
    if (err.code != TD_OK) { /* what is to be bound can't be, as for an endpoint */
        fail_start(s, &err);
        return;
    }
    if (td_sockets_listen(&s->sockets, &s->zloop, &err) != TD_OK) {
        fail_start(s, &err);
        return;
    }
    change_state(s, TD_SERVER_SERVING);
    td_http_serve(&s->http);
    td_watch_update(&s->watch, first);
    td_keeper_keep(&s->keeper, first);
    td_log(TD_LOG_INFO, "server.ready", TD_STR("version", TEXTD_VERSION), TD_INT("generation", first->number),
           TD_INT("workers", first->n_slots), TD_INT("plugins", first->catalogue.n),
           TD_INT("start_ms", (td_now_ns() - s->started_ns) / 1000000));
    td_lifeline_say(TD_PARENT_READY, 0);
    tell_of_restart();
    td_notify_send("READY=1\nSTATUS=generation %u, %u workers, %u plugins", first->number, first->n_slots,
                   first->catalogue.n);
}

/* ---- A turn ------------------------------------------------------------------------------------------------------- */

/* Non-zero when replies are still kept for slow readers. */
static int flush(struct td_server *s)
{
    int unsent = td_frontend_flush(&s->sockets.data);

    unsent |= td_frontend_flush(&s->control.frontend);
    if (s->sockets.pipes.zsocket.socket)
        unsent |= td_frontend_flush(&s->sockets.pipes);
    if (unsent)
        uv_timer_start(&s->unsent_timer, on_unsent_timer, UNSENT_MS, 0);
    return unsent;
}

/* The service manager shows it beside the unit's name; it has no state for "not ready" once a service was. */
static void tell_if_deaf(struct td_server *s)
{
    int is_deaf = !td_intake_is_listening(&s->sockets.intake);

    if (is_deaf == s->is_deaf || s->state != TD_SERVER_SERVING)
        return;
    s->is_deaf = is_deaf;
    td_notify_send("STATUS=%s", is_deaf ? "clients don't get in: see server.deaf or server.full in the log"
                                        : "clients get in again");
}

/* The end of a turn of the loop, before it sleeps. What was only noted under a frame or a timer is decided here: which
 * generation serves, who gets which document, whether it is time to go. */
static void turn(void *data)
{
    struct td_server *s = data;

    if (s->state == TD_SERVER_STARTING)
        look_at_start(s);
    td_dispatch_take(&s->docs);
    td_http_run(&s->http);
    td_reload_turn(&s->reload);
    if (td_dispatch_turn(&s->docs))
        uv_timer_start(&s->unsent_timer, on_unsent_timer, UNSENT_MS, 0);
    td_intake_turn(&s->sockets.intake);
    tell_if_deaf(s);
    if (td_log_waits() && !uv_is_active((uv_handle_t *)&s->log_timer))
        uv_timer_start(&s->log_timer, on_log_timer, LOG_MS, LOG_MS);
    int unsent = flush(s);
    if (s->state == TD_SERVER_DRAINING && s->docs.count == 0 && !unsent && td_pipe_is_gone(&s->pipe)) {
        td_control_drained(&s->control);
        if (!s->stays)
            stop(s);
    }
    td_http_sleep(&s->http);
#ifdef TD_DEBUG
    td_documents_check(&s->docs);
#endif
    if (s->state == TD_SERVER_STOPPING && td_lineup_has_left(&s->lineup) && td_pipe_is_gone(&s->pipe) &&
        !td_reload_is_busy(&s->reload) && td_http_has_left(&s->http))
        close_all(s);
}

/* Nobody is left to wake it when it is closed. */
static int may_sleep(void *data)
{
    struct td_server *s = data;

    return s->state == TD_SERVER_CLOSED || td_dispatch_may_sleep(&s->docs);
}

static void woken(void *data)
{
    struct td_server *s = data;

    if (s->state != TD_SERVER_CLOSED)
        td_dispatch_take(&s->docs);
}

/* ---- What the rooms tell each other ------------------------------------------------------------------------------- */

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    struct td_server *s = data;

    td_dispatch_done(&s->docs, worker, done, body);
}

static void on_lost(void *data, struct td_worker *worker)
{
    struct td_server *s = data;

    td_supervise_lost(&s->docs, worker);
}

static void on_watch(void *data, struct td_worker *worker)
{
    struct td_server *s = data;

    td_supervise_watch(&s->docs, worker);
}

static void on_left_out(void *data, const struct td_generation *g, const struct td_config_left_out *out)
{
    (void)data;
    td_log(TD_LOG_ERROR, "plugin.failed", TD_STR("plugin", out->plugin.name), TD_STR("file", out->plugin.file),
           TD_INT("generation", g->number), TD_STR("error", out->reason), TD_STR("action", "left out"));
}

/* Loud, since what serves is not what lies in the plugin directory. */
static void tell_stand_in(const struct td_generation *g, uint32_t index, const struct td_snapshot *copy,
                          const char *reason)
{
    td_log(TD_LOG_ERROR, "plugin.last_good", TD_STR("plugin", g->config.plugins[index].name),
           TD_STR("file", g->config.plugins[index].file), TD_STR("source", td_snapshot_source_name(copy->source)),
           TD_STR("hash", td_snapshot_hash(copy)), TD_STR("error", reason),
           TD_STR("action", "start with the copy that served before"));
}

/* Only at the start: a reload has what serves to fall back on. */
static struct td_snapshot *on_last_good(void *data, const struct td_generation *g, uint32_t index,
                                        const struct td_err *why)
{
    struct td_server *s = data;
    struct td_signed_keys keys;
    struct td_snapshot *copy;
    struct td_err err;

    if (s->state != TD_SERVER_STARTING || !s->keeper.folder[0])
        return NULL;
    int rc = td_last_good_read(&copy, s->keeper.folder, g->config.plugins[index].file, TD_LAST_GOOD, &err);
    if (rc != TD_OK && rc != TD_E_UNKNOWN_PLUGIN)
        td_log(TD_LOG_WARN, "plugin.copy_failed", TD_STR("error", err.text),
               TD_STR("action", "none: there is no copy to go back to"));
    if (rc != TD_OK)
        return NULL;
    rc = td_signed_keys_read(&keys, &g->config, &err);
    if (rc == TD_OK)
        rc = td_signed_check(&keys, copy, g->config.plugins[index].file, &err);
    if (rc != TD_OK)
        td_log(TD_LOG_WARN, "plugin.copy_failed", TD_STR("error", err.text),
               TD_STR("action", "none: the copy that served before isn't taken"));
    else if (!td_snapshot_is_same(copy, g->files.of[index]) && /* else it is the one that just failed */
             td_snapshot_explain(copy, TD_SNAPSHOT_LAST_GOOD, why->text, &err) == TD_OK) {
        tell_stand_in(g, index, copy, why->text);
        return copy;
    }
    td_snapshot_release(copy);
    return NULL;
}

static void on_gone(void *data, const struct td_worker *worker)
{
    struct td_server *s = data;

    td_measures_gone(&s->docs.measures, worker, s->docs.oom_kills);
}

static const struct td_generation_events generation_events = { on_done,     on_lost,      on_watch,
                                                               on_left_out, on_last_good, on_gone };

/* Of a reload that has read the folder. */
static void adopt_keys(struct td_server *s)
{
    struct td_keyring *ring = s->reload.keyring;
    struct td_err err;

    s->reload.keyring = NULL;
    if (ring && s->sockets.data.users && td_users_adopt(&s->sockets.users, ring, &err) != TD_OK)
        td_log(TD_LOG_ERROR, "curve.keys_failed", TD_STR("error", err.text),
               TD_STR("action", "let in those that there was memory for"));
    free(ring);
}

static void adopt(void *data, const struct td_config *config)
{
    struct td_server *s = data;
    struct td_settings *set = &s->docs.set;
    int64_t most = s->reload.started.set.limits_document_bytes; /* what libzmq was told at the start */

    *set = config->set;
    if (set->limits_document_bytes > most)
        set->limits_document_bytes = most;
    set->http_listen = set->http_probes = set->http_token_file = set->http_hosts = set->server_control =
        set->server_events = set->server_state_dir = set->curve_key_file = set->curve_clients =
            set->security_plugin_keys = NULL; /* the configuration's, which goes with its generation */
    s->sockets.data.reply_bytes = s->control.frontend.reply_bytes = (uint64_t)set->client_reply_bytes;
    s->sockets.data.outbox_bytes = s->control.frontend.outbox_bytes = (uint64_t)set->queue_bytes;
    s->sockets.pipes.reply_bytes = s->sockets.pipes.outbox_bytes = UINT64_MAX; /* it has what it took, and no more */
    s->sockets.intake.unread_bytes = (uint64_t)set->queue_unread_bytes;
    if (s->state != TD_SERVER_STARTING)
        td_http_reload(&s->http, config);
    adopt_keys(s);
    td_queues_adopt(&s->docs.queues, config);
    td_measures_adopt(&s->docs.measures, config);
}

static void on_switched(void *data)
{
    struct td_server *s = data;

    td_watch_update(&s->watch, td_lineup_serving(&s->lineup));
    td_keeper_keep(&s->keeper, td_lineup_serving(&s->lineup));
    configure_pipe(s);
}

static const struct td_reload_events reload_events = { adopt, on_switched };

static void on_files_changed(void *data)
{
    struct td_server *s = data;

    td_reload_config(&s->reload, "a watched file has changed");
}

/* ---- The start ---------------------------------------------------------------------------------------------------- */

static int init_handles(struct td_server *s, struct td_err *err)
{
    s->unsent_timer.data = s->grace_timer.data = s->chores_timer.data = s->watchdog_timer.data = s->log_timer.data = s;
    int rc = uv_timer_init(&s->loop, &s->unsent_timer) || uv_timer_init(&s->loop, &s->grace_timer) ||
             uv_timer_init(&s->loop, &s->chores_timer) || uv_timer_init(&s->loop, &s->log_timer) ||
             uv_timer_start(&s->chores_timer, on_chores, CHORES_MS, CHORES_MS) || start_watchdog(s);
    rc = rc || td_lifeline_join(&s->loop, on_signal, s);
    return rc ? td_fail(err, TD_E_SYSTEM, "can't set up timers, or watch the parent's line") : TD_OK;
}

/* Connects the rooms. */
static int init_rooms(struct td_server *s, const struct td_config *config, const struct td_config_flags *flags,
                      const char *model_dir, struct td_err *err)
{
    s->http = (struct td_http) { .loop = &s->loop, .docs = &s->docs, .lineup = &s->lineup, .control = &s->control };
    s->watch = (struct td_watch) { .loop = &s->loop, .model_dir = model_dir, .changed = on_files_changed, .data = s };
    s->control = (struct td_control) { .docs = &s->docs,
                                       .lineup = &s->lineup,
                                       .reload = &s->reload,
                                       .pipe = &s->pipe,
                                       .server = &for_operators,
                                       .data = s,
                                       .started_ns = s->started_ns };
    s->reload = (struct td_reload) { .loop = &s->loop,
                                     .lineup = &s->lineup,
                                     .docs = &s->docs,
                                     .flags = flags,
                                     .model_dir = model_dir,
                                     .generation_events = &generation_events,
                                     .events = &reload_events,
                                     .data = s };
    if (td_documents_init(&s->docs, &s->loop, &s->lineup, &s->sockets.data, &s->sockets.intake) != 0 ||
        td_watch_init(&s->watch) != 0 || td_pipe_init(&s->pipe, &s->loop, s->sockets.pipes_endpoint) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't set up timers");
    return td_reload_init(&s->reload, config, err);
}

static int init_loop(struct td_server *s, struct td_err *err)
{
    int rc = uv_loop_init(&s->loop);

    if (rc != 0)
        return td_fail(err, TD_E_SYSTEM, "can't make an event loop: %s", uv_strerror(rc));
    if ((rc = td_threads_have(&s->loop, err)) != TD_OK)
        return rc;
    s->sockets = (struct td_sockets) { .control = &s->control };
    rc = td_zloop_init(&s->zloop, &s->loop, turn, s, err);
    s->zloop.may_sleep = may_sleep;
    s->zloop.woken = woken;
    return rc == TD_OK ? init_handles(s, err) : rc;
}

/* libzmq, its context, and what both of them need. */
static int init_zmq(struct td_server *s, struct td_err *err)
{
    int rc = td_zmq_load(err);

    if (rc == TD_OK)
        rc = td_intake_init(&s->sockets.intake, &s->loop, &s->zloop, err);
    if (rc != TD_OK)
        return rc;
    s->sockets.zmq = zmq_ctx_new();
    return s->sockets.zmq ? TD_OK
                          : td_fail(err, TD_E_SYSTEM, "can't make a context of libzmq: %s", zmq_strerror(zmq_errno()));
}

/* Whether there are so many descriptors that others may be opened beside libzmq's first socket, which needs those that were
 * there a moment before (sockets.c). */
static int can_share_descriptors(rlim_t wanted)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= SPARE_DESCRIPTORS + wanted;
}

/* Takes *config over, unless it fails. */
static int hire(struct td_server *s, struct td_config *config, struct td_err *err)
{
    return td_generation_hire(&s->lineup.serving, 1, &s->loop, config, &generation_events, s, err);
}

/* From here on, while libzmq is loaded, workers' processes are made and plugins' files copied: where there are descriptors for
 * it, or else later. */
static int begin_early(struct td_server *s, struct td_config *config, struct td_err *err)
{
    rlim_t files = 2u * config->n_plugins, workers = 8u * TD_MAX_WORKERS; /* at most: a plugin's copy is two */
    int rc = TD_OK;

    if (can_share_descriptors(files + workers) && (rc = hire(s, config, err)) == TD_OK)
        config = &s->lineup.serving->config;
    if (rc == TD_OK && can_share_descriptors(files))
        s->crew = td_crew_begin(&s->loop, config, s->reload.model_dir);
    return rc;
}

/* A connection is a descriptor, and the usual soft limit of 1024 is for programs that use select. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int open_endpoints(struct td_server *s, const struct td_config *config, struct td_err *err)
{
    int rc = td_sockets_open(&s->sockets, &s->docs, config, &s->zloop, err);

    if (rc == TD_OK)
        rc = td_http_open(&s->http, config, err);
    if (rc == TD_OK)
        rc = td_http_start(&s->http, err);
    for (unsigned i = 0; i < s->http.n_listeners; i++)
        *(s->http.listeners[i].is_probes ? &s->control.probes : &s->control.http) = s->http.listeners[i].name;
    s->sockets.events.also = td_live_event;
    s->sockets.events.also_data = &s->http.live;
    if (rc != TD_OK)
        return rc;
    adopt(s, config);
    td_log_set_budget("plugin.failed", TD_MAX_PLUGINS, TD_MAX_PLUGINS); /* each one's reason is wanted */
    td_keeper_init(&s->keeper, &s->loop, config);
    s->reload.kept = s->keeper.folder;
    return TD_OK;
}

/* Takes *config over, if begin_early hasn't. */
static int start(struct td_server *s, struct td_config *config, struct td_err *err)
{
    struct td_plugin_files files;
    int rc = open_endpoints(s, s->lineup.serving ? &s->lineup.serving->config : config, err);

    if (rc == TD_OK && !s->lineup.serving)
        rc = hire(s, config, err);
    if (rc != TD_OK) {
        td_crew_end(s->crew);
        if (!s->lineup.serving)
            td_config_free(config);
        return rc;
    }
    rc = td_plugin_files_take(&files, &s->lineup.serving->config, s->reload.model_dir,
                              (struct td_plugin_files_before) { .kept = s->keeper.folder }, 1, NULL, s->crew, err);
    td_crew_end(s->crew);
    if (rc != TD_OK)
        return rc;
    td_generation_equip(s->lineup.serving, &files);
    for (uint32_t i = 0; i < s->lineup.serving->files.n; i++) {
        const struct td_snapshot *copy = s->lineup.serving->files.of[i];
        if (copy && copy->source != TD_SNAPSHOT_DISK)
            tell_stand_in(s->lineup.serving, i, copy, copy->reason);
    }
    return TD_OK;
}

int td_server_run(struct td_server *s, struct td_config *config, const struct td_config_flags *flags,
                  const char *model_dir)
{
    struct td_err err;

    *s = (struct td_server) { .started_ns = td_now_ns() };
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    /* Without these there is nothing to clean up that the process's end doesn't. */
    if (init_loop(s, &err) != TD_OK || init_rooms(s, config, flags, model_dir, &err) != TD_OK ||
        begin_early(s, config, &err) != TD_OK || init_zmq(s, &err) != TD_OK) {
        td_log(TD_LOG_ERROR, "server.start_failed", TD_STR("error", err.text));
        td_crew_end(s->crew);
        if (!s->lineup.serving)
            td_config_free(config);
        td_log_end(LAST_LOG_MS);
        return exit_code_of(&err);
    }
    if (start(s, config, &err) != TD_OK)
        fail_start(s, &err);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    td_sockets_close(&s->sockets);
    uv_loop_close(&s->loop);
    td_reload_free(&s->reload);
    td_documents_free(&s->docs);
    td_log(TD_LOG_INFO, "server.stopped", TD_INT("accepted", s->docs.counters.documents_accepted),
           TD_INT("answered", s->docs.counters.documents_answered), TD_INT("failed", s->docs.counters.documents_failed),
           TD_INT("exit", s->exit_code));
    td_log_end(LAST_LOG_MS);
    return s->exit_code;
}
