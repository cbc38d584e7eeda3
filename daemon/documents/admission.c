/* admission.c: see admission.h. */
#include "daemon/documents/admission.h"

#include <assert.h>

#include "common/clock.h"
#include "daemon/documents/assign.h"
#include "daemon/documents/dispatch.h"
#include "daemon/documents/reply.h"
#include "daemon/documents/settle.h"

/* Counts a refusal, and hands on where its words go. */
static struct td_err *shed(struct td_documents *docs, enum td_shed reason, struct td_err *err)
{
    docs->measures.shed[reason]++;
    return err;
}

/* The same, of a pool. */
static struct td_err *shed_of(struct td_documents *docs, const struct td_queue *queue, enum td_shed reason,
                              struct td_err *err)
{
    struct td_pool_counts *counts = td_measures_find_pool(&docs->measures, queue->name);

    if (counts)
        counts->shed++;
    return shed(docs, reason, err);
}

/* Whether the client may have one more here. A refusal costs it nothing but the message: nothing of it is kept. */
static int check_client(struct td_documents *docs, const struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &docs->set;
    struct td_connection *client = doc->client;
    const struct td_share *share = td_connection_share(client);
    const char *whose = client->user ? "user " : "this connection", *name = client->user ? client->user->name : "";

    if (!(client->door->is_pipes ? docs->accepts_pipes : docs->accepts))
        return td_fail(shed(docs, TD_SHED_STOPPING, err), TD_E_SHUTTING_DOWN,
                       "the server is shutting down and takes no more documents");
    if (td_intake_refuses(docs->intake, client, err) != TD_OK)
        return shed(docs, TD_SHED_UNREAD, err)->code;
    if (share->n_documents >= (uint64_t)set->client_documents)
        return td_fail(shed(docs, TD_SHED_CLIENT_DOCUMENTS, err), TD_E_OVERLOADED,
                       "%s%s has %u documents here; client.documents is %lld", whose, name, share->n_documents,
                       (long long)set->client_documents);
    if (share->bytes + doc->bytes > (uint64_t)set->client_bytes)
        return td_fail(shed(docs, TD_SHED_CLIENT_BYTES, err), TD_E_OVERLOADED,
                       "%s%s has %llu bytes here; client.bytes is %lld", whose, name, (unsigned long long)share->bytes,
                       (long long)set->client_bytes);
    return TD_OK;
}

/* Whether there is room, where there is one pool. */
static int check_queue(struct td_documents *docs, const struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &docs->set;
    uint32_t count = docs->queues.of[0]->count;

    if (count >= (uint64_t)set->queue_documents)
        return td_fail(shed(docs, TD_SHED_QUEUE_DOCUMENTS, err), TD_E_OVERLOADED,
                       "%u documents are waiting; queue.documents is %lld", count, (long long)set->queue_documents);
    if (docs->held_bytes + doc->bytes > (uint64_t)set->queue_bytes)
        return td_fail(shed(docs, TD_SHED_QUEUE_BYTES, err), TD_E_OVERLOADED,
                       "%llu bytes of requests are held; queue.bytes is %lld", (unsigned long long)docs->held_bytes,
                       (long long)set->queue_bytes);
    return TD_OK;
}

/* Whether there is room for one more of its pool. What another pool has takes none of that: see queues.h. */
static int check_pool(struct td_documents *docs, const struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &docs->set;
    struct td_queue *queue = docs->queues.of[doc->pool];
    uint64_t documents = (uint64_t)set->queue_documents, bytes = (uint64_t)set->queue_bytes;

    if (!td_queues_fits(&docs->queues, queue, documents, 1, td_queue_documents))
        return td_fail(shed_of(docs, queue, TD_SHED_QUEUE_DOCUMENTS, err), TD_E_OVERLOADED,
                       "%u documents are waiting for pool %s, and its part of queue.documents, %lld, is full",
                       queue->count, queue->name, (long long)documents);
    if (!td_queues_fits(&docs->queues, queue, bytes, doc->bytes, td_queue_bytes))
        return td_fail(shed_of(docs, queue, TD_SHED_QUEUE_BYTES, err), TD_E_OVERLOADED,
                       "%llu bytes of requests are held for pool %s, and its part of queue.bytes, %lld, is full",
                       (unsigned long long)queue->held_bytes, queue->name, (long long)bytes);
    return TD_OK;
}

static int admit(struct td_documents *docs, struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &docs->set;
    const struct td_request *request = &doc->request;
    uint64_t wanted = request->deadline_ns ? request->deadline_ns : (uint64_t)set->limits_deadline;

    if (wanted > (uint64_t)set->limits_deadline_max)
        wanted = (uint64_t)set->limits_deadline_max;
    doc->accepted_ns = td_now_ns();
    doc->deadline_ns = doc->accepted_ns + wanted;
    int rc = check_client(docs, doc, err), is_one = docs->queues.n == 1;
    if (rc == TD_OK && is_one) /* before the document is looked at: under load, what is refused is to cost little */
        rc = check_queue(docs, doc, err);
    if (rc == TD_OK)
        rc = td_assign(doc, td_lineup_serving(docs->lineup), err);
    if (rc == TD_OK && !is_one)
        rc = check_pool(docs, doc, err);
    return rc == TD_OK ? td_dispatch_accept(docs, doc, err) : rc;
}

/* cancel: the document's own reply says CANCELLED, and the cancel has no other. Only one that finds nothing is answered
 * itself. */
static int cancel(struct td_documents *docs, struct td_doc *doc, struct td_err *err)
{
    struct td_doc *found = td_connection_doc(doc->client, &doc->request.id);

    if (!found)
        return td_fail(err, TD_E_BAD_REQUEST, "no document with this 'id' is in flight on this connection");
    doc->client = NULL; /* it may be forgotten with its last document */
    td_dispatch_cancel(docs, found);
    return TD_OK;
}

/* NULL: it could not be read. */
static void count_refused(struct td_documents *docs, const struct td_request *request, const struct td_err *err)
{
    struct td_measures *m = &docs->measures;
    struct td_pipeline_counts *counts =
        request && request->op == TD_OP_ANNOTATE ? td_measures_pipeline(m, request) : &m->none;

    assert((int)err->code < TD_OUTCOME_GONE);
    counts->outcomes[err->code]++;
}

void td_admission_take(void *data, struct td_doc *doc)
{
    struct td_documents *docs = data;
    const struct td_request_limits limits = { .depth = (uint32_t)docs->set.limits_request_depth,
                                              .document_bytes = (uint64_t)docs->set.limits_document_bytes };
    struct td_request *request = &doc->request;
    struct td_err err;
    zmq_msg_t message;

    if (doc->client->door->is_pipes)
        request->needs_no_id = 1;
    int rc = td_request_parse(request, &limits, &err), is_read = rc == TD_OK;
    doc->bytes = zmq_msg_size(&request->body) + zmq_msg_size(&request->text_frame) + sizeof *doc +
                 td_warnings_bytes(request->warnings);
    if (rc == TD_OK && doc->client->door->is_pipes && request->op != TD_OP_ANNOTATE)
        rc = td_fail(&err, TD_E_BAD_REQUEST, "'op' is '%s'; a pull endpoint takes nothing but annotate",
                     td_op_name(request->op));
    if (rc == TD_OK && request->op == TD_OP_ANNOTATE)
        rc = admit(docs, doc, &err);
    else if (rc == TD_OK && request->op == TD_OP_CANCEL)
        rc = cancel(docs, doc, &err);
    if (rc != TD_OK) {
        docs->counters.requests_refused++;
        count_refused(docs, is_read ? request : NULL, &err);
        td_settle_refused(docs, doc, &err);
        return;
    }
    if (request->op == TD_OP_ANNOTATE)
        return;
    if (request->op == TD_OP_PING && td_reply_ping(docs, request, &message) == 0)
        td_door_send(doc->client, &request->envelope, &message);
    if (request->op == TD_OP_DESCRIBE && td_reply_describe(docs, request, &message) == 0)
        td_door_send(doc->client, &request->envelope, &message);
    td_settle_forget(docs, doc);
}

void td_admission_refuse(struct td_documents *docs, struct td_doc *doc, const struct td_err *err)
{
    const struct td_request_limits limits = { .depth = (uint32_t)docs->set.limits_request_depth,
                                              .document_bytes = (uint64_t)docs->set.limits_document_bytes };
    struct td_err unread;

    td_request_parse_head(&doc->request, &limits, &unread); /* for its id; it is refused anyway */
    td_admission_note_refused(docs, err, TD_SHEDS_N);
    td_settle_refused(docs, doc, err);
}

void td_admission_note_refused(struct td_documents *docs, const struct td_err *err, enum td_shed shed_for)
{
    docs->counters.requests_refused++;
    count_refused(docs, NULL, err);
    if (shed_for != TD_SHEDS_N)
        docs->measures.shed[shed_for]++;
}
