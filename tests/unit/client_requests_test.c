/* client_requests_test.c: what a server is asked for, and asked again: a server that is full is left alone for as long
 * as it said, a document that nobody wants is taken back, what comes along with a request comes back with its reply. */
#include "tests/unit/client_server.h"

#include <sys/resource.h>

/* ---- A server that is full --------------------------------------------------------------------------------------- */

static void a_full_server_is_asked_again_when_it_said(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    uint64_t refused_ns = 0;
    struct seen seen;

    (void)state;
    send_text(client, 1, 8000);
    for (int i = 0; i < 7; i++) { /* more often than it would be over losses */
        see_again(client, &seen);
        assert_int_equal(seen.id, 1);
        assert_string_equal(seen.text, "text 1");
        assert_in_range(seen.deadline_ms, 1, 8000 - 200 * (uint64_t)i);
        if (i > 0)
            assert_in_range(td_now_ns() - refused_ns, 200 * MS, 3000 * MS);
        refused_ns = td_now_ns();
        if (i < 6)
            answer_later(&seen, "OVERLOADED", 200);
    }
    answer(&seen, NULL);
    assert_receives(client, 1);
    textd_client_close(client);
}

static void a_look_finds_the_reply_behind_a_refusal(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    struct textd_reply *reply;
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    send_text(client, 2, 0);
    assert_sees(&seen, 1);
    answer_later(&seen, "OVERLOADED", 5000);
    assert_sees(&seen, 2);
    answer(&seen, NULL);
    usleep(100000); /* both are there */
    assert_int_equal(textd_client_receive(client, 0, &reply, NULL), TEXTD_CLIENT_OK);
    assert_int_equal(textd_reply_id(reply), 2);
    textd_reply_free(reply);
    textd_client_close(client);
}

static void the_last_refusal_is_handed_out_in_time(void **state)
{
    struct textd_client *client = open_client(0, 1000);
    uint64_t start_ns = td_now_ns();
    struct textd_reply *reply = NULL;
    struct seen seen;
    int n = 0;

    (void)state;
    send_text(client, 1, 0);
    while (textd_client_receive(client, 5, &reply, NULL) == TEXTD_CLIENT_TIMEOUT)
        if (server_sees(&seen, 0)) {
            answer_later(&seen, "OVERLOADED", 100);
            n++;
        }
    assert_non_null(reply);
    assert_string_equal(textd_reply_error(reply)->code, "OVERLOADED");
    assert_int_equal(textd_reply_error(reply)->retry_after_ms, 100);
    assert_in_range(td_now_ns() - start_ns, 800 * MS, 3000 * MS);
    assert_in_range(n, 2, 10);
    textd_reply_free(reply);
    textd_client_close(client);
}

/* There is no sense in waiting for what would come too late. */
static void a_refusal_beyond_the_time_is_handed_out_at_once(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    struct textd_reply *reply;
    struct seen seen;

    (void)state;
    send_text(client, 1, 500);
    assert_sees(&seen, 1);
    answer_later(&seen, "OVERLOADED", 5000);
    uint64_t start_ns = td_now_ns();
    assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
    assert_string_equal(textd_reply_error(reply)->code, "OVERLOADED");
    assert_in_range(td_now_ns() - start_ns, 0, 3000 * MS);
    textd_reply_free(reply);
    textd_client_close(client);
}

static void without_resending_a_refusal_is_a_reply(void **state)
{
    struct textd_client *client = open_client(TEXTD_CLIENT_NO_RESEND, 0);
    struct textd_reply *reply;
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    assert_sees(&seen, 1);
    answer_later(&seen, "OVERLOADED", 100);
    assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
    assert_string_equal(textd_reply_error(reply)->code, "OVERLOADED");
    textd_reply_free(reply);
    textd_client_close(client);
}

static void what_a_full_server_refused_goes_to_the_next_one(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    struct seen seen;

    (void)state;
    send_text(client, 1, 0);
    assert_sees(&seen, 1);
    answer_later(&seen, "OVERLOADED", 300);
    assert_silent(client, 50);
    stop_server();
    assert_silent(client, 100);
    start_server();
    assert_sees_again(client, &seen, 1);
    answer(&seen, NULL);
    assert_receives(client, 1);
    textd_client_close(client);
}

static void one_that_waits_is_asked_again_too(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    struct textd_request request = { .size = sizeof request, .text = "x", .length = 1 };
    struct textd_reply *reply;
    struct script script = { .n = 1, .n_answers = 1, .answers = { { 0, "OVERLOADED" } } };
    pthread_t thread;

    (void)state;
    script.n_more = 1; /* and the second time it says yes */
    assert_int_equal(pthread_create(&thread, NULL, play, &script), 0);
    assert_int_equal(textd_client_annotate(client, &request, &reply, NULL), TEXTD_CLIENT_OK);
    pthread_join(thread, NULL);
    assert_null(textd_reply_error(reply));
    textd_reply_free(reply);
    textd_client_close(client);
}

/* ---- Taking back ------------------------------------------------------------------------------------------------- */

static void assert_cancelled(struct textd_client *client, uint64_t id)
{
    struct textd_reply *reply;

    assert_int_equal(textd_client_receive(client, 5000, &reply, NULL), TEXTD_CLIENT_OK);
    assert_int_equal(textd_reply_id(reply), id);
    assert_string_equal(textd_reply_error(reply)->code, "CANCELLED");
    textd_reply_free(reply);
}

static void assert_sees_cancel(struct seen *seen, uint64_t id)
{
    assert_true(server_sees(seen, 5000));
    assert_string_equal(seen->op, "cancel");
    assert_int_equal(seen->id, id);
}

static void a_cancel_is_sent_once_and_answered_once(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct seen seen, other;

    (void)state;
    send_text(client, 1, 0);
    send_text(client, 2, 0);
    assert_sees(&seen, 1);
    assert_sees(&seen, 2);
    assert_int_equal(textd_client_cancel(client, 1, NULL), TEXTD_CLIENT_OK);
    assert_int_equal(textd_client_cancel(client, 1, NULL), TEXTD_CLIENT_OK);
    assert_sees_cancel(&seen, 1);
    assert_false(server_sees(&other, 50));
    assert_int_equal(textd_client_in_flight(client), 2);
    answer(&seen, "CANCELLED");
    assert_cancelled(client, 1);
    assert_int_equal(textd_client_in_flight(client), 1);
    send_text(client, 1, 0); /* its id is free */
    textd_client_close(client);
}

/* Then the daemon says that nothing with that id is in flight: which is no reply to the next one that has it. */
static void a_cancel_that_comes_too_late_does_no_harm(void **state)
{
    struct textd_request again = { .size = sizeof again, .text = "text 1", .length = 6, .id = 1 };
    struct textd_client *client = open_client(0, 0);
    struct textd_error error;
    struct seen first, seen;

    (void)state;
    for (int is_early = 0; is_early < 2;
         is_early++) { /* the second answer comes before the first was handed out, or after */
        send_text(client, 1, 0);
        assert_sees(&first, 1);
        answer(&first, NULL);
        assert_int_equal(textd_client_cancel(client, 1, NULL), TEXTD_CLIENT_OK);
        assert_sees_cancel(&seen, 1);
        if (is_early) {
            answer(&first, "BAD_REQUEST");
            assert_receives(client, 1);
            assert_int_equal(textd_client_in_flight(client), 0);
        } else {
            assert_receives(client, 1);
            assert_int_equal(textd_client_in_flight(client), 0);
            assert_int_equal(textd_client_send(client, &again, NULL, &error), TEXTD_CLIENT_INVALID);
            answer(&first, "BAD_REQUEST");
        }
        send_text(client, 2, 0);
        assert_sees(&seen, 2);
        answer(&seen, NULL);
        assert_receives(client, 2);
    }
    send_text(client, 1, 0);
    assert_sees(&seen, 1);
    answer(&seen, NULL);
    assert_receives(client, 1);
    textd_client_close(client);
}

static void what_is_with_no_server_is_taken_back_at_once(void **state)
{
    struct textd_client *client = open_client(0, 10000);
    struct seen seen;

    (void)state;
    for (uint64_t id = 1; id <= 4; id++)
        send_text(client, id, 0);
    for (uint64_t id = 1; id <= 4; id++)
        assert_sees(&seen, id);
    seen.id = 4;
    answer_later(&seen, "OVERLOADED", 5000);
    assert_silent(client, 50);
    assert_int_equal(textd_client_cancel(client, 4, NULL), TEXTD_CLIENT_OK);
    assert_cancelled(client, 4);
    assert_int_equal(textd_client_cancel(client, 1, NULL), TEXTD_CLIENT_OK); /* asked, and never answered */
    stop_server();
    assert_cancelled(client, 1);
    assert_silent(client, 50);
    assert_int_equal(textd_client_cancel(client, 2, NULL), TEXTD_CLIENT_OK);
    assert_cancelled(client, 2);
    start_server();
    assert_sees_again(client, &seen, 3); /* the only one */
    assert_false(server_sees(&seen, NO_REPLY_MS));
    textd_client_close(client);
}

static void what_is_not_in_flight_can_not_be_taken_back(void **state)
{
    struct textd_client *client = open_client(0, 0);
    struct textd_error error;

    (void)state;
    assert_int_equal(textd_client_cancel(client, 7, &error), TEXTD_CLIENT_INVALID);
    assert_non_null(strstr(error.text, "7"));
    textd_client_close(client);
}

/* ---- What comes along -------------------------------------------------------------------------------------------- */

static int contains(const struct seen *seen, const char *bytes, size_t length)
{
    return memmem(seen->body, seen->length, bytes, length) != NULL;
}

static int refusal(struct textd_client *client, const struct textd_request *request, const char *word)
{
    struct textd_error error = { 0 };
    int rc = textd_client_send(client, request, NULL, &error);

    assert_true(rc == TEXTD_CLIENT_OK || strstr(error.text, word));
    return rc;
}

static void meta_travels_as_it_is_or_as_a_map(void **state)
{
    static const struct textd_argument map[] = { { .name = "row", .kind = TEXTD_ARGUMENT_INTEGER, .integer = 7 },
                                                 { .name = "of", .kind = TEXTD_ARGUMENT_TEXT, .text = "t" } };
    struct textd_client *client = open_client(0, 0);
    struct textd_request request = { .size = sizeof request, .meta = "\x92\x01\xc0", .meta_length = 3 };
    struct seen seen;

    (void)state;
    assert_int_equal(refusal(client, &request, ""), TEXTD_CLIENT_OK);
    assert_true(server_sees(&seen, 5000));
    assert_true(contains(&seen, "\xa4meta\x92\x01\xc0", 8));
    request.meta_length = 2; /* cut off */
    assert_int_equal(refusal(client, &request, "request.meta"), TEXTD_CLIENT_INVALID);
    request.meta_length = 4; /* something behind it */
    assert_int_equal(refusal(client, &request, "request.meta"), TEXTD_CLIENT_INVALID);
    request.meta_map = map;
    request.n_meta_map = 2;
    assert_int_equal(refusal(client, &request, "both"), TEXTD_CLIENT_INVALID);
    request.meta = NULL;
    assert_int_equal(refusal(client, &request, ""), TEXTD_CLIENT_OK);
    assert_true(server_sees(&seen, 5000));
    assert_true(contains(&seen, "\xa4meta\x82\xa3row\x07\xa2of\xa1t", 15));
    textd_client_close(client);
}

static void requests_of_an_older_header_are_taken(void **state)
{
    struct {
        struct textd_request request;
        size_t more;
    } newer = { { .size = sizeof newer, .text = "x", .length = 1 }, 0 };
    struct textd_client *client = open_client(0, 0);
    struct textd_request older = { .size = offsetof(struct textd_request, meta),
                                   .text = "x",
                                   .length = 1,
                                   .meta = "\xc1", /* not looked at */
                                   .meta_length = 1 };

    (void)state;
    assert_int_equal(refusal(client, &older, ""), TEXTD_CLIENT_OK);
    older.size--;
    assert_int_equal(refusal(client, &older, "request.size"), TEXTD_CLIENT_INVALID);
    older.size = SIZE_MAX;
    assert_int_equal(refusal(client, &older, "request.size"), TEXTD_CLIENT_INVALID);
    assert_int_equal(refusal(client, &newer.request, ""), TEXTD_CLIENT_OK);
    newer.more = 1;
    assert_int_equal(refusal(client, &newer.request, "newer library"), TEXTD_CLIENT_INVALID);
    textd_client_close(client);
}

static void assert_call_refused(struct textd_client *client, const char *op, const struct textd_argument *arguments,
                                size_t n, const char *words)
{
    struct textd_reply *reply;
    struct textd_error error;

    assert_int_equal(textd_client_call(client, op, arguments, n, &reply, &error), TEXTD_CLIENT_INVALID);
    assert_null(reply);
    assert_non_null(strstr(error.text, words));
}

static void arguments_that_lack_something_are_refused(void **state)
{
    struct textd_client *client = open_client(0, 0);
    const char *const texts[] = { "a", NULL };
    const struct textd_argument inner = { .name = "x", .kind = TEXTD_ARGUMENT_TEXT };
    const struct textd_argument wrong[] = {
        { .name = "x", .kind = 0 },
        { .name = "x", .kind = 99 },
        { .kind = TEXTD_ARGUMENT_BOOL },
        { .name = "x", .kind = TEXTD_ARGUMENT_TEXT },
        { .name = "x", .kind = TEXTD_ARGUMENT_LIST, .n = 1 },
        { .name = "x", .kind = TEXTD_ARGUMENT_LIST, .list = texts, .n = 2 },
        { .name = "x", .kind = TEXTD_ARGUMENT_MAP, .n = 1 },
        { .name = "x", .kind = TEXTD_ARGUMENT_MAP, .map = &inner, .n = 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct textd_argument arguments[] = { { .name = "fine", .kind = TEXTD_ARGUMENT_INTEGER, .n = SIZE_MAX },
                                              wrong[i] };
        assert_call_refused(client, "status", arguments, 2, "arguments[1]");
    }
    assert_call_refused(client, "status", NULL, 1, "arguments[0]");
    assert_call_refused(client, NULL, NULL, 0, "op is NULL");
    textd_client_close(client);
}

/* libzmq would end the process while it starts its threads, or fail, or have none left for the connection. */
static void too_few_descriptors_are_told(void **state)
{
    struct rlimit before, few;
    struct textd_error error;

    (void)state;
    int next = dup(STDERR_FILENO);
    close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)next + 8;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    struct textd_client *client = textd_client_open(NULL, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_null(client);
    assert_int_equal(error.code, TEXTD_CLIENT_FAILED);
    assert_non_null(strstr(error.text, "too few descriptors"));
    textd_client_close(open_client(0, 0));
}

static void a_deadline_bounds_the_wait_for_a_server_that_hangs(void **state)
{
    struct textd_client_options options = { .size = sizeof options, .endpoint = endpoint, .timeout_ms = 60000 };
    struct textd_client *client = textd_client_open(&options, NULL);
    struct textd_request request = { .size = sizeof request, .deadline_ms = 100 };
    struct textd_reply *reply;
    uint64_t start_ns = td_now_ns();

    (void)state;
    assert_int_equal(textd_client_annotate(client, &request, &reply, NULL), TEXTD_CLIENT_TIMEOUT);
    assert_in_range(td_now_ns() - start_ns, 2100 * MS, 5000 * MS);
    textd_client_close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_full_server_is_asked_again_when_it_said),
        TEST(a_look_finds_the_reply_behind_a_refusal),
        TEST(the_last_refusal_is_handed_out_in_time),
        TEST(a_refusal_beyond_the_time_is_handed_out_at_once),
        TEST(without_resending_a_refusal_is_a_reply),
        TEST(what_a_full_server_refused_goes_to_the_next_one),
        TEST(one_that_waits_is_asked_again_too),
        TEST(a_cancel_is_sent_once_and_answered_once),
        TEST(a_cancel_that_comes_too_late_does_no_harm),
        TEST(what_is_with_no_server_is_taken_back_at_once),
        TEST(what_is_not_in_flight_can_not_be_taken_back),
        TEST(meta_travels_as_it_is_or_as_a_map),
        TEST(requests_of_an_older_header_are_taken),
        TEST(arguments_that_lack_something_are_refused),
        TEST(too_few_descriptors_are_told),
        TEST(a_deadline_bounds_the_wait_for_a_server_that_hangs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
