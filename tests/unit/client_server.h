/* client_server.h: a server that a test of the client library plays itself, which goes away and comes back as it likes,
 * and what such tests say of a client. One server a process. */
#ifndef TESTS_UNIT_CLIENT_SERVER_H
#define TESTS_UNIT_CLIENT_SERVER_H

#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <msgpack.h>
#include <textd/client.h>
#include <zmq.h>

#include "common/clock.h"

#define MS UINT64_C(1000000)
#define NO_REPLY_MS 150

static char endpoint[64];
static void *context, *server;

/* A request as the server sees it. */
struct seen {
    char who[16];
    size_t who_length;
    uint64_t id, deadline_ms;
    char op[16];
    char text[32];
    char body[512]; /* as it came */
    size_t length;
};

static inline void start_server(void)
{
    context = zmq_ctx_new();
    server = zmq_socket(context, ZMQ_ROUTER);
    assert_int_equal(zmq_bind(server, endpoint), 0);
}

/* What was answered still arrives: libzmq lingers for it. */
static inline void stop_server(void)
{
    zmq_close(server);
    zmq_ctx_term(context);
    server = NULL;
}

static inline int start(void **state)
{
    (void)state;
    snprintf(endpoint, sizeof endpoint, "ipc:///tmp/textd-client-test-%d", (int)getpid());
    start_server();
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    if (server)
        stop_server();
    unlink(endpoint + sizeof "ipc://" - 1);
    return 0;
}

static inline uint64_t find_count(const msgpack_object *map, const char *key)
{
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.via.str.size == strlen(key) && memcmp(pair->key.via.str.ptr, key, strlen(key)) == 0)
            return pair->val.via.u64;
    }
    return 0;
}

static inline void copy_op(const msgpack_object *map, struct seen *seen)
{
    for (uint32_t i = 0; i < map->via.map.size; i++) {
        const msgpack_object_kv *pair = &map->via.map.ptr[i];
        if (pair->key.via.str.size == 2 && memcmp(pair->key.via.str.ptr, "op", 2) == 0)
            snprintf(seen->op, sizeof seen->op, "%.*s", (int)pair->val.via.str.size, pair->val.via.str.ptr);
    }
}

static inline int server_sees(struct seen *seen, int wait_ms)
{
    zmq_pollitem_t item = { .socket = server, .events = ZMQ_POLLIN };
    int length, more = 0;
    size_t size = sizeof more;
    msgpack_unpacked message;

    *seen = (struct seen) { 0 };
    if (zmq_poll(&item, 1, wait_ms) <= 0)
        return 0;
    seen->who_length = (size_t)zmq_recv(server, seen->who, sizeof seen->who, 0);
    length = zmq_recv(server, seen->body, sizeof seen->body, 0);
    assert_in_range(length, 1, sizeof seen->body);
    seen->length = (size_t)length;
    zmq_getsockopt(server, ZMQ_RCVMORE, &more, &size);
    if (more)
        assert_in_range(zmq_recv(server, seen->text, sizeof seen->text - 1, 0), 0, sizeof seen->text - 1);
    msgpack_unpacked_init(&message);
    assert_int_equal(msgpack_unpack_next(&message, seen->body, seen->length, NULL), MSGPACK_UNPACK_SUCCESS);
    seen->id = find_count(&message.data, "id");
    seen->deadline_ms = find_count(&message.data, "deadline_ms");
    copy_op(&message.data, seen);
    msgpack_unpacked_destroy(&message);
    return 1;
}

/* A reply; with an error when there is a code, which asks to be left alone when there is a time. */
static inline void answer_later(const struct seen *seen, const char *code, uint64_t retry_after_ms)
{
    msgpack_sbuffer buffer;
    msgpack_packer packer;

    msgpack_sbuffer_init(&buffer);
    msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
    msgpack_pack_map(&packer, 3);
    msgpack_pack_str_with_body(&packer, "id", 2);
    msgpack_pack_uint64(&packer, seen->id);
    msgpack_pack_str_with_body(&packer, "ok", 2);
    code ? msgpack_pack_false(&packer) : msgpack_pack_true(&packer);
    if (!code) {
        msgpack_pack_str_with_body(&packer, "results", 7);
        msgpack_pack_map(&packer, 0);
    } else {
        msgpack_pack_str_with_body(&packer, "error", 5);
        msgpack_pack_map(&packer, retry_after_ms ? 2 : 1);
        msgpack_pack_str_with_body(&packer, "code", 4);
        msgpack_pack_str_with_body(&packer, code, strlen(code));
        if (retry_after_ms) {
            msgpack_pack_str_with_body(&packer, "retry_after_ms", 14);
            msgpack_pack_uint64(&packer, retry_after_ms);
        }
    }
    assert_true(zmq_send(server, seen->who, seen->who_length, ZMQ_SNDMORE) >= 0);
    assert_true(zmq_send(server, buffer.data, buffer.size, 0) >= 0);
    msgpack_sbuffer_destroy(&buffer);
}

static inline void answer(const struct seen *seen, const char *code)
{
    answer_later(seen, code, 0);
}

static inline struct textd_client *open_client(uint32_t flags, uint32_t resend_ms)
{
    struct textd_client_options options = {
        .size = sizeof options, .endpoint = endpoint, .timeout_ms = 5000, .flags = flags, .resend_ms = resend_ms
    };
    struct textd_client *client = textd_client_open(&options, NULL);

    assert_non_null(client);
    return client;
}

static inline void send_text(struct textd_client *client, uint64_t id, uint32_t deadline_ms)
{
    char text[32];
    struct textd_request request = { .size = sizeof request, .text = text, .id = id, .deadline_ms = deadline_ms };

    request.length = (size_t)snprintf(text, sizeof text, "text %d", (int)id);
    assert_int_equal(textd_client_send(client, &request, NULL, NULL), TEXTD_CLIENT_OK);
}

static inline void assert_sees(struct seen *seen, uint64_t id)
{
    char text[32];

    snprintf(text, sizeof text, "text %d", (int)id);
    assert_true(server_sees(seen, 5000));
    assert_int_equal(seen->id, id);
    assert_string_equal(seen->text, text);
}

static inline void assert_receives(struct textd_client *client, uint64_t id)
{
    struct textd_reply *reply;
    struct textd_error error;

    assert_int_equal(textd_client_receive(client, 5000, &reply, &error), TEXTD_CLIENT_OK);
    assert_int_equal(textd_reply_id(reply), id);
    textd_reply_free(reply);
}

static inline void assert_lost(struct textd_client *client, uint64_t id, uint32_t wait_ms)
{
    struct textd_reply *reply;
    struct textd_error error;

    assert_int_equal(textd_client_receive(client, wait_ms, &reply, &error), TEXTD_CLIENT_LOST);
    assert_null(reply);
    assert_int_equal(error.id, id);
    assert_non_null(strstr(error.text, endpoint));
}

/* Nothing comes, and the call takes as long as it was told to. */
static inline void assert_silent(struct textd_client *client, uint32_t wait_ms)
{
    uint64_t start_ns = td_now_ns();
    struct textd_reply *reply;

    assert_int_equal(textd_client_receive(client, wait_ms, &reply, NULL), TEXTD_CLIENT_TIMEOUT);
    assert_in_range(td_now_ns() - start_ns, wait_ms * MS, (wait_ms + 2000) * MS);
}

/* Sending again happens inside the library's functions, while the server, in the same thread, looks. */
static inline void see_again(struct textd_client *client, struct seen *seen)
{
    uint64_t end_ns = td_now_ns() + 5000 * MS;
    struct textd_reply *reply;

    while (td_now_ns() < end_ns && !server_sees(seen, 0))
        assert_int_equal(textd_client_receive(client, 10, &reply, NULL), TEXTD_CLIENT_TIMEOUT);
}

static inline void assert_sees_again(struct textd_client *client, struct seen *seen, uint64_t id)
{
    see_again(client, seen);
    assert_int_equal(seen->id, id);
}

/* What a server in another thread does while a function of the client waits: it sees `n` requests, then answers those
 * that it is told to, each with an error when there is a code, in that order. */
struct script {
    size_t n, n_answers, n_more; /* those are seen and answered afterwards, without an error */
    struct {
        size_t request; /* by when it came */
        const char *code;
    } answers[2];
};

static inline void *play(void *given)
{
    const struct script *script = given;
    struct seen seen[4];

    for (size_t i = 0; i < script->n; i++)
        assert_true(server_sees(&seen[i], 5000));
    for (size_t i = 0; i < script->n_answers; i++)
        answer(&seen[script->answers[i].request], script->answers[i].code);
    for (size_t i = 0; i < script->n_more; i++) {
        assert_true(server_sees(&seen[0], 5000));
        answer(&seen[0], NULL);
    }
    return NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
