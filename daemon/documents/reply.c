/* reply.c: see reply.h. The form is docs/protocol.md's. */
#include "daemon/documents/reply.h"

#include <assert.h>

#include <textd/version.h>

#include "daemon/documents/retry.h"
#include "daemon/net/message.h"

/* Grows only in describe, with the number of plugins. */
#define SCRATCH_BYTES (16u << 20)

/* v and id, up to the id's value; and what follows that. */
#define HEAD "\xa1v\x01\xa2id"
#define OK "\xa2ok\xc3"
_Static_assert(TEXTD_PROTOCOL_VERSION == 1, "HEAD says so");

static uint32_t n_echoed(const struct td_request *request)
{
    return (request->meta.length > 0) + (request->context.span != 0) + (request->state.length > 0) +
           (request->warnings != NULL);
}

static void reset(struct td_buf *out)
{
    out->length = 0;
    out->full = 0;
    out->limit = SCRATCH_BYTES;
}

/* What every message begins with: a map of `n_pairs` pairs, v and id among them. */
static msgpack_packer begin(struct td_documents *docs, const struct td_request *request, uint32_t n_pairs)
{
    struct td_buf *out = &docs->scratch;

    reset(out);
    msgpack_packer packer = td_buf_packer(out);
    msgpack_pack_map(&packer, n_pairs);
    td_pack_str(&packer, "v");
    msgpack_pack_int(&packer, TEXTD_PROTOCOL_VERSION);
    td_pack_str(&packer, "id");
    if (request->id.length > 0)
        td_buf_append(out, request->id.bytes, request->id.length);
    else
        msgpack_pack_nil(&packer);
    return packer;
}

msgpack_packer td_reply_begin(struct td_documents *docs, const struct td_request *request, int ok, uint32_t n_pairs)
{
    msgpack_packer packer = begin(docs, request, 3 + n_pairs + n_echoed(request));

    td_pack_str(&packer, "ok");
    td_pack_bool(&packer, ok);
    return packer;
}

static void echo(struct td_buf *out, const struct td_request *request)
{
    msgpack_packer packer = td_buf_packer(out);

    if (request->trace.bytes) {
        td_pack_str(&packer, "trace");
        td_pack_bytes(&packer, request->trace.bytes, request->trace.length);
    } else if (request->context.span) {
        char begun[TD_TRACEPARENT_BYTES];
        td_trace_write(&request->context, begun);
        td_pack_str(&packer, "trace");
        td_pack_bytes(&packer, begun, sizeof begun);
    }
    if (request->state.length > 0) {
        td_pack_str(&packer, "tracestate");
        td_pack_bytes(&packer, request->state.bytes, request->state.length);
    }
    if (request->meta.length > 0) {
        td_pack_str(&packer, "meta");
        td_buf_append(out, request->meta.bytes, request->meta.length);
    }
    if (request->warnings) {
        td_pack_str(&packer, "warnings");
        td_warnings_pack(request->warnings, out);
    }
}

int td_reply_end(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message)
{
    struct td_buf *out = &docs->scratch;

    echo(out, request);
    if (out->full || td_message_init(message, out->length) != 0)
        return -1;
    memcpy(zmq_msg_data(message), out->bytes, out->length);
    return 0;
}

/* ---- The reply that nearly all are: written by hand, since a packer's call a byte was half of its cost ------------- */

/* Bytes of a literal, or of anything. */
#define PUT(at, literal) mempcpy(at, literal, sizeof(literal) - 1)

/* The strs that are put by hand have a head of one byte. */
#define MOST_FIXSTR 31u

#define TIMING_BYTES 96
#define SERVED_BYTES 128

static char *put_word(char *at, const char *word)
{
    size_t length = strlen(word);

    assert(length <= MOST_FIXSTR); /* our own words */
    *at++ = (char)(0xa0 | length);
    return mempcpy(at, word, length);
}

/* In as few bytes as it takes, as the packer does. */
static char *put_count(char *at, uint64_t n)
{
    unsigned bytes = n < 0x80 ? 0 : n <= UINT8_MAX ? 1 : n <= UINT16_MAX ? 2 : n <= UINT32_MAX ? 4 : 8;

    if (bytes == 0) {
        *at++ = (char)n;
        return at;
    }
    *at++ = (char)(bytes == 1 ? 0xcc : bytes == 2 ? 0xcd : bytes == 4 ? 0xce : 0xcf);
    for (unsigned i = bytes; i-- > 0;)
        *at++ = (char)(n >> 8 * i);
    return at;
}

/* What follows the worker's pairs, up to the map of times, behind which there may be that of spans. */
static size_t write_timing(char *timing, const struct td_doc *doc, const struct td_done *done)
{
    uint64_t span = doc->request.context.span;
    uint64_t queue_ns = done->start_ns > doc->accepted_ns ? done->start_ns - doc->accepted_ns : 0;
    uint64_t run_ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;
    char *at = PUT(timing, "\xa6timing");

    *at++ = (char)(0x80 | (3 + (span != 0) + ((done->flags & TD_DONE_SPANS) != 0)));
    at = PUT(at, "\xa8queue_us");
    at = put_count(at, queue_ns / 1000);
    at = PUT(at, "\xa6run_us");
    at = put_count(at, run_ns / 1000);
    if (span) {
        at = PUT(at, "\xa4span\xb0");
        td_trace_write_span(span, at);
        at += 16;
    }
    at = PUT(at, "\xa7plugins");
    assert(at <= timing + TIMING_BYTES);
    return (size_t)(at - timing);
}

static size_t write_served(char *served, const struct td_doc *doc, const struct td_worker *worker)
{
    char *at = PUT(served, "\xa6served\x83\xa7version");

    at = put_word(at, TEXTD_VERSION);
    at = PUT(at, "\xaageneration");
    at = put_count(at, worker->generation);
    at = PUT(at, "\xa6worker");
    at = put_count(at, worker->slot);
    at = PUT(at, "\xa7offsets"); /* no longer in the map */
    at = put_word(at, td_unit_name(doc->request.unit));
    assert(at <= served + SERVED_BYTES);
    return (size_t)(at - served);
}

int td_reply_result(struct td_documents *docs, const struct td_doc *doc, const struct td_done *done,
                    const unsigned char *parts, size_t length, zmq_msg_t *message)
{
    const struct td_slice *id = &doc->request.id;
    uint32_t echoes = n_echoed(&doc->request), n_pairs = 3 + done->n_pairs + 3 + echoes;
    size_t pairs = done->pairs_bytes, times = length - pairs;
    struct td_buf *out = &docs->scratch;
    char timing[TIMING_BYTES], served[SERVED_BYTES];
    size_t timing_bytes = write_timing(timing, doc, done), served_bytes = write_served(served, doc, doc->worker);

    reset(out);
    if (echoes > 0)
        echo(out, &doc->request);
    assert(id->length > 0 && n_pairs < 16); /* done_check has seen to the pairs; a document has an id */
    size_t all =
        1 + sizeof HEAD - 1 + id->length + sizeof OK - 1 + pairs + timing_bytes + times + served_bytes + out->length;
    if (out->full || td_message_init(message, all) != 0)
        return -1;
    char *start = zmq_msg_data(message), *at = start;
    *at++ = (char)(0x80 | n_pairs);
    at = PUT(at, HEAD);
    at = mempcpy(at, id->bytes, id->length);
    at = PUT(at, OK);
    at = mempcpy(at, parts, pairs);
    at = mempcpy(at, timing, timing_bytes);
    at = mempcpy(at, parts + pairs, times);
    at = mempcpy(at, served, served_bytes);
    if (out->length > 0)
        at = mempcpy(at, out->bytes, out->length);
    assert((size_t)(at - start) == all);
    return 0;
}

static int write_error(struct td_documents *docs, const struct td_request *request, const struct td_err *err,
                       const char *plugin, uint32_t pool, zmq_msg_t *message)
{
    uint32_t retry_after_ms = err->code == TD_E_OVERLOADED ? td_retry_after_ms(docs, pool) : 0;
    msgpack_packer packer = td_reply_begin(docs, request, 0, 1);

    td_pack_str(&packer, "error");
    msgpack_pack_map(&packer, 3u + (plugin != NULL) + (retry_after_ms > 0));
    td_pack_pair(&packer, "code", td_code_name(err->code));
    td_pack_pair(&packer, "message", err->text);
    td_pack_str(&packer, "retryable");
    td_pack_bool(&packer, td_code_is_retryable(err->code));
    if (plugin)
        td_pack_pair(&packer, "plugin", plugin);
    if (retry_after_ms > 0)
        td_pack_count(&packer, "retry_after_ms", retry_after_ms);
    return td_reply_end(docs, request, message);
}

int td_reply_error(struct td_documents *docs, const struct td_request *request, const struct td_err *err,
                   const char *plugin, zmq_msg_t *message)
{
    return write_error(docs, request, err, plugin, 0, message);
}

int td_reply_refusal(struct td_documents *docs, const struct td_doc *doc, const struct td_err *err, zmq_msg_t *message)
{
    return write_error(docs, &doc->request, err, NULL, doc->pool, message);
}

int td_reply_progress(struct td_documents *docs, const struct td_request *request, const char *words,
                      zmq_msg_t *message)
{
    msgpack_packer packer = begin(docs, request, 3 + n_echoed(request));

    td_pack_pair(&packer, "progress", words);
    return td_reply_end(docs, request, message);
}

int td_reply_ping(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message)
{
    msgpack_packer packer = td_reply_begin(docs, request, 1, 5);

    td_pack_pair(&packer, "version", TEXTD_VERSION);
    td_pack_str(&packer, "listening");
    td_pack_bool(&packer, td_intake_is_listening(docs->intake));
    td_pack_pair(&packer, "state", docs->server_state);
    td_pack_count(&packer, "generation", td_lineup_serving(docs->lineup)->number);
    td_pack_count(&packer, "workers", td_generation_n_ready(td_lineup_serving(docs->lineup)));
    return td_reply_end(docs, request, message);
}
