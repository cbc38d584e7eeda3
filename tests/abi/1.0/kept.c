/* kept.c: a plugin as it would have been written for ABI 1.0: all of the header is used, as its comments say. For tests only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/check_options.h>
#include <textd/log.h>
#include <textd/plugin.h>
#include <textd/warn.h>

#ifndef LAYER
#define LAYER "org.example.kept/1"
#endif

struct kept {
    const struct textd_host *host;
    const struct textd_log *log;
    const struct textd_warn *warn;
    struct textd_text words;
    int64_t limit; /* as `create` was told */
};

static void destroy(void *self)
{
    struct kept *kept = self;

    if (kept && kept->log)
        kept->log->write(TEXTD_LOG_INFO, "kept goes", 9);
    free(kept);
}

enum { OPTION_SHOW, OPTION_LIMIT, OPTION_WEIGHT, OPTION_CASE, OPTION_NOTE, OPTION_COUNT };

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };
    struct kept *kept = calloc(1, sizeof *kept);

    if (!kept)
        return TEXTD_NO_MEMORY;
    *self = kept;
    kept->host = host;
    kept->limit = values[OPTION_LIMIT].integer;
    kept->log = host->extension(TEXTD_LOG);
    kept->warn = host->extension(TEXTD_WARN);
    if (host->abi_major != TEXTD_ABI_MAJOR || !host->version || !TEXTD_HAS(host, struct textd_host, extension) ||
        host->extension("org.example.none/1")) {
        host->explain("the host isn't of 1.0", 21);
        return TEXTD_FAILED;
    }
    if (host->resource("none.txt", &file) != TEXTD_NOT_FOUND)
        return TEXTD_FAILED;
    int32_t rc = host->resource("kept.txt", &file);
    kept->words = (struct textd_text) { file.data, file.length };
    if (kept->log && kept->log->is_wanted(TEXTD_LOG_INFO))
        kept->log->write(TEXTD_LOG_INFO, "kept is here", 12);
    return rc;
}

struct columns {
    struct textd_text *cases;
    uint8_t *kinds;
    uint32_t *lengths;
    float *weights;
};

static int32_t add_layer(const struct kept *kept, struct textd_doc *doc, struct textd_layer *tokens)
{
    const struct textd_host *host = kept->host;
    const uint8_t *kinds = host->column_get(doc, TEXTD_TOKENS, "kind", TEXTD_U8);
    struct textd_span *spans = host->alloc(doc, (tokens->count + 1) * sizeof *spans, 8);
    struct columns c = { host->alloc(doc, (tokens->count + 1) * sizeof *c.cases, 8),
                         host->alloc(doc, tokens->count + 1, 1),
                         host->alloc(doc, (tokens->count + 1) * sizeof *c.lengths, 4),
                         host->alloc(doc, (tokens->count + 1) * sizeof *c.weights, 64) };
    uint32_t n = 0;
    int32_t rc;

    if (!kinds || !spans || !c.cases || !c.kinds || !c.lengths || !c.weights || (uintptr_t)c.weights % 64)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < tokens->count && n < doc->options[OPTION_LIMIT].integer; i++) {
        if (kinds[i] != TEXTD_TOKEN_WORD || host->should_stop(doc))
            continue;
        spans[n] = tokens->spans[i];
        c.cases[n] = (struct textd_text) { doc->options[OPTION_CASE].text, doc->options[OPTION_CASE].length };
        c.kinds[n] = kinds[i];
        c.lengths[n] = spans[n].end - spans[n].start;
        c.weights[n] = (float)doc->options[OPTION_WEIGHT].number;
        n++;
    }
    if ((rc = host->layer_add(doc, LAYER, spans, n)) != TEXTD_OK ||
        (rc = host->column_add(doc, LAYER, "case", TEXTD_TEXT, c.cases)) != TEXTD_OK ||
        (rc = host->column_add(doc, LAYER, "kind", TEXTD_U8, c.kinds)) != TEXTD_OK ||
        (rc = host->column_add(doc, LAYER, "length", TEXTD_U32, c.lengths)) != TEXTD_OK ||
        (rc = host->column_add(doc, LAYER, "weight", TEXTD_F32, c.weights)) != TEXTD_OK)
        return rc;
    return TEXTD_OK;
}

/* What it has added, read back. */
static void write_layer(const struct kept *kept, struct textd_doc *doc)
{
    const struct textd_host *host = kept->host;
    struct textd_layer layer = { .size = sizeof layer };

    host->layer_get(doc, LAYER, &layer);
    const struct textd_text *cases = host->column_get(doc, LAYER, "case", TEXTD_TEXT);
    const uint32_t *lengths = host->column_get(doc, LAYER, "length", TEXTD_U32);
    const float *weights = host->column_get(doc, LAYER, "weight", TEXTD_F32);
    host->array_begin(doc);
    for (uint32_t i = 0; i < layer.count; i++) {
        host->map_begin(doc);
        host->write_key(doc, "slice");
        host->write_slice(doc, layer.spans[i]);
        host->write_key(doc, "span");
        host->write_span(doc, layer.spans[i]);
        host->write_key(doc, "start");
        host->write_offset(doc, layer.spans[i].start);
        host->write_key(doc, "case");
        host->write_text(doc, cases[i].bytes, cases[i].length);
        host->write_key(doc, "length");
        host->write_integer(doc, lengths[i]);
        host->write_key(doc, "weight");
        host->write_number(doc, (double)weights[i]);
        host->map_end(doc);
    }
    host->array_end(doc);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct kept *kept = self;
    const struct textd_host *host = kept->host;
    struct textd_layer tokens = { .size = sizeof tokens }, none = { .size = sizeof none };
    int32_t rc = host->layer_get(doc, TEXTD_TOKENS, &tokens);

    if (rc != TEXTD_OK || doc->size < sizeof *doc)
        return TEXTD_FAILED;
    if (doc->text_length >= 4 && memcmp(doc->text, "FAIL", 4) == 0) {
        host->explain("it was asked to fail", 20);
        return TEXTD_FAILED;
    }
    if ((rc = add_layer(kept, doc, &tokens)) != TEXTD_OK)
        return rc;
    if (kept->warn)
        kept->warn->warn(doc, "of 1.0", 6);
    host->map_begin(doc);
    host->write_key(doc, "show");
    host->write_bool(doc, (int32_t)doc->options[OPTION_SHOW].integer);
    host->write_key(doc, "limit");
    host->write_integer(doc, kept->limit);
    host->write_key(doc, "note");
    if (doc->options[OPTION_NOTE].length > 0)
        host->write_text(doc, doc->options[OPTION_NOTE].text, doc->options[OPTION_NOTE].length);
    else
        host->write_nil(doc);
    host->write_key(doc, "words");
    host->write_text(doc, kept->words.bytes, kept->words.length);
    host->write_key(doc, "lang");
    host->write_text(doc, doc->lang, doc->lang_length);
    host->write_key(doc, "none");
    host->write_bool(doc, host->layer_get(doc, "org.example.none/1", &none) == TEXTD_NOT_FOUND);
    host->write_key(doc, "layer");
    write_layer(kept, doc);
    host->map_end(doc);
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    const struct kept *kept = self;

    return kept->words.length > 0 ? TEXTD_OK : TEXTD_FAILED;
}

static int32_t check(void *self, const struct textd_value *values)
{
    const struct kept *kept = self;

    if (values[OPTION_NOTE].length < 8)
        return TEXTD_OK;
    kept->host->explain("note is longer than 7 bytes", 27);
    return TEXTD_INVALID;
}

static const void *extension(const char *id)
{
    static const struct textd_check_options options = { .size = sizeof options, .check = check };

    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &options : NULL;
}

static const char *const needs[] = { TEXTD_TOKENS, TEXTD_SENTENCES TEXTD_OPTIONAL, NULL };
static const char *const adds[] = { LAYER, NULL };
static const char *const choices[] = { "upper", "lower", NULL };

static const struct textd_option options[] = {
    [OPTION_SHOW] = TEXTD_OPTION_BOOL("show", 1, TEXTD_PER_REQUEST, "a bool"),
    [OPTION_LIMIT] = TEXTD_OPTION_INT("limit", 2, 0, 1000, TEXTD_PER_REQUEST, "an integer"),
    [OPTION_WEIGHT] = TEXTD_OPTION_FLOAT("weight", 0.5, 0, 1, TEXTD_PER_REQUEST, "a number"),
    [OPTION_CASE] = TEXTD_OPTION_TEXT("case", "lower", choices, TEXTD_PER_REQUEST, "one of two"),
    [OPTION_NOTE] = TEXTD_OPTION_TEXT("note", "", NULL, TEXTD_PER_REQUEST, "any text"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "kept",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Uses all of ABI 1.0",
    .needs_layers = needs,
    .adds_layers = adds,
    .options = options,
    .n_options = OPTION_COUNT,
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
    .extension = extension,
};
