/* control.c: see control.h. An op is a line of the table. Each answers when the act is done, or says why it can't be. */
#include "daemon/control.h"

#include <unistd.h>

#include <textd/version.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/utf8.h"
#include "daemon/reply.h"

static int op_ping(struct td_server *server, const struct td_request *request, zmq_msg_t *message, struct td_err *err)
{
    (void)err;
    return td_reply_ping(server, request, message);
}

static void pack_worker(msgpack_packer *packer, uint32_t slot, const struct td_worker *w)
{
    msgpack_pack_map(packer, 5);
    td_pack_count(packer, "worker", slot);
    td_pack_count(packer, "pid", w ? w->process.pid : 0);
    td_pack_pair(packer, "state", td_worker_state_name(w ? w->state : TD_WORKER_GONE));
    td_pack_count(packer, "documents", w ? w->docs.count : 0);
    td_pack_count(packer, "done", w ? (int64_t)w->n_done : 0);
}

static void pack_workers(msgpack_packer *packer, const struct td_generation *g)
{
    td_pack_str(packer, "workers");
    msgpack_pack_array(packer, g->n_slots);
    for (uint32_t i = 0; i < g->n_slots; i++)
        pack_worker(packer, i, g->slots[i].worker);
}

static void pack_counters(msgpack_packer *packer, const struct td_server *server)
{
    const struct {
        const char *name;
        uint64_t value;
    } counters[] = {
#define X(name) { #name, server->count.name },
        TD_COUNTERS(X)
#undef X
            { "messages_received", server->data.counts.received },
        { "replies_dropped_gone", server->data.counts.dropped_gone },
        { "replies_dropped_slow", server->data.counts.dropped_slow },
    };
    uint32_t n = sizeof counters / sizeof counters[0];

    td_pack_str(packer, "counters");
    msgpack_pack_map(packer, n);
    for (uint32_t i = 0; i < n; i++)
        td_pack_count(packer, counters[i].name, (int64_t)counters[i].value);
}

static int op_status(struct td_server *server, const struct td_request *request, zmq_msg_t *message, struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(server, request, 1, 10);

    (void)err;
    td_pack_pair(&packer, "version", TEXTD_VERSION);
    td_pack_pair(&packer, "state", td_server_state_name(server->state));
    td_pack_count(&packer, "pid", getpid());
    td_pack_count(&packer, "uptime_ms", (int64_t)((td_now_ns() - server->started_ns) / 1000000));
    td_pack_count(&packer, "generation", server->generation->number);
    td_pack_count(&packer, "documents", server->n_documents);
    td_pack_count(&packer, "waiting", server->queue.count);
    td_pack_count(&packer, "held_bytes", (int64_t)server->held_bytes);
    pack_counters(&packer, server);
    pack_workers(&packer, server->generation);
    return td_reply_end(server, request, message);
}

static int op_worker_list(struct td_server *server, const struct td_request *request, zmq_msg_t *message,
                          struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(server, request, 1, 1);

    (void)err;
    pack_workers(&packer, server->generation);
    return td_reply_end(server, request, message);
}

/* {op: "log.level", level: "debug"} */
static int op_log_level(struct td_server *server, const struct td_request *request, zmq_msg_t *message,
                        struct td_err *err)
{
    const uint8_t *bytes = zmq_msg_data((zmq_msg_t *)(uintptr_t)&request->body);
    struct td_mp at = { bytes, bytes + zmq_msg_size(&request->body) };
    struct td_mp_value v = { .type = TD_MP_NIL };
    enum td_log_level level;
    char name[16] = "";

    if (td_mp_find(at, "level", &at) == 0 && td_mp_read(&at, &v) == 0 && v.type == TD_MP_STR && v.length < sizeof name)
        memcpy(name, v.bytes, v.length);
    if (td_log_level_find(name, &level) != 0)
        return td_fail(err, TD_E_BAD_REQUEST, "'level' must be error, warn, info or debug");
    td_log_configure(level, (enum td_log_format)server->config.set.log_format);
    msgpack_packer packer = td_reply_begin(server, request, 1, 1);
    td_pack_pair(&packer, "level", name);
    return td_reply_end(server, request, message);
}

static int op_drain(struct td_server *server, const struct td_request *request, zmq_msg_t *message, struct td_err *err)
{
    msgpack_packer packer = td_reply_begin(server, request, 1, 1);

    (void)err;
    td_pack_count(&packer, "documents", server->n_documents);
    if (server->state == TD_SERVER_SERVING)
        td_server_drain(server, "control socket");
    return td_reply_end(server, request, message);
}

static const struct {
    const char *name;
    int (*act)(struct td_server *, const struct td_request *, zmq_msg_t *, struct td_err *);
} ops[] = {
    { "ping", op_ping },           { "status", op_status },  { "worker.list", op_worker_list },
    { "log.level", op_log_level }, { "shutdown", op_drain },
};

/* Finds the op and acts. TD_OK: *message is the reply. */
static int act(struct td_server *server, struct td_request *request, zmq_msg_t *message, struct td_err *err)
{
    const struct td_request_limits limits = { .depth = 16 };
    const uint8_t *bytes = zmq_msg_data(&request->body);
    struct td_mp at = { bytes, bytes + zmq_msg_size(&request->body) };
    struct td_mp_value name;
    int rc = td_request_parse_head(request, &limits, err);

    if (rc != TD_OK)
        return rc;
    if (td_mp_find(at, "op", &at) != 0 || td_mp_read(&at, &name) != 0 || name.type != TD_MP_STR)
        return td_fail(err, TD_E_BAD_REQUEST, "'op' is missing or no string");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (td_mp_is(&name, ops[i].name)) {
            rc = ops[i].act(server, request, message, err);
            return rc < 0 ? td_fail(err, TD_E_INTERNAL, "no memory for the reply") : rc;
        }
    return td_fail(err, TD_E_BAD_REQUEST, "'op' is '%.*s'; it must be ping, status, worker.list, log.level or shutdown",
                   td_utf8_quoted(name.bytes, name.length), name.bytes);
}

void td_control_take(void *data, struct td_doc *doc)
{
    struct td_server *server = data;
    struct td_client *client = doc->client;
    struct td_err err;
    zmq_msg_t message;
    int rc = act(server, &doc->request, &message, &err);

    if (rc != TD_OK)
        rc = td_reply_error(server, &doc->request, &err, NULL, &message);
    if (rc == 0)
        td_frontend_send(&server->control, client, &doc->request.envelope, &message);
    td_doc_give_back(&server->pool, doc);
    td_clients_tidy(&server->control.clients, client);
}
