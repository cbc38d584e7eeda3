/* annotate.c: see annotate.h. One document a call; a batch, which is NDJSON, is ndjson.c's. */
#include "daemon/http/annotate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/documents/admission.h"
#include "daemon/documents/reply.h"
#include "daemon/http/answer.h"
#include "daemon/http/door.h"
#include "daemon/http/entry.h"
#include "daemon/http/http.h"
#include "daemon/http/ndjson.h"

#define UNSUPPORTED_MEDIA_TYPE 415

/* Around a document: its other keys. And JSON may take six bytes for one of the text. */
#define SLACK_BYTES (1u << 20)
#define JSON_BYTES_A_BYTE 6u

/* A length that is told beforehand is believed up to this. */
#define TOLD_BYTES (1u << 20)

const struct td_http_parameter td_http_annotate_parameters[] = {
#define X(name, schema, help) { #name, help },
    TD_HTTP_ENTRY_PARAMETERS(X)
#undef X
        { TD_HTTP_OPTION_PREFIX "*", "a plugin's option, as options.PLUGIN.NAME=value" },
    { "order", "of a batch's answers: any, or that of its lines when absent" },
    { NULL, NULL },
};

/* ---- What comes -------------------------------------------------------------------------------------------------- */

/* X(name, media type) */
#define FORMS(X) \
    X(JSON, "application/json") \
    X(TEXT, "text/plain") \
    X(NDJSON, "application/x-ndjson") \
    X(MSGPACK, "application/msgpack")

enum form {
#define X(name, type) FORM_##name,
    FORMS(X)
#undef X
        N_FORMS
};

static const struct {
    const char *name;
    enum form form;
} media_types[] = {
#define X(name, type) { type, FORM_##name },
    FORMS(X)
#undef X
    /* What the same is called, too. */
    { "application/ndjson", FORM_NDJSON },
    { "application/jsonl", FORM_NDJSON },
    { "application/x-msgpack", FORM_MSGPACK },
    { "application/vnd.msgpack", FORM_MSGPACK },
};

static const char *skip_blanks(const char *p)
{
    return p + strspn(p, " \t");
}

/* The charset must be one whose bytes are UTF-8. */
static int is_utf8(const char *parameters)
{
    for (const char *p = strchr(parameters, ';'); p; p = strchr(p, ';')) {
        p = skip_blanks(p + 1);
        if (strncasecmp(p, "charset=", 8) != 0)
            continue;
        p += 8 + (p[8] == '"');
        size_t length = strcspn(p, "\"; \t");
        return (length == 5 && strncasecmp(p, "utf-8", length) == 0) ||
               (length == 4 && strncasecmp(p, "utf8", length) == 0) ||
               (length == 8 && strncasecmp(p, "us-ascii", length) == 0);
    }
    return 1;
}

static int find_form(const char *type, enum form *form, struct td_err *err)
{
    if (!type)
        return td_fail(err, TD_E_BAD_REQUEST,
                       "there is no Content-Type; it must be application/json, text/plain, application/x-ndjson or "
                       "application/msgpack");
    size_t length = strcspn(type, "; \t");
    for (size_t i = 0; i < sizeof media_types / sizeof media_types[0]; i++) {
        if (strlen(media_types[i].name) != length || strncasecmp(type, media_types[i].name, length) != 0)
            continue;
        *form = media_types[i].form;
        return is_utf8(type) ? TD_OK
                             : td_fail(err, TD_E_BAD_REQUEST, "Content-Type is '%.60s'; text must be in UTF-8", type);
    }
    return td_fail(err, TD_E_BAD_REQUEST,
                   "Content-Type is '%.60s'; it must be application/json, text/plain, application/x-ndjson or "
                   "application/msgpack%s",
                   type,
                   strncasecmp(type, "application/x-www-form-urlencoded", length) == 0
                       ? " (curl says this of all that it sends, unless it is told with -H)"
                       : "");
}

static int check_encoding(const char *encoding, struct td_err *err)
{
    if (!encoding || strcasecmp(encoding, "identity") == 0)
        return TD_OK;
    return td_fail(err, TD_E_BAD_REQUEST, "Content-Encoding is '%.60s'; send it as it is", encoding);
}

/* Whether the client would rather have MessagePack. */
static int wants_msgpack(const struct td_http_call *call, enum form form)
{
    const char *accept = td_http_call_header(call, "Accept");

    if (accept && strcasestr(accept, "msgpack"))
        return 1;
    return form == FORM_MSGPACK && !(accept && strcasestr(accept, "json"));
}

/* ---- One document ------------------------------------------------------------------------------------------------ */

struct single {
    struct td_http_ask ask; /* first, so that it is this */
    struct td_http_call *call;
    struct td_http *http;
    enum form form;
    int as_msgpack;
    uint64_t client; /* of the door */
    uint64_t most_bytes;
    size_t first_bytes; /* room for so many is made at the first */
    struct td_buf body;
    struct td_http_defaults defaults;
};

static void free_single(struct single *s)
{
    s->http->docs->door_bytes -= s->body.length;
    td_buf_free(&s->body);
    td_buf_free(&s->defaults.pairs);
    free(s);
}

static void on_gone(struct td_http_call *call, void *data)
{
    struct single *s = data;

    (void)call;
    td_http_door_forget(&s->http->door, s->client);
    free_single(s);
}

static void on_answer(struct td_http_ask *ask, zmq_msg_t *reply)
{
    struct single *s = (struct single *)ask;

    td_http_answer(s->call, reply, s->as_msgpack);
    free_single(s);
}

/* No document was made of it, whose end would be counted. */
static void refuse(struct td_http_call *call, unsigned status, const struct td_err *err, enum td_shed shed_for)
{
    td_admission_note_refused(td_http_call_http(call)->docs, err, shed_for);
    td_http_call_fail(call, status, err);
}

static void fail(struct single *s, const struct td_err *err, enum td_shed shed_for)
{
    refuse(s->call, 0, err, shed_for);
    free_single(s);
}

static uint64_t most_bytes(const struct td_documents *docs, enum form form)
{
    uint64_t document = (uint64_t)docs->set.limits_document_bytes;

    return form == FORM_TEXT      ? document
           : form == FORM_MSGPACK ? (uint64_t)docs->out->frame_bytes
                                  : JSON_BYTES_A_BYTE * document + SLACK_BYTES;
}

static int check_length(const struct single *s, uint64_t length, struct td_err *err)
{
    const struct td_documents *docs = s->http->docs;

    if (length <= s->most_bytes)
        return TD_OK;
    return td_fail(err, TD_E_TOO_LARGE, "the body has more than %llu bytes; limits.document_bytes is %lld",
                   (unsigned long long)s->most_bytes, (long long)docs->set.limits_document_bytes);
}

/* Room for one more piece, and a NUL behind it for those that read numbers. */
static int make_room(struct single *s, size_t length, enum td_shed *shed_for, struct td_err *err)
{
    const struct td_documents *docs = s->http->docs;
    int rc = check_length(s, s->body.length + length, err);

    *shed_for = TD_SHEDS_N;
    if (rc != TD_OK)
        return rc;
    *shed_for = TD_SHED_QUEUE_BYTES;
    if (s->http->docs->door_bytes + length > (uint64_t)docs->set.queue_bytes)
        return td_fail(err, TD_E_OVERLOADED, "%llu bytes are held for HTTP; queue.bytes is %lld",
                       (unsigned long long)s->http->docs->door_bytes, (long long)docs->set.queue_bytes);
    *shed_for = TD_SHED_MEMORY;
    size_t room = length > s->first_bytes ? length : s->first_bytes;
    s->first_bytes = 0;
    if (td_buf_reserve(&s->body, room + 1) != 0)
        return td_fail(err, TD_E_OVERLOADED, "there is no memory for the body");
    return TD_OK;
}

/* The body is whole. */
static void submit(struct single *s)
{
    struct td_documents *docs = s->http->docs;
    struct td_doc *doc = td_doc_take(&docs->pool);
    struct td_err err;
    int rc;

    if (!doc) {
        td_fail(&err, TD_E_OVERLOADED, "there is no memory for more documents");
        fail(s, &err, TD_SHED_MEMORY);
        return;
    }
    s->http->docs->door_bytes -= s->body.length; /* from now on it is the document's, which counts it */
    if (s->form == FORM_JSON) {
        if (s->body.bytes)
            s->body.bytes[s->body.length] = 0;
        rc = td_http_entry_json(doc, s->body.bytes ? s->body.bytes : "", s->body.length, 1, &s->defaults,
                                (uint32_t)docs->set.limits_request_depth, &err);
        td_buf_free(&s->body);
    } else if (s->form == FORM_TEXT) {
        rc = td_http_entry_text(doc, &s->body, &s->defaults, &err);
    } else {
        rc = td_http_entry_msgpack(doc, &s->body, &s->defaults, &err);
    }
    s->body = (struct td_buf) { 0 };
    td_http_door_ask(&s->http->door, s->client, &s->ask, doc, rc == TD_OK ? NULL : &err);
}

static size_t take_single(struct single *s, const char *bytes, size_t length)
{
    enum td_shed shed_for;
    struct td_err err;

    if (length == 0) {
        submit(s);
        return 0;
    }
    if (make_room(s, length, &shed_for, &err) != TD_OK) {
        fail(s, &err, shed_for);
        return 0;
    }
    td_buf_append(&s->body, bytes, length);
    s->http->docs->door_bytes += length;
    return length;
}

static uint64_t length_told(const struct td_http_call *call)
{
    const char *length = td_http_call_header(call, "Content-Length");

    return length ? strtoull(length, NULL, 10) : 0;
}

static void begin_single(struct td_http_call *call, enum form form, const struct td_http_defaults *defaults)
{
    struct td_http *http = td_http_call_http(call);
    struct single *s = calloc(1, sizeof *s);
    struct td_err err;

    if (!s) {
        struct td_buf pairs = defaults->pairs;
        td_buf_free(&pairs);
        td_fail(&err, TD_E_OVERLOADED, "there is no memory for the request");
        refuse(call, 0, &err, TD_SHED_MEMORY);
        return;
    }
    *s = (struct single) { .ask.answer = on_answer,
                           .call = call,
                           .http = http,
                           .form = form,
                           .as_msgpack = wants_msgpack(call, form),
                           .client = td_http_door_client(&http->door),
                           .most_bytes = most_bytes(http->docs, form),
                           .defaults = *defaults };
    s->body.limit = s->most_bytes + 1;
    s->first_bytes = length_told(call) < TOLD_BYTES ? length_told(call) : TOLD_BYTES;
    if (check_length(s, length_told(call), &err) != TD_OK) { /* it needn't be read to know that */
        fail(s, &err, TD_SHEDS_N);
        return;
    }
    td_http_call_set_data(call, s);
    td_http_call_on_gone(call, on_gone, s);
}

/* ---- The routes -------------------------------------------------------------------------------------------------- */

static int check_order(const struct td_http_call *call, enum form form, int *any, struct td_err *err)
{
    const char *order = td_http_call_query(call, "order");

    *any = order && strcmp(order, "any") == 0;
    if (!order)
        return TD_OK;
    if (form != FORM_NDJSON)
        return td_fail(err, TD_E_BAD_REQUEST, "parameter 'order' is for application/x-ndjson");
    return *any ? TD_OK : td_fail(err, TD_E_BAD_REQUEST, "parameter 'order' is '%.60s'; it can only be 'any'", order);
}

void td_http_annotate(struct td_http_call *call)
{
    struct td_http *http = td_http_call_http(call);
    struct td_http_defaults defaults;
    enum form form = FORM_JSON;
    struct td_err err;
    int any_order;

    if (find_form(td_http_call_header(call, "Content-Type"), &form, &err) != TD_OK ||
        check_encoding(td_http_call_header(call, "Content-Encoding"), &err) != TD_OK) {
        refuse(call, UNSUPPORTED_MEDIA_TYPE, &err, TD_SHEDS_N);
        return;
    }
    int rc = check_order(call, form, &any_order, &err);
    if (rc == TD_OK && form != FORM_TEXT && td_http_call_query(call, "id"))
        rc = td_fail(&err, TD_E_BAD_REQUEST, "parameter 'id' is for text/plain; else it stands in the body");
    if (rc != TD_OK) {
        refuse(call, 0, &err, TD_SHEDS_N);
        return;
    }
    rc = td_http_defaults_read(&defaults, call, http->docs, &err);
    if (rc != TD_OK) {
        td_buf_free(&defaults.pairs);
        refuse(call, 0, &err, err.code == TD_E_OVERLOADED ? TD_SHED_MEMORY : TD_SHEDS_N);
    } else if (form == FORM_NDJSON) {
        td_http_batch_begin(call, &defaults, any_order, most_bytes(http->docs, form));
    } else {
        begin_single(call, form, &defaults);
    }
}

size_t td_http_annotate_body(struct td_http_call *call, const char *bytes, size_t length)
{
    struct td_http_ask *ask = td_http_call_data(call);

    return ask->answer == on_answer ? take_single((struct single *)ask, bytes, length)
                                    : td_http_batch_take((struct td_http_batch *)ask, bytes, length);
}

void td_http_describe(struct td_http_call *call)
{
    struct td_documents *docs = td_http_call_http(call)->docs;
    const char *accept = td_http_call_header(call, "Accept");
    struct td_request request = { 0 };
    zmq_msg_t message;

    if (td_reply_describe(docs, &request, &message) != 0)
        zmq_msg_init(&message);
    td_http_answer(call, &message, accept && strcasestr(accept, "msgpack"));
}
