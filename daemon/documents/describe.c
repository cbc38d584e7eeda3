/* describe.c: the answer to `describe`: all that a client needs to adapt to this server (td_reply_describe). */
#include "daemon/documents/reply.h"

#include <stdio.h>
#include <string.h>

#include <textd/version.h>

#include "daemon/documents/retry.h"

static void pack_names(msgpack_packer *packer, const char *key, const char *const *names)
{
    uint32_t n = 0;

    while (names[n])
        n++;
    td_pack_str(packer, key);
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_str(packer, names[i]);
}

static void pack_limits(msgpack_packer *packer, const struct td_documents *docs)
{
    const struct td_settings *set = &docs->set;
    const struct {
        const char *name;
        int64_t value;
    } limits[] = {
        { "document_bytes", set->limits_document_bytes },
        { "frame_bytes", docs->out->frame_bytes },
        { "request_depth", set->limits_request_depth },
        { "request_values", TD_MAX_REQUEST_NODES },
        { "map_keys", TD_MP_MAX_PAIRS },
        { "id_bytes", TD_MAX_ID_BYTES },
        { "lang_bytes", TD_MAX_LANG_BYTES },
        { "trace_bytes", TD_MAX_TRACE_BYTES },
        { "tracestate_bytes", TD_TRACESTATE_BYTES },
        { "meta_bytes", TD_MAX_META_BYTES },
        { "meta_depth", TD_MAX_META_DEPTH },
        { "plugins", TD_MAX_PLUGINS },
        { "reply_bytes", set->limits_reply_bytes },
        { "warnings", TD_MAX_WARNINGS },
        { "warning_bytes", TD_MAX_WARNING_BYTES },
        { "deadline_ms", set->limits_deadline / TD_MS },
        { "deadline_max_ms", set->limits_deadline_max / TD_MS },
        { "retry_after_min_ms", TD_RETRY_MIN_MS },
        { "retry_after_max_ms", TD_RETRY_MAX_MS },
        { "queue_documents", set->queue_documents },
        { "queue_bytes", set->queue_bytes },
        { "client_documents", set->client_documents },
        { "client_bytes", set->client_bytes },
        { "client_reply_bytes", set->client_reply_bytes },
    };
    uint32_t n = sizeof limits / sizeof limits[0];

    td_pack_str(packer, "limits");
    msgpack_pack_map(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_count(packer, limits[i].name, limits[i].value);
}

/* A value of an option in its own type: the default, or an end of its range. */
static void pack_value(msgpack_packer *packer, const char *key, uint32_t type, int64_t integer, double number,
                       const char *text)
{
    td_pack_str(packer, key);
    if (type == TEXTD_INT)
        msgpack_pack_int64(packer, integer);
    else if (type == TEXTD_FLOAT)
        msgpack_pack_double(packer, number);
    else if (type == TEXTD_TEXT)
        td_pack_str(packer, text);
    else
        td_pack_bool(packer, integer != 0);
}

static void pack_option(msgpack_packer *packer, const struct textd_option *o)
{
    int has_range = o->type == TEXTD_INT || o->type == TEXTD_FLOAT;

    int is_secret = (o->flags & TEXTD_SECRET) != 0;

    msgpack_pack_map(packer, 5u + (has_range ? 2 : 0) + (o->choices != NULL) + (uint32_t)is_secret);
    td_pack_pair(packer, "name", o->name);
    td_pack_pair(packer, "type", td_option_type_name(o->type));
    pack_value(packer, "default", o->type, o->initial_integer, o->initial_number, o->initial_text);
    if (has_range) {
        pack_value(packer, "min", o->type, o->min_integer, o->min_number, NULL);
        pack_value(packer, "max", o->type, o->max_integer, o->max_number, NULL);
    }
    if (o->choices)
        pack_names(packer, "choices", o->choices);
    pack_value(packer, "per_request", TEXTD_BOOL, o->flags & TEXTD_PER_REQUEST, 0, NULL);
    if (is_secret)
        pack_value(packer, "secret", TEXTD_BOOL, 1, 0, NULL);
    td_pack_pair(packer, "help", o->help);
}

/* The pools of workers that have it: in which a list of plugins with it can be run. */
static void pack_pools_of(msgpack_packer *packer, const struct td_generation *g, uint32_t index)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < g->n_pools; i++)
        n += g->pools[i].plugins >> index & 1;
    td_pack_str(packer, "pools");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < g->n_pools; i++)
        if (g->pools[i].plugins >> index & 1)
            td_pack_str(packer, g->pools[i].name);
}

static void pack_plugin(msgpack_packer *packer, const struct td_generation *g, uint32_t index)
{
    const struct td_catalogue_plugin *p = &g->catalogue.plugins[index];
    const struct td_config_plugin *plugin = &g->config.plugins[index];
    const char *const *grants = (const char *const *)plugin->grants;

    msgpack_pack_map(packer, 13);
    td_pack_pair(packer, "name", p->name);
    td_pack_pair(packer, "plugin", p->plugin);
    td_pack_pair(packer, "version", p->version);
    td_pack_pair(packer, "license", p->license);
    td_pack_pair(packer, "summary", p->summary);
    pack_names(packer, "needs", p->needs);
    pack_names(packer, "adds", p->adds);
    td_pack_pair(packer, "state", td_health_state_name(td_generation_health(g, index).state));
    td_pack_count(packer, "timeout_ms", (int64_t)td_generation_timeout_ns(g, index) / TD_MS);
    pack_pools_of(packer, g, index);
    td_pack_str(packer, "pure");
    td_pack_bool(packer, td_grants_are_pure(grants, plugin->n_grants));
    td_pack_list(packer, "grants", grants, plugin->n_grants);
    td_pack_str(packer, "options");
    msgpack_pack_array(packer, p->options.n);
    for (uint32_t i = 0; i < p->options.n; i++)
        pack_option(packer, td_options_at(&p->options, i));
}

static void pack_pipelines(msgpack_packer *packer, const struct td_config *config)
{
    td_pack_str(packer, "pipelines");
    msgpack_pack_array(packer, config->n_pipelines);
    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        const struct td_config_pipeline *pipeline = &config->pipelines[i];
        msgpack_pack_map(packer, 3);
        td_pack_pair(packer, "name", pipeline->name);
        td_pack_pair(packer, "pool", pipeline->pool ? pipeline->pool : TD_DEFAULT_POOL);
        td_pack_str(packer, "plugins");
        msgpack_pack_array(packer, pipeline->n_plugins);
        for (uint32_t k = 0; k < pipeline->n_plugins; k++)
            td_pack_str(packer, pipeline->plugins[k]);
    }
}

/* Whether a name in a plugin's list of needs is that layer, needed or only used when it is there. */
static int is_need(const char *need, const char *layer)
{
    size_t n = strlen(layer);

    return strncmp(need, layer, n) == 0 && (need[n] == 0 || strcmp(need + n, TEXTD_OPTIONAL) == 0);
}

static int needs_layer(const struct td_catalogue_plugin *p, const char *layer)
{
    for (const char *const *need = p->needs; *need; need++)
        if (is_need(*need, layer))
            return 1;
    return 0;
}

static void pack_layer(msgpack_packer *packer, const struct td_catalogue *c, const char *layer, const char *plugin)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n; i++)
        n += (uint32_t)needs_layer(&c->plugins[i], layer);
    msgpack_pack_map(packer, 3);
    td_pack_pair(packer, "name", layer);
    td_pack_pair(packer, "plugin", plugin);
    td_pack_str(packer, "used_by");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < c->n; i++)
        if (needs_layer(&c->plugins[i], layer))
            td_pack_str(packer, c->plugins[i].name);
}

/* The layers that plugins here make, and who reads each. */
static void pack_layers(msgpack_packer *packer, const struct td_catalogue *c)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->n; i++)
        for (const char *const *layer = c->plugins[i].adds; *layer; layer++)
            n++;
    td_pack_str(packer, "layers");
    msgpack_pack_array(packer, n);
    for (uint32_t i = 0; i < c->n; i++)
        for (const char *const *layer = c->plugins[i].adds; *layer; layer++)
            pack_layer(packer, c, *layer, c->plugins[i].name);
}

int td_reply_describe(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message)
{
    static const char *const units[] = {
#define X(name, text) text,
        TD_UNITS(X)
#undef X
            NULL
    };
    static const char *const ops[] = {
#define X(name, text) text,
        TD_OPS(X)
#undef X
            NULL
    };
    const struct td_generation *g = td_lineup_serving(docs->lineup);
    msgpack_packer packer = td_reply_begin(docs, request, 1, 12);
    char abi[32];

    snprintf(abi, sizeof abi, "%d.%d", TEXTD_ABI_MAJOR, TEXTD_ABI_MINOR);
    td_pack_pair(&packer, "version", TEXTD_VERSION);
    td_pack_count(&packer, "protocol", TEXTD_PROTOCOL_VERSION);
    td_pack_count(&packer, "protocol_minor", TEXTD_PROTOCOL_MINOR);
    td_pack_pair(&packer, "abi", abi);
    td_pack_count(&packer, "generation", g->number);
    pack_limits(&packer, docs);
    pack_pipelines(&packer, &g->config);
    td_pack_str(&packer, "plugins");
    msgpack_pack_array(&packer, g->catalogue.n);
    for (uint32_t i = 0; i < g->catalogue.n; i++)
        pack_plugin(&packer, g, i);
    pack_layers(&packer, &g->catalogue);
    pack_names(&packer, "keys", td_request_keys);
    pack_names(&packer, "offsets", units);
    pack_names(&packer, "ops", ops);
    return td_reply_end(docs, request, message);
}
