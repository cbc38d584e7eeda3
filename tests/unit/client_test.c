/* client_test.c: the client library against a server that the test plays itself, which goes away and comes back as it
 * likes: what is sent again and what isn't, when a request is given up, and that nothing waits for longer. */
#include "tests/unit/client_server.h"

static void what_is_unanswered_is_sent_again_in_order(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct seen seen[6];

    (void)state;
    for (uint64_t id = 1; id <= 5; id++)
        send_text(client, id, 0);
    for (uint64_t id = 1; id <= 5; id++)
        assert_sees(&seen[id], id);
    answer(&seen[2], NULL);
    stop_server();
    assert_receives(client, 2);
    assert_silent(client, NO_REPLY_MS);
    start_server();
    assert_sees_again(client, &seen[1], 1);
    assert_sees(&seen[3], 3);
    assert_sees(&seen[4], 4);
    assert_sees(&seen[5], 5);
    assert_false(server_sees(&seen[0], NO_REPLY_MS));
    answer(&seen[4], NULL);
    answer(&seen[4], NULL); /* a second one is nobody's */
    answer(&seen[1], NULL);
    assert_receives(client, 4);
    assert_receives(client, 1);
    assert_int_equal(textd_client_in_flight(client), 2);
    assert_silent(client, NO_REPLY_MS);
    textd_client_close(client);
}

static void what_had_arrived_is_not_asked_for_again(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct seen seen[4];

    (void)state;
    for (uint64_t id = 1; id <= 3; id++)
        send_text(client, id, 0);
    for (uint64_t id = 1; id <= 3; id++)
        assert_sees(&seen[id], id);
    answer(&seen[1], NULL);
    answer(&seen[3], NULL);
    stop_server();
    start_server();
    usleep(200000); /* libzmq has connected again by itself meanwhile, and nobody has looked at the replies */
    send_text(client, 4, 0);
    assert_receives(client, 1);
    assert_receives(client, 3);
    see_again(client, &seen[0]);
    see_again(client, &seen[1]);
    assert_int_equal(seen[0].id + seen[1].id, 2 + 4);
    assert_int_equal(seen[0].id * seen[1].id, 2 * 4);
    answer(&seen[0], NULL);
    assert_receives(client, seen[0].id);
    answer(&seen[1], NULL);
    assert_receives(client, seen[1].id);
    textd_client_close(client);
}

static void a_request_is_sent_five_times_at_most(void **state)
{
    struct textd_client *client = open_client(0, 30000);
    struct seen seen;

    (void)state;
    send_text(client, 9, 0);
    for (int i = 1; i <= 5; i++) {
        assert_sees_again(client, &seen, 9);
        stop_server();
        if (i < 5) {
            assert_silent(client, NO_REPLY_MS);
            start_server();
        }
    }
    assert_lost(client, 9, 5000);
    assert_int_equal(textd_client_in_flight(client), 0);
    start_server();
    send_text(client, 10, 0); /* and it goes on */
    assert_sees(&seen, 10);
    textd_client_close(client);
}

static void each_request_is_given_up_when_its_own_time_is_over(void **state)
{
    struct textd_client *client = open_client(0, 600);
    uint64_t start_ns = td_now_ns();
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    send_text(client, 2, 200); /* its deadline is its time */
    send_text(client, 3, 60000);
    assert_sees(&seen, 1);
    stop_server();
    assert_lost(client, 2, 5000);
    assert_in_range(td_now_ns() - start_ns, 200 * MS, 2200 * MS);
    assert_lost(client, 1, 5000);
    assert_in_range(td_now_ns() - start_ns, 600 * MS, 2600 * MS);
    start_server();
    assert_sees_again(client, &seen, 3);
    assert_in_range(seen.deadline_ms, 50000, 59400); /* what is left */
    answer(&seen, NULL);
    assert_receives(client, 3);
    textd_client_close(client);
}

static void without_resending_all_are_lost_at_once(void **state)
{
    struct textd_client *client = open_client(TEXTD_CLIENT_NO_RESEND, 0);
    struct textd_reply *reply;
    struct seen seen;

    (void)state;
    for (uint64_t id = 1; id <= 4; id++)
        send_text(client, id, 0);
    for (uint64_t id = 1; id <= 4; id++) {
        assert_sees(&seen, id);
        if (id == 1)
            answer(&seen, "SHUTTING_DOWN");
    }
    assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
    assert_string_equal(textd_reply_error(reply)->code, "SHUTTING_DOWN");
    textd_reply_free(reply);
    stop_server();
    start_server();
    for (uint64_t id = 2; id <= 4; id++)
        assert_lost(client, id, 1000);
    assert_false(server_sees(&seen, NO_REPLY_MS));
    assert_int_equal(textd_client_receive(client, 0, &reply, NULL), TEXTD_CLIENT_INVALID);
    textd_client_close(client);
}

static void a_refusal_of_a_server_that_stops_waits_for_the_next_one(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    assert_sees(&seen, 1);
    answer(&seen, "SHUTTING_DOWN");
    assert_silent(client, NO_REPLY_MS);
    assert_false(server_sees(&seen, NO_REPLY_MS)); /* the same server isn't asked again */
    stop_server();
    start_server();
    assert_sees_again(client, &seen, 1);
    answer(&seen, NULL);
    assert_receives(client, 1);
    textd_client_close(client);
}

static void without_a_next_one_the_refusal_is_handed_out(void **state)
{
    struct textd_client *client = open_client(0, 400);
    uint64_t start_ns = td_now_ns();
    struct textd_reply *reply;
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    send_text(client, 2, 0);
    assert_sees(&seen, 1);
    answer(&seen, "SHUTTING_DOWN");
    assert_sees(&seen, 2);
    answer(&seen, "SHUTTING_DOWN");
    for (uint64_t id = 1; id <= 2; id++) {
        assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
        assert_int_equal(textd_reply_id(reply), id);
        assert_string_equal(textd_reply_error(reply)->code, "SHUTTING_DOWN");
        assert_in_range(td_now_ns() - start_ns, 400 * MS, 2400 * MS);
        textd_reply_free(reply);
        if (id == 1)
            stop_server();
    }
    textd_client_close(client);
}

static void one_that_is_not_waited_for_any_more_is_dropped(void **state)
{
    struct textd_client_options options = { .size = sizeof options, .endpoint = endpoint, .timeout_ms = 200 };
    struct textd_client *client = textd_client_open(&options, NULL);
    struct textd_request request = { .size = sizeof request, .text = "text 1", .length = 6 };
    struct textd_reply *reply;
    struct textd_error error;
    struct seen seen;

    (void)state;
    assert_int_equal(textd_client_annotate(client, &request, &reply, &error), TEXTD_CLIENT_TIMEOUT);
    assert_null(reply);
    assert_int_equal(textd_client_in_flight(client), 0);
    assert_sees(&seen, 1);
    answer(&seen, NULL);
    send_text(client, 2, 0);
    assert_silent(client, NO_REPLY_MS);
    assert_sees(&seen, 2);
    answer(&seen, NULL);
    assert_receives(client, 2);
    textd_client_close(client);
}

static void one_request_ends_in_time_without_a_server(void **state)
{
    struct textd_client_options options = { .size = sizeof options, .endpoint = endpoint, .timeout_ms = 400 };
    struct textd_client *client = textd_client_open(&options, NULL);
    struct textd_request request = { .size = sizeof request };
    struct textd_reply *reply;
    struct textd_error error;
    struct seen seen;

    (void)state;
    send_text(client, 7, 0); /* so that it is connected, and something else in flight */
    assert_sees(&seen, 7);
    answer(&seen, "SHUTTING_DOWN");
    stop_server();
    uint64_t start_ns = td_now_ns();
    int rc = textd_client_annotate(client, &request, &reply, &error);
    assert_true(rc == TEXTD_CLIENT_UNREACHABLE || rc == TEXTD_CLIENT_LOST);
    assert_in_range(td_now_ns() - start_ns, 350 * MS, 2400 * MS);
    assert_non_null(strstr(error.text, endpoint));
    assert_int_equal(textd_client_in_flight(client), 1);
    textd_client_close(client);
}

/* A server that stops when it gets a request. */
static void *stop_at_a_request(void *unused)
{
    struct seen seen;

    assert_true(server_sees(&seen, 5000));
    stop_server();
    return unused;
}

static void a_ping_is_not_sent_again(void **state)
{
    struct textd_client *client = open_client(0, 0);
    uint64_t start_ns = td_now_ns();
    struct textd_reply *reply;
    struct textd_error error;
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, stop_at_a_request, NULL), 0);
    assert_int_equal(textd_client_ping(client, &reply, &error), TEXTD_CLIENT_LOST);
    assert_in_range(td_now_ns() - start_ns, 0, 4000 * MS);
    pthread_join(thread, NULL);
    textd_client_close(client);
}

/* The ping that the script answers without an error comes back without one. */
static void assert_pings(struct textd_client *client, struct script script)
{
    struct textd_reply *reply;
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, play, &script), 0);
    assert_int_equal(textd_client_ping(client, &reply, NULL), TEXTD_CLIENT_OK);
    pthread_join(thread, NULL);
    assert_null(textd_reply_error(reply));
    textd_reply_free(reply);
}

static void a_ping_gets_its_own_reply_beside_those_that_have_arrived(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct textd_reply *reply;

    (void)state;
    for (uint64_t id = 2; id <= 3; id++)
        send_text(client, id, 0);
    assert_pings(client, (struct script) { .n = 3, .n_answers = 2, .answers = { { 0, "TOO_LARGE" }, { 2, NULL } } });
    assert_pings(client, (struct script) { .n = 1, .n_answers = 1, .answers = { { 0, NULL } } });
    assert_pings(client, (struct script) { .n = 1, .n_answers = 1, .answers = { { 0, NULL } } });
    assert_int_equal(textd_client_in_flight(client), 2);
    assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
    assert_int_equal(textd_reply_id(reply), 2);
    assert_string_equal(textd_reply_error(reply)->code, "TOO_LARGE");
    textd_reply_free(reply);
    assert_int_equal(textd_client_in_flight(client), 1);
    textd_client_close(client);
}

static void an_id_is_in_flight_until_its_reply_is_handed_out(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct textd_request again = { .size = sizeof again, .text = "text 1", .length = 6, .id = 1 };
    struct textd_error error;
    uint64_t other = 0;

    (void)state;
    send_text(client, 1, 0);
    assert_pings(client, (struct script) { .n = 2, .n_answers = 2, .answers = { { 0, NULL }, { 1, NULL } } });
    assert_int_equal(textd_client_send(client, &again, NULL, &error), TEXTD_CLIENT_INVALID);
    assert_non_null(strstr(error.text, "request.id 1 is in flight"));
    again.id = 0; /* and the library numbers around it */
    assert_int_equal(textd_client_send(client, &again, &other, &error), TEXTD_CLIENT_OK);
    assert_int_not_equal(other, 1);
    assert_receives(client, 1);
    send_text(client, 1, 0);
    assert_int_equal(textd_client_in_flight(client), 2);
    textd_client_close(client);
}

static struct textd_client *open_impatient_client(void)
{
    struct textd_client_options options = {
        .size = sizeof options, .endpoint = endpoint, .timeout_ms = 200, .resend_ms = 10000
    };
    struct textd_client *client = textd_client_open(&options, NULL);

    assert_non_null(client);
    return client;
}

static void a_late_reply_to_a_ping_is_nobodys(void **state)
{
    struct textd_client *client = open_impatient_client();
    struct textd_reply *reply;
    struct seen ping, seen;

    (void)state;
    assert_int_equal(textd_client_ping(client, &reply, NULL), TEXTD_CLIENT_TIMEOUT);
    assert_int_equal(textd_client_in_flight(client), 0);
    assert_true(server_sees(&ping, 5000));
    send_text(client, 1,
              0); /* the caller's first: whatever number the library gave its ping, this is another request */
    assert_sees(&seen, 1);
    answer(&ping, NULL);
    assert_silent(client, NO_REPLY_MS);
    answer(&seen, NULL);
    assert_receives(client, 1);
    textd_client_close(client);
}

static void an_id_whose_reply_may_come_still_is_not_taken_again(void **state)
{
    struct textd_client *client = open_impatient_client();
    struct textd_request request = { .size = sizeof request, .text = "text 7", .length = 6, .id = 7 };
    struct textd_reply *reply;
    struct textd_error error;
    struct seen seen;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(textd_client_annotate(client, &request, &reply, &error), TEXTD_CLIENT_TIMEOUT);
        assert_sees(&seen, 7);
        assert_int_equal(textd_client_send(client, &request, NULL, &error), TEXTD_CLIENT_INVALID);
        assert_non_null(strstr(error.text, "request.id 7"));
        assert_int_equal(textd_client_in_flight(client), 0);
        if (i == 0) {
            answer(&seen, NULL);
            send_text(client, 8, 0); /* it is free again once that reply has come */
            assert_sees(&seen, 8);
            answer(&seen, NULL);
            assert_receives(client, 8);
        }
    }
    send_text(client, 9, 0);
    assert_sees(&seen, 9);
    stop_server();
    assert_silent(client, NO_REPLY_MS);
    start_server();
    assert_sees_again(client, &seen, 9); /* the only one that is sent again */
    assert_false(server_sees(&seen, NO_REPLY_MS));
    send_text(client, 7, 0); /* or once the connection is gone */
    assert_sees(&seen, 7);
    answer(&seen, NULL);
    assert_receives(client, 7);
    textd_client_close(client);
}

static void offsets_are_converted(void **state)
{
    static const char text[] = "a\xc3\xa9\xf0\x9f\x98\x80z"; /* one, two, four and one bytes */
    size_t to = 99;

    (void)state;
    assert_int_equal(textd_offset_convert(text, 8, "utf16", 4, "byte", &to), 0);
    assert_int_equal(to, 7);
    assert_int_equal(textd_offset_convert(text, 8, "byte", 8, "codepoint", &to), 0);
    assert_int_equal(to, 4);
    assert_int_equal(textd_offset_convert(text, 8, "codepoint", 3, "utf16", &to), 0);
    assert_int_equal(to, 4);
    to = 99;
    assert_int_equal(textd_offset_convert(text, 8, "utf16", 3, "byte", &to), -1); /* inside the emoji's pair */
    assert_int_equal(textd_offset_convert(text, 8, "byte", 2, "utf16", &to), -1);
    assert_int_equal(textd_offset_convert(text, 8, "codepoint", 5, "byte", &to), -1);
    assert_int_equal(textd_offset_convert(text, 8, "utf8", 1, "byte", &to), -1);
    assert_int_equal(textd_offset_convert(text, 2, "byte", 0, "utf16", &to), -1); /* cut off */
    assert_int_equal(to, 99);
}

static void options_of_an_older_header_are_taken(void **state)
{
    struct textd_client_options options = { .size = offsetof(struct textd_client_options, flags),
                                            .endpoint = endpoint,
                                            .flags = UINT32_MAX }; /* not looked at */
    struct textd_error error = { 0 };
    struct textd_client *client = textd_client_open(&options, &error);

    (void)state;
    assert_non_null(client);
    textd_client_close(client);
    options.size--;
    assert_null(textd_client_open(&options, &error));
    assert_int_equal(error.code, TEXTD_CLIENT_INVALID);
    options.size = sizeof options;
    assert_null(textd_client_open(&options, &error));
    assert_int_equal(error.code, TEXTD_CLIENT_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_unanswered_is_sent_again_in_order),
        TEST(what_had_arrived_is_not_asked_for_again),
        TEST(a_request_is_sent_five_times_at_most),
        TEST(each_request_is_given_up_when_its_own_time_is_over),
        TEST(without_resending_all_are_lost_at_once),
        TEST(a_refusal_of_a_server_that_stops_waits_for_the_next_one),
        TEST(without_a_next_one_the_refusal_is_handed_out),
        TEST(one_that_is_not_waited_for_any_more_is_dropped),
        TEST(one_request_ends_in_time_without_a_server),
        TEST(a_ping_is_not_sent_again),
        TEST(a_ping_gets_its_own_reply_beside_those_that_have_arrived),
        TEST(an_id_is_in_flight_until_its_reply_is_handed_out),
        TEST(a_late_reply_to_a_ping_is_nobodys),
        TEST(an_id_whose_reply_may_come_still_is_not_taken_again),
        TEST(offsets_are_converted),
        TEST(options_of_an_older_header_are_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
