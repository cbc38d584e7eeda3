/* plugin.c: the plugin `segmenter`: sentences and tokens, on which the other plugins stand. See README.md. It is how a plugin may
 * be written: what it keeps is in an instance, a document's memory and the host come by what is handed on. */
#include <textd/explain.h>

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/language.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/runs.h"
#include "plugins/segmenter/spoken.h"
#include "plugins/segmenter/tokens.h"

#define MODEL "segmenter.model"

/* An instance: the models. They are mapped files, so there is little of it. */
struct segmenter {
    const struct textd_host *host;
    struct boundary_model english;
    struct language_model others[LANGUAGES_MOST]; /* as language_codes */
};

static int32_t open_english(struct segmenter *segmenter)
{
    struct textd_resource file = { .size = sizeof file };
    char reason[200];
    int32_t rc = segmenter->host->resource(MODEL, &file);

    if (rc != TEXTD_OK)
        return rc; /* the host has explained */
    if (model_open(&segmenter->english, file.data, file.length, reason, sizeof reason) != 0)
        return textd_explain(segmenter->host, TEXTD_FAILED, MODEL ": %s", reason);
    return TEXTD_OK;
}

static int32_t open_other(struct segmenter *segmenter, uint32_t i)
{
    struct textd_resource file = { .size = sizeof file };
    char name[40], reason[200];
    int32_t rc;

    snprintf(name, sizeof name, "segmenter-%s.model", language_codes[i]);
    if ((rc = segmenter->host->resource(name, &file)) != TEXTD_OK)
        return rc;
    if (language_open(&segmenter->others[i], file.data, file.length, reason, sizeof reason) != 0)
        return textd_explain(segmenter->host, TEXTD_FAILED, "%s: %s", name, reason);
    if (strcmp(segmenter->others[i].code, language_codes[i]) != 0)
        return textd_explain(segmenter->host, TEXTD_FAILED, "%s: it is another language's; it was mixed up", name);
    return TEXTD_OK;
}

static void destroy(void *self)
{
    free(self);
}

/* What create made when it fails is its own to free: there is no instance then. */
static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct segmenter *segmenter = calloc(1, sizeof *segmenter);

    (void)values;
    if (!segmenter)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for an instance");
    segmenter->host = host;
    model_file_ask(host);
    int32_t rc = open_english(segmenter);
    for (uint32_t i = 0; rc == TEXTD_OK && language_codes[i]; i++)
        rc = open_other(segmenter, i);
    if (rc == TEXTD_OK)
        *self = segmenter;
    else
        destroy(segmenter);
    return rc;
}

/* What the part that knows no host is given of it, for one document. */
struct borrowed {
    const struct textd_host *host;
    struct textd_doc *doc;
};

static void *alloc_in_document(void *data, uint64_t bytes)
{
    const struct borrowed *borrowed = data;

    return borrowed->host->alloc(borrowed->doc, bytes, 8);
}

static int should_stop(void *data)
{
    const struct borrowed *borrowed = data;

    return borrowed->host->should_stop(borrowed->doc);
}

static void write_spans(const struct textd_host *host, struct textd_doc *doc, const char *key,
                        const struct textd_span *spans, uint32_t count)
{
    host->write_key(doc, key);
    host->array_begin(doc);
    for (uint32_t i = 0; i < count; i++)
        host->write_span(doc, spans[i]);
    host->array_end(doc);
}

static void write_columns(const struct textd_host *host, struct textd_doc *doc, const char *key,
                          const struct textd_span *spans, uint32_t count)
{
    host->write_key(doc, key);
    host->map_begin(doc);
    host->write_key(doc, "start");
    host->array_begin(doc);
    for (uint32_t i = 0; i < count; i++)
        host->write_offset(doc, spans[i].start);
    host->array_end(doc);
    host->write_key(doc, "end");
    host->array_begin(doc);
    for (uint32_t i = 0; i < count; i++)
        host->write_offset(doc, spans[i].end);
    host->array_end(doc);
    host->map_end(doc);
}

static void write_result(const struct textd_host *host, struct textd_doc *doc, const struct segments *s,
                         int with_tokens, int in_columns)
{
    void (*write)(const struct textd_host *, struct textd_doc *, const char *, const struct textd_span *, uint32_t) =
        in_columns ? write_columns : write_spans;

    host->map_begin(doc);
    if (in_columns) {
        host->write_key(doc, "columns");
        host->map_begin(doc);
    }
    write(host, doc, "sentences", s->sentences, s->n_sentences);
    if (with_tokens)
        write(host, doc, "tokens", s->tokens, s->n_tokens);
    if (in_columns)
        host->map_end(doc);
    host->map_end(doc);
}

/* Says why the document could not be segmented. What else can go wrong the host has noted itself. */
static int32_t fail(const struct textd_host *host, int32_t rc)
{
    if (rc == TEXTD_NO_MEMORY)
        return textd_explain(
            host, rc,
            "no memory for its tokens: limits.document_memory must be at least 17 times the size of the text");
    return rc == TEXTD_STOPPED ? textd_explain(host, rc, "stopped before the whole text was segmented") : rc;
}

enum { OPTION_TOKENS, OPTION_FORM };

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct segmenter *segmenter = self;
    const struct textd_host *host = segmenter->host;
    struct borrowed borrowed = { host, doc };
    struct segments s = { .alloc = alloc_in_document, .should_stop = should_stop, .data = &borrowed };
    struct language_run *runs;
    uint32_t n_runs;
    int32_t rc;

    if ((rc = spoken_read(host, doc, segmenter->others, &runs, &n_runs)) != TEXTD_OK ||
        (rc = segment_runs(&s, &segmenter->english, runs, n_runs, doc->text, doc->text_length)) != TEXTD_OK)
        return fail(host, rc);
    if ((rc = host->layer_add(doc, TEXTD_TOKENS, s.tokens, s.n_tokens)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_TOKENS, "kind", TEXTD_U8, s.kinds)) != TEXTD_OK ||
        (rc = host->layer_add(doc, TEXTD_SENTENCES, s.sentences, s.n_sentences)) != TEXTD_OK)
        return fail(host, rc);
    write_result(host, doc, &s, doc->options[OPTION_TOKENS].integer != 0, doc->options[OPTION_FORM].text[0] == 'c');
    return TEXTD_OK;
}

/* The self-test has no document; a block of its own stands in. */
struct block {
    char bytes[4096];
    uint64_t used;
};

static void *alloc_in_block(void *data, uint64_t bytes)
{
    struct block *block = data;
    void *memory = block->bytes + block->used;

    if (bytes > sizeof block->bytes - block->used)
        return NULL;
    block->used += (bytes + 7) & ~(uint64_t)7;
    return memory;
}

static int never_stop(void *data)
{
    (void)data;
    return 0;
}

/* A text in a language, NULL for English, and what is to be found in it. */
static int32_t check_sample(const struct segmenter *segmenter, const struct language_model *language, const char *text,
                            uint32_t n_tokens, uint32_t n_sentences)
{
    _Alignas(8) struct block block;
    struct segments s = { .alloc = alloc_in_block, .should_stop = never_stop, .data = &block };
    uint32_t length = (uint32_t)strlen(text);
    struct language_run run = { length, language };

    block.used = 0;
    if (segment_runs(&s, &segmenter->english, &run, 1, text, length) == TEXTD_OK && s.n_tokens == n_tokens &&
        s.n_sentences == n_sentences)
        return TEXTD_OK;
    return textd_explain(segmenter->host, TEXTD_FAILED,
                         "the sample in %s has %u tokens in %u sentences; found %u in %u",
                         language ? language->code : "en", n_tokens, n_sentences, s.n_tokens, s.n_sentences);
}

static int32_t selftest(void *self)
{
    const struct segmenter *segmenter = self;
    const struct language_model *french = &segmenter->others[language_find("fr", 2)];
    int32_t rc = check_sample(segmenter, NULL, "Dr. Ada Byrne didn't pay $3.50. Why?", 11, 2);

    return rc == TEXTD_OK ? check_sample(segmenter, french, "L'homme d'en face rit. Pourquoi ?", 9, 2) : rc;
}

static const char *const needs[] = { LANGUAGE_NEED, NULL };
static const char *const adds[] = { TEXTD_SENTENCES, TEXTD_TOKENS, NULL };

static const char *const forms[] = { "list", "columns", NULL };

static const struct textd_option options[] = {
    [OPTION_TOKENS] = TEXTD_OPTION_BOOL("tokens", 0, TEXTD_PER_REQUEST, "put the tokens into the result, too"),
    [OPTION_FORM] = TEXTD_OPTION_TEXT(
        "form", "list", forms, TEXTD_PER_REQUEST,
        "Sentences and tokens have a pair of offsets each, or there is an array of all starts, and one of all ends"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "segmenter",
    .version = "2.1.0",
    .license = "Apache-2.0",
    .summary = "Splits text into sentences and tokens",
    .needs_layers = needs,
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
