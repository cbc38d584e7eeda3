/* tongue.c: adds language/1 as the text itself says: "[de]" begins a part in German, "[de?]" one that is perhaps German; what
 * stands in front of the first mark is English. For tests only. */
#include <string.h>

#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

/* The length of the mark at `at`, brackets and all; 0: there is none. */
static uint32_t mark_length(const struct textd_doc *doc, uint32_t at)
{
    const char *end = doc->text[at] == '[' ? memchr(doc->text + at, ']', doc->text_length - at) : NULL;

    return end ? (uint32_t)(end - doc->text) - at + 1 : 0;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    uint64_t most = doc->text_length / 2 + 1;
    struct textd_span *spans = host->alloc(doc, most * sizeof *spans, 8);
    struct textd_text *codes = host->alloc(doc, most * sizeof *codes, 8);
    float *scores = host->alloc(doc, most * sizeof *scores, 8);
    uint32_t n = 0;

    (void)self;
    if (!spans || !codes || !scores)
        return TEXTD_NO_MEMORY;
    for (uint32_t at = 0, mark; at < doc->text_length; at += mark ? mark : 1) {
        mark = mark_length(doc, at);
        if (!mark && at > 0)
            continue;
        if (n > 0)
            spans[n - 1].end = at;
        spans[n] = (struct textd_span) { at, doc->text_length };
        codes[n] = (struct textd_text) { "en", 2 };
        scores[n] = 0.99f;
        if (mark) {
            int is_sure = doc->text[at + mark - 2] != '?';
            codes[n] = (struct textd_text) { doc->text + at + 1, mark - (is_sure ? 2 : 3) };
            scores[n] = is_sure ? 0.99f : 0.5f;
        }
        n++;
    }
    int32_t rc = host->layer_add(doc, TEXTD_LANGUAGE, spans, n);
    if (rc == TEXTD_OK)
        rc = host->column_add(doc, TEXTD_LANGUAGE, "code", TEXTD_TEXT, codes);
    if (rc == TEXTD_OK)
        rc = host->column_add(doc, TEXTD_LANGUAGE, "score", TEXTD_F32, scores);
    host->write_integer(doc, n);
    return rc;
}

static const char *const adds[] = { TEXTD_LANGUAGE, NULL };

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "tongue",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Takes the language from marks in the text",
    .adds_layers = adds,
    .create = create,
    .process = process,
};
