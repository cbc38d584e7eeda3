/* admission.c: see admission.h. */
#include "daemon/admission.h"

#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"
#include "daemon/dispatch.h"
#include "daemon/reply.h"
#include "daemon/settle.h"

/* The plugins that the request names, as bits. */
static int find_plugins(const struct td_generation *g, struct td_mp mp, uint64_t *wanted, struct td_err *err)
{
    struct td_mp_value list, name;

    *wanted = 0;
    td_mp_read(&mp, &list);
    for (uint32_t i = 0; i < list.length && td_mp_read(&mp, &name) == 0; i++) {
        uint32_t index = td_catalogue_find(&g->catalogue, name.bytes, name.length);
        if (index == TD_NO_PLUGIN)
            return td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%.*s'; 'describe' lists those that there are",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        *wanted |= UINT64_C(1) << index;
    }
    return TD_OK;
}

/* Which plugins run, in which order: a pipeline's plan was made when the generation was, a request's own list is
 * planned here. */
static int make_plan(const struct td_generation *g, const struct td_request *request, struct td_plan *plan,
                     struct td_err *err)
{
    struct td_err why;
    uint64_t wanted;

    if (request->plugins.at) {
        int rc = find_plugins(g, request->plugins, &wanted, err);
        if (rc != TD_OK)
            return rc;
        if (td_plan_make(plan, &g->catalogue, wanted, &why) != TD_OK)
            return td_fail(err, TD_E_BAD_REQUEST, "'plugins': %s", why.text);
        return TD_OK;
    }
    const char *name = request->pipeline.bytes ? request->pipeline.bytes : "default";
    uint32_t length = request->pipeline.bytes ? request->pipeline.length : 7;
    const struct td_plan *ready = td_generation_pipeline(g, name, length);
    if (!ready)
        return td_fail(err, TD_E_UNKNOWN_PIPELINE, "there is no pipeline '%.*s'; 'describe' lists those that there are",
                       td_utf8_quoted(name, length), name);
    *plan = *ready;
    return TD_OK;
}

/* Appends one checked value as a worker takes it. */
static int add_option(struct td_buf *out, uint32_t plugin, uint32_t option, const struct textd_value *value,
                      struct td_err *err)
{
    static const char padding[8];
    struct td_job_option head = { .plugin = (uint8_t)plugin,
                                  .option = (uint8_t)option,
                                  .length = value->length,
                                  .integer = value->integer,
                                  .number = value->number };

    td_buf_append(out, &head, sizeof head);
    td_buf_append(out, value->text, value->length);
    td_buf_append(out, padding, td_job_option_bytes(value->length) - sizeof head - value->length);
    return out->full ? td_fail(err, TD_E_BAD_OPTION, "the options' texts are too large") : TD_OK;
}

/* The options of one plugin: `mp` is at a map of option to value. */
static int take_plugin_options(const struct td_generation *g, uint32_t plugin, struct td_mp *mp, struct td_buf *out,
                               struct td_err *err)
{
    const struct td_options *options = &g->catalogue.plugins[plugin].options;
    struct td_mp_value map, name;
    struct textd_value value;
    uint32_t index;

    td_mp_read(mp, &map);
    for (uint32_t i = 0; i < map.length; i++) {
        td_mp_read(mp, &name); /* a string: td_mp_check has seen to it */
        int rc = td_options_find(options, name.bytes, name.length, &index, err);
        if (rc == TD_OK)
            rc = td_option_read(options, index, mp, &value, err);
        if (rc == TD_OK)
            rc = add_option(out, plugin, index, &value, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

static int take_options(const struct td_generation *g, const struct td_plan *plan, struct td_mp mp, struct td_buf *out,
                        struct td_err *err)
{
    struct td_mp_value map, name;

    td_mp_read(&mp, &map);
    for (uint32_t i = 0; i < map.length; i++) {
        td_mp_read(&mp, &name);
        uint32_t index = td_catalogue_find(&g->catalogue, name.bytes, name.length);
        if (index == TD_NO_PLUGIN)
            return td_fail(err, TD_E_UNKNOWN_PLUGIN, "'options' names plugin '%.*s', which there is not",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        if (!(plan->members & (UINT64_C(1) << index)))
            return td_fail(err, TD_E_BAD_OPTION, "'options' names plugin '%.*s', which does not run in this request",
                           td_utf8_quoted(name.bytes, name.length), name.bytes);
        int rc = take_plugin_options(g, index, &mp, out, err);
        if (rc != TD_OK)
            return rc;
    }
    return TD_OK;
}

/* Whether there is room. A refusal costs the client nothing but the message: nothing of it is kept. */
static int check_limits(const struct td_server *server, const struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &server->config.set;
    const struct td_client *client = doc->client;

    if (server->state != TD_SERVER_SERVING)
        return td_fail(err, TD_E_SHUTTING_DOWN, "the server is shutting down and takes no more documents");
    if (client->n_documents >= (uint64_t)set->client_documents)
        return td_fail(err, TD_E_OVERLOADED, "this connection has %u documents here; client.documents is %lld",
                       client->n_documents, (long long)set->client_documents);
    if (client->bytes + doc->bytes > (uint64_t)set->client_bytes)
        return td_fail(err, TD_E_OVERLOADED, "this connection has %llu bytes here; client.bytes is %lld",
                       (unsigned long long)client->bytes, (long long)set->client_bytes);
    if (server->queue.count >= (uint64_t)set->queue_documents)
        return td_fail(err, TD_E_OVERLOADED, "%u documents are waiting; queue.documents is %lld", server->queue.count,
                       (long long)set->queue_documents);
    if (server->held_bytes + doc->bytes > (uint64_t)set->queue_bytes)
        return td_fail(err, TD_E_OVERLOADED, "%llu bytes of requests are held; queue.bytes is %lld",
                       (unsigned long long)server->held_bytes, (long long)set->queue_bytes);
    return TD_OK;
}

/* The frame's head for the worker, but for the sequence. */
static void write_job(struct td_doc *doc, const struct td_plan *plan)
{
    const struct td_request *request = &doc->request;

    doc->job = (struct td_job) { .frame.kind = TD_FRAME_JOB,
                                 .deadline_ns = doc->deadline_ns,
                                 .text_bytes = request->text.length,
                                 .options_bytes = (uint32_t)doc->options.length,
                                 .lang_bytes = (uint8_t)request->lang.length,
                                 .unit = (uint8_t)request->unit,
                                 .n_steps = plan->n };
    memcpy(doc->job.steps, plan->steps, plan->n);
}

static int admit(struct td_server *server, struct td_doc *doc, struct td_err *err)
{
    const struct td_settings *set = &server->config.set;
    struct td_request *request = &doc->request;
    struct td_plan plan = { 0 };

    int rc = check_limits(server, doc, err);
    if (rc == TD_OK)
        rc = make_plan(server->generation, request, &plan, err);
    if (rc == TD_OK && request->options.at)
        rc = take_options(server->generation, &plan, request->options, &doc->options, err);
    if (rc != TD_OK)
        return rc;
    uint64_t wanted = request->deadline_ns ? request->deadline_ns : (uint64_t)set->limits_deadline;
    if (wanted > (uint64_t)set->limits_deadline_max)
        wanted = (uint64_t)set->limits_deadline_max;
    doc->accepted_ns = td_now_ns();
    doc->deadline_ns = doc->accepted_ns + wanted;
    write_job(doc, &plan);
    return td_dispatch_accept(server, doc, err);
}

/* cancel: the document's own reply says CANCELLED, and the cancel has no other. Only one that finds nothing is answered
 * itself. */
static int cancel(struct td_server *server, struct td_doc *doc, struct td_err *err)
{
    struct td_doc *found = td_dispatch_find(server, doc->client, &doc->request.id);

    if (!found)
        return td_fail(err, TD_E_BAD_REQUEST, "no document with this 'id' is in flight on this connection");
    doc->client = NULL; /* it may be forgotten with its last document */
    td_dispatch_cancel(server, found);
    return TD_OK;
}

void td_admission_take(void *data, struct td_doc *doc)
{
    struct td_server *server = data;
    const struct td_request_limits limits = { .depth = (uint32_t)server->config.set.limits_request_depth,
                                              .document_bytes = (uint64_t)server->config.set.limits_document_bytes };
    struct td_request *request = &doc->request;
    struct td_err err;
    zmq_msg_t message;

    doc->bytes = zmq_msg_size(&request->body) + zmq_msg_size(&request->text_frame) + sizeof *doc;
    int rc = td_request_parse(request, &limits, &err);
    if (rc == TD_OK && request->op == TD_OP_ANNOTATE)
        rc = admit(server, doc, &err);
    else if (rc == TD_OK && request->op == TD_OP_CANCEL)
        rc = cancel(server, doc, &err);
    if (rc != TD_OK) {
        server->count.requests_refused++;
        td_settle_refused(server, doc, &err);
        return;
    }
    if (request->op == TD_OP_ANNOTATE)
        return;
    if (request->op == TD_OP_PING && td_reply_ping(server, request, &message) == 0)
        td_frontend_send(&server->data, doc->client, &request->envelope, &message);
    if (request->op == TD_OP_DESCRIBE && td_reply_describe(server, request, &message) == 0)
        td_frontend_send(&server->data, doc->client, &request->envelope, &message);
    td_settle_forget(server, doc);
}
