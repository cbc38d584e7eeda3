/* plugin.c: the sentiment plugin as textd sees it: its options, its resources, a document in, a result out. What the
 * words mean is in sentiment.c and behind it. */
#include "plugins/sentiment/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/language.h"
#include "plugins/sentiment/own.h"

#define MODEL "sentiment.model"

struct plugin {
    const struct textd_host *host;
    struct sentiment_model model;
    struct own_words own;
    struct vocabulary vocabulary;
};

/* In the order of the table of options. */
enum option {
    OPTION_LEVEL,
    OPTION_THRESHOLD,
    OPTION_NEGATIVE_THRESHOLD,
    OPTION_DOMAIN,
    OPTION_EXPLAIN,
    OPTION_WORDS,
    OPTION_LANGUAGES,
    OPTION_BALANCE,
    OPTION_FORM,
    OPTION_COUNT
};

static const char *const levels[] = { "document", "sentence", "entity", NULL };
static const char *const forms[] = { "list", "columns", NULL };
static const char *const domains[] = { "auto", "social", "review", "news", "finance", "support", NULL };

/* The genres of each domain. */
static const unsigned domain_genres[] = {
    (1u << N_GENRES) - 1, 1u << GENRE_POST, 1u << GENRE_PRODUCT | 1u << GENRE_FILM,
    1u << GENRE_NEWS,     1u << GENRE_NEWS, 1u << GENRE_PRODUCT
};
static const enum field domain_fields[] = {
    FIELD_ANY, FIELD_NONE, FIELD_NONE, FIELD_NONE, FIELD_FINANCE, FIELD_SUPPORT
};

static const struct textd_option options[] = {
    [OPTION_LEVEL] = TEXTD_OPTION_TEXT("level", "entity", levels, TEXTD_PER_REQUEST,
                                       "How much detail to return: the document only, sentences too, or entities too"),
    [OPTION_THRESHOLD] =
        TEXTD_OPTION_FLOAT("threshold", 0.05, 0, 1, TEXTD_PER_REQUEST, "Scores from this up are labelled positive"),
    [OPTION_NEGATIVE_THRESHOLD] =
        TEXTD_OPTION_FLOAT("negative_threshold", 0, -1, 0, TEXTD_PER_REQUEST,
                           "Scores from this down are labelled negative; 0: from -threshold down"),
    [OPTION_DOMAIN] =
        TEXTD_OPTION_TEXT("domain", "auto", domains, TEXTD_PER_REQUEST,
                          "What sort of text it is: posts, reviews, news, finance, support, or as it looks"),
    [OPTION_EXPLAIN] = TEXTD_OPTION_BOOL("explain", 0, TEXTD_PER_REQUEST,
                                         "Return the spans that carried the document's score, with what each added"),
    [OPTION_WORDS] = TEXTD_OPTION_TEXT(
        "words", "", NULL, 0, "A file beside the model with words of your own: word, tab, weight from -1 to 1"),
    [OPTION_LANGUAGES] = LANGUAGE_OPTION,
    [OPTION_BALANCE] = TEXTD_OPTION_FLOAT("balance", 0, -1, 1, TEXTD_PER_REQUEST,
                                          "How readily a text is called neutral: -1 hardly, 1 at the least doubt"),
    [OPTION_FORM] = TEXTD_OPTION_TEXT("form", "list", forms, TEXTD_PER_REQUEST,
                                      "Sentences and entities have a map each, or an array for each of their fields"),
};

static void destroy(void *self)
{
    struct plugin *plugin = self;

    own_free(&plugin->own);
    free(plugin);
}

static int32_t open_model(struct plugin *plugin)
{
    struct textd_resource file = { .size = sizeof file };
    char reason[200];
    int32_t rc = plugin->host->resource(MODEL, &file);

    if (rc != TEXTD_OK) /* the host has explained */
        return rc;
    if (sentiment_model_open(&plugin->model, file.data, file.length, reason, sizeof reason) != 0)
        return textd_explain(plugin->host, TEXTD_FAILED, MODEL ": %s", reason);
    return TEXTD_OK;
}

static int32_t open_own(struct plugin *plugin, const struct textd_value *name)
{
    struct textd_resource file = { .size = sizeof file };
    char file_name[256], reason[300];

    if (name->length == 0)
        return TEXTD_OK;
    snprintf(file_name, sizeof file_name, "%.*s", (int)name->length, name->text);
    int32_t rc = plugin->host->resource(file_name, &file);
    if (rc != TEXTD_OK)
        return rc;
    if (own_read(&plugin->own, &plugin->model, file_name, file.data, file.length, reason, sizeof reason) != 0)
        return textd_explain(plugin->host, TEXTD_FAILED, "%s", reason);
    return TEXTD_OK;
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    int32_t rc;

    if (!plugin)
        return textd_explain(host, TEXTD_FAILED, "no memory for an instance");
    plugin->host = host;
    model_file_ask(host);
    if ((rc = open_model(plugin)) != TEXTD_OK || (rc = open_own(plugin, &values[OPTION_WORDS])) != TEXTD_OK) {
        free(plugin);
        return rc;
    }
    vocabulary_make(&plugin->vocabulary, &plugin->model, plugin->own.words.entries ? &plugin->own : NULL);
    *self = plugin;
    return TEXTD_OK;
}

/* English, or not known to be anything else. */
static bool may_be_english(const struct textd_doc *doc)
{
    if (doc->lang_length < 2)
        return true;
    return (doc->lang[0] | 0x20) == 'e' && (doc->lang[1] | 0x20) == 'n' &&
           (doc->lang_length == 2 || doc->lang[2] == '-');
}

static int stop_wanted(void *argument)
{
    const struct request *request = argument;

    return request->host->should_stop(request->doc);
}

/* Which of the option's choices its value is. */
static unsigned choice_of(const struct textd_doc *doc, enum option option)
{
    const struct textd_value *value = &doc->options[option];
    unsigned i = 0;

    while (options[option].choices[i + 1] && !(strlen(options[option].choices[i]) == value->length &&
                                               memcmp(options[option].choices[i], value->text, value->length) == 0))
        i++;
    return i;
}

static void read_options(struct request *request)
{
    const struct textd_value *values = request->doc->options;
    unsigned level = choice_of(request->doc, OPTION_LEVEL);

    request->positive = (float)values[OPTION_THRESHOLD].number;
    request->negative = (float)values[OPTION_NEGATIVE_THRESHOLD].number;
    if (values[OPTION_NEGATIVE_THRESHOLD].number == 0)
        request->negative = -request->positive;
    request->with_sentences = level >= 1;
    request->with_entities = level >= 2;
    request->with_reasons = values[OPTION_EXPLAIN].integer != 0;
    request->in_columns = choice_of(request->doc, OPTION_FORM) == 1;
}

static int32_t get_layers(struct request *request)
{
    struct textd_layer tokens = { .size = sizeof tokens }, sentences = tokens, entities = tokens;
    const struct textd_host *host = request->host;
    struct textd_doc *doc = request->doc;
    const uint8_t *kinds = NULL;

    if (host->layer_get(doc, TEXTD_TOKENS, &tokens) == TEXTD_OK)
        kinds = host->column_get(doc, TEXTD_TOKENS, "kind", TEXTD_U8);
    if (!kinds)
        return textd_explain(host, TEXTD_FAILED, "the layer " TEXTD_TOKENS " with its column 'kind' is not there");
    if (host->layer_get(doc, TEXTD_SENTENCES, &sentences) != TEXTD_OK)
        return textd_explain(host, TEXTD_FAILED, "the layer " TEXTD_SENTENCES " is not there");
    request->with_entities = request->with_entities && host->layer_get(doc, TEXTD_ENTITIES, &entities) == TEXTD_OK;
    request->input = (struct sentiment_input) {
        .text = { doc->text, doc->text_length, tokens.count, tokens.spans, kinds },
        .sentences = sentences.spans,
        .n_sentences = sentences.count,
        .entities = request->with_entities ? entities.spans : NULL,
        .n_entities = request->with_entities ? entities.count : 0,
        .words = may_be_english(doc),
        .genres = domain_genres[choice_of(doc, OPTION_DOMAIN)],
        .field = domain_fields[choice_of(doc, OPTION_DOMAIN)],
        .balance = (float)doc->options[OPTION_BALANCE].number,
        .should_stop = stop_wanted,
        .stop_argument = request,
    };
    return TEXTD_OK;
}

static int32_t get_memory(struct request *request)
{
    uint64_t sentences = request->with_sentences ? request->input.n_sentences : 0, entities = request->input.n_entities;
    struct textd_doc *doc = request->doc;
    const struct textd_host *host = request->host;
    struct verdict *verdicts = host->alloc(doc, (sentences + entities + 1) * sizeof *verdicts, 8);

    request->output = (struct sentiment_output) { .sentences = request->with_sentences ? verdicts : NULL,
                                                  .entities = verdicts ? verdicts + sentences : NULL };
    if (request->with_reasons) {
        request->output.reasons = host->alloc(doc, MOST_REASONS * sizeof(struct reason), 8);
        request->output.heard = host->alloc(doc, (request->input.text.n_tokens + 1ull) * sizeof(struct heard), 8);
    }
    if (!verdicts || (request->with_reasons && (!request->output.reasons || !request->output.heard)))
        return textd_explain(host, TEXTD_NO_MEMORY,
                             "no memory for %llu sentences and %llu entities; raise limits.document_memory",
                             (unsigned long long)sentences, (unsigned long long)entities);
    return TEXTD_OK;
}

/* A text that is surely not English has no score, and of a mixed one only the rest is read: English words and patterns found by
 * chance in another language say nothing. */
static int32_t stand_aside(struct request *request)
{
    struct sentiment_input *input = &request->input;
    struct language_view view;

    if (language_read(request->host, request->doc, &view) != TEXTD_OK ||
        language_keep(&view, request->host, request->doc, &input->sentences, &input->n_sentences) != TEXTD_OK)
        return textd_explain(request->host, TEXTD_NO_MEMORY, "no memory for the text's languages");
    if (view.n_foreign > 0)
        language_warn(&view, request->host, request->doc);
    request->stands_aside = view.is_most;
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct plugin *plugin = self;
    struct request request = { .doc = doc, .host = plugin->host, .model = &plugin->model };
    int32_t rc;

    read_options(&request);
    if ((rc = get_layers(&request)) != TEXTD_OK)
        return rc;
    if (!language_is_any(&doc->options[OPTION_LANGUAGES])) {
        if ((rc = stand_aside(&request)) != TEXTD_OK)
            return rc;
        if (request.stands_aside)
            return result_write_nothing(&request);
    }
    if ((rc = get_memory(&request)) != TEXTD_OK)
        return rc;
    if (sentiment_read(&plugin->vocabulary, &request.input, &request.output) != 0)
        return textd_explain(plugin->host, TEXTD_STOPPED, "stopped before all %u sentences were read",
                             request.input.n_sentences);
    return result_write(&request);
}

/* One sentence, its tokens separated by single blanks, through the same code as a client's, without the operator's words. */
static float score_of_sample(const struct plugin *plugin, const char *text)
{
    struct textd_span tokens[32], sentence = { 0, (uint32_t)strlen(text) };
    uint8_t kinds[32];
    struct verdict verdict;
    struct vocabulary vocabulary;
    struct sentiment_input input = {
        .sentences = &sentence, .n_sentences = 1, .words = true, .genres = domain_genres[0]
    };
    struct sentiment_output output = { .sentences = &verdict };
    uint32_t n = 0;

    for (uint32_t at = 0, end; at < sentence.end && n < 32; at = end + 1, n++) {
        end = at + (uint32_t)strcspn(text + at, " ");
        tokens[n] = (struct textd_span) { at, end };
        kinds[n] = (text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z' ? TEXTD_TOKEN_WORD
                   : strchr(".,!", text[at])                            ? TEXTD_TOKEN_PUNCT
                                                                        : TEXTD_TOKEN_SYMBOL;
    }
    input.text = (struct token_text) { text, sentence.end, n, tokens, kinds };
    vocabulary_make(&vocabulary, &plugin->model, NULL);
    sentiment_read(&vocabulary, &input, &output);
    return score_of(&plugin->model, &output.text, output.genres);
}

static int32_t selftest(void *self)
{
    static const struct {
        const char *text;
        enum sentiment_label want;
    } samples[] = {
        { "This is a wonderful phone , I love it !", SENTIMENT_POSITIVE },
        { "This is n't a good phone .", SENTIMENT_NEGATIVE },
        { "Good screen , but the battery is terrible .", SENTIMENT_NEGATIVE },
        { "The meeting is on Monday .", SENTIMENT_NEUTRAL },
        { "See you there \xF0\x9F\x98\x8D", SENTIMENT_POSITIVE },
    };
    const struct plugin *plugin = self;

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        float score = score_of_sample(plugin, samples[i].text);

        if (score_label(score, -0.05f, 0.05f) != samples[i].want)
            return textd_explain(plugin->host, TEXTD_FAILED,
                                 "'%s' scores %.3f, which is not %s; is " MODEL " another one's?", samples[i].text,
                                 (double)score, score_label_name(samples[i].want));
    }
    return TEXTD_OK;
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, TEXTD_ENTITIES TEXTD_OPTIONAL, LANGUAGE_NEED,
                                     NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "sentiment",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Says how positive or negative an English text, its sentences and what it says of entities are",
    .needs_layers = needs,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
