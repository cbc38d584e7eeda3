/* setup.c: see setup.h. Both directions stand here, so that they can be compared by eye. */
#include "daemon/both/setup.h"

#include <stdlib.h>
#include <string.h>

#include "common/mp.h"

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

static void write_source(msgpack_packer *packer, struct td_setup_parcel *parcel, const struct td_plugin_source *source)
{
    msgpack_pack_array(packer, 9);
    msgpack_pack_uint32(packer, source->number);
    td_pack_str(packer, source->name);
    td_pack_str(packer, source->path);
    msgpack_pack_int64(packer, place_of(parcel, source->library_fd));
    msgpack_pack_int64(packer, place_of(parcel, source->bundle_fd));
    msgpack_pack_array(packer, source->n_resources);
    for (uint32_t i = 0; i < source->n_resources; i++) {
        msgpack_pack_array(packer, 5);
        td_pack_str(packer, source->resources[i].name);
        msgpack_pack_uint64(packer, source->resources[i].offset);
        msgpack_pack_uint64(packer, source->resources[i].length);
        msgpack_pack_uint64(packer, source->resources[i].checksum >> 32);
        msgpack_pack_uint64(packer, source->resources[i].checksum & UINT32_MAX);
    }
    msgpack_pack_uint64(packer, source->timeout_ns);
    msgpack_pack_array(packer, source->n_settings);
    for (uint32_t i = 0; i < source->n_settings; i++) {
        const struct td_plugin_setting *set = &source->settings[i];
        msgpack_pack_array(packer, 5);
        td_pack_str(packer, set->name);
        td_pack_str(packer, set->value);
        td_pack_str(packer, set->where);
        td_pack_str(packer, set->secret ? set->secret : "");
        td_pack_str(packer, set->secret_fault ? set->secret_fault : "");
    }
    msgpack_pack_array(packer, source->n_grants);
    for (uint32_t i = 0; i < source->n_grants; i++)
        td_pack_str(packer, source->grants[i]);
}

void td_setup_write(struct td_setup_parcel *parcel, const struct td_setup *setup)
{
    *parcel = (struct td_setup_parcel) { .body = { .limit = 16u << 20, .is_secret = 1 } };
    msgpack_packer packer = td_buf_packer(&parcel->body);

    msgpack_pack_array(&packer, 8);
    msgpack_pack_uint32(&packer, setup->worker);
    msgpack_pack_uint32(&packer, setup->generation);
    msgpack_pack_uint64(&packer, setup->document_memory);
    msgpack_pack_uint64(&packer, setup->reply_bytes);
    msgpack_pack_uint64(&packer, setup->document_bytes);
    msgpack_pack_uint64(&packer, setup->memory);
    msgpack_pack_uint32(&packer, setup->sandbox);
    msgpack_pack_array(&packer, setup->n_sources);
    for (uint32_t i = 0; i < setup->n_sources; i++)
        write_source(&packer, parcel, &setup->sources[i]);
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

static void read_resources(struct reader *r, struct td_plugin_source *source)
{
    source->n_resources = read_array(r);
    struct td_resource *resources = calloc((size_t)source->n_resources + 1, sizeof *resources);
    r->failed |= !resources;
    for (uint32_t i = 0; i < source->n_resources && !r->failed; i++) {
        r->failed |= read_array(r) != 5;
        resources[i].name = read_string(r);
        resources[i].offset = read_number(r);
        resources[i].length = read_number(r);
        resources[i].checksum = read_number(r) << 32;
        resources[i].checksum |= read_number(r);
    }
    source->resources = resources;
}

static void read_settings(struct reader *r, struct td_plugin_source *source)
{
    source->n_settings = read_array(r);
    struct td_plugin_setting *settings = calloc((size_t)source->n_settings + 1, sizeof *settings);
    r->failed |= !settings;
    for (uint32_t i = 0; i < source->n_settings && !r->failed; i++) {
        r->failed |= read_array(r) != 5;
        settings[i].name = read_string(r);
        settings[i].value = read_string(r);
        settings[i].where = read_string(r);
        settings[i].secret = read_string(r);
        settings[i].secret_fault = read_string(r);
    }
    source->settings = settings;
}

static void read_grants(struct reader *r, struct td_plugin_source *source)
{
    source->n_grants = read_array(r);
    const char **grants = calloc((size_t)source->n_grants + 1, sizeof *grants);
    r->failed |= !grants;
    for (uint32_t i = 0; i < source->n_grants && !r->failed; i++)
        grants[i] = read_string(r);
    source->grants = grants;
}

static void read_source(struct reader *r, struct td_plugin_source *source)
{
    r->failed |= read_array(r) != 9;
    source->number = (uint32_t)read_number(r);
    r->failed |= source->number >= TD_MAX_PLUGINS;
    source->name = read_string(r);
    source->path = read_string(r);
    source->library_fd = read_fd(r);
    source->bundle_fd = read_fd(r);
    read_resources(r, source);
    source->timeout_ns = read_number(r);
    read_settings(r, source);
    read_grants(r, source);
}

int td_setup_read(struct td_setup *setup, const void *body, size_t length, const int *fds, uint32_t n_fds,
                  struct td_err *err)
{
    const uint8_t *bytes = body;
    struct reader r = { .mp = { bytes, bytes + length }, .fds = fds, .n_fds = n_fds };

    *setup = (struct td_setup) { 0 };
    r.failed |= read_array(&r) != 8;
    setup->worker = (uint32_t)read_number(&r);
    setup->generation = (uint32_t)read_number(&r);
    setup->document_memory = read_number(&r);
    setup->reply_bytes = read_number(&r);
    setup->document_bytes = read_number(&r);
    setup->memory = read_number(&r);
    setup->sandbox = (uint32_t)read_number(&r);
    setup->n_sources = read_array(&r);
    if (setup->n_sources > TD_MAX_PLUGINS)
        r.failed = 1;
    for (uint32_t i = 0; i < setup->n_sources && !r.failed; i++)
        read_source(&r, &setup->sources[i]);
    if (r.failed || r.mp.at != r.mp.end)
        return td_fail(err, TD_E_INTERNAL, "the supervisor's SETUP can't be read");
    return TD_OK;
}
