/* form.c: see form.h. JSON is made MessagePack first, so that there is one reader; and a reply's JSON is made of its
 * MessagePack. What is checked here is what libtextd's struct needs; the rest is the daemon's to judge. */
#include "clients/nats/form.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <jansson.h>

#include "clients/cli/lib/json.h"
#include "common/mp.h"

#define MAX_BYTES (256u << 20) /* of a buffer of ours: NATS has no message that is larger than 64 MiB */
#define MAX_DEPTH 32

static int refuse(struct form_error *error, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct form_error *error, const char *code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->code = code;
    error->plugin[0] = 0;
    return -1;
}

static int bad(struct form_error *error, const char *what)
{
    return refuse(error, "BAD_REQUEST", "%s", what);
}

const char *form_header(natsMsg *msg, const char *name)
{
    const char *value;

    return natsMsgHeader_Get(msg, name, &value) == NATS_OK ? value : NULL;
}

const char *form_content_type(enum form form)
{
    return form == FORM_MSGPACK ? "application/msgpack" : "application/json";
}

/* ---- JSON to MessagePack ----------------------------------------------------------------------------------------- */

static void pack_json(msgpack_packer *packer, json_t *value, int depth)
{
    const char *key;
    json_t *item;
    size_t i;

    if (depth > MAX_DEPTH) { /* deeper than the daemon takes: it may as well see that much, and say so */
        msgpack_pack_nil(packer);
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        msgpack_pack_map(packer, json_object_size(value));
        json_object_foreach(value, key, item)
        {
            td_pack_str(packer, key);
            pack_json(packer, item, depth + 1);
        }
        break;
    case JSON_ARRAY:
        msgpack_pack_array(packer, json_array_size(value));
        for (i = 0; i < json_array_size(value); i++)
            pack_json(packer, json_array_get(value, i), depth + 1);
        break;
    case JSON_STRING:
        td_pack_bytes(packer, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        msgpack_pack_int64(packer, json_integer_value(value));
        break;
    case JSON_REAL:
        msgpack_pack_double(packer, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        td_pack_bool(packer, json_is_true(value));
        break;
    case JSON_NULL:
        msgpack_pack_nil(packer);
        break;
    }
}

/* Appends to *buf. */
static int convert_json(struct td_buf *buf, const char *bytes, size_t length, const char *what,
                        struct form_error *error)
{
    json_error_t wrong;
    json_t *value = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &wrong);

    if (!value)
        return refuse(error, "BAD_REQUEST", "%s is no JSON: %s at byte %d", what, wrong.text, wrong.position);
    buf->limit = MAX_BYTES;
    msgpack_packer packer = td_buf_packer(buf);
    pack_json(&packer, value, 0);
    json_decref(value);
    return buf->full ? refuse(error, "INTERNAL", "there is no memory for %s", what) : 0;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

/* With a NUL, as libtextd wants it. NULL: no memory, or the text has a NUL inside. */
static const char *own(struct form_doc *doc, const char *text, size_t length)
{
    char **more = realloc(doc->owned, (doc->n_owned + 1) * sizeof *more);
    char *copy = more && !(length && memchr(text, 0, length)) ? malloc(length + 1) : NULL;

    if (more)
        doc->owned = more;
    if (!copy)
        return NULL;
    if (text)
        memcpy(copy, text, length);
    copy[length] = 0;
    doc->owned[doc->n_owned++] = copy;
    return copy;
}

static int read_text(struct form_doc *doc, struct td_mp_value *value, const char **to)
{
    if (value->type == TD_MP_NIL)
        return 0;
    if (!td_mp_as_text(value))
        return -1;
    *to = own(doc, value->bytes, value->length);
    return *to ? 0 : -1;
}

static int read_plugins(struct form_doc *doc, struct td_mp mp, const struct td_mp_value *list)
{
    struct td_mp_value value;

    if (list->type == TD_MP_NIL)
        return 0;
    if (list->type != TD_MP_ARRAY || list->length == 0 || list->length > 64)
        return -1;
    free(doc->plugins);
    doc->plugins = calloc(list->length, sizeof *doc->plugins);
    doc->request.plugins = doc->plugins;
    doc->request.n_plugins = 0;
    for (uint32_t i = 0; i < list->length; i++)
        if (!doc->plugins || td_mp_read(&mp, &value) != 0 || !td_mp_as_text(&value) ||
            !(doc->plugins[doc->request.n_plugins++] = own(doc, value.bytes, value.length)))
            return -1;
    return 0;
}

static int read_option(struct form_doc *doc, const char *plugin, const char *name, struct td_mp_value *value)
{
    struct textd_request_option o = { .plugin = plugin, .name = name };
    size_t n = doc->request.n_options;

    switch (value->type) {
    case TD_MP_NIL:
        return 0;
    case TD_MP_BOOL:
    case TD_MP_INT:
        o.kind = value->type == TD_MP_BOOL ? TEXTD_OPTION_BOOL : TEXTD_OPTION_INTEGER;
        o.integer = value->integer;
        break;
    case TD_MP_FLOAT:
        o.kind = TEXTD_OPTION_NUMBER;
        o.number = value->number;
        break;
    default:
        o.kind = TEXTD_OPTION_TEXT;
        if (!td_mp_as_text(value) || !(o.text = own(doc, value->bytes, value->length)))
            return -1;
    }
    if (n == doc->options_capacity) {
        size_t capacity = n ? 2 * n : 8;
        struct textd_request_option *more = realloc(doc->options, capacity * sizeof *more);
        if (!more)
            return -1;
        doc->options = more;
        doc->options_capacity = capacity;
    }
    doc->options[n] = o;
    doc->request.options = doc->options;
    doc->request.n_options = n + 1;
    return 0;
}

static int read_options(struct form_doc *doc, struct td_mp *mp, struct td_mp_value *map)
{
    struct td_mp_value key, inner, value;
    const char *plugin, *name;

    if (map->type == TD_MP_NIL)
        return 0;
    if (!td_mp_as_map(map))
        return -1;
    for (uint32_t i = 0; i < map->length; i++) {
        if (td_mp_read(mp, &key) != 0 || !td_mp_as_text(&key) || !(plugin = own(doc, key.bytes, key.length)) ||
            td_mp_read(mp, &inner) != 0)
            return -1;
        if (inner.type == TD_MP_NIL)
            continue;
        if (!td_mp_as_map(&inner))
            return -1;
        for (uint32_t j = 0; j < inner.length; j++)
            if (td_mp_read(mp, &key) != 0 || !td_mp_as_text(&key) || !(name = own(doc, key.bytes, key.length)) ||
                td_mp_read(mp, &value) != 0 || read_option(doc, plugin, name, &value) != 0)
                return -1;
    }
    return 0;
}

/* One pair of the request's map; *mp is at the value. -1: its type is wrong, or memory is out. */
static int read_pair(struct form_doc *doc, const struct td_mp_value *key, struct td_mp *mp)
{
    struct textd_request *r = &doc->request;
    const void *start = mp->at;
    struct td_mp after = *mp, inside = *mp;
    struct td_mp_value value;

    if (td_mp_skip(&after) != 0 || td_mp_read(&inside, &value) != 0)
        return -1;
    *mp = after;
    if (td_mp_key_is(key, "text")) {
        if (value.type != TD_MP_STR && value.type != TD_MP_BIN)
            return -1;
        r->text = value.bytes;
        r->length = value.length;
        return 0;
    }
    if (td_mp_key_is(key, "id")) {
        doc->id = value.type == TD_MP_NIL ? NULL : start;
        doc->id_length = (size_t)((const char *)after.at - (const char *)start);
        return 0;
    }
    if (td_mp_key_is(key, "meta")) {
        r->meta = start;
        r->meta_length = (size_t)((const char *)after.at - (const char *)start);
        return 0;
    }
    if (td_mp_key_is(key, "deadline_ms")) {
        if (value.type == TD_MP_NIL)
            return 0;
        if (!td_mp_as_integer(&value) || value.integer < 1 || value.integer > INT32_MAX)
            return -1;
        r->deadline_ms = (uint32_t)value.integer;
        return 0;
    }
    if (td_mp_key_is(key, "options"))
        return read_options(doc, &inside, &value);
    if (td_mp_key_is(key, "plugins"))
        return read_plugins(doc, inside, &value);
    if (td_mp_key_is(key, "op"))
        return value.type == TD_MP_NIL || td_mp_is(&value, "annotate") ? 0 : -1;
    if (td_mp_key_is(key, "v"))
        return value.type == TD_MP_NIL || (td_mp_as_integer(&value) && value.integer == 1) ? 0 : -1;
    const char **to = td_mp_key_is(key, "pipeline")     ? &r->pipeline
                      : td_mp_key_is(key, "lang")       ? &r->lang
                      : td_mp_key_is(key, "offsets")    ? &r->offsets
                      : td_mp_key_is(key, "trace")      ? &r->trace
                      : td_mp_key_is(key, "tracestate") ? &r->tracestate
                                                        : NULL;
    return to ? read_text(doc, &value, to) : 0; /* a key that isn't known is none of ours */
}

static int read_map(struct form_doc *doc, const void *bytes, size_t length, struct form_error *error)
{
    static const struct td_mp_limits limits = {
        .depth = 16, .nodes = 8192, .unchecked_key = "text", .echoed_key = "meta"
    };
    size_t where = 0;
    const char *wrong = td_mp_check(bytes, length, &limits, &where);
    struct td_mp mp = { bytes, (const uint8_t *)bytes + length };
    struct td_mp_value map, key;

    if (wrong)
        return refuse(error, "BAD_REQUEST", "the message is not one MessagePack map: %s (byte %zu)", wrong, where);
    if (td_mp_read(&mp, &map) != 0 || map.type != TD_MP_MAP)
        return bad(error, "the message is not a map with the document's text");
    for (uint32_t i = 0; i < map.length; i++) {
        if (td_mp_read(&mp, &key) != 0)
            return bad(error, "the message ends early");
        if (read_pair(doc, &key, &mp) != 0)
            return refuse(error, "BAD_REQUEST", "'%.*s' is not what docs/protocol.md says it is",
                          (int)(key.length < 60 ? key.length : 60), key.bytes);
    }
    return doc->request.text || doc->request.length ? 0 : bad(error, "there is no 'text'");
}

/* What the body doesn't say, headers may. */
static int read_headers(struct form_doc *doc, natsMsg *msg, struct form_error *error)
{
    struct textd_request *r = &doc->request;
    const char *value;

    if (!r->pipeline && !r->n_plugins)
        r->pipeline = form_header(msg, "Textd-Pipeline");
    if (!r->pipeline && !r->n_plugins && (value = form_header(msg, "Textd-Plugins"))) {
        char *names = (char *)own(doc, value, strlen(value)), *name;
        doc->plugins = calloc(64, sizeof *doc->plugins);
        r->plugins = doc->plugins;
        while (names && doc->plugins && (name = strsep(&names, ", ")))
            if (name[0] && r->n_plugins < 64)
                doc->plugins[r->n_plugins++] = name;
    }
    if (!r->lang)
        r->lang = form_header(msg, "Textd-Lang");
    if (!r->offsets)
        r->offsets = form_header(msg, "Textd-Offsets");
    if (!r->trace && !(r->trace = form_header(msg, "traceparent")))
        r->trace = form_header(msg, "Traceparent");
    if (!r->tracestate && !(r->tracestate = form_header(msg, "tracestate")))
        r->tracestate = form_header(msg, "Tracestate");
    if (!r->trace)
        r->tracestate = NULL;
    if (!r->n_options && (value = form_header(msg, "Textd-Options"))) {
        struct td_buf buf = { 0 };
        int rc = convert_json(&buf, value, strlen(value), "the header Textd-Options", error);
        struct td_mp mp = { (const uint8_t *)buf.bytes, (const uint8_t *)buf.bytes + buf.length };
        struct td_mp_value map;
        if (rc == 0 && (td_mp_read(&mp, &map) != 0 || read_options(doc, &mp, &map) != 0))
            rc = bad(error, "the header Textd-Options is not {\"PLUGIN\": {\"OPTION\": value}}");
        td_buf_free(&buf);
        return rc;
    }
    return 0;
}

/* "application/json", also with "; charset=utf-8" behind. */
static int is_type(const char *value, const char *type)
{
    size_t n = strlen(type);

    return strncasecmp(value, type, n) == 0 && (value[n] == 0 || value[n] == ';' || value[n] == ' ');
}

int form_read(struct form_doc *doc, natsMsg *msg, struct form_error *error)
{
    const char *type = form_header(msg, "Content-Type"), *bytes = natsMsg_GetData(msg);
    size_t length = (size_t)natsMsg_GetDataLength(msg);
    int rc = 0;

    *doc = (struct form_doc) { .request = { .size = sizeof doc->request } };
    if (type && is_type(type, "application/json")) {
        doc->form = FORM_JSON;
        rc = convert_json(&doc->converted, bytes, length, "the message", error);
        bytes = doc->converted.bytes;
        length = doc->converted.length;
    } else if (type && is_type(type, "text/plain")) {
        doc->form = FORM_TEXT;
    } else if (type && !is_type(type, "application/msgpack") && !is_type(type, "application/x-msgpack") &&
               !is_type(type, "application/vnd.msgpack")) {
        rc = refuse(error, "BAD_REQUEST",
                    "Content-Type is '%.60s'; it must be application/msgpack, application/json or text/plain", type);
    }
    if (rc == 0 && doc->form == FORM_TEXT) {
        doc->request.text = length ? bytes : "";
        doc->request.length = length;
    } else if (rc == 0) {
        rc = read_map(doc, bytes, length, error);
    }
    if (rc == 0)
        rc = read_headers(doc, msg, error);
    if (rc != 0) {
        enum form form = doc->form;
        form_free(doc);
        doc->form = form;
    }
    return rc;
}

void form_free(struct form_doc *doc)
{
    for (size_t i = 0; i < doc->n_owned; i++)
        free(doc->owned[i]);
    free(doc->owned);
    free(doc->options);
    free(doc->plugins);
    td_buf_free(&doc->converted);
    *doc = (struct form_doc) { 0 };
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void pack_id(msgpack_packer *packer, struct td_buf *buf, const struct form_doc *doc, const char *name)
{
    td_pack_str(packer, "id");
    if (doc->id)
        td_buf_append(buf, doc->id, doc->id_length);
    else
        td_pack_str(packer, name);
}

static int to_json(struct td_buf *out, const struct td_buf *packed)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    if (!file)
        return -1;
    json_node(file, textd_node_read(packed->bytes, packed->length));
    int rc = fclose(file) == 0 ? td_buf_append(out, text, length) : -1;
    free(text);
    return rc;
}

/* `packed` as it is, or as JSON; it is freed. */
static int settle(struct td_buf *out, struct td_buf *packed, enum form form)
{
    int rc = packed->full ? -1 : 0;

    if (rc == 0)
        rc = form == FORM_MSGPACK ? td_buf_append(out, packed->bytes, packed->length) : to_json(out, packed);
    td_buf_free(packed);
    return rc;
}

static void copy_text(char *to, size_t size, struct td_mp mp)
{
    struct td_mp_value value;

    if (td_mp_read(&mp, &value) == 0 && value.type == TD_MP_STR && value.length < size) {
        memcpy(to, value.bytes, value.length);
        to[value.length] = 0;
    }
}

int form_write(struct td_buf *out, const struct form_doc *doc, const struct textd_reply *reply, const char *name,
               struct form_trace *trace)
{
    struct td_buf packed = { .limit = MAX_BYTES };
    msgpack_packer packer = td_buf_packer(&packed);
    struct textd_node root = textd_reply_root(reply);
    struct td_mp mp = { root.at, root.end };
    struct td_mp_value map, key;

    trace->parent[0] = trace->state[0] = 0;
    if (td_mp_read(&mp, &map) != 0 || map.type != TD_MP_MAP)
        return -1;
    msgpack_pack_map(&packer, map.length);
    for (uint32_t i = 0, has_id = 0; i < map.length; i++) {
        const uint8_t *start = mp.at;
        struct td_mp at;
        if (has_id && !doc->request.trace) { /* nothing behind it is of interest here: the results go as they are */
            td_buf_append(&packed, start, (size_t)(mp.end - start));
            break;
        }
        if (td_mp_read(&mp, &key) != 0)
            break; /* can't be: libtextd has judged it */
        at = mp;
        if (td_mp_skip(&mp) != 0)
            break;
        if (td_mp_key_is(&key, "trace"))
            copy_text(trace->parent, sizeof trace->parent, at);
        else if (td_mp_key_is(&key, "tracestate"))
            copy_text(trace->state, sizeof trace->state, at);
        if (td_mp_key_is(&key, "id")) {
            pack_id(&packer, &packed, doc, name);
            has_id = 1;
        } else {
            td_buf_append(&packed, start, (size_t)(mp.at - start));
        }
    }
    return settle(out, &packed, doc->form);
}

int form_write_error(struct td_buf *out, const struct form_doc *doc, const struct form_error *error, int retryable,
                     const char *name)
{
    struct td_buf packed = { .limit = MAX_BYTES };
    msgpack_packer packer = td_buf_packer(&packed);

    msgpack_pack_map(&packer, 4);
    td_pack_count(&packer, "v", 1);
    pack_id(&packer, &packed, doc, name);
    td_pack_str(&packer, "ok");
    td_pack_bool(&packer, 0);
    td_pack_str(&packer, "error");
    msgpack_pack_map(&packer, 3);
    td_pack_pair(&packer, "code", error->code);
    td_pack_pair(&packer, "message", error->text);
    td_pack_str(&packer, "retryable");
    td_pack_bool(&packer, retryable);
    return settle(out, &packed, doc->form);
}
