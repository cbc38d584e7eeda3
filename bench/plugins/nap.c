/* nap.c: takes a millisecond and no processor, so that any number of workers can be kept busy on any machine: what is
 * measured is what the supervisor does for them. */
#include <textd/plugin.h>

#include <time.h>

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct timespec t = { .tv_nsec = 1000000 };

    (void)self, (void)doc;
    nanosleep(&t, NULL);
    return TEXTD_OK;
}

/* clang-format off */
TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "nap",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Takes a millisecond",
    .process = process,
};
/* clang-format on */
