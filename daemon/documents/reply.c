/* reply.c: see reply.h. The form is docs/protocol.md's. */
#include "daemon/documents/reply.h"

#include <textd/version.h>

#include "daemon/documents/retry.h"
#include "daemon/net/message.h"

/* Grows only in describe, with the number of plugins. */
#define SCRATCH_BYTES (16u << 20)

static uint32_t n_echoed(const struct td_request *request)
{
    return (request->meta.length > 0) + (request->context.span != 0) + (request->state.length > 0) +
           (request->warnings != NULL);
}

/* What every message begins with: a map of `n_pairs` pairs, v and id among them. */
static msgpack_packer begin(struct td_documents *docs, const struct td_request *request, uint32_t n_pairs)
{
    struct td_buf *out = &docs->scratch;

    out->length = 0;
    out->full = 0;
    out->limit = SCRATCH_BYTES;
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

/* What follows the worker's pairs, up to the map of times, behind which there may be that of spans. */
static void pack_timing(msgpack_packer *packer, const struct td_doc *doc, const struct td_done *done)
{
    uint64_t span = doc->request.context.span;
    char digits[16];
    uint64_t queue_ns = done->start_ns > doc->accepted_ns ? done->start_ns - doc->accepted_ns : 0;
    uint64_t run_ns = done->end_ns > done->start_ns ? done->end_ns - done->start_ns : 0;

    td_pack_str(packer, "timing");
    msgpack_pack_map(packer, 3u + (span != 0) + ((done->flags & TD_DONE_SPANS) != 0));
    td_pack_count(packer, "queue_us", (int64_t)(queue_ns / 1000));
    td_pack_count(packer, "run_us", (int64_t)(run_ns / 1000));
    if (span) {
        td_trace_write_span(span, digits);
        td_pack_str(packer, "span");
        td_pack_bytes(packer, digits, sizeof digits);
    }
    td_pack_str(packer, "plugins");
}

static void pack_served(msgpack_packer *packer, const struct td_doc *doc, const struct td_worker *worker)
{
    td_pack_str(packer, "served");
    msgpack_pack_map(packer, 3);
    td_pack_pair(packer, "version", TEXTD_VERSION);
    td_pack_count(packer, "generation", worker->generation);
    td_pack_count(packer, "worker", worker->slot);
    td_pack_pair(packer, "offsets", td_unit_name(doc->request.unit));
}

int td_reply_result(struct td_documents *docs, const struct td_doc *doc, const struct td_done *done,
                    const unsigned char *parts, size_t length, zmq_msg_t *message)
{
    struct td_buf *out = &docs->scratch;
    msgpack_packer packer = td_reply_begin(docs, &doc->request, 1, done->n_pairs + 3);
    size_t head = out->length, pairs = done->pairs_bytes, times = length - pairs;

    pack_timing(&packer, doc, done);
    size_t timing = out->length;
    pack_served(&packer, doc, doc->worker);
    echo(out, &doc->request);
    if (out->full || td_message_init(message, out->length + length) != 0)
        return -1;
    char *at = zmq_msg_data(message);
    at = mempcpy(at, out->bytes, head);
    at = mempcpy(at, parts, pairs);
    at = mempcpy(at, out->bytes + head, timing - head);
    at = mempcpy(at, parts + pairs, times);
    memcpy(at, out->bytes + timing, out->length - timing);
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
