/* sentiment_plugin_test.c: the sentiment plugin against a host that fails when it is told to: what the result looks like
 * for each option, and that each way to fail is explained. What the scores are is sentiment_test.c's matter. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "textd/plugin.h"
#include "textd/warn.h"

/* ---- A host ---- */

/* What the host should do wrong. */
static struct {
    const char *missing_resource;
    const char *damaged_resource;
    const char *missing_layer;
    int missing_column;
    int no_memory;
    int stop_at_poll; /* from this one on; 0: never */
} fault;

static int polls;
static uint64_t allocated;
static char explained[401], written[100000];
static size_t written_length;
static struct textd_span sentence_spans[5000], token_spans[20000], entity_spans[1] = { { 0, 4 } };
static uint8_t token_kinds[20000];
static uint32_t n_sentences, n_tokens;

static void put(const char *text)
{
    size_t n = strlen(text);

    if (written_length + n < sizeof written) {
        memcpy(written + written_length, text, n + 1);
        written_length += n;
    }
}

static void *host_alloc(struct textd_doc *doc, uint64_t bytes, uint64_t align)
{
    static uint64_t memory[100000];

    (void)doc;
    (void)align;
    allocated += (bytes + 7) / 8;
    if (fault.no_memory || allocated > sizeof memory / sizeof memory[0])
        return NULL;
    return memory + allocated - (bytes + 7) / 8;
}

static int is_missing(const char *layer)
{
    return fault.missing_layer && strcmp(layer, fault.missing_layer) == 0;
}

static int32_t host_layer_get(struct textd_doc *doc, const char *name, struct textd_layer *layer)
{
    (void)doc;
    assert_int_equal(layer->size, sizeof *layer);
    if (is_missing(name) || strcmp(name, TEXTD_LANGUAGE) == 0)
        return TEXTD_NOT_FOUND;
    if (strcmp(name, TEXTD_TOKENS) == 0)
        *layer = (struct textd_layer) { sizeof *layer, n_tokens, token_spans };
    else if (strcmp(name, TEXTD_SENTENCES) == 0)
        *layer = (struct textd_layer) { sizeof *layer, n_sentences, sentence_spans };
    else
        *layer = (struct textd_layer) { sizeof *layer, 1, entity_spans };
    return TEXTD_OK;
}

static const void *host_column_get(struct textd_doc *doc, const char *layer, const char *column, uint32_t type)
{
    (void)doc;
    assert_string_equal(layer, TEXTD_TOKENS);
    assert_string_equal(column, "kind");
    assert_int_equal(type, TEXTD_U8);
    return fault.missing_column ? NULL : token_kinds;
}

static void host_map_begin(struct textd_doc *doc)
{
    (void)doc;
    put("{");
}

static void host_map_end(struct textd_doc *doc)
{
    (void)doc;
    put("}");
}

static void host_array_begin(struct textd_doc *doc)
{
    (void)doc;
    put("[");
}

static void host_array_end(struct textd_doc *doc)
{
    (void)doc;
    put("]");
}

static void host_write_key(struct textd_doc *doc, const char *key)
{
    (void)doc;
    put(key);
    put(":");
}

static void host_write_text(struct textd_doc *doc, const char *bytes, uint64_t length)
{
    char text[50];

    (void)doc;
    snprintf(text, sizeof text, "'%.*s' ", (int)length, bytes);
    put(text);
}

static void host_write_number(struct textd_doc *doc, double value)
{
    (void)doc;
    assert_true(value >= -1 && value <= 1);
    put(value < 0 ? "- " : value > 0 ? "+ " : "0 ");
}

static void host_write_integer(struct textd_doc *doc, int64_t value)
{
    char text[24];

    (void)doc;
    snprintf(text, sizeof text, "%lld ", (long long)value);
    put(text);
}

static void host_write_nil(struct textd_doc *doc)
{
    (void)doc;
    put("nil ");
}

static char warned[250];

static void host_warn(struct textd_doc *doc, const char *text, uint64_t length)
{
    (void)doc;
    snprintf(warned, sizeof warned, "%.*s", (int)length, text);
}

static const void *host_extension(const char *id)
{
    static const struct textd_warn warnings = { .size = sizeof warnings, .warn = host_warn };

    return strcmp(id, TEXTD_WARN) == 0 ? &warnings : NULL;
}

static void host_write_offset(struct textd_doc *doc, uint32_t offset)
{
    char text[20];

    assert_true(offset <= doc->text_length);
    snprintf(text, sizeof text, "%u ", offset);
    put(text);
}

static int32_t host_should_stop(struct textd_doc *doc)
{
    (void)doc;
    polls++;
    return fault.stop_at_poll && polls >= fault.stop_at_poll;
}

static void host_explain(const char *text, uint64_t length)
{
    snprintf(explained, sizeof explained, "%.*s", (int)length, text);
}

static int32_t host_resource(const char *name, struct textd_resource *resource)
{
    static _Alignas(8) char bytes[1 << 22];
    char path[500];
    FILE *file;

    assert_int_equal(resource->size, sizeof *resource);
    if (fault.missing_resource && strcmp(name, fault.missing_resource) == 0) {
        host_explain(name, strlen(name));
        return TEXTD_NOT_FOUND;
    }
    if (fault.damaged_resource && strcmp(name, fault.damaged_resource) == 0) {
        resource->data = "good\tgood\n";
        resource->length = 10;
        return TEXTD_OK;
    }
    if (strcmp(name, "own.txt") == 0) {
        resource->data = "Bolt\t1\n";
        resource->length = 7;
        return TEXTD_OK;
    }
    snprintf(path, sizeof path, TEXTD_SOURCE_DIR "/plugins/sentiment/%s", name);
    file = fopen(path, "rb");
    assert_non_null(file);
    resource->length = fread(bytes, 1, sizeof bytes, file);
    resource->data = bytes;
    fclose(file);
    return TEXTD_OK;
}

static const struct textd_host host = {
    .size = sizeof host,
    .abi_major = TEXTD_ABI_MAJOR,
    .alloc = host_alloc,
    .layer_get = host_layer_get,
    .column_get = host_column_get,
    .map_begin = host_map_begin,
    .map_end = host_map_end,
    .array_begin = host_array_begin,
    .array_end = host_array_end,
    .write_key = host_write_key,
    .write_text = host_write_text,
    .write_number = host_write_number,
    .write_integer = host_write_integer,
    .write_nil = host_write_nil,
    .extension = host_extension,
    .write_offset = host_write_offset,
    .should_stop = host_should_stop,
    .explain = host_explain,
    .resource = host_resource,
};

/* ---- A document ---- */

/* Tokens are what stands between blanks; "." ends a sentence. */
static void split(const char *text)
{
    uint32_t length = (uint32_t)strlen(text), from = 0;

    n_tokens = n_sentences = 0;
    for (uint32_t at = 0, end; at < length; at = end + 1) {
        end = at + (uint32_t)strcspn(text + at, " ");
        token_spans[n_tokens] = (struct textd_span) { at, end };
        token_kinds[n_tokens++] = text[at] == '.' ? TEXTD_TOKEN_PUNCT : TEXTD_TOKEN_WORD;
        if (text[at] != '.')
            continue;
        sentence_spans[n_sentences++] = (struct textd_span) { from, end };
        from = end;
    }
}

static struct textd_value text_value(const char *text)
{
    return (struct textd_value) { TEXTD_TEXT, (uint32_t)strlen(text), 0, 0, text };
}

static const char *domain = "auto";
static int with_reasons;
static const char *languages = "known";
static const char *form = "list";
static double thresholds[2] = { 0.05, 0 };

static int32_t process(void *self, const char *text, const char *level, const char *lang)
{
    const struct textd_value values[] = {
        text_value(level),
        { TEXTD_FLOAT, 0, 0, thresholds[0], NULL },
        { TEXTD_FLOAT, 0, 0, thresholds[1], NULL },
        text_value(domain),
        { TEXTD_BOOL, 0, with_reasons, 0, NULL },
        text_value(""),
        text_value(languages),
        { TEXTD_FLOAT, 0, 0, 0, NULL },
        text_value(form),
    };
    struct textd_doc doc = {
        .size = sizeof doc,
        .text_length = (uint32_t)strlen(text),
        .text = text,
        .options = values,
        .lang = lang,
        .lang_length = (uint32_t)strlen(lang),
    };

    split(text);
    polls = 0;
    allocated = 0;
    written_length = 0;
    written[0] = explained[0] = warned[0] = '\0';
    return textd_plugin_v1.process(self, &doc);
}

static int32_t create(const char *words, void **self)
{
    const struct textd_value values[] = {
        text_value("entity"), { TEXTD_FLOAT, 0, 0, 0.05, NULL }, { TEXTD_FLOAT, 0, 0, 0, NULL },
        text_value("auto"),   { TEXTD_BOOL, 0, 0, 0, NULL },     text_value(words),
        text_value("known")
    };

    return textd_plugin_v1.create(&host, values, self);
}

static void *make(void)
{
    void *self = NULL;

    assert_int_equal(create("", &self), TEXTD_OK);
    assert_non_null(self);
    return self;
}

static int no_fault(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    domain = "auto";
    languages = "known";
    form = "list";
    with_reasons = 0;
    thresholds[0] = 0.05;
    thresholds[1] = 0;
    explained[0] = '\0';
    return 0;
}

/* ---- Tests ---- */

static const char *const text = "Acme is good . Bolt is bad .";

static void the_selftest_passes(void **state)
{
    void *self = make();

    (void)state;
    assert_int_equal(textd_plugin_v1.selftest(self), TEXTD_OK);
    textd_plugin_v1.destroy(self);
}

static void the_result_has_the_detail_that_was_asked_for(void **state)
{
    const char *document = "{score:- label:'neutral' confidence:+ domain:'social' }";
    const char *sentence = "{score:- label:'neutral' confidence:+ domain:'social' sentences:["
                           "{start:0 end:14 score:+ label:'positive' confidence:+ }"
                           "{start:14 end:28 score:- label:'negative' confidence:+ }]}";
    const char *entity = "{score:- label:'neutral' confidence:+ domain:'social' sentences:["
                         "{start:0 end:14 score:+ label:'positive' confidence:+ }"
                         "{start:14 end:28 score:- label:'negative' confidence:+ }]"
                         "entities:[{start:0 end:4 score:+ label:'positive' confidence:+ }]}";
    void *self = make();

    (void)state;
    domain = "social";
    assert_int_equal(process(self, text, "document", ""), TEXTD_OK);
    assert_string_equal(written, document);
    assert_int_equal(process(self, text, "sentence", "en"), TEXTD_OK);
    assert_string_equal(written, sentence);
    assert_int_equal(process(self, text, "entity", "en-GB"), TEXTD_OK);
    assert_string_equal(written, entity);
    fault.missing_layer = TEXTD_ENTITIES; /* an optional need */
    assert_int_equal(process(self, text, "entity", ""), TEXTD_OK);
    assert_string_equal(written, sentence);
    textd_plugin_v1.destroy(self);
}

static void columns_have_what_lists_have(void **state)
{
    void *self = make();

    (void)state;
    domain = "social";
    form = "columns";
    assert_int_equal(process(self, text, "entity", "en"), TEXTD_OK);
    assert_string_equal(
        written, "{score:- label:'neutral' confidence:+ domain:'social' labels:['negative' 'neutral' 'positive' ]"
                 "columns:{sentences:{start:[0 14 ]end:[14 28 ]score:[+ - ]label:[2 0 ]confidence:[+ + ]}"
                 "entities:{start:[0 ]end:[4 ]score:[+ ]label:[2 ]confidence:[+ ]}}}");
    assert_int_equal(process(self, text, "document", "en"), TEXTD_OK);
    assert_string_equal(
        written,
        "{score:- label:'neutral' confidence:+ domain:'social' labels:['negative' 'neutral' 'positive' ]columns:{}}");
    assert_int_equal(process(self, text, "sentence", "de"), TEXTD_OK);
    assert_string_equal(written,
                        "{score:nil label:nil confidence:nil domain:nil labels:['negative' 'neutral' 'positive' ]"
                        "columns:{sentences:{start:[]end:[]score:[]label:[]confidence:[]}}}");
    textd_plugin_v1.destroy(self);
}

static void an_empty_document_is_neutral(void **state)
{
    void *self = make();

    (void)state;
    fault.missing_layer = TEXTD_ENTITIES;
    domain = "social";
    assert_int_equal(process(self, "", "entity", ""), TEXTD_OK);
    assert_string_equal(written, "{score:0 label:'neutral' confidence:0 domain:'social' sentences:[]}");
    textd_plugin_v1.destroy(self);
}

static void other_languages_are_not_judged_by_english_words(void **state)
{
    static const char *const others[] = { "de", "de-CH", "enm" };
    void *self = make();

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        languages = "known";
        assert_int_equal(process(self, "Gift is bad .", "document", others[i]), TEXTD_OK);
        assert_string_equal(written, "{score:nil label:nil confidence:nil domain:nil }");
        assert_non_null(strstr(warned, i < 2 ? "the text is in German (de" : "the text is in another language (enm)"));
        languages = "any"; /* of what the client calls German still only what isn't words is read */
        assert_int_equal(process(self, "Gift is bad .", "document", others[i]), TEXTD_OK);
        assert_non_null(strstr(written, "{score:0 label:'neutral' confidence:0 "));
        assert_string_equal(warned, "");
    }
    languages = "known";
    with_reasons = 1;
    assert_int_equal(process(self, "Gift is bad .", "entity", "de"), TEXTD_OK);
    assert_string_equal(written, "{score:nil label:nil confidence:nil domain:nil sentences:[]entities:[]reasons:[]}");
    assert_int_equal(process(self, "Gift is bad .", "document", "en-GB"), TEXTD_OK);
    assert_non_null(strstr(written, "negative"));
    assert_string_equal(warned, "");
    textd_plugin_v1.destroy(self);
}

static void missing_and_damaged_resources_are_explained(void **state)
{
    static const char *const names[] = { "sentiment.model", "own.txt" };
    void *self = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        no_fault(state);
        fault.missing_resource = names[i];
        assert_int_equal(create("own.txt", &self), TEXTD_NOT_FOUND);
        assert_null(self);
        no_fault(state);
        fault.damaged_resource = names[i];
        assert_int_equal(create("own.txt", &self), TEXTD_FAILED);
        assert_null(self);
        assert_memory_equal(explained, names[i], strlen(names[i]));
    }
    assert_string_equal(explained, "own.txt:1: 'good' is no number; write a word, a tab and a number from -1 to 1");
}

static void the_operators_words_count(void **state)
{
    void *self = NULL;

    (void)state;
    assert_int_equal(create("own.txt", &self), TEXTD_OK);
    assert_int_equal(textd_plugin_v1.selftest(self), TEXTD_OK);
    assert_int_equal(process(self, "It is Bolt .", "document", ""), TEXTD_OK);
    assert_non_null(strstr(written, "positive"));
    textd_plugin_v1.destroy(self);
}

static void the_reasons_are_written_when_asked_for(void **state)
{
    void *self = make();

    (void)state;
    with_reasons = 1;
    assert_int_equal(process(self, "It is not good .", "document", ""), TEXTD_OK);
    assert_non_null(strstr(written, "reasons:[{start:"));
    assert_non_null(strstr(written, "contribution:- rules:['negated' ]}"));
    textd_plugin_v1.destroy(self);
}

static void thresholds_decide_labels(void **state)
{
    void *self = make();

    (void)state;
    thresholds[0] = 1;
    assert_int_equal(process(self, "It is bad .", "document", ""), TEXTD_OK);
    assert_non_null(strstr(written, "neutral")); /* they go with each other */
    thresholds[1] = -0.05;
    assert_int_equal(process(self, "It is bad .", "document", ""), TEXTD_OK);
    assert_non_null(strstr(written, "negative"));
    assert_int_equal(process(self, "It is good .", "document", ""), TEXTD_OK);
    assert_non_null(strstr(written, "neutral"));
    textd_plugin_v1.destroy(self);
}

static void the_domain_that_is_told_counts(void **state)
{
    static const char *const domains[] = { "social", "review", "news" };
    void *self = make();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char want[40];
        domain = domains[i];
        snprintf(want, sizeof want, "domain:'%s'", domains[i]);
        assert_int_equal(process(self, text, "document", ""), TEXTD_OK);
        assert_non_null(strstr(written, want));
    }
    textd_plugin_v1.destroy(self);
}

static void failures_of_a_document_are_explained(void **state)
{
    void *self = make();

    no_fault(state);
    fault.no_memory = 1;
    assert_int_equal(process(self, text, "entity", ""), TEXTD_NO_MEMORY);
    assert_non_null(strstr(explained, "2 sentences"));
    no_fault(state);
    fault.missing_layer = TEXTD_TOKENS;
    assert_int_equal(process(self, text, "entity", ""), TEXTD_FAILED);
    assert_non_null(strstr(explained, TEXTD_TOKENS));
    no_fault(state);
    fault.missing_column = 1;
    assert_int_equal(process(self, text, "entity", ""), TEXTD_FAILED);
    assert_non_null(strstr(explained, "kind"));
    no_fault(state);
    fault.missing_layer = TEXTD_SENTENCES;
    assert_int_equal(process(self, text, "entity", ""), TEXTD_FAILED);
    assert_non_null(strstr(explained, TEXTD_SENTENCES));
    textd_plugin_v1.destroy(self);
}

static void it_stops_when_told_wherever_it_is(void **state)
{
    static char many[40000];
    void *self = make();
    int all;

    no_fault(state);
    for (int i = 0; i < 4500; i++)
        strcat(many, "Good . ");
    many[strlen(many) - 1] = '\0';
    assert_int_equal(process(self, many, "document", ""), TEXTD_OK);
    all = polls;
    assert_int_equal(process(self, many, "sentence", ""), TEXTD_OK);
    assert_true(polls > all); /* it polls while it writes, too */
    for (int at = 1; at <= all + 1; at += all / 7) {
        fault.stop_at_poll = at;
        assert_int_equal(process(self, many, "sentence", ""), TEXTD_STOPPED);
        assert_non_null(strstr(explained, "stopped"));
    }
    fault.stop_at_poll = all + 1;
    assert_int_equal(process(self, many, "sentence", ""), TEXTD_STOPPED);
    assert_non_null(strstr(explained, "writing sentences"));
    textd_plugin_v1.destroy(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_selftest_passes, no_fault),
        cmocka_unit_test_setup(the_result_has_the_detail_that_was_asked_for, no_fault),
        cmocka_unit_test_setup(columns_have_what_lists_have, no_fault),
        cmocka_unit_test_setup(an_empty_document_is_neutral, no_fault),
        cmocka_unit_test_setup(other_languages_are_not_judged_by_english_words, no_fault),
        cmocka_unit_test_setup(missing_and_damaged_resources_are_explained, no_fault),
        cmocka_unit_test_setup(the_operators_words_count, no_fault),
        cmocka_unit_test_setup(the_reasons_are_written_when_asked_for, no_fault),
        cmocka_unit_test_setup(thresholds_decide_labels, no_fault),
        cmocka_unit_test_setup(the_domain_that_is_told_counts, no_fault),
        cmocka_unit_test_setup(failures_of_a_document_are_explained, no_fault),
        cmocka_unit_test_setup(it_stops_when_told_wherever_it_is, no_fault),
    };

    return cmocka_run_group_tests_name("sentiment plugin", tests, NULL, NULL);
}
