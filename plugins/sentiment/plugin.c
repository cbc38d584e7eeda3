/* plugin.c: the sentiment plugin as textd sees it: its options, its resources, a document in, a result out. What the
 * words mean is in sentiment.c and behind it. */
#include "plugins/sentiment/sentiment.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plugin {
    const struct textd_host *host;
    struct vocabulary *vocabulary;
};

/* In the order of the table of options. */
enum option { OPTION_LEVEL, OPTION_THRESHOLD, OPTION_COUNT };

static const char *const levels[] = { "document", "sentence", "entity", NULL };

static const struct textd_option options[] = {
    [OPTION_LEVEL] = TEXTD_OPTION_TEXT("level", "entity", levels, TEXTD_PER_REQUEST,
                                       "How much detail to return: the document only, sentences too, or entities too"),
    [OPTION_THRESHOLD] = TEXTD_OPTION_FLOAT("threshold", 0.05, 0, 1, TEXTD_PER_REQUEST,
                                            "Scores closer to 0 than this are labelled neutral"),
};

/* What one document is read with. */
struct request {
    struct textd_doc *doc;
    const struct textd_host *host;
    struct sentiment_input input;
    struct sentiment_output output;
    double threshold;
    bool with_sentences;
    bool with_entities;
};

static int32_t explain(const struct textd_host *host, int32_t rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int32_t explain(const struct textd_host *host, int32_t rc, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    host->explain(text, strlen(text));
    return rc;
}

static void destroy(void *self)
{
    struct plugin *plugin = self;

    vocabulary_free(plugin->vocabulary);
    free(plugin);
}

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    static const char *const names[] = {
#define X(name, file) file,
        SENTIMENT_FILES(X)
#undef X
    };
    struct file_text texts[FILE_COUNT];
    struct plugin *plugin;
    char reason[200];

    (void)values; /* both options are read for each document */
    for (int i = 0; i < FILE_COUNT; i++) {
        struct textd_resource resource = { .size = sizeof resource };
        int32_t rc = host->resource(names[i], &resource);

        if (rc != TEXTD_OK)
            return rc; /* the host has explained */
        texts[i] = (struct file_text) { resource.data, resource.length };
    }
    plugin = calloc(1, sizeof *plugin);
    if (!plugin)
        return explain(host, TEXTD_FAILED, "no memory for an instance");
    plugin->host = host;
    plugin->vocabulary = vocabulary_new(texts, reason, sizeof reason);
    if (!plugin->vocabulary) {
        free(plugin);
        return explain(host, TEXTD_FAILED, "%s", reason);
    }
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

static void read_options(struct request *request)
{
    const struct textd_value *level = &request->doc->options[OPTION_LEVEL];

    request->threshold = request->doc->options[OPTION_THRESHOLD].number;
    request->with_sentences = !(level->length == 8 && memcmp(level->text, "document", 8) == 0);
    request->with_entities = level->length == 6 && memcmp(level->text, "entity", 6) == 0;
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
        return explain(host, TEXTD_FAILED, "the layer " TEXTD_TOKENS " with its column 'kind' is not there");
    if (host->layer_get(doc, TEXTD_SENTENCES, &sentences) != TEXTD_OK)
        return explain(host, TEXTD_FAILED, "the layer " TEXTD_SENTENCES " is not there");
    request->with_entities = request->with_entities && host->layer_get(doc, TEXTD_ENTITIES, &entities) == TEXTD_OK;
    request->input = (struct sentiment_input) {
        .text = { doc->text, tokens.spans, kinds, tokens.count },
        .sentences = sentences.spans,
        .n_sentences = sentences.count,
        .entities = request->with_entities ? entities.spans : NULL,
        .n_entities = request->with_entities ? entities.count : 0,
        .words = may_be_english(doc),
        .should_stop = stop_wanted,
        .stop_argument = request,
    };
    return TEXTD_OK;
}

static int32_t get_memory(struct request *request)
{
    uint64_t sentences = request->input.n_sentences, entities = request->input.n_entities;
    float *scores = request->host->alloc(request->doc, (sentences + entities + 1) * sizeof(float), sizeof(float));

    if (!scores)
        return explain(request->host, TEXTD_NO_MEMORY, "no memory for the scores of %llu sentences and %llu entities",
                       (unsigned long long)sentences, (unsigned long long)entities);
    request->output.sentences = scores;
    request->output.entities = scores + sentences;
    return TEXTD_OK;
}

/* Four digits: more would claim what a lexicon can't know. The sum turns -0 into 0. */
static double rounded(double x)
{
    return round(x * 1e4) / 1e4 + 0.0;
}

static void write_score_and_label(const struct request *request, double score)
{
    const char *label = sentiment_label_name(sentiment_label(score, request->threshold));

    request->host->write_key(request->doc, "score");
    request->host->write_number(request->doc, rounded(score));
    request->host->write_key(request->doc, "label");
    request->host->write_text(request->doc, label, strlen(label));
}

static int32_t write_spans(const struct request *request, const char *key, const struct textd_span *spans,
                           const float *scores, uint32_t count)
{
    const struct textd_host *host = request->host;
    struct textd_doc *doc = request->doc;

    host->write_key(doc, key);
    host->array_begin(doc);
    for (uint32_t i = 0; i < count; i++) {
        if (i % 4096 == 4095 && host->should_stop(doc))
            return explain(host, TEXTD_STOPPED, "stopped while writing %s %u of %u", key, i, count);
        host->map_begin(doc);
        host->write_key(doc, "start");
        host->write_offset(doc, spans[i].start);
        host->write_key(doc, "end");
        host->write_offset(doc, spans[i].end);
        write_score_and_label(request, (double)scores[i]);
        host->map_end(doc);
    }
    host->array_end(doc);
    return TEXTD_OK;
}

static int32_t write_result(const struct request *request)
{
    const struct sentiment_input *input = &request->input;
    const struct sentiment_output *output = &request->output;
    const struct textd_host *host = request->host;
    int32_t rc = TEXTD_OK;

    host->map_begin(request->doc);
    write_score_and_label(request, output->score);
    host->write_key(request->doc, "confidence");
    host->write_number(request->doc, rounded(output->confidence));
    if (request->with_sentences)
        rc = write_spans(request, "sentences", input->sentences, output->sentences, input->n_sentences);
    if (rc == TEXTD_OK && request->with_entities)
        rc = write_spans(request, "entities", input->entities, output->entities, input->n_entities);
    host->map_end(request->doc);
    return rc;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct plugin *plugin = self;
    struct request request = { .doc = doc, .host = plugin->host };
    int32_t rc;

    read_options(&request);
    if ((rc = get_layers(&request)) != TEXTD_OK || (rc = get_memory(&request)) != TEXTD_OK)
        return rc;
    if (sentiment_read(plugin->vocabulary, &request.input, request.threshold, &request.output) != 0)
        return explain(plugin->host, TEXTD_STOPPED, "stopped before all %u sentences were read",
                       request.input.n_sentences);
    return write_result(&request);
}

/* One sentence, its tokens separated by single blanks, through the same code as a client's. */
static double score_of(const struct vocabulary *vocabulary, const char *text)
{
    struct textd_span tokens[32], sentence = { 0, (uint32_t)strlen(text) };
    uint8_t kinds[32];
    float scores[1];
    struct sentiment_input input = { .sentences = &sentence, .n_sentences = 1, .words = true };
    struct sentiment_output output = { .sentences = scores };
    uint32_t n = 0;

    for (uint32_t at = 0, end; at < sentence.end && n < 32; at = end + 1, n++) {
        end = at + (uint32_t)strcspn(text + at, " ");
        tokens[n] = (struct textd_span) { at, end };
        kinds[n] = (text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z' ? TEXTD_TOKEN_WORD
                   : strchr(".,!", text[at])                            ? TEXTD_TOKEN_PUNCT
                                                                        : TEXTD_TOKEN_SYMBOL;
    }
    input.text = (struct token_text) { text, tokens, kinds, n };
    sentiment_read(vocabulary, &input, 0.05, &output);
    return output.score;
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
        { "Net profit fell sharply .", SENTIMENT_NEGATIVE },
        { "See you there \xF0\x9F\x98\x8D", SENTIMENT_POSITIVE },
    };
    const struct plugin *plugin = self;

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        double score = score_of(plugin->vocabulary, samples[i].text);

        if (sentiment_label(score, 0.05) != samples[i].want)
            return explain(plugin->host, TEXTD_FAILED, "'%s' scores %.3f, which is not %s; is a lexicon damaged?",
                           samples[i].text, score, sentiment_label_name(samples[i].want));
    }
    return TEXTD_OK;
}

static const char *const needs[] = { TEXTD_SENTENCES, TEXTD_TOKENS, TEXTD_ENTITIES TEXTD_OPTIONAL, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "sentiment",
    .version = "0.1.0",
    .license = "Apache-2.0",
    .summary = "Says how positive or negative an English text, its sentences and what it says of entities are",
    .needs_layers = needs,
    .options = options,
    .n_options = OPTION_COUNT,
    .option_size = sizeof(struct textd_option),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
