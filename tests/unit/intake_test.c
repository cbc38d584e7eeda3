/* guard_test.c: memory that nobody accounts for, and what is done about it; replies are counted while libzmq holds
 * them. */
#include "tests/unit/unit.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/net/intake.h"
#include "daemon/net/message.h"

#define MIB (UINT64_C(1) << 20)

/* A server in small: it answers each message with the first frame that it had. */
static struct small {
    uv_loop_t loop;
    void *context, *peer;
    char folder[32], endpoint[64];
    struct td_zloop zloop;
    struct td_frontend frontends[2];
    struct td_doc_pool pool;
    struct td_intake intake;
    uint64_t held_bytes;
    unsigned n_messages;
    void (*in_turn)(void); /* done once, where the server sends, when the loop would sleep */
    char id[16];           /* of the connection that was answered last */
    size_t id_length;
} small;

static uint64_t held_bytes(void *data)
{
    (void)data;
    return small.held_bytes;
}

static void on_message(void *data, struct td_doc *doc)
{
    struct td_frontend *f = data;
    size_t size = zmq_msg_size(&doc->request.body);
    struct td_connection *client = doc->client;
    zmq_msg_t reply;

    assert_int_equal(td_message_init(&reply, size), 0);
    memcpy(zmq_msg_data(&reply), zmq_msg_data(&doc->request.body), size);
    assert_true(client->id_length <= sizeof small.id);
    memcpy(small.id, client->id, small.id_length = client->id_length);
    td_frontend_send(f, client, &doc->request.envelope, &reply);
    td_doc_give_back(&small.pool, doc);
    td_connections_tidy(&f->connections, client);
    small.n_messages++;
}

static void on_gone(void *data, struct td_connection *client)
{
    (void)data, (void)client;
}

static void before_sleep(void *data)
{
    (void)data;
    td_intake_turn(&small.intake);
    for (int i = 0; i < 2; i++)
        td_frontend_flush(&small.frontends[i]);
    if (small.in_turn && !small.frontends[0].zsocket.must_ask) {
        small.in_turn();
        small.in_turn = NULL;
    }
}

static void *connect_peer(void)
{
    void *peer = zmq_socket(small.context, ZMQ_DEALER);
    int none = 0;

    zmq_setsockopt(peer, ZMQ_LINGER, &none, sizeof none);
    assert_int_equal(zmq_connect(peer, small.endpoint), 0);
    return peer;
}

/* Under it nothing can be measured. */
static void needs_plain_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
}

static int set_up(void **state)
{
    struct td_err err;
    char name[96];

    (void)state;
    small = (struct small) { .folder = "/tmp/tdXXXXXX" };
    assert_non_null(mkdtemp(small.folder));
    uv_loop_init(&small.loop);
    assert_int_equal(td_zloop_init(&small.zloop, &small.loop, before_sleep, NULL, &err), TD_OK);
    assert_int_equal(td_intake_init(&small.intake, &small.loop, &small.zloop, &err), TD_OK);
    small.context = zmq_ctx_new();
    for (int i = 0; i < 2; i++) {
        struct td_frontend *f = &small.frontends[i];
        assert_int_equal(td_frontend_init(f, small.context, 64 << 20, &small.pool, &err), TD_OK);
        f->reply_bytes = f->outbox_bytes = 8 * MIB;
        f->on_message = on_message;
        f->on_gone = on_gone;
        f->data = f;
        snprintf(name, sizeof name, "ipc://%s/%d.sock", small.folder, i);
        assert_int_equal(td_frontend_bind(f, name, NULL, &err), TD_OK);
        assert_int_equal(td_frontend_listen(f, &small.zloop, &err), TD_OK);
        small.intake.frontends[i] = f;
        small.intake.places[i] =
            (struct td_intake_place) { f->zsocket.socket, f->endpoints, f->n_endpoints, &f->zsocket };
    }
    snprintf(small.endpoint, sizeof small.endpoint, "ipc://%s/0.sock", small.folder);
    small.intake.n_places = 2;
    small.intake.held_bytes = held_bytes;
    small.intake.unread_bytes = 64 * MIB;
    td_intake_start(&small.intake);
    small.peer = connect_peer();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zmq_close(small.peer);
    td_zloop_close(&small.zloop);
    td_intake_close(&small.intake);
    uv_run(&small.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 2; i++)
        td_frontend_close(&small.frontends[i], 0);
    zmq_ctx_term(small.context);
    assert_int_equal(uv_loop_close(&small.loop), 0);
    td_doc_pool_free(&small.pool);
    assert_int_equal(rmdir(small.folder), 0);
    return 0;
}

static int is_state(enum td_intake_state state)
{
    return small.intake.state == state;
}

static int has_reply(void)
{
    char bytes[16];

    return zmq_recv(small.peer, bytes, sizeof bytes, ZMQ_DONTWAIT) == 5;
}

/* Turns the loop until it is so. The intake's timer ends each turn in a second at the latest. */
#define RUN_UNTIL(condition) \
    do { \
        for (int turns = 0; !(condition); turns++) { \
            assert_true(turns < 2000); \
            uv_run(&small.loop, UV_RUN_ONCE); \
        } \
    } while (0)

static void ask(void)
{
    assert_int_equal(zmq_send(small.peer, "hello", 5, 0), 5);
    RUN_UNTIL(has_reply());
}

static void send_while_something_comes(void)
{
    struct td_frontend *f = &small.frontends[0];
    struct td_envelope envelope = { 0 };
    struct pollfd poll_fd = { .events = POLLIN };
    size_t size = sizeof poll_fd.fd;
    zmq_msg_t message;

    assert_int_equal(zmq_send(small.peer, "hello", 5, 0), 5);
    zmq_getsockopt(f->zsocket.socket, ZMQ_FD, &poll_fd.fd, &size);
    assert_int_equal(poll(&poll_fd, 1, 10000), 1);
    usleep(
        5000); /* libzmq looks what came by the way, but once in three million ticks of the processor's clock at the most */
    assert_int_equal(td_message_init(&message, 1), 0);
    struct td_connection *client = td_connections_find(&f->connections, small.id, small.id_length, NULL);
    td_frontend_send(f, client, &envelope, &message);
    td_connections_tidy(&f->connections, client);
    assert_int_equal(poll(&poll_fd, 1, 0), 0); /* the edge is gone: the descriptor says nothing of what came */
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer; /* so that the loop turns though no descriptor speaks */
}

static void what_came_while_something_was_sent_is_read(void **state)
{
    static uv_timer_t ticks;

    (void)state;
    ask();
    uv_timer_stop(&small.intake.timer); /* it has all sockets asked, once a second */
    uv_timer_init(&small.loop, &ticks);
    uv_timer_start(&ticks, on_tick, 1, 1);
    uv_unref((uv_handle_t *)&ticks);
    small.in_turn = send_while_something_comes;
    RUN_UNTIL(!small.in_turn && small.n_messages == 2);
    uv_close((uv_handle_t *)&ticks, NULL);
}

/* As what libzmq holds would be: memory that is touched and in no account. */
static void *take_memory(size_t bytes)
{
    unsigned char *memory = malloc(bytes);

    assert_non_null(memory);
    for (size_t i = 0; i < bytes; i += 1024)
        memory[i] = (unsigned char)i | 1;
    return memory;
}

static void what_is_accounted_for_is_no_excess(void **state)
{
    (void)state;
    ask();
    small.held_bytes = 100 * MIB;
    void *memory = take_memory(100 * MIB);
    ask();
    uv_run(&small.loop, UV_RUN_ONCE);
    assert_true(is_state(TD_INTAKE_EASY) && td_intake_is_listening(&small.intake));
    free(memory);
}

static void who_has_documents_gets_no_more_in_while_it_is_full(void **state)
{
    struct td_connection few = { 0 }, many = { .n_documents = 1 };
    struct td_err err;

    (void)state;
    needs_plain_memory();
    void *memory = take_memory(40 * MIB);
    RUN_UNTIL(is_state(TD_INTAKE_FULL));
    assert_false(td_intake_is_listening(&small.intake));
    assert_int_equal(td_intake_refuses(&small.intake, &few, &err), TD_OK);
    assert_int_equal(td_intake_refuses(&small.intake, &many, &err), TD_E_OVERLOADED);
    ask(); /* it is still served */
    free(memory);
    RUN_UNTIL(is_state(TD_INTAKE_EASY));
    assert_int_equal(td_intake_refuses(&small.intake, &many, &err), TD_OK);
    assert_int_equal(small.intake.n_stopped, 0);
}

/* Nothing is to be read, and it is still there: so it is in a connection that never lets us read it. All are ended, and
 * come again. What is there then is nobody's but ours, and doesn't end them a second time. */
static void what_cannot_be_read_ends_all_connections_once(void **state)
{
    (void)state;
    needs_plain_memory();
    ask();
    void *memory = take_memory(50 * MIB);
    RUN_UNTIL(is_state(TD_INTAKE_STOPPED));
    assert_true(small.frontends[0].is_stopped && small.frontends[1].is_stopped);
    RUN_UNTIL(is_state(TD_INTAKE_EASY));
    assert_int_equal(small.intake.n_stopped, 1);
    assert_true(small.intake.base_bytes > 40 * MIB);
    ask(); /* the peer has come again by itself */
    uv_run(&small.loop, UV_RUN_ONCE);
    assert_int_equal(small.intake.n_stopped, 1);
    free(memory);
    RUN_UNTIL(small.intake.base_bytes < 30 * MIB); /* what was ours then isn't any more */
}

static void a_reply_counts_until_libzmq_lets_go(void **state)
{
    struct td_account *account = td_account_open(NULL);
    zmq_msg_t message;

    (void)state;
    assert_int_equal(td_message_init(&message, 1000), 0);
    assert_int_equal(td_account_bytes(account), 0);
    td_message_charge(&message, account);
    assert_int_equal(td_account_bytes(account), td_message_cost(1000));
    uint64_t all = td_account_all_bytes();
    td_account_close(account); /* the connection is forgotten; the account waits for its message */
    zmq_msg_close(&message);
    assert_int_equal(td_account_all_bytes(), all - td_message_cost(1000));
}

/* The peer reads nothing: libzmq's share, then ours, then no more. */
static void replies_to_who_does_not_read_are_bounded_by_bytes(void **state)
{
    static const char large[MIB];
    int one = 1;

    (void)state;
    void *deaf = zmq_socket(small.context, ZMQ_DEALER);
    zmq_setsockopt(deaf, ZMQ_RCVHWM, &one, sizeof one);
    zmq_setsockopt(deaf, ZMQ_LINGER, &(int) { 0 }, sizeof one);
    assert_int_equal(zmq_connect(deaf, small.endpoint), 0);
    for (int i = 0; i < 40; i++)
        assert_int_equal(zmq_send(deaf, large, sizeof large, 0), (int)sizeof large);
    RUN_UNTIL(small.n_messages == 40);
    uint64_t kept = td_account_all_bytes() + small.frontends[0].connections.outbox_bytes;
    assert_true(kept > 4 * MIB && kept <= 8 * MIB + 4096);
    assert_true(small.frontends[0].counts.dropped_slow > 25);
    zmq_close(deaf);
    RUN_UNTIL(td_account_all_bytes() + small.frontends[0].connections.outbox_bytes == 0);
    RUN_UNTIL(!small.frontends[0].connections.table); /* and it is forgotten */
}

/* What the peer chooses is hashed with a secret, and looked for before it is added. */
static void of_several_documents_with_one_id_the_first_is_found(void **state)
{
    struct td_connection client = { 0 };
    struct td_doc docs[4] = { 0 };
    const struct td_slice same = { "same", 4 }, other = { "othr", 4 };

    (void)state;
    for (int i = 0; i < 4; i++) {
        docs[i].request.id = i == 3 ? other : same;
        assert_int_equal(td_connection_enter(&client, &docs[i]), 0);
    }
    assert_ptr_equal(td_connection_doc(&client, &same), &docs[0]);
    assert_ptr_equal(td_connection_doc(&client, &other), &docs[3]);
    td_connection_leave(&client, &docs[1]);
    assert_ptr_equal(td_connection_doc(&client, &same), &docs[0]);
    td_connection_leave(&client, &docs[0]);
    assert_ptr_equal(td_connection_doc(&client, &same), &docs[2]);
    td_connection_leave(&client, &docs[2]);
    assert_null(td_connection_doc(&client, &same));
    td_connection_leave(&client, &docs[3]);
    assert_null(client.ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_came_while_something_was_sent_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_accounted_for_is_no_excess, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_documents_gets_no_more_in_while_it_is_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_ends_all_connections_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(replies_to_who_does_not_read_are_bounded_by_bytes, set_up, tear_down),
        cmocka_unit_test(a_reply_counts_until_libzmq_lets_go),
        cmocka_unit_test(of_several_documents_with_one_id_the_first_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
