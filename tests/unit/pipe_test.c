/* pipe_test.c: <textd/pipe.h> as a C program uses it: a source and a sink, in one thread, with results that come in any
 * order, and handles that are given up at any moment. What happens when processes are killed is tests/system/87. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <textd/pipe.h>

#include "clients/c/pipe/fingerprint.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/textd-pipe-XXXXXX";
static char in[64], out[64], state[64], endpoint[80];

/* libtextd finds these two before libc's. */
static unsigned n_file_syncs, n_folder_syncs;

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    (void)fd;
    n_file_syncs++;
    return 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    struct stat about;

    n_folder_syncs += fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
    return 0;
}

static int make_folder(void **unused)
{
    (void)unused;
    if (!mkdtemp(folder))
        return -1;
    snprintf(in, sizeof in, "%s/in.ndjson", folder);
    snprintf(out, sizeof out, "%s/out", folder);
    snprintf(state, sizeof state, "%s/out.state", folder);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/s", folder);
    return 0;
}

static int remove_files(void **unused)
{
    (void)unused;
    unlink(in), unlink(out), unlink(state);
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    return rmdir(folder);
}

static void write_lines(unsigned from, unsigned n)
{
    FILE *file = fopen(in, from ? "a" : "w");

    assert_non_null(file);
    for (unsigned i = from; i < from + n; i++)
        fprintf(file, "line %u\n", i);
    fclose(file);
}

/* Lines of the output; each must be the next one's. */
static unsigned count_results(void)
{
    FILE *file = fopen(out, "r");
    char line[300], want[32];
    unsigned n = 0;

    assert_non_null(file);
    for (; fgets(line, sizeof line, file); n++) {
        assert_memory_equal(line, "{\"source\":\"in.ndjson\",\"line\":", 29);
        snprintf(want, sizeof want, ",\"is\":\"line %u\"}\n", n);
        assert_non_null(strstr(line, want));
    }
    fclose(file);
    return n;
}

static struct textd_source *open_source(const char *to, const char *sink, uint32_t window)
{
    struct textd_source_options options = {
        .size = sizeof options, .from = in, .to = to, .sink = sink, .window = window
    };
    struct textd_error error;
    struct textd_source *source = textd_source_open(&options, &error);

    if (!source)
        print_error("%s\n", error.text);
    assert_non_null(source);
    return source;
}

static void put(struct textd_source *source, const struct textd_source_line *line)
{
    struct textd_error error;
    char json[64];
    int n = snprintf(json, sizeof json, "{\"is\":\"%.*s\"}", (int)line->length, line->text);

    assert_int_equal(textd_source_put(source, line->id, json, (size_t)n, &error), TEXTD_CLIENT_OK);
}

/* Puts the results of up to eight lines at a time, the last one first; or gives up after about `most` of them. 1: all are
 * acknowledged. */
static int run(struct textd_source *source, struct textd_sink *sink, unsigned most)
{
    struct textd_source_line lines[8];
    struct textd_error error;
    unsigned n_put = 0;
    int rc;

    do {
        size_t n = 0;
        while (n < COUNT(lines) && (rc = textd_source_next(source, &lines[n], &error)) == TEXTD_SOURCE_LINE)
            n++;
        assert_true(n == COUNT(lines) || rc > 0);
        n_put += (unsigned)n;
        while (n > 0)
            put(source, &lines[--n]);
        rc = textd_source_wait(source, sink ? 1 : 0, &error);
        assert_true(rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT);
        if (sink) {
            rc = textd_sink_serve(sink, 1, &error);
            assert_true(rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT);
        }
        rc = textd_source_next(source, &lines[0], &error);
        if (rc == TEXTD_SOURCE_LINE) {
            n_put++;
            put(source, &lines[0]);
        }
    } while (rc != TEXTD_SOURCE_DONE && n_put < most);
    return rc == TEXTD_SOURCE_DONE;
}

static void results_are_written_in_the_order_of_the_lines(void **unused)
{
    (void)unused;
    write_lines(0, 1000);
    struct textd_source *source = open_source(out, NULL, 0);
    assert_true(run(source, NULL, UINT32_MAX));
    struct textd_position position;
    assert_true(textd_source_position(source, &position));
    assert_int_equal(position.line, 1000);
    textd_source_close(source);
    assert_int_equal(count_results(), 1000);
}

static void a_source_that_is_given_up_goes_on_where_its_file_is(void **unused)
{
    int is_done = 0;

    (void)unused;
    write_lines(0, 2000);
    for (unsigned i = 0; !is_done; i++) {
        struct textd_source *source = open_source(out, NULL, 8 + i % 60);
        is_done = run(source, NULL, 40 + i * 13 % 97);
        textd_source_close(source);
        if (i % 3 == 0)
            unlink(state);
    }
    assert_int_equal(count_results(), 2000);
}

static struct textd_sink *open_sink(void)
{
    struct textd_sink_options options = { .size = sizeof options, .to = out, .listen = endpoint };
    struct textd_error error;
    struct textd_sink *sink = textd_sink_open(&options, &error);

    if (!sink)
        print_error("%s\n", error.text);
    assert_non_null(sink);
    return sink;
}

static void a_source_and_a_sink_that_are_given_up_lose_nothing(void **unused)
{
    struct textd_sink *sink = open_sink();
    struct textd_position position;
    int is_done = 0;

    (void)unused;
    write_lines(0, 1500);
    struct textd_source *source = open_source(NULL, endpoint, 0);
    for (unsigned i = 0; !is_done; i++) {
        is_done = run(source, sink, 100 + i * 31 % 97);
        if (!is_done && i % 2) {
            textd_source_close(source);
            source = open_source(NULL, endpoint, 16 + i);
        } else if (!is_done) {
            textd_sink_close(sink);
            sink = open_sink();
        }
    }
    assert_int_equal(textd_source_unacknowledged(source), 0);
    assert_true(textd_sink_position(sink, "in.ndjson", &position));
    assert_int_equal(position.line, 1500);
    assert_false(textd_sink_position(sink, "nobody", &position));
    textd_source_close(source);
    textd_sink_close(sink);
    assert_int_equal(count_results(), 1500);
}

static void a_window_bounds_what_is_handed_out(void **unused)
{
    struct textd_source_line line, first, none;
    struct textd_error error;

    (void)unused;
    write_lines(0, 100);
    struct textd_source *source = open_source(out, NULL, 10);
    assert_int_equal(textd_source_next(source, &first, &error), TEXTD_SOURCE_LINE);
    for (int i = 1; i < 10; i++)
        assert_int_equal(textd_source_next(source, &line, &error), TEXTD_SOURCE_LINE);
    assert_int_equal(textd_source_next(source, &none, &error), TEXTD_SOURCE_WAIT);
    put(source, &line); /* the last one: it waits for those before it */
    assert_int_equal(textd_source_wait(source, 1, &error), TEXTD_CLIENT_TIMEOUT);
    assert_int_equal(textd_source_unacknowledged(source), 10);
    put(source, &first);
    assert_int_equal(textd_source_wait(source, 1, &error), TEXTD_CLIENT_OK);
    assert_int_equal(textd_source_unacknowledged(source), 9);
    assert_int_equal(textd_source_next(source, &line, &error), TEXTD_SOURCE_LINE);
    textd_source_close(source);
    assert_int_equal(count_results(), 1);
}

static void what_is_no_result_is_refused(void **unused)
{
    static const char *const wrong[] = { "", "{", "x", "[]", "{}\n", "{\n}", " {}" };
    struct textd_source_line line;
    struct textd_error error;

    (void)unused;
    write_lines(0, 3);
    struct textd_source *source = open_source(out, NULL, 0);
    assert_int_equal(textd_source_next(source, &line, &error), TEXTD_SOURCE_LINE);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(textd_source_put(source, line.id, wrong[i], strlen(wrong[i]), &error), TEXTD_CLIENT_INVALID);
    assert_int_equal(textd_source_put(source, line.id + 1, "{}", 2, &error), TEXTD_CLIENT_INVALID);
    assert_int_equal(textd_source_put(source, 0, "{}", 2, &error), TEXTD_CLIENT_INVALID);
    assert_int_equal(textd_source_put(source, line.id, "{}", 2, &error), TEXTD_CLIENT_OK);
    assert_int_equal(textd_source_put(source, line.id, "{}", 2, &error), TEXTD_CLIENT_INVALID); /* it has one */
    assert_int_equal(textd_source_wait(source, 0, NULL), TEXTD_CLIENT_OK);
    textd_source_close(source);
}

static void append(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "a");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* All of the input, and what of it was there is not there again. */
static void run_all(void)
{
    struct textd_source *source = open_source(out, NULL, 0);

    assert_true(run(source, NULL, UINT32_MAX));
    textd_source_close(source);
}

static void a_last_line_that_gets_its_end_later_is_the_same_file_ever_after(void **unused)
{
    (void)unused;
    append(in, "line 0\nline 1", 13);
    run_all();
    append(in, "\nline 2\n", 8);
    run_all();
    assert_int_equal(count_results(), 3);
    run_all();
    write_lines(3, 300);
    run_all();
    run_all();
    assert_int_equal(count_results(), 303);
}

/* A disk that lost its power has some blocks of the last batch, and zeros for others, in any order. */
static void what_a_loss_of_power_has_torn_is_cut_off_and_done_again(void **unused)
{
    static const unsigned ends[] = { 400, 401, 455, 499, 500 };

    (void)unused;
    write_lines(0, 500);
    run_all();
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct stat about;
        int fd = open(out, O_WRONLY);
        assert_int_equal(fstat(fd, &about), 0);
        off_t from = about.st_size / 500 * ends[i] - 700;
        char zeros[513] = { 0 };
        assert_int_equal(pwrite(fd, zeros, sizeof zeros, from), sizeof zeros);
        close(fd);
        unlink(state);
        run_all();
        assert_int_equal(count_results(), 500);
    }
}

/* A batch that was written, and its writer killed before the disk had it. */
static void with_sync_what_is_told_of_a_file_is_on_the_disk(void **unused)
{
    struct textd_sink_options options = {
        .size = sizeof options, .to = out, .listen = endpoint, .flags = TEXTD_SINK_SYNC
    };
    struct textd_error error;

    (void)unused;
    append(out, "{\"source\":\"a\",\"line\":1,\"end\":5,\"hash\":\"0000000000000001\"}\n", 58);
    n_file_syncs = n_folder_syncs = 0;
    struct textd_sink *sink = textd_sink_open(&options, &error);
    assert_non_null(sink);
    assert_int_equal(n_file_syncs, 1);
    assert_int_equal(n_folder_syncs, 1);
    textd_sink_close(sink);
}

static void a_state_of_another_file_goes_at_once(void **unused)
{
    (void)unused;
    write_lines(0, 10);
    run_all();
    assert_int_equal(access(state, F_OK), 0);
    assert_int_equal(truncate(out, 0), 0);
    struct textd_source *source = open_source(out, NULL, 0);
    assert_int_not_equal(access(state, F_OK), 0);
    textd_source_close(source);
}

/* A hole is no bytes on the disk, and nobody reads it: the output tells that it is done. */
static void files_above_4_gib_are_gone_on_with(void **unused)
{
    const uint64_t hole = UINT64_C(5) << 30;
    char head[FINGERPRINT_HEAD] = "", zeros[FINGERPRINT_TAIL] = "", record[200];

    (void)unused;
    write_lines(0, 10);
    run_all();
    FILE *file = fopen(in, "r");
    assert_int_equal(fread(head, 1, sizeof head, file), 70);
    fclose(file);
    assert_int_equal(truncate(in, (off_t)hole), 0);
    append(in, "\n", 1);
    uint64_t hash = fingerprint_add(FINGERPRINT_START, head, sizeof head);
    int n = snprintf(record, sizeof record,
                     "{\"source\":\"in.ndjson\",\"line\":11,\"end\":%" PRIu64 ",\"hash\":\"%016" PRIx64
                     "\",\"is\":\"line 10\"}\n",
                     hole + 1, fingerprint_line(hash, zeros, sizeof zeros));
    append(out, record, (size_t)n);
    write_lines(11, 5);
    run_all();
    run_all();
    assert_int_equal(count_results(), 16);
}

static void options_that_make_no_sense_are_refused(void **unused)
{
    const struct {
        struct textd_source_options options;
        const char *words;
    } cases[] = {
        { { .size = sizeof(struct textd_source_options), .from = in, .to = out, .flags = 2 }, "options.flags is 0x2" },
        { { .size = sizeof(struct textd_source_options), .from = in, .to = out, .sink = endpoint }, "not to both" },
        { { .size = sizeof(struct textd_source_options), .to = out }, "can't be read again" },
        { { .size = sizeof(struct textd_source_options), .from = "-", .sink = endpoint }, "can't be read again" },
        { { .size = sizeof(struct textd_source_options), .from = in, .to = out, .name = "a b" }, "the source's name" },
        { { .size = sizeof(struct textd_source_options), .from = in, .sink = "nonsense" }, "can't connect to" },
        { { .size = sizeof(struct textd_source_options), .from = "/nowhere/at/all", .to = out }, "can't read" },
        { { .size = 3, .from = in, .to = out }, "size" },
    };
    struct textd_error error;

    (void)unused;
    write_lines(0, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_null(textd_source_open(&cases[i].options, &error));
        if (!strstr(error.text, cases[i].words))
            fail_msg("'%s' has no '%s'", error.text, cases[i].words);
    }
    struct textd_sink_options sink = { .size = sizeof sink, .to = out };
    assert_null(textd_sink_open(&sink, &error));
    assert_null(textd_sink_open(&sink, NULL));
    assert_null(textd_sink_open(NULL, &error));
    assert_null(textd_source_open(NULL, &error));
    textd_source_close(NULL);
    textd_sink_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(results_are_written_in_the_order_of_the_lines, remove_files),
        cmocka_unit_test_teardown(a_source_that_is_given_up_goes_on_where_its_file_is, remove_files),
        cmocka_unit_test_teardown(a_source_and_a_sink_that_are_given_up_lose_nothing, remove_files),
        cmocka_unit_test_teardown(a_window_bounds_what_is_handed_out, remove_files),
        cmocka_unit_test_teardown(what_is_no_result_is_refused, remove_files),
        cmocka_unit_test_teardown(a_last_line_that_gets_its_end_later_is_the_same_file_ever_after, remove_files),
        cmocka_unit_test_teardown(what_a_loss_of_power_has_torn_is_cut_off_and_done_again, remove_files),
        cmocka_unit_test_teardown(with_sync_what_is_told_of_a_file_is_on_the_disk, remove_files),
        cmocka_unit_test_teardown(a_state_of_another_file_goes_at_once, remove_files),
        cmocka_unit_test_teardown(files_above_4_gib_are_gone_on_with, remove_files),
        cmocka_unit_test_teardown(options_that_make_no_sense_are_refused, remove_files),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
