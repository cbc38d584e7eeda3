/* json_in_test.c: a request in JSON becomes what msgpack-c writes for it; what is wrong is named with its key and
 * its place. The fuzz target json_in compares it with Jansson. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "common/mp_buf.h"
#include "daemon/http/json_in.h"
#include "daemon/http/json_out.h"
#include "daemon/net/request.h"

#define DEPTH 16

static int convert(struct td_buf *out, const char *json, struct td_err *err)
{
    return td_json_in(out, json, strlen(json), DEPTH, 1, err);
}

static void as_json(const struct td_buf *map, char *text, size_t size)
{
    struct td_json_out out;

    td_json_out_start(&out, map->bytes, map->length);
    text[td_json_out_read(&out, text, size - 1)] = 0;
}

/* ---- What is taken ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *json, *want;
} taken[] = {
    { "{}", "{}" },
    { " \t\r\n{ } \n", "{}" },
    { "\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}" },
    { "{\"a\":[],\"b\":{},\"c\":[[],[{}]]}", "{\"a\":[],\"b\":{},\"c\":[[],[{}]]}" },
    { "{\"a\":[true,false,null]}", "{\"a\":[true,false,null]}" },
    { "{\"a\":[0,-0,-1,127,128,65536,4294967296,9223372036854775807,-9223372036854775808]}",
      "{\"a\":[0,0,-1,127,128,65536,4294967296,9223372036854775807,-9223372036854775808]}" },
    { "{\"a\":18446744073709551615}", "{\"a\":18446744073709551615}" },
    { "{\"a\":[0.5,-1.25e2,1E3,1e-7,0e0]}", "{\"a\":[0.5,-125.0,1000.0,1e-07,0.0]}" },
    { "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"a\":\"\\\"\\\\/\\b\\f\\n\\r\\t\"}" },
    { "{\"a\":\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"}", "{\"a\":\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"}" },
    { "{\"a\":\"x\\u0000y\"}", "{\"a\":\"x\\u0000y\"}" },
    { "{\"\\u0069d\":1}", "{\"id\":1}" },
    { "{\"meta\":{\"a\":1,\"a\":2}}", "{\"meta\":{\"a\":1,\"a\":2}}" }, /* echoed, not looked into */
};

static void takes_what_is_json(void **state)
{
    char text[1000];

    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        struct td_buf out = { 0 };
        struct td_err err;
        if (convert(&out, taken[i].json, &err) != TD_OK)
            fail_msg("%s: %s", taken[i].json, err.text);
        as_json(&out, text, sizeof text);
        assert_string_equal(text, taken[i].want);
        td_buf_free(&out);
    }
}

/* A str, and an array of nils, of each length around which the header changes. */
static void lengths_are_written_as_others_write_them(void **state)
{
    static const size_t lengths[] = { 0, 1, 15, 16, 31, 32, 255, 256, 1000, 65535, 65536, 100000 };

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (int escape = 0; escape < 2; escape++) {
            size_t n = lengths[i], m = n < 1000 ? n : 1000;
            struct td_buf json = { .limit = 1 << 20 }, want = { .limit = 1 << 20 }, out = { 0 };
            msgpack_packer packer = td_buf_packer(&want);
            struct td_err err;
            td_buf_append(&json, "{\"s\":\"", 6);
            for (size_t k = 0; k < n; k++)
                td_buf_append(&json, escape && k % 3 == 0 ? "\\u0061" : "a", escape && k % 3 == 0 ? 6 : 1);
            td_buf_append(&json, "\",\"a\":[", 7);
            for (size_t k = 0; k < m; k++)
                td_buf_append(&json, k > 0 ? ",null" : "null", k > 0 ? 5 : 4);
            td_buf_append(&json, "]}", 3); /* and the NUL */
            td_buf_append(&want, "\xde\0\2", 3);
            td_pack_str(&packer, "s");
            msgpack_pack_str(&packer, n);
            for (size_t k = 0; k < n; k++)
                td_buf_append(&want, "a", 1);
            td_pack_str(&packer, "a");
            msgpack_pack_array(&packer, m);
            for (size_t k = 0; k < m; k++)
                msgpack_pack_nil(&packer);
            assert_int_equal(td_json_in(&out, json.bytes, json.length - 1, DEPTH, 1, &err), TD_OK);
            assert_int_equal(out.length, want.length);
            assert_memory_equal(out.bytes, want.bytes, want.length);
            td_buf_free(&json);
            td_buf_free(&want);
            td_buf_free(&out);
        }
}

static void pairs_can_be_added(void **state)
{
    struct td_buf out = { 0 };
    struct td_err err;
    char text[100];

    (void)state;
    assert_int_equal(convert(&out, "{\"a\":1}", &err), TD_OK);
    msgpack_packer packer = td_buf_packer(&out);
    td_pack_pair(&packer, "b", "c");
    td_json_in_add(&out, 1);
    as_json(&out, text, sizeof text);
    assert_string_equal(text, "{\"a\":1,\"b\":\"c\"}");
    td_json_in_begin(&out);
    td_pack_pair(&packer, "d", "e");
    td_json_in_add(&out, 1);
    as_json(&out, text, sizeof text);
    assert_string_equal(text, "{\"d\":\"e\"}");
    td_buf_free(&out);
}

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static const struct {
    const char *json, *words, *kept;
    enum td_code code;
} refused[] = {
    { "", "line 1, column 1: there is nothing; it must be a JSON object", "{}", 0 },
    { "[1]", "line 1, column 1: it is an array; it must be a JSON object, such as {\"text\": \"...\"}", "{}", 0 },
    { "hello", "line 1, column 1: it is no JSON; it must be a JSON object, such as {\"text\": \"...\"}", "{}", 0 },
    { "{\"id\":7,\"text\":\"a\"}x", "line 1, column 20: there is more behind the object's closing '}'", "{\"id\":7}",
      0 },
    { "{\"id\":7,\"text\":\"a\"} {",
      "line 1, column 21: there is more behind the object's closing '}'; several are sent as application/x-ndjson, "
      "each on a line of its own (curl -d takes the line ends away, --data-binary and -T don't)",
      "{\"id\":7}", 0 },
    { "{\"id\":7,\n \"a\" 1}", "'a', line 2, column 6: there is '1' where a ':' behind the key should be", "{\"id\":7}",
      0 },
    { "{\"id\":7,}", "line 1, column 9: there is '}' where a key in \"quotes\" should be", "{\"id\":7}", 0 },
    { "{'id':7}", "line 1, column 2: there is ''' where a key in \"quotes\" should be", "{}", 0 },
    { "{\"id\":7", "'id', line 1, column 8: the JSON ends where ',' or '}' should be", "{\"id\":7}", 0 },
    { "{\"a\":[1,2", "'a[2]', line 1, column 10: the JSON ends where ',' or ']' should be", "{}", 0 },
    { "{\"a\":\"x", "'a', line 1, column 8: the JSON ends where a string's closing \" should be", "{}", 0 },
    { "{\"a\":\"x\ny\"}", "'a', line 1, column 8: a string has the byte 0x0a as it is; it must be written \\u000a",
      "{}", 0 },
    { "{\"a\":\"\\x41\"}",
      "'a', line 1, column 7: a backslash in a string must have one of \" \\ / b f n r t u behind it", "{}", 0 },
    { "{\"a\":\"\\u12g4\"}", "'a', line 1, column 7: a \\u in a string must have four hexadecimal digits behind it",
      "{}", 0 },
    { "{\"a\":nul}", "'a', line 1, column 6: there is 'n' where a value should be", "{}", 0 },
    { "{\"a\":NaN}", "'a', line 1, column 6: there is 'N' where a value should be", "{}", 0 },
    { "{\"a\":01}", "'a', line 1, column 6: a number must not begin with 0, but for 0 itself", "{}", 0 },
    { "{\"a\":-}", "'a', line 1, column 7: there is '}' where a number's digit should be", "{}", 0 },
    { "{\"a\":1.}", "'a', line 1, column 8: there is '}' where a digit behind the point should be", "{}", 0 },
    { "{\"a\":1e+}", "'a', line 1, column 9: there is '}' where a digit of the exponent should be", "{}", 0 },
    /* These are read on, for an id behind them. */
    { "{\"text\":\"a\",\"text\":\"b\",\"id\":\"x\",\"meta\":[1]}",
      "'text', line 1, column 13: this key stands twice in one object", "{\"id\":\"x\",\"meta\":[1]}", 0 },
    { "{\"meta\":1,\"text\":\"a\",\"text\":\"b\"}", "'text', line 1, column 22: this key stands twice in one object",
      "{\"meta\":1}", 0 },
    { "{\"options\":{\"s\":{\"n\":1,\"n\":2}}}",
      "'options.s.n', line 1, column 24: this key stands twice in one object", "{}", 0 },
    { "{\"deadline_ms\":18446744073709551616,\"id\":3}",
      "'deadline_ms', line 1, column 16: the number 18446744073709551616 doesn't fit into 64 bits; send it as a string",
      "{\"id\":3}", 0 },
    { "{\"a\":-9223372036854775809}",
      "'a', line 1, column 6: the number -9223372036854775809 doesn't fit into 64 bits; send it as a string", "{}", 0 },
    { "{\"a\":[0,1e400],\"id\":3}", "'a[1]', line 1, column 9: the number 1e400 is more than a float64 holds",
      "{\"id\":3}", 0 },
    { "{\"text\":\"a\\ud83d b\",\"id\":3}",
      "'text', line 1, column 11: half a surrogate pair is no character; both halves must stand together, as in "
      "\\ud83d\\ude00",
      "{\"id\":3}", TD_E_INVALID_UTF8 },
    { "{\"lang\":\"\\ude00\\ud83d\",\"id\":3}",
      "'lang', line 1, column 10: half a surrogate pair is no character; both halves must stand together, as in "
      "\\ud83d\\ude00",
      "{\"id\":3}", 0 },
};

static void names_what_is_wrong_and_where(void **state)
{
    char text[1000];

    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct td_buf out = { 0 };
        struct td_err err = { 0 };
        enum td_code code = refused[i].code ? refused[i].code : TD_E_BAD_REQUEST;
        assert_int_equal(convert(&out, refused[i].json, &err), code);
        assert_int_equal(err.code, code);
        assert_string_equal(err.text, refused[i].words);
        as_json(&out, text, sizeof text);
        assert_string_equal(text, refused[i].kept);
        td_buf_free(&out);
    }
}

static void lines_of_a_batch_are_counted_on(void **state)
{
    struct td_buf out = { 0 };
    struct td_err err;

    (void)state;
    td_json_in(&out, "{", 1, DEPTH, 41, &err);
    assert_non_null(strstr(err.text, "line 41, column 2"));
    td_buf_free(&out);
}

static void limits_are_the_wires(void **state)
{
    struct td_buf out = { 0 }, json = { .limit = 1 << 20 };
    struct td_err err;
    char deep[2 * DEPTH + 20] = "{\"a\":", key[20];

    (void)state;
    memset(deep + 5, '[', DEPTH - 1);
    memset(deep + 5 + DEPTH - 1, ']', DEPTH - 1);
    strcpy(deep + 5 + 2 * (DEPTH - 1), "}");
    assert_int_equal(convert(&out, deep, &err), TD_OK);
    assert_int_equal(td_json_in(&out, deep, strlen(deep), DEPTH - 1, 1, &err), TD_E_BAD_REQUEST);
    assert_non_null(strstr(err.text, "nested deeper than 15"));

    td_buf_append(&json, "{\"a\":[", 6);
    for (int i = 0; i < TD_MAX_REQUEST_NODES - 3; i++)
        td_buf_append(&json, i > 0 ? ",0" : "0", i > 0 ? 2 : 1);
    size_t length = json.length;
    td_buf_append(&json, "]}", 3);
    assert_int_equal(convert(&out, json.bytes, &err), TD_OK);
    json.length = length;
    td_buf_append(&json, ",0]}", 5);
    assert_int_equal(convert(&out, json.bytes, &err), TD_E_BAD_REQUEST);
    assert_non_null(strstr(err.text, "too many values"));

    json.length = 0;
    td_buf_append(&json, "{", 1);
    for (unsigned i = 0; i < TD_MP_MAX_PAIRS; i++)
        td_buf_append(&json, key, (size_t)snprintf(key, sizeof key, "%s\"k%u\":0", i > 0 ? "," : "", i));
    length = json.length;
    td_buf_append(&json, "}", 2);
    assert_int_equal(convert(&out, json.bytes, &err), TD_OK);
    json.length = length;
    td_buf_append(&json, ",\"k64\":0}", 10);
    assert_int_equal(convert(&out, json.bytes, &err), TD_E_BAD_REQUEST);
    assert_non_null(strstr(err.text, "more than 64 keys"));

    for (unsigned n = 1024; n <= 1025; n++) { /* each is compared with the others: this bounds what that costs */
        json.length = 0;
        td_buf_append(&json, "{\"", 2);
        for (unsigned i = 0; i < n; i++)
            td_buf_append(&json, "k", 1);
        td_buf_append(&json, "\":0}", 5);
        json.length--;
        assert_int_equal(td_json_in(&out, json.bytes, json.length, DEPTH, 1, &err),
                         n == 1024 ? TD_OK : TD_E_BAD_REQUEST);
    }
    assert_non_null(strstr(err.text, "a key has more than 1024 bytes"));
    td_buf_free(&json);
    td_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_json),
        cmocka_unit_test(lengths_are_written_as_others_write_them),
        cmocka_unit_test(pairs_can_be_added),
        cmocka_unit_test(names_what_is_wrong_and_where),
        cmocka_unit_test(lines_of_a_batch_are_counted_on),
        cmocka_unit_test(limits_are_the_wires),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
