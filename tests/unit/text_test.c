/* text_test.c: UTF-8, offsets, arena and errors. */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/offsets.h"
#include "common/utf8.h"

static void utf8_is_made_plain(void **state)
{
    static const struct {
        const char *text, *plain;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "two\nlines\r\tand a tab", "two lines  and a tab" },
        { "\x1b[2J\x07\x7f", "?[2J??" },
        { "a\xc2\x85z\xc2\xa0", "a?z\xc2\xa0" },                     /* C1; no-break space */
        { "\xe2\x80\xaeth\xe2\x81\xa6gir\xe2\x80\x8f", "?th?gir?" }, /* they turn the direction */
        { "\xe2\x80\xa8\xd8\x9c\xef\xbb\xbfid", "???id" },           /* line separator, ALM, BOM */
        { "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa", "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa" }, /* their neighbours */
        { "\xd7\xa9\xd7\x9c \xf0\x9f\x98\x80", "\xd7\xa9\xd7\x9c \xf0\x9f\x98\x80" },
        { "a\xff\xc3", "a??" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        size_t length = strlen(cases[i].text);
        memcpy(text, cases[i].text, length + 1);
        text[td_utf8_make_plain(text, length)] = 0;
        assert_string_equal(text, cases[i].plain);
    }
}

static void utf8_names_the_first_bad_byte(void **state)
{
    static const struct {
        const char *text;
        size_t length, valid;
    } cases[] = {
        { "", 0, 0 },
        { "plain", 5, 5 },
        { "a\0b", 3, 3 },
        { "h\xc3\xa9", 3, 3 },
        { "\xe2\x82\xac", 3, 3 },
        { "\xf0\x9f\x98\x80", 4, 4 },
        { "\xef\xbb\xbf", 3, 3 }, /* a BOM is a character */
        { "12345678\xff", 9, 8 }, /* behind a step of eight */
        { "1234567890123456\xff", 17, 16 },
        { "123456789012345\xff", 16, 15 },
        { "a\x80", 2, 1 },            /* a continuation alone */
        { "a\xc3", 2, 1 },            /* cut off */
        { "a\xe2\x82", 3, 1 },        /* cut off */
        { "a\xf0\x9f\x98", 4, 1 },    /* cut off */
        { "\xc0\xaf", 2, 0 },         /* overlong */
        { "\xe0\x80\xaf", 3, 0 },     /* overlong */
        { "\xf0\x80\x80\xaf", 4, 0 }, /* overlong */
        { "\xed\xa0\x80", 3, 0 },     /* a surrogate */
        { "\xed\x9f\xbf", 3, 3 },     /* the last before the surrogates */
        { "\xf4\x90\x80\x80", 4, 0 }, /* above U+10FFFF */
        { "\xf4\x8f\xbf\xbf", 4, 4 }, /* U+10FFFF */
        { "\xc3\x28", 2, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(td_utf8_check(cases[i].text, cases[i].length, NULL), cases[i].valid);
}

/* Words of bytes are looked at at once: wherever a byte stands in them it is seen. */
static void utf8_is_checked_at_each_place_of_each_length(void **state)
{
    struct td_utf8_counts counts;
    char text[48];

    (void)state;
    for (size_t length = 0; length <= sizeof text; length++)
        for (size_t at = 0; at < length; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)0x80;
            assert_int_equal(td_utf8_check(text, length, NULL), at);
            text[at] = (char)0xC3;
            assert_int_equal(td_utf8_check(text, length, NULL), at);
            if (at + 1 == length)
                continue;
            text[at + 1] = (char)0xA9;
            assert_int_equal(td_utf8_check(text, length, &counts), length);
            assert_int_equal(counts.codepoints, length - 1);
        }
}

static void counts_units(void **state)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    struct td_utf8_counts counts;

    (void)state;
    assert_int_equal(td_utf8_check(text, sizeof text - 1, &counts), sizeof text - 1);
    assert_int_equal(counts.codepoints, 5);
    assert_int_equal(counts.utf16, 6);
}

static void cut_keeps_characters_whole(void **state)
{
    static const char text[] = "ab\xe2\x82\xac";

    (void)state;
    assert_int_equal(td_utf8_cut(text, 5), 5);
    assert_int_equal(td_utf8_cut(text, 4), 2);
    assert_int_equal(td_utf8_cut(text, 3), 2);
    assert_int_equal(td_utf8_cut(text, 2), 2);
}

/* Appends the character `c` to `text`. */
static size_t encode(char *text, uint32_t c)
{
    if (c < 0x80) {
        text[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        text[0] = (char)(0xC0 | c >> 6);
        text[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        text[0] = (char)(0xE0 | c >> 12);
        text[1] = (char)(0x80 | (c >> 6 & 0x3F));
        text[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    text[0] = (char)(0xF0 | c >> 18);
    text[1] = (char)(0x80 | (c >> 12 & 0x3F));
    text[2] = (char)(0x80 | (c >> 6 & 0x3F));
    text[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Random texts over all planes; each border's offset is what counting character by character gives, whatever the order
 * of the questions. */
static void offsets_agree_with_counting(void **state)
{
    struct td_arena arena;

    (void)state;
    srand(1);
    assert_int_equal(td_arena_init(&arena, 1 << 20), 0);
    for (int round = 0; round < 50; round++) {
        char text[4096];
        uint32_t byte[1025], utf16[1025], n = 0;
        size_t length = 0;
        uint32_t units = 0;
        while (n < 1000) {
            static const uint32_t tops[] = { 0x80, 0x800, 0xD800, 0x110000 };
            uint32_t c = (uint32_t)rand() % tops[(unsigned)rand() % 4];
            if (c >= 0xD800 && c < 0xE000)
                continue;
            byte[n] = (uint32_t)length;
            utf16[n++] = units;
            length += encode(text + length, c);
            units += c > 0xFFFF ? 2 : 1;
        }
        byte[n] = (uint32_t)length;
        utf16[n] = units;
        td_arena_reset(&arena);
        struct td_offsets cp, u16, bytes;
        assert_int_equal(td_offsets_init(&cp, text, length, TD_UNIT_CODEPOINT, 0, &arena), 0);
        assert_int_equal(td_offsets_init(&u16, text, length, TD_UNIT_UTF16, 0, &arena), 0);
        assert_int_equal(td_offsets_init(&bytes, text, length, TD_UNIT_BYTE, 0, &arena), 0);
        for (uint32_t k = 0; k < 2000; k++) {
            uint32_t i = (uint32_t)rand() % (n + 1);
            assert_int_equal(td_offsets_convert(&cp, byte[i]), i);
            assert_int_equal(td_offsets_convert(&u16, byte[i]), utf16[i]);
            assert_int_equal(td_offsets_convert(&bytes, byte[i]), byte[i]);
            assert_int_equal(td_offsets_count(text, byte[i], TD_UNIT_UTF16), utf16[i]);
            assert_int_equal(td_offsets_find(text, length, TD_UNIT_CODEPOINT, i), byte[i]);
            assert_int_equal(td_offsets_find(text, length, TD_UNIT_UTF16, utf16[i]), byte[i]);
            assert_int_equal(td_offsets_find(text, length, TD_UNIT_BYTE, byte[i]), byte[i]);
            if (i < n && utf16[i + 1] - utf16[i] == 2) /* between the two halves of a pair */
                assert_true(td_offsets_find(text, length, TD_UNIT_UTF16, utf16[i] + 1) == SIZE_MAX);
            if (i < n && byte[i + 1] - byte[i] > 1)
                assert_true(td_offsets_find(text, length, TD_UNIT_BYTE, byte[i] + 1) == SIZE_MAX);
        }
        assert_true(td_offsets_find(text, length, TD_UNIT_CODEPOINT, n + 1) == SIZE_MAX);
        assert_true(td_offsets_find(text, length, TD_UNIT_BYTE, length + 1) == SIZE_MAX);
    }
    td_arena_destroy(&arena);
}

static void units_have_names(void **state)
{
    enum td_unit unit;

    (void)state;
    for (int i = TD_UNIT_BYTE; i <= TD_UNIT_UTF16; i++) {
        const char *name = td_unit_name((enum td_unit)i);
        assert_int_equal(td_unit_find(name, strlen(name), &unit), 0);
        assert_int_equal(unit, i);
    }
    assert_int_equal(td_unit_find("bytes", 5, &unit), -1);
    assert_int_equal(td_unit_find("", 0, &unit), -1);
}

static void arena_aligns_and_ends(void **state)
{
    struct td_arena arena;

    (void)state;
    assert_int_equal(td_arena_init(&arena, 4096), 0);
    char *a = td_arena_alloc(&arena, 3, 1), *b = td_arena_alloc(&arena, 8, 64);
    assert_int_equal((uintptr_t)b % 64, 0);
    assert_true(b >= a + 3);
    assert_null(td_arena_alloc(&arena, 4096, 1));
    assert_null(td_arena_alloc(&arena, SIZE_MAX, 8));
    assert_non_null(td_arena_alloc(&arena, 4096 - arena.used, 1));
    assert_null(td_arena_alloc(&arena, 1, 1));
    td_arena_reset(&arena);
    assert_ptr_equal(td_arena_alloc(&arena, 1, 1), a);
    td_arena_destroy(&arena);
}

static void long_errors_are_cut_between_characters(void **state)
{
    struct td_err err;
    char text[1200];

    (void)state;
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 4);
    assert_int_equal(td_fail(&err, TD_E_BAD_REQUEST, "x%s", text), TD_E_BAD_REQUEST);
    assert_int_equal(td_utf8_check(err.text, strlen(err.text), NULL), strlen(err.text));
    assert_in_range(strlen(err.text), 500, 511);
    assert_int_equal(td_fail(NULL, TD_E_INTERNAL, "nobody listens"), TD_E_INTERNAL);
}

static void codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(td_code_name(TD_E_PLUGIN_CRASHED), "PLUGIN_CRASHED");
    assert_true(td_code_is_retryable(TD_E_OVERLOADED));
    assert_false(td_code_is_retryable(TD_E_BAD_REQUEST));
    for (int code = TD_OK; code <= TD_E_IN_USE; code++)
        assert_true(strlen(td_code_meaning((enum td_code)code)) > 3);
    assert_string_equal(td_code_name((enum td_code)999), "UNKNOWN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_names_the_first_bad_byte),
        cmocka_unit_test(utf8_is_checked_at_each_place_of_each_length),
        cmocka_unit_test(utf8_is_made_plain),
        cmocka_unit_test(counts_units),
        cmocka_unit_test(cut_keeps_characters_whole),
        cmocka_unit_test(offsets_agree_with_counting),
        cmocka_unit_test(units_have_names),
        cmocka_unit_test(arena_aligns_and_ends),
        cmocka_unit_test(long_errors_are_cut_between_characters),
        cmocka_unit_test(codes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
