/* plugin.c: the plugin `entities`: its life and its way to the host. What it finds, and how, is in find.h and behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/check_options.h>
#include <textd/explain.h>
#include <textd/plugin.h>

#include "common/utf8.h"
#include "plugins/entities/dictionary/dictionary.h"
#include "plugins/entities/find.h"
#include "plugins/entities/names/model.h"
#include "plugins/entities/options.h"
#include "plugins/entities/result.h"
#include "plugins/entities/selftest.h"
#include "plugins/entities/who/who.h"
#include "plugins/lib/language.h"

#define MODEL "entities.model"

struct instance {
    const struct textd_host *host;
    struct names_model names;
    struct vocabulary *vocabulary;
    struct dictionary *dictionary; /* NULL: no lists are named */
    struct entity_types types;
    struct entity_finders finders;
};

static void destroy(void *self)
{
    struct instance *in = self;

    dictionary_free(in->dictionary);
    free(in->vocabulary);
    free(in);
}

static int32_t read_model(struct instance *in)
{
    struct textd_resource file = { .size = sizeof file };
    int32_t rc = in->host->resource(MODEL, &file);
    char reason[300];

    if (rc != TEXTD_OK)
        return rc; /* the host has explained it */
    if (names_model_open(&in->names, file.data, file.length, reason, sizeof reason) != 0)
        return textd_explain(in->host, TEXTD_FAILED, MODEL ": %s", reason);
    names_model_number_types(&in->names, &in->types);
    return TEXTD_OK;
}

/* The lists of names that the option names: their bytes stay in the host's keeping. */
static int32_t read_dictionaries(struct instance *in, const struct textd_value *names)
{
    struct dictionary_list lists[DICTIONARY_MOST_LISTS];
    const char *at = names->text, *end = at + names->length, *part;
    char files[DICTIONARY_MOST_LISTS][64], reason[400];
    uint32_t n = 0, length;

    while (options_next(&at, end, &part, &length)) {
        struct textd_resource resource = { .size = sizeof resource };
        int32_t rc;

        if (n == DICTIONARY_MOST_LISTS || length >= sizeof files[0])
            return textd_explain(
                in->host, TEXTD_FAILED, "entities.dictionaries: '%.*s' is %s", td_utf8_quoted(part, length), part,
                n == DICTIONARY_MOST_LISTS ? "one list too many; there may be 64" : "longer than 63 bytes");
        snprintf(files[n], sizeof files[n], "%.*s", (int)length, part);
        for (uint32_t i = 0; i < n; i++)
            if (strcmp(files[i], files[n]) == 0)
                return textd_explain(in->host, TEXTD_FAILED, "entities.dictionaries names '%s' twice", files[n]);
        rc = in->host->resource(files[n], &resource);
        if (rc == TEXTD_INVALID)
            return textd_explain(in->host, rc,
                                 "entities.dictionaries: '%s' must be the name of a file in the plugin's folder",
                                 files[n]);
        if (rc != TEXTD_OK)
            return rc; /* the host has explained it */
        lists[n] = (struct dictionary_list) { files[n], resource.data, resource.length };
        n++;
    }
    if (n == 0)
        return TEXTD_OK;
    in->dictionary = dictionary_new(lists, n, &in->types, reason, sizeof reason);
    in->finders.dictionary = in->dictionary;
    return in->dictionary ? TEXTD_OK : textd_explain(in->host, TEXTD_FAILED, "%s", reason);
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct instance *in = calloc(1, sizeof *in);
    int32_t rc;

    if (!in)
        return textd_explain(host, TEXTD_FAILED, "no memory for the plugin's instance");
    in->host = host;
    model_file_ask(host);
    in->vocabulary = expressions_new();
    in->finders = (struct entity_finders) { .names = &in->names, .vocabulary = in->vocabulary };
    rc = in->vocabulary ? read_model(in) : textd_explain(host, TEXTD_FAILED, "no memory for the plugin's instance");
    if (rc == TEXTD_OK)
        rc = read_dictionaries(in, &values[OPTION_DICTIONARIES]);
    if (rc != TEXTD_OK) {
        destroy(in);
        return rc;
    }
    *self = in;
    return TEXTD_OK;
}

/* What the finders' questions to its caller are answered with. */
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
        return textd_explain(host, TEXTD_NOT_FOUND, "the document has no layer " TEXTD_SENTENCES);
    if (host->layer_get(doc, TEXTD_TOKENS, &tokens) != TEXTD_OK || !kinds)
        return textd_explain(host, TEXTD_NOT_FOUND, "the document has no layer " TEXTD_TOKENS " with a column 'kind'");
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

/* Where the text is surely not English, only what looks the same everywhere is looked for. */
static int32_t read_language(const struct textd_host *host, struct textd_doc *doc, struct language_view *view)
{
    *view = (struct language_view) { .n_foreign = 0 };
    if (language_is_any(&doc->options[OPTION_LANGUAGES]))
        return TEXTD_OK;
    if (language_read(host, doc, view) != TEXTD_OK)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for the text's languages");
    if (view->n_foreign > 0)
        language_warn(view, host, doc);
    return TEXTD_OK;
}

/* Moves the entities that are wanted to the front. */
static void select_types(struct entity_list *list, const struct entity_wishes *wishes)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->n; i++)
        if (wishes_type(wishes, list->entities[i].type))
            list->entities[kept++] = list->entities[i];
    list->n = kept;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct instance *in = self;
    struct caller caller = { in->host, doc };
    const struct entity_means means = { document_alloc, document_should_stop, &caller };
    struct entity_input input;
    struct entity_wishes wishes;
    struct entity_list found;
    struct language_view language;
    struct who_names names;
    char reason[400];
    int32_t rc;

    if (options_read(doc->options, &in->types, &wishes, reason, sizeof reason) != TEXTD_OK)
        return textd_explain(in->host, TEXTD_FAILED, "%s", reason);
    options_look_at(doc->options, doc, &wishes);
    if ((rc = read_layers(in->host, doc, &input)) != TEXTD_OK ||
        (rc = read_language(in->host, doc, &language)) != TEXTD_OK)
        return rc;
    wishes.settings.has_comma_language = options_language_has_comma(doc->lang, doc->lang_length);
    rc = entities_find(&in->finders, &wishes.settings, &input, &means, &language, wishes.min_score, &found);
    if (rc == TEXTD_OK) {
        select_types(&found, &wishes);
        rc = who_find(&input, &means, &found, &names);
    }
    if (rc == TEXTD_NO_MEMORY)
        return textd_explain(in->host, rc, "no memory to look at %u tokens", input.n_tokens);
    if (rc != TEXTD_OK)
        return textd_explain(in->host, rc, "told to stop while looking at %u tokens", input.n_tokens);
    if ((rc = result_add_layer(in->host, doc, &in->types, &found)) != TEXTD_OK)
        return textd_explain(in->host, rc, "the layer " TEXTD_ENTITIES " of %u entities could not be added", found.n);
    (wishes.in_columns ? result_write_columns : result_write_list)(in->host, doc, &in->types, &found, &names);
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    struct instance *in = self;
    char reason[200];

    if (selftest_run(&in->finders, reason, sizeof reason) != 0)
        return textd_explain(in->host, TEXTD_FAILED, "selftest: %s", reason);
    return TEXTD_OK;
}

static int32_t check_options(void *self, const struct textd_value *values)
{
    struct instance *in = self;
    struct entity_wishes wishes;
    char reason[400];

    if (options_read(values, &in->types, &wishes, reason, sizeof reason) != TEXTD_OK)
        return textd_explain(in->host, TEXTD_INVALID, "%s", reason);
    return TEXTD_OK;
}

static const void *extension(const char *id)
{
    static const struct textd_check_options options = { .size = sizeof options, .check = check_options };

    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &options : NULL;
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, LANGUAGE_NEED, NULL };
static const char *const adds[] = { TEXTD_ENTITIES, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "entities",
    .version = "2.0.0",
    .license = "Apache-2.0",
    .summary = "Finds people, organizations, places, dates, amounts and the like, and names of your own lists",
    .needs_layers = needs,
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(entity_options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
    .extension = extension,
};
