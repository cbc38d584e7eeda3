/* entry.c: see entry.h. Nothing is judged here that request.c judges: a value that can't be what it should be is
 * passed on as the string that it is, and refused there, in the same words as everywhere. */
#include "daemon/http/entry.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/trace.h"
#include "common/utf8.h"
#include "daemon/http/json_in.h"

/* All parameters together: the core has a limit on the head of a request. */
#define PAIRS_BYTES (1u << 20)

#define TRACE_KEY "trace"
#define TRACESTATE_KEY "tracestate"

/* ---- The query --------------------------------------------------------------------------------------------------- */

static void pack_text(msgpack_packer *packer, const char *text)
{
    td_pack_str(packer, text);
}

static void pack_number(msgpack_packer *packer, const char *text)
{
    char *end;
    errno = 0;
    long long integer = strtoll(text, &end, 10);

    if (*text && !*end && errno == 0) {
        msgpack_pack_int64(packer, integer);
        return;
    }
    double number = strtod(text, &end);
    if (*text && !*end && isfinite(number))
        msgpack_pack_double(packer, number);
    else
        td_pack_str(packer, text);
}

static void pack_names(msgpack_packer *packer, const char *text)
{
    uint32_t n = *text ? 1 : 0;

    for (const char *p = text; *p; p++)
        n += *p == ',';
    msgpack_pack_array(packer, n);
    for (; n > 0; n--) {
        size_t length = strcspn(text, ",");
        td_pack_bytes(packer, text, length);
        text += length + 1;
    }
}

#define pack_id pack_text
#define pack_plugins pack_names
#define pack_pipeline pack_text
#define pack_offsets pack_text
#define pack_lang pack_text
#define pack_deadline_ms pack_number

static const struct {
    const char *name;
    void (*pack)(msgpack_packer *packer, const char *text);
} parameters[] = {
#define X(name, schema, help) { #name, pack_##name },
    TD_HTTP_ENTRY_PARAMETERS(X)
#undef X
};

/* Makes a pair of what follows, until end_pair. */
static msgpack_packer begin_pair(struct td_http_defaults *d, const char *key)
{
    msgpack_packer packer = td_buf_packer(&d->pairs);

    assert(d->n < sizeof d->of / sizeof d->of[0]);
    d->of[d->n].key = key;
    d->of[d->n].at = d->pairs.length;
    td_pack_str(&packer, key);
    return packer;
}

static void end_pair(struct td_http_defaults *d)
{
    d->of[d->n++].end = d->pairs.length;
}

/* ---- options.PLUGIN.NAME ----------------------------------------------------------------------------------------- */

struct option {
    const char *plugin, *name, *value;
    size_t plugin_length;
};

struct options {
    const struct td_catalogue *catalogue;
    struct option of[TD_MP_MAX_PAIRS];
    uint32_t n;
    int is_full;
};

static void see_parameter(void *data, const char *name, const char *value)
{
    struct options *options = data;
    size_t prefix = strlen(TD_HTTP_OPTION_PREFIX);

    if (strncmp(name, TD_HTTP_OPTION_PREFIX, prefix) != 0)
        return;
    options->is_full |= options->n == TD_MP_MAX_PAIRS;
    if (options->is_full)
        return;
    size_t length = strcspn(name + prefix, "."); /* a plugin's name has no point */
    const char *rest = name + prefix + length;
    options->of[options->n++] = (struct option) {
        .plugin = name + prefix, .plugin_length = length, .name = rest + (*rest == '.'), .value = value
    };
}

/* Of a plugin that there is, and its option: as the option's type. Else it is refused, whatever it is. */
static void pack_value(msgpack_packer *packer, const struct td_catalogue *catalogue, const struct option *o)
{
    uint32_t plugin = td_catalogue_find(catalogue, o->plugin, o->plugin_length), index = 0, type = TEXTD_TEXT;
    struct td_err err;

    if (plugin != TD_NO_PLUGIN &&
        td_options_find(&catalogue->plugins[plugin].options, o->name, strlen(o->name), &index, &err) == TD_OK)
        type = td_options_at(&catalogue->plugins[plugin].options, index)->type;
    if (type == TEXTD_BOOL && (strcmp(o->value, "true") == 0 || strcmp(o->value, "false") == 0))
        td_pack_bool(packer, *o->value == 't');
    else if (type == TEXTD_INT || type == TEXTD_FLOAT)
        pack_number(packer, o->value);
    else
        td_pack_str(packer, o->value);
}

static int is_same_plugin(const struct option *a, const struct option *b)
{
    return a->plugin_length == b->plugin_length && memcmp(a->plugin, b->plugin, a->plugin_length) == 0;
}

static int is_first_of_plugin(const struct options *options, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (is_same_plugin(&options->of[i], &options->of[index]))
            return 0;
    return 1;
}

static void pack_options(msgpack_packer *packer, const struct options *options)
{
    uint32_t n_plugins = 0;

    for (uint32_t i = 0; i < options->n; i++)
        n_plugins += (uint32_t)is_first_of_plugin(options, i);
    msgpack_pack_map(packer, n_plugins);
    for (uint32_t i = 0; i < options->n; i++) {
        const struct option *first = &options->of[i];
        uint32_t n = 0;
        if (!is_first_of_plugin(options, i))
            continue;
        for (uint32_t k = i; k < options->n; k++)
            n += (uint32_t)is_same_plugin(&options->of[k], first);
        td_pack_bytes(packer, first->plugin, first->plugin_length);
        msgpack_pack_map(packer, n);
        for (uint32_t k = i; k < options->n; k++) {
            if (!is_same_plugin(&options->of[k], first))
                continue;
            td_pack_str(packer, options->of[k].name);
            pack_value(packer, options->catalogue, &options->of[k]);
        }
    }
}

/* A header that may have several lines. */
struct lines {
    const char *name;
    int n;
    size_t length;
    char text[TD_TRACESTATE_READ + 2]; /* one more than is read, so that it is seen to be too long */
};

static void put_character(struct lines *lines, char c)
{
    if (lines->length < sizeof lines->text - 1)
        lines->text[lines->length++] = c;
}

/* Lines of one name are one list (RFC 9110, 5.3), and blanks around a line are no part of it. What is no ASCII has no place
 * in these headers; nor has DEL, which stands for it, since it might be no text either. */
static void see_line(void *data, const char *name, const char *value)
{
    struct lines *lines = data;
    size_t length = strlen(value);

    if (strcasecmp(name, lines->name) != 0)
        return;
    if (lines->n++ > 0)
        put_character(lines, ',');
    for (; length > 0 && (*value == ' ' || *value == '\t'); length--)
        value++;
    while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < length; i++)
        put_character(lines, value[i] & '\x80' ? '\x7f' : value[i]);
}

/* The W3C's headers are keys of the wire's; what is wrong with them is request.c's to say. Of several traceparent none can be
 * followed, and a comma is no traceparent either; nor would all of them be, but for some of a later version. */
static void take_trace(struct td_http_defaults *d, const struct td_http_call *call)
{
    static const struct {
        const char *header, *key;
    } headers[] = { { "traceparent", TRACE_KEY }, { "tracestate", TRACESTATE_KEY } };

    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct lines lines = { .name = headers[i].header };
        td_http_call_each_header(call, see_line, &lines);
        if (lines.n == 0)
            continue;
        int is_ambiguous = lines.n > 1 && strcmp(headers[i].key, TRACE_KEY) == 0;
        msgpack_packer packer = begin_pair(d, headers[i].key);
        td_pack_bytes(&packer, is_ambiguous ? "," : lines.text, is_ambiguous ? 1 : lines.length);
        end_pair(d);
    }
}

int td_http_defaults_read(struct td_http_defaults *d, const struct td_http_call *call, const struct td_documents *docs,
                          struct td_err *err)
{
    struct options options = { .catalogue = &td_lineup_serving(docs->lineup)->catalogue };

    *d = (struct td_http_defaults) { .pairs.limit = PAIRS_BYTES };
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        const char *value = td_http_call_query(call, parameters[i].name);
        if (!value)
            continue;
        msgpack_packer packer = begin_pair(d, parameters[i].name);
        parameters[i].pack(&packer, value);
        end_pair(d);
    }
    td_http_call_each_query(call, see_parameter, &options);
    if (options.n > 0) {
        msgpack_packer packer = begin_pair(d, "options");
        pack_options(&packer, &options);
        end_pair(d);
    }
    take_trace(d, call);
    if (options.is_full)
        return td_fail(err, TD_E_BAD_REQUEST, "there are more than %u parameters options.PLUGIN.NAME", TD_MP_MAX_PAIRS);
    return d->pairs.full ? td_fail(err, TD_E_OVERLOADED, "there is no memory for the parameters") : TD_OK;
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

static void free_bytes(void *data, void *hint)
{
    (void)hint;
    free(data);
}

/* Hands the buffer's bytes to a frame; what it has beyond them is given back, since only they are counted. */
static int give(zmq_msg_t *frame, struct td_buf *buf, struct td_err *err)
{
    char *bytes = buf->bytes;

    if (bytes && buf->capacity - buf->length > buf->length / 4) {
        bytes = realloc(buf->bytes, buf->length ? buf->length : 1);
        bytes = bytes ? bytes : buf->bytes; /* what can't be made smaller stays as it is */
        buf->bytes = bytes;
    }
    if (!bytes || zmq_msg_init_data(frame, bytes, buf->length, free_bytes, NULL) != 0) {
        int was_empty = !bytes && buf->length == 0 && !buf->full;
        td_buf_free(buf);
        zmq_msg_init(frame);
        return was_empty ? TD_OK : td_fail(err, TD_E_OVERLOADED, "there is no memory for the request");
    }
    *buf = (struct td_buf) { 0 };
    return TD_OK;
}

static int has(const struct td_buf *map, const char *key)
{
    const uint8_t *bytes = (const uint8_t *)map->bytes;
    struct td_mp found;

    return td_mp_find((struct td_mp) { bytes, bytes + map->length }, key, &found) == 0;
}

/* Whether the map says itself what a parameter would: it comes first. plugins and pipeline exclude each other, and a
 * tracestate belongs to the trace that it came with. */
static int is_said(const struct td_buf *map, const char *key)
{
    if (strcmp(key, "plugins") == 0 || strcmp(key, "pipeline") == 0)
        return has(map, "plugins") || has(map, "pipeline");
    return has(map, key) || (strcmp(key, TRACESTATE_KEY) == 0 && has(map, TRACE_KEY));
}

static void add_defaults(struct td_buf *map, const struct td_http_defaults *d)
{
    uint32_t n = 0;

    map->limit += d->pairs.length;
    for (uint32_t i = 0; i < d->n; i++) {
        if (is_said(map, d->of[i].key))
            continue;
        td_buf_append(map, d->pairs.bytes + d->of[i].at, d->of[i].end - d->of[i].at);
        n++;
    }
    td_json_in_add(map, n);
}

/* Other operations than annotate have no place here: they are about a connection's other documents, or have a path. */
static int check_op(const struct td_doc *doc, struct td_err *err)
{
    zmq_msg_t *body = (zmq_msg_t *)&doc->request.body;
    const uint8_t *bytes = zmq_msg_data(body);
    struct td_mp found = { bytes, bytes + zmq_msg_size(body) };
    struct td_mp_value op;

    if (td_mp_find(found, "op", &found) != 0 || td_mp_read(&found, &op) != 0 || !td_mp_as_text(&op) ||
        td_mp_is(&op, "annotate"))
        return TD_OK; /* or it is no string, which request.c says */
    return td_fail(err, TD_E_BAD_REQUEST, "'op' is '%.*s'; /v1/annotate takes 'annotate' alone",
                   td_utf8_quoted(op.bytes, op.length), op.bytes);
}

int td_http_entry_json(struct td_doc *doc, const char *bytes, size_t length, uint32_t line,
                       const struct td_http_defaults *d, uint32_t depth, struct td_err *err)
{
    struct td_buf map = { 0 };
    int rc = td_json_in(&map, bytes, length, depth, line, err);

    if (rc == TD_OK)
        add_defaults(&map, d);
    int given = give(&doc->request.body, &map, rc == TD_OK ? err : NULL);
    rc = rc == TD_OK ? given : rc;
    return rc == TD_OK ? check_op(doc, err) : rc;
}

int td_http_entry_text(struct td_doc *doc, struct td_buf *body, const struct td_http_defaults *d, struct td_err *err)
{
    struct td_buf map = { .limit = PAIRS_BYTES };

    td_json_in_begin(&map);
    add_defaults(&map, d);
    int rc = give(&doc->request.body, &map, err);
    doc->request.has_text_frame = 1;
    int given = give(&doc->request.text_frame, body, rc == TD_OK ? err : NULL);
    return rc == TD_OK ? given : rc;
}

int td_http_entry_msgpack(struct td_doc *doc, struct td_buf *body, const struct td_http_defaults *d, struct td_err *err)
{
    const char *extra = NULL;

    for (uint32_t i = 0; i < d->n; i++)
        if (strcmp(d->of[i].key, TRACE_KEY) != 0 &&
            strcmp(d->of[i].key, TRACESTATE_KEY) != 0) /* headers are for whoever stands between, too */
            extra = d->of[i].key;
    int rc = give(&doc->request.body, body, err);
    if (rc == TD_OK && extra)
        rc = td_fail(err, TD_E_BAD_REQUEST, "there is a parameter '%s'; in MessagePack all stands in the message",
                     extra);
    return rc == TD_OK ? check_op(doc, err) : rc;
}
