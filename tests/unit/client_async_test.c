/* client_async_test.c: the client library in an event loop, which is a poll of its one descriptor and nothing else: it
 * is readable whenever there is something to do and quiet otherwise, sending never waits, and each request has one
 * outcome. */
#include "tests/unit/client_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static struct textd_client *open_async(uint32_t flags, uint32_t connect_ms, uint32_t timeout_ms)
{
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = endpoint,
                                            .connect_ms = connect_ms,
                                            .timeout_ms = timeout_ms,
                                            .flags = TEXTD_CLIENT_ASYNC | flags };
    struct textd_client *client = textd_client_open(&options, NULL);

    assert_non_null(client);
    assert_true(textd_client_fd(client) >= 0);
    return client;
}

static int is_readable(struct textd_client *client, int wait_ms)
{
    struct pollfd item = { .fd = textd_client_fd(client), .events = POLLIN };

    return poll(&item, 1, wait_ms) == 1;
}

/* One turn of the loop: waits for the descriptor, and receives one reply at most. */
static struct textd_reply *turn(struct textd_client *client, int wait_ms)
{
    struct textd_reply *reply = NULL;

    if (is_readable(client, wait_ms)) {
        int rc = textd_client_receive(client, 0, &reply, NULL);
        assert_true(rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT);
    }
    return reply;
}

/* Turns until the next reply, which must be this one. Returns the turns. */
static int loop_until(struct textd_client *client, uint64_t id, const char *code)
{
    uint64_t end_ns = td_now_ns() + 5000 * MS;
    struct textd_reply *reply = NULL;
    int n = 0;

    for (; !reply && td_now_ns() < end_ns; n++)
        reply = turn(client, 5000);
    assert_non_null(reply);
    assert_int_equal(textd_reply_id(reply), id);
    if (code)
        assert_string_equal(textd_reply_error(reply)->code, code);
    else
        assert_null(textd_reply_error(reply));
    textd_reply_free(reply);
    return n;
}

/* Turns until the server has a request. */
static void loop_until_seen(struct textd_client *client, struct seen *seen)
{
    uint64_t end_ns = td_now_ns() + 5000 * MS;

    while (!server_sees(seen, 0)) {
        assert_true(td_now_ns() < end_ns);
        assert_null(turn(client, 1));
    }
}

/* How often it wakes a loop for nothing. */
static int count_turns(struct textd_client *client, uint32_t ms)
{
    uint64_t end_ns = td_now_ns() + ms * MS, now;
    int n = 0;

    while ((now = td_now_ns()) < end_ns)
        if (is_readable(client, (int)((end_ns - now) / MS) + 1)) {
            assert_null(turn(client, 0));
            n++;
        }
    return n;
}

static void it_is_readable_until_all_is_received(void **state)
{
    struct textd_client *client = open_async(0, 0, 5000);
    int fd = textd_client_fd(client);
    struct seen seen[4];

    (void)state;
    for (uint64_t id = 1; id <= 3; id++)
        send_text(client, id, 0);
    for (int i = 1; i <= 3; i++)
        loop_until_seen(client, &seen[i]);
    for (int i = 1; i <= 3; i++)
        answer(&seen[i], NULL);
    usleep(100000); /* all are there: what tells so has come and is not told again */
    for (uint64_t id = 1; id <= 3; id++) {
        send_text(client, 10 + id, 0); /* takes the news off libzmq's descriptor */
        assert_true(is_readable(client, 100));
        loop_until(client, id, NULL);
    }
    assert_int_equal(count_turns(client, 100), 0);
    assert_int_equal(textd_client_fd(client), fd);
    textd_client_close(client);
}

static void it_is_quiet_when_there_is_nothing_to_do(void **state)
{
    struct textd_client *client = open_async(0, 0, 5000);
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &seen);
    assert_in_range(count_turns(client, 200), 0, 2); /* one is in flight */
    answer(&seen, NULL);
    loop_until(client, 1, NULL);
    assert_in_range(count_turns(client, 200), 0, 2); /* none is */
    assert_int_equal(count_turns(client, 200), 0);
    stop_server();
    assert_in_range(count_turns(client, 500), 1, 60); /* it tries to connect again, with pauses */
    textd_client_close(client);
}

static void sending_never_waits(void **state)
{
    struct seen seen;

    (void)state;
    stop_server();
    struct textd_client *client = open_async(0, 5000, 5000);
    uint64_t start_ns = td_now_ns();
    for (uint64_t id = 1; id <= 3; id++)
        send_text(client, id, id == 2 ? 4000 : 0);
    assert_in_range(td_now_ns() - start_ns, 0, 2000 * MS);
    assert_int_equal(textd_client_in_flight(client), 3);
    assert_null(turn(client, 100));
    start_server();
    for (uint64_t id = 1; id <= 3; id++) {
        loop_until_seen(client, &seen);
        assert_int_equal(seen.id, id);
        if (id == 2)
            assert_in_range(seen.deadline_ms, 1, 3950); /* it has waited */
        answer(&seen, NULL);
        loop_until(client, id, NULL);
    }
    textd_client_close(client);
}

static void who_is_not_there_is_told_in_time(void **state)
{
    (void)state;
    stop_server();
    struct textd_client *client = open_async(0, 300, 5000);
    uint64_t start_ns = td_now_ns();
    send_text(client, 1, 0);
    send_text(client, 2, 0);
    loop_until(client, 1, "UNAVAILABLE");
    assert_in_range(td_now_ns() - start_ns, 300 * MS, 2300 * MS);
    loop_until(client, 2, "UNAVAILABLE");
    assert_int_equal(textd_client_in_flight(client), 0);
    textd_client_close(client);
}

static void it_goes_on_over_a_restart(void **state)
{
    struct textd_client *client = open_async(0, 300, 5000);
    struct seen first, second;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &first);
    stop_server();
    assert_in_range(count_turns(client, 500), 1, 60); /* beyond connect_ms, which is the first connection's */
    send_text(client, 2, 0);
    assert_int_equal(textd_client_in_flight(client), 2);
    start_server();
    loop_until_seen(client, &first); /* no answer yet: its reply might come in the turns until the second is there */
    loop_until_seen(client, &second);
    assert_int_equal(first.id, 1);
    assert_int_equal(second.id, 2);
    answer(&first, NULL);
    answer(&second, NULL);
    loop_until(client, 1, NULL);
    loop_until(client, 2, NULL);
    textd_client_close(client);
}

static void who_stays_away_is_told_in_time(void **state)
{
    struct textd_client *client = open_async(0, 300, 600);
    uint64_t start_ns = td_now_ns();
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &seen);
    stop_server();
    assert_in_range(count_turns(client, 50), 0, 60);
    send_text(client, 2, 0);
    loop_until(client, 1, "LOST");
    assert_in_range(td_now_ns() - start_ns, 600 * MS, 2600 * MS);
    loop_until(client, 2, "UNAVAILABLE");
    textd_client_close(client);
}

static void without_resending_each_is_lost_at_once(void **state)
{
    struct textd_client *client = open_async(TEXTD_CLIENT_NO_RESEND, 0, 5000);
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &seen);
    stop_server();
    uint64_t start_ns = td_now_ns();
    loop_until(client, 1, "LOST");
    assert_in_range(td_now_ns() - start_ns, 0, 3000 * MS);
    textd_client_close(client);
}

static void a_server_that_hangs_is_told_in_time(void **state)
{
    struct textd_client *client = open_async(0, 0, 400);
    uint64_t start_ns = td_now_ns();
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &seen);
    loop_until(client, 1, "TIMEOUT");
    assert_in_range(td_now_ns() - start_ns, 400 * MS, 2400 * MS);
    answer(&seen, NULL); /* too late: nobody's */
    send_text(client, 2, 0);
    loop_until_seen(client, &seen);
    answer(&seen, NULL);
    loop_until(client, 2, NULL);
    textd_client_close(client);
}

static uint64_t thread_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / MS;
}

/* Each was found by looking through all that had been given up before it: seconds of a loop's time. */
static void many_that_are_overdue_cost_little(void **state)
{
    enum { MANY = 40000 };
    struct textd_client *client = open_async(0, 0, 800);
    uint64_t n = 0, start_ms;
    struct textd_reply *reply;

    (void)state;
    assert_false(is_readable(client, 100) && turn(client, 0)); /* the connection is made */
    for (uint64_t id = 1; id <= MANY; id++)
        send_text(client, id, 0);
    while (textd_client_in_flight(client) == MANY)
        if (is_readable(client, 5000) && (reply = turn(client, 0)))
            textd_reply_free(reply);
    for (start_ms = thread_ms(); textd_client_in_flight(client) > 0; n++)
        if (is_readable(client, 5000) && (reply = turn(client, 0))) {
            assert_string_equal(textd_reply_error(reply)->code, "TIMEOUT");
            textd_reply_free(reply);
        }
    assert_in_range(n, MANY - 1, MANY + 1000);
    assert_in_range(thread_ms() - start_ms, 0, 1000);
    textd_client_close(client);
}

/* Another program at the endpoint: says something to whoever connects. */
static int start_program(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", endpoint + sizeof "ipc://" - 1);
    unlink(address.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

static void another_program_is_told_at_once(void **state)
{
    char words[600] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n";

    (void)state;
    memset(words + strlen(words), 'b', sizeof words - 1 - strlen(words));
    stop_server();
    int listener = start_program();
    struct textd_client *client = open_async(0, 5000, 5000);
    uint64_t start_ns = td_now_ns();
    send_text(client, 1, 0);
    int peer = accept(listener, NULL, NULL);
    assert_true(write(peer, words, sizeof words - 1) > 0);
    loop_until(client, 1, "NO_PROTOCOL");
    assert_in_range(td_now_ns() - start_ns, 0, 2000 * MS);
    close(peer);
    close(listener);
    textd_client_close(client);
}

/* libzmq ends the connection, and doesn't say that this was why: it might as well be a daemon that just dies. */
static void another_kind_of_socket_is_told_in_time(void **state)
{
    struct textd_error error;

    (void)state;
    zmq_close(server);
    server = zmq_socket(context, ZMQ_PUB);
    for (int i = 0; zmq_bind(server, endpoint) != 0 && i < 100; i++)
        usleep(10000); /* the old one is closed a moment later */
    struct textd_client *client = open_async(0, 400, 5000);
    uint64_t start_ns = td_now_ns();
    send_text(client, 1, 0);
    loop_until(client, 1, "NO_PROTOCOL");
    struct textd_reply *reply;
    assert_int_equal(textd_client_ping(client, &reply, &error), TEXTD_CLIENT_NO_PROTOCOL); /* and to who waits */
    assert_non_null(strstr(error.text, endpoint));
    assert_in_range(td_now_ns() - start_ns, 0, 2000 * MS);
    textd_client_close(client);
}

/* Answers the requests that it sees from another thread: the first that came when two have come, so that the ping is
 * last. */
static void a_call_that_waits_leaves_the_others_to_the_loop(void **state)
{
    struct textd_client *client = open_async(0, 0, 5000);
    struct script script = { .n = 3, .n_answers = 2, .answers = { { 0, NULL }, { 2, NULL } } };
    struct textd_reply *reply;
    pthread_t thread;

    (void)state;
    send_text(client, 1, 0);
    send_text(client, 2, 0);
    assert_int_equal(pthread_create(&thread, NULL, play, &script), 0);
    assert_int_equal(textd_client_ping(client, &reply, NULL), TEXTD_CLIENT_OK);
    pthread_join(thread, NULL);
    textd_reply_free(reply);
    assert_true(is_readable(client, 100)); /* its reply was taken off the socket, and not handed out */
    loop_until(client, 1, NULL);
    assert_int_equal(textd_client_in_flight(client), 1);
    textd_client_close(client);
}

/* What a child does with it is refused; and closing it, as destructors do, takes nothing from the parent. */
static void a_child_of_a_fork_is_refused(void **state)
{
    struct textd_client *client = open_async(0, 0, 5000);
    struct textd_request request = { .size = sizeof request };
    struct textd_reply *reply;
    struct textd_error error;
    struct seen seen;
    int status;

    (void)state;
    send_text(client, 1, 0);
    loop_until_seen(client, &seen);
    pid_t child = fork();
    if (child == 0) {
        int is_refused = textd_client_send(client, &request, NULL, &error) == TEXTD_CLIENT_INVALID &&
                         strstr(error.text, "fork") &&
                         textd_client_annotate(client, &request, &reply, NULL) == TEXTD_CLIENT_INVALID &&
                         textd_client_receive(client, 5000, &reply, NULL) == TEXTD_CLIENT_INVALID &&
                         textd_client_ping(client, &reply, NULL) == TEXTD_CLIENT_INVALID &&
                         textd_client_cancel(client, 1, NULL) == TEXTD_CLIENT_INVALID;
        textd_client_close(client);
        _exit(is_refused ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    answer(&seen, NULL);
    loop_until(client, 1, NULL);
    textd_client_close(client);
}

static void only_a_client_for_loops_has_a_descriptor(void **state)
{
    struct textd_client *client = open_client(0, 0);

    (void)state;
    assert_int_equal(textd_client_fd(client), -1);
    textd_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_readable_until_all_is_received),
        TEST(it_is_quiet_when_there_is_nothing_to_do),
        TEST(sending_never_waits),
        TEST(who_is_not_there_is_told_in_time),
        TEST(it_goes_on_over_a_restart),
        TEST(who_stays_away_is_told_in_time),
        TEST(without_resending_each_is_lost_at_once),
        TEST(a_server_that_hangs_is_told_in_time),
        TEST(many_that_are_overdue_cost_little),
        TEST(another_program_is_told_at_once),
        TEST(another_kind_of_socket_is_told_in_time),
        TEST(a_call_that_waits_leaves_the_others_to_the_loop),
        TEST(a_child_of_a_fork_is_refused),
        TEST(only_a_client_for_loops_has_a_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
