/* plugin.c: the plugin @NAME@: finds the words of words.txt. */
#include <textd/explain.h>

#include <stdlib.h>
#include <string.h>

#define LAYER "org.example.@NAME@/1"

/* All that it keeps is in here: textd may make several, with other options. */
struct plugin {
    const struct textd_host *host;
    struct textd_text words; /* words.txt: one a line, in lower case */
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static int is_word(const char *line, size_t line_length, const char *word, size_t length)
{
    if (line_length != length)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (lower(word[i]) != line[i])
            return 0;
    return 1;
}

static int is_listed(const struct plugin *p, const char *word, size_t length)
{
    const char *line = p->words.bytes, *end = line + p->words.length;

    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        if (is_word(line, (size_t)(stop - line), word, length))
            return 1;
        line = stop < end ? stop + 1 : end;
    }
    return 0;
}

static void destroy(void *self)
{
    free(self);
}

/* `values` is what the operator has set; `min` is looked at for each document, since clients may set it, too. */
static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    struct textd_resource file = { .size = sizeof file };

    (void)values;
    int32_t rc = host->resource("words.txt", &file); /* stays mapped until destroy has returned */
    if (rc != TEXTD_OK)
        return rc; /* the host has explained which path it tried */
    if (file.length == 0)
        return textd_explain(host, TEXTD_FAILED, "words.txt is empty; write a word on each line");
    struct plugin *p = calloc(1, sizeof *p);
    if (!p)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for an instance");
    p->host = host;
    p->words = (struct textd_text) { file.data, file.length };
    *self = p;
    return TEXTD_OK;
}

enum { OPTION_MIN };

/* Puts the words into `found`, which has room for all tokens, and returns how many there are. */
static uint32_t find(const struct plugin *p, struct textd_doc *doc, const struct textd_layer *tokens,
                     struct textd_span *found)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < tokens->count; i++) {
        struct textd_span t = tokens->spans[i];
        if (i % 1024 == 0 && p->host->should_stop(doc))
            break; /* the caller asks again */
        if (t.end - t.start >= doc->options[OPTION_MIN].integer && is_listed(p, doc->text + t.start, t.end - t.start))
            found[n++] = t;
    }
    return n;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct plugin *p = self;
    const struct textd_host *host = p->host;
    struct textd_layer tokens = { .size = sizeof tokens };
    int32_t rc = host->layer_get(doc, TEXTD_TOKENS, &tokens);

    if (rc != TEXTD_OK)
        return rc;
    struct textd_span *found = host->alloc(doc, ((uint64_t)tokens.count + 1) * sizeof *found, 8);
    if (!found)
        return textd_explain(host, TEXTD_NO_MEMORY, "no memory for %u tokens", tokens.count);
    uint32_t n = find(p, doc, &tokens, found);
    if (host->should_stop(doc))
        return textd_explain(host, TEXTD_STOPPED, "stopped before %u tokens were looked at", tokens.count);
    if ((rc = host->layer_add(doc, LAYER, found, n)) != TEXTD_OK)
        return rc;

    host->map_begin(doc);
    host->write_key(doc, "count");
    host->write_integer(doc, n);
    host->write_key(doc, "found");
    host->array_begin(doc);
    for (uint32_t i = 0; i < n; i++)
        host->write_span(doc, found[i]); /* [start, end], in the unit that the client asked for */
    host->array_end(doc);
    host->map_end(doc);
    return TEXTD_OK;
}

static int32_t selftest(void *self)
{
    const struct plugin *p = self;

    if (is_listed(p, "Great", 5) && !is_listed(p, "grea", 4))
        return TEXTD_OK;
    return textd_explain(p->host, TEXTD_FAILED, "'Great' must be among words.txt, and 'grea' must not");
}

static const char *const needs[] = { TEXTD_TOKENS, NULL };
static const char *const adds[] = { LAYER, NULL };

static const struct textd_option options[] = {
    [OPTION_MIN] = TEXTD_OPTION_INT("min", 1, 1, 100, TEXTD_PER_REQUEST, "letters that a word must have"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "@NAME@",
    .version = "0.1.0",
    .license = "MIT",
    .summary = "Finds the words of a list",
    .needs_layers = needs,
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
};
