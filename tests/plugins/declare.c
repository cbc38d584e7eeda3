/* declare.c: a plugin whose instances declare themselves (textd.declare/1). Its own option `fault` names what is wrong with the
 * declaration. The result says what reached it: the instance's name, and the values of its options. For tests only. */
#include <stdlib.h>
#include <string.h>

#include <textd/declare.h>
#include <textd/plugin.h>

enum { OPTION_FAULT, OPTION_WORD, N_CONSTANT };

static const struct textd_host *host;

struct instance {
    char name[32];
    uint32_t n_options;
};

static const struct textd_option declared_options[] = {
    TEXTD_OPTION_INT("count", 1, 1, 10, TEXTD_PER_REQUEST, "a number"),
    TEXTD_OPTION_INT("count", 1, 1, 10, 0, "the same again"),
    TEXTD_OPTION_TEXT("word", "", NULL, 0, "what the struct has"),
    TEXTD_OPTION_INT("far", 11, 1, 10, 0, "outside its range"),
};
static const char *const colours[] = { "red", "green", NULL };
static const struct textd_option colour = TEXTD_OPTION_TEXT("colour", "blue", colours, 0, "a colour");

static const char *const halves[] = { "org.example.halves/1", NULL };
static const char *const twice[] = { "org.example.more/1", "org.example.more/1", NULL };
static const char *const no_layer[] = { "halves", NULL };

static int is(const struct textd_value *value, const char *text)
{
    return value->length == strlen(text) && memcmp(value->text, text, value->length) == 0;
}

static int32_t declare(const struct textd_host *the_host, const char *instance, const struct textd_value *values,
                       struct textd_declared *declared, void **self)
{
    const struct textd_value *fault = &values[OPTION_FAULT];
    struct instance *made = calloc(1, sizeof *made);

    if (!made || declared->size < sizeof *declared)
        return TEXTD_FAILED;
    host = the_host;
    strncpy(made->name, instance, sizeof made->name - 1);
    declared->options = declared_options;
    declared->n_options = 1;
    declared->option_size = sizeof declared_options[0];
    declared->version = "3.2.1";
    if (is(fault, "refuses"))
        host->explain("not on a Sunday", 15);
    else if (is(fault, "needs"))
        declared->needs_layers = halves;
    else if (is(fault, "layer"))
        declared->needs_layers = no_layer;
    else if (is(fault, "layer_twice"))
        declared->adds_layers = twice;
    else if (is(fault, "twice"))
        declared->n_options = 2;
    else if (is(fault, "constant"))
        declared->options = &declared_options[2];
    else if (is(fault, "range"))
        declared->options = &declared_options[3];
    else if (is(fault, "choice"))
        declared->options = &colour;
    else if (is(fault, "stride"))
        declared->option_size = 8;
    else if (is(fault, "version"))
        declared->version = "new";
    made->n_options = N_CONSTANT + declared->n_options;
    *self = made;
    return is(fault, "refuses") ? TEXTD_FAILED : TEXTD_OK;
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)the_host, (void)values;
    return *self ? TEXTD_OK : TEXTD_FAILED; /* what declare has begun */
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct instance *instance = self;

    host->array_begin(doc);
    host->write_text(doc, instance->name, strlen(instance->name));
    for (uint32_t i = 0; i < instance->n_options; i++) {
        if (doc->options[i].type == TEXTD_TEXT)
            host->write_text(doc, doc->options[i].text, doc->options[i].length);
        else
            host->write_integer(doc, doc->options[i].integer);
    }
    host->array_end(doc);
    return TEXTD_OK;
}

static const void *extension(const char *id)
{
#ifdef TABLE_SMALL
    static const struct textd_declare table = { .size = 8, .declare = declare };
#else
    static const struct textd_declare table = { .size = sizeof table, .declare = declare };
#endif

    return strcmp(id, TEXTD_DECLARE) == 0 ? &table : NULL;
}

static const struct textd_option options[] = {
    [OPTION_FAULT] = TEXTD_OPTION_TEXT("fault", "", NULL, 0, "what is wrong with the declaration"),
    [OPTION_WORD] = TEXTD_OPTION_TEXT("word", "none", NULL, TEXTD_PER_REQUEST, "a word"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "declare",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Declares itself",
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
    .destroy = free,
    .extension = extension,
};
