/* done_test.c: the parts of a worker's reply are passed on to clients as they are, so they are what they must be. */
#include "tests/unit/unit.h"

#include "common/err.h"
#include "common/mp_buf.h"
#include "daemon/fleet/done.h"

/* {"results": {"p": [-1, 2.5, true, nil, "é"]}, "doc": {}} without its head, and {"p": 7}. */
static const char pairs[] = "\xa7results\x81\xa1p\x95\xff\xcb\x40\x04\0\0\0\0\0\0\xc3\xc0\xa2\xc3\xa9\xa3"
                            "doc\x80";
static const char times[] = "\x81\xa1p\x07";

static const char *check(uint32_t n_pairs, const char *the_pairs, size_t pairs_bytes, const char *the_times,
                         size_t times_bytes)
{
    char body[4096];
    const struct td_done done = { .code = TD_OK, .n_pairs = n_pairs, .pairs_bytes = (uint32_t)pairs_bytes };

    memcpy(body, the_pairs, pairs_bytes);
    memcpy(body + pairs_bytes, the_times, times_bytes);
    return td_done_check(&done, (const unsigned char *)body, pairs_bytes + times_bytes);
}

static void a_right_one_passes(void **state)
{
    (void)state;
    assert_null(check(2, pairs, sizeof pairs - 1, times, sizeof times - 1));
    assert_null(check(0, "", 0, "\x80", 1));
    assert_null(check(1,
                      "\xa3"
                      "doc\x82\xa1x\x91\x80\xa8language\xa7zh-Hant",
                      26, times, sizeof times - 1));
    assert_null(check(1,
                      "\xa3"
                      "doc\x81\xa8language\xa3und",
                      18, times, sizeof times - 1));
}

static void what_is_wrong_is_found(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        uint32_t n_pairs;
        const char *words;
    } cases[] = {
#define CASE(n, bytes, words) { bytes, sizeof bytes - 1, n, words }
        CASE(1,
             "\xa7results\x80\xa3"
             "doc\x80",
             "more parts than it says"),
        CASE(3,
             "\xa7results\x80\xa3"
             "doc\x80",
             "a key that it can't have"),
        CASE(UINT32_MAX, "\xa7results\x80", "a key that it can't have"),
        CASE(1,
             "\xa3"
             "foo\x80",
             "a key that it can't have"),
        CASE(1, "\x01\x80", "a key that it can't have"),
        CASE(2,
             "\xa3"
             "doc\x80\xa3"
             "doc\x80",
             "a key that it can't have"),
        CASE(1,
             "\xa3"
             "doc\x01",
             "no map"),
        CASE(1,
             "\xa3"
             "doc\x81\x01\x01",
             "key is not a string"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xc4\x01"
             "b",
             "binary"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xd4\x01"
             "b",
             "binary"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xa1\xff",
             "not valid UTF-8"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1\xff\x01",
             "not valid UTF-8"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xa2"
             "b",
             "end inside"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xc1",
             "no MessagePack"),
        CASE(1,
             "\xa3"
             "doc\xdf\xff\xff\xff\xff",
             "claims more elements"),
        CASE(1,
             "\xa3"
             "doc\x81\xa1"
             "a\xdd\xff\xff\xff\xff\x01",
             "claims more elements"),
        CASE(1,
             "\xa3"
             "doc",
             "no map"),
        CASE(1, "", "a key that it can't have"),
        CASE(1,
             "\xa3"
             "doc\x81\xa8language\xa2"
             "EN",
             "language is none"),
        CASE(1,
             "\xa3"
             "doc\x82\xa1x\x90\xa8language\x07",
             "language is none"),
#undef CASE
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *wrong = check(cases[i].n_pairs, cases[i].bytes, cases[i].length, times, sizeof times - 1);
        if (!wrong || !strstr(wrong, cases[i].words))
            fail_msg("case %zu: '%s' is not in '%s'", i, cases[i].words, wrong ? wrong : "(nothing wrong)");
    }
}

static void times_are_checked_too(void **state)
{
    static const struct {
        const char *bytes, *words;
    } cases[] = {
        { "\x91\x01", "no map" },
        { "\x81\xa1p", "end inside" },
        { "\x80\x01", "bytes behind" },
        { "\x81\xa1p\x81\xa1q\x01", "nested too deep" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *wrong = check(2, pairs, sizeof pairs - 1, cases[i].bytes, strlen(cases[i].bytes));
        if (!wrong || !strstr(wrong, cases[i].words))
            fail_msg("case %zu: '%s' is not in '%s'", i, cases[i].words, wrong ? wrong : "(nothing wrong)");
    }
    assert_non_null(check(2, pairs, sizeof pairs - 1, "", 0));
}

static const char *check_spans(const char *bytes, size_t length)
{
    const struct td_done done = { .code = TD_OK, .flags = TD_DONE_SPANS };

    return td_done_check(&done, (const unsigned char *)bytes, length);
}

static void spans_are_checked_too(void **state)
{
    static const char whole[] = "\x81\xa1p\x07\xa5spans\x81\xa1p\xa2"
                                "ab";

    (void)state;
    assert_null(check_spans(whole, sizeof whole - 1));
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_non_null(check_spans(whole, n));
    assert_string_equal(check_spans("\x80\xa5spans\x80\x01", 9), "there are bytes behind a reply");
    assert_string_equal(check_spans("\x80\xa5"
                                    "scans\x80",
                                    8),
                        "a reply's spans are no map");
    assert_string_equal(check_spans("\x80\xa5spans\x01", 8), "a reply's spans are no map");
    assert_string_equal(check_spans("\x80\xa5spans\x81\xa1p\x80", 11), "containers are nested too deep");
    assert_string_equal(check(0, "", 0, whole, sizeof whole - 1), "there are bytes behind a reply"); /* not announced */
}

static const char *check_warnings(const char *bytes, size_t length, uint32_t beyond, enum td_code code)
{
    char body[8192];
    size_t words = code == TD_OK ? 1 : 4;
    const struct td_done done = { .code = code, .warnings_bytes = (uint32_t)length, .warnings_beyond = beyond };

    memcpy(body, code == TD_OK ? "\x80" : "it f", words);
    memcpy(body + words, bytes, length);
    return td_done_check(&done, (const unsigned char *)body, words + length);
}

static void warnings_are_checked_too(void **state)
{
    static const char nine[] = "\x99\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x";
    static const char eight[] = "\x98\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x\xa1x";
    static const char one[] = "\x91\xa2\xc3\xa9";
    char large[256] = "\x91\xd9\xc8"; /* 200 bytes */

    (void)state;
    memset(large + 3, 'x', 201);
    for (enum td_code code = TD_OK; code <= TD_E_PLUGIN_FAILED; code += TD_E_PLUGIN_FAILED) {
        assert_null(check_warnings("", 0, 0, code));
        assert_null(check_warnings(one, sizeof one - 1, 0, code));
        assert_null(check_warnings(eight, sizeof eight - 1, 0, code));
        assert_null(check_warnings(eight, sizeof eight - 1, UINT32_MAX, code));
        large[2] = (char)200;
        assert_null(check_warnings(large, 203, 0, code));
        large[2] = (char)201;
        assert_string_equal(check_warnings(large, 204, 0, code), "a warning is no short text");
        for (size_t n = 1; n < sizeof one - 1; n++)
            assert_non_null(check_warnings(one, n, 0, code));
        assert_string_equal(check_warnings(one, sizeof one - 1, 1, code), "a reply's warnings are no array of a few");
        assert_string_equal(check_warnings(nine, sizeof nine - 1, 0, code), "a reply's warnings are no array of a few");
        assert_string_equal(check_warnings("\x81\xa1x\xa1x", 5, 0, code), "a reply's warnings are no array of a few");
        assert_string_equal(check_warnings("", 0, 1, code), "a reply has more warnings than none");
        assert_string_equal(check_warnings("\x91\xa1\xff", 3, 0, code), "a warning is no short text");
        assert_string_equal(check_warnings("\x91\x07", 2, 0, code), "a warning is no short text");
        assert_string_equal(check_warnings("\x90\x90", 2, 0, code), "there are bytes behind the warnings");
    }
}

static void results_may_be_as_deep_as_a_plugin_may_write_them(void **state)
{
    char bytes[TD_MAX_RESULT_DEPTH + 16];
    size_t n = 0;

    (void)state;
    memcpy(bytes, "\xa7results\x81\xa1p", 11);
    for (n = 11; n < 11 + TD_MAX_RESULT_DEPTH; n++)
        bytes[n] = (char)0x91;
    bytes[n] = 1;
    assert_null(check(1, bytes, n + 1, times, sizeof times - 1));
    bytes[n] = (char)0x91;
    bytes[n + 1] = 1;
    assert_string_equal(check(1, bytes, n + 2, times, sizeof times - 1), "containers are nested too deep");
}

static void no_prefix_passes(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof pairs - 1; n++)
        assert_non_null(check(2, pairs, n, times, sizeof times - 1));
}

static void an_errors_words_are_words(void **state)
{
    const struct td_done done = { .code = TD_E_PLUGIN_FAILED };

    (void)state;
    assert_null(td_done_check(&done, (const unsigned char *)"it failed", 9));
    assert_non_null(td_done_check(&done, (const unsigned char *)"it \xff", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_one_passes),       cmocka_unit_test(what_is_wrong_is_found),
        cmocka_unit_test(times_are_checked_too),    cmocka_unit_test(spans_are_checked_too),
        cmocka_unit_test(warnings_are_checked_too), cmocka_unit_test(results_may_be_as_deep_as_a_plugin_may_write_them),
        cmocka_unit_test(no_prefix_passes),         cmocka_unit_test(an_errors_words_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
