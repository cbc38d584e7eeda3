/* request.c: see request.h. The keys are a table: a name, the function that takes its value. A message is first checked
 * as a whole (td_mp_check), so the functions can trust that what they read is there. */
#include "daemon/net/request.h"

#include <stdio.h>
#include <string.h>

#include <textd/version.h>

#include "common/utf8.h"
#include "daemon/both/frames.h"

#define MAX_DEADLINE_MS INT64_C(0x7fffffff)

static const char *const op_names[] = {
#define X(name, text) [TD_OP_##name] = text,
    TD_OPS(X)
#undef X
};

const char *td_request_id_text(const struct td_request *r, char text[TD_ID_TEXT_BYTES])
{
    const uint8_t *bytes = (const uint8_t *)r->id.bytes;
    struct td_mp_value v;

    text[0] = 0;
    if (r->id.length == 0)
        return text;
    struct td_mp mp = { bytes, bytes + r->id.length };
    if (td_mp_read(&mp, &v) != 0)
        return text;
    if (v.type == TD_MP_INT)
        snprintf(text, TD_ID_TEXT_BYTES, "%lld", (long long)v.integer);
    else if (v.type == TD_MP_UINT)
        snprintf(text, TD_ID_TEXT_BYTES, "%llu", (unsigned long long)v.integer);
    else if (v.type == TD_MP_STR)
        snprintf(text, TD_ID_TEXT_BYTES, "%.*s", (int)v.length, v.bytes);
    for (uint32_t i = 0; v.type == TD_MP_BIN && i < v.length; i++)
        snprintf(text + 2 * (size_t)i, 3, "%02x", (unsigned char)v.bytes[i]);
    return text;
}

const char *td_op_name(enum td_op op)
{
    return op_names[op];
}

static int wrong_type(const char *key, const char *wanted, const struct td_mp_value *v, struct td_err *err)
{
    return td_fail(err, TD_E_BAD_REQUEST, "'%s' must be %s, not %s", key, wanted, td_mp_type_name(v->type));
}

/* Reads a string value into *slice. */
static int take_string(const char *key, struct td_mp *mp, struct td_slice *slice, struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 || v.type != TD_MP_STR)
        return wrong_type(key, "a string", &v, err);
    *slice = (struct td_slice) { v.bytes, v.length };
    return TD_OK;
}

static int take_v(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v;

    (void)r;
    if (td_mp_read(mp, &v) != 0 || v.type != TD_MP_INT)
        return wrong_type("v", "an integer", &v, err);
    if (v.integer != TEXTD_PROTOCOL_VERSION)
        return td_fail(err, TD_E_UNSUPPORTED_VERSION, "'v' is %lld; this server speaks version %d",
                       (long long)v.integer, TEXTD_PROTOCOL_VERSION);
    return TD_OK;
}

static int take_id(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    const char *start = (const char *)mp->at;
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 ||
        (v.type != TD_MP_INT && v.type != TD_MP_UINT && v.type != TD_MP_STR && v.type != TD_MP_BIN))
        return wrong_type("id", "an integer, a string or binary", &v, err);
    if (v.type == TD_MP_STR && td_utf8_check(v.bytes, v.length, NULL) != v.length)
        return td_fail(err, TD_E_BAD_REQUEST, "'id' is not valid UTF-8; send binary, or an integer");
    if (v.length > TD_MAX_ID_BYTES)
        return td_fail(err, TD_E_BAD_REQUEST, "'id' has %u bytes; allowed: up to %d", v.length, TD_MAX_ID_BYTES);
    r->id = (struct td_slice) { start, (uint32_t)((const char *)mp->at - start) };
    return TD_OK;
}

static int take_op(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 || v.type != TD_MP_STR)
        return wrong_type("op", "a string", &v, err);
    for (size_t i = 0; i < sizeof op_names / sizeof op_names[0]; i++)
        if (td_mp_is(&v, op_names[i])) {
            r->op = (enum td_op)i;
            return TD_OK;
        }
    return td_fail(err, TD_E_BAD_REQUEST, "'op' is '%.*s'; it must be annotate, cancel, describe or ping",
                   td_utf8_quoted(v.bytes, v.length), v.bytes);
}

static int take_text(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    return take_string("text", mp, &r->text, err);
}

static int take_pipeline(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    int rc = take_string("pipeline", mp, &r->pipeline, err);

    if (rc == TD_OK && r->pipeline.length == 0)
        return td_fail(err, TD_E_UNKNOWN_PIPELINE, "'pipeline' is empty; leave it out for 'default'");
    return rc;
}

static int take_plugins(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v, name;
    struct td_mp here = *mp;

    if (td_mp_read(mp, &v) != 0 || v.type != TD_MP_ARRAY)
        return wrong_type("plugins", "an array of strings", &v, err);
    if (v.length == 0)
        return td_fail(err, TD_E_BAD_REQUEST, "'plugins' is empty; name at least one plugin or leave it out");
    if (v.length > TD_MAX_PLUGINS)
        return td_fail(err, TD_E_BAD_REQUEST, "'plugins' has %u names; a server has at most %d plugins", v.length,
                       TD_MAX_PLUGINS);
    for (uint32_t i = 0; i < v.length; i++)
        if (td_mp_read(mp, &name) != 0 || name.type != TD_MP_STR)
            return td_fail(err, TD_E_BAD_REQUEST, "'plugins' must be an array of strings; element %u is %s", i,
                           td_mp_type_name(name.type));
    r->plugins = here;
    return TD_OK;
}

static int take_options(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v, key, options;
    struct td_mp here = *mp, at = *mp;

    if (td_mp_read(&at, &v) != 0 || v.type != TD_MP_MAP)
        return wrong_type("options", "a map of plugin to map of option to value", &v, err);
    for (uint32_t i = 0; i < v.length; i++) {
        td_mp_read(&at, &key); /* a string: td_mp_check has seen to it */
        struct td_mp value = at;
        if (td_mp_read(&value, &options) != 0 || options.type != TD_MP_MAP)
            return td_fail(err, TD_E_BAD_REQUEST, "'options' must have a map for '%.*s', not %s",
                           td_utf8_quoted(key.bytes, key.length), key.bytes, td_mp_type_name(options.type));
        td_mp_skip(&at);
    }
    *mp = at;
    r->options = here;
    return TD_OK;
}

static int take_offsets(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice name = { 0 };
    int rc = take_string("offsets", mp, &name, err);

    if (rc == TD_OK && td_unit_find(name.bytes, name.length, &r->unit) != 0)
        return td_fail(err, TD_E_BAD_REQUEST, "'offsets' is '%.*s'; it must be byte, codepoint or utf16",
                       td_utf8_quoted(name.bytes, name.length), name.bytes);
    return rc;
}

static int take_deadline_ms(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 || v.type != TD_MP_INT)
        return wrong_type("deadline_ms", "an integer", &v, err);
    if (v.integer < 1 || v.integer > MAX_DEADLINE_MS)
        return td_fail(err, TD_E_BAD_REQUEST, "'deadline_ms' is %lld; allowed: 1 to %lld", (long long)v.integer,
                       (long long)MAX_DEADLINE_MS);
    r->deadline_ns = (uint64_t)v.integer * 1000000u;
    return TD_OK;
}

static int take_lang(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    int rc = take_string("lang", mp, &r->lang, err);

    if (rc == TD_OK && r->lang.length > 64)
        return td_fail(err, TD_E_BAD_REQUEST, "'lang' has %u bytes; a BCP 47 tag has up to 64 here", r->lang.length);
    return rc;
}

static int take_trace(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    int rc = take_string("trace", mp, &r->trace, err);

    if (rc == TD_OK && r->trace.length > 256)
        return td_fail(err, TD_E_BAD_REQUEST, "'trace' has %u bytes; a traceparent has up to 256 here",
                       r->trace.length);
    return rc;
}

static int take_meta(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    const struct td_mp_limits limits = { .depth = TD_MAX_META_DEPTH, .nodes = TD_MAX_META_BYTES };
    const char *start = (const char *)mp->at;
    size_t where;

    td_mp_skip(mp);
    uint32_t length = (uint32_t)((const char *)mp->at - start);
    if (length > TD_MAX_META_BYTES)
        return td_fail(err, TD_E_BAD_REQUEST, "'meta' has %u bytes; allowed: up to %d", length, TD_MAX_META_BYTES);
    const char *wrong = td_mp_check(start, length, &limits, &where); /* once more: its depth is narrower */
    if (wrong)
        return td_fail(err, TD_E_BAD_REQUEST, "'meta': %s (at most %d)", wrong, TD_MAX_META_DEPTH);
    r->meta = (struct td_slice) { start, length };
    return TD_OK;
}

struct key {
    const char *name;
    int (*take)(struct td_request *, struct td_mp *, struct td_err *);
};

/* In the order in which they are taken: id, meta and trace first, so that an error about another can carry them. */
static const struct key head_keys[] = {
    { "id", take_id }, { "meta", take_meta }, { "trace", take_trace }, { "v", take_v }
};

static const struct key keys[] = {
    { "op", take_op },
    { "text", take_text },
    { "pipeline", take_pipeline },
    { "plugins", take_plugins },
    { "options", take_options },
    { "offsets", take_offsets },
    { "lang", take_lang },
    { "deadline_ms", take_deadline_ms },
};

/* Takes the values of those keys that the message has. */
static int take_keys(struct td_request *r, const struct key *table, size_t n, struct td_err *err)
{
    const uint8_t *bytes = zmq_msg_data(&r->body);
    const struct td_mp mp = { bytes, bytes + zmq_msg_size(&r->body) };

    for (size_t i = 0; i < n; i++) {
        struct td_mp value;
        if (td_mp_find(mp, table[i].name, &value) != 0)
            continue;
        int rc = table[i].take(r, &value, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

/* What holds between keys. */
static int check_whole(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    if (r->id.length == 0 && (r->op == TD_OP_ANNOTATE || r->op == TD_OP_CANCEL))
        return td_fail(err, TD_E_BAD_REQUEST, "'id' is missing; '%s' needs one to answer to", td_op_name(r->op));
    if (r->op != TD_OP_ANNOTATE)
        return TD_OK;
    if (r->text.bytes && r->has_text_frame)
        return td_fail(err, TD_E_BAD_REQUEST, "there is both a 'text' and a second frame; send one of them");
    if (r->has_text_frame)
        r->text = (struct td_slice) { zmq_msg_data(&r->text_frame), (uint32_t)zmq_msg_size(&r->text_frame) };
    else if (!r->text.bytes)
        return td_fail(err, TD_E_BAD_REQUEST, "'text' is missing; send it, or the text as a second frame");
    if (r->pipeline.bytes && r->plugins.at)
        return td_fail(err, TD_E_BAD_REQUEST, "there are both 'pipeline' and 'plugins'; send one of them");
    size_t bytes = r->has_text_frame ? zmq_msg_size(&r->text_frame) : r->text.length;
    if (bytes > limits->document_bytes)
        return td_fail(err, TD_E_TOO_LARGE, "the text has %zu bytes; limits.document_bytes is %llu", bytes,
                       (unsigned long long)limits->document_bytes);
    return TD_OK;
}

/* The whole message is no good, but perhaps its sender can still be told which one it was. */
static void find_id(struct td_request *r, struct td_mp mp)
{
    struct td_mp value;

    if (td_mp_find(mp, "id", &value) == 0)
        take_id(r, &value, NULL);
}

int td_request_parse_head(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    const uint8_t *bytes = zmq_msg_data(&r->body);
    size_t length = zmq_msg_size(&r->body), where;
    const struct td_mp mp = { bytes, bytes + length };
    const struct td_mp_limits structure = { .depth = limits->depth,
                                            .nodes = TD_MAX_REQUEST_NODES,
                                            .unchecked_key = "text" };
    struct td_mp_value head;
    struct td_mp at = mp;

    if (r->wrong_frames)
        return td_fail(
            err, TD_E_BAD_REQUEST,
            "the message has %u frames; it may have an envelope of up to 8, one frame, and one more for the text",
            r->wrong_frames);
    if (td_mp_read(&at, &head) != 0)
        return td_fail(err, TD_E_BAD_REQUEST, "the message is empty or cut off; it must be one MessagePack map");
    if (head.type != TD_MP_MAP)
        return td_fail(err, TD_E_BAD_REQUEST, "the message is %s; it must be one MessagePack map",
                       td_mp_type_name(head.type));
    const char *wrong = td_mp_check(bytes, length, &structure, &where);
    if (wrong) {
        find_id(r, mp);
        return td_fail(err, TD_E_BAD_REQUEST, "at byte %zu of the message: %s", where, wrong);
    }
    return take_keys(r, head_keys, sizeof head_keys / sizeof head_keys[0], err);
}

int td_request_parse(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    int rc = td_request_parse_head(r, limits, err);

    if (rc == TD_OK)
        rc = take_keys(r, keys, sizeof keys / sizeof keys[0], err);
    return rc == TD_OK ? check_whole(r, limits, err) : rc;
}
