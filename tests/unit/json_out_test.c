/* json_out_test.c: MessagePack becomes the JSON that textctl prints, in pieces of any size, and JSON whatever the
 * bytes are. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include <textd/client.h>

#include "clients/cli/lib/json.h"
#include "common/mp_buf.h"
#include "daemon/http/json_out.h"

/* All of it, in pieces of at most `piece` bytes. The caller frees it. */
static char *in_pieces(const void *bytes, size_t length, size_t piece, size_t *n)
{
    struct td_json_out out;
    char *text = NULL;
    FILE *memory = open_memstream(&text, n);
    char *to = malloc(piece);
    size_t got;

    td_json_out_start(&out, bytes, length);
    while ((got = td_json_out_read(&out, to, piece)) > 0) {
        assert_true(got <= piece);
        fwrite(to, 1, got, memory);
    }
    assert_int_equal(td_json_out_read(&out, to, piece), 0); /* the end is the end */
    free(to);
    fclose(memory);
    return text;
}

static char *of_textctl(const void *bytes, size_t length, size_t *n)
{
    char *text = NULL;
    FILE *memory = open_memstream(&text, n);

    json_node(memory, textd_node_read(bytes, length));
    fclose(memory);
    return text;
}

static void check_same(const void *bytes, size_t length)
{
    static const size_t pieces[] = { 1, 2, 3, 7, 64, 4096, 1 << 20 };
    size_t n, m;
    char *want = of_textctl(bytes, length, &n);

    for (size_t i = 0; i < COUNT(pieces); i++) {
        char *text = in_pieces(bytes, length, pieces[i], &m);
        assert_int_equal(m, n);
        assert_memory_equal(text, want, n);
        free(text);
    }
    free(want);
}

/* ---- The same as textctl ----------------------------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252u;

static uint32_t any(uint32_t below) /* xorshift64, Marsaglia 2003 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

static void pack_any_text(msgpack_packer *p)
{
    static const char *const parts[] = { "plain", "\"",       "\\",       "\n",
                                         "\x01",  "\x7f",     "\xC3\xA9", "\xF0\x9F\x98\x80",
                                         "\xFF",  "\xE2\x82", "a",        "" };
    struct td_buf text = { .limit = 1 << 20 };

    for (uint32_t i = any(any(8) == 0 ? 4000 : 12); i > 0; i--) {
        const char *part = parts[any(COUNT(parts))];
        td_buf_append(&text, part, strlen(part));
    }
    td_pack_bytes(p, text.bytes, text.length);
    td_buf_free(&text);
}

static void pack_any(msgpack_packer *p, int depth)
{
    static const double numbers[] = { 0.0,     -0.0,      0.5,  0.9f,  1e300,           -2.5e-9,    3000000.0,
                                      1.0 / 3, 123456.75, 1e15, -1e22, 0.1234567890123, 99999.99995 };
    uint32_t n = any(5);

    switch (any(depth > 5 ? 7 : 9)) {
    case 0:
        msgpack_pack_nil(p);
        break;
    case 1:
        td_pack_bool(p, (int)any(2));
        break;
    case 2:
        msgpack_pack_int64(p, (int64_t)(seed >> any(64)) * (any(2) ? 1 : -1));
        break;
    case 3:
        msgpack_pack_double(p, numbers[any(COUNT(numbers))]);
        break;
    case 4:
        msgpack_pack_float(p, (float)numbers[any(COUNT(numbers))]);
        break;
    case 5:
        msgpack_pack_bin(p, n);
        msgpack_pack_bin_body(p, "\x00\xff\x10\x20\x30", n);
        break;
    case 6:
        pack_any_text(p);
        break;
    case 7:
        msgpack_pack_array(p, n);
        while (n-- > 0)
            pack_any(p, depth + 1);
        break;
    default:
        msgpack_pack_map(p, n);
        while (n-- > 0) {
            if (any(9) == 0)
                pack_any(p, depth + 1); /* a key that is no str, or is one by chance */
            else
                pack_any_text(p);
            pack_any(p, depth + 1);
        }
    }
}

static void writes_what_textctl_prints(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct td_buf buf = { .limit = 1 << 20 };
        msgpack_packer p = td_buf_packer(&buf);
        pack_any(&p, 0);
        assert_false(buf.full);
        check_same(buf.bytes, buf.length);
        td_buf_free(&buf);
    }
}

static void nesting_has_an_end(void **state)
{
    unsigned char deep[300];

    (void)state;
    memset(deep, 0x91, sizeof deep); /* arrays of one */
    deep[sizeof deep - 1] = 0xc0;
    check_same(deep, sizeof deep);
}

static const struct {
    double value;
    const char *want;
} numbers[] = {
    { 0.9, "0.9" },
    { (double)0.9f, "0.9" },
    { (double)0.1f, "0.1" },
    { 1844660.25, "1844660.25" }, /* a float holds it, too, and would be content with 1844660.2 */
    { 99999.1953125, "99999.1953125" },
    { 1.0 / 3, "0.3333333333333333" },
    { (double)(1.0f / 3), "0.33333334" },
    { 1e22, "1e+22" },
    { 123456789012345678.0, "1.2345678901234568e+17" },
    { 3000000.0, "3000000.0" },
    { -0.0, "-0.0" },
    { 5e-324, "4.94065645841e-324" },
};

static void numbers_are_short_and_read_back(void **state)
{
    char word[TD_JSON_WORD_BYTES + 1];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        word[td_json_number(word, numbers[i].value)] = 0;
        assert_string_equal(word, numbers[i].want);
    }
    for (int i = 0; i < 20000; i++) { /* any that no float holds */
        uint64_t bits = (uint64_t)any(UINT32_MAX) << 32 | any(UINT32_MAX);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!(value - value == 0) || (double)(float)value == value)
            continue;
        word[td_json_number(word, value)] = 0;
        assert_true(strtod(word, NULL) == value);
    }
}

/* ---- Where textctl is no measure --------------------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    size_t length;
    const char *want;
} cases[] = {
#define CASE(bytes, want) \
    { \
        bytes, sizeof bytes - 1, want \
    }
    CASE("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
    CASE("\xcf\x80\x00\x00\x00\x00\x00\x00\x00", "9223372036854775808"),
    CASE("\xd3\x80\x00\x00\x00\x00\x00\x00\x00", "-9223372036854775808"),
    CASE("", "null"),
    CASE("\xa5"
         "ab",
         "null"),
    CASE("\x82\xa1"
         "a",
         "{\"a\":null}"),
    CASE("\x92\x01", "[1]"), /* it ends where the bytes do */
    CASE("\xdf\xff\xff\xff\xff", "{}"),
    CASE("\xdd\xff\xff\xff\xff\xc3", "[true]"),
    CASE("\x81\xc1\xc1", "{\"\":null}"),
#undef CASE
};

static void takes_what_is_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t piece = 1; piece < 20; piece++) {
            size_t n;
            char *text = in_pieces(cases[i].bytes, cases[i].length, piece, &n);
            assert_string_equal(text, cases[i].want);
            free(text);
        }
}

static void any_bytes_become_json(void **state)
{
    unsigned char bytes[60];

    (void)state;
    for (int i = 0; i < 20000; i++) {
        json_error_t error;
        size_t length = any(sizeof bytes), n;
        for (size_t k = 0; k < length; k++)
            bytes[k] = (unsigned char)(any(3) ? any(256) : 0x80 + any(0x40));
        char *text = in_pieces(bytes, length, 1 + any(30), &n);
        json_t *json = json_loadb(text, n, JSON_ALLOW_NUL | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
        if (!json && json_error_code(&error) != json_error_null_byte_in_key) /* Jansson takes none, which JSON does */
            fail_msg("%s: %s", error.text, text);
        json_decref(json);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_textctl_prints),      cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(numbers_are_short_and_read_back), cmocka_unit_test(takes_what_is_broken),
        cmocka_unit_test(any_bytes_become_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
