/* mirror.c: gives the text back, so that replies are as large as requests: what an echo worker behind a plain broker
 * does. */
#include <textd/plugin.h>

static const struct textd_host *host;

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self;
    host->write_text(doc, doc->text, doc->text_length);
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "mirror",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Gives the text back",
    .create = create,
    .process = process,
};
