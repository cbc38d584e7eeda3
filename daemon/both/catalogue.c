/* catalogue.c: see catalogue.h. Everything is copied into one block: what is read is at most as many bytes as it came in,
 * and each string needs one more. */
#include "daemon/both/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

/* Readers that remember failure, so that the caller checks once. */
struct reader {
    struct td_mp mp;
    struct td_arena arena; /* over the catalogue's block */
    int failed;
};

static void *take_memory(struct reader *r, size_t size)
{
    void *memory = td_arena_alloc(&r->arena, size, _Alignof(max_align_t));

    r->failed |= !memory;
    return memory;
}

static uint32_t read_array(struct reader *r, uint32_t most)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) == 0 && v.type == TD_MP_ARRAY && v.length <= most)
        return v.length;
    r->failed = 1;
    return 0;
}

static int64_t read_integer(struct reader *r)
{
    struct td_mp_value v;

    r->failed |= td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_INT;
    return v.integer;
}

static double read_number(struct reader *r)
{
    struct td_mp_value v;

    r->failed |= td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_FLOAT;
    return v.number;
}

static const char *read_string(struct reader *r)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) != 0 || v.type != TD_MP_STR) {
        r->failed = 1;
        return "";
    }
    char *copy = take_memory(r, (size_t)v.length + 1);
    if (!copy)
        return "";
    memcpy(copy, v.bytes, v.length);
    copy[v.length] = 0;
    return copy;
}

static const char *const *read_names(struct reader *r)
{
    uint32_t n = read_array(r, 255);
    const char **names = take_memory(r, ((size_t)n + 1) * sizeof *names);

    for (uint32_t i = 0; i < n && !r->failed; i++)
        names[i] = read_string(r);
    if (names)
        names[n] = NULL;
    return names;
}

static void read_option(struct reader *r, struct textd_option *o)
{
    r->failed |= read_array(r, 12) != 12;
    o->type = (uint32_t)read_integer(r);
    o->flags = (uint32_t)read_integer(r);
    o->name = read_string(r);
    o->help = read_string(r);
    o->initial_integer = read_integer(r);
    o->min_integer = read_integer(r);
    o->max_integer = read_integer(r);
    o->initial_number = read_number(r);
    o->min_number = read_number(r);
    o->max_number = read_number(r);
    o->initial_text = read_string(r);
    o->choices = read_names(r);
    if (o->choices && !o->choices[0])
        o->choices = NULL;
    r->failed |= o->type < TEXTD_BOOL || o->type > TEXTD_TEXT;
}

static void read_plugin(struct reader *r, struct td_catalogue_plugin *p)
{
    r->failed |= read_array(r, 9) != 9;
    p->name = read_string(r);
    p->path = read_string(r);
    p->plugin = read_string(r);
    p->version = read_string(r);
    p->license = read_string(r);
    p->summary = read_string(r);
    p->needs = read_names(r);
    p->adds = read_names(r);
    uint32_t n = read_array(r, 255);
    struct textd_option *table = take_memory(r, ((size_t)n + 1) * sizeof *table);
    for (uint32_t i = 0; i < n && !r->failed; i++)
        read_option(r, &table[i]);
    p->options = (struct td_options) { .plugin = p->name, .table = table, .n = n, .stride = sizeof *table };
}

int td_catalogue_read(struct td_catalogue *catalogue, const void *body, size_t length, struct td_err *err)
{
    const uint8_t *bytes = body;
    /* Each value takes a byte or more there, and at most an option's share of memory here. */
    size_t size = 64 * (length + 64);
    struct reader r = { .mp = { bytes, bytes + length } };

    *catalogue = (struct td_catalogue) { .memory = malloc(size) };
    if (!catalogue->memory)
        return td_fail(err, TD_E_SYSTEM, "no memory for the catalogue of plugins");
    r.arena = (struct td_arena) { .base = (unsigned char *)catalogue->memory, .cap = size };
    catalogue->n = read_array(&r, TD_MAX_PLUGINS);
    for (uint32_t i = 0; i < catalogue->n && !r.failed; i++) {
        catalogue->plugins[i].at = (uint32_t)(r.mp.at - bytes);
        read_plugin(&r, &catalogue->plugins[i]);
        catalogue->plugins[i].length = (uint32_t)(r.mp.at - bytes) - catalogue->plugins[i].at;
    }
    if (!r.failed && r.mp.at == r.mp.end)
        return TD_OK;
    td_catalogue_free(catalogue);
    return td_fail(err, TD_E_INTERNAL, "a worker's catalogue of plugins can't be read");
}

void td_catalogue_free(struct td_catalogue *catalogue)
{
    free(catalogue->memory);
    *catalogue = (struct td_catalogue) { 0 };
}

uint32_t td_catalogue_find(const struct td_catalogue *catalogue, const char *name, size_t length)
{
    for (uint32_t i = 0; i < catalogue->n; i++)
        if (strlen(catalogue->plugins[i].name) == length && memcmp(catalogue->plugins[i].name, name, length) == 0)
            return i;
    return TD_NO_PLUGIN;
}
