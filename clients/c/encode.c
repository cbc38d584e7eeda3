/* encode.c: see encode.h. The form of a request is docs/protocol.md's. What only the daemon can judge (names of
 * pipelines, options, units) is left to it; what would make no message at all is refused here. */
#include "clients/c/encode.h"

#include <stdlib.h>
#include <string.h>

#include <textd/version.h>

#include "clients/c/fail.h"
#include "common/mp.h"
#include "common/mp_buf.h"

/* All but the text: names and options. */
#define BODY_LIMIT (1u << 20)

static struct pending *no_memory(struct textd_error *error)
{
    client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a request");
    return NULL;
}

/* The text frame's bytes are a copy: libzmq and the table of unanswered requests hold them after the call returns. */
static int copy_into(zmq_msg_t *message, const void *bytes, size_t length)
{
    if (zmq_msg_init_size(message, length) != 0)
        return -1;
    if (length > 0)
        memcpy(zmq_msg_data(message), bytes, length);
    return 0;
}

/* Takes the buffer's bytes over. NULL when it overflowed or memory is out. */
static struct pending *finish(struct td_buf *body, uint64_t id, const struct textd_request *request,
                              struct textd_error *error)
{
    struct pending *p = calloc(1, sizeof *p);

    if (body->full) {
        free(p);
        td_buf_free(body);
        client_fail(error, TEXTD_CLIENT_INVALID, "a request's names, options and meta take more than %u bytes",
                    BODY_LIMIT);
        return NULL;
    }
    if (!p || copy_into(&p->body, body->bytes, body->length) != 0) {
        free(p);
        td_buf_free(body);
        return no_memory(error);
    }
    td_buf_free(body);
    p->id = id;
    if (request && copy_into(&p->text, request->text, request->length) != 0) {
        pending_free(p);
        return no_memory(error);
    }
    p->has_text = request != NULL;
    return p;
}

/* In four bytes whatever its value, so that it can be overwritten. Returns where they are. */
static size_t pack_deadline(msgpack_packer *packer, const struct td_buf *body, uint32_t ms)
{
    td_pack_str(packer, "deadline_ms");
    msgpack_pack_fix_uint32(packer, ms);
    return body->length - 4;
}

static void pack_head(msgpack_packer *packer, uint32_t n_more, uint64_t id)
{
    msgpack_pack_map(packer, 2 + n_more);
    td_pack_count(packer, "v", TEXTD_PROTOCOL_VERSION);
    td_pack_count(packer, "id", (int64_t)id);
}

static void pack_texts(msgpack_packer *packer, const char *const *texts, size_t n)
{
    msgpack_pack_array(packer, n);
    for (size_t i = 0; i < n; i++)
        td_pack_str(packer, texts[i]);
}

static void pack_scalar(msgpack_packer *packer, uint32_t kind, int64_t integer, double number, const char *text)
{
    if (kind == TEXTD_OPTION_BOOL)
        td_pack_bool(packer, integer != 0);
    else if (kind == TEXTD_OPTION_INTEGER)
        msgpack_pack_int64(packer, integer);
    else if (kind == TEXTD_OPTION_NUMBER)
        msgpack_pack_double(packer, number);
    else
        td_pack_str(packer, text);
}

static void pack_arguments(msgpack_packer *packer, const struct textd_argument *arguments, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct textd_argument *a = &arguments[i];
        td_pack_str(packer, a->name);
        if (a->kind == TEXTD_ARGUMENT_LIST) {
            pack_texts(packer, a->list, a->n);
        } else if (a->kind == TEXTD_ARGUMENT_MAP) {
            msgpack_pack_map(packer, a->n);
            pack_arguments(packer, a->map, a->n);
        } else {
            pack_scalar(packer, a->kind, a->integer, a->number, a->text);
        }
    }
}

/* Looks at no more of it than its kind says. */
static int argument_is_complete(const struct textd_argument *a)
{
    size_t n = a->kind == TEXTD_ARGUMENT_LIST || a->kind == TEXTD_ARGUMENT_MAP ? a->n : 0;

    if (!a->name || a->kind < TEXTD_ARGUMENT_BOOL || a->kind > TEXTD_ARGUMENT_MAP)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (a->kind == TEXTD_ARGUMENT_LIST ? !a->list || !a->list[i] : !a->map || !argument_is_complete(&a->map[i]))
            return 0;
    return a->kind != TEXTD_ARGUMENT_TEXT || a->text;
}

static int check_arguments(const char *name, const struct textd_argument *arguments, size_t n,
                           struct textd_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (!arguments || !argument_is_complete(&arguments[i]))
            return client_fail(error, TEXTD_CLIENT_INVALID, "%s[%zu] lacks a name, kind or value", name, i);
    return TEXTD_CLIENT_OK;
}

struct pending *encode_op(const char *op, const struct textd_argument *arguments, size_t n, uint64_t id,
                          struct textd_error *error)
{
    struct td_buf body = { .limit = BODY_LIMIT };
    msgpack_packer packer = td_buf_packer(&body);

    if (!op) {
        client_fail(error, TEXTD_CLIENT_INVALID, "op is NULL; it must name an operation");
        return NULL;
    }
    if (check_arguments("arguments", arguments, n, error) != TEXTD_CLIENT_OK)
        return NULL;
    pack_head(&packer, (uint32_t)(1 + n), id);
    td_pack_pair(&packer, "op", op);
    pack_arguments(&packer, arguments, n);
    return finish(&body, id, NULL, error);
}

static void pack_option(msgpack_packer *packer, const struct textd_request_option *o)
{
    td_pack_str(packer, o->name);
    pack_scalar(packer, o->kind, o->integer, o->number, o->text);
}

/* Whether an option before `i` names the same plugin. */
static int is_packed(const struct textd_request_option *options, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(options[k].plugin, options[i].plugin) == 0)
            return 1;
    return 0;
}

static uint32_t n_of_plugin(const struct textd_request *r, const char *plugin)
{
    uint32_t n = 0;

    for (size_t i = 0; i < r->n_options; i++)
        n += strcmp(r->options[i].plugin, plugin) == 0;
    return n;
}

/* A list of (plugin, name, value) becomes a map of plugin to map. Quadratic, in a handful. */
static void pack_options(msgpack_packer *packer, const struct textd_request *r)
{
    uint32_t n_plugins = 0;

    for (size_t i = 0; i < r->n_options; i++)
        n_plugins += !is_packed(r->options, i);
    td_pack_str(packer, "options");
    msgpack_pack_map(packer, n_plugins);
    for (size_t i = 0; i < r->n_options; i++) {
        if (is_packed(r->options, i))
            continue;
        const char *plugin = r->options[i].plugin;
        td_pack_str(packer, plugin);
        msgpack_pack_map(packer, n_of_plugin(r, plugin));
        for (size_t k = i; k < r->n_options; k++)
            if (strcmp(r->options[k].plugin, plugin) == 0)
                pack_option(packer, &r->options[k]);
    }
}

static void pack_optional(msgpack_packer *packer, const char *key, const char *value)
{
    if (value)
        td_pack_pair(packer, key, value);
}

static void pack_plugins(msgpack_packer *packer, const struct textd_request *r)
{
    td_pack_str(packer, "plugins");
    pack_texts(packer, r->plugins, r->n_plugins);
}

static int option_is_complete(const struct textd_request_option *o)
{
    return o->plugin && o->name && o->kind >= TEXTD_OPTION_BOOL && o->kind <= TEXTD_OPTION_TEXT &&
           (o->kind != TEXTD_OPTION_TEXT || o->text);
}

/* Larger than any version's will be: a size that was never set. */
#define SANE_SIZE 4096

int encode_known_struct(void *known, size_t size, const void *given, size_t first, const char *name,
                        struct textd_error *error)
{
    size_t given_size = given ? *(const size_t *)given : 0;

    if (given_size < first || given_size > SANE_SIZE)
        return client_fail(error, TEXTD_CLIENT_INVALID, "%s.size is %zu; set it to sizeof %s, %zu", name, given_size,
                           name, size);
    for (size_t i = size; i < given_size; i++)
        if (((const char *)given)[i])
            return client_fail(error, TEXTD_CLIENT_INVALID,
                               "%s has something at byte %zu that libtextd %s doesn't know; use a newer library", name,
                               i, TEXTD_VERSION);
    memset(known, 0, size);
    memcpy(known, given, given_size < size ? given_size : size);
    return TEXTD_CLIENT_OK;
}

int encode_known(struct textd_request *known, const struct textd_request *request, struct textd_error *error)
{
    return encode_known_struct(known, sizeof *known, request, offsetof(struct textd_request, meta), "request", error);
}

/* What would make the whole request unreadable; whether it is too large or too deep is the daemon's to say. */
static int check_meta(const struct textd_request *r, struct textd_error *error)
{
    struct td_mp mp = { r->meta, (const uint8_t *)r->meta + r->meta_length };

    if (r->meta && r->meta_map)
        return client_fail(error, TEXTD_CLIENT_INVALID, "request has both a meta and a meta_map");
    if (r->meta && (td_mp_skip(&mp) != 0 || mp.at != mp.end))
        return client_fail(error, TEXTD_CLIENT_INVALID, "request.meta is not one MessagePack value of %zu bytes",
                           r->meta_length);
    return check_arguments("request.meta_map", r->meta_map, r->n_meta_map, error);
}

static int check(const struct textd_request *r, struct textd_error *error)
{
    if (!r->text && r->length > 0)
        return client_fail(error, TEXTD_CLIENT_INVALID, "request.text is NULL but request.length is %zu", r->length);
    if (r->id > INT64_MAX)
        return client_fail(error, TEXTD_CLIENT_INVALID, "request.id is above 2^63-1");
    if (r->deadline_ms > INT32_MAX)
        return client_fail(error, TEXTD_CLIENT_INVALID, "request.deadline_ms is %u; allowed: up to %d", r->deadline_ms,
                           INT32_MAX);
    for (size_t i = 0; i < r->n_plugins; i++)
        if (!r->plugins || !r->plugins[i])
            return client_fail(error, TEXTD_CLIENT_INVALID, "request.plugins[%zu] is NULL", i);
    for (size_t i = 0; i < r->n_options; i++)
        if (!r->options || !option_is_complete(&r->options[i]))
            return client_fail(error, TEXTD_CLIENT_INVALID, "request.options[%zu] lacks a plugin, name, kind or text",
                               i);
    return check_meta(r, error);
}

static void pack_meta(msgpack_packer *packer, struct td_buf *body, const struct textd_request *r)
{
    td_pack_str(packer, "meta");
    if (r->meta) {
        td_buf_append(body, r->meta, r->meta_length);
    } else {
        msgpack_pack_map(packer, r->n_meta_map);
        pack_arguments(packer, r->meta_map, r->n_meta_map);
    }
}

struct pending *encode_annotate(const struct textd_request *r, uint64_t id, struct textd_error *error)
{
    struct td_buf body = { .limit = BODY_LIMIT };

    if (check(r, error) != TEXTD_CLIENT_OK)
        return NULL;
    uint32_t n = (r->pipeline != NULL) + (r->plugins != NULL) + (r->n_options > 0) + (r->offsets != NULL) +
                 (r->deadline_ms > 0) + (r->lang != NULL) + (r->trace != NULL) + (r->tracestate != NULL) +
                 (r->meta || r->meta_map);
    msgpack_packer packer = td_buf_packer(&body);
    pack_head(&packer, n, id);
    pack_optional(&packer, "pipeline", r->pipeline);
    if (r->plugins)
        pack_plugins(&packer, r);
    if (r->n_options > 0)
        pack_options(&packer, r);
    pack_optional(&packer, "offsets", r->offsets);
    size_t deadline_at = r->deadline_ms > 0 ? pack_deadline(&packer, &body, r->deadline_ms) : 0;
    pack_optional(&packer, "lang", r->lang);
    pack_optional(&packer, "trace", r->trace);
    pack_optional(&packer, "tracestate", r->tracestate);
    if (r->meta || r->meta_map)
        pack_meta(&packer, &body, r);
    struct pending *p = finish(&body, id, r, error);
    if (p) {
        p->deadline_ms = r->deadline_ms;
        p->deadline_at = deadline_at;
    }
    return p;
}

int encode_deadline(struct pending *p, uint32_t ms)
{
    zmq_msg_t body;

    if (copy_into(&body, zmq_msg_data(&p->body), zmq_msg_size(&p->body)) != 0)
        return -1;
    unsigned char *at = (unsigned char *)zmq_msg_data(&body) + p->deadline_at;
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(ms >> (24 - 8 * i));
    zmq_msg_move(&p->body, &body);
    zmq_msg_close(&body);
    return 0;
}
