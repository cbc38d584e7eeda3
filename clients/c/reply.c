/* reply.c: see reply.h. A reply is checked once, for being whole MessagePack and having the keys that every reply has;
 * from then on nodes can walk it and trust that what a header announces is there. */
#include "clients/c/reply.h"

#include <stdlib.h>
#include <string.h>

#include <textd/version.h>

#include "clients/c/fail.h"
#include "common/mp.h"
#include "common/mp_buf.h"

static int is_whole(const zmq_msg_t *body)
{
    const uint8_t *start = zmq_msg_data((zmq_msg_t *)body);
    struct td_mp mp = { start, start + zmq_msg_size(body) };

    return td_mp_skip(&mp) == 0 && mp.at == mp.end;
}

/* A NUL-terminated copy; "" when the node is no text. NULL: out of memory. */
static char *copy_text(struct textd_node node)
{
    return node.type == TEXTD_NODE_TEXT ? strndup(node.text, node.length) : strdup("");
}

static int read_error(struct textd_reply *reply, struct textd_node error)
{
    struct textd_node plugin = textd_node_find(error, "plugin"), wait = textd_node_find(error, "retry_after_ms");

    reply->failed = 1;
    reply->error.code = copy_text(textd_node_find(error, "code"));
    reply->error.message = copy_text(textd_node_find(error, "message"));
    reply->error.plugin = plugin.type == TEXTD_NODE_TEXT ? copy_text(plugin) : NULL;
    reply->error.retryable = textd_node_find(error, "retryable").integer != 0;
    reply->error.retry_after_ms = wait.integer > 0 && wait.integer <= UINT32_MAX ? (uint32_t)wait.integer : 0;
    if (!reply->error.code || !reply->error.message || (plugin.type == TEXTD_NODE_TEXT && !reply->error.plugin))
        return -1;
    return 0;
}

/* The keys that the library itself needs. NULL when all is well, else what is wrong. */
static const char *read_head(struct textd_reply *reply)
{
    struct textd_node root = textd_reply_root(reply);
    struct textd_node ok = textd_node_find(root, "ok"), id = textd_node_find(root, "id");
    struct textd_node error = textd_node_find(root, "error"), v = textd_node_find(root, "v");

    if (root.type != TEXTD_NODE_MAP)
        return "it is no map";
    if (v.type != TEXTD_NODE_NONE && (v.type != TEXTD_NODE_INTEGER || v.integer != TEXTD_PROTOCOL_VERSION))
        return "its 'v' is another version of the protocol";
    if (ok.type != TEXTD_NODE_BOOL)
        return "it has no boolean 'ok'";
    if (id.type == TEXTD_NODE_NONE)
        return "it has no 'id'";
    if (id.type == TEXTD_NODE_INTEGER && id.integer > 0)
        reply->id = (uint64_t)id.integer;
    reply->is_nameless = id.type == TEXTD_NODE_NIL && !ok.integer;
    if (ok.integer)
        return NULL;
    if (error.type != TEXTD_NODE_MAP)
        return "it has neither a result nor an 'error'";
    return read_error(reply, error) == 0 ? NULL : "memory is out";
}

struct textd_reply *reply_from(zmq_msg_t *body, const char *endpoint, struct textd_error *error)
{
    struct textd_reply *reply = calloc(1, sizeof *reply);
    const char *wrong = "it is no MessagePack";

    if (!reply) {
        zmq_msg_close(body);
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a reply");
        return NULL;
    }
    zmq_msg_init(&reply->body);
    zmq_msg_move(&reply->body, body);
    zmq_msg_close(body);
    if (is_whole(&reply->body))
        wrong = read_head(reply);
    if (!wrong)
        return reply;
    client_fail(error, TEXTD_CLIENT_NO_PROTOCOL, "what answers at %s is not textd: a reply of %zu bytes came, but %s",
                endpoint, zmq_msg_size(&reply->body), wrong);
    textd_reply_free(reply);
    return NULL;
}

static void pack_failure(struct td_buf *body, uint64_t id, const char *code, const char *message, int retryable)
{
    msgpack_packer packer = td_buf_packer(body);

    msgpack_pack_map(&packer, 4);
    td_pack_count(&packer, "v", TEXTD_PROTOCOL_VERSION);
    td_pack_count(&packer, "id", (int64_t)id);
    td_pack_str(&packer, "ok");
    td_pack_bool(&packer, 0);
    td_pack_str(&packer, "error");
    msgpack_pack_map(&packer, 3);
    td_pack_pair(&packer, "code", code);
    td_pack_pair(&packer, "message", message);
    td_pack_str(&packer, "retryable");
    td_pack_bool(&packer, retryable);
}

struct textd_reply *reply_make(uint64_t id, const char *code, const char *message, int retryable)
{
    struct td_buf bytes = { .limit = 4096 };
    zmq_msg_t body;

    pack_failure(&bytes, id, code, message, retryable);
    if (bytes.full || zmq_msg_init_size(&body, bytes.length) != 0) {
        td_buf_free(&bytes);
        return NULL;
    }
    memcpy(zmq_msg_data(&body), bytes.bytes, bytes.length);
    td_buf_free(&bytes);
    return reply_from(&body, "", NULL);
}

int reply_is(const struct textd_reply *reply, const char *code)
{
    return reply->failed && strcmp(reply->error.code, code) == 0;
}

void textd_reply_free(struct textd_reply *reply)
{
    if (!reply)
        return;
    zmq_msg_close(&reply->body);
    td_buf_free(&reply->lists);
    free((char *)reply->error.code);
    free((char *)reply->error.message);
    free((char *)reply->error.plugin);
    free(reply);
}

const struct textd_reply_error *textd_reply_error(const struct textd_reply *reply)
{
    return reply->failed ? &reply->error : NULL;
}

uint64_t textd_reply_id(const struct textd_reply *reply)
{
    return reply->id;
}
