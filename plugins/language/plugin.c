/* plugin.c: the plugin `language`: in which language a text is. See README.md. */
#include <textd/explain.h>
#include <textd/plugin.h>

#include <stdlib.h>
#include <string.h>

#include "plugins/language/block.h"
#include "plugins/language/identify.h"

#define MODEL "language.model"

struct instance {
    void *memory; /* in which this is, at a line of the processor's cache */
    const struct textd_host *host;
    struct language_model model;
    struct word_memo memo; /* of all documents of this worker */
};

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    struct instance *in;
    char reason[200];
    int32_t rc;

    (void)values;
    if ((rc = host->resource(MODEL, &file)) != TEXTD_OK)
        return rc;
    char *memory =
        calloc(1, sizeof *in + _Alignof(struct instance)); /* zeros that take no memory before they are used */
    if (!memory)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for an instance");
    in = (struct instance *)(void *)(memory +
                                     (_Alignof(struct instance) - (uintptr_t)memory % _Alignof(struct instance)));
    in->memory = memory;
    in->host = host;
    model_file_ask(host);
    if (language_model_open(&in->model, file.data, file.length, reason, sizeof reason) != 0) {
        free(memory);
        return textd_explain(host, TEXTD_FAILED, MODEL ": %s", reason);
    }
    *self = in;
    return TEXTD_OK;
}

static void destroy(void *self)
{
    struct instance *in = self;

    free(in->memory);
}

/* What identify() asks of a document. */
struct place {
    const struct textd_host *host;
    struct textd_doc *doc;
};

static void *alloc_in_document(void *place, uint64_t bytes)
{
    const struct place *p = place;

    return p->host->alloc(p->doc, bytes, 8);
}

static int should_stop(void *place)
{
    const struct place *p = place;

    return p->host->should_stop(p->doc);
}

static const char *code_of(const struct instance *in, uint32_t class)
{
    return class == UNSURE ? "und" : in->model.classes[class].code;
}

/* To four places: a float32 as a float64 looks more exact than it is. */
static double rounded(float score)
{
    return (double)(int)(score * 10000 + 0.5f) / 10000;
}

static void write_language(const struct textd_host *host, struct textd_doc *doc, const char *code, uint64_t length,
                           float score)
{
    host->write_key(doc, "code");
    host->write_text(doc, code, length);
    host->write_key(doc, "score");
    host->write_number(doc, rounded(score));
}

/* The layer: `n` parts, whose codes, scores and so on are given. */
static int32_t add_layer(const struct textd_host *host, struct textd_doc *doc, const struct textd_span *spans,
                         const struct textd_text *codes, const float *scores, const float *foreign, uint32_t n)
{
    int32_t rc;

    if ((rc = host->layer_add(doc, TEXTD_LANGUAGE, spans, n)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_LANGUAGE, "code", TEXTD_TEXT, codes)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_LANGUAGE, "score", TEXTD_F32, scores)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_LANGUAGE, "foreign", TEXTD_F32, foreign)) != TEXTD_OK)
        return rc;
    return TEXTD_OK;
}

static int is_english(const char *code, uint64_t length)
{
    return length >= 2 && memcmp(code, "en", 2) == 0 && (length == 2 || code[2] == '-');
}

/* What the client says it is in. Copied, since the document's hint is only lent. */
static int32_t process_told(const struct textd_host *host, struct textd_doc *doc)
{
    struct textd_span *span = host->alloc(doc, sizeof *span, 8);
    struct textd_text *code = host->alloc(doc, sizeof *code, 8);
    float *score = host->alloc(doc, 2 * sizeof *score, 8);
    char *bytes = host->alloc(doc, doc->lang_length, 8);
    int32_t rc;

    if (!span || !code || !score || !bytes)
        return TEXTD_NO_MEMORY;
    memcpy(bytes, doc->lang, doc->lang_length);
    *span = (struct textd_span) { 0, doc->text_length };
    *code = (struct textd_text) { bytes, doc->lang_length };
    score[0] = 1;
    score[1] = !is_english(doc->lang, doc->lang_length);
    if ((rc = add_layer(host, doc, span, code, score, score + 1, doc->text_length > 0)) != TEXTD_OK)
        return rc;
    host->map_begin(doc);
    write_language(host, doc, bytes, doc->lang_length, 1);
    host->write_key(doc, "candidates");
    host->array_begin(doc);
    host->map_begin(doc);
    write_language(host, doc, bytes, doc->lang_length, 1);
    host->map_end(doc);
    host->array_end(doc);
    host->map_end(doc);
    return TEXTD_OK;
}

static void write_result(const struct instance *in, struct textd_doc *doc, const struct identified *found)
{
    const struct textd_host *host = in->host;

    host->map_begin(doc);
    write_language(host, doc, code_of(in, found->main), strlen(code_of(in, found->main)), found->main_score);
    host->write_key(doc, "candidates");
    host->array_begin(doc);
    for (uint32_t i = 0; i < found->whole.n && found->whole.best[i].score >= 0.0005f; i++) {
        const char *code = code_of(in, found->whole.best[i].class);
        host->map_begin(doc);
        write_language(host, doc, code, strlen(code), found->whole.best[i].score);
        host->map_end(doc);
    }
    host->array_end(doc);
    if (found->n_parts > 1) {
        host->write_key(doc, "spans");
        host->array_begin(doc);
        for (uint32_t i = 0; i < found->n_parts; i++) {
            const struct part *p = &found->parts[i];
            host->map_begin(doc);
            host->write_key(doc, "start");
            host->write_offset(doc, p->start);
            host->write_key(doc, "end");
            host->write_offset(doc, p->end);
            write_language(host, doc, code_of(in, p->class), strlen(code_of(in, p->class)), p->score);
            host->map_end(doc);
        }
        host->array_end(doc);
    }
    host->map_end(doc);
}

static int32_t fail(const struct textd_host *host, int32_t rc)
{
    if (rc == TEXTD_NO_MEMORY)
        return textd_explain(
            host, rc, "no memory for its parts: limits.document_memory must be at least 4 times the size of the text");
    return rc == TEXTD_STOPPED ? textd_explain(host, rc, "stopped before the whole text was looked at") : rc;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct instance *in = self;
    const struct textd_host *host = in->host;
    struct place place = { host, doc };
    struct identified found = {
        .alloc = alloc_in_document, .should_stop = should_stop, .data = &place, .memo = &in->memo
    };
    int32_t rc;

    if (doc->lang_length > 0)
        return fail(host, process_told(host, doc));
    if ((rc = identify(&found, &in->model, doc->text, doc->text_length)) != TEXTD_OK)
        return fail(host, rc);
    uint32_t n = found.n_parts;
    struct textd_span *spans = host->alloc(doc, (n + 1) * sizeof *spans, 8);
    struct textd_text *codes = host->alloc(doc, (n + 1) * sizeof *codes, 8);
    float *scores = host->alloc(doc, (n + 1) * sizeof *scores, 8);
    float *foreign = host->alloc(doc, (n + 1) * sizeof *foreign, 8);
    if (!spans || !codes || !scores || !foreign)
        return fail(host, TEXTD_NO_MEMORY);
    for (uint32_t i = 0; i < n; i++) {
        const char *code = code_of(in, found.parts[i].class);
        spans[i] = (struct textd_span) { found.parts[i].start, found.parts[i].end };
        codes[i] = (struct textd_text) { code, strlen(code) };
        scores[i] = found.parts[i].score;
        foreign[i] = found.parts[i].foreign;
    }
    if ((rc = add_layer(host, doc, spans, codes, scores, foreign, n)) != TEXTD_OK)
        return fail(host, rc);
    write_result(in, doc, &found);
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    struct instance *in = self;
    _Alignas(8) char memory[8192]; /* it has no document */
    static const struct {
        const char *text, *code;
    } samples[] = {
        { "The quick answer is that nobody knows what will happen next.", "en" },
        { "Die schnelle Antwort ist, dass niemand weiß, was als Nächstes geschieht.", "de" },
        { "Никто не знает, что будет дальше.", "ru" },
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct block block = { memory, sizeof memory, 0 };
        struct identified found = {
            .alloc = block_alloc, .should_stop = block_never_stops, .data = &block, .memo = &in->memo
        };
        if (identify(&found, &in->model, samples[i].text, (uint32_t)strlen(samples[i].text)) == TEXTD_OK &&
            strcmp(code_of(in, found.main), samples[i].code) == 0)
            continue;
        return textd_explain(in->host, TEXTD_FAILED, "the sample in '%s' was taken for '%s'", samples[i].code,
                             code_of(in, found.main));
    }
    return TEXTD_OK;
}

static const char *const adds[] = { TEXTD_LANGUAGE, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "language",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Says in which language a text is",
    .adds_layers = adds,
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
