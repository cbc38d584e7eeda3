/* noop.c: does nothing, so that what is measured is textd itself. */
#include <textd/plugin.h>

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
    return TEXTD_OK;
}

/* clang-format off */
TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "noop",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Does nothing",
    .process = process,
};
/* clang-format on */
