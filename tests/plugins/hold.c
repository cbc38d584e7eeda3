/* hold.c: waits where it is told, for as long as a file is there: so that a test can keep a worker, a reload or a stop in the
 * middle of what it does, and let it go on. The options name the files; "" never waits. For tests only. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <textd/plugin.h>

static const struct textd_host *host;
static char while_destroyed[512], while_run[512];

static void wait_while_there(const char *path)
{
    const struct timespec pause = { 0, 2000000 };

    while (path[0] && access(path, F_OK) == 0)
        nanosleep(&pause, NULL);
}

static void keep(char path[512], const struct textd_value *value)
{
    memcpy(path, value->text, value->length < 511 ? value->length : 511);
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    char while_created[512] = "";

    (void)self;
    host = the_host;
    keep(while_created, &values[0]);
    keep(while_run, &values[1]);
    keep(while_destroyed, &values[2]);
    wait_while_there(while_created);
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    const struct timespec moment = { 0, 5000000 };

    (void)self;
    if (doc->text_length >= 4 && memcmp(doc->text, "HOLD", 4) == 0)
        wait_while_there(while_run);
    if (doc->text_length >= 5 && memcmp(doc->text, "PAUSE", 5) == 0)
        nanosleep(&moment, NULL);
    host->write_integer(doc, doc->text_length);
    return TEXTD_OK;
}

static void destroy(void *self)
{
    (void)self;
    wait_while_there(while_destroyed);
}

static const struct textd_option options[] = {
    TEXTD_OPTION_TEXT("create", "", NULL, 0, "create waits while this file is there"),
    TEXTD_OPTION_TEXT("process", "", NULL, 0,
                      "a document that begins with HOLD waits while this file is there; PAUSE takes 5 ms"),
    TEXTD_OPTION_TEXT("destroy", "", NULL, 0, "destroy waits while this file is there"),
};

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "hold",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Waits where it is told",
    .options = options,
    .n_options = 3,
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
    .destroy = destroy,
};
