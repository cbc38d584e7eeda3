/* setup.c: see setup.h. Both directions stand here, so that they can be compared by eye. */
#include "daemon/both/setup.h"

#include <stdlib.h>
#include <string.h>

/* The place of a descriptor in the parcel; -1 for none. Instances of one library share theirs. */
static int64_t place_of(struct td_setup_parcel *parcel, int fd)
{
    if (fd < 0)
        return -1;
    for (uint32_t i = 0; i < parcel->n_fds; i++)
        if (parcel->fds[i] == fd)
            return i;
    parcel->fds[parcel->n_fds] = fd;
    return parcel->n_fds++;
}

static void write_snapshot(msgpack_packer *packer, struct td_setup_parcel *parcel, const struct td_snapshot *snapshot)
{
    td_pack_str(packer, snapshot->path);
    msgpack_pack_int64(packer, place_of(parcel, snapshot->library_fd));
    msgpack_pack_int64(packer, place_of(parcel, snapshot->bundle_fd));
    msgpack_pack_array(packer, snapshot->n_entries);
    for (uint32_t i = 0; i < snapshot->n_entries; i++) {
        msgpack_pack_array(packer, 3);
        td_pack_str(packer, snapshot->entries[i].name);
        msgpack_pack_uint64(packer, snapshot->entries[i].offset);
        msgpack_pack_uint64(packer, snapshot->entries[i].length);
    }
}

void td_setup_write(struct td_setup_parcel *parcel, const struct td_config *config,
                    struct td_snapshot *const *snapshots, uint32_t worker, uint32_t generation)
{
    *parcel = (struct td_setup_parcel) { .body.limit = 16u << 20 };
    msgpack_packer packer = td_buf_packer(&parcel->body);

    msgpack_pack_array(&packer, 7);
    msgpack_pack_uint32(&packer, worker);
    msgpack_pack_uint32(&packer, generation);
    msgpack_pack_int64(&packer, config->set.limits_document_memory);
    msgpack_pack_int64(&packer, config->set.limits_reply_bytes);
    msgpack_pack_int64(&packer, config->set.limits_document_bytes);
    msgpack_pack_int64(&packer, config->set.workers_memory);
    msgpack_pack_array(&packer, config->n_plugins);
    for (uint32_t i = 0; i < config->n_plugins; i++) {
        const struct td_config_plugin *plugin = &config->plugins[i];
        msgpack_pack_array(&packer, 7);
        td_pack_str(&packer, plugin->name);
        write_snapshot(&packer, parcel, snapshots[i]);
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
    const int *fds;
    uint32_t n_fds;
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

static int read_fd(struct reader *r)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_INT || v.integer >= r->n_fds) {
        r->failed = 1;
        return -1;
    }
    return v.integer < 0 ? -1 : r->fds[v.integer];
}

static void read_entries(struct reader *r, struct td_plugin_source *source)
{
    source->n_entries = read_array(r);
    source->entries = calloc((size_t)source->n_entries + 1, sizeof *source->entries);
    r->failed |= !source->entries;
    for (uint32_t i = 0; i < source->n_entries && !r->failed; i++) {
        r->failed |= read_array(r) != 3;
        source->entries[i].name = read_string(r);
        source->entries[i].offset = read_number(r);
        source->entries[i].length = read_number(r);
    }
}

static void read_source(struct reader *r, struct td_plugin_source *source)
{
    r->failed |= read_array(r) != 7;
    source->name = read_string(r);
    source->path = read_string(r);
    source->library_fd = read_fd(r);
    source->bundle_fd = read_fd(r);
    read_entries(r, source);
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

int td_setup_read(struct td_setup *setup, const void *body, size_t length, const int *fds, uint32_t n_fds,
                  struct td_err *err)
{
    const uint8_t *bytes = body;
    struct reader r = { .mp = { bytes, bytes + length }, .fds = fds, .n_fds = n_fds };

    *setup = (struct td_setup) { 0 };
    r.failed |= read_array(&r) != 7;
    setup->worker = (uint32_t)read_number(&r);
    setup->generation = (uint32_t)read_number(&r);
    setup->document_memory = read_number(&r);
    setup->reply_bytes = read_number(&r);
    setup->document_bytes = read_number(&r);
    setup->memory = read_number(&r);
    setup->n_sources = read_array(&r);
    if (setup->n_sources > TD_MAX_PLUGINS)
        r.failed = 1;
    for (uint32_t i = 0; i < setup->n_sources && !r.failed; i++)
        read_source(&r, &setup->sources[i]);
    if (r.failed || r.mp.at != r.mp.end)
        return td_fail(err, TD_E_INTERNAL, "the supervisor's SETUP can't be read");
    return TD_OK;
}
