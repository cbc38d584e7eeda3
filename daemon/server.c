/* server.c: starts and stops the supervisor, in the order that keeps its promises: endpoints are bound first (so that a
 * second daemon is refused at once), read only when the first generation is ready, and closed last. */
#include "daemon/server.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>

#include <textd/version.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/operator/control.h"
#include "daemon/documents/dispatch.h"
#include "daemon/both/process.h"
#include "daemon/sockets.h"
#include "daemon/documents/supervise.h"

/* How often replies that are kept for slow readers are tried again. */
#define UNSENT_MS 2

/* What workers get to exit by themselves when the server stops. */
#define WORKERS_GO_MS 1000

/* How long chores may wait. */
#define CHORES_MS 10000

const char *td_server_state_name(enum td_server_state state)
{
    static const char *const names[] = {
#define X(name, text) [TD_SERVER_##name] = text,
        TD_SERVER_STATES(X)
#undef X
    };
    return names[state];
}

static void change_state(struct td_server *s, enum td_server_state state)
{
    td_log(TD_LOG_DEBUG, "server.state", TD_STR("from", td_server_state_name(s->state)),
           TD_STR("to", td_server_state_name(state)));
    s->state = state;
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
        return EX_OSERR;
    default:
        return EXIT_FAILURE;
    }
}

/* ---- The end ------------------------------------------------------------------------------------------------------ */

static void close_handles(struct td_server *s)
{
    td_zloop_close(&s->zloop);
    uv_close((uv_handle_t *)&s->deadline_timer, NULL);
    uv_close((uv_handle_t *)&s->unsent_timer, NULL);
    uv_close((uv_handle_t *)&s->grace_timer, NULL);
    uv_close((uv_handle_t *)&s->chores_timer, NULL);
    uv_close((uv_handle_t *)&s->watchdog_timer, NULL);
    uv_close((uv_handle_t *)&s->sigterm, NULL);
    uv_close((uv_handle_t *)&s->sigint, NULL);
    uv_close((uv_handle_t *)&s->sighup, NULL);
    for (size_t i = 0; i < 3; i++) /* what is left of the end takes a moment, and must not become a death by signal */
        signal((const int[]) { SIGTERM, SIGINT, SIGHUP }[i], SIG_IGN);
    uv_close((uv_handle_t *)&s->reload.drain_timer, NULL);
    uv_close((uv_handle_t *)&s->canary.timer, NULL);
    td_watch_close(s);
}

/* When the last generation has left a server that stops, nothing keeps the loop any more. */
void td_server_generation_gone(struct td_server *s)
{
    if (s->state != TD_SERVER_STOPPING)
        td_reload_left(s);
    else if (!s->generation && !s->next && !s->old && s->reload.phase != TD_RELOAD_FILES)
        close_handles(s);
}

static void on_left(void *data, struct td_generation *generation)
{
    struct td_server *s = data;

    if (generation == s->old)
        s->old = NULL;
    else if (generation == s->next)
        s->next = NULL;
    else
        s->generation = NULL;
    td_log(TD_LOG_INFO, "generation.left", TD_INT("generation", generation->number));
    td_generation_free(generation);
    td_server_generation_gone(s);
}

static void leave_all(struct td_server *s, int now)
{
    struct td_generation *all[] = { s->next, s->old, s->generation };

    for (int i = 0; i < 3; i++)
        if (all[i])
            td_generation_leave(all[i], now || all[i] == s->next);
}

static void on_workers_stay(uv_timer_t *timer)
{
    leave_all(timer->data, 1);
}

void td_server_stop(struct td_server *s)
{
    struct td_err err;

    if (s->state == TD_SERVER_STOPPING)
        return;
    change_state(s, TD_SERVER_STOPPING);
    td_fail(&err, TD_E_SHUTTING_DOWN, "the server stopped before the document was done");
    td_dispatch_abandon_all(s, &err);
    td_reload_stop(s);
    td_control_drained(s);
    td_frontend_flush(&s->data);
    uv_timer_start(&s->grace_timer, on_workers_stay, WORKERS_GO_MS, 0);
    leave_all(s, 0);
}

static void on_grace_over(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_log(TD_LOG_WARN, "server.grace_over", TD_INT("documents", s->n_documents), TD_STR("action", "stop"));
    td_server_stop(s);
}

void td_server_drain(struct td_server *s, const char *why, int stays)
{
    if (s->state != TD_SERVER_SERVING) {
        if (!stays)
            td_server_stop(s);
        return;
    }
    change_state(s, TD_SERVER_DRAINING);
    s->stays = stays;
    td_log(TD_LOG_INFO, "server.drain", TD_STR("why", why), TD_INT("documents", s->n_documents),
           TD_STR("then", stays ? "stay" : "stop"));
    td_notify_send(&s->notify, "%sSTATUS=draining %u documents", stays ? "" : "STOPPING=1\n", s->n_documents);
    if (!stays)
        uv_timer_start(&s->grace_timer, on_grace_over, (uint64_t)s->set.server_shutdown_grace / 1000000, 0);
}

static void on_signal(uv_signal_t *handle, int signal)
{
    struct td_server *s = handle->data;

    if (signal == SIGHUP)
        td_reload_config(s, "SIGHUP");
    else
        td_server_drain(s, signal == SIGTERM ? "SIGTERM" : "SIGINT", 0);
}

/* ---- A turn ------------------------------------------------------------------------------------------------------- */

static void on_unsent_timer(uv_timer_t *timer)
{
    (void)timer; /* ends the sleep: the turn that follows tries again */
}

/* Now and then: what can wait. */
static void on_chores(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_log_flush();
    td_supervise_sizes(s);
    if (s->n_documents == 0)
        malloc_trim(0); /* after a flood the heap's free pages go back to the system */
}

/* A sign of life for the service manager, from the loop that really serves. */
static void on_watchdog(uv_timer_t *timer)
{
    struct td_server *s = timer->data;

    td_notify_send(&s->notify, "WATCHDOG=1");
}

static int start_watchdog(struct td_server *s)
{
    uint64_t ms =
        s->notify.watchdog_ns / 2 / 1000000; /* half of what is asked for, as sd_watchdog_enabled(3) advises */

    return uv_timer_init(&s->loop, &s->watchdog_timer) ||
           (ms > 0 && uv_timer_start(&s->watchdog_timer, on_watchdog, 0, ms));
}

static void before_sleep(void *data)
{
    struct td_server *s = data;

    td_dispatch_turn(s);
    int unsent = s->data.clients.unsent && td_frontend_flush(&s->data);
    unsent |= s->control.clients.unsent && td_frontend_flush(&s->control);
    if (unsent)
        uv_timer_start(&s->unsent_timer, on_unsent_timer, UNSENT_MS, 0);
    if (s->state != TD_SERVER_DRAINING || s->n_documents > 0 || unsent)
        return;
    if (s->stays)
        td_control_drained(s);
    else
        td_server_stop(s);
}

/* ---- The generation ----------------------------------------------------------------------------------------------- */

static void on_done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    td_dispatch_done(data, worker, done, body);
}

static void on_lost(void *data, struct td_worker *worker)
{
    td_supervise_lost(data, worker);
}

static void on_watch(void *data, struct td_worker *worker)
{
    td_supervise_watch(data, worker);
}

static void on_failed(void *data, struct td_generation *generation, const struct td_err *err)
{
    struct td_server *s = data;

    if (generation == s->next) {
        td_reload_refused(s, err);
        return;
    }
    td_log(TD_LOG_ERROR, "server.start_failed", TD_INT("generation", generation->number), TD_STR("error", err->text));
    s->exit_code = exit_code_of(err);
    change_state(s, TD_SERVER_STOPPING);
}

static void on_serving(void *data, struct td_generation *generation)
{
    struct td_server *s = data;
    struct td_err err;

    if (generation == s->next) {
        td_reload_ready(s, generation);
        return;
    }
    if (td_sockets_listen(s, &err) != TD_OK) {
        td_log(TD_LOG_ERROR, "server.start_failed", TD_STR("error", err.text));
        s->exit_code = exit_code_of(&err);
        td_server_stop(s);
        return;
    }
    change_state(s, TD_SERVER_SERVING);
    td_watch_update(s);
    td_log(TD_LOG_INFO, "server.ready", TD_STR("version", TEXTD_VERSION), TD_INT("generation", generation->number),
           TD_INT("workers", generation->n_slots), TD_INT("plugins", generation->catalogue.n),
           TD_INT("start_ms", (td_now_ns() - s->started_ns) / 1000000));
    td_notify_send(&s->notify, "READY=1\nSTATUS=generation %u, %u workers, %u plugins", generation->number,
                   generation->n_slots, generation->catalogue.n);
}

const struct td_generation_events td_server_generation_events = { on_serving, on_failed, on_done,
                                                                  on_lost,    on_watch,  on_left };

/* Frame limits follow from what libzmq was told at the start. */
static int64_t largest_document(const struct td_server *s, const struct td_config *config)
{
    int64_t most = s->reload.started.set.limits_document_bytes;

    return config->set.limits_document_bytes < most ? config->set.limits_document_bytes : most;
}

void td_server_adopt(struct td_server *s, const struct td_config *config)
{
    s->set = config->set;
    s->set.limits_document_bytes = largest_document(s, config);
    s->set.server_control = s->set.server_events = NULL; /* the configuration's, which goes with its generation */
    s->data.reply_bytes = s->control.reply_bytes = (uint64_t)s->set.client_reply_bytes;
    s->data.outbox_bytes = s->control.outbox_bytes = (uint64_t)s->set.queue_bytes;
}

/* ---- The start ---------------------------------------------------------------------------------------------------- */

static int init_handles(struct td_server *s, struct td_err *err)
{
    s->deadline_timer.data = s->unsent_timer.data = s->grace_timer.data = s->chores_timer.data =
        s->watchdog_timer.data = s;
    s->sigterm.data = s->sigint.data = s->sighup.data = s;
    int rc = uv_timer_init(&s->loop, &s->deadline_timer) || uv_timer_init(&s->loop, &s->unsent_timer) ||
             uv_timer_init(&s->loop, &s->grace_timer) || uv_timer_init(&s->loop, &s->chores_timer) ||
             uv_timer_start(&s->chores_timer, on_chores, CHORES_MS, CHORES_MS) || start_watchdog(s) ||
             uv_signal_init(&s->loop, &s->sigterm) || uv_signal_init(&s->loop, &s->sigint) ||
             uv_signal_init(&s->loop, &s->sighup) || uv_signal_start(&s->sighup, on_signal, SIGHUP) ||
             uv_signal_start(&s->sigterm, on_signal, SIGTERM) || uv_signal_start(&s->sigint, on_signal, SIGINT);
    return rc ? td_fail(err, TD_E_SYSTEM, "can't set up timers and signals") : TD_OK;
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

/* Takes *config over. */
static int start(struct td_server *s, struct td_config *config, struct td_err *err)
{
    struct td_plugin_files files;
    int rc = td_reload_init(s, config, err);

    if (rc == TD_OK)
        rc = td_sockets_open(s, config, err);
    if (rc == TD_OK) {
        td_server_adopt(s, config);
        rc = td_plugin_files_take(&files, config, s->model_dir, (struct td_plugin_files_before) { 0 }, 1, NULL, err);
    }
    if (rc != TD_OK) {
        td_config_free(config);
        return rc;
    }
    return td_generation_start(&s->generation, 1, &s->loop, config, &files, &td_server_generation_events, s, err);
}

int td_server_run(struct td_server *s, struct td_config *config, const struct td_config_flags *flags,
                  const char *model_dir)
{
    struct td_err err;

    *s = (struct td_server) { .flags = flags, .model_dir = model_dir, .started_ns = td_now_ns() };
    signal(SIGPIPE, SIG_IGN);
    s->oom_kills = td_process_oom_kills();
    td_notify_init(&s->notify);
    raise_descriptor_limit();
    uv_loop_init(&s->loop);
    s->zmq = zmq_ctx_new();
    if (!s->zmq || td_zloop_init(&s->zloop, &s->loop, before_sleep, s, &err) != TD_OK || init_handles(s, &err) != TD_OK)
        abort(); /* not even a context or a timer can be had: there is nothing to clean up and nobody to tell */
    if (start(s, config, &err) != TD_OK) {
        td_log(TD_LOG_ERROR, "server.start_failed", TD_STR("error", err.text));
        s->exit_code = exit_code_of(&err);
        s->state = TD_SERVER_STOPPING;
        close_handles(s);
    }
    uv_run(&s->loop, UV_RUN_DEFAULT);
    td_sockets_close(s);
    uv_loop_close(&s->loop);
    td_reload_free(s);
    td_deadlines_free(&s->deadlines);
    td_doc_pool_free(&s->pool);
    td_buf_free(&s->scratch);
    td_log(TD_LOG_INFO, "server.stopped", TD_INT("accepted", s->count.documents_accepted),
           TD_INT("answered", s->count.documents_answered), TD_INT("failed", s->count.documents_failed),
           TD_INT("exit", s->exit_code));
    td_log_flush();
    td_notify_close(&s->notify);
    return s->exit_code;
}
