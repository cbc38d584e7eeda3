/* setup.c: see setup.h. Both directions stand here, so that they can be compared by eye. */
#include "daemon/worker/setup.h"

#include <stdlib.h>
#include <string.h>

void td_setup_write(struct td_buf *out, const struct td_config *config, const struct td_setup_plugin *plugins,
                    uint32_t n_plugins, const char *model_dir, uint32_t worker, uint32_t generation)
{
    msgpack_packer packer = td_buf_packer(out);

    msgpack_pack_array(&packer, 7);
    msgpack_pack_uint32(&packer, worker);
    msgpack_pack_uint32(&packer, generation);
    msgpack_pack_int64(&packer, config->set.limits_document_memory);
    msgpack_pack_int64(&packer, config->set.limits_reply_bytes);
    msgpack_pack_int64(&packer, config->set.limits_document_bytes);
    td_pack_str(&packer, model_dir);
    msgpack_pack_array(&packer, n_plugins);
    for (uint32_t i = 0; i < n_plugins; i++) {
        const struct td_config_plugin *plugin = plugins[i].config;
        msgpack_pack_array(&packer, 4);
        td_pack_str(&packer, plugin->name);
        td_pack_str(&packer, plugins[i].path);
        msgpack_pack_int64(&packer, plugin->timeout_ns);
        msgpack_pack_array(&packer, plugin->n_options);
        for (uint32_t k = 0; k < plugin->n_options; k++) {
            msgpack_pack_array(&packer, 3);
            td_pack_str(&packer, plugin->options[k].name);
            td_pack_str(&packer, plugin->options[k].value);
            td_pack_str(&packer, plugin->options[k].where);
        }
    }
}

/* Readers that remember failure, so that the caller checks once at the end. */
struct reader {
    struct td_mp mp;
    int failed;
};

static uint32_t read_array(struct reader *r)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_ARRAY || v.length > (size_t)(r->mp.end - r->mp.at)) {
        r->failed = 1;
        return 0;
    }
    return v.length;
}

static uint64_t read_number(struct reader *r)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_INT || v.integer < 0) {
        r->failed = 1;
        return 0;
    }
    return (uint64_t)v.integer;
}

static char *read_string(struct reader *r)
{
    struct td_mp_value v;
    char *copy = NULL;

    if (td_mp_read(&r->mp, &v) == 0 && v.type == TD_MP_STR)
        copy = strndup(v.bytes, v.length);
    r->failed |= !copy;
    return copy;
}

static void read_source(struct reader *r, struct td_plugin_source *source, const char *model_dir)
{
    r->failed |= read_array(r) != 4;
    source->name = read_string(r);
    source->path = read_string(r);
    source->model_dir = model_dir;
    source->timeout_ns = read_number(r);
    source->n_options = read_array(r);
    source->settings = calloc((size_t)source->n_options + 1, sizeof *source->settings);
    r->failed |= !source->settings;
    for (uint32_t k = 0; k < source->n_options && !r->failed; k++) {
        r->failed |= read_array(r) != 3;
        source->settings[k].name = read_string(r);
        source->settings[k].value = read_string(r);
        source->settings[k].where = read_string(r);
    }
}

int td_setup_read(struct td_setup *setup, const void *body, size_t length, struct td_err *err)
{
    const uint8_t *bytes = body;
    struct reader r = { .mp = { bytes, bytes + length } };

    *setup = (struct td_setup) { 0 };
    r.failed |= read_array(&r) != 7;
    setup->worker = (uint32_t)read_number(&r);
    setup->generation = (uint32_t)read_number(&r);
    setup->document_memory = read_number(&r);
    setup->reply_bytes = read_number(&r);
    setup->document_bytes = read_number(&r);
    setup->model_dir = read_string(&r);
    setup->n_sources = read_array(&r);
    if (setup->n_sources > TD_MAX_PLUGINS)
        r.failed = 1;
    for (uint32_t i = 0; i < setup->n_sources && !r.failed; i++)
        read_source(&r, &setup->sources[i], setup->model_dir);
    if (r.failed || r.mp.at != r.mp.end)
        return td_fail(err, TD_E_INTERNAL, "the supervisor's SETUP can't be read");
    return TD_OK;
}
