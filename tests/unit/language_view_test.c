/* language_view_test.c: what the plugins that know only English take for another language, and what of a text they keep. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include <textd/warn.h>

#include "plugins/lib/language.h"

/* ---- A host with one layer --------------------------------------------------------------------------------------- */

static struct textd_span spans[32];
static struct textd_text codes[32];
static float scores[32], foreign[32];
static uint32_t n_spans;
static int has_layer, has_foreign, has_memory, has_warn;
static char warned[300];
static _Alignas(8) char memory[4096];
static size_t used;

static void *host_alloc(struct textd_doc *doc, uint64_t bytes, uint64_t align)
{
    void *at = memory + used;

    (void)doc, (void)align;
    used += (bytes + 7) & ~(uint64_t)7;
    return has_memory && used <= sizeof memory ? at : NULL;
}

static int32_t host_layer_get(struct textd_doc *doc, const char *name, struct textd_layer *layer)
{
    (void)doc;
    assert_string_equal(name, TEXTD_LANGUAGE);
    *layer = (struct textd_layer) { sizeof *layer, n_spans, spans };
    return has_layer ? TEXTD_OK : TEXTD_NOT_FOUND;
}

static const void *host_column_get(struct textd_doc *doc, const char *layer, const char *column, uint32_t type)
{
    (void)doc, (void)layer;
    if (strcmp(column, "foreign") == 0)
        return has_foreign && type == TEXTD_F32 ? foreign : NULL;
    return type == TEXTD_TEXT && strcmp(column, "code") == 0 ? (const void *)codes : scores;
}

static void host_warn(struct textd_doc *doc, const char *text, uint64_t length)
{
    (void)doc;
    snprintf(warned, sizeof warned, "%.*s", (int)length, text);
}

static const void *host_extension(const char *id)
{
    static const struct textd_warn warnings = { .size = sizeof warnings, .warn = host_warn };

    return has_warn && strcmp(id, TEXTD_WARN) == 0 ? &warnings : NULL;
}

static const struct textd_host host = { .size = sizeof host,
                                        .alloc = host_alloc,
                                        .layer_get = host_layer_get,
                                        .column_get = host_column_get,
                                        .extension = host_extension };

static struct textd_doc doc;
static struct language_view view;

static void add(const char *code, float score, uint32_t length)
{
    uint32_t start = n_spans ? spans[n_spans - 1].end : 0;

    spans[n_spans] = (struct textd_span) { start, start + length };
    codes[n_spans] = (struct textd_text) { code, strlen(code) };
    scores[n_spans++] = score;
}

static int setup(void **state)
{
    static char text[400];

    (void)state;
    memset(text, 'x', sizeof text);
    doc = (struct textd_doc) { .size = sizeof doc, .text = text, .text_length = 100, .lang = "" };
    n_spans = 0;
    used = 0;
    has_layer = has_memory = has_warn = 1;
    has_foreign = 0;
    warned[0] = 0;
    return 0;
}

static void read_with(const char *lang)
{
    used = 0;
    doc.lang = lang;
    doc.lang_length = (uint32_t)strlen(lang);
    assert_int_equal(language_read(&host, &doc, &view), TEXTD_OK);
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static void the_client_goes_before_the_layer(void **state)
{
    (void)state;
    add("de", 0.99f, 100);
    read_with("en-GB");
    assert_int_equal(view.n_foreign, 0);
    read_with("");
    assert_true(view.n_foreign == 1 && view.is_most && view.is_all);
    codes[0] = (struct textd_text) { "en", 2 };
    read_with("zh-Hant");
    assert_true(view.n_foreign == 1 && view.is_most && view.is_all && view.foreign[0].end == 100);
    has_layer = 0;
    read_with("");
    assert_int_equal(view.n_foreign, 0);
    read_with("fr");
    assert_int_equal(view.n_foreign, 1);
}

static void only_what_is_sure_is_foreign(void **state)
{
    static const char *const english[] = { "en", "en-US", "und" };

    (void)state;
    for (size_t i = 0; i < COUNT(english); i++) {
        n_spans = 0;
        add(english[i], 1, 100);
        read_with("");
        assert_int_equal(view.n_foreign, 0);
    }
    n_spans = 0;
    add("nl", LANGUAGE_SURE - 0.001f, 100);
    read_with("");
    assert_int_equal(view.n_foreign, 0);
    scores[0] = LANGUAGE_SURE;
    read_with("");
    assert_int_equal(view.n_foreign, 1);
}

static void that_it_is_another_counts_and_not_which(void **state)
{
    (void)state;
    has_foreign = 1;
    add("es", 0.4f, 50);
    add("und", 0, 30);
    add("en", 1, 10);
    add("de", 1, 10);
    foreign[0] = LANGUAGE_SURE;
    foreign[1] = 0.99f;
    foreign[2] = 0;
    foreign[3] = LANGUAGE_SURE - 0.001f;
    read_with("");
    assert_true(view.n_foreign == 2 && view.is_most && !view.is_all);
    language_warn(&view, &host, &doc);
    assert_string_equal(warned,
                        "the text is in Spanish (es), and it knows English; 'languages: any' tries all the same");
    foreign[0] = 0;
    read_with("");
    language_warn(&view, &host, &doc);
    assert_string_equal(
        warned, "a part of the text is in another language, and it knows English; 'languages: any' tries all the same");
}

static void the_greater_part_decides_and_names_it(void **state)
{
    (void)state;
    add("en", 1, 40);
    add("de", 1, 15);
    add("fr", 1, 20);
    add("de", 1, 10);
    add("und", 1, 15);
    read_with("");
    assert_true(view.n_foreign == 3 && !view.is_most && !view.is_all);
    assert_memory_equal(view.code.bytes, "de", 2);
    language_warn(&view, &host, &doc);
    assert_string_equal(
        warned, "a part of the text is in German (de), and it knows English; 'languages: any' tries all the same");
    spans[0].end = spans[1].start = 30;
    read_with("");
    assert_true(view.is_most && !view.is_all);
    codes[1] = codes[3] = (struct textd_text) { "tlh", 3 };
    read_with("");
    has_warn = 0;
    warned[0] = 0;
    language_warn(&view, &host, &doc); /* a host that can't is no fault */
    assert_string_equal(warned, "");
    has_warn = 1;
    language_warn(&view, &host, &doc);
    assert_string_equal(
        warned, "the text is in another language (tlh), and it knows English; 'languages: any' tries all the same");
}

static void many_languages_are_no_fault(void **state)
{
    static char names[30][3];

    (void)state;
    for (int i = 0; i < 30; i++) {
        snprintf(names[i], sizeof names[i], "%c%c", 'a' + i % 26, 'a' + (i + 7) % 26);
        add(names[i], 1, 3);
    }
    read_with("");
    assert_int_equal(view.n_foreign, 30);
}

static void spans_go_where_their_middles_are(void **state)
{
    static const struct textd_span sentences[] = { { 0, 9 }, { 9, 12 }, { 12, 20 }, { 20, 32 }, { 32, 100 } };
    const struct textd_span *kept = sentences;
    uint32_t n = COUNT(sentences), part = 0;

    (void)state;
    add("en", 1, 10);
    add("de", 1, 10);
    add("en", 1, 10);
    add("de", 1, 70);
    read_with("");
    assert_int_equal(language_keep(&view, &host, &doc, &kept, &n), TEXTD_OK);
    assert_int_equal(n, 2);
    assert_true(kept[0].start == 0 && kept[1].start == 20);
    assert_false(language_is_foreign(&view, &part, 9));
    assert_true(language_is_foreign(&view, &part, 10));
    assert_true(language_is_foreign(&view, &part, 19));
    assert_false(language_is_foreign(&view, &part, 20));
    assert_true(language_is_foreign(&view, &part, 99));
    assert_false(language_is_foreign(&view, &part, 100));
}

static void no_memory_is_told(void **state)
{
    const struct textd_span *kept = spans;
    uint32_t n = 1;

    (void)state;
    add("de", 1, 100);
    read_with("");
    has_memory = 0;
    assert_int_equal(language_keep(&view, &host, &doc, &kept, &n), TEXTD_NO_MEMORY);
    assert_int_equal(language_read(&host, &doc, &view), TEXTD_NO_MEMORY);
    doc.lang = "de";
    doc.lang_length = 2;
    assert_int_equal(language_read(&host, &doc, &view), TEXTD_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_client_goes_before_the_layer, setup),
        cmocka_unit_test_setup(only_what_is_sure_is_foreign, setup),
        cmocka_unit_test_setup(that_it_is_another_counts_and_not_which, setup),
        cmocka_unit_test_setup(the_greater_part_decides_and_names_it, setup),
        cmocka_unit_test_setup(many_languages_are_no_fault, setup),
        cmocka_unit_test_setup(spans_go_where_their_middles_are, setup),
        cmocka_unit_test_setup(no_memory_is_told, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
