/* attack.c: tries what a plugin has no business with. For tests only. */
#include <sys/prctl.h>

#include <textd/plugin.h>

static const struct textd_host *host;

static const struct textd_option options[] = {
    TEXTD_OPTION_BOOL("hide", 0, 0, "not to be dumpable, as a worker is that is confined"),
};

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)self;
    host = the_host;
    if (values[0].integer)
        prctl(PR_SET_DUMPABLE, 0);
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self;
    host->write_integer(doc, doc->text_length);
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "attack",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Tries what it has no business with",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
};
