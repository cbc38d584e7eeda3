/* twin.c: two plugins are built from this file that have the same global symbol with different values; each must see its
 * own. WHO is the value. For tests only. */
#include <textd/plugin.h>

static const struct textd_host *host;

__attribute__((visibility("default"))) int shared_name = WHO;
__attribute__((visibility("default"))) int shared_function(void);

int shared_function(void)
{
    return shared_name;
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self;
    host->write_integer(doc, shared_function());
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,       .name = "twin",   .version = "1.0.0", .license = "Apache-2.0",
    .summary = "Has a twin", .create = create, .process = process,
};
