/* mp_test.c: the MessagePack cursor reads what msgpack-c writes, and believes nothing that a message claims. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

#include "common/mp.h"
#include "common/mp_buf.h"

static const struct td_mp_limits limits = { .depth = 16, .nodes = 1000, .unchecked_key = "text", .echoed_key = "echo" };

static void reads_every_integer_width(void **state)
{
    static const int64_t values[] = { 0,
                                      1,
                                      127,
                                      128,
                                      255,
                                      256,
                                      65535,
                                      65536,
                                      -1,
                                      -32,
                                      -33,
                                      -128,
                                      -129,
                                      -32768,
                                      -32769,
                                      INT32_MAX,
                                      INT32_MIN,
                                      (int64_t)UINT32_MAX,
                                      (int64_t)UINT32_MAX + 1,
                                      INT64_MAX,
                                      INT64_MIN };
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        struct td_buf buf = { .limit = 64 };
        msgpack_packer packer = td_buf_packer(&buf);
        struct td_mp_value v;
        msgpack_pack_int64(&packer, values[i]);
        struct td_mp mp = { (uint8_t *)buf.bytes, (uint8_t *)buf.bytes + buf.length };
        assert_int_equal(td_mp_read(&mp, &v), 0);
        assert_int_equal(v.type, TD_MP_INT);
        assert_true(v.integer == values[i]);
        assert_ptr_equal(mp.at, mp.end);
        td_buf_free(&buf);
    }
}

static void reads_scalars(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum td_mp_type type;
        double number;
        int64_t integer;
        uint32_t size;
    } cases[] = {
        { "\xc0", 1, TD_MP_NIL, 0, 0, 0 },
        { "\xc2", 1, TD_MP_BOOL, 0, 0, 0 },
        { "\xc3", 1, TD_MP_BOOL, 0, 1, 0 },
        { "\xca\x3f\x80\x00\x00", 5, TD_MP_FLOAT, 1.0, 0, 0 },
        { "\xcb\xbf\xf8\x00\x00\x00\x00\x00\x00", 9, TD_MP_FLOAT, -1.5, 0, 0 },
        { "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9, TD_MP_UINT, 0, -1, 0 },
        { "\xa3"
          "abc",
          4, TD_MP_STR, 0, 0, 3 },
        { "\xd9\x02"
          "ab",
          4, TD_MP_STR, 0, 0, 2 },
        { "\xda\x00\x01"
          "a",
          4, TD_MP_STR, 0, 0, 1 },
        { "\xdb\x00\x00\x00\x00", 5, TD_MP_STR, 0, 0, 0 },
        { "\xc4\x01"
          "x",
          3, TD_MP_BIN, 0, 0, 1 },
        { "\xd4\x05"
          "x",
          3, TD_MP_EXT, 0, 5, 1 },
        { "\xc7\x02\xff"
          "xy",
          5, TD_MP_EXT, 0, -1, 2 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct td_mp mp = { (const uint8_t *)cases[i].bytes, (const uint8_t *)cases[i].bytes + cases[i].length };
        struct td_mp_value v;
        assert_int_equal(td_mp_read(&mp, &v), 0);
        assert_int_equal(v.type, cases[i].type);
        assert_true(v.number == cases[i].number);
        assert_true(v.integer == cases[i].integer);
        assert_int_equal(v.length, cases[i].size);
        assert_ptr_equal(mp.at, mp.end);
    }
}

/* What is wrong with a message, or NULL. Each row is a way to lie. */
static void check_finds_every_lie(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *wrong;
    } cases[] = {
        { "\x80", 1, NULL },
        { "\x81\xa1"
          "a\x01",
          4, NULL },
        { "\x81\xa4"
          "text\xa1\xff",
          8, NULL }, /* the text is the worker's to check */
        { "", 0, "the bytes end inside a value" },
        { "\xc1", 1, "the bytes end inside a value" },
        { "\x81\xa1"
          "a",
          3, "the bytes end inside a value" },
        { "\x82\xa1"
          "a",
          3, "claims more elements" },
        { "\xdd\xff\xff\xff\xff", 5, "claims more elements" },
        { "\xdf\xff\xff\xff\xff", 5, "claims more elements" },
        { "\x81\xa1"
          "a\xdb\xff\xff\xff\xff",
          8, "the bytes end inside a value" },
        { "\x80\x00", 2, "bytes behind the message" },
        { "\x82\xa1"
          "a\x01\xa1"
          "a\x02",
          7, "stands twice" },
        { "\x81\xa1"
          "a\xa1\xff",
          5, "not valid UTF-8" },
        { "\x81\xa1\xff\x01", 4, "not valid UTF-8" },
        { "\x81\x01\x01", 3, "key is not a string" },
        { "\x81\xc4\x01\xff\x01", 5, "key is binary that is not valid UTF-8" },
        { "\x81\xc4\x01"
          "a\x01",
          5, NULL },
        { "\x82\xa1"
          "a\x01\xc4\x01"
          "a\x02",
          8, "stands twice" }, /* one key, however it is sent */
        { "\x81\xa4"
          "echo\x82\x01\x01\x01\x81\xc0\xc4\x01\xff",
          15, NULL }, /* any keys, also twice */
        { "\x82\xa4"
          "echo\x81\x01\x01\x02\x02",
          11, "key is not a string" }, /* and only there */
        { "\x82\xa4"
          "echo\x90\x02\x02",
          9, "key is not a string" },
        { "\x81\xa1"
          "a\x81\xa4"
          "echo\x81\x01\x01",
          12, "key is not a string" }, /* of the outermost map */
        { "\x81\xa4"
          "echo\xa1\xff",
          8, "not valid UTF-8" },
        { "\x81\xa1"
          "a\x81\x01\x01",
          6, "key is not a string" }, /* deeper down, too */
        { "\x81\xa1"
          "a\x81\x90\x01",
          6, "key is not a string" },
        { "\x81\xa1"
          "a\x81\xa4"
          "text\xa1\xff",
          11, "not valid UTF-8" }, /* only the outermost text is unchecked */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t where;
        const char *wrong = td_mp_check(cases[i].bytes, cases[i].length, &limits, &where);
        if (!cases[i].wrong)
            assert_null(wrong);
        else
            assert_non_null(wrong && strstr(wrong, cases[i].wrong) ? wrong : NULL);
    }
}

static void depth_and_nodes_are_bounded(void **state)
{
    char deep[200], wide[2000];
    size_t where;

    (void)state;
    memset(deep, '\x91', sizeof deep);
    deep[15] = '\xc0';
    assert_null(td_mp_check(deep, 16, &limits, &where));
    deep[15] = '\x91';
    deep[16] = '\xc0';
    assert_null(td_mp_check(deep, 17, &limits, &where));
    deep[16] = '\x91';
    deep[17] = '\xc0';
    assert_non_null(strstr(td_mp_check(deep, 18, &limits, &where), "nested too deep"));
    memset(wide, 0, sizeof wide);
    memcpy(wide, "\xdc\x07\xcd", 3); /* 1997 integers */
    assert_non_null(strstr(td_mp_check(wide, sizeof wide, &limits, &where), "too many values"));
}

/* Every prefix of a message is refused, and none is read past its end (the sanitizers watch). */
static void no_prefix_passes(void **state)
{
    struct td_buf buf = { .limit = 4096 };
    msgpack_packer packer = td_buf_packer(&buf);

    (void)state;
    msgpack_pack_map(&packer, 3);
    td_pack_count(&packer, "id", 70000);
    td_pack_pair(&packer, "text", "a longer text than thirty-one bytes, for a two-byte head");
    td_pack_str(&packer, "plugins");
    msgpack_pack_array(&packer, 2);
    td_pack_str(&packer, "a");
    msgpack_pack_double(&packer, 1.25);
    for (size_t n = 0; n <= buf.length; n++) {
        char *copy = malloc(n ? n : 1);
        size_t where;
        memcpy(copy, buf.bytes, n);
        const char *wrong = td_mp_check(copy, n, &limits, &where);
        assert_true((wrong == NULL) == (n == buf.length));
        free(copy);
    }
    td_buf_free(&buf);
}

static void find_and_skip_step_over_anything(void **state)
{
    static const char bytes[] = "\x83\xa1"
                                "a\x92\x01\x81\xa1"
                                "x\x90\xa1"
                                "b\xcb\0\0\0\0\0\0\0\0\xa1"
                                "c\xa2"
                                "hi";
    struct td_mp mp = { (const uint8_t *)bytes, (const uint8_t *)bytes + sizeof bytes - 1 }, found;
    struct td_mp_value v;

    (void)state;
    assert_int_equal(td_mp_find(mp, "c", &found), 0);
    assert_int_equal(td_mp_read(&found, &v), 0);
    assert_true(td_mp_is(&v, "hi"));
    assert_int_equal(td_mp_find(mp, "d", &found), -1);
    assert_int_equal(td_mp_skip(&mp), 0);
    assert_ptr_equal(mp.at, mp.end);
}

/* Whatever byte a value begins with, and however much of it is there: what is skipped is what is read. */
static void each_lead_byte_is_skipped_as_it_is_read(void **state)
{
    uint8_t bytes[24];

    (void)state;
    for (unsigned lead = 0; lead < 256; lead++)
        for (unsigned fill = 0; fill < 256; fill += 5)
            for (size_t length = 1; length <= sizeof bytes; length++) {
                memset(bytes, (int)fill, sizeof bytes);
                bytes[0] = (uint8_t)lead;
                struct td_mp read = { bytes, bytes + length }, skipped = read;
                struct td_mp_value v;
                uint32_t left = 1;
                int rc = td_mp_read(&read, &v), rc_skipped = td_mp_skip_some(&skipped, &left);
                int has_more = rc == 0 && (v.type == TD_MP_ARRAY || v.type == TD_MP_MAP) && v.length > 0;
                assert_int_equal(rc_skipped, has_more ? -1 : rc); /* one value, and no more */
                if (rc == 0)
                    assert_ptr_equal(skipped.at, read.at);
            }
}

/* A float is an integer if it has no fraction and fits; bin is text if it is UTF-8; an array is a map if it is empty. */
static void what_stands_for_something_else_becomes_it(void **state)
{
    static const struct {
        double number;
        int is_integer;
        int64_t integer;
    } floats[] = {
        { 2.0, 1, 2 },
        { -0.0, 1, 0 },
        { 1700000000000.0, 1, INT64_C(1700000000000) },
        { -0x1p63, 1, INT64_MIN },
        { 0x1p63, 0, 0 },
        { 1.5, 0, 0 },
        { (double)NAN, 0, 0 },
        { (double)INFINITY, 0, 0 },
        { -1e300, 0, 0 },
    };
    struct td_mp_value v;

    (void)state;
    for (size_t i = 0; i < COUNT(floats); i++) {
        v = (struct td_mp_value) { .type = TD_MP_FLOAT, .number = floats[i].number };
        assert_int_equal(td_mp_as_integer(&v), floats[i].is_integer);
        assert_int_equal(v.type, floats[i].is_integer ? TD_MP_INT : TD_MP_FLOAT);
        assert_true(v.integer == floats[i].integer);
    }
    v = (struct td_mp_value) { .type = TD_MP_STR, .bytes = "2", .length = 1 };
    assert_false(td_mp_as_integer(&v));
    v = (struct td_mp_value) { .type = TD_MP_BIN, .bytes = "\xc3\xab", .length = 2 };
    assert_true(td_mp_as_text(&v) && v.type == TD_MP_STR);
    v = (struct td_mp_value) { .type = TD_MP_BIN, .bytes = "\xc3\xab", .length = 1 };
    assert_false(td_mp_as_text(&v));
    v = (struct td_mp_value) { .type = TD_MP_ARRAY };
    assert_true(td_mp_as_map(&v) && v.type == TD_MP_MAP);
    v = (struct td_mp_value) { .type = TD_MP_ARRAY, .length = 1 };
    assert_false(td_mp_as_map(&v));
}

static void some_values_are_skipped_and_no_more(void **state)
{
    static const char bytes[] = "\x93\x01\x92\x02\x03\x04\x05"; /* six values, and another */
    struct td_mp mp = { (const uint8_t *)bytes, (const uint8_t *)bytes + sizeof bytes - 1 };
    uint32_t left = 6;

    (void)state;
    assert_int_equal(td_mp_skip_some(&mp, &left), 0);
    assert_int_equal(left, 0);
    assert_ptr_equal(mp.at, mp.end - 1);
    assert_int_equal(td_mp_skip_some(&mp, &left), -1);
    mp.at = (const uint8_t *)bytes;
    left = 5;
    assert_int_equal(td_mp_skip_some(&mp, &left), -1);
}

static void buffer_remembers_that_it_is_full(void **state)
{
    struct td_buf buf = { .limit = 10 };

    (void)state;
    assert_int_equal(td_buf_append(&buf, "12345678", 8), 0);
    assert_int_equal(td_buf_append(&buf, "123", 3), -1);
    assert_int_equal(td_buf_append(&buf, "1", 1), 0); /* what fits the bytes at hand is still written … */
    assert_true(buf.full);                            /* … and that something is missing is not forgotten */
    td_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_integer_width),
        cmocka_unit_test(reads_scalars),
        cmocka_unit_test(check_finds_every_lie),
        cmocka_unit_test(depth_and_nodes_are_bounded),
        cmocka_unit_test(no_prefix_passes),
        cmocka_unit_test(find_and_skip_step_over_anything),
        cmocka_unit_test(each_lead_byte_is_skipped_as_it_is_read),
        cmocka_unit_test(what_stands_for_something_else_becomes_it),
        cmocka_unit_test(some_values_are_skipped_and_no_more),
        cmocka_unit_test(buffer_remembers_that_it_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
