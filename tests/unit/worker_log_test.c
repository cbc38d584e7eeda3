/* worker_log_test.c: what a worker prints is told line by line and to whom it belongs, in whatever pieces it is read.
 * */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "daemon/both/log_frame.h"
#include "daemon/fleet/worker.h"
#include "daemon/fleet/worker_log.h"

static struct td_scoreboard board;
static char told[1 << 20];

/* "plugin|text" of each line, in order; for plugin.log with the level, for what was dropped with a "-". */
static void note(void *data, enum td_log_level level, const char *event, const struct td_field *fields)
{
    size_t used = strlen(told);
    const char *plugin = "", *text = "", *trace = "", *span = "", *flags = "";
    size_t length = 0;

    (void)data;
    for (; fields->key; fields++)
        if (strcmp(fields->key, "plugin") == 0)
            plugin = fields->string;
        else if (strcmp(fields->key, "text") == 0)
            text = fields->string, length = fields->length;
        else if (fields->string && strcmp(fields->key, "trace_id") == 0)
            trace = fields->string;
        else if (fields->string && strcmp(fields->key, "span_id") == 0)
            span = fields->string;
        else if (fields->string && strcmp(fields->key, "trace_flags") == 0)
            flags = fields->string;
    if (strcmp(event, "plugin.stderr_dropped") == 0)
        snprintf(told + used, sizeof told - used, "-%s\n", plugin);
    else if (strcmp(event, "plugin.log") == 0)
        snprintf(told + used, sizeof told - used, "%s|%s|%.*s%s%s%s\n", plugin, td_log_level_name(level), (int)length,
                 text, trace, span, flags);
    else if (strcmp(event, "plugin.stderr") == 0)
        snprintf(told + used, sizeof told - used, "%s|%.*s\n", plugin, (int)length, text);
}

static const char *name(void *data, uint32_t index)
{
    static const char *const names[] = { "a", "b" };

    (void)data;
    return index < 2 ? names[index] : "";
}

static const struct td_worker_events events = { .plugin_name = name };

struct bench {
    uv_loop_t loop;
    struct td_worker worker;
    int fd; /* the worker's end */
};

static void begin(struct bench *b)
{
    int ends[2];

    told[0] = 0;
    *b = (struct bench) { .worker = { .board = &board, .events = &events, .slot = 1, .generation = 2 } };
    assert_int_equal(uv_loop_init(&b->loop), 0);
    assert_int_equal(pipe(ends), 0);
    b->fd = ends[1];
    atomic_store(&board.entered, 1);
    td_worker_log_open(&b->worker.log, (struct td_worker_log_source) { 1, 2, &board, events.plugin_name, NULL },
                       &b->loop, ends[0]);
}

/* Writes, and lets the other side read it once. */
static void print(struct bench *b, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    assert_int_equal(write(b->fd, bytes, length), length);
    b->worker.log.is_paused = 0; /* time, which isn't what these tests are about */
    b->worker.log.n_reads = 0;
    uv_run(&b->loop, UV_RUN_NOWAIT);
}

static void on_closed(uv_handle_t *handle)
{
    (void)handle;
}

/* The worker is dead. */
static void end(struct bench *b)
{
    close(b->fd);
    td_worker_log_drain(&b->worker.log);
    td_worker_log_close(&b->worker.log, on_closed);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    td_worker_log_free(&b->worker.log);
    assert_int_equal(uv_loop_close(&b->loop), 0);
}

static size_t put_frame(char *out, unsigned level, unsigned plugin, const char *words)
{
    return (size_t)sprintf(out, TD_LOG_FRAME_HEAD "%s", board.log_key, level, plugin, (unsigned)strlen(words),
                           UINT64_C(0), UINT64_C(0), UINT64_C(0), 0u, words);
}

/* Each kind of thing, and each kind of neighbour. */
static size_t put_everything(char *out)
{
    size_t n = 0;

    n += (size_t)sprintf(out + n, "of a\n\nand more");
    n += put_frame(out + n, TD_LOG_FRAME_NO_WORDS, 0, "");
    n += (size_t)sprintf(out + n, "of b\nhalf of b");
    n += put_frame(out + n, TD_LOG_ERROR, 1, "two\nlines");
    n += put_frame(out + n, TD_LOG_INFO, 1, "");
    n += put_frame(out + n, TD_LOG_WARN, 0xFF, "nobody's");
    n += (size_t)sprintf(out + n, "x\x1e%.5s\n\x1e\x1e\ny", "00000000"); /* no frames */
    n += put_frame(out + n, TD_LOG_INFO, 0, "last");
    n += (size_t)sprintf(out + n, "\xC3\xA9\xC3 ends");
    return n;
}

static const char everything[] =
    "a|of a\na|and more\nb|of b\nb|half of b\nb|error|two\nlines\nb|info|\n|warn|nobody's\n"
    "a|x\x1e"
    "00000\na|\x1e\x1e\na|y\na|info|last\nb|\xC3\xA9\xEF\xBF\xBD ends\n";

static void lines_and_words_are_told_with_their_plugin(void **state)
{
    struct bench b;
    char text[1024];

    (void)state;
    begin(&b);
    print(&b, text, put_everything(text));
    end(&b);
    assert_string_equal(told, everything);
}

/* Names may differ: a line is told when it is read, and whose it was may come later. */
static const char *without_names(const char *lines)
{
    static char out[2][4096];
    static int turn;
    char *to = out[turn ^= 1];

    for (const char *at = lines; *at; at++) {
        if ((at == lines || at[-1] == '\n') && (at[0] == 'a' || at[0] == 'b') && at[1] == '|')
            at++;
        *to++ = *at;
    }
    *to = 0;
    return out[turn];
}

static void it_is_the_same_in_whatever_pieces_it_comes(void **state)
{
    char text[1024];

    (void)state;
    struct bench b;
    begin(&b);
    size_t length = put_everything(text);
    end(&b);
    for (size_t cut = 1; cut < length; cut++) {
        begin(&b);
        length = put_everything(text); /* with this one's key */
        print(&b, text, cut);
        print(&b, text + cut, length - cut);
        end(&b);
        assert_string_equal(without_names(told), without_names(everything));
    }
    begin(&b);
    length = put_everything(text);
    for (size_t i = 0; i < length; i++)
        print(&b, text + i, 1);
    end(&b);
    assert_string_equal(without_names(told), without_names(everything));
}

static void a_frame_with_another_key_is_text(void **state)
{
    struct bench b;
    char text[256];

    (void)state;
    begin(&b);
    board.log_key ^= 1;
    size_t n = put_frame(text, TD_LOG_ERROR, 0, "forged");
    print(&b, text, n);
    print(&b, "\n", 1);
    end(&b);
    char *first = strchr(told, '|');
    assert_memory_equal(told, "b|\x1e", 3);
    assert_null(strchr(first + 1, '|'));
    assert_int_equal(strlen(told), 3 + TD_LOG_FRAME_HEAD_BYTES - 1 + strlen("forged\n"));
}

static void words_have_the_trace_of_their_document(void **state)
{
    struct bench b;
    char text[256];

    (void)state;
    begin(&b);
    sprintf(text, TD_LOG_FRAME_HEAD "hot", board.log_key, (unsigned)TD_LOG_WARN, 0u, 3u, UINT64_C(0x4bf92f3577b34da6),
            UINT64_C(0xa3ce929d0e0e4736), UINT64_C(0x00f067aa0ba902b7), 1u);
    print(&b, text, strlen(text));
    end(&b);
    assert_string_equal(told, "a|warn|hot4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b701\n");
}

static void heads_that_claim_too_much_are_text(void **state)
{
    const uint64_t none = 0;
    struct bench b;
    char text[400];

    (void)state;
    begin(&b);
    int n = sprintf(text, TD_LOG_FRAME_HEAD "ab\n", board.log_key, 1u, 0u, TEXTD_LOG_BYTES + 1u, none, none, none, 0u);
    n += sprintf(text + n, TD_LOG_FRAME_HEAD "cd\n", board.log_key, 7u, 0u, 2u, none, none, none, 0u);
    n += sprintf(text + n, TD_LOG_FRAME_KEY "?", board.log_key);
    print(&b, text, (size_t)n);
    end(&b);
    assert_non_null(strstr(told, "ab\n"));
    assert_non_null(strstr(told, "cd\n"));
    assert_null(strstr(told, "error"));
    assert_non_null(strstr(told, "?\n"));
}

static void long_lines_are_cut_on_a_character_border(void **state)
{
    struct bench b;
    char line[3000];

    (void)state;
    begin(&b);
    for (size_t i = 0; i < sizeof line; i += 2)
        memcpy(line + i, "\xC3\xA9", 2);
    print(&b, "1", 1);
    print(&b, line, sizeof line);
    print(&b, "\nnext\n", 6);
    end(&b);
    assert_int_equal(strchr(told, '\n') - told, 2 + 511 + 3); /* "b|", what fits whole into 512, "…" */
    assert_memory_equal(strchr(told, '\n') - 3, "…", 3);
    assert_string_equal(strchr(told, '\n') + 1, "b|next\n");
}

static void whatever_is_escaped_still_fits(void **state)
{
    struct bench b;
    char line[600];

    (void)state;
    begin(&b);
    memset(line, 1, sizeof line);
    print(&b, line, sizeof line);
    print(&b, "\n", 1);
    end(&b);
    assert_in_range(strlen(told), 400, 520); /* six bytes each in the log's line, which has 3000 for them */
}

static void a_flood_is_dropped_but_for_its_end(void **state)
{
    struct bench b;
    int lines = 0;

    (void)state;
    begin(&b);
    for (int i = 0; i < 1000; i++) {
        char line[64];
        print(&b, line, (size_t)sprintf(line, "line %d\n", i));
    }
    print(&b, "the reason", 10);
    end(&b);
    for (const char *at = told; (at = strchr(at, '\n')); at++)
        lines++;
    assert_in_range(lines, 100 + 1 + 8, 100 + 1 + 8 + 30); /* some more if the test was held up */
    assert_non_null(strstr(told, "-b\n"));
    assert_non_null(strstr(told, "b|line 999\nb|the reason\n"));
    assert_string_equal(strstr(told, "b|line 999\n"), "b|line 999\nb|the reason\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_words_are_told_with_their_plugin),
        cmocka_unit_test(it_is_the_same_in_whatever_pieces_it_comes),
        cmocka_unit_test(a_frame_with_another_key_is_text),
        cmocka_unit_test(words_have_the_trace_of_their_document),
        cmocka_unit_test(heads_that_claim_too_much_are_text),
        cmocka_unit_test(long_lines_are_cut_on_a_character_border),
        cmocka_unit_test(whatever_is_escaped_still_fits),
        cmocka_unit_test(a_flood_is_dropped_but_for_its_end),
    };

    td_log_configure(TD_LOG_ERROR, TD_LOG_LOGFMT);
    td_log_tap(note, NULL);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    td_log_set_fd(nowhere);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    close(nowhere);
    return failed;
}
