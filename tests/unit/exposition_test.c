/* exposition_test.c: the two texts of metrics, byte by byte, and which of them who is given. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "daemon/operator/exposition.h"

static struct td_buf out;
static struct td_expo expo;

static void start(enum td_expo_form form)
{
    td_buf_free(&out);
    out = (struct td_buf) { .limit = 1 << 20 };
    expo = (struct td_expo) { .out = &out, .form = form };
}

static void check(const char *want)
{
    td_buf_append(&out, "", 1);
    assert_string_equal(out.bytes, want);
}

static void write_one_of_each(enum td_expo_form form)
{
    static const char *const ends[] = { "0.5", "1.0" };
    static const struct td_expo_label code[] = { { "code", "OK" }, { "pipeline", "default" } };
    const uint64_t counts[] = { 3, 0, 2 };

    start(form);
    td_expo_begin(&expo, TD_EXPO_COUNTER, "a", NULL, "An a.");
    td_expo_set_labels(&expo, code, 2);
    td_expo_number(&expo, UINT64_MAX);
    td_expo_begin(&expo, TD_EXPO_GAUGE, "b_bytes", "bytes", "A b.");
    td_expo_number(&expo, 0);
    td_expo_begin(&expo, TD_EXPO_HISTOGRAM, "c_seconds", "seconds", "A c.");
    td_expo_histogram(&expo, ends, 2, counts, 1500000001, 1);
    td_expo_set_labels(&expo, code, 1);
    td_expo_histogram(&expo, ends, 2, counts, 15, 0);
    td_expo_begin(&expo, TD_EXPO_INFO, "d", NULL, "A d.");
    td_expo_set_labels(&expo, code, 1);
    td_expo_number(&expo, 1);
    td_expo_begin(&expo, TD_EXPO_COUNTER, "e_seconds", "seconds", "An e.");
    td_expo_seconds(&expo, 7000000000);
    td_expo_end(&expo);
}

#define HISTOGRAM \
    "c_seconds_bucket{le=\"0.5\"} 3\nc_seconds_bucket{le=\"1.0\"} 3\nc_seconds_bucket{le=\"+Inf\"} 5\n" \
    "c_seconds_sum 1.500000001\nc_seconds_count 5\n" \
    "c_seconds_bucket{code=\"OK\",le=\"0.5\"} 3\nc_seconds_bucket{code=\"OK\",le=\"1.0\"} 3\n" \
    "c_seconds_bucket{code=\"OK\",le=\"+Inf\"} 5\nc_seconds_sum{code=\"OK\"} 15\nc_seconds_count{code=\"OK\"} 5\n"

static void text_names_a_counter_whole_and_knows_no_info(void **state)
{
    (void)state;
    write_one_of_each(TD_EXPO_TEXT);
    check(
        "# HELP a_total An a.\n# TYPE a_total counter\na_total{code=\"OK\",pipeline=\"default\"} 18446744073709551615\n"
        "# HELP b_bytes A b.\n# TYPE b_bytes gauge\nb_bytes 0\n"
        "# HELP c_seconds A c.\n# TYPE c_seconds histogram\n" HISTOGRAM
        "# HELP d_info A d.\n# TYPE d_info gauge\nd_info{code=\"OK\"} 1\n"
        "# HELP e_seconds_total An e.\n# TYPE e_seconds_total counter\ne_seconds_total 7\n");
}

static void openmetrics_has_units_and_an_end(void **state)
{
    (void)state;
    write_one_of_each(TD_EXPO_OPEN);
    check("# HELP a An a.\n# TYPE a counter\na_total{code=\"OK\",pipeline=\"default\"} 18446744073709551615\n"
          "# HELP b_bytes A b.\n# TYPE b_bytes gauge\n# UNIT b_bytes bytes\nb_bytes 0\n"
          "# HELP c_seconds A c.\n# TYPE c_seconds histogram\n# UNIT c_seconds seconds\n" HISTOGRAM
          "# HELP d A d.\n# TYPE d info\nd_info{code=\"OK\"} 1\n"
          "# HELP e_seconds An e.\n# TYPE e_seconds counter\n# UNIT e_seconds seconds\ne_seconds_total 7\n# EOF\n");
}

static void whatever_a_label_or_a_help_says_stays_on_its_line(void **state)
{
    static const struct td_expo_label label = { "version", "1\\2 \"beta\"\nnext: \xC3\xA4" };

    (void)state;
    start(TD_EXPO_TEXT);
    td_expo_begin(&expo, TD_EXPO_GAUGE, "a", NULL, "Say \"a\\b\"\nand more.");
    td_expo_set_labels(&expo, &label, 1);
    td_expo_number(&expo, 1);
    check("# HELP a Say \"a\\\\b\"\\nand more.\n# TYPE a gauge\n"
          "a{version=\"1\\\\2 \\\"beta\\\"\\nnext: \xC3\xA4\"} 1\n");
    start(TD_EXPO_OPEN);
    td_expo_begin(&expo, TD_EXPO_GAUGE, "a", NULL, "Say \"a\\b\"\nand more.");
    check("# HELP a Say \\\"a\\\\b\\\"\\nand more.\n# TYPE a gauge\n");
}

static void seconds_are_exact(void **state)
{
    static const struct {
        uint64_t ns;
        const char *want;
    } cases[] = { { 0, "a_seconds 0\n" },
                  { 1, "a_seconds 0.000000001\n" },
                  { 999999999, "a_seconds 0.999999999\n" },
                  { 1000000000, "a_seconds 1\n" },
                  { UINT64_C(1796000000123000000), "a_seconds 1796000000.123000000\n" },
                  { UINT64_MAX, "a_seconds 18446744073.709551615\n" } };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        start(TD_EXPO_TEXT);
        expo.family = (struct td_expo_family) { TD_EXPO_GAUGE, "a_seconds", "seconds", "" };
        td_expo_seconds(&expo, cases[i].ns);
        check(cases[i].want);
    }
}

static void openmetrics_is_given_to_who_asks_for_it_by_name(void **state)
{
    static const struct {
        const char *accept;
        enum td_expo_form want;
    } cases[] = {
        { NULL, TD_EXPO_TEXT },
        { "", TD_EXPO_TEXT },
        { "*/*", TD_EXPO_TEXT },
        { "application/*", TD_EXPO_TEXT },
        { "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TD_EXPO_TEXT }, /* a browser */
        { "application/json", TD_EXPO_TEXT },                                                /* neither: the old one */
        { "application/openmetrics-text", TD_EXPO_OPEN },
        { "Application/OpenMetrics-Text;Version=1.0.0", TD_EXPO_OPEN },
        { "application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", TD_EXPO_OPEN },
        { "application/openmetrics-text;version=2.0.0", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=0", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=0.5,text/plain;q=0.6", TD_EXPO_TEXT },
        { "text/plain;q=0.6, application/openmetrics-text;q=0.6", TD_EXPO_OPEN },
        { "text/plain;q=0.4;version=0.0.4 , application/openmetrics-text ; q=0.5", TD_EXPO_OPEN },
        { "application/openmetrics-text;q=0.5,*/*;q=0.8", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=0.8,*/*;q=0.5", TD_EXPO_OPEN },
        { "application/openmetrics-text;q=0.9,text/*;q=0.1,text/plain", TD_EXPO_TEXT }, /* what fits best counts */
        /* Prometheus 2.42 and 3 */
        { "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
          TD_EXPO_OPEN },
        { "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
          "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
          "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
          TD_EXPO_OPEN },
        /* What is no quality is none. */
        { "application/openmetrics-text;q=2", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=1.001", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=-1", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=", TD_EXPO_TEXT },
        { "application/openmetrics-text;q", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=0.1234", TD_EXPO_TEXT },
        { "application/openmetrics-text;q=1.000", TD_EXPO_OPEN },
        { "application/openmetrics-text;q=1.", TD_EXPO_OPEN },
        /* Quoted strings hide what is in them, and end with the header at the latest. */
        { "text/plain;a=\",application/openmetrics-text;q=1\"", TD_EXPO_TEXT },
        { "text/plain;a=\"\\\",application/openmetrics-text", TD_EXPO_TEXT },
        { "text/plain;a=\"\\", TD_EXPO_TEXT },
        { ",;,,=;q=;,application/openmetrics-text", TD_EXPO_OPEN },
        { "application/openmetrics-text;;;q=0.5;", TD_EXPO_OPEN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (td_expo_choose(cases[i].accept) != cases[i].want)
            fail_msg("%s", cases[i].accept);
    assert_string_equal(td_expo_content_type(TD_EXPO_TEXT), "text/plain; version=0.0.4; charset=utf-8");
    assert_string_equal(td_expo_content_type(TD_EXPO_OPEN),
                        "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

static int tear_down(void **state)
{
    (void)state;
    td_buf_free(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_names_a_counter_whole_and_knows_no_info),
        cmocka_unit_test(openmetrics_has_units_and_an_end),
        cmocka_unit_test(whatever_a_label_or_a_help_says_stays_on_its_line),
        cmocka_unit_test(seconds_are_exact),
        cmocka_unit_test(openmetrics_is_given_to_who_asks_for_it_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
