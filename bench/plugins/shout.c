/* shout.c: words in capitals, as docs/plugins.md has them, to be measured beside the same as a script. For benchmarks only. */
#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static int is_capitals(const char *word, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        if (word[i] < 'A' || word[i] > 'Z')
            return 0;
    return 1;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    struct textd_layer tokens = { .size = sizeof tokens };

    (void)self;
    host->layer_get(doc, TEXTD_TOKENS, &tokens);
    host->array_begin(doc);
    for (uint32_t i = 0; i < tokens.count; i++) {
        struct textd_span t = tokens.spans[i];
        if (t.end - t.start >= 4 && is_capitals(doc->text + t.start, t.end - t.start))
            host->write_span(doc, t);
    }
    host->array_end(doc);
    return TEXTD_OK;
}

static const char *const needs[] = { TEXTD_TOKENS, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "shout",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Finds words in capitals",
    .needs_layers = needs,
    .create = create,
    .process = process,
};
