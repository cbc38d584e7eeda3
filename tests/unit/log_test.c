/* log_test.c: a line is one event, well-formed whatever comes from outside, and a flood costs its budget only. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/log.h"
#include "common/utf8.h"

static int sink;
static char written[1 << 20];

/* All that was logged since the last call. */
static const char *take(void)
{
    ssize_t length = pread(sink, written, sizeof written - 1, 0);

    assert_true(length >= 0);
    written[length] = 0;
    assert_int_equal(ftruncate(sink, 0), 0);
    assert_int_equal(lseek(sink, 0, SEEK_SET), 0);
    return written;
}

/* What a line tells after its time stamp and level. */
static const char *told(void)
{
    char *event = strstr((char *)(uintptr_t)take(), "event");

    assert_non_null(event);
    event[strcspn(event, "\n")] = 0;
    return event;
}

static int lines(const char *text)
{
    int n = 0;

    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

static int setup(void **state)
{
    (void)state;
    sink = memfd_create("log", MFD_CLOEXEC);
    td_log_set_fd(sink);
    td_log_configure(TD_LOG_INFO, TD_LOG_LOGFMT);
    return sink < 0;
}

static int teardown(void **state)
{
    (void)state;
    td_log_flush(); /* what one test suppressed is no other's business */
    return close(sink);
}

static void line_is_time_level_event_and_fields_in_order(void **state)
{
    struct tm tm;
    int ms, end = 0;

    (void)state;
    td_log(TD_LOG_WARN, "worker.crash", TD_INT("worker", 2), TD_STR("plugin", "entities"), TD_NUM("ran_ms", 1.5));
    const char *line = take();
    assert_string_equal(strchr(line, ' '), " level=warn event=worker.crash worker=2 plugin=entities ran_ms=1.5\n");
    assert_int_equal(sscanf(line, "ts=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
                            &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &ms, &end),
                     7);
    assert_int_equal(end, strchr(line, ' ') - line);
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    assert_true(llabs((long long)timegm(&tm) - (long long)time(NULL)) <= 2);
}

static void json_has_the_same_keys_in_the_same_order(void **state)
{
    static const char *const keys[] = { "ts", "level", "event", "worker", "plugin", "ran_ms" };
    const char *key;
    json_t *value;
    size_t i = 0;

    (void)state;
    td_log_configure(TD_LOG_INFO, TD_LOG_JSON);
    td_log(TD_LOG_WARN, "json.keys", TD_INT("worker", 2), TD_STR("plugin", "entities"), TD_NUM("ran_ms", 1.5));
    json_t *line = json_loads(take(), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(line);
    json_object_foreach(line, key, value) assert_string_equal(key, keys[i++]);
    assert_int_equal(i, 6);
    assert_int_equal(json_integer_value(json_object_get(line, "worker")), 2);
    json_decref(line);
}

static void values_are_escaped_in_both_formats(void **state)
{
    static const struct {
        const char *value, *logfmt, *json;
    } cases[] = {
        { "plain", "plain", "\"plain\"" },
        { "", "\"\"", "\"\"" },
        { "two words", "\"two words\"", "\"two words\"" },
        { "a=b", "\"a=b\"", "\"a=b\"" },
        { "say \"hi\"", "\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\"" },
        { "C:\\x", "\"C:\\\\x\"", "\"C:\\\\x\"" },
        { "a\nb\tc\r", "\"a\\nb\\tc\\r\"", "\"a\\nb\\tc\\r\"" },
        { "\x1b[31m", "\"\\x1b[31m\"", "\"\\u001b[31m\"" },
        { "\x7f", "\"\\x7f\"", "\"\\u007f\"" },
        { "Grüße 👋", "\"Grüße 👋\"", "\"Grüße 👋\"" },
        { "\xff\xfe", "\"\\xff\\xfe\"", "\"\\u00ff\\u00fe\"" },
        { "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"", "\"\\u00ed\\u00a0\\u0080\"" }, /* a surrogate */
        { "\xc2\x9b[2J", "\"\\u009b[2J\"", "\"\\u009b[2J\"" },                  /* a terminal's CSI in eight bits */
        { "\xe2\x80\xa8", "\"\\u2028\"", "\"\\u2028\"" },
        { "cut \xf0\x9f", "\"cut \\xf0\\x9f\"", "\"cut \\u00f0\\u009f\"" },
    };
    char want[128];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        td_log_configure(TD_LOG_INFO, TD_LOG_LOGFMT);
        td_log(TD_LOG_INFO, "escape.logfmt", TD_STR("v", cases[i].value));
        snprintf(want, sizeof want, "event=escape.logfmt v=%s", cases[i].logfmt);
        assert_string_equal(told(), want);
        td_log_configure(TD_LOG_INFO, TD_LOG_JSON);
        td_log(TD_LOG_INFO, "escape.json", TD_STR("v", cases[i].value));
        snprintf(want, sizeof want, "event\":\"escape.json\",\"v\":%s}", cases[i].json);
        assert_string_equal(told(), want);
    }
}

static void numbers_are_json_numbers_or_null(void **state)
{
    (void)state;
    td_log_configure(TD_LOG_INFO, TD_LOG_JSON);
    td_log(TD_LOG_INFO, "numbers", TD_INT("least", INT64_MIN), TD_NUM("nan", NAN), TD_NUM("inf", INFINITY),
           TD_NUM("small", 1e-9));
    assert_string_equal(
        told(), "event\":\"numbers\",\"least\":-9223372036854775808,\"nan\":null,\"inf\":null,\"small\":1e-09}");
}

/* Every byte after every kind of byte, as a hostile id might be. */
static void any_bytes_make_one_valid_line(void **state)
{
    static const char *const events[] = { "bytes.0", "bytes.1", "bytes.2", "bytes.3", "bytes.4", "bytes.5", "bytes.6" };
    static const unsigned char leads[] = { 'a', '"', 0xC2, 0xE2, 0xED, 0xF0, 0xFF };
    unsigned char bytes[3 * 20];

    (void)state;
    for (int format = 0; format < 2; format++)
        for (size_t lead = 0; lead < sizeof leads; lead++) {
            td_log_configure(TD_LOG_INFO, (enum td_log_format)format);
            for (int first = format; first < 256; first += 26) {
                for (int i = 0; i < 20; i++)
                    memcpy(bytes + 3 * i, (unsigned char[]) { leads[lead], (unsigned char)(first + i), 0x80 }, 3);
                td_log(TD_LOG_INFO, events[lead], TD_BYTES("id", (char *)bytes, sizeof bytes));
            }
            const char *text = take();
            assert_int_equal(td_utf8_check(text, strlen(text), NULL), strlen(text));
            assert_true(lines(text) > 0);
            for (const char *at = text; format == TD_LOG_JSON && *at; at = strchr(at, '\n') + 1) {
                json_t *line = json_loadb(at, (size_t)(strchr(at, '\n') - at), 0, NULL);
                assert_non_null(line);
                json_decref(line);
            }
            for (const char *at = text; *at; at++)
                assert_true((unsigned char)*at >= 0x20 || *at == '\n');
        }
}

static void values_from_outside_are_cut_on_a_character_border(void **state)
{
    char id[200], want[128];

    (void)state;
    memset(id, 'x', sizeof id);
    td_log(TD_LOG_INFO, "cut.ascii", TD_BYTES("id", id, sizeof id));
    snprintf(want, sizeof want, "event=cut.ascii id=\"%.64s…\"", id);
    assert_string_equal(told(), want);
    memcpy(id + 62, "\xF0\x9F\x91\x8B", 4); /* would end at byte 66 */
    td_log(TD_LOG_INFO, "cut.emoji", TD_BYTES("id", id, sizeof id));
    snprintf(want, sizeof want, "event=cut.emoji id=\"%.62s…\"", id);
    assert_string_equal(told(), want);
    td_log(TD_LOG_INFO, "cut.none", TD_BYTES("id", id, 61), TD_BYTES("nothing", NULL, 0));
    snprintf(want, sizeof want, "event=cut.none id=%.61s", id);
    assert_string_equal(told(), want);
}

static void what_does_not_fit_is_left_out_whole_and_told(void **state)
{
    char text[1000];

    (void)state;
    memset(text, '\x01', sizeof text - 1); /* six bytes each in JSON */
    text[sizeof text - 1] = 0;
    td_log_configure(TD_LOG_INFO, TD_LOG_JSON);
    td_log(TD_LOG_INFO, "large", TD_INT("before", 1), TD_STR("text", text), TD_INT("after", 2));
    assert_string_equal(told(), "event\":\"large\",\"before\":1,\"after\":2,\"cut\":1}");
}

static void a_null_string_leaves_the_field_out(void **state)
{
    (void)state;
    td_log(TD_LOG_INFO, "null", TD_STR("plugin", NULL), TD_INT("worker", 1));
    assert_string_equal(told(), "event=null worker=1");
}

static int computed;

static int compute(void)
{
    return ++computed;
}

static void a_level_that_is_off_costs_nothing(void **state)
{
    (void)state;
    td_log_configure(TD_LOG_WARN, TD_LOG_LOGFMT);
    td_log(TD_LOG_INFO, "off", TD_INT("n", compute()));
    assert_string_equal(take(), "");
    assert_int_equal(computed, 0);
    td_log_configure(TD_LOG_DEBUG, TD_LOG_LOGFMT);
    td_log(TD_LOG_DEBUG, "on", TD_INT("n", compute()));
    assert_string_equal(told(), "event=on n=1");
}

static void a_flood_costs_its_budget_and_is_counted(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        td_log(TD_LOG_ERROR, "flood", TD_INT("i", i));
    int passed = lines(take());
    assert_in_range(passed, 20, 25); /* 20 at once; some more if the test was held up */
    td_log(TD_LOG_INFO, "not.flood", TD_INT("i", 1));
    assert_string_equal(told(), "event=not.flood i=1");
    nanosleep(&(struct timespec) { .tv_nsec = 150 * 1000 * 1000 }, NULL); /* the budget is time: one line in 100 ms */
    td_log(TD_LOG_ERROR, "flood", TD_INT("i", 1000));
    char want[64];
    snprintf(want, sizeof want, "event=flood i=1000 suppressed=%d", 1000 - passed);
    assert_string_equal(told(), want);
    td_log_flush();
    assert_string_equal(take(), "");
}

static void flush_tells_what_no_line_has_told(void **state)
{
    char want[64];

    (void)state;
    for (int i = 0; i < 100; i++)
        td_log(TD_LOG_INFO, "last.words", TD_INT("i", i));
    int passed = lines(take());
    td_log_flush();
    snprintf(want, sizeof want, "event=log.suppressed of=last.words suppressed=%d", 100 - passed);
    assert_string_equal(told(), want);
    td_log_flush();
    assert_string_equal(take(), "");
}

static void a_line_that_could_not_be_written_is_counted(void **state)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(full >= 0);
    td_log_set_fd(full);
    td_log(TD_LOG_INFO, "disk.full", TD_INT("i", 1));
    td_log_set_fd(sink);
    td_log(TD_LOG_INFO, "disk.full", TD_INT("i", 2));
    assert_string_equal(told(), "event=disk.full i=2 suppressed=1");
    close(full);
}

/* A pipe of one page that nobody reads, made the log's way out. */
static void take_full_pipe(int pipe_of[2])
{
    assert_int_equal(pipe2(pipe_of, O_CLOEXEC), 0);
    assert_int_equal(fcntl(pipe_of[1], F_SETPIPE_SZ, 4096), 4096);
    td_log_set_fd(pipe_of[1]);
    td_log_set_budget("queue", 100000, 1);
}

static void close_pipe(int pipe_of[2])
{
    td_log_set_fd(sink);
    close(pipe_of[0]);
    close(pipe_of[1]);
}

/* Appends what there is to `written`, and lets the log go on, until nothing comes. */
static void read_all(int fd)
{
    size_t used = 0;
    ssize_t n;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    do {
        n = read(fd, written + used, sizeof written - 1 - used);
        if (n > 0)
            used += (size_t)n;
        td_log_resume();
    } while (n > 0);
    written[used] = 0;
    assert_false(td_log_waits());
}

/* The lines that came, each whole and in order, with a line for those that did not. */
static void check_queue_lines(int total)
{
    int next = 0, dropped = 0, at, end;

    for (char *line = written; *line; line = strchr(line, '\n') + 1) {
        const char *event = strstr(line, " event=");
        assert_non_null(event);
        assert_memory_equal(line, "ts=", 3);
        if (sscanf(event, " event=log.dropped lines=%d%n", &at, &end) == 1) {
            next += at;
            dropped += at;
        } else {
            assert_int_equal(sscanf(event, " event=queue i=%d text=aaaaaaaa%n", &at, &end), 1);
            assert_int_equal(at, next++);
        }
    }
    assert_int_equal(next, total);
    assert_in_range(dropped, 1, total - 100);
}

static void flood_queue(int from, int to)
{
    char text[201] = "";

    memset(text, 'a', sizeof text - 1);
    for (int i = from; i < to; i++)
        td_log(TD_LOG_INFO, "queue", TD_INT("i", i), TD_STR("text", text));
}

static void a_reader_that_does_not_read_holds_nobody_up(void **state)
{
    int pipe_of[2];

    (void)state;
    take_full_pipe(pipe_of);
    flood_queue(0, 1000); /* 260 KB */
    assert_true(td_log_waits());
    assert_int_equal(fcntl(pipe_of[1], F_GETFL) & O_NONBLOCK, 0); /* the flag is also the shell's */
    read_all(pipe_of[0]);
    check_queue_lines(1000);
    close_pipe(pipe_of);
}

static void what_is_missing_is_told_where_it_is_missing(void **state)
{
    int pipe_of[2];
    static char first[65536];

    (void)state;
    take_full_pipe(pipe_of);
    flood_queue(0, 1000);
    ssize_t n = read(pipe_of[0], first, 4096); /* there is room for some again */
    assert_true(n > 0);
    flood_queue(1000, 1004);
    read_all(pipe_of[0]);
    memmove(written + n, written, strlen(written) + 1);
    memcpy(written, first, (size_t)n);
    check_queue_lines(1004);
    assert_non_null(strstr(strstr(written, "event=log.dropped"), "event=queue i=1000"));
    close_pipe(pipe_of);
}

static void a_socket_may_take_half_a_line(void **state)
{
    int pair[2], bytes = 4608;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    td_log_set_fd(pair[1]);
    td_log_set_budget("queue", 100000, 1);
    flood_queue(0, 1000);
    assert_true(td_log_waits());
    read_all(pair[0]);
    check_queue_lines(1000);
    close_pipe(pair);
}

static void the_end_waits_no_longer_than_it_is_told(void **state)
{
    struct timespec before, after;
    int pipe_of[2];

    (void)state;
    take_full_pipe(pipe_of);
    flood_queue(0, 1000);
    clock_gettime(CLOCK_MONOTONIC, &before);
    td_log_end(50);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(td_log_waits());
    assert_in_range((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000, 40, 2000);
    close_pipe(pipe_of);
}

static void a_reader_that_is_gone_costs_nothing(void **state)
{
    int pipe_of[2];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    take_full_pipe(pipe_of);
    flood_queue(0, 100);
    close(pipe_of[0]);
    flood_queue(100, 200);
    td_log_end(50);
    assert_false(td_log_waits());
    pipe_of[0] = dup(pipe_of[1]);
    close_pipe(pipe_of);
    td_log(TD_LOG_INFO, "queue", TD_INT("i", 1));
    assert_non_null(strstr(told(), "suppressed="));
}

static int n_level_changes;

static void count_level_change(void)
{
    n_level_changes++;
}

static void a_change_of_level_is_told(void **state)
{
    (void)state;
    td_log_watch_level(count_level_change);
    td_log_configure(TD_LOG_DEBUG, TD_LOG_LOGFMT);
    td_log_watch_level(NULL);
    td_log_configure(TD_LOG_INFO, TD_LOG_LOGFMT);
    assert_int_equal(n_level_changes, 1);
}

/* Names stay in the table for good, so this comes last. */
static void more_events_than_slots_share_one_budget(void **state)
{
    static char names[200][24];
    int passed;

    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(names[i], sizeof names[i], "event.%d", i);
        td_log(TD_LOG_INFO, names[i], TD_INT("i", i));
    }
    passed = lines(take());
    assert_true(passed < 200);
    td_log_flush();
    const char *sum = strstr(take(), "of=\"other events\" suppressed=");
    assert_non_null(sum);
    assert_int_equal(atoi(strrchr(sum, '=') + 1), 200 - passed);
}

static void lines_for_journald_start_with_their_priority(void **state)
{
    struct stat st;
    char stream[64];

    (void)state;
    assert_int_equal(fstat(sink, &st), 0);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    td_log_set_fd(sink);
    td_log(TD_LOG_ERROR, "journal", TD_INT("i", 1));
    assert_memory_equal(take(), "<3>ts=", 6);
    td_log_configure(TD_LOG_INFO, TD_LOG_JSON);
    td_log(TD_LOG_INFO, "journal", TD_INT("i", 2));
    assert_memory_equal(take(), "<6>{\"ts\":", 9);
    setenv("JOURNAL_STREAM", "1:2", 1); /* somebody redirected stderr after systemd made it */
    td_log_set_fd(sink);
    td_log(TD_LOG_INFO, "journal", TD_INT("i", 3));
    assert_memory_equal(take(), "{\"ts\":", 6);
    unsetenv("JOURNAL_STREAM");
}

static void levels_and_formats_are_found_by_name(void **state)
{
    enum td_log_level level;
    enum td_log_format format;

    (void)state;
    assert_int_equal(td_log_level_find("warn", &level), 0);
    assert_int_equal(level, TD_LOG_WARN);
    assert_int_equal(td_log_level_find("warning", &level), -1);
    assert_int_equal(td_log_level_find("", &level), -1);
    assert_int_equal(td_log_format_find("json", &format), 0);
    assert_int_equal(format, TD_LOG_JSON);
    assert_int_equal(td_log_format_find("JSON", &format), -1);
    assert_string_equal(td_log_level_name(TD_LOG_ERROR), "error");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(line_is_time_level_event_and_fields_in_order),
        TEST(json_has_the_same_keys_in_the_same_order),
        TEST(values_are_escaped_in_both_formats),
        TEST(numbers_are_json_numbers_or_null),
        TEST(any_bytes_make_one_valid_line),
        TEST(values_from_outside_are_cut_on_a_character_border),
        TEST(what_does_not_fit_is_left_out_whole_and_told),
        TEST(a_null_string_leaves_the_field_out),
        TEST(a_level_that_is_off_costs_nothing),
        TEST(a_flood_costs_its_budget_and_is_counted),
        TEST(flush_tells_what_no_line_has_told),
        TEST(a_line_that_could_not_be_written_is_counted),
        TEST(lines_for_journald_start_with_their_priority),
        TEST(levels_and_formats_are_found_by_name),
        TEST(a_reader_that_does_not_read_holds_nobody_up),
        TEST(what_is_missing_is_told_where_it_is_missing),
        TEST(a_socket_may_take_half_a_line),
        TEST(the_end_waits_no_longer_than_it_is_told),
        TEST(a_reader_that_is_gone_costs_nothing),
        TEST(a_change_of_level_is_told),
        TEST(more_events_than_slots_share_one_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
