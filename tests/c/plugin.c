/* plugin.c: a plugin as the header says that one is written, in C and C++: fields by name, or in C++17 each in its place. */
#include <textd/explain.h>
#include <textd/plugin.h>

static int32_t create(const struct textd_host *host, const struct textd_value *values, void **self)
{
    (void)self;
    if (values[0].integer > 1)
        return textd_explain(host, TEXTD_FAILED, "n is %d; it must be 0 or 1", (int)values[0].integer);
    return TEXTD_HAS(host, struct textd_host, extension) ? TEXTD_OK : TEXTD_FAILED;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
    return TEXTD_OK;
}

static const char *const adds[] = { "org.example.uses/1", NULL };
static const char *const choices[] = { "a", "b", NULL };

static const struct textd_option options[] = {
    TEXTD_OPTION_INT("n", 1, 0, 9, TEXTD_PER_REQUEST, "an integer"),
    TEXTD_OPTION_BOOL("yes", 1, 0, "a bool"),
    TEXTD_OPTION_FLOAT("x", 0.5, 0, 1, 0, "a number"),
    TEXTD_OPTION_TEXT("t", "a", choices, 0, "a text"),
};

#if defined(__cplusplus) && __cplusplus < 202002L
TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD_IN_ORDER,
    "uses",
    "1.0.0",
    "MIT",
    "Is compiled",
    NULL,
    adds,
    TEXTD_PLUGIN_OPTIONS_IN_ORDER(options),
    create,
    process,
    NULL,
    NULL,
    NULL,
};
#else
TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "uses",
    .version = "1.0.0",
    .license = "MIT",
    .summary = "Is compiled",
    .adds_layers = adds,
    TEXTD_PLUGIN_OPTIONS(options),
    .create = create,
    .process = process,
};
#endif
