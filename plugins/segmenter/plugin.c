/* plugin.c: the plugin `segmenter`: sentences and tokens, on which the other plugins stand. See README.md. */
#include <textd/plugin.h>

#include <stdio.h>
#include <string.h>

#include "plugins/lib/language.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/runs.h"
#include "plugins/segmenter/spoken.h"
#include "plugins/segmenter/tokens.h"

#define MODEL "segmenter.model"

static const struct textd_host *host;
static struct boundary_model english;
static struct language_model others[LANGUAGES_MOST]; /* as language_codes */

/* Says what is wrong with a model's file. */
static int32_t refuse(const char *file, const char *reason)
{
    char words[280];
    int n = snprintf(words, sizeof words, "%s: %s", file, reason);

    host->explain(words, (uint64_t)n);
    return TEXTD_FAILED;
}

static int32_t open_other(uint32_t i)
{
    struct textd_resource file = { .size = sizeof file };
    char name[40], reason[200];
    int32_t rc;

    snprintf(name, sizeof name, "segmenter-%s.model", language_codes[i]);
    if ((rc = host->resource(name, &file)) != TEXTD_OK)
        return rc;
    if (language_open(&others[i], file.data, file.length, reason, sizeof reason) != 0)
        return refuse(name, reason);
    if (strcmp(others[i].code, language_codes[i]) != 0)
        return refuse(name, "it is another language's; it was mixed up");
    return TEXTD_OK;
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    char reason[200];

    (void)values, (void)self;
    host = the_host;
    int32_t rc = host->resource(MODEL, &file);
    if (rc == TEXTD_OK && model_open(&english, file.data, file.length, reason, sizeof reason) != 0)
        rc = refuse(MODEL, reason);
    for (uint32_t i = 0; rc == TEXTD_OK && language_codes[i]; i++)
        rc = open_other(i);
    return rc;
}

static void *alloc_in_document(void *doc, uint64_t bytes)
{
    return host->alloc(doc, bytes, 8);
}

static int should_stop(void *doc)
{
    return host->should_stop(doc);
}

static void write_spans(struct textd_doc *doc, const char *key, const struct textd_span *spans, uint32_t count)
{
    host->write_key(doc, key);
    host->array_begin(doc);
    for (uint32_t i = 0; i < count; i++)
        host->write_span(doc, spans[i]);
    host->array_end(doc);
}

/* Says why the document could not be segmented. What else can go wrong the host has noted itself. */
static int32_t fail(int32_t rc)
{
    static const char no_memory[] =
        "no memory for its tokens: limits.document_memory must be at least 17 times the size of the text";
    static const char stopped[] = "stopped before the whole text was segmented";

    if (rc == TEXTD_NO_MEMORY)
        host->explain(no_memory, sizeof no_memory - 1);
    else if (rc == TEXTD_STOPPED)
        host->explain(stopped, sizeof stopped - 1);
    return rc;
}

enum { OPTION_TOKENS };

static int32_t process(void *self, struct textd_doc *doc)
{
    struct segments s = { .alloc = alloc_in_document, .should_stop = should_stop, .data = doc };
    struct language_run *runs;
    uint32_t n_runs;
    int32_t rc;

    (void)self;
    if ((rc = spoken_read(host, doc, others, &runs, &n_runs)) != TEXTD_OK ||
        (rc = segment_runs(&s, &english, runs, n_runs, doc->text, doc->text_length)) != TEXTD_OK)
        return fail(rc);
    if ((rc = host->layer_add(doc, TEXTD_TOKENS, s.tokens, s.n_tokens)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_TOKENS, "kind", TEXTD_U8, s.kinds)) != TEXTD_OK ||
        (rc = host->layer_add(doc, TEXTD_SENTENCES, s.sentences, s.n_sentences)) != TEXTD_OK)
        return fail(rc);
    host->map_begin(doc);
    write_spans(doc, "sentences", s.sentences, s.n_sentences);
    if (doc->options[OPTION_TOKENS].integer)
        write_spans(doc, "tokens", s.tokens, s.n_tokens);
    host->map_end(doc);
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
static int32_t check_sample(const struct language_model *language, const char *text, uint32_t n_tokens,
                            uint32_t n_sentences)
{
    static _Alignas(8) struct block block;
    struct segments s = { .alloc = alloc_in_block, .should_stop = never_stop, .data = &block };
    uint32_t length = (uint32_t)strlen(text);
    struct language_run run = { length, language };
    char words[160];

    block.used = 0;
    if (segment_runs(&s, &english, &run, 1, text, length) == TEXTD_OK && s.n_tokens == n_tokens &&
        s.n_sentences == n_sentences)
        return TEXTD_OK;
    int n = snprintf(words, sizeof words, "the sample in %s has %u tokens in %u sentences; found %u in %u",
                     language ? language->code : "en", n_tokens, n_sentences, s.n_tokens, s.n_sentences);
    host->explain(words, (uint64_t)n);
    return TEXTD_FAILED;
}

static int32_t selftest(void *self)
{
    int32_t rc = check_sample(NULL, "Dr. Ada Byrne didn't pay $3.50. Why?", 11, 2);

    (void)self;
    return rc == TEXTD_OK ? check_sample(&others[language_find("fr", 2)], "L'homme d'en face rit. Pourquoi ?", 9, 2)
                          : rc;
}

static const char *const needs[] = { LANGUAGE_NEED, NULL };
static const char *const adds[] = { TEXTD_SENTENCES, TEXTD_TOKENS, NULL };

static const struct textd_option options[] = {
    [OPTION_TOKENS] = TEXTD_OPTION_BOOL("tokens", 0, TEXTD_PER_REQUEST, "put the tokens into the result, too"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "segmenter",
    .version = "2.1.0",
    .license = "Apache-2.0",
    .summary = "Splits text into sentences and tokens",
    .needs_layers = needs,
    .adds_layers = adds,
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
    .selftest = selftest,
};
