/* entities.c: the plugin `entities`: options, layers and result. What it finds, and how, is in tagger.h and behind it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/plugin.h>

#include "plugins/entities/lists.h"
#include "plugins/entities/selftest.h"
#include "plugins/entities/tagger.h"

_Static_assert(ENTITY_TYPE_COUNT <= 32, "a set of types is kept in 32 bits");

enum { OPTION_TYPES, OPTION_MIN_SCORE, OPTION_COUNT };

static const struct textd_option options[] = {
    [OPTION_TYPES] = TEXTD_OPTION_TEXT("types", "", NULL, TEXTD_PER_REQUEST,
                                       "Types to return, between commas: PERSON,ORG; empty for all"),
    [OPTION_MIN_SCORE] =
        TEXTD_OPTION_FLOAT("min_score", 0.5, 0, 1, TEXTD_PER_REQUEST, "Entities with a lower score are left out"),
};

struct instance {
    const struct textd_host *host;
    struct lists lists;
};

static int32_t fail(const struct textd_host *host, int32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int32_t fail(const struct textd_host *host, int32_t code, const char *format, ...)
{
    char text[400];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    host->explain(text, n < (int)sizeof text ? (uint64_t)n : sizeof text - 1);
    return code;
}

static void destroy(void *self)
{
    struct instance *in = self;

    lists_free(&in->lists);
    free(in);
}

static int32_t read_list(struct instance *in, const char *file)
{
    struct textd_resource resource = { .size = sizeof resource };
    int32_t rc = in->host->resource(file, &resource);
    char reason[200];

    if (rc != TEXTD_OK)
        return rc; /* the host has explained it */
    if (lists_add(&in->lists, file, resource.data, resource.length, reason, sizeof reason) != 0)
        return fail(in->host, TEXTD_FAILED, "%s", reason);
    return TEXTD_OK;
}

/* Reads "PERSON, ORG" into a set with a bit for each type. An empty text is the set of all. */
static int32_t read_types(const struct textd_host *host, const struct textd_value *value, uint32_t *set)
{
    const char *p = value->text, *end = p + value->length;

    *set = 0;
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end, *next = stop;
        uint8_t type;

        while (p < stop && *p == ' ')
            p++;
        while (stop > p && stop[-1] == ' ')
            stop--;
        type = entity_type_find(p, (size_t)(stop - p));
        if (type == ENTITY_NONE)
            return fail(host, TEXTD_FAILED,
                        "entities.types has no type '%.*s'; there are: "
#define X(name, meaning) #name " "
                        ENTITY_TYPES(X),
#undef X
                        (int)(stop - p < 40 ? stop - p : 40), p);
        *set |= 1u << type;
        p = next + 1;
    }
    if (!*set)
        *set = UINT32_MAX;
    return TEXTD_OK;
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct instance *in;
    uint32_t set;
    int32_t rc = read_types(host, &values[OPTION_TYPES], &set);

    if (rc != TEXTD_OK)
        return rc;
    in = calloc(1, sizeof *in);
    if (!in)
        return fail(host, TEXTD_FAILED, "no memory for the plugin's instance");
    in->host = host;
#define X(name, file, highest) rc = rc == TEXTD_OK ? read_list(in, file) : rc;
    ENTITY_LISTS(X)
#undef X
    if (rc != TEXTD_OK) {
        destroy(in);
        return rc;
    }
    *self = in;
    return TEXTD_OK;
}

/* What the tagger's questions to its caller are answered with. */
struct caller {
    const struct textd_host *host;
    struct textd_doc *doc;
};

static void *document_alloc(void *context, size_t bytes)
{
    struct caller *caller = context;

    return caller->host->alloc(caller->doc, bytes ? bytes : 1, _Alignof(max_align_t));
}

static int document_should_stop(void *context)
{
    struct caller *caller = context;

    return caller->host->should_stop(caller->doc);
}

static int32_t read_layers(const struct textd_host *host, struct textd_doc *doc, struct entity_input *input)
{
    struct textd_layer sentences = { .size = sizeof sentences }, tokens = { .size = sizeof tokens };
    const uint8_t *kinds = host->column_get(doc, TEXTD_TOKENS, "kind", TEXTD_U8);

    if (host->layer_get(doc, TEXTD_SENTENCES, &sentences) != TEXTD_OK)
        return fail(host, TEXTD_NOT_FOUND, "the document has no layer " TEXTD_SENTENCES);
    if (host->layer_get(doc, TEXTD_TOKENS, &tokens) != TEXTD_OK || !kinds)
        return fail(host, TEXTD_NOT_FOUND, "the document has no layer " TEXTD_TOKENS " with a column 'kind'");
    *input = (struct entity_input) {
        .text = doc->text,
        .tokens = tokens.spans,
        .kinds = kinds,
        .sentences = sentences.spans,
        .text_length = doc->text_length,
        .n_tokens = tokens.count,
        .n_sentences = sentences.count,
    };
    return TEXTD_OK;
}

/* Moves the entities that are wanted to the front. How many they are. */
static uint32_t select_wanted(struct entity *entities, uint32_t n, uint32_t types, double min_score)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++)
        if (types >> entities[i].type & 1 && (double)entities[i].score + 1e-6 >= min_score)
            entities[kept++] = entities[i];
    return kept;
}

static int32_t add_layer(const struct textd_host *host, struct textd_doc *doc, const struct entity *entities,
                         uint32_t n)
{
    struct caller caller = { host, doc };
    struct textd_span *spans = document_alloc(&caller, n * sizeof *spans);
    struct textd_text *types = document_alloc(&caller, n * sizeof *types);
    float *scores = document_alloc(&caller, n * sizeof *scores);
    int32_t rc;

    if (!spans || !types || !scores)
        return fail(host, TEXTD_NO_MEMORY, "no memory for a layer of %u entities", n);
    for (uint32_t i = 0; i < n; i++) {
        const char *type = entity_type_name(entities[i].type);

        spans[i] = entities[i].span;
        types[i] = (struct textd_text) { type, strlen(type) };
        scores[i] = entities[i].score;
    }
    if ((rc = host->layer_add(doc, TEXTD_ENTITIES, spans, n)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_ENTITIES, "type", TEXTD_TEXT, types)) != TEXTD_OK ||
        (rc = host->column_add(doc, TEXTD_ENTITIES, "score", TEXTD_F32, scores)) != TEXTD_OK)
        return fail(host, rc, "the layer " TEXTD_ENTITIES " could not be added");
    return TEXTD_OK;
}

static void write_result(const struct textd_host *host, struct textd_doc *doc, const struct entity *entities,
                         uint32_t n)
{
    host->map_begin(doc);
    host->write_key(doc, "entities");
    host->array_begin(doc);
    for (uint32_t i = 0; i < n; i++) {
        const char *type = entity_type_name(entities[i].type);

        host->map_begin(doc);
        host->write_key(doc, "start");
        host->write_offset(doc, entities[i].span.start);
        host->write_key(doc, "end");
        host->write_offset(doc, entities[i].span.end);
        host->write_key(doc, "type");
        host->write_text(doc, type, strlen(type));
        host->write_key(doc, "text");
        host->write_slice(doc, entities[i].span);
        host->write_key(doc, "score");
        host->write_number(doc, (double)entities[i].score);
        host->map_end(doc);
    }
    host->array_end(doc);
    host->map_end(doc);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct instance *in = self;
    struct caller caller = { in->host, doc };
    const struct entity_means means = { document_alloc, document_should_stop, &caller };
    struct entity_input input;
    struct entity *entities;
    uint32_t n, types;
    int32_t rc;

    if ((rc = read_types(in->host, &doc->options[OPTION_TYPES], &types)) != TEXTD_OK)
        return rc;
    if ((rc = read_layers(in->host, doc, &input)) != TEXTD_OK)
        return rc;
    rc = tagger_run(&in->lists, &input, &means, &entities, &n);
    if (rc == TEXTD_NO_MEMORY)
        return fail(in->host, rc, "no memory to look at %u tokens", input.n_tokens);
    if (rc != TEXTD_OK)
        return fail(in->host, rc, "told to stop while looking at %u tokens", input.n_tokens);
    n = select_wanted(entities, n, types, doc->options[OPTION_MIN_SCORE].number);
    if ((rc = add_layer(in->host, doc, entities, n)) != TEXTD_OK)
        return rc;
    write_result(in->host, doc, entities, n);
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    struct instance *in = self;
    char reason[200];

    if (selftest_run(&in->lists, reason, sizeof reason) != 0)
        return fail(in->host, TEXTD_FAILED, "selftest: %s", reason);
    return TEXTD_OK;
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, NULL };
static const char *const adds[] = { TEXTD_ENTITIES, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "entities",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Finds people, organizations, places, dates, amounts and the like by rules and lists",
    .needs_layers = needs,
    .adds_layers = adds,
    .options = options,
    .n_options = OPTION_COUNT,
    .option_size = sizeof(struct textd_option),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
