/* reload.c: see reload.h. */
#include "daemon/operator/reload.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/dispatch.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/operator/notify.h"

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

static const struct td_state_info phases[] = {
#define X(name, text, to) [TD_RELOAD_##name] = { text, to },
    TD_RELOAD_PHASES(X)
#undef X
};

static void change_phase(struct td_reload *r, enum td_reload_phase phase)
{
    td_state_check(phases, r->phase, phase);
    td_log(TD_LOG_DEBUG, "reload.phase", TD_STR("from", phases[r->phase].name), TD_STR("to", phases[phase].name));
    r->phase = phase;
}

static void tell_changed(struct td_change *change, const struct td_err *err)
{
    if (change->changed)
        change->changed(change->data, change, err);
}

static void tell_progress(const struct td_change *change, const char *words)
{
    if (change->progress)
        change->progress(change->data, change, words);
}

/* ---- The outcome -------------------------------------------------------------------------------------------------- */

static int64_t unix_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Says it to everybody who should know: the one who asked, the log, the service manager. The next change begins at the end of
 * a turn. */
static void finish(struct td_reload *r, const struct td_err *err)
{
    struct td_change *change = r->first;
    const struct td_generation *serving = td_lineup_serving(r->lineup);
    uint64_t ms = (td_now_ns() - change->begun_ns) / 1000000;
    const char *plugin = change->plugin.name ? change->plugin.name : "";

    r->outcome = (struct td_reload_outcome) {
        .unix_ms = unix_ms(), .op = op_name(change->kind), .generation = serving->number, .took_ms = ms, .err = *err
    };
    if (err->code == TD_OK) {
        r->n_done++;
        r->succeeded_unix_ms = r->outcome.unix_ms;
        td_log(TD_LOG_INFO, "reload.done", TD_STR("op", r->outcome.op), TD_STR("plugin", plugin),
               TD_STR("why", change->why), TD_INT("generation", serving->number), TD_INT("took_ms", ms));
    } else {
        r->n_failed++;
        td_log(TD_LOG_ERROR, "reload.failed", TD_STR("op", r->outcome.op), TD_STR("plugin", plugin),
               TD_STR("why", change->why), TD_INT("generation", serving->number), TD_INT("took_ms", ms),
               TD_STR("error", err->text), TD_STR("action", "none, what ran goes on"));
    }
    td_notify_send("READY=1\nSTATUS=generation %u, %u workers, %u plugins%s", serving->number, serving->n_slots,
                   serving->catalogue.n, err->code == TD_OK ? "" : "; the last reload failed");
    tell_changed(change, err);
    free(r->keyring); /* what was not switched to */
    r->keyring = NULL;
    change_phase(r, TD_RELOAD_IDLE);
    r->first = change->next;
    r->n_changes--;
    if (!r->first)
        r->last = NULL;
    td_change_free(change);
}

/* An operator's mistake keeps its own code; what the configuration, a plugin or the system refuse is RELOAD_FAILED. */
static void fail(struct td_reload *r, const struct td_err *err)
{
    struct td_err told = *err;

    if (err->code == TD_E_CONFIG || err->code == TD_E_SYSTEM || err->code == TD_E_INTERNAL ||
        err->code == TD_E_DENIED || err->code == TD_E_BAD_OPTION)
        told.code = TD_E_RELOAD_FAILED;
    finish(r, &told);
}

/* ---- The configuration -------------------------------------------------------------------------------------------- */

static int has_plugin(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        if (strcmp(config->plugins[i].name, name) == 0)
            return 1;
    return 0;
}

static int edit_config(struct td_config *config, const struct td_change *change, struct td_err *err)
{
    switch (change->kind) {
    case TD_CHANGE_CONFIG:
        return TD_OK;
    case TD_CHANGE_LOAD:
        return td_config_add_plugin(config, &change->plugin, change->pipelines, change->n_pipelines, err);
    case TD_CHANGE_UNLOAD:
        return td_config_remove_plugin(config, change->plugin.name, err);
    case TD_CHANGE_RELOAD: { /* what was left out is tried again */
        int rc = td_config_take_back(config, change->plugin.name, err);
        if (rc != TD_OK)
            return rc;
        break;
    }
    case TD_CHANGE_ROLLBACK:
        break;
    }
    if (!change->plugin.name || has_plugin(config, change->plugin.name))
        return TD_OK;
    return td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%s'; plugin.list names those that there are",
                   change->plugin.name);
}

/* Makes r->config. */
static int make_config(struct td_reload *r, const struct td_change *change, struct td_err *err)
{
    const struct td_config *serving = &td_lineup_serving(r->lineup)->config;
    struct td_config *config = &r->config;
    int rc =
        change->kind == TD_CHANGE_CONFIG ? td_config_load(config, r->flags, err) : td_config_copy(config, serving, err);

    if (rc != TD_OK)
        return rc;
    td_config_need_serving(config, serving);
    rc = edit_config(config, change, err);
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
        if (strcmp(a->endpoints[i].address, b->endpoints[i].address) != 0 ||
            !is_same_text(td_config_endpoint_key_file(a, i), td_config_endpoint_key_file(b, i)))
            return 0;
    return 1;
}

#define MOST_RESTART_NEEDED 10

/* The names of the settings that the configuration has changed since the start and that stay what they were then. */
static uint32_t restart_needed(const struct td_reload *r, const char *names[MOST_RESTART_NEEDED])
{
    const struct td_config *then = &r->started, *now = &td_lineup_serving(r->lineup)->config;
    uint32_t n = 0;

    if (!has_same_endpoints(then, now))
        names[n++] = "endpoints";
    if (!is_same_text(then->set.server_control, now->set.server_control))
        names[n++] = "server.control";
    if (!is_same_text(then->set.server_events, now->set.server_events))
        names[n++] = "server.events";
    if (!is_same_text(then->set.server_state_dir, now->set.server_state_dir))
        names[n++] = "server.state_dir";
    if (!is_same_text(then->set.http_listen, now->set.http_listen))
        names[n++] = "http.listen";
    if (!is_same_text(then->set.http_probes, now->set.http_probes))
        names[n++] = "http.probes";
    if (!then->set.curve_clients && now->set.curve_clients) /* nobody answers for it */
        names[n++] = "curve.clients";
    if (then->set.server_shared_folder != now->set.server_shared_folder)
        names[n++] = "server.shared_folder";
    if (!is_same_text(then->set.server_socket_group, now->set.server_socket_group))
        names[n++] = "server.socket_group";
    if (then->pipes[TD_PIPE_PULL].n == 0 && now->pipes[TD_PIPE_PULL].n > 0) /* there is no way in for it */
        names[n++] = "pull";
    if (now->set.limits_document_bytes > then->set.limits_document_bytes)
        names[n++] = "limits.document_bytes";
    return n;
}

void td_reload_pack_restart_needed(const struct td_reload *r, msgpack_packer *packer)
{
    const char *names[MOST_RESTART_NEEDED];
    uint32_t n = restart_needed(r, names);

    td_pack_str(packer, "restart_needed");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, names[i]);
}

/* ---- The files, in a thread --------------------------------------------------------------------------------------- */

/* While this runs, the loop leaves both configurations and the files of what serves alone; a server that stops waits for it. */
static void take_files(uv_work_t *work)
{
    struct td_reload *r = work->data;
    const struct td_change *change = r->first;
    const struct td_generation *serving = td_lineup_serving(r->lineup);
    const struct td_plugin_files_before before = { &serving->config, &serving->files, r->kept };
    int looks_at_all = change->kind == TD_CHANGE_CONFIG || (change->kind == TD_CHANGE_RELOAD && !change->plugin.name);

    r->err.code = TD_OK;
    if (change->kind == TD_CHANGE_ROLLBACK)
        td_plugin_files_roll_back(&r->files, &r->config, before, change->plugin.name, &r->err);
    else if (change->kind != TD_CHANGE_CONFIG || !r->config.set.curve_clients ||
             td_keyring_read(&r->keyring, r->config.set.curve_clients, &r->err) == TD_OK)
        td_plugin_files_take(&r->files, &r->config, r->model_dir, before, looks_at_all, change->plugin.name, NULL,
                             &r->err);
}

/* What was rolled back from lies on the disk still, and a reload that looks there passes it over: that is said. */
static void tell_held(const struct td_reload *r)
{
    for (uint32_t i = 0; i < r->files.n && r->first->kind != TD_CHANGE_ROLLBACK; i++) {
        const struct td_snapshot *s = r->files.of[i];
        if (s && s->source == TD_SNAPSHOT_ROLLED_BACK)
            td_log(TD_LOG_WARN, "plugin.held", TD_STR("plugin", r->config.plugins[i].name),
                   TD_STR("hash", td_snapshot_hash(s)),
                   TD_STR("action", "keep the copy that it was rolled back to; plugin.reload NAME takes the file"));
    }
}

static void on_files(uv_work_t *work, int status)
{
    struct td_reload *r = work->data;
    struct td_err err;

    (void)status; /* it is never cancelled */
    assert(r->phase == TD_RELOAD_FILES && !r->lineup->next);
    if (r->is_stopped) { /* who asked was told so; nobody else has the change any more */
        td_config_free(&r->config);
        if (r->err.code == TD_OK)
            td_plugin_files_release(&r->files);
        td_change_free(r->first);
        r->first = r->last = NULL;
        change_phase(r, TD_RELOAD_IDLE);
        return; /* what was read of keys goes with the rest: td_reload_free */
    }
    if (r->err.code != TD_OK) {
        td_config_free(&r->config);
        fail(r, &r->err);
        return;
    }
    tell_held(r);
    tell_progress(r->first, "starting workers");
    change_phase(r, TD_RELOAD_STARTING);
    if (td_generation_start(&r->lineup->next, ++r->last_number, r->loop, &r->config, &r->files, r->generation_events,
                            r->data, &err) != TD_OK)
        fail(r, &err);
}

/* ---- The generations ---------------------------------------------------------------------------------------------- */

static void on_drain_over(uv_timer_t *timer)
{
    struct td_reload *r = timer->data;

    if (!r->lineup->old)
        return;
    td_log(TD_LOG_WARN, "generation.drain_over", TD_INT("generation", r->lineup->old->number),
           TD_INT("workers", r->lineup->old->n_alive), TD_STR("action", "kill, and run its documents again"));
    td_generation_leave(r->lineup->old, 1);
}

/* The old generation finishes what it holds and goes. */
static void start_drain(struct td_reload *r)
{
    uv_timer_start(&r->drain_timer, on_drain_over, (uint64_t)r->docs->set.reload_drain_grace / 1000000, 0);
    td_generation_leave(r->lineup->old, 0);
}

/* The switch: from here on the next generation serves. */
static void switch_over(struct td_reload *r)
{
    struct td_lineup *lineup = r->lineup;
    const char *names[MOST_RESTART_NEEDED];

    assert(!lineup->old && lineup->next->state == TD_GENERATION_SERVING);
    lineup->old = lineup->serving;
    lineup->serving = lineup->next;
    lineup->next = NULL;
    td_plugin_files_succeed(&lineup->serving->files, &lineup->serving->config,
                            (struct td_plugin_files_before) { &lineup->old->config, &lineup->old->files, NULL });
    r->events->adopt(r->data, &lineup->serving->config);
    if (r->first->kind == TD_CHANGE_CONFIG) {
        const struct td_settings *set = &lineup->serving->config.set;
        td_log_configure((enum td_log_level)set->log_level, (enum td_log_format)set->log_format);
        td_lifeline_say(TD_PARENT_LOG, (int)set->log_format);
        td_lifeline_allow_trace(set->security_sandbox == TD_SANDBOX_OFF);
        td_config_memory_tell(&lineup->serving->config);
    }
    td_dispatch_move(r->docs);
    td_log(TD_LOG_INFO, "generation.switched", TD_INT("generation", lineup->serving->number),
           TD_INT("before", lineup->old->number), TD_INT("workers", lineup->serving->n_slots),
           TD_INT("plugins", lineup->serving->catalogue.n));
    for (uint32_t i = restart_needed(r, names); i > 0; i--)
        td_log(TD_LOG_WARN, "reload.restart_needed", TD_STR("setting", names[i - 1]),
               TD_STR("action", "keep the value of the start"));
    start_drain(r);
    r->events->switched(r->data);
}

/* It finishes what it was given, beside the one that goes on serving. */
static void roll_back(struct td_reload *r)
{
    assert(!r->lineup->old);
    r->lineup->old = r->lineup->next;
    r->lineup->next = NULL;
    start_drain(r);
}

/* The next generation's workers are loading: are they ready, or will they never be? */
static void look_at_start(struct td_reload *r)
{
    struct td_generation *next = r->lineup->next;
    const struct td_err good = { .code = TD_OK };

    if (next->failure.code != TD_OK) { /* it stays in the line-up until its workers are gone */
        fail(r, &next->failure);
        return;
    }
    if (next->state != TD_GENERATION_SERVING)
        return;
    td_generation_inherit(next, td_lineup_serving(r->lineup));
    if (next->config.set.canary_percent > 0 && r->first->kind != TD_CHANGE_ROLLBACK) { /* it has served before */
        change_phase(r, TD_RELOAD_CANARY);
        tell_progress(r->first, "trying it with some documents");
        td_canary_begin(&r->canary, next, td_lineup_serving(r->lineup));
        return;
    }
    switch_over(r);
    finish(r, &good);
}

static void look_at_canary(struct td_reload *r)
{
    struct td_err verdict;

    if (!td_canary_turn(&r->canary, &verdict))
        return;
    if (verdict.code == TD_OK)
        switch_over(r);
    else
        roll_back(r);
    finish(r, &verdict);
}

/* ---- One after the other ------------------------------------------------------------------------------------------ */

/* Begins the first change that waits. One that can't even be begun has failed, and the next one is looked at. */
static void begin(struct td_reload *r)
{
    struct td_change *change = r->first;
    struct td_err err;

    change->begun_ns = td_now_ns();
    td_notify_send("RELOADING=1\nMONOTONIC_USEC=%llu", (unsigned long long)(change->begun_ns / 1000));
    if (make_config(r, change, &err) != TD_OK) {
        fail(r, &err);
        return;
    }
    tell_progress(change, "reading files");
    change_phase(r, TD_RELOAD_FILES);
    r->work.data = r;
    if (uv_queue_work(r->loop, &r->work, take_files, on_files) == 0)
        return;
    td_config_free(&r->config);
    td_fail(&err, TD_E_SYSTEM, "no thread to read the plugins' files");
    fail(r, &err);
}

void td_reload_turn(struct td_reload *r)
{
    struct td_lineup *lineup = r->lineup;

    if (r->phase == TD_RELOAD_STARTING && lineup->next && !r->is_stopped)
        look_at_start(r);
    else if (r->phase == TD_RELOAD_CANARY)
        look_at_canary(r);
    td_lineup_sweep(lineup);
    if (!lineup->old)
        uv_timer_stop(&r->drain_timer);
    while (r->first && r->phase == TD_RELOAD_IDLE && !lineup->next && !lineup->old && !r->is_stopped)
        begin(r);
}

int td_reload_init(struct td_reload *r, const struct td_config *config, struct td_err *err)
{
    r->closed = "starting";
    r->last_number = 1;
    r->drain_timer.data = r;
    if (uv_timer_init(r->loop, &r->drain_timer) != 0 || td_canary_init(&r->canary, r->loop, &r->docs->trial) != 0)
        return td_fail(err, TD_E_SYSTEM, "no timers for reloads");
    return td_config_copy(&r->started, config, err);
}

int td_reload_ask(struct td_reload *r, struct td_change *change, struct td_err *err)
{
    if (r->closed)
        return td_fail(err, TD_E_SHUTTING_DOWN, "the server is %s; nothing is changed any more", r->closed);
    if (r->n_changes == TD_MOST_CHANGES)
        return td_fail(err, TD_E_OVERLOADED, "%d changes are waiting for their turn", TD_MOST_CHANGES);
    change->next = NULL;
    if (r->last)
        r->last->next = change;
    else
        r->first = change;
    r->last = change;
    r->n_changes++;
    return TD_OK; /* it begins at the end of this turn, if nothing is before it */
}

void td_reload_config(struct td_reload *r, const char *why)
{
    struct td_change *waiting = r->phase == TD_RELOAD_IDLE || !r->first ? r->first : r->first->next, *change;
    struct td_err err;

    for (; waiting; waiting = waiting->next)
        if (waiting->kind == TD_CHANGE_CONFIG)
            return;
    change = calloc(1, sizeof *change);
    if (!change)
        return;
    *change = (struct td_change) { .kind = TD_CHANGE_CONFIG, .why = why };
    if (td_reload_ask(r, change, &err) == TD_OK)
        return; /* NOLINT(clang-analyzer-unix.Malloc): it has taken the change over */
    td_log(TD_LOG_WARN, "reload.refused", TD_STR("why", why), TD_STR("error", err.text));
    td_change_free(change);
}

void td_reload_stop(struct td_reload *r)
{
    struct td_change *change, *rest;
    struct td_err err;

    r->is_stopped = 1;
    r->closed = "stopping";
    td_canary_stop(&r->canary);
    td_fail(&err, TD_E_SHUTTING_DOWN, "the server stopped before the change was made");
    for (change = r->first; change; change = change->next)
        tell_changed(change, &err);
    rest = r->first;
    if (r->phase == TD_RELOAD_FILES) { /* the thread reads the first one, which on_files frees */
        assert(r->first);
        rest = r->first->next;
        r->first->next = NULL;
    } else {
        r->first = NULL;
        if (r->phase != TD_RELOAD_IDLE)
            change_phase(r, TD_RELOAD_IDLE);
    }
    while ((change = rest)) {
        rest = change->next;
        td_change_free(change);
    }
    r->last = r->first;
    r->n_changes = r->first != NULL;
}

int td_reload_is_busy(const struct td_reload *r)
{
    return r->phase == TD_RELOAD_FILES;
}

void td_reload_close(struct td_reload *r)
{
    assert(r->phase == TD_RELOAD_IDLE && !r->first);
    uv_close((uv_handle_t *)&r->drain_timer, NULL);
    td_canary_close(&r->canary);
}

void td_reload_free(struct td_reload *r)
{
    free(r->keyring);
    td_config_free(&r->started);
}
