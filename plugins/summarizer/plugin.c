/* plugin.c: the plugin `summarizer`: picks the sentences that stand for a document. See README.md. */
#include <textd/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/summarizer/summary.h"

#define MOST_SENTENCES 100

struct summarizer {
    const struct textd_host *host;
    struct lexicon *stopwords;
};

enum { OPTION_SENTENCES };

/* Tells why, and returns `rc`. */
static int32_t explain(const struct textd_host *host, int32_t rc, const char *why)
{
    host->explain(why, strlen(why));
    return rc;
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    struct summarizer *summarizer;
    char reason[200], why[300];

    (void)values;
    int32_t rc = host->resource("stopwords.txt", &file);
    if (rc != TEXTD_OK)
        return rc; /* the host has explained */
    summarizer = calloc(1, sizeof *summarizer);
    if (!summarizer)
        return explain(host, TEXTD_NO_MEMORY, "no memory for an instance");
    summarizer->host = host;
    summarizer->stopwords = lexicon_parse(file.data, file.length, reason, sizeof reason);
    if (!summarizer->stopwords) {
        free(summarizer);
        snprintf(why, sizeof why, "stopwords.txt: %s", reason);
        return explain(host, TEXTD_FAILED, why);
    }
    *self = summarizer;
    return TEXTD_OK;
}

static void destroy(void *self)
{
    struct summarizer *summarizer = self;

    if (!summarizer)
        return;
    lexicon_free(summarizer->stopwords);
    free(summarizer);
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

/* Copies a sentence with every run of blanks as one. Blanks are ASCII's here: the others are part of a text's own look. */
static char *copy_flat(char *out, const char *text, struct textd_span span)
{
    int gap = 0;

    for (uint32_t i = span.start; i < span.end; i++) {
        char c = text[i];
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            gap = 1;
            continue;
        }
        if (gap)
            *out++ = ' ';
        gap = 0;
        *out++ = c;
    }
    return out;
}

/* The picked sentences as one text. */
static int32_t write_summary(const struct borrowed *b, const struct summary_input *in, const struct pick *picks,
                             uint32_t n)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < n; i++)
        bytes += in->sentences[picks[i].sentence].end - in->sentences[picks[i].sentence].start + 1;
    char *text = alloc_in_document((void *)(uintptr_t)b, bytes + 1), *end = text;
    if (!text)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            *end++ = ' ';
        end = copy_flat(end, in->text, in->sentences[picks[i].sentence]);
    }
    b->host->write_key(b->doc, "summary");
    b->host->write_text(b->doc, text, (uint64_t)(end - text));
    return TEXTD_OK;
}

static void write_picks(const struct borrowed *b, const struct summary_input *in, const struct pick *picks, uint32_t n)
{
    const struct textd_host *host = b->host;

    host->write_key(b->doc, "sentences");
    host->array_begin(b->doc);
    for (uint32_t i = 0; i < n; i++) {
        host->map_begin(b->doc);
        host->write_key(b->doc, "start");
        host->write_offset(b->doc, in->sentences[picks[i].sentence].start);
        host->write_key(b->doc, "end");
        host->write_offset(b->doc, in->sentences[picks[i].sentence].end);
        host->write_key(b->doc, "score");
        host->write_number(b->doc, (double)picks[i].score);
        host->write_key(b->doc, "rank");
        host->write_integer(b->doc, picks[i].rank);
        host->map_end(b->doc);
    }
    host->array_end(b->doc);
}

/* Everything that can run out of memory, in one place. */
static int32_t summarize(const struct borrowed *b, const struct summary_input *in, uint32_t most)
{
    struct pick picks[MOST_SENTENCES];
    struct words words;
    uint32_t n;
    int32_t rc = summary_number_words(in, &words);

    if (rc != TEXTD_OK)
        return rc;
    float *scores = in->alloc(in->data, ((uint64_t)in->n_sentences + 1) * sizeof *scores);
    if (!scores)
        return TEXTD_NO_MEMORY;
    summary_score(in, &words, scores);
    if ((rc = summary_pick(in, &words, scores, most, picks, &n)) != TEXTD_OK)
        return rc;
    b->host->map_begin(b->doc);
    if ((rc = write_summary(b, in, picks, n)) != TEXTD_OK)
        return rc;
    write_picks(b, in, picks, n);
    b->host->map_end(b->doc);
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct summarizer *summarizer = self;
    const struct textd_host *host = summarizer->host;
    struct borrowed borrowed = { host, doc };
    struct textd_layer sentences = { .size = sizeof sentences }, tokens = { .size = sizeof tokens };
    int32_t rc;

    if ((rc = host->layer_get(doc, TEXTD_SENTENCES, &sentences)) != TEXTD_OK ||
        (rc = host->layer_get(doc, TEXTD_TOKENS, &tokens)) != TEXTD_OK)
        return explain(host, rc, "the layers sentences/1 and tokens/1 are not both there");
    const uint8_t *kinds = host->column_get(doc, TEXTD_TOKENS, "kind", TEXTD_U8);
    if (!kinds)
        return explain(host, TEXTD_FAILED, "the layer tokens/1 has no column 'kind'");
    const struct summary_input in = {
        .text = doc->text,
        .length = doc->text_length,
        .sentences = sentences.spans,
        .n_sentences = sentences.count,
        .tokens = tokens.spans,
        .kinds = kinds,
        .n_tokens = tokens.count,
        .stopwords = summarizer->stopwords,
        .alloc = alloc_in_document,
        .should_stop = should_stop,
        .data = &borrowed,
    };
    rc = summarize(&borrowed, &in, (uint32_t)doc->options[OPTION_SENTENCES].integer);
    if (rc == TEXTD_NO_MEMORY)
        return explain(host, rc, "no memory for the words of a document of this size");
    if (rc == TEXTD_STOPPED)
        return explain(host, rc, "stopped before the sentences were picked");
    return rc;
}

/* The self-test has no document: a block of its own stands in. */
static _Alignas(16) char block[8192];
static uint64_t block_used;

static void *alloc_in_block(void *data, uint64_t bytes)
{
    void *memory = block + block_used;

    (void)data;
    if (bytes > sizeof block - block_used)
        return NULL;
    block_used += (bytes + 15) & ~(uint64_t)15;
    return memory;
}

static int never_stop(void *data)
{
    (void)data;
    return 0;
}

/* Two sentences about one thing and one about nothing, the best of which is known. */
static int32_t selftest(void *self)
{
    static const char text[] = "river floods town Well so yes river floods bridge town council";
    static const struct textd_span tokens[] = { { 0, 5 },   { 6, 12 },  { 13, 17 }, { 18, 22 }, { 23, 25 }, { 26, 29 },
                                                { 30, 35 }, { 36, 42 }, { 43, 49 }, { 50, 54 }, { 55, 62 } };
    static const uint8_t kinds[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    static const struct textd_span sentences[] = { { 0, 17 }, { 18, 29 }, { 30, 62 } };
    static const char words[] = "of three sample sentences the one without content must be the last";
    const struct summarizer *summarizer = self;
    struct summary_input in = { .text = text,
                                .length = sizeof text - 1,
                                .sentences = sentences,
                                .n_sentences = 3,
                                .tokens = tokens,
                                .kinds = kinds,
                                .n_tokens = 11,
                                .stopwords = summarizer->stopwords,
                                .alloc = alloc_in_block,
                                .should_stop = never_stop };
    struct words numbered;
    struct pick picks[3];
    float scores[3];
    uint32_t n = 0;

    block_used = 0;
    if (summary_number_words(&in, &numbered) == TEXTD_OK) {
        summary_score(&in, &numbered, scores);
        if (summary_pick(&in, &numbered, scores, 3, picks, &n) == TEXTD_OK && n == 3 && picks[1].rank == 3)
            return TEXTD_OK;
    }
    return explain(summarizer->host, TEXTD_FAILED, words);
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, NULL };

static const struct textd_option options[] = {
    [OPTION_SENTENCES] =
        TEXTD_OPTION_INT("sentences", 3, 1, MOST_SENTENCES, TEXTD_PER_REQUEST, "how many sentences to pick at most"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "summarizer",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Picks the sentences that stand for a document",
    .needs_layers = needs,
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
