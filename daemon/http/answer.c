/* answer.c: see answer.h. */
#include "daemon/http/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mp_buf.h"
#include "common/trace.h"
#include "daemon/http/http.h"
#include "daemon/http/json_out.h"

/* A reply that is larger is written piece by piece; smaller ones at once, with a Content-Length. */
#define AT_ONCE_BYTES 65536u

/* JSON takes more than MessagePack: an escape has six bytes for one. */
#define MOST_JSON_BYTES (8u * AT_ONCE_BYTES)

void td_http_line_start(struct td_http_line *line, zmq_msg_t *reply)
{
    td_json_out_start(&line->json, zmq_msg_data(reply), zmq_msg_size(reply));
    line->is_ended = 0;
}

size_t td_http_line_read(struct td_http_line *line, char *to, size_t max)
{
    size_t n = td_json_out_read(&line->json, to, max);

    if (n < max && !line->is_ended) {
        to[n++] = '\n';
        line->is_ended = 1;
    }
    return n;
}

/* ---- Status and headers ------------------------------------------------------------------------------------------ */

static enum td_code code_of(const struct td_mp_value *name)
{
    for (int code = TD_OK + 1; code < TD_E_SYSTEM; code++)
        if (td_mp_is(name, td_code_name((enum td_code)code)))
            return (enum td_code)code;
    return TD_E_INTERNAL;
}

/* The status, and when to come again, if that is told. */
static unsigned outcome(zmq_msg_t *reply, int64_t *retry_after_ms)
{
    const uint8_t *bytes = zmq_msg_data(reply);
    struct td_mp map = { bytes, bytes + zmq_msg_size(reply) }, error, found;
    struct td_mp_value v;

    *retry_after_ms = 0;
    if (td_mp_find(map, "error", &error) != 0)
        return 200;
    enum td_code code =
        td_mp_find(error, "code", &found) == 0 && td_mp_read(&found, &v) == 0 ? code_of(&v) : TD_E_INTERNAL;
    if (code == TD_E_SHUTTING_DOWN)
        *retry_after_ms = 1000; /* it knows of no better time: whoever stops it may start another */
    if (td_mp_find(error, "retry_after_ms", &found) == 0 && td_mp_read(&found, &v) == 0 && v.type == TD_MP_INT)
        *retry_after_ms = v.integer;
    return td_http_status_of(code);
}

/* What traces the document goes on in the headers that it came in, for those who stand between and read no bodies. */
static void set_trace(struct td_http_call *call, zmq_msg_t *reply, const char *key, const char *header)
{
    const uint8_t *bytes = zmq_msg_data(reply);
    struct td_mp found, map = { bytes, bytes + zmq_msg_size(reply) };
    struct td_mp_value v;
    char text[TD_TRACESTATE_BYTES + 1];

    if (td_mp_find(map, key, &found) != 0 || td_mp_read(&found, &v) != 0 || v.type != TD_MP_STR ||
        v.length >= sizeof text)
        return;
    memcpy(text, v.bytes, v.length);
    text[v.length] = 0;
    td_http_call_set_header(call, header, text);
}

static void set_headers(struct td_http_call *call, zmq_msg_t *reply, int64_t retry_after_ms)
{
    char seconds[24];

    set_trace(call, reply, "trace", "traceparent");
    set_trace(call, reply, "tracestate", "tracestate");
    if (retry_after_ms <= 0)
        return;
    snprintf(seconds, sizeof seconds, "%lld", (long long)((retry_after_ms + 999) / 1000));
    td_http_call_set_header(call, "Retry-After", seconds);
}

/* ---- At once ----------------------------------------------------------------------------------------------------- */

static void fail_for_memory(struct td_http_call *call)
{
    const struct td_err err = { .code = TD_E_OVERLOADED,
                                .text = "there is no room for one more answer until others are read" };

    td_http_call_fail(call, 0, &err);
}

static void answer_at_once(struct td_http_call *call, unsigned status, zmq_msg_t *reply)
{
    struct td_buf json = { .limit = MOST_JSON_BYTES };
    struct td_http_line line;
    size_t n = 1;

    td_http_line_start(&line, reply);
    while (n > 0 && td_buf_reserve(&json, 2 * zmq_msg_size(reply) + 64) == 0) {
        n = td_http_line_read(&line, json.bytes + json.length, json.capacity - json.length);
        json.length += n;
    }
    if (n > 0)
        fail_for_memory(call);
    else
        td_http_call_answer(call, status, "application/json", json.bytes, json.length);
    td_buf_free(&json);
}

/* ---- In pieces --------------------------------------------------------------------------------------------------- */

struct large {
    struct td_http *http;
    zmq_msg_t reply;
    int as_msgpack;
    size_t at; /* of MessagePack */
    struct td_http_line line;
};

static ssize_t read_large(void *data, char *to, size_t max)
{
    struct large *large = data;
    size_t n, left = zmq_msg_size(&large->reply) - large->at;

    if (large->as_msgpack) {
        n = left < max ? left : max;
        memcpy(to, (const char *)zmq_msg_data(&large->reply) + large->at, n);
        large->at += n;
    } else {
        n = td_http_line_read(&large->line, to, max);
    }
    return n > 0 ? (ssize_t)n : -1;
}

static void close_large(void *data)
{
    struct large *large = data;

    large->http->docs->door_bytes -= zmq_msg_size(&large->reply);
    zmq_msg_close(&large->reply);
    free(large);
}

static void ignore_drain(void *data)
{
    (void)data; /* it has its end */
}

static const struct td_http_source large_source = {
    .read = read_large, .drain = ignore_drain, .close = close_large, .has_end = 1
};

/* One that is alone always may. */
static int is_too_much(struct td_http_call *call, size_t size)
{
    const struct td_documents *docs = td_http_call_http(call)->docs;

    return docs->door_bytes > 0 && docs->door_bytes + size > (uint64_t)docs->set.queue_bytes;
}

static void answer_in_pieces(struct td_http_call *call, unsigned status, zmq_msg_t *reply, int as_msgpack)
{
    struct large *large = malloc(sizeof *large);

    if (!large || is_too_much(call, zmq_msg_size(reply))) {
        free(large);
        fail_for_memory(call);
        return;
    }
    large->http = td_http_call_http(call);
    large->as_msgpack = as_msgpack;
    large->at = 0;
    zmq_msg_init(&large->reply);
    zmq_msg_move(&large->reply, reply);
    large->http->docs->door_bytes += zmq_msg_size(&large->reply);
    td_http_line_start(&large->line, &large->reply);
    td_http_call_stream(call, status, as_msgpack ? "application/msgpack" : "application/json", &large_source, large);
}

void td_http_answer(struct td_http_call *call, zmq_msg_t *reply, int as_msgpack)
{
    size_t size = zmq_msg_size(reply);
    int64_t retry_after_ms;

    if (size == 0) {
        fail_for_memory(call);
        zmq_msg_close(reply);
        return;
    }
    unsigned status = outcome(reply, &retry_after_ms);
    set_headers(call, reply, retry_after_ms);
    if (size > AT_ONCE_BYTES)
        answer_in_pieces(call, status, reply, as_msgpack);
    else if (as_msgpack)
        td_http_call_answer(call, status, "application/msgpack", zmq_msg_data(reply), size);
    else
        answer_at_once(call, status, reply);
    zmq_msg_close(reply); /* an empty shell when it was moved */
}
