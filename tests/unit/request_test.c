/* request_test.c: what a request may be, key by key, and the words for what it may not. Cases are written as MessagePack
 * through a small notation, so that a row reads like the message it is. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/mp_buf.h"
#include "daemon/net/request.h"

static const struct td_request_limits limits = { .depth = 16, .document_bytes = 100 };

/* Writes one value of the notation: 'text', 12, 1.5, true, nil, [ … ], { key value … }, <bytes>. Returns what follows. */
static const char *write_value(struct td_buf *out, const char *at);

static const char *write_container(struct td_buf *out, const char *at, char end)
{
    struct td_buf inside = { .limit = 1 << 16 };
    msgpack_packer packer = td_buf_packer(out);
    uint32_t n = 0;

    for (at++; at += strspn(at, " "), *at != end; n++)
        at = write_value(&inside, at);
    if (end == '}')
        msgpack_pack_map(&packer, n / 2);
    else
        msgpack_pack_array(&packer, n);
    td_buf_append(out, inside.bytes, inside.length);
    td_buf_free(&inside);
    return at + 1;
}

static const char *write_value(struct td_buf *out, const char *at)
{
    msgpack_packer packer = td_buf_packer(out);
    size_t n;

    at += strspn(at, " ");
    if (*at == '{' || *at == '[')
        return write_container(out, at, *at == '{' ? '}' : ']');
    if (*at == '\'' || *at == '<') {
        n = strcspn(at + 1, *at == '<' ? ">" : "'");
        if (*at == '<') {
            msgpack_pack_bin(&packer, n);
            msgpack_pack_bin_body(&packer, at + 1, n);
        } else {
            td_pack_bytes(&packer, at + 1, n);
        }
        return at + n + 2;
    }
    n = strcspn(at, " ]}");
    if (strncmp(at, "true", n) == 0 || strncmp(at, "false", n) == 0)
        td_pack_bool(&packer, *at == 't');
    else if (strncmp(at, "nil", n) == 0)
        msgpack_pack_nil(&packer);
    else if (memchr(at, '.', n))
        msgpack_pack_double(&packer, strtod(at, NULL));
    else if (*at == '-' || (*at >= '0' && *at <= '9'))
        msgpack_pack_int64(&packer, strtoll(at, NULL, 10));
    else
        td_pack_bytes(&packer, at, n); /* a key needs no quotes */
    return at + n;
}

static int parse(const char *notation, struct td_request *request, struct td_err *err)
{
    struct td_buf out = { .limit = 1 << 16 };

    write_value(&out, notation);
    *request = (struct td_request) { 0 };
    zmq_msg_init_size(&request->body, out.length);
    memcpy(zmq_msg_data(&request->body), out.bytes, out.length);
    td_buf_free(&out);
    err->text[0] = 0;
    return td_request_parse(request, &limits, err);
}

#define NAMES_8 "'a' 'b' 'c' 'd' 'e' 'f' 'g' 'a' "
#define NAMES_64 NAMES_8 NAMES_8 NAMES_8 NAMES_8 NAMES_8 NAMES_8 NAMES_8 NAMES_8

static const struct {
    const char *message;
    enum td_code code;
    const char *words; /* a part of the message */
} cases[] = {
    { "{id 1 text 'a'}", TD_OK, "" },
    { "{v 1 id 'x' op 'annotate' text '' pipeline 'p' offsets 'utf16' deadline_ms 5 lang 'en' trace 't' meta [1 nil]}",
      TD_OK, "" },
    { "{id <ab> text 'a' plugins ['x' 'y'] options {x {a 1 b 'c'} y {}}}", TD_OK, "" },
    { "{id 1 text 'a' unknown {a [1 2]} another nil}", TD_OK, "" },
    { "{op 'ping'}", TD_OK, "" },
    { "{op 'describe' id 3}", TD_OK, "" },
    { "[1 2]", TD_E_BAD_REQUEST, "the message is an array; it must be one MessagePack map" },
    { "'text'", TD_E_BAD_REQUEST, "the message is a string" },
    { "{text 'a'}", TD_E_BAD_REQUEST, "'id' is missing" },
    { "{op 'cancel'}", TD_E_BAD_REQUEST, "'id' is missing" },
    { "{id 1}", TD_E_BAD_REQUEST, "'text' is missing" },
    { "{id 1.5 text 'a'}", TD_E_BAD_REQUEST, "'id' must be an integer, a string or binary, not a float" },
    { "{id nil text 'a'}", TD_E_BAD_REQUEST, "'id' must be an integer, a string or binary, not nil" },
    { "{id '12345678901234567890123456789012345678901234567890123456789012345' text 'a'}", TD_E_BAD_REQUEST,
      "'id' has 65 bytes; allowed: up to 64" },
    { "{id 1 v 2 text 'a'}", TD_E_UNSUPPORTED_VERSION, "'v' is 2; this server speaks version 1" },
    { "{id 1 v '1' text 'a'}", TD_E_BAD_REQUEST, "'v' must be an integer, not a string" },
    { "{id 1 op 7 text 'a'}", TD_E_BAD_REQUEST, "'op' must be a string, not an integer" },
    { "{id 1 op 'fly'}", TD_E_BAD_REQUEST, "'op' is 'fly'; it must be annotate, cancel, describe or ping" },
    { "{id 1 text <a>}", TD_E_BAD_REQUEST, "'text' must be a string, not binary" },
    { "{id 1 text 'a' pipeline 1}", TD_E_BAD_REQUEST, "'pipeline' must be a string, not an integer" },
    { "{id 1 text 'a' pipeline ''}", TD_E_UNKNOWN_PIPELINE, "'pipeline' is empty" },
    { "{id 1 text 'a' plugins 'x'}", TD_E_BAD_REQUEST, "'plugins' must be an array of strings, not a string" },
    { "{id 1 text 'a' plugins ['x' 1]}", TD_E_BAD_REQUEST, "element 1 is an integer" },
    { "{id 1 text 'a' plugins []}", TD_E_BAD_REQUEST, "'plugins' is empty" },
    { "{id 1 text 'a' plugins [" NAMES_64 "]}", TD_OK, "" },
    { "{id 1 text 'a' plugins [" NAMES_64 " 'x']}", TD_E_BAD_REQUEST,
      "'plugins' has 65 names; a server has at most 64 plugins" },
    { "{id 1 text 'a' plugins ['x'] pipeline 'y'}", TD_E_BAD_REQUEST, "both 'pipeline' and 'plugins'" },
    { "{id 1 text 'a' options [1]}", TD_E_BAD_REQUEST, "'options' must be a map" },
    { "{id 1 text 'a' options {x 1}}", TD_E_BAD_REQUEST, "'options' must have a map for 'x', not an integer" },
    { "{id 1 text 'a' options {1 {}}}", TD_E_BAD_REQUEST, "a map's key is not a string" },
    { "{id 1 text 'a' offsets 'chars'}", TD_E_BAD_REQUEST,
      "'offsets' is 'chars'; it must be byte, codepoint or utf16" },
    { "{id 1 text 'a' offsets 1}", TD_E_BAD_REQUEST, "'offsets' must be a string" },
    { "{id 1 text 'a' deadline_ms 0}", TD_E_BAD_REQUEST, "'deadline_ms' is 0; allowed: 1 to 2147483647" },
    { "{id 1 text 'a' deadline_ms -1}", TD_E_BAD_REQUEST, "'deadline_ms' is -1" },
    { "{id 1 text 'a' deadline_ms 1.5}", TD_E_BAD_REQUEST, "'deadline_ms' must be an integer, not a float" },
    { "{id 1 text 'a' lang 1}", TD_E_BAD_REQUEST, "'lang' must be a string" },
    { "{id 1 text 'a' trace {}}", TD_E_BAD_REQUEST, "'trace' must be a string, not a map" },
    { "{id 1 text 'a' meta [[[[[[[[1]]]]]]]]}", TD_OK, "" },
    { "{id 1 text 'a' meta [[[[[[[[[1]]]]]]]]]}", TD_E_BAD_REQUEST,
      "'meta': containers are nested too deep (at most 8)" },
    { "{id 1 id 2 text 'a'}", TD_E_BAD_REQUEST, "a key stands twice in one map" },
    { "{1 2}", TD_E_BAD_REQUEST, "a map's key is not a string" },
};

static void every_key_says_what_it_wants(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct td_request request;
        struct td_err err;
        int rc = parse(cases[i].message, &request, &err);
        if (rc != (int)cases[i].code || !strstr(err.text, cases[i].words))
            fail_msg("%s: %s '%s'", cases[i].message, td_code_name((enum td_code)rc), err.text);
        zmq_msg_close(&request.body);
    }
}

static void values_arrive(void **state)
{
    struct td_request r;
    struct td_err err;
    char id[TD_ID_TEXT_BYTES];

    (void)state;
    assert_int_equal(
        parse("{id <ab> text 'Hello' pipeline 'p' offsets 'codepoint' deadline_ms 250 lang 'de' trace 't' meta {a 1}}",
              &r, &err),
        TD_OK);
    assert_int_equal(r.op, TD_OP_ANNOTATE);
    assert_memory_equal(r.id.bytes,
                        "\xc4\x02"
                        "ab",
                        4);
    assert_string_equal(td_request_id_text(&r, id), "6162");
    assert_memory_equal(r.text.bytes, "Hello", 5);
    assert_int_equal(r.text.length, 5);
    assert_int_equal(r.unit, TD_UNIT_CODEPOINT);
    assert_int_equal(r.deadline_ns, 250000000);
    assert_memory_equal(r.lang.bytes, "de", 2);
    assert_memory_equal(r.meta.bytes,
                        "\x81\xa1"
                        "a\x01",
                        4);
    zmq_msg_close(&r.body);
}

static void an_error_carries_the_id_if_it_can(void **state)
{
    struct td_request r;
    struct td_err err;
    char id[TD_ID_TEXT_BYTES];

    (void)state;
    assert_int_equal(parse("{text 'a' op 'fly' meta 5 id 42}", &r, &err), TD_E_BAD_REQUEST);
    assert_string_equal(td_request_id_text(&r, id), "42");
    assert_int_equal(r.meta.length, 1);
    zmq_msg_close(&r.body);
    assert_int_equal(parse("{a 1 a 2 id 'x'}", &r, &err), TD_E_BAD_REQUEST);
    assert_string_equal(td_request_id_text(&r, id), "x");
    zmq_msg_close(&r.body);
}

static void the_text_has_a_limit(void **state)
{
    struct td_request r = { .has_text_frame = 1 };
    struct td_err err;

    (void)state;
    zmq_msg_init_size(&r.body, 4);
    memcpy(zmq_msg_data(&r.body), "\x81\xa2id", 4);
    zmq_msg_close(&r.body);
    zmq_msg_init_size(&r.body, 5);
    memcpy(zmq_msg_data(&r.body), "\x81\xa2id\x01", 5);
    zmq_msg_init_size(&r.text_frame, 101);
    assert_int_equal(td_request_parse(&r, &limits, &err), TD_E_TOO_LARGE);
    assert_string_equal(err.text, "the text has 101 bytes; limits.document_bytes is 100");
    zmq_msg_close(&r.text_frame);
    zmq_msg_init_size(&r.text_frame, 100);
    r.text = (struct td_slice) { 0 };
    assert_int_equal(td_request_parse(&r, &limits, &err), TD_OK);
    zmq_msg_close(&r.text_frame);
    zmq_msg_close(&r.body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_says_what_it_wants),
        cmocka_unit_test(values_arrive),
        cmocka_unit_test(an_error_carries_the_id_if_it_can),
        cmocka_unit_test(the_text_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
