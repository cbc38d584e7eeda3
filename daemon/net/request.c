/* request.c: see request.h. The keys are a table: a name, the function that takes its value. A message is first checked
 * as a whole (td_mp_check), so the functions can trust that what they read is there. Where a language can't write the type
 * that is meant, another is as good (td_mp_as_…), and nil is no value at all. */
#include "daemon/net/request.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <textd/version.h>

#include "common/lang.h"
#include "common/nearest.h"
#include "common/utf8.h"
#include "daemon/both/frames.h"
#include "daemon/net/foreign.h"

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
    else if (v.type == TD_MP_FLOAT)
        snprintf(text, TD_ID_TEXT_BYTES, "%.17g", v.number);
    else if (v.type == TD_MP_STR)
        snprintf(text, TD_ID_TEXT_BYTES, "%.*s",
                 (int)(v.length <= TD_MAX_ID_BYTES ? v.length : td_utf8_cut(v.bytes, TD_MAX_ID_BYTES)), v.bytes);
    for (uint32_t i = 0; v.type == TD_MP_BIN && i < v.length && i < TD_MAX_ID_BYTES; i++)
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

    if (td_mp_read(mp, &v) != 0 || !td_mp_as_text(&v))
        return v.type == TD_MP_BIN
                   ? td_fail(err, TD_E_BAD_REQUEST, "'%s' is binary that is not valid UTF-8; it must be a string", key)
                   : wrong_type(key, "a string", &v, err);
    *slice = (struct td_slice) { v.bytes, v.length };
    return TD_OK;
}

/* Reads a whole number of min to max. */
static int take_integer(const char *key, struct td_mp *mp, int64_t min, int64_t max, int64_t *integer,
                        struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0)
        return wrong_type(key, "an integer", &v, err);
    if (!td_mp_as_integer(&v) && v.type == TD_MP_FLOAT)
        return isfinite(v.number) && fabs(v.number) >= 0x1p53
                   ? td_fail(err, TD_E_BAD_REQUEST, "'%s' is %g; allowed: %" PRId64 " to %" PRId64, key, v.number, min,
                             max)
                   : td_fail(err, TD_E_BAD_REQUEST, "'%s' is %.17g; it must be a whole number", key, v.number);
    if (v.type != TD_MP_INT)
        return wrong_type(key, "an integer", &v, err);
    if (v.integer < min || v.integer > max)
        return td_fail(err, TD_E_BAD_REQUEST, "'%s' is %" PRId64 "; allowed: %" PRId64 " to %" PRId64, key, v.integer,
                       min, max);
    *integer = v.integer;
    return TD_OK;
}

static int take_v(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    int64_t version = 0;
    int rc = take_integer("v", mp, INT64_MIN, INT64_MAX, &version, err);

    (void)r;
    if (rc == TD_OK && version != TEXTD_PROTOCOL_VERSION)
        return td_fail(err, TD_E_UNSUPPORTED_VERSION, "'v' is %" PRId64 "; this server speaks version %d", version,
                       TEXTD_PROTOCOL_VERSION);
    return rc;
}

static int check_id(const struct td_mp_value *v, struct td_err *err)
{
    struct td_mp_value whole = *v;

    if (v->type == TD_MP_FLOAT && !td_mp_as_integer(&whole))
        return td_fail(err, TD_E_BAD_REQUEST, "'id' is %.17g; it must be a whole number below 2^63, a string or binary",
                       v->number);
    if (v->type != TD_MP_INT && v->type != TD_MP_UINT && v->type != TD_MP_FLOAT && v->type != TD_MP_STR &&
        v->type != TD_MP_BIN)
        return wrong_type("id", "an integer, a string or binary", v, err);
    if (v->length > TD_MAX_ID_BYTES)
        return td_fail(err, TD_E_BAD_REQUEST, "'id' has %u bytes; allowed: up to %d", v->length, TD_MAX_ID_BYTES);
    return TD_OK;
}

/* What is sent back as it came: one whole value, within bounds, that a reader of MessagePack takes. NULL, or what is wrong. */
static const char *check_echo(const struct td_slice *slice)
{
    const struct td_mp_limits limits = { .depth = TD_MAX_META_DEPTH, .nodes = TD_MAX_META_BYTES, .any_keys = 1 };
    size_t where;

    if (slice->length > TD_MAX_META_BYTES)
        return "it is too long";
    return td_mp_check(slice->bytes, slice->length, &limits, &where);
}

/* An id that is refused goes back as well, within meta's bounds: a client that has many requests under way waits for this one
 * until it sees its id. */
static int take_id(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice id = { .bytes = (const char *)mp->at };
    struct td_mp after = *mp;
    struct td_mp_value v;

    td_mp_read(mp, &v);
    if (v.type == TD_MP_INT || v.type == TD_MP_UINT) { /* as nearly all are, and then there is nothing to check */
        id.length = (uint32_t)((const char *)mp->at - id.bytes);
        r->id = id;
        return TD_OK;
    }
    td_mp_skip(&after);
    id.length = (uint32_t)((const char *)after.at - id.bytes);
    if (!check_echo(&id))
        r->id = id;
    return check_id(&v, err);
}

static int take_op(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 || !td_mp_as_text(&v))
        return wrong_type("op", "a string", &v, err);
    for (size_t i = 0; i < sizeof op_names / sizeof op_names[0]; i++)
        if (td_mp_is(&v, op_names[i])) {
            r->op = (enum td_op)i;
            return TD_OK;
        }
    return td_fail(err, TD_E_BAD_REQUEST, "'op' is '%.*s'; it must be annotate, cancel, describe or ping",
                   td_utf8_quoted(v.bytes, v.length), v.bytes);
}

/* Any bytes: the worker that reads it checks it, and names the first that is no UTF-8. */
static int take_text(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v;

    if (td_mp_read(mp, &v) != 0 || (v.type != TD_MP_STR && v.type != TD_MP_BIN))
        return wrong_type("text", "a string", &v, err);
    r->text = (struct td_slice) { v.bytes, v.length };
    return TD_OK;
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
        if (td_mp_read(mp, &name) != 0 || !td_mp_as_text(&name))
            return td_fail(err, TD_E_BAD_REQUEST, "'plugins' must be an array of strings; element %u is %s", i,
                           td_mp_type_name(name.type));
    r->plugins = here;
    return TD_OK;
}

static int take_options(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_mp_value v, key, options;
    struct td_mp here = *mp, at = *mp;

    if (td_mp_read(&at, &v) != 0 || !td_mp_as_map(&v))
        return wrong_type("options", "a map of plugin to map of option to value", &v, err);
    for (uint32_t i = 0; i < v.length; i++) {
        td_mp_read(&at, &key); /* a string: td_mp_check has seen to it */
        struct td_mp value = at;
        if (td_mp_read(&value, &options) != 0 || (options.type != TD_MP_NIL && !td_mp_as_map(&options)))
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
    int64_t ms = 0;
    int rc = take_integer("deadline_ms", mp, 1, MAX_DEADLINE_MS, &ms, err);

    r->deadline_ns = (uint64_t)ms * 1000000u;
    return rc;
}

/* The canonical form goes where the given one was: it is never longer, and the frame is ours. */
static void set_lang(struct td_request *r, const struct td_slice *given, const char *tag, size_t length)
{
    char *frame = zmq_msg_data(&r->body);

    assert(frame && given->bytes && length <= given->length);
    r->lang = (struct td_slice) { given->bytes, (uint32_t)length };
    if (length != given->length || memcmp(given->bytes, tag, length) != 0)
        memcpy(frame + (given->bytes - frame), tag, length);
}

static int take_lang(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice given = { 0 };
    char tag[TD_MAX_LANG_BYTES];
    size_t length;
    int rc = take_string("lang", mp, &given, err);

    if (rc != TD_OK)
        return rc;
    if (given.length > TD_MAX_LANG_BYTES)
        return td_fail(err, TD_E_BAD_REQUEST, "'lang' has %u bytes; a BCP 47 tag has up to %d here", given.length,
                       TD_MAX_LANG_BYTES);
    enum td_lang is = td_lang_canonical(given.bytes, given.length, tag, &length);
    if (is == TD_LANG_TAG)
        set_lang(r, &given, tag, length);
    else if (is == TD_LANG_NO_TAG)
        td_warn(&r->warnings, "'lang' is '%.*s', which is no BCP 47 tag such as 'en' or 'pt-BR'; it was ignored",
                (int)given.length, given.bytes);
    else if (is == TD_LANG_NO_CODE)
        td_warn(&r->warnings, "'lang' is '%.*s', but ISO 639 has no language '%.2s'; it was ignored", (int)given.length,
                given.bytes, given.bytes);
    return TD_OK;
}

/* A trace is for those who look on: one that is wrong costs nobody a result. It is ignored and another begun, as the W3C has it
 * (4.3); an empty one asks for that. */
static int take_trace(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice trace = { 0 };
    int rc = take_string("trace", mp, &trace, err);

    if (rc != TD_OK)
        return rc;
    const char *wrong =
        trace.length > TD_MAX_TRACE_BYTES ? "it is too long" : td_trace_read(&r->context, trace.bytes, trace.length);
    if (!wrong) {
        r->trace = trace;
        return TD_OK;
    }
    td_trace_begin(&r->context);
    if (trace.length > 0)
        td_warn(&r->warnings, "'trace' is no traceparent that can be followed (%s); another was begun", wrong);
    return TD_OK;
}

/* It belongs to the trace that it came with, and is not even looked at without one (4.3). */
static int take_tracestate(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice given = { 0 };
    int rc = take_string("tracestate", mp, &given, err);

    if (rc != TD_OK || given.length == 0)
        return rc;
    if (!r->trace.bytes) {
        td_warn(&r->warnings, "'tracestate' came without a 'trace' that can be followed; it was ignored");
        return TD_OK;
    }
    char *frame = zmq_msg_data(&r->body);
    size_t length = given.length;
    const char *told = td_tracestate_tidy(frame + (given.bytes - frame), &length);
    if (told)
        td_warn(&r->warnings, "'tracestate' %s%s", told, length == 0 ? "; it was ignored" : "");
    if (length > 0)
        r->state = (struct td_slice) { given.bytes, (uint32_t)length };
    return TD_OK;
}

static int take_meta(struct td_request *r, struct td_mp *mp, struct td_err *err)
{
    struct td_slice meta = { .bytes = (const char *)mp->at };

    td_mp_skip(mp);
    meta.length = (uint32_t)((const char *)mp->at - meta.bytes);
    if (meta.length > TD_MAX_META_BYTES)
        return td_fail(err, TD_E_BAD_REQUEST, "'meta' has %u bytes; allowed: up to %d", meta.length, TD_MAX_META_BYTES);
    const char *wrong = check_echo(&meta); /* once more: its depth is narrower */
    if (wrong)
        return td_fail(err, TD_E_BAD_REQUEST, "'meta': %s (at most %d)", wrong, TD_MAX_META_DEPTH);
    r->meta = meta;
    return TD_OK;
}

/* X(key), in the order in which they are taken: id, meta and what traces it first, so that an error about another can carry
 * them. */
#define KEYS(X) \
    X(id) \
    X(meta) \
    X(trace) \
    X(tracestate) \
    X(v) \
    X(op) \
    X(text) \
    X(pipeline) \
    X(plugins) \
    X(options) \
    X(offsets) \
    X(lang) \
    X(deadline_ms)

enum key {
#define X(key) KEY_##key,
    KEYS(X)
#undef X
        N_KEYS
};

#define N_ECHOED (KEY_tracestate + 1)
#define N_HEAD (KEY_v + 1)

const char *const td_request_keys[] = {
#define X(key) #key,
    KEYS(X)
#undef X
        NULL
};

static const struct {
    size_t length; /* of its name */
    int (*take)(struct td_request *, struct td_mp *, struct td_err *);
} keys[] = {
#define X(key) { sizeof #key - 1, take_##key },
    KEYS(X)
#undef X
};

/* Where the values are; .at NULL: there is none. */
struct values {
    struct td_mp of[N_KEYS];
};

static int find_key(const struct td_mp_value *name)
{
    for (int i = 0; i < N_KEYS; i++)
        if (keys[i].length == name->length && memcmp(td_request_keys[i], name->bytes, name->length) == 0)
            return i;
    return -1;
}

/* How `name` begins, when it goes on where a key ends: "language", lang. */
static const char *find_beginning(const struct td_mp_value *name)
{
    for (int i = 0; i < N_KEYS; i++)
        if (keys[i].length >= 4 && keys[i].length < name->length &&
            memcmp(td_request_keys[i], name->bytes, keys[i].length) == 0)
            return td_request_keys[i];
    return NULL;
}

/* A mistyped key would change nothing and say nothing. */
static void warn_of_key(struct td_request *r, const struct td_mp_value *name)
{
    int quoted = td_utf8_quoted(name->bytes, name->length);
    const char *near = NULL;

    if (td_warnings_are_full(r->warnings)) {
        td_warn(&r->warnings, "%s", "");
        return;
    }
    near = td_nearest(name->bytes, name->length, td_request_keys, N_KEYS);
    if (!near)
        near = find_beginning(name);
    if (near)
        td_warn(&r->warnings, "'%.*s' is not a key; did you mean '%s'?", quoted, name->bytes, near);
    else
        td_warn(&r->warnings, "'%.*s' is not a key; it was ignored", quoted, name->bytes);
}

/* Finds the keys' values in a message that was checked. *values is zeroed. */
static void find_values(struct td_request *r, struct td_mp mp, struct values *values)
{
    struct td_mp_value map, name;

    td_mp_read(&mp, &map);
    for (uint32_t i = 0; i < map.length; i++) {
        td_mp_read(&mp, &name);
        int key = find_key(&name);
        if (key >= 0)
            values->of[key] = mp;
        else
            warn_of_key(r, &name);
        td_mp_skip(&mp);
    }
}

static int is_nil(struct td_mp mp)
{
    return *mp.at == 0xc0;
}

/* Takes the values of the keys from `first` to before `end`, and says what is wrong with the first that is. The keys that are
 * echoed are all taken, whatever is wrong with another of them. */
static int take_values(struct td_request *r, const struct values *values, int first, int end, struct td_err *err)
{
    int rc = TD_OK;

    for (int i = first; i < end && (rc == TD_OK || i < N_ECHOED); i++) {
        struct td_mp value = values->of[i];
        if (!value.at || (is_nil(value) && i != KEY_meta)) /* a meta of nil is echoed as that */
            continue;
        int wrong = keys[i].take(r, &value, rc == TD_OK ? err : NULL);
        rc = rc == TD_OK ? wrong : rc;
    }
    return rc;
}

/* What holds between keys. */
static int check_whole(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    if (r->id.length == 0 && r->needs_no_id && r->op == TD_OP_ANNOTATE)
        r->id = (struct td_slice) { "\xc0", 1 };
    if (r->id.length == 0 && (r->op == TD_OP_ANNOTATE || r->op == TD_OP_CANCEL))
        return td_fail(err, TD_E_BAD_REQUEST, "'id' is missing; '%s' needs one to answer to", td_op_name(r->op));
    if (r->op != TD_OP_ANNOTATE)
        return TD_OK;
    if (r->text.bytes && r->has_text_frame)
        return td_fail(err, TD_E_BAD_REQUEST, "there is both a 'text' and a second frame; send one of them");
    size_t bytes = r->has_text_frame ? zmq_msg_size(&r->text_frame) : r->text.length;
    if (r->has_text_frame)
        r->text = (struct td_slice) { zmq_msg_data(&r->text_frame), (uint32_t)bytes };
    else if (!r->text.bytes)
        return td_fail(err, TD_E_BAD_REQUEST, "'text' is missing; send it (over ZeroMQ as a second frame, too)");
    if (r->pipeline.bytes && r->plugins.at)
        return td_fail(err, TD_E_BAD_REQUEST, "there are both 'pipeline' and 'plugins'; send one of them");
    if (bytes > limits->document_bytes)
        return td_fail(err, TD_E_TOO_LARGE, "the text has %zu bytes; limits.document_bytes is %llu", bytes,
                       (unsigned long long)limits->document_bytes);
    return TD_OK;
}

/* The whole message is no good, but its sender is told which one it was, as far as it can be read: what is wrong may stand
 * behind the id, and before it, as long as values can be stepped over. */
static void take_echoed(struct td_request *r)
{
    const uint8_t *bytes = zmq_msg_data(&r->body);
    struct td_mp mp = { bytes, bytes + zmq_msg_size(&r->body) };
    uint32_t left = TD_MAX_REQUEST_NODES; /* it may be one that was refused for having more */
    struct values values = { 0 };
    struct td_mp_value map, name;

    if (td_mp_read(&mp, &map) != 0 || map.type != TD_MP_MAP)
        return;
    for (uint32_t i = 0; i < map.length && td_mp_read(&mp, &name) == 0; i++) {
        struct td_mp value = mp;
        if ((name.type != TD_MP_STR && name.type != TD_MP_BIN) || td_mp_skip_some(&mp, &left) != 0)
            break;
        int key = find_key(&name);
        if (key >= 0 && !values.of[key].at)
            values.of[key] = (struct td_mp) { value.at, mp.at };
    }
    take_values(r, &values, 0, N_ECHOED, NULL);
}

/* The head's part of td_request_parse. */
static int take_head(struct td_request *r, const struct td_request_limits *limits, struct values *values,
                     struct td_err *err)
{
    const uint8_t *bytes = zmq_msg_data(&r->body);
    size_t length = zmq_msg_size(&r->body), where;
    const struct td_mp_limits structure = {
        .depth = limits->depth, .nodes = TD_MAX_REQUEST_NODES, .unchecked_key = "text", .echoed_key = "meta"
    };
    struct td_mp_value head;
    struct td_mp at = { bytes, bytes + length };

    if (r->wrong_frames) {
        take_echoed(r);
        return td_fail(
            err, TD_E_BAD_REQUEST,
            "the message has %u frames; it may have an envelope of up to 8, one frame, and one more for the text",
            r->wrong_frames);
    }
    int is_read = td_mp_read(&at, &head) == 0;
    const char *foreign = is_read && head.type == TD_MP_MAP ? NULL : td_foreign_words(bytes, length);
    if (foreign)
        return td_fail(err, TD_E_BAD_REQUEST, "%s", foreign);
    if (!is_read)
        return td_fail(err, TD_E_BAD_REQUEST, "the message is empty or cut off; it must be one MessagePack map");
    if (head.type != TD_MP_MAP)
        return td_fail(err, TD_E_BAD_REQUEST, "the message is %s; it must be one MessagePack map",
                       td_mp_type_name(head.type));
    const char *wrong = td_mp_check(bytes, length, &structure, &where);
    if (wrong) {
        take_echoed(r);
        return td_fail(err, TD_E_BAD_REQUEST, "at byte %zu of the message: %s", where, wrong);
    }
    find_values(r, (struct td_mp) { bytes, bytes + length }, values);
    return take_values(r, values, 0, N_HEAD, err);
}

int td_request_parse_head(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    struct values values = { 0 };
    int rc = take_head(r, limits, &values, err);

    td_warnings_free(&r->warnings); /* the keys behind it are not those of this table */
    return rc;
}

int td_request_parse(struct td_request *r, const struct td_request_limits *limits, struct td_err *err)
{
    struct values values = { 0 };
    int rc = take_head(r, limits, &values, err);

    if (rc == TD_OK)
        rc = take_values(r, &values, N_HEAD, N_KEYS, err);
    return rc == TD_OK ? check_whole(r, limits, err) : rc;
}
