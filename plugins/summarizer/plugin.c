/* plugin.c: the plugin `summarizer`: picks the sentences that stand for a document. See README.md. */
#include <textd/explain.h>
#include <textd/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/language.h"
#include "plugins/summarizer/model.h"
#include "plugins/summarizer/result.h"

#define MODEL "summarizer.model"

struct summarizer {
    const struct textd_host *host;
    struct summary_model model;
    struct textd_value own[N_OPTIONS]; /* the operator's; of these only numbers are kept */
};

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    struct request request;
    char reason[200];

    int32_t rc = host->resource(MODEL, &file);
    if (rc != TEXTD_OK)
        return rc; /* the host has explained */
    if (request_read(&request, values, values, reason, sizeof reason) != 0)
        return textd_explain(host, TEXTD_FAILED, "%s", reason);
    struct summarizer *summarizer = calloc(1, sizeof *summarizer);
    if (!summarizer)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for an instance");
    summarizer->host = host;
    model_file_ask(host);
    memcpy(summarizer->own, values, sizeof summarizer->own);
    if (summary_model_open(&summarizer->model, file.data, file.length, reason, sizeof reason) != 0) {
        free(summarizer);
        return textd_explain(host, TEXTD_FAILED, MODEL ": %s", reason);
    }
    *self = summarizer;
    return TEXTD_OK;
}

static void destroy(void *self)
{
    free(self);
}

/* What the pure part needs of the host, for one document. */
struct borrowed {
    const struct textd_host *host;
    struct textd_doc *doc;
};

static void *alloc_in_document(void *data, uint64_t bytes)
{
    const struct borrowed *b = data;

    return b->host->alloc(b->doc, bytes, 8);
}

static int should_stop(void *data)
{
    const struct borrowed *b = data;

    return b->host->should_stop(b->doc);
}

/* Takes the segmenter's layers. */
static int32_t read_layers(const struct textd_host *host, struct textd_doc *doc, struct document *d)
{
    struct textd_layer sentences = { .size = sizeof sentences }, tokens = { .size = sizeof tokens };
    int32_t rc;

    if ((rc = host->layer_get(doc, TEXTD_SENTENCES, &sentences)) != TEXTD_OK ||
        (rc = host->layer_get(doc, TEXTD_TOKENS, &tokens)) != TEXTD_OK)
        return textd_explain(host, rc, "the layers sentences/1 and tokens/1 are not both there");
    d->kinds = host->column_get(doc, TEXTD_TOKENS, "kind", TEXTD_U8);
    if (!d->kinds)
        return textd_explain(host, TEXTD_FAILED, "the layer tokens/1 has no column 'kind'");
    d->spans = sentences.spans;
    d->n_sentences = sentences.count;
    d->tokens = tokens.spans;
    d->n_tokens = tokens.count;
    return TEXTD_OK;
}

/* Takes out the tokens that are in no sentence. */
static int32_t keep_tokens(const struct textd_host *host, struct textd_doc *doc, struct document *d)
{
    struct textd_span *tokens = host->alloc(doc, (d->n_tokens + 1ull) * sizeof *tokens, 8);
    uint8_t *kinds = host->alloc(doc, d->n_tokens + 1ull, 1);
    uint32_t kept = 0;

    if (!tokens || !kinds)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0, s = 0; i < d->n_tokens; i++) {
        while (s < d->n_sentences && d->spans[s].end <= d->tokens[i].start)
            s++;
        if (s == d->n_sentences || d->tokens[i].start < d->spans[s].start)
            continue;
        tokens[kept] = d->tokens[i];
        kinds[kept++] = d->kinds[i];
    }
    d->tokens = tokens;
    d->kinds = kinds;
    d->n_tokens = kept;
    return TEXTD_OK;
}

/* Of a text that is mostly, and surely, not English no sentence is picked, and of a mixed one only English ones: what makes a
 * sentence worth it was learned from English. */
static int32_t stand_aside(const struct textd_host *host, struct textd_doc *doc, struct document *d)
{
    struct language_view view;
    int32_t rc = language_read(host, doc, &view);

    if (rc != TEXTD_OK || view.n_foreign == 0)
        return rc;
    language_warn(&view, host, doc);
    if (view.is_most)
        d->n_sentences = 0;
    else if ((rc = language_keep(&view, host, doc, &d->spans, &d->n_sentences)) != TEXTD_OK)
        return rc;
    return keep_tokens(host, doc, d);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct summarizer *summarizer = self;
    const struct textd_host *host = summarizer->host;
    struct borrowed borrowed = { host, doc };
    struct document d = { .text = doc->text,
                          .length = doc->text_length,
                          .model = &summarizer->model,
                          .alloc = alloc_in_document,
                          .should_stop = should_stop,
                          .data = &borrowed };
    struct request request;
    struct summary summary;
    char reason[200];
    int32_t rc;

    if (request_read(&request, doc->options, summarizer->own, reason, sizeof reason) != 0)
        return textd_explain(host, TEXTD_FAILED, "%s", reason);
    if ((rc = read_layers(host, doc, &d)) != TEXTD_OK)
        return rc;
    if (!language_is_any(&doc->options[OPTION_LANGUAGES]))
        rc = stand_aside(host, doc, &d);
    if (rc == TEXTD_OK && (rc = summary_make(&d, &request, &summary)) == TEXTD_OK)
        rc = result_write(host, doc, &d, &request, &summary);
    if (rc == TEXTD_NO_MEMORY)
        return textd_explain(
            host, rc, "no memory for the words of a document of this size; limits.document_memory must be larger");
    if (rc == TEXTD_STOPPED)
        return textd_explain(host, rc, "stopped before the sentences were picked");
    if (rc == TEXTD_INVALID)
        return textd_explain(host, TEXTD_FAILED,
                             "focus has no word; give words that the summary is to be about, or nothing");
    return rc;
}

/* The self-test has no document: a block of its own stands in. */
struct block {
    char bytes[1 << 16];
    uint64_t used;
};

static void *alloc_in_block(void *data, uint64_t bytes)
{
    struct block *block = data;
    void *memory = block->bytes + block->used;

    if (bytes > sizeof block->bytes - block->used)
        return NULL;
    block->used += (bytes + 15) & ~(uint64_t)15;
    return memory;
}

static int never_stop(void *data)
{
    (void)data;
    return 0;
}

/* A sentence, and a line of the page that must not be picked before it. */
static int32_t selftest(void *self)
{
    static const char text[] = "Post a Comment. River floods closed the bridge.";
    static const struct textd_span tokens[] = { { 0, 4 },   { 5, 6 },   { 7, 14 },  { 14, 15 }, { 16, 21 },
                                                { 22, 28 }, { 29, 35 }, { 36, 39 }, { 40, 46 }, { 46, 47 } };
    static const uint8_t kinds[] = { 1, 1, 1, 3, 1, 1, 1, 1, 1, 3 };
    static const struct textd_span sentences[] = { { 0, 15 }, { 16, 47 } };
    static _Alignas(16) struct block block;
    const struct summarizer *summarizer = self;
    struct document d = { .text = text,
                          .length = sizeof text - 1,
                          .spans = sentences,
                          .n_sentences = 2,
                          .tokens = tokens,
                          .kinds = kinds,
                          .n_tokens = 10,
                          .model = &summarizer->model,
                          .alloc = alloc_in_block,
                          .should_stop = never_stop,
                          .data = &block };
    struct request request = { .sentences = 1 };
    struct summary summary;

    block.used = 0;
    if (summary_make(&d, &request, &summary) == TEXTD_OK && summary.n_picks == 1 && summary.picks[0].sentence == 1)
        return TEXTD_OK;
    return textd_explain(summarizer->host, TEXTD_FAILED,
                         "of two sample sentences the one that is no boilerplate must be picked");
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, LANGUAGE_NEED, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "summarizer",
    .version = "2.0.0",
    .license = "Apache-2.0",
    .summary = "Picks the sentences that stand for a document",
    .needs_layers = needs,
    TEXTD_PLUGIN_OPTIONS(request_options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
