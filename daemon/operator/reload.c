/* reload.c: see reload.h. */
#include "daemon/operator/reload.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/dispatch.h"
#include "daemon/server.h"

static const char *op_name(enum td_change_kind kind)
{
    static const char *const names[] = {
#define X(kind, name) [TD_CHANGE_##kind] = name,
        TD_CHANGE_KINDS(X)
#undef X
    };
    return names[kind];
}

void td_change_free(struct td_change *change)
{
    td_config_plugin_free(&change->plugin);
    for (uint32_t i = 0; i < change->n_pipelines; i++)
        free(change->pipelines[i]);
    free(change->pipelines);
    free(change);
}

static void tell_changed(struct td_server *server, struct td_change *change, const struct td_err *err)
{
    if (change->changed)
        change->changed(server, change, err);
}

static void tell_progress(struct td_server *server, const struct td_change *change, const char *words)
{
    if (change->progress)
        change->progress(server, change, words);
}

/* ---- The outcome -------------------------------------------------------------------------------------------------- */

static int64_t unix_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void begin(struct td_server *server);

/* Says it to everybody who should know: the one who asked, the log, the service manager; and goes on to the next. */
static void finish(struct td_server *server, const struct td_err *err)
{
    struct td_reload *r = &server->reload;
    struct td_change *change = r->first;
    uint64_t ms = (td_now_ns() - change->begun_ns) / 1000000;
    const char *plugin = change->plugin.name ? change->plugin.name : "";

    r->outcome = (struct td_reload_outcome) { .unix_ms = unix_ms(),
                                              .op = op_name(change->kind),
                                              .generation = server->generation->number,
                                              .took_ms = ms,
                                              .err = *err };
    if (err->code == TD_OK) {
        r->n_done++;
        td_log(TD_LOG_INFO, "reload.done", TD_STR("op", r->outcome.op), TD_STR("plugin", plugin),
               TD_STR("why", change->why), TD_INT("generation", server->generation->number), TD_INT("took_ms", ms));
    } else {
        r->n_failed++;
        td_log(TD_LOG_ERROR, "reload.failed", TD_STR("op", r->outcome.op), TD_STR("plugin", plugin),
               TD_STR("why", change->why), TD_INT("generation", server->generation->number), TD_INT("took_ms", ms),
               TD_STR("error", err->text), TD_STR("action", "none, what ran goes on"));
    }
    td_notify_send(&server->notify, "READY=1\nSTATUS=generation %u, %u workers, %u plugins%s",
                   server->generation->number, server->generation->n_slots, server->generation->catalogue.n,
                   err->code == TD_OK ? "" : "; the last reload failed");
    tell_changed(server, change, err);
    r->phase = TD_RELOAD_IDLE;
    r->first = change->next;
    r->n_changes--;
    if (!r->first)
        r->last = NULL;
    td_change_free(change);
    begin(server);
}

/* An operator's mistake keeps its own code; what the configuration, a plugin or the system refuse is RELOAD_FAILED. */
static void fail(struct td_server *server, const struct td_err *err)
{
    struct td_err told = *err;

    if (err->code == TD_E_CONFIG || err->code == TD_E_SYSTEM || err->code == TD_E_INTERNAL ||
        err->code == TD_E_DENIED || err->code == TD_E_BAD_OPTION)
        told.code = TD_E_RELOAD_FAILED;
    finish(server, &told);
}

/* ---- The configuration -------------------------------------------------------------------------------------------- */

static int has_plugin(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        if (strcmp(config->plugins[i].name, name) == 0)
            return 1;
    return 0;
}

/* Makes r->config. */
static int make_config(struct td_server *server, const struct td_change *change, struct td_err *err)
{
    struct td_config *config = &server->reload.config;

    if (change->kind == TD_CHANGE_CONFIG)
        return td_config_load(config, server->flags, err);
    int rc = td_config_copy(config, &server->generation->config, err);
    if (rc != TD_OK)
        return rc;
    if (change->kind == TD_CHANGE_LOAD)
        rc = td_config_add_plugin(config, &change->plugin, change->pipelines, change->n_pipelines, err);
    else if (change->kind == TD_CHANGE_UNLOAD)
        rc = td_config_remove_plugin(config, change->plugin.name, err);
    else if (change->plugin.name && !has_plugin(config, change->plugin.name))
        rc = td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%s'; plugin.list names those that there are",
                     change->plugin.name);
    if (rc != TD_OK)
        td_config_free(config);
    return rc;
}

static int is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int has_same_endpoints(const struct td_config *a, const struct td_config *b)
{
    if (a->n_endpoints != b->n_endpoints)
        return 0;
    for (uint32_t i = 0; i < a->n_endpoints; i++)
        if (strcmp(a->endpoints[i], b->endpoints[i]) != 0)
            return 0;
    return 1;
}

/* The names of the settings that the configuration has changed since the start and that stay what they were then. */
static uint32_t restart_needed(const struct td_server *server, const char *names[4])
{
    const struct td_config *then = &server->reload.started, *now = &server->generation->config;
    uint32_t n = 0;

    if (!has_same_endpoints(then, now))
        names[n++] = "endpoints";
    if (!is_same_text(then->set.server_control, now->set.server_control))
        names[n++] = "server.control";
    if (!is_same_text(then->set.server_events, now->set.server_events))
        names[n++] = "server.events";
    if (now->set.limits_document_bytes > then->set.limits_document_bytes)
        names[n++] = "limits.document_bytes";
    return n;
}

void td_reload_pack_restart_needed(const struct td_server *server, msgpack_packer *packer)
{
    const char *names[4];
    uint32_t n = restart_needed(server, names);

    td_pack_str(packer, "restart_needed");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, names[i]);
}

/* ---- The files, in a thread --------------------------------------------------------------------------------------- */

/* While this runs, nothing but a stop of the server touches either configuration, and that waits for us. */
static void take_files(uv_work_t *work)
{
    struct td_server *server = work->data;
    struct td_reload *r = &server->reload;
    const struct td_change *change = r->first;
    const struct td_plugin_files_before before = { &server->generation->config, &server->generation->files };
    int looks_at_all = change->kind == TD_CHANGE_CONFIG || (change->kind == TD_CHANGE_RELOAD && !change->plugin.name);

    r->err.code = TD_OK;
    td_plugin_files_take(&r->files, &r->config, server->model_dir, before, looks_at_all, change->plugin.name, &r->err);
}

/* ---- The generations ---------------------------------------------------------------------------------------------- */

static void start_next(struct td_server *server)
{
    struct td_reload *r = &server->reload;
    struct td_err err;

    tell_progress(server, r->first, "starting workers");
    r->phase = TD_RELOAD_STARTING;
    if (td_generation_start(&server->next, ++r->last_number, &server->loop, &r->config, &r->files,
                            &td_server_generation_events, server, &err) != TD_OK)
        fail(server, &err);
}

static void on_files(uv_work_t *work, int status)
{
    struct td_server *server = work->data;
    struct td_reload *r = &server->reload;

    (void)status; /* it is never cancelled */
    if (server->state == TD_SERVER_STOPPING || r->err.code != TD_OK)
        td_config_free(&r->config);
    if (server->state == TD_SERVER_STOPPING) {
        td_plugin_files_release(&r->files);
        td_change_free(r->first);
        r->first = r->last = NULL;
        r->phase = TD_RELOAD_IDLE;
        td_server_generation_gone(server);
    } else if (r->err.code != TD_OK) {
        fail(server, &r->err);
    } else {
        start_next(server);
    }
}

static void on_drain_over(uv_timer_t *timer)
{
    struct td_server *server = timer->data;

    if (!server->old)
        return;
    td_log(TD_LOG_WARN, "generation.drain_over", TD_INT("generation", server->old->number),
           TD_INT("workers", server->old->n_alive), TD_STR("action", "kill, and run its documents again"));
    td_generation_leave(server->old, 1);
}

/* The old generation finishes what it holds and goes. */
static void start_drain(struct td_server *server)
{
    uv_timer_start(&server->reload.drain_timer, on_drain_over, (uint64_t)server->set.reload_drain_grace / 1000000, 0);
    td_generation_leave(server->old, 0);
}

/* The switch: from here on the next generation serves. */
static void switch_over(struct td_server *server)
{
    struct td_generation *old = server->generation;

    server->old = old;
    server->generation = server->next;
    server->next = NULL;
    td_server_adopt(server, &server->generation->config);
    if (server->reload.first->kind == TD_CHANGE_CONFIG)
        td_log_configure((enum td_log_level)server->set.log_level, (enum td_log_format)server->set.log_format);
    td_dispatch_move(server, old);
    td_log(TD_LOG_INFO, "generation.switched", TD_INT("generation", server->generation->number),
           TD_INT("before", old->number), TD_INT("workers", server->generation->n_slots),
           TD_INT("plugins", server->generation->catalogue.n));
    const char *names[4];
    for (uint32_t i = restart_needed(server, names); i > 0; i--)
        td_log(TD_LOG_WARN, "reload.restart_needed", TD_STR("setting", names[i - 1]),
               TD_STR("action", "keep the value of the start"));
    start_drain(server);
}

static void on_tried(struct td_server *server, const struct td_err *verdict)
{
    if (verdict->code == TD_OK) {
        switch_over(server);
        td_watch_update(server);
    } else {
        /* It finishes what it holds, beside the one that goes on serving. */
        server->old = server->next;
        server->next = NULL;
        start_drain(server);
    }
    finish(server, verdict);
}

void td_reload_ready(struct td_server *server, struct td_generation *generation)
{
    const struct td_err good = { .code = TD_OK };

    assert(generation == server->next && server->reload.phase == TD_RELOAD_STARTING);
    td_generation_inherit(generation, server->generation);
    if (!td_canary_is_wanted(server)) {
        on_tried(server, &good);
        return;
    }
    server->reload.phase = TD_RELOAD_CANARY;
    tell_progress(server, server->reload.first, "trying it with some documents");
    td_canary_begin(server, on_tried);
}

void td_reload_refused(struct td_server *server, const struct td_err *err)
{
    fail(server, err);
}

/* ---- One after the other ------------------------------------------------------------------------------------------ */

/* Begins the first change that waits, when nothing is in its way. */
static void begin(struct td_server *server)
{
    struct td_reload *r = &server->reload;
    struct td_change *change = r->first;
    struct td_err err;

    if (!change || r->phase != TD_RELOAD_IDLE || server->next || server->old || server->state == TD_SERVER_STARTING ||
        server->state == TD_SERVER_STOPPING)
        return;
    change->begun_ns = td_now_ns();
    td_notify_send(&server->notify, "RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(change->begun_ns / 1000));
    if (make_config(server, change, &err) != TD_OK) {
        fail(server, &err);
        return;
    }
    tell_progress(server, change, "reading files");
    r->phase = TD_RELOAD_FILES;
    r->work.data = server;
    if (uv_queue_work(&server->loop, &r->work, take_files, on_files) == 0)
        return;
    td_config_free(&r->config);
    td_fail(&err, TD_E_SYSTEM, "no thread to read the plugins' files");
    fail(server, &err);
}

int td_reload_init(struct td_server *server, const struct td_config *config, struct td_err *err)
{
    struct td_reload *r = &server->reload;

    td_canary_init(server);
    td_watch_init(server);
    r->last_number = 1;
    r->drain_timer.data = server;
    uv_timer_init(&server->loop, &r->drain_timer);
    setenv("UV_THREADPOOL_SIZE", "1", 0); /* one thread reads files for one change at a time */
    return td_config_copy(&r->started, config, err);
}

int td_reload_ask(struct td_server *server, struct td_change *change, struct td_err *err)
{
    struct td_reload *r = &server->reload;

    if (server->state != TD_SERVER_SERVING)
        return td_fail(err, TD_E_SHUTTING_DOWN, "the server is %s; nothing is changed any more",
                       td_server_state_name(server->state));
    if (r->n_changes == TD_MOST_CHANGES)
        return td_fail(err, TD_E_OVERLOADED, "%d changes are waiting for their turn", TD_MOST_CHANGES);
    change->next = NULL;
    if (r->last)
        r->last->next = change;
    else
        r->first = change;
    r->last = change;
    r->n_changes++;
    begin(server);
    return TD_OK;
}

void td_reload_config(struct td_server *server, const char *why)
{
    struct td_reload *r = &server->reload;
    struct td_change *waiting = r->phase == TD_RELOAD_IDLE || !r->first ? r->first : r->first->next, *change;
    struct td_err err;

    for (; waiting; waiting = waiting->next)
        if (waiting->kind == TD_CHANGE_CONFIG)
            return;
    change = calloc(1, sizeof *change);
    if (!change)
        return;
    *change = (struct td_change) { .kind = TD_CHANGE_CONFIG, .why = why };
    if (td_reload_ask(server, change, &err) == TD_OK)
        return; /* NOLINT(clang-analyzer-unix.Malloc): it has taken the change over */
    td_log(TD_LOG_WARN, "reload.refused", TD_STR("why", why), TD_STR("error", err.text));
    td_change_free(change);
}

void td_reload_left(struct td_server *server)
{
    if (!server->old)
        uv_timer_stop(&server->reload.drain_timer);
    begin(server);
}

void td_reload_stop(struct td_server *server)
{
    struct td_reload *r = &server->reload;
    struct td_change *change, *rest;
    struct td_err err;

    td_canary_stop(server);
    td_fail(&err, TD_E_SHUTTING_DOWN, "the server stopped before the change was made");
    for (change = r->first; change; change = change->next)
        tell_changed(server, change, &err);
    rest = r->first;
    if (r->phase == TD_RELOAD_FILES && r->first) { /* the thread reads the first one, which on_files frees */
        rest = r->first->next;
        r->first->next = NULL;
    } else {
        r->first = NULL;
    }
    while ((change = rest)) {
        rest = change->next;
        td_change_free(change);
    }
    r->last = r->first;
}

void td_reload_free(struct td_server *server)
{
    td_config_free(&server->reload.started);
}
