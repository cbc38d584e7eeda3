/* control.c: see control.h. An op is a line of the table. Each answers when the act is done, or says why it can't be. */
#include "daemon/operator/control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <textd/version.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/utf8.h"
#include "daemon/documents/reply.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/operator/status.h"

/* What an op returns beside the codes of td_err: it has taken the document over and answers later. */
#define LATER (-2)

/* ---- A request's keys --------------------------------------------------------------------------------------------- */

/* The value of `key`; NIL when it isn't there. *at is left at the value. A str that was sent as bin is one. */
static struct td_mp_value find_value(const struct td_doc *doc, const char *key, struct td_mp *at)
{
    zmq_msg_t *body = (zmq_msg_t *)(uintptr_t)&doc->request.body; /* libzmq's getters take no const */
    const uint8_t *bytes = zmq_msg_data(body);
    struct td_mp map = { bytes, bytes + zmq_msg_size(body) };
    struct td_mp_value value = { .type = TD_MP_NIL };
    struct td_mp read;

    if (td_mp_find(map, key, at) != 0)
        return value;
    read = *at;
    td_mp_read(&read, &value);
    td_mp_as_text(&value);
    return value;
}

/* A copy of a string that must be there if `is_needed`; NULL when it isn't there, or with *err. */
static char *take_string(const struct td_doc *doc, const char *key, int is_needed, struct td_err *err)
{
    struct td_mp at;
    struct td_mp_value v = find_value(doc, key, &at);
    char *copy = NULL;

    if (v.type == TD_MP_STR && v.length > 0 && !memchr(v.bytes, 0, v.length)) {
        copy = strndup(v.bytes, v.length);
        if (!copy)
            td_fail(err, TD_E_INTERNAL, "no memory for '%s'", key);
    } else if (v.type != TD_MP_NIL || is_needed) {
        td_fail(err, TD_E_BAD_REQUEST, "'%s' is %s; it must be a string", key,
                v.type == TD_MP_NIL ? "missing" : "wrong");
    }
    return copy;
}

/* An option's value as it would stand in the configuration. */
static char *option_text(const struct td_mp_value *v)
{
    struct td_mp_value string = *v;
    char *text = NULL;
    int n = -1;

    if (td_mp_as_text(&string))
        return strndup(v->bytes, v->length);
    if (v->type == TD_MP_BOOL)
        return strdup(v->integer ? "true" : "false");
    if (v->type == TD_MP_INT)
        n = asprintf(&text, "%" PRId64, v->integer);
    else if (v->type == TD_MP_FLOAT)
        n = asprintf(&text, "%.17g", v->number);
    return n < 0 ? NULL : text;
}

static int take_options(const struct td_doc *doc, struct td_config_plugin *plugin, struct td_err *err)
{
    struct td_mp at;
    struct td_mp_value map = find_value(doc, "options", &at), name, value;

    if (map.type == TD_MP_NIL)
        return TD_OK;
    if (!td_mp_as_map(&map))
        return td_fail(err, TD_E_BAD_REQUEST, "'options' must be a map of names to values");
    plugin->options = calloc((size_t)map.length + 1, sizeof *plugin->options);
    td_mp_read(&at, &map);
    for (uint32_t i = 0; i < map.length && plugin->options; i++) {
        td_mp_read(&at, &name);
        td_mp_read(&at, &value);
        if (value.type == TD_MP_NIL)
            continue;
        struct td_config_option *option = &plugin->options[plugin->n_options++];
        *option = (struct td_config_option) { .name = strndup(name.bytes, name.length),
                                              .value = option_text(&value),
                                              .where = strdup("plugin.load") };
        if (!option->name || !option->value || !option->where)
            return td_fail(err, TD_E_BAD_REQUEST, "option '%.*s' must be a string, a number or a bool",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
    }
    return plugin->options ? TD_OK : td_fail(err, TD_E_INTERNAL, "no memory");
}

static int take_pipelines(const struct td_doc *doc, struct td_change *change, struct td_err *err)
{
    struct td_mp at;
    struct td_mp_value list = find_value(doc, "pipelines", &at), name;

    if (list.type == TD_MP_NIL)
        return TD_OK;
    if (list.type != TD_MP_ARRAY)
        return td_fail(err, TD_E_BAD_REQUEST, "'pipelines' must be an array of names");
    change->pipelines = calloc((size_t)list.length + 1, sizeof *change->pipelines); /* also of none: then it is alone */
    td_mp_read(&at, &list);
    for (uint32_t i = 0; i < list.length && change->pipelines; i++) {
        if (td_mp_read(&at, &name) != 0 || !td_mp_as_text(&name))
            return td_fail(err, TD_E_BAD_REQUEST, "'pipelines' must be an array of names");
        char *copy = strndup(name.bytes, name.length);
        if (!copy)
            return td_fail(err, TD_E_INTERNAL, "no memory");
        change->pipelines[change->n_pipelines++] = copy;
    }
    return change->pipelines ? TD_OK : td_fail(err, TD_E_INTERNAL, "no memory");
}

static int take_timeout(const struct td_doc *doc, struct td_config_plugin *plugin, struct td_err *err)
{
    struct td_mp at;
    struct td_mp_value v = find_value(doc, "timeout_ms", &at);

    if (v.type == TD_MP_NIL)
        return TD_OK;
    if (!td_mp_as_integer(&v) || v.integer < 1 || v.integer > 3600000)
        return td_fail(err, TD_E_BAD_REQUEST, "'timeout_ms' must be an integer from 1 to 3600000");
    plugin->timeout_ns = v.integer * TD_MS;
    return TD_OK;
}

/* ---- Looking ------------------------------------------------------------------------------------------------------ */

static int op_ping(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)err;
    return td_reply_ping(c->docs, &doc->request, message);
}

static int op_status(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 22);

    (void)err;
    td_pack_pair(&packer, "version", TEXTD_VERSION);
    td_pack_pair(&packer, "state", c->server->state(c->data));
    td_pack_count(&packer, "pid", td_lifeline_hello()->pid);
    td_pack_count(&packer, "supervisor_pid", getpid());
    td_pack_count(&packer, "restarts", td_lifeline_hello()->restarts);
    td_pack_count(&packer, "uptime_ms", (int64_t)((td_now_ns() - c->started_ns) / 1000000));
    td_pack_count(&packer, "generation", td_lineup_serving(c->lineup)->number);
    td_pack_count(&packer, "documents", c->docs->count);
    td_pack_count(&packer, "waiting", td_queues_waiting(&c->docs->queues));
    td_pack_count(&packer, "held_bytes", (int64_t)c->docs->held_bytes);
    td_status_descriptors(&packer);
    td_status_listening(&packer, c->docs->intake, c->http, c->probes);
    td_status_curve(&packer, c->docs->out);
    td_status_generations(&packer, c->lineup, &c->reload->canary);
    td_status_counters(&packer, c->docs, c->reload);
    td_status_pools(&packer, c->docs);
    td_status_workers(&packer, c->lineup);
    td_status_plugins(&packer, c->lineup, c->reload->model_dir);
    td_status_sandbox(&packer, c->lineup);
    td_status_latency(&packer, &c->docs->measures);
    td_status_pipes(&packer, c->pipe);
    td_status_last_reload(&packer, c->reload);
    return td_reply_end(c->docs, &doc->request, message);
}

int td_control_status(struct td_control *c, zmq_msg_t *message)
{
    struct td_doc doc = { 0 };

    return op_status(c, &doc, message, NULL);
}

static int op_worker_list(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 1);

    (void)err;
    td_status_workers(&packer, c->lineup);
    return td_reply_end(c->docs, &doc->request, message);
}

static int op_plugin_list(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 1);

    (void)err;
    td_status_plugins(&packer, c->lineup, c->reload->model_dir);
    return td_reply_end(c->docs, &doc->request, message);
}

/* ---- Changing ----------------------------------------------------------------------------------------------------- */

/* {op: "log.level", level: "debug"} */
static int op_log_level(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    struct td_mp at;
    struct td_mp_value v = find_value(doc, "level", &at);
    enum td_log_level level;
    char name[16] = "";

    if (v.type == TD_MP_STR && v.length < sizeof name)
        memcpy(name, v.bytes, v.length);
    if (td_log_level_find(name, &level) != 0)
        return td_fail(err, TD_E_BAD_REQUEST, "'level' must be error, warn, info or debug");
    td_log_configure(level, (enum td_log_format)c->docs->set.log_format);
    td_pipe_follow_log(c->pipe);
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 1);
    td_pack_pair(&packer, "level", name);
    return td_reply_end(c->docs, &doc->request, message);
}

/* Keeps the request until it can be answered. Its connection must not be forgotten meanwhile. */
static void keep(struct td_doc *doc)
{
    doc->client->n_documents++;
}

/* Answers a request that was kept, and ends it. `rc`: of making the message. */
static void answer(struct td_control *c, struct td_doc *doc, int rc, zmq_msg_t *message)
{
    struct td_connection *client = doc->client;

    client->n_documents--;
    if (rc == 0)
        td_frontend_send(&c->frontend, client, &doc->request.envelope, message);
    td_doc_give_back(&c->docs->pool, doc);
    td_connections_tidy(&c->frontend.connections, client);
}

static int fill_change(struct td_change *change, const struct td_doc *doc, struct td_err *err)
{
    struct td_mp at;
    int is_load = change->kind == TD_CHANGE_LOAD, is_needed = change->kind != TD_CHANGE_RELOAD;
    struct td_mp_value progress = find_value(doc, "progress", &at);

    err->code = TD_OK;
    change->wants_progress = progress.type == TD_MP_BOOL && progress.integer;
    if (change->kind == TD_CHANGE_CONFIG)
        return TD_OK;
    change->plugin.name = take_string(doc, "plugin", is_needed, err);
    if (err->code != TD_OK || !is_load)
        return (int)err->code;
    change->plugin.file = take_string(doc, "file", 0, err);
    if (!change->plugin.file && err->code == TD_OK)
        change->plugin.file = strdup(change->plugin.name);
    if (!change->plugin.file && err->code == TD_OK)
        td_fail(err, TD_E_INTERNAL, "no memory for 'file'");
    int rc = (int)err->code;
    if (rc == TD_OK)
        rc = take_options(doc, &change->plugin, err);
    if (rc == TD_OK)
        rc = take_pipelines(doc, change, err);
    return rc == TD_OK ? take_timeout(doc, &change->plugin, err) : rc;
}

/* A change is made, or has failed. */
static void on_changed(void *data, struct td_change *change, const struct td_err *err)
{
    struct td_control *c = data;
    struct td_doc *doc = change->request;
    int is_config = change->kind == TD_CHANGE_CONFIG;
    zmq_msg_t message;

    if (!doc)
        return;
    change->request = NULL;
    if (err->code != TD_OK) {
        answer(c, doc, td_reply_error(c->docs, &doc->request, err, NULL, &message), &message);
        return;
    }
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, is_config ? 3 : 2);
    td_pack_count(&packer, "generation", td_lineup_serving(c->lineup)->number);
    td_pack_count(&packer, "took_ms", (int64_t)((td_now_ns() - change->begun_ns) / 1000000));
    if (is_config)
        td_reload_pack_restart_needed(c->reload, &packer);
    answer(c, doc, td_reply_end(c->docs, &doc->request, &message), &message);
}

static void on_progress(void *data, const struct td_change *change, const char *words)
{
    struct td_control *c = data;
    struct td_doc *doc = change->request;
    struct td_envelope envelope;
    zmq_msg_t message;

    if (!doc || !change->wants_progress || td_envelope_copy(&envelope, &doc->request.envelope) != 0)
        return;
    if (td_reply_progress(c->docs, &doc->request, words, &message) == 0)
        td_frontend_send(&c->frontend, doc->client, &envelope, &message);
    else
        free(envelope.hops);
}

static int ask_change(struct td_control *c, struct td_doc *doc, enum td_change_kind kind, struct td_err *err)
{
    struct td_change *change = calloc(1, sizeof *change);

    if (!change)
        return td_fail(err, TD_E_INTERNAL, "no memory");
    *change = (struct td_change) {
        .kind = kind, .why = "control socket", .request = doc, .changed = on_changed, .progress = on_progress, .data = c
    };
    int rc = fill_change(change, doc, err);
    if (rc == TD_OK) {
        keep(doc);
        rc = td_reload_ask(c->reload, change, err);
        if (rc == TD_OK)
            return LATER;
        doc->client->n_documents--;
    }
    td_change_free(change);
    return rc;
}

static int op_config_reload(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)message;
    return ask_change(c, doc, TD_CHANGE_CONFIG, err);
}

static int op_plugin_load(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)message;
    return ask_change(c, doc, TD_CHANGE_LOAD, err);
}

static int op_plugin_unload(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)message;
    return ask_change(c, doc, TD_CHANGE_UNLOAD, err);
}

static int op_plugin_reload(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)message;
    return ask_change(c, doc, TD_CHANGE_RELOAD, err);
}

static int op_plugin_rollback(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)message;
    return ask_change(c, doc, TD_CHANGE_ROLLBACK, err);
}

/* There is nothing left to change in a server that stops. */
static int refuse_when_stopping(const struct td_control *c, struct td_err *err)
{
    return c->server->is_stopping(c->data)
               ? td_fail(err, TD_E_SHUTTING_DOWN, "the server is stopping; nothing is changed any more")
               : TD_OK;
}

/* The plugin that the request names, in the generation that serves. */
static int find_plugin(const struct td_generation *g, const struct td_doc *doc, uint32_t *index, struct td_err *err)
{
    err->code = TD_OK;
    char *name = take_string(doc, "plugin", 1, err);

    if (!name)
        return (int)err->code;
    const struct td_config_left_out *out = td_config_left_out_find(&g->config, name);
    int rc = TD_OK;
    *index = td_catalogue_find(&g->catalogue, name, strlen(name));
    if (*index == TD_NO_PLUGIN && out)
        rc = td_fail(err, TD_E_UNKNOWN_PLUGIN,
                     "plugin %s isn't loaded, since it failed (plugin.reload tries it again): %s", out->plugin.name,
                     out->reason);
    else if (*index == TD_NO_PLUGIN)
        rc = td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%.*s'; plugin.list names those that there are",
                     td_utf8_quoted(name, (uint32_t)strlen(name)), name);
    free(name);
    return rc;
}

static int set_enabled(struct td_control *c, struct td_doc *doc, int is_enabled, zmq_msg_t *message, struct td_err *err)
{
    struct td_generation *g = td_lineup_serving(c->lineup);
    uint32_t index = 0;
    int rc = refuse_when_stopping(c, err);

    if (rc == TD_OK)
        rc = find_plugin(g, doc, &index, err);
    if (rc != TD_OK)
        return rc;
    if (is_enabled)
        td_generation_enable(g, index);
    else
        td_generation_disable(g, index);
    td_log(TD_LOG_INFO, is_enabled ? "plugin.enabled" : "plugin.disabled",
           TD_STR("plugin", td_generation_plugin_name(g, index)), TD_STR("why", "control socket"));
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 2);
    td_pack_pair(&packer, "plugin", td_generation_plugin_name(g, index));
    td_pack_pair(&packer, "state", td_health_state_name(td_generation_health(g, index).state));
    return td_reply_end(c->docs, &doc->request, message);
}

static int op_plugin_enable(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    return set_enabled(c, doc, 1, message, err);
}

static int op_plugin_disable(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    return set_enabled(c, doc, 0, message, err);
}

/* {op: "worker.restart", worker: 1}; all of them without `worker`. Answers how many are replaced for it: a worker that is
 * only just starting, or on its way out, is being replaced already. */
static int op_worker_restart(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    struct td_generation *g = td_lineup_serving(c->lineup);
    struct td_mp at;
    struct td_mp_value which = find_value(doc, "worker", &at);
    int64_t n = 0;
    int rc = refuse_when_stopping(c, err);

    if (rc != TD_OK)
        return rc;
    if (which.type != TD_MP_NIL && (!td_mp_as_integer(&which) || which.integer < 0 || which.integer >= g->n_slots))
        return td_fail(err, TD_E_BAD_REQUEST, "'worker' must be a worker's number, 0 to %u", g->n_slots - 1);
    for (uint32_t i = 0; i < g->n_slots; i++)
        if (which.type == TD_MP_NIL || which.integer == i)
            n += td_generation_replace(g, i);
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 1);
    td_pack_count(&packer, "workers", n);
    return td_reply_end(c->docs, &doc->request, message);
}

static int pack_documents(struct td_control *c, struct td_doc *doc, zmq_msg_t *message)
{
    msgpack_packer packer = td_reply_begin(c->docs, &doc->request, 1, 1);

    td_pack_count(&packer, "documents", c->docs->count);
    return td_reply_end(c->docs, &doc->request, message);
}

static int op_shutdown(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    int rc = pack_documents(c, doc, message);

    (void)err;
    c->server->drain(c->data, "control socket", 0);
    return rc;
}

static int op_drain(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    (void)err;
    if (c->server->is_stopping(c->data)) /* all have been answered */
        return pack_documents(c, doc, message);
    c->server->drain(c->data, "control socket", 1);
    keep(doc);
    td_doc_list_append(&c->drain_requests, doc); /* answered before the loop sleeps, if there is nothing to wait for */
    return LATER;
}

void td_control_drained(struct td_control *c)
{
    zmq_msg_t message;

    while (c->drain_requests.first) {
        struct td_doc *doc = c->drain_requests.first;
        td_doc_list_remove(&c->drain_requests, doc);
        answer(c, doc, pack_documents(c, doc, &message), &message);
    }
}

/* ---- The table ---------------------------------------------------------------------------------------------------- */

/* X(op, function) */
#define OPS(X) \
    X("ping", op_ping) \
    X("status", op_status) \
    X("plugin.list", op_plugin_list) \
    X("plugin.load", op_plugin_load) \
    X("plugin.unload", op_plugin_unload) \
    X("plugin.reload", op_plugin_reload) \
    X("plugin.rollback", op_plugin_rollback) \
    X("plugin.enable", op_plugin_enable) \
    X("plugin.disable", op_plugin_disable) \
    X("config.reload", op_config_reload) \
    X("worker.list", op_worker_list) \
    X("worker.restart", op_worker_restart) \
    X("log.level", op_log_level) \
    X("drain", op_drain) \
    X("shutdown", op_shutdown)

static const struct {
    const char *name;
    int (*act)(struct td_control *, struct td_doc *, zmq_msg_t *, struct td_err *);
} ops[] = {
#define X(name, act) { name, act },
    OPS(X)
#undef X
};

/* Finds the op and acts. TD_OK: *message is the reply. */
static int act(struct td_control *c, struct td_doc *doc, zmq_msg_t *message, struct td_err *err)
{
    const struct td_request_limits limits = { .depth = 16 };
    struct td_mp at;
    int rc = td_request_parse_head(&doc->request, &limits, err);

    if (rc != TD_OK)
        return rc;
    struct td_mp_value name = find_value(doc, "op", &at);
    if (name.type != TD_MP_STR)
        return td_fail(err, TD_E_BAD_REQUEST, "'op' is missing or no string");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (td_mp_is(&name, ops[i].name)) {
            rc = ops[i].act(c, doc, message, err);
            return rc == -1 ? td_fail(err, TD_E_INTERNAL, "no memory for the reply") : rc;
        }
#define X(name, act) " " name
    return td_fail(err, TD_E_BAD_REQUEST, "'op' is '%.*s'; it must be one of" OPS(X),
                   td_utf8_quoted(name.bytes, name.length), name.bytes);
#undef X
}

void td_control_take(void *data, struct td_doc *doc)
{
    struct td_control *c = data;
    struct td_connection *client = doc->client;
    struct td_err err;
    zmq_msg_t message;
    int rc = act(c, doc, &message, &err);

    if (rc == LATER)
        return;
    if (rc != TD_OK)
        rc = td_reply_error(c->docs, &doc->request, &err, NULL, &message);
    if (rc == 0)
        td_frontend_send(&c->frontend, client, &doc->request.envelope, &message);
    td_doc_give_back(&c->docs->pool, doc);
    td_connections_tidy(&c->frontend.connections, client);
}
