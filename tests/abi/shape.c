/* shape.c: a plugin that does nothing and mentions every struct that crosses the border between textd and a plugin: what isn't
 * mentioned by something that comes out of a library is invisible to abidiff. Compared by scripts/abi. */
#include <textd/check_options.h>
#include <textd/checksum.h>
#include <textd/declare.h>
#include <textd/grants.h>
#include <textd/log.h>
#include <textd/plugin.h>
#include <textd/warn.h>

#define MENTION(type) \
    TEXTD_EXPORT extern const struct type *const mentions_##type; \
    const struct type *const mentions_##type = NULL

MENTION(textd_span);
MENTION(textd_text);
MENTION(textd_layer);
MENTION(textd_value);
MENTION(textd_option);
MENTION(textd_doc);
MENTION(textd_resource);
MENTION(textd_host);
MENTION(textd_check_options);
MENTION(textd_checksum);
MENTION(textd_declare);
MENTION(textd_declared);
MENTION(textd_grants);
MENTION(textd_log);
MENTION(textd_warn);

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "shape",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Mentions the structs of the ABI",
    .process = process,
};
