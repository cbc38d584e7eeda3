/* trace_test.c: traceparent and tracestate, rule by rule of the W3C's Trace Context. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/trace.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"
#define GOOD "00-" TRACE "-" PARENT "-01"

static const struct {
    const char *text, *words; /* NULL: it is good */
} parents[] = {
    { GOOD, NULL },
    { "00-" TRACE "-" PARENT "-00", NULL },
    { "00-" TRACE "-" PARENT "-ff", NULL }, /* flags that we don't know are passed on */
    { "01-" TRACE "-" PARENT "-01", NULL },
    { "cc-" TRACE "-" PARENT "-01-what-else-comes", NULL },
    { "cc-" TRACE "-" PARENT "-01-", NULL },
    { "cc-" TRACE "-" PARENT "-01.what", "55 characters" },
    { "cc-" TRACE "-" PARENT "-0", "55 characters" },
    { GOOD "-what", "55 characters" }, /* version 00 has no more fields */
    { GOOD "-", "55 characters" },
    { GOOD " ", "55 characters" },
    { " " GOOD, "55 characters" },
    { "00-" TRACE "-" PARENT "-1", "55 characters" },
    { "", "55 characters" },
    { "t", "55 characters" },
    { "00-" TRACE PARENT "--01", "55 characters" },
    { "00_" TRACE "-" PARENT "-01", "55 characters" },
    { "00-" TRACE "_" PARENT "-01", "55 characters" },
    { "00-" TRACE "-" PARENT "_01", "55 characters" },
    { "ff-" TRACE "-" PARENT "-01", "version ff" },
    { "00-00000000000000000000000000000000-" PARENT "-01", "a trace's id" },
    { "00-" TRACE "-0000000000000000-01", "a parent's id" },
    { "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01", "lower case" },
    { "00-" TRACE "-00F067AA0BA902B7-01", "lower case" },
    { "0A-" TRACE "-" PARENT "-01", "lower case" },
    { "00-" TRACE "-" PARENT "-0A", "lower case" },
    { ".0-" TRACE "-" PARENT "-01", "hexadecimal" },
    { "00-.bf92f3577b34da6a3ce929d0e0e4736-" PARENT "-01", "hexadecimal" },
    { "00-" TRACE "-.0f067aa0ba902b7-01", "hexadecimal" },
    { "00-" TRACE "-" PARENT "-.1", "hexadecimal" },
};

static void a_traceparent_is_read_as_the_w3c_has_it(void **state)
{
    const struct td_trace before = { .id = { 1, 2 }, .parent = 3, .span = 4, .flags = 5 };

    (void)state;
    for (size_t i = 0; i < COUNT(parents); i++) {
        struct td_trace trace = before;
        char *exact = malloc(strlen(parents[i].text) + 1); /* so that a look beyond the end is found */
        assert_non_null(exact);
        memcpy(exact, parents[i].text, strlen(parents[i].text));
        const char *wrong = td_trace_read(&trace, exact, strlen(parents[i].text));
        free(exact);
        if (!wrong != !parents[i].words || (wrong && !strstr(wrong, parents[i].words)))
            fail_msg("%s: %s", parents[i].text, wrong ? wrong : "(nothing wrong)");
        if (wrong)
            assert_memory_equal(&trace, &before, sizeof trace);
        else
            assert_true(trace.span != 0 && trace.parent == UINT64_C(0x00f067aa0ba902b7));
    }
}

static void what_was_read_can_be_written(void **state)
{
    struct td_trace trace;
    struct td_trace_words words;
    char text[TD_TRACEPARENT_BYTES];

    (void)state;
    assert_null(td_trace_read(&trace, GOOD, strlen(GOOD)));
    assert_string_equal(td_trace_id_word(&trace, &words), TRACE);
    assert_string_equal(td_trace_span_word(trace.parent, &words), PARENT);
    assert_string_equal(td_trace_flags_word(&trace, &words), "01");
    trace.span = trace.parent;
    td_trace_write(&trace, text);
    assert_memory_equal(text, GOOD, sizeof text);
    assert_null(td_trace_read(&trace, "cc-" TRACE "-" PARENT "-ff-x", 57)); /* of its flags we know one */
    assert_string_equal(td_trace_flags_word(&trace, &words), "01");
}

static void without_a_trace_there_are_no_words(void **state)
{
    const struct td_trace none = { 0 };
    struct td_trace_words words;

    (void)state;
    assert_null(td_trace_id_word(&none, &words));
    assert_null(td_trace_span_word(none.span, &words));
    assert_null(td_trace_flags_word(&none, &words));
    assert_int_equal(td_trace_child(0, 3), 0);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* 10,000 traces of 64 plugins: a twin among 640,000 random ids of 64 bits has a chance of one in ninety million. */
static void ids_are_never_the_same_and_never_zero(void **state)
{
    enum { TRACES = 10000, PLUGINS = 64 };
    uint64_t *ids = calloc(TRACES * (size_t)(PLUGINS + 3), sizeof *ids);
    size_t n = 0;

    (void)state;
    assert_non_null(ids);
    for (int i = 0; i < TRACES; i++) {
        struct td_trace trace;
        char text[TD_TRACEPARENT_BYTES];
        td_trace_begin(&trace);
        td_trace_write(&trace, text);
        assert_null(td_trace_read(&(struct td_trace) { 0 }, text, sizeof text)); /* others can follow it */
        assert_int_equal(trace.flags, 0);
        ids[n++] = trace.id[0];
        ids[n++] = trace.id[1];
        ids[n++] = trace.span;
        for (uint32_t k = 0; k < PLUGINS; k++) {
            ids[n++] = td_trace_child(trace.span, k);
            assert_true(td_trace_child(trace.span, k) == ids[n - 1]);
        }
    }
    qsort(ids, n, sizeof *ids, compare);
    for (size_t i = 0; i < n; i++)
        assert_true(ids[i] != 0 && (i == 0 || ids[i] != ids[i - 1]));
    free(ids);
}

#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10
#define X100 X50 X50
#define X250 X100 X100 X50
#define LONG_KEY "k" X250 "xxxxx" /* 256 */
#define MEMBERS_8(p) p "1=1," p "2=1," p "3=1," p "4=1," p "5=1," p "6=1," p "7=1," p "8=1"
#define MEMBERS_32 MEMBERS_8("a") "," MEMBERS_8("b") "," MEMBERS_8("c") "," MEMBERS_8("d")
/* 128 and 129 characters; `k` is one. */
#define M128(k) k "=" X100 X10 X10 "xxxxxx"
#define M129(k) k "=" X100 X10 X10 "xxxxxxx"

static const char bad[] = "no list";

static const struct {
    const char *given, *kept, *words;
} states[] = {
    { "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", NULL },
    { "", "", NULL },
    { " ", "", NULL },
    { ",", "", NULL },
    { "a=1,", "a=1", NULL },
    { ",a=1,,b=2", "a=1,b=2", NULL },
    { " a=1\t, \tb=2 ", "a=1,b=2", NULL },
    { "a= 1 b", "a= 1 b", NULL }, /* a value may begin with a blank, and have some inside */
    { "fw529a3039@dt=FfAAAA,0tenant@sys=1", "fw529a3039@dt=FfAAAA,0tenant@sys=1", NULL },
    { "a_-*/9=!~<>+", "a_-*/9=!~<>+", NULL },
    { LONG_KEY "=1", LONG_KEY "=1", NULL },
    { LONG_KEY "x=1", "", bad },
    { "a=" X250 "xxxxxx", "a=" X250 "xxxxxx", NULL },
    { "a=" X250 "xxxxxxx", "", bad },
    { "a", "", bad },
    { "a=", "", bad },
    { "=1", "", bad },
    { "a=1=2", "", bad },
    { "a =1", "", bad },
    { "A=1", "", bad },
    { "a,b=1", "", bad },
    { "a=1;b=2", "", bad }, /* `;` is a character like others, and the second `=` is not */
    { "-a=1", "", bad },
    { "@a=1", "", bad },
    { "b=1,a=\xc3\xa9", "", bad },
    { "b=1,a=\x7f", "", bad },
    { "b=1,a=1\t2", "", bad },
    { "a=1,b=2,a=3", "a=1,b=2", "twice" },
    { MEMBERS_32, MEMBERS_32, NULL },
    { MEMBERS_32 ",e1=1", MEMBERS_32, "more than 32 members" },
    { MEMBERS_32 ",,a1=1,", MEMBERS_32, "twice" },
    /* 4 * 128 + 3 is 515: the last one goes, whole. */
    { M128("a") "," M128("b") "," M128("c") "," M128("d"), M128("a") "," M128("b") "," M128("c"), "512" },
    /* One that is longer goes before it. */
    { M128("a") "," M129("b") "," M128("c") "," M128("d"), M128("a") "," M128("c") "," M128("d"), "512" },
    { M129("a") "," M129("b") "," M129("c") ",d=1," M128("e"), M129("a") "," M129("b") ",d=1," M128("e"), "512" },
    { M129("a") "," M129("b"), M129("a") "," M129("b"), NULL },               /* long ones are fine while all fit */
    { "a=" X250 ",b=" X250 ",c=2345", "a=" X250 ",b=" X250 ",c=2345", NULL }, /* 512 to the letter */
    { "a=" X250 ",b=" X250 ",c=23456", "a=" X250 ",c=23456", "512" },
};

static void a_tracestate_is_cut_by_whole_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(states); i++) {
        size_t length = strlen(states[i].given);
        char *text = malloc(length + 1);
        assert_non_null(text);
        memcpy(text, states[i].given, length);
        const char *told = td_tracestate_tidy(text, &length);
        if (!told != !states[i].words || (told && !strstr(told, states[i].words)) || length != strlen(states[i].kept) ||
            memcmp(text, states[i].kept, length) != 0)
            fail_msg("%s: %.*s (%s)", states[i].given, (int)length, text, told ? told : "nothing told");
        free(text);
    }
}

/* It is passed on as it is cut: cutting it again changes nothing. */
static void what_was_cut_is_whole(void **state)
{
    (void)state;
    srand(3);
    for (int round = 0; round < 20000; round++) {
        char text[1200], once[1200];
        size_t length = 0;
        int n = rand() % 40;
        for (int i = 0; i < n && length < 1000; i++)
            length += (size_t)snprintf(text + length, sizeof text - length, "%sk%d=%.*s,", rand() % 8 ? "" : " ",
                                       rand() % 50, 1 + rand() % (rand() % 4 ? 20 : 140), X100 X50);
        td_tracestate_tidy(text, &length);
        assert_true(length <= TD_TRACESTATE_BYTES);
        memcpy(once, text, length);
        size_t again = length;
        assert_null(td_tracestate_tidy(once, &again));
        assert_int_equal(again, length);
        assert_memory_equal(once, text, length);
    }
}

static void a_very_long_one_is_not_read(void **state)
{
    static char text[TD_TRACESTATE_READ + 1];
    size_t length = sizeof text;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "a=1,"[i % 4];
    assert_string_equal(td_tracestate_tidy(text, &length), "is too long");
    assert_int_equal(length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_traceparent_is_read_as_the_w3c_has_it),
        cmocka_unit_test(what_was_read_can_be_written),
        cmocka_unit_test(without_a_trace_there_are_no_words),
        cmocka_unit_test(ids_are_never_the_same_and_never_zero),
        cmocka_unit_test(a_tracestate_is_cut_by_whole_members),
        cmocka_unit_test(what_was_cut_is_whole),
        cmocka_unit_test(a_very_long_one_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
