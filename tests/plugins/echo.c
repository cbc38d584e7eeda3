/* echo.c: gives back what a plugin sees of a document: the text, its words' spans, the options, the language. */
#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct textd_option options[] = {
    TEXTD_OPTION_BOOL("loud", 0, TEXTD_PER_REQUEST, "a switch"),
    TEXTD_OPTION_INT("count", 3, 1, 10, TEXTD_PER_REQUEST, "a number"),
    TEXTD_OPTION_FLOAT("share", 0.5, 0, 1, TEXTD_PER_REQUEST, "a share"),
    TEXTD_OPTION_TEXT("colour", "red", colours, TEXTD_PER_REQUEST, "a choice"),
    TEXTD_OPTION_TEXT("label", "none", NULL, TEXTD_PER_REQUEST, "any text"),
    TEXTD_OPTION_INT("fixed", 7, 0, 100, 0, "for operators only"),
};

enum { N_OPTIONS = sizeof options / sizeof options[0] };

static void write_options(struct textd_doc *doc)
{
    host->map_begin(doc);
    for (int i = 0; i < N_OPTIONS; i++) {
        const struct textd_value *value = &doc->options[i];
        host->write_key(doc, options[i].name);
        if (value->type == TEXTD_BOOL)
            host->write_bool(doc, (int32_t)value->integer);
        else if (value->type == TEXTD_INT)
            host->write_integer(doc, value->integer);
        else if (value->type == TEXTD_FLOAT)
            host->write_number(doc, value->number);
        else
            host->write_text(doc, value->text, value->length);
    }
    host->map_end(doc);
}

/* Everything between ASCII blanks, as {start, end, text}. */
static void write_words(struct textd_doc *doc)
{
    uint32_t at = 0;

    host->array_begin(doc);
    while (at < doc->text_length) {
        uint32_t start = at;
        while (at < doc->text_length && doc->text[at] != ' ')
            at++;
        if (at > start) {
            host->map_begin(doc);
            host->write_key(doc, "start");
            host->write_offset(doc, start);
            host->write_key(doc, "end");
            host->write_offset(doc, at);
            host->write_key(doc, "text");
            host->write_slice(doc, (struct textd_span) { start, at });
            host->map_end(doc);
        }
        at++;
    }
    host->array_end(doc);
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self;
    host->map_begin(doc);
    host->write_key(doc, "text");
    host->write_text(doc, doc->text, doc->text_length);
    host->write_key(doc, "lang");
    host->write_text(doc, doc->lang, doc->lang_length);
    host->write_key(doc, "options");
    write_options(doc);
    host->write_key(doc, "words");
    write_words(doc);
    host->map_end(doc);
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "echo",
    .version = "2.1.0",
    .license = "Apache-2.0",
    .summary = "Gives back what it sees",
    .options = options,
    .n_options = N_OPTIONS,
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
};
