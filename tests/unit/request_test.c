/* request_test.c: what a request may be, key by key, and the words for what it may not. Cases are written as MessagePack
 * through a small notation, so that a row reads like the message it is. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/mp_buf.h"
#include "common/utf8.h"
#include "daemon/net/request.h"

static const struct td_request_limits limits = { .depth = 16, .document_bytes = 100 };

/* Writes one value of the notation: 'text', 12, 1.5, nan., true, nil, [ … ], { key value … }, <bytes>. Returns what follows. */
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

#define TRACEPARENT "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
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
    { "{id 1.5 text 'a'}", TD_E_BAD_REQUEST, "'id' is 1.5; it must be a whole number below 2^63, a string or binary" },
    { "{id true text 'a'}", TD_E_BAD_REQUEST, "'id' must be an integer, a string or binary, not a boolean" },
    { "{id nil text 'a'}", TD_E_BAD_REQUEST, "'id' is missing" },
    { "{id '12345678901234567890123456789012345678901234567890123456789012345' text 'a'}", TD_E_BAD_REQUEST,
      "'id' has 65 bytes; allowed: up to 64" },
    { "{id 1 v 2 text 'a'}", TD_E_UNSUPPORTED_VERSION, "'v' is 2; this server speaks version 1" },
    { "{id 1 v '1' text 'a'}", TD_E_BAD_REQUEST, "'v' must be an integer, not a string" },
    { "{id 1 op 7 text 'a'}", TD_E_BAD_REQUEST, "'op' must be a string, not an integer" },
    { "{id 1 op 'fly'}", TD_E_BAD_REQUEST, "'op' is 'fly'; it must be annotate, cancel, describe or ping" },
    { "{id 1 v 1.5 text 'a'}", TD_E_BAD_REQUEST, "'v' is 1.5; it must be a whole number" },
    { "{id 1 v 2.0 text 'a'}", TD_E_UNSUPPORTED_VERSION, "'v' is 2; this server speaks version 1" },
    { "{id 1 text 7}", TD_E_BAD_REQUEST, "'text' must be a string, not an integer" },
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
    { "{id 1 text 'a' deadline_ms 1.5}", TD_E_BAD_REQUEST, "'deadline_ms' is 1.5; it must be a whole number" },
    { "{id 1 text 'a' deadline_ms nan.}", TD_E_BAD_REQUEST, "'deadline_ms' is nan; it must be a whole number" },
    { "{id 1 text 'a' deadline_ms 1e300.}", TD_E_BAD_REQUEST, "'deadline_ms' is 1e+300; allowed: 1 to 2147483647" },
    { "{id 1 text 'a' deadline_ms 0.0}", TD_E_BAD_REQUEST, "'deadline_ms' is 0; allowed: 1 to 2147483647" },
    { "{id 1 text 'a' deadline_ms '5'}", TD_E_BAD_REQUEST, "'deadline_ms' must be an integer, not a string" },
    { "{id 1 text 'a' lang 1}", TD_E_BAD_REQUEST, "'lang' must be a string" },
    { "{id 1 text 'a' trace {}}", TD_E_BAD_REQUEST, "'trace' must be a string, not a map" },
    { "{id 1 text 'a' tracestate [1]}", TD_E_BAD_REQUEST, "'tracestate' must be a string, not an array" },
    { "{id 1 text 'a' meta [[[[[[[[1]]]]]]]]}", TD_OK, "" },
    { "{id 1 text 'a' meta [[[[[[[[[1]]]]]]]]]}", TD_E_BAD_REQUEST,
      "'meta': containers are nested too deep (at most 8)" },
    { "{id 1 id 2 text 'a'}", TD_E_BAD_REQUEST, "a key stands twice in one map" },
    { "{1 2}", TD_E_BAD_REQUEST, "a map's key is not a string" },
    /* What languages write that don't have what is meant. */
    { "{v nil id 1 op nil text 'a' pipeline nil plugins nil options nil offsets nil deadline_ms nil lang nil trace "
      "nil}",
      TD_OK, "" },
    { "{v 1.0 id 17000000000000.0 text 'a' deadline_ms 1000.0}", TD_OK, "" },
    { "{<id> 1 <op> <annotate> <text> <a> <plugins> [<x>] <options> {<x> {<a> 1}} <lang> <en> <offsets> <byte> }",
      TD_OK, "" },
    { "{id 1 text 'a' options []}", TD_OK, "" },
    { "{id 1 text 'a' options {x [] y nil}}", TD_OK, "" },
    { "{id 1 text 'a' options {x [1]}}", TD_E_BAD_REQUEST, "'options' must have a map for 'x', not an array" },
    { "{id 1 <id> 2 text 'a'}", TD_E_BAD_REQUEST, "a key stands twice in one map" },
    { "{id 1 text 'a' meta {1 2 1 {nil 3} <x> 4}}", TD_OK, "" },
    { "{id 1 text 'a' unknown {1 2}}", TD_E_BAD_REQUEST, "a map's key is not a string" },
    { "{id 1 meta {1 2} text 'a' options {1 {}}}", TD_E_BAD_REQUEST, "a map's key is not a string" },
    { "{id 1 text nil}", TD_E_BAD_REQUEST, "'text' is missing" },
    { "{id nil op cancel}", TD_E_BAD_REQUEST, "'id' is missing" },
    { "{id 1 text 'a' plugins [nil]}", TD_E_BAD_REQUEST, "element 0 is nil" },
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
        td_warnings_free(&request.warnings);
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
        parse("{id <ab> text 'Hello' pipeline 'p' offsets 'codepoint' deadline_ms 250 lang 'de' trace '" TRACEPARENT
              "' meta {a 1}}",
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

static int parse_bytes(const void *bytes, size_t length, struct td_request *r, struct td_err *err)
{
    *r = (struct td_request) { 0 };
    zmq_msg_init_size(&r->body, length);
    memcpy(zmq_msg_data(&r->body), bytes, length);
    return td_request_parse(r, &limits, err);
}

/* A client with many requests under way waits for each of its ids. */
static void an_id_that_is_refused_comes_back_byte_for_byte(void **state)
{
    static const char *const ids[] = { "1.5", "true", "[1 2]", "{a 1}",
                                       "'12345678901234567890123456789012345678901234567890123456789012345678'" };

    (void)state;
    for (size_t i = 0; i < COUNT(ids); i++) {
        char message[300], id[TD_ID_TEXT_BYTES];
        struct td_buf wanted = { .limit = 1 << 10 };
        struct td_request r;
        struct td_err err;
        snprintf(message, sizeof message, "{id %s trace '" TRACEPARENT "' text 'a' meta 7}", ids[i]);
        write_value(&wanted, ids[i]);
        assert_int_equal(parse(message, &r, &err), TD_E_BAD_REQUEST);
        assert_non_null(strstr(err.text, "'id'"));
        assert_int_equal(r.id.length, wanted.length);
        assert_memory_equal(r.id.bytes, wanted.bytes, wanted.length);
        assert_int_equal(r.trace.length, 55); /* the others are taken all the same */
        assert_int_equal(r.meta.length, 1);
        assert_true(strlen(td_request_id_text(&r, id)) <= TD_MAX_ID_BYTES);
        td_buf_free(&wanted);
        zmq_msg_close(&r.body);
    }
}

static void what_no_reader_takes_is_not_echoed(void **state)
{
    static const char broken[] = "\x82\xa2id\xa1\xff\xa4text\xa1x"; /* no UTF-8 */
    struct td_request r;
    struct td_err err;

    (void)state;
    assert_int_equal(parse_bytes(broken, sizeof broken - 1, &r, &err), TD_E_BAD_REQUEST);
    assert_int_equal(r.id.length, 0);
    zmq_msg_close(&r.body);
    assert_int_equal(parse("{id [[[[[[[[[1]]]]]]]]] text 'a'}", &r, &err), TD_E_BAD_REQUEST);
    assert_int_equal(r.id.length, 0);
    zmq_msg_close(&r.body);
}

/* Cut anywhere, a message gives what stands before the cut. */
static void what_can_be_read_of_a_broken_message_is_echoed(void **state)
{
    static const char whole[] = "\x84\xa2id\x05\xa5trace\xd9\x37" TRACEPARENT "\xa4meta\x91\x07\xa4text\xa1x";
    struct td_request r;
    struct td_err err;

    (void)state;
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        assert_int_equal(parse_bytes(whole, n, &r, &err), TD_E_BAD_REQUEST);
        assert_int_equal(r.id.length, n >= 5);
        assert_int_equal(r.trace.length, n >= 68 ? 55 : 0);
        assert_int_equal(r.context.span != 0, n >= 68);
        assert_int_equal(r.meta.length, n >= 75 ? 2 : 0);
        zmq_msg_close(&r.body);
    }
    assert_int_equal(parse_bytes("\x82\xa2id\x05\xa5trace\xa1\xff", 13, &r, &err), TD_E_BAD_REQUEST);
    assert_int_equal(r.id.length, 1);
    assert_int_equal(r.trace.length, 0);
    td_warnings_free(&r.warnings);
    zmq_msg_close(&r.body);
}

static void check_trace(const char *notation, int is_followed, const char *state, const char *warnings)
{
    struct td_buf packed = { .limit = 1 << 12 };
    struct td_request r;
    struct td_err err;

    assert_int_equal(parse(notation, &r, &err), TD_OK);
    assert_int_equal(r.trace.length, is_followed ? 55 : 0);
    assert_true(r.context.span != 0 && (r.context.parent != 0) == is_followed);
    assert_int_equal(r.state.length, strlen(state));
    assert_memory_equal(r.state.length ? r.state.bytes : "", state, strlen(state));
    if (r.warnings)
        td_warnings_pack(r.warnings, &packed);
    td_buf_append(&packed, "", 1);
    if (*warnings ? !strstr(packed.bytes, warnings) : packed.length > 1)
        fail_msg("%s: %s", notation, packed.bytes);
    td_buf_free(&packed);
    td_warnings_free(&r.warnings);
    zmq_msg_close(&r.body);
}

/* What is only for those who look on costs nobody a result. */
static void a_trace_that_is_wrong_is_ignored_and_another_begun(void **state)
{
    char message[400], longest[TD_MAX_TRACE_BYTES + 2];

    (void)state;
    check_trace("{id 1 text 'a' trace '" TRACEPARENT "' tracestate 'b=1, c=2'}", 1, "b=1,c=2", "");
    check_trace("{tracestate 'b=1' id 1 text 'a' trace '" TRACEPARENT "'}", 1, "b=1", "");
    check_trace("{id 1 text 'a' trace <" TRACEPARENT "> tracestate <b=1>}", 1, "b=1", "");
    check_trace("{id 1 text 'a' trace '" TRACEPARENT "' tracestate 'B'}", 1, "",
                "'tracestate' is no list of key=value as the W3C has it; it was ignored");
    check_trace("{id 1 text 'a' trace '" TRACEPARENT "' tracestate 'b=1,b=2'}", 1, "b=1",
                "'tracestate' has a key twice");
    check_trace("{id 1 text 'a' trace 't' tracestate 'b=1'}", 0, "",
                "'tracestate' came without a 'trace' that can be followed; it was ignored");
    check_trace("{id 1 text 'a' trace 't'}", 0, "", "'trace' is no traceparent that can be followed (it has 55");
    check_trace("{id 1 text 'a' trace ''}", 0, "", ""); /* asks for one */
    memset(longest, 't', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    snprintf(message, sizeof message, "{id 1 text 'a' trace '%s'}", longest);
    check_trace(message, 0, "", "it is too long");
}

static void a_tracestate_alone_is_nothing(void **state)
{
    struct td_request r;
    struct td_err err;

    (void)state;
    assert_int_equal(parse("{id 1 text 'a' tracestate 'b=1'}", &r, &err), TD_OK);
    assert_int_equal(r.state.length, 0);
    assert_true(r.context.span == 0 && r.warnings);
    td_warnings_free(&r.warnings);
    zmq_msg_close(&r.body);
}

static void what_speaks_something_else_is_told_so(void **state)
{
    static const struct {
        const char *bytes, *words;
    } foreign[] = {
        { "{\"id\": 1}", "begins like JSON" },
        { " \t\r\n[", "begins like JSON" },
        { "\xEF\xBB\xBF{", "begins like JSON" },
        { "GET / HTTP/1.1\r\n", "begins like HTTP" },
        { "OPTIONS * HTTP/1.1\r\n", "begins like HTTP" },
        { "HTTP/1.1 200 OK\r\n", "begins like HTTP" },
        { "GETTING", "the message is an integer" },
        { " ", "the message is an integer" },
        { "\xEF\xBB\xBF", "the message is an integer" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++) {
        struct td_request r;
        struct td_err err;
        assert_int_equal(parse_bytes(foreign[i].bytes, strlen(foreign[i].bytes), &r, &err), TD_E_BAD_REQUEST);
        assert_non_null(strstr(err.text, foreign[i].words));
        zmq_msg_close(&r.body);
    }
}

/* The warnings as they would go out: "[one] [two] ". */
static void write_warnings(const struct td_warnings *warnings, char *text, size_t size)
{
    struct td_buf out = { .limit = 1 << 16 };
    struct td_mp_value list, one;

    text[0] = 0;
    if (!warnings)
        return;
    td_warnings_pack(warnings, &out);
    struct td_mp mp = { (const uint8_t *)out.bytes, (const uint8_t *)out.bytes + out.length };
    assert_int_equal(td_mp_read(&mp, &list), 0);
    assert_true(list.type == TD_MP_ARRAY && list.length >= 1 && list.length <= TD_MAX_WARNINGS);
    for (uint32_t i = 0; i < list.length; i++) {
        assert_int_equal(td_mp_read(&mp, &one), 0);
        assert_true(one.type == TD_MP_STR && one.length <= TD_MAX_WARNING_BYTES);
        assert_int_equal(td_utf8_check(one.bytes, one.length, NULL), one.length);
        size_t used = strlen(text);
        snprintf(text + used, size - used, "[%.*s] ", (int)one.length, one.bytes);
    }
    assert_ptr_equal(mp.at, mp.end);
    td_buf_free(&out);
}

static void plugins_warnings_come_behind(void **state)
{
    static const char two[] = "\x92\xd9\x03p: \xd9\x03q: ";
    static const char eight[] = "\x98\xa1"
                                "1\xa1"
                                "2\xa1"
                                "3\xa1"
                                "4\xa1"
                                "5\xa1"
                                "6\xa1"
                                "7\xa1"
                                "8";
    struct td_warnings *warnings = NULL;
    char text[4096];

    (void)state;
    td_warnings_join(&warnings, two, 0, 0);
    assert_null(warnings);
    td_warnings_join(&warnings, two, sizeof two - 1, 0);
    write_warnings(warnings, text, sizeof text);
    assert_string_equal(text, "[p: ] [q: ] ");
    td_warnings_free(&warnings);

    td_warn(&warnings, "%s", "ours");
    td_warnings_join(&warnings, eight, sizeof eight - 1, 4);
    write_warnings(warnings, text, sizeof text);
    assert_string_equal(text, "[ours] [1] [2] [3] [4] [5] [6] [and 6 more like these] ");
    td_warnings_join(&warnings, eight, sizeof eight - 1, UINT32_MAX);
    write_warnings(warnings, text, sizeof text);
    assert_string_equal(text, "[ours] [1] [2] [3] [4] [5] [6] [and 2147483648 more like these] ");
    td_warnings_free(&warnings);
}

static void what_is_ignored_is_told(void **state)
{
    static const struct {
        const char *keys, *warnings;
    } told[] = {
        { "", "" },
        { "x nil", "['x' is not a key; it was ignored] " },
        { "plugin ['a']", "['plugin' is not a key; did you mean 'plugins'?] " },
        { "language 'en'", "['language' is not a key; did you mean 'lang'?] " },
        { "deadline 5 <txt> 1",
          "['deadline' is not a key; did you mean 'deadline_ms'?] ['txt' is not a key; did you mean 'text'?] " },
        { "lang 'en_US'", "" },
        { "lang 'und'", "" },
        { "lang 'xx-XX'", "['lang' is 'xx-XX', but ISO 639 has no language 'xx'; it was ignored] " },
        { "lang 'e n'", "['lang' is 'e n', which is no BCP 47 tag such as 'en' or 'pt-BR'; it was ignored] " },
        { "zz0 1 zz1 1 zz2 1 zz3 1 zz4 1 zz5 1 zz6 1 zz7 1 zz8 1 zz9 1 lang 'English'",
          "['zz0' is not a key; it was ignored] ['zz1' is not a key; it was ignored] ['zz2' is not a key; it was "
          "ignored] "
          "['zz3' is not a key; it was ignored] ['zz4' is not a key; it was ignored] ['zz5' is not a key; it was "
          "ignored] "
          "['zz6' is not a key; it was ignored] [and 4 more like these] " },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(told); i++) {
        char message[400], found[2000];
        struct td_request r;
        struct td_err err;
        snprintf(message, sizeof message, "{id 1 text 'a' %s}", told[i].keys);
        assert_int_equal(parse(message, &r, &err), TD_OK);
        write_warnings(r.warnings, found, sizeof found);
        assert_string_equal(found, told[i].warnings);
        td_warnings_free(&r.warnings);
        zmq_msg_close(&r.body);
    }
}

static void a_long_key_is_cut_between_characters(void **state)
{
    char message[1000], found[2000];
    struct td_request r;
    struct td_err err;

    (void)state;
    for (int lead = 0; lead < 4; lead++) {
        int n = snprintf(message, sizeof message, "{id 1 text 'a' '%.*s", lead, "xxxx");
        for (int i = 0; i < 100; i++)
            n += snprintf(message + n, sizeof message - (size_t)n, "%s", "\xF0\x9F\x91\x8B");
        snprintf(message + n, sizeof message - (size_t)n, "' 1 }");
        assert_int_equal(parse(message, &r, &err), TD_OK);
        write_warnings(r.warnings, found, sizeof found);
        assert_non_null(strstr(found, "is not a key"));
        td_warnings_free(&r.warnings);
        zmq_msg_close(&r.body);
    }
}

/* Plugins see one form, in the frame that the client's stood in. */
static void lang_is_in_its_canonical_form(void **state)
{
    struct td_request r;
    struct td_err err;

    (void)state;
    assert_int_equal(parse("{id 1 lang 'ENG_us' text 'a'}", &r, &err), TD_OK);
    assert_int_equal(r.lang.length, 5);
    assert_memory_equal(r.lang.bytes, "en-US", 5);
    assert_true((const char *)zmq_msg_data(&r.body) < r.lang.bytes);
    assert_memory_equal(r.text.bytes, "a", 1);
    zmq_msg_close(&r.body);
    assert_int_equal(parse("{id 1 lang 'zxx' text 'a'}", &r, &err), TD_OK);
    assert_int_equal(r.lang.length, 0);
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
        cmocka_unit_test(an_id_that_is_refused_comes_back_byte_for_byte),
        cmocka_unit_test(what_no_reader_takes_is_not_echoed),
        cmocka_unit_test(what_can_be_read_of_a_broken_message_is_echoed),
        cmocka_unit_test(a_trace_that_is_wrong_is_ignored_and_another_begun),
        cmocka_unit_test(a_tracestate_alone_is_nothing),
        cmocka_unit_test(what_speaks_something_else_is_told_so),
        cmocka_unit_test(plugins_warnings_come_behind),
        cmocka_unit_test(what_is_ignored_is_told),
        cmocka_unit_test(a_long_key_is_cut_between_characters),
        cmocka_unit_test(lang_is_in_its_canonical_form),
        cmocka_unit_test(the_text_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
