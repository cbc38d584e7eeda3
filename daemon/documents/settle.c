/* settle.c: see settle.h. */
#include "daemon/documents/settle.h"

#include <assert.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/documents/reply.h"
#include "daemon/documents/slow.h"

int td_settle_open(struct td_documents *docs, struct td_doc *doc, struct td_queue *queue)
{
    if (td_deadlines_add(&docs->deadlines, doc) != 0)
        return -1;
    if (td_connection_enter(doc->client, doc) != 0) {
        td_deadlines_remove(&docs->deadlines, doc);
        return -1;
    }
    struct td_share *share = td_connection_share(doc->client);
    doc->client->n_documents++;
    doc->client->bytes += doc->bytes;
    share->n_documents++;
    share->bytes += doc->bytes;
    docs->count++;
    docs->held_bytes += doc->bytes;
    td_queues_open(queue, doc);
    docs->counters.documents_accepted++;
    doc->pipeline = td_measures_pipeline(&docs->measures, &doc->request);
    td_sizes_note(&docs->measures.text_bytes, doc->request.text.length);
    return 0;
}

/* When it was begun, or at least given to a worker, or taken off the queue without that: as far as is known here. */
static uint64_t waited_until(const struct td_doc *doc, const struct td_done *done, uint64_t now)
{
    uint64_t at = done ? done->start_ns : doc->state == TD_DOC_RUNNING ? doc->sent_ns : now;

    return at < doc->accepted_ns ? doc->accepted_ns : at > now ? now : at; /* a worker may say anything */
}

/* Counts a document out. Its bytes are held until it is forgotten. `done`: its worker's word, or NULL. */
static void close_account(struct td_documents *docs, struct td_doc *doc, uint32_t outcome, const struct td_done *done,
                          uint64_t now)
{
    assert(outcome < TD_OUTCOMES);
    doc->pipeline->outcomes[outcome]++;
    td_durations_note(&doc->pipeline->duration, now - doc->accepted_ns);
    td_durations_note(&docs->measures.queue, waited_until(doc, done, now) - doc->accepted_ns);
    assert(doc->state == TD_DOC_WAITING || doc->state == TD_DOC_RUNNING);
    td_deadlines_remove(&docs->deadlines, doc);
    td_connection_leave(doc->client, doc);
    struct td_share *share = td_connection_share(doc->client);
    doc->client->n_documents--;
    doc->client->bytes -= doc->bytes;
    share->n_documents--;
    share->bytes -= doc->bytes;
    docs->count--;
}

/* Nobody has its bytes any more. */
static void let_go(struct td_documents *docs, struct td_doc *doc)
{
    docs->held_bytes -= doc->bytes;
    td_queues_close(doc);
    td_doc_give_back(&docs->pool, doc);
}

/* After a reply: a document that a worker still has waits for it, one that nobody has ends. */
static void part(struct td_documents *docs, struct td_doc *doc)
{
    struct td_connection *client = doc->client;

    doc->client = NULL;
    if (doc->state == TD_DOC_RUNNING) {
        td_doc_become(doc, TD_DOC_ABANDONED);
    } else {
        let_go(docs, doc);
    }
    td_door_tidy(client);
}

/* Without memory for a reply there is still the promise of one: the smallest there is. */
static void send_or_log(struct td_documents *docs, struct td_doc *doc, int rc, zmq_msg_t *message)
{
    struct td_trace_words trace;
    char id[TD_ID_TEXT_BYTES];
    const struct td_err err = { .code = TD_E_INTERNAL, .text = "no memory for the reply" };

    if (rc != 0)
        rc = td_reply_error(docs, &doc->request, &err, NULL, message);
    if (rc == 0)
        td_door_send(doc->client, &doc->request.envelope, message);
    else
        td_log(TD_LOG_ERROR, "reply.lost", TD_STR("doc", td_request_id_text(&doc->request, id)),
               TD_TRACE_FIELDS(&doc->request.context, doc->request.context.span, &trace), TD_STR("error", err.text));
}

void td_settle_result(struct td_documents *docs, struct td_doc *doc, const struct td_done *done,
                      const unsigned char *parts, size_t length, uint64_t now)
{
    struct td_trace_words trace;
    char id[TD_ID_TEXT_BYTES];
    zmq_msg_t message;

    close_account(docs, doc, TD_OK, done, now);
    docs->counters.documents_answered++;
    td_log(TD_LOG_DEBUG, "doc.done", TD_STR("doc", td_request_id_text(&doc->request, id)),
           TD_TRACE_FIELDS(&doc->request.context, doc->request.context.span, &trace),
           TD_INT("worker", doc->worker->slot), TD_INT("bytes", doc->request.text.length),
           TD_INT("run_us", (done->end_ns - done->start_ns) / 1000));
    td_slow_answered(docs, doc, done, parts + done->pairs_bytes, length - done->pairs_bytes);
    send_or_log(docs, doc, td_reply_result(docs, doc, done, parts, length, &message), &message);
    part(docs, doc);
}

void td_settle_error(struct td_documents *docs, struct td_doc *doc, const struct td_err *err, uint32_t plugin,
                     const struct td_done *done)
{
    struct td_trace_words trace;
    char id[TD_ID_TEXT_BYTES];
    const char *name = doc->worker ? td_generation_plugin_name(td_generation_of(doc->worker), plugin) : "";
    zmq_msg_t message;

    close_account(docs, doc, err->code, done, td_now_ns());
    docs->counters.documents_failed++;
    td_log(err->code == TD_E_CANCELLED ? TD_LOG_DEBUG : TD_LOG_WARN, "doc.failed",
           TD_STR("doc", td_request_id_text(&doc->request, id)),
           TD_TRACE_FIELDS(&doc->request.context, doc->request.context.span, &trace),
           TD_STR("code", td_code_name(err->code)), TD_STR("plugin", name), TD_INT("bytes", doc->request.text.length),
           TD_STR("error", err->text));
    td_slow_failed(docs, doc, err->code, name, done);
    send_or_log(docs, doc, td_reply_error(docs, &doc->request, err, *name ? name : NULL, &message), &message);
    part(docs, doc);
}

void td_settle_drop(struct td_documents *docs, struct td_doc *doc)
{
    close_account(docs, doc, TD_OUTCOME_GONE, NULL, td_now_ns());
    docs->counters.documents_dropped++;
    doc->client = NULL;
    if (doc->state == TD_DOC_RUNNING) {
        td_doc_become(doc, TD_DOC_ABANDONED);
        return;
    }
    let_go(docs, doc);
}

void td_settle_refused(struct td_documents *docs, struct td_doc *doc, const struct td_err *err)
{
    struct td_trace_words trace;
    char id[TD_ID_TEXT_BYTES];
    zmq_msg_t message;

    td_log(TD_LOG_INFO, "request.refused", TD_STR("doc", td_request_id_text(&doc->request, id)),
           TD_TRACE_FIELDS(&doc->request.context, doc->request.context.span, &trace),
           TD_STR("code", td_code_name(err->code)), TD_STR("error", err->text));
    send_or_log(docs, doc, td_reply_refusal(docs, doc, err, &message), &message);
    td_settle_forget(docs, doc);
}

void td_settle_forget(struct td_documents *docs, struct td_doc *doc)
{
    struct td_connection *client = doc->client;

    if (doc->state == TD_DOC_ABANDONED)
        let_go(docs, doc);
    else
        td_doc_give_back(&docs->pool, doc);
    if (client)
        td_door_tidy(client);
}
