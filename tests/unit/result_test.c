/* result_test.c: the typed writer encodes what it is told, holds plugins to the rules of the ABI, and remembers the first
 * breach; layers likewise. */
#include "tests/unit/unit.h"

#include <math.h>
#include <stdlib.h>

#include "daemon/worker/document.h"
#include "daemon/worker/result.h"

static struct td_arena arena;
static struct td_document doc;
static struct td_buf out;
static const char *const declared[] = { "words/1", "other/1", NULL };

static int setup(void **state)
{
    (void)state;
    return td_arena_init(&arena, 1 << 20);
}

static int teardown(void **state)
{
    (void)state;
    td_arena_destroy(&arena);
    td_buf_free(&out);
    return 0;
}

static void begin(const char *text, enum td_unit unit)
{
    td_buf_free(&out);
    out.limit = 1 << 20;
    td_document_reset(&doc, &arena);
    assert_int_equal(td_document_set_text(&doc, text, (uint32_t)strlen(text), unit, 0, NULL), TD_OK);
    doc.plugin = 0;
    doc.adds_layers = declared;
    td_result_begin(&doc, &out, 4096);
}

static void assert_encoded(const char *bytes, size_t length)
{
    assert_int_equal(td_result_end(&doc), TEXTD_OK);
    assert_int_equal(out.length, length);
    assert_memory_equal(out.bytes, bytes, length);
}

static void assert_mistake(const char *words)
{
    assert_int_equal(td_result_end(&doc), TEXTD_INVALID);
    if (!strstr(doc.mistake.text, words))
        fail_msg("'%s' is not in '%s'", words, doc.mistake.text);
}

static void values_are_encoded(void **state)
{
    struct textd_doc *d = &doc.shown;

    (void)state;
    begin("h\xc3\xa9llo", TD_UNIT_CODEPOINT);
    td_result_map_begin(d);
    td_result_write_key(d, "a");
    td_result_array_begin(d);
    td_result_write_integer(d, -1);
    td_result_write_bool(d, 1);
    td_result_write_nil(d);
    td_result_write_span(d, (struct textd_span) { 1, 3 });
    td_result_write_offset(d, 6);
    td_result_array_end(d);
    td_result_write_key(d, "b");
    td_result_write_slice(d, (struct textd_span) { 1, 3 });
    td_result_write_key(d, "c");
    td_result_write_number(d, 0.5);
    td_result_map_end(d);
    assert_encoded("\x83\xa1"
                   "a\x95\xff\xc3\xc0\x92\x01\x02\x05\xa1"
                   "b\xa2\xc3\xa9\xa1"
                   "c\xcb\x3f\xe0\0\0\0\0\0\0",
                   27);
}

static void texts_have_the_head_of_their_length(void **state)
{
    static const uint32_t lengths[] = { 0, 1, 31, 32, 255, 256, 65535, 65536 };
    static char text[65536];

    (void)state;
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct td_buf meant = { .limit = 1 << 20 };
        msgpack_packer packer = td_buf_packer(&meant);
        td_pack_bytes(&packer, text, lengths[i]);
        begin("", TD_UNIT_CODEPOINT);
        td_result_begin(&doc, &out, 1 << 18);
        td_result_write_text(&doc.shown, text, lengths[i]);
        assert_encoded(meant.bytes, meant.length);
        td_buf_free(&meant);
    }
}

static void texts_are_checked_to_the_last_byte(void **state)
{
    (void)state;
    for (size_t length = 1; length < 40; length++)
        for (size_t at = 0; at < length; at++) {
            char *text = malloc(length);
            assert_non_null(text);
            memset(text, 'a', length);
            text[at] = (char)0xC3;
            begin("", TD_UNIT_CODEPOINT);
            td_result_write_text(&doc.shown, text, length);
            assert_mistake("not valid UTF-8");
            text[at] = 'a';
            if (at + 1 < length)
                memcpy(text + at, "\xC3\xA9", 2);
            begin("", TD_UNIT_CODEPOINT);
            td_result_write_text(&doc.shown, text, length);
            assert_int_equal(td_result_end(&doc), TEXTD_OK);
            assert_memory_equal(out.bytes + out.length - length, text, length);
            free(text);
        }
}

static void nothing_written_is_nil(void **state)
{
    (void)state;
    begin("a", TD_UNIT_BYTE);
    assert_encoded("\xc0", 1);
}

static void large_containers_have_large_heads(void **state)
{
    (void)state;
    begin("a", TD_UNIT_BYTE);
    td_result_array_begin(&doc.shown);
    for (int i = 0; i < 16; i++)
        td_result_write_integer(&doc.shown, 7);
    td_result_array_end(&doc.shown);
    assert_encoded("\xdd\0\0\0\x10\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7", 21);
}

/* Each is a way in which a plugin can be wrong. */
static void value_without_key(struct textd_doc *d)
{
    td_result_map_begin(d);
    td_result_write_integer(d, 1);
}

static void key_without_value(struct textd_doc *d)
{
    td_result_map_begin(d);
    td_result_write_key(d, "k");
    td_result_map_end(d);
}

static void key_in_array(struct textd_doc *d)
{
    td_result_array_begin(d);
    td_result_write_key(d, "k");
}

static void end_without_begin(struct textd_doc *d)
{
    td_result_map_end(d);
}

static void wrong_end(struct textd_doc *d)
{
    td_result_array_begin(d);
    td_result_map_end(d);
}

static void no_end(struct textd_doc *d)
{
    td_result_array_begin(d);
}

static void two_values(struct textd_doc *d)
{
    td_result_write_nil(d);
    td_result_write_nil(d);
}

static void too_deep(struct textd_doc *d)
{
    for (int i = 0; i < 17; i++)
        td_result_array_begin(d);
}

static void not_a_number(struct textd_doc *d)
{
    td_result_write_number(d, NAN);
}

static void invalid_text(struct textd_doc *d)
{
    td_result_write_text(d, "\xff", 1);
}

static void offset_inside(struct textd_doc *d)
{
    td_result_write_offset(d, 2);
}

static void offset_behind(struct textd_doc *d)
{
    td_result_write_offset(d, 7);
}

static void slice_backwards(struct textd_doc *d)
{
    td_result_write_slice(d, (struct textd_span) { 3, 1 });
}

static void too_large(struct textd_doc *d)
{
    td_result_array_begin(d);
    for (int i = 0; i < 4096; i++)
        td_result_write_integer(d, 1);
    td_result_array_end(d);
}

static void text_too_large(struct textd_doc *d)
{
    td_result_write_text(d, "x", UINT64_MAX);
}

static void a_breach_is_told(void **state)
{
    static const struct {
        void (*write)(struct textd_doc *);
        const char *words;
    } cases[] = {
        { value_without_key, "a value without a key" },
        { key_without_value, "ends a map that was not begun or waits for a value" },
        { key_in_array, "has the key 'k' where none belongs" },
        { end_without_begin, "ends a map that was not begun" },
        { wrong_end, "ends a map that was not begun" },
        { no_end, "has 1 arrays or maps without an end" },
        { two_values, "two values at the top" },
        { too_deep, "nested deeper than 16" },
        { not_a_number, "not finite" },
        { invalid_text, "not valid UTF-8" },
        { offset_inside, "the offset 2, which is inside a character" },
        { offset_behind, "the offset 7, which is behind the text" },
        { slice_backwards, "a slice [3, 1)" },
        { too_large, "larger than limits.reply_bytes" },
        { text_too_large, "larger than limits.reply_bytes" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        begin("h\xc3\xa9llo", TD_UNIT_BYTE);
        cases[i].write(&doc.shown);
        td_result_write_nil(&doc.shown); /* what comes after a breach changes nothing */
        if (doc.mistake.code == TD_OK && cases[i].write == no_end)
            td_result_end(&doc);
        assert_mistake(cases[i].words);
    }
}

static struct textd_span *spans(uint32_t n)
{
    return td_arena_alloc(&arena, n * sizeof(struct textd_span), 8);
}

static void layers_are_checked(void **state)
{
    (void)state;
    begin("h\xc3\xa9llo", TD_UNIT_BYTE);
    struct textd_span *s = spans(2);
    s[0] = (struct textd_span) { 0, 1 };
    s[1] = (struct textd_span) { 1, 3 };
    assert_int_equal(td_document_add_layer(&doc, "words/1", s, 2), TEXTD_OK);
    assert_int_equal(td_document_layer(&doc, "words/1")->count, 2);
    assert_int_equal(td_document_add_layer(&doc, "words/1", s, 2), TEXTD_INVALID);
    assert_mistake("which is there already");

    begin("h\xc3\xa9llo", TD_UNIT_BYTE);
    assert_int_equal(td_document_add_layer(&doc, "secret/1", NULL, 0), TEXTD_INVALID);
    assert_mistake("does not declare");

    static const struct {
        struct textd_span spans[2];
        const char *words;
    } wrong[] = {
        { { { 0, 2 }, { 3, 4 } }, "cuts a character" },
        { { { 3, 4 }, { 0, 1 } }, "starts before the one in front" },
        { { { 0, 1 }, { 3, 9 } }, "in a text of 6 bytes" },
        { { { 1, 0 }, { 3, 4 } }, "[1, 0)" },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        begin("h\xc3\xa9llo", TD_UNIT_BYTE);
        assert_int_equal(td_document_add_layer(&doc, "words/1", wrong[i].spans, 2), TEXTD_INVALID);
        assert_mistake(wrong[i].words);
    }
}

static void columns_belong_to_who_added_the_layer(void **state)
{
    static const float scores[1] = { 0.5f };

    (void)state;
    begin("hello", TD_UNIT_BYTE);
    struct textd_span *s = spans(1);
    s[0] = (struct textd_span) { 0, 5 };
    assert_int_equal(td_document_add_layer(&doc, "words/1", s, 1), TEXTD_OK);
    assert_int_equal(td_document_add_column(&doc, "words/1", "score", TEXTD_F32, scores), TEXTD_OK);
    doc.plugin = 1;
    assert_int_equal(td_document_add_column(&doc, "words/1", "mine", TEXTD_F32, scores), TEXTD_INVALID);
    assert_mistake("which it has not added");
    td_document_drop_layers(&doc, 0);
    assert_null(td_document_layer(&doc, "words/1"));
}

/* A warning as it is kept: its length, behind it the words. */
static void assert_warning(const char **at, const char *words)
{
    size_t length = (unsigned char)(*at)[1];

    assert_int_equal((unsigned char)(*at)[0], 0xd9);
    assert_int_equal(length, strlen(words));
    assert_memory_equal(*at + 2, words, length);
    *at += 2 + length;
}

static void warnings_are_short_plain_lines(void **state)
{
    char words[300], want[TD_MAX_WARNING_BYTES + 1] = "shout: ";
    const char *at = doc.told.packed;

    (void)state;
    begin("", TD_UNIT_BYTE);
    td_document_warn(&doc, "shout", "tr\xc3\xa8s\nfort", 10);
    assert_warning(&at, "shout: tr\xc3\xa8s fort");
    td_document_warn(&doc, "shout", "a\xff\0b\x1b[1m", 8);
    assert_warning(&at, "shout: a??b?[1m");
    td_document_warn(&doc, "shout", NULL, 0);
    assert_warning(&at, "shout: ");

    /* 193 bytes have room: the character in which they end goes as a whole. */
    memset(words, 'x', sizeof words);
    memset(want + 7, 'x', 193);
    td_document_warn(&doc, "shout", words, 193);
    assert_warning(&at, want);
    td_document_warn(&doc, "shout", words, sizeof words);
    assert_warning(&at, want);
    memcpy(words + 190, "\xf0\x9f\x98\x80", 4);
    want[7 + 190] = 0;
    td_document_warn(&doc, "shout", words, sizeof words);
    assert_warning(&at, want);
    memset(words, 0x80, sizeof words); /* no end of a character is ever found */
    memset(want + 7, '?', 190);
    td_document_warn(&doc, "shout", words, sizeof words);
    assert_warning(&at, want);
    assert_int_equal(doc.told.n, 7);
    assert_ptr_equal(at, doc.told.packed + doc.told.length);
    for (int i = 0; i < 5; i++)
        td_document_warn(&doc, "shout", words, 1);
    assert_int_equal(doc.told.n, TD_MAX_WARNINGS);
    assert_int_equal(doc.told.beyond, 4);
    td_document_reset(&doc, &arena);
    assert_int_equal(doc.told.n + doc.told.beyond + doc.told.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_encoded),
        cmocka_unit_test(texts_have_the_head_of_their_length),
        cmocka_unit_test(texts_are_checked_to_the_last_byte),
        cmocka_unit_test(nothing_written_is_nil),
        cmocka_unit_test(large_containers_have_large_heads),
        cmocka_unit_test(a_breach_is_told),
        cmocka_unit_test(layers_are_checked),
        cmocka_unit_test(columns_belong_to_who_added_the_layer),
        cmocka_unit_test(warnings_are_short_plain_lines),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
