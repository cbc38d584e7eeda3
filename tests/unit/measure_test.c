/* measure_test.c: what is counted falls into the right bucket, under the right name, and is kept while names come
 * and go. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/documents/measure.h"
#include "daemon/operator/metrics.h"

static void a_duration_falls_into_the_bucket_that_ends_at_it(void **state)
{
    static const struct {
        uint64_t ns;
        uint32_t bucket;
    } cases[] = { { 0, 0 },
                  { 10000, 0 },
                  { 10001, 1 },
                  { 20000, 1 },
                  { 1000000, 6 },
                  { UINT64_C(10000000000), 18 },
                  { UINT64_C(10000000001), 19 },
                  { UINT64_C(30000000000), 20 }, /* the deadline that a document has by default */
                  { UINT64_C(50000000001), 21 },
                  { UINT64_MAX, 21 } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct td_durations d = { 0 };
        td_durations_note(&d, cases[i].ns);
        assert_int_equal(d.counts[cases[i].bucket], 1);
        assert_int_equal(d.sum_ns, cases[i].ns);
    }
}

static void a_size_falls_into_the_bucket_that_ends_at_it(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < TD_SIZE_BUCKETS; i++) {
        uint64_t end = (uint64_t)TD_SMALLEST_SIZE << (2 * i);
        struct td_sizes s = { 0 };
        td_sizes_note(&s, end);
        td_sizes_note(&s, end + 1);
        assert_int_equal(s.counts[i], 1);
        assert_int_equal(s.counts[i + 1], 1);
        assert_int_equal(s.sum_bytes, 2 * end + 1);
    }
    struct td_sizes small = { 0 };
    td_sizes_note(&small, 0);
    td_sizes_note(&small, 1);
    assert_int_equal(small.counts[0], 2);
}

/* A configuration with these names as pipelines and as plugins. */
static void adopt(struct td_measures *m, const char *const *names, uint32_t n)
{
    struct td_config_pipeline pipelines[100];
    struct td_config_plugin plugins[100];
    struct td_config config = { .pipelines = pipelines, .n_pipelines = n, .plugins = plugins, .n_plugins = n };

    for (uint32_t i = 0; i < n; i++) {
        pipelines[i].name = (char *)(uintptr_t)names[i];
        plugins[i].name = (char *)(uintptr_t)names[i];
    }
    td_measures_adopt(m, &config);
}

static struct td_request request_for(const char *pipeline)
{
    struct td_request request = { 0 };

    request.pipeline.bytes = pipeline;
    request.pipeline.length = pipeline ? (uint32_t)strlen(pipeline) : 0;
    return request;
}

static void a_request_is_counted_with_its_pipeline(void **state)
{
    static const char *const names[] = { "default", "news", "new" };
    static const uint8_t list[] = { 0x90 };
    struct td_measures m;

    (void)state;
    td_measures_init(&m);
    adopt(&m, names, 3);
    struct td_request request = request_for(NULL);
    assert_ptr_equal(td_measures_pipeline(&m, &request), td_measures_find_pipeline(&m, "default"));
    request = request_for("new");
    assert_string_equal(td_measures_pipeline(&m, &request)->named.name, "new");
    request = request_for("newspaper");
    assert_ptr_equal(td_measures_pipeline(&m, &request), &m.none);
    request = request_for("a name that is longer than any name of a pipeline can be");
    assert_ptr_equal(td_measures_pipeline(&m, &request), &m.none);
    request = request_for("");
    assert_ptr_equal(td_measures_pipeline(&m, &request), &m.none);
    request.plugins.at = list;
    assert_ptr_equal(td_measures_pipeline(&m, &request), &m.list);
    td_measures_free(&m);
}

static void what_comes_back_goes_on_from_where_it_was(void **state)
{
    static const char *const both[] = { "default", "news" }, *const one[] = { "default" };
    struct td_measures m;

    (void)state;
    td_measures_init(&m);
    adopt(&m, both, 2);
    struct td_pipeline_counts *news = td_measures_find_pipeline(&m, "news");
    news->outcomes[TD_OK] = 7;
    adopt(&m, one, 1);
    news->outcomes[TD_OK]++; /* a document of the old generation */
    struct td_request request = request_for("news");
    assert_ptr_equal(td_measures_pipeline(&m, &request), &m.none); /* of which its series wouldn't tell */
    adopt(&m, both, 2);
    assert_ptr_equal(td_measures_find_pipeline(&m, "news"), news);
    assert_int_equal(news->outcomes[TD_OK], 8);
    assert_ptr_equal(td_measures_pipeline(&m, &request), news);
    td_measures_free(&m);
}

static void names_that_come_and_go_for_ever_take_no_more_memory(void **state)
{
    char name[TD_MEASURE_NAME];
    const char *names[] = { "default", name };
    struct td_measures m;

    (void)state;
    td_measures_init(&m);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "p%d", i);
        adopt(&m, names, 2);
        assert_true(m.pipelines.n <= 2 + TD_GONE_NAMES && m.plugins.n <= 2 + TD_GONE_NAMES);
    }
    assert_non_null(td_measures_find_pipeline(&m, "default"));
    assert_non_null(td_measures_find_plugin(&m, "p999"));
    assert_non_null(td_measures_find_plugin(&m, "p871")); /* and 127 more have gone since */
    assert_null(td_measures_find_plugin(&m, "p870"));
    td_measures_free(&m);
}

/* ---- Plugins ----------------------------------------------------------------------------------------------------- */

/* A generation with one plugin and one worker. */
static struct {
    struct td_generation generation;
    struct td_lineup lineup;
    struct td_worker worker;
    struct td_scoreboard board;
} fleet;

static void set_up_fleet(struct td_measures *m)
{
    static const char *const names[] = { "plugin" };

    memset(&fleet, 0, sizeof fleet);
    fleet.generation.catalogue.n = 1;
    fleet.generation.catalogue.plugins[0].name = "plugin";
    fleet.generation.n_slots = 1;
    fleet.generation.slots[0].worker = &fleet.worker;
    fleet.lineup.serving = &fleet.generation;
    fleet.worker.data = &fleet.generation;
    fleet.worker.board = &fleet.board;
    fleet.worker.plugins = 1;
    td_measures_init(m);
    adopt(m, names, 1);
}

static void a_plugins_calls_are_counted_over_its_workers_deaths(void **state)
{
    struct td_measures m;

    (void)state;
    set_up_fleet(&m);
    struct td_plugin_counts *counts = td_measures_find_plugin(&m, "plugin");
    fleet.worker.sequence = 3;
    td_plugin_stats_note(&fleet.board.stats[0], 15000, TD_OK);
    td_plugin_stats_note(&fleet.board.stats[0], 15000, TD_E_PLUGIN_FAILED);
    td_plugin_stats_note(&fleet.board.stats[0], 15000, TD_E_PLUGIN_TIMEOUT);
    fleet.worker.plugins = 2;
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[1], 0); /* it hasn't opened that one */
    fleet.worker.plugins = 1;
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[1], 3);
    assert_int_equal(counts->shown.failures, 2);
    assert_int_equal(counts->shown.timeouts, 1);

    fleet.worker.exit_signal = 11;
    td_measures_gone(&m, &fleet.worker, 0);
    assert_int_equal(m.exits[TD_EXIT_SIGNAL], 1);
    fleet.generation.slots[0].worker = NULL;
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[1], 3);
    assert_int_equal(counts->shown.run_ns, 45000);
    td_measures_free(&m);
}

static void what_a_worker_cannot_have_done_is_not_believed_and_nothing_falls(void **state)
{
    struct td_measures m;

    (void)state;
    set_up_fleet(&m);
    struct td_plugin_counts *counts = td_measures_find_plugin(&m, "plugin");
    fleet.worker.sequence = 5;
    fleet.board.stats[0].latency[2] = 5;
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[2], 5);
    fleet.board.stats[0].latency[3] = 1; /* six of five documents */
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[2], 5);
    assert_int_equal(counts->shown.latency[3], 0);
    memset(fleet.board.stats, 0xFF, sizeof fleet.board.stats);
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[2], 5);
    memset(fleet.board.stats, 0, sizeof fleet.board.stats);
    fleet.board.stats[0].run_ns = UINT64_MAX / 2;
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->run_ns, 0);
    memset(fleet.board.stats, 0, sizeof fleet.board.stats);
    assert_int_equal(td_measures_plugin(counts, &fleet.lineup)->latency[2], 5);
    td_measures_free(&m);
}

/* A worker counts one call in several words, and can be looked at between them. */
static void a_call_that_is_half_counted_makes_nothing_fall(void **state)
{
    struct td_measures m;

    (void)state;
    set_up_fleet(&m);
    struct td_plugin_counts *counts = td_measures_find_plugin(&m, "plugin");
    fleet.worker.sequence = 3;
    fleet.board.stats[0].failures = 2;
    fleet.board.stats[0].stopped = 1;
    td_measures_plugin(counts, &fleet.lineup);
    assert_int_equal(counts->failed, 1);
    fleet.board.stats[0].stopped = 2;
    td_measures_plugin(counts, &fleet.lineup);
    assert_int_equal(counts->failed, 1);
    fleet.board.stats[0].stopped = 3; /* and in the other order */
    td_measures_plugin(counts, &fleet.lineup);
    assert_int_equal(counts->failed, 1);
    td_measures_free(&m);
}

/* ---- The metrics ------------------------------------------------------------------------------------------------- */

static void the_ends_of_buckets_are_what_is_counted_by(void **state)
{
    struct td_documents *docs = calloc(1, sizeof *docs);
    struct td_frontend *out = calloc(1, sizeof *out);
    struct td_lineup none = { 0 };
    struct td_intake intake = { 0 };
    struct td_reload *reload = calloc(1, sizeof *reload);
    struct td_pipe pipe = { .state = TD_PIPE_OFF };
    struct td_buf text = { .limit = 1 << 20 };
    struct td_expo expo = { .out = &text };
    unsigned n = 0;

    (void)state;
    assert_true(docs && out && reload);
    td_measures_init(&docs->measures);
    td_queues_init(&docs->queues);
    docs->out = out;
    docs->lineup = &none; /* as before anything serves */
    docs->intake = &intake;
    td_metrics_write(&expo, docs, reload, &pipe);
    td_buf_append(&text, "", 1);
    assert_false(text.full);
    const char *at = text.bytes;
    for (; (at = strstr(at, "textd_queue_duration_seconds_bucket{le=\"")); n++) {
        double end = strtod(strchr(at, '"') + 1, NULL);
        if (n < TD_LATENCY_BUCKETS - 1)
            assert_true(end > (double)td_latency_bucket_us(n) / 1e6 - 1e-12 &&
                        end < (double)td_latency_bucket_us(n) / 1e6 + 1e-12);
        at = strchr(at, '\n');
    }
    assert_int_equal(n, TD_LATENCY_BUCKETS);
    for (n = 0, at = text.bytes; (at = strstr(at, "textd_document_bytes_bucket{le=\"")); n++) {
        double end = strtod(strchr(at, '"') + 1, NULL), want = (double)((uint64_t)TD_SMALLEST_SIZE << (2 * n));
        if (n < TD_SIZE_BUCKETS)
            assert_true(end > want - 0.5 && end < want + 0.5);
        at = strchr(at, '\n');
    }
    assert_int_equal(n, TD_SIZE_BUCKETS + 1);
    td_buf_free(&text);
    td_measures_free(&docs->measures);
    free(docs);
    free(out);
    free(reload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_falls_into_the_bucket_that_ends_at_it),
        cmocka_unit_test(a_size_falls_into_the_bucket_that_ends_at_it),
        cmocka_unit_test(a_request_is_counted_with_its_pipeline),
        cmocka_unit_test(what_comes_back_goes_on_from_where_it_was),
        cmocka_unit_test(names_that_come_and_go_for_ever_take_no_more_memory),
        cmocka_unit_test(a_plugins_calls_are_counted_over_its_workers_deaths),
        cmocka_unit_test(what_a_worker_cannot_have_done_is_not_believed_and_nothing_falls),
        cmocka_unit_test(a_call_that_is_half_counted_makes_nothing_fall),
        cmocka_unit_test(the_ends_of_buckets_are_what_is_counted_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
