/* bad.c: plugins that must be refused when they are loaded, and some that load and break a rule later. Each is built
 * from this file with one of the names below defined, into a folder of its own. For tests only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <textd/check_options.h>
#include <textd/checksum.h>
#include <textd/plugin.h>
#ifdef RESOURCE_MISSING
#include <xxhash.h>
#endif

#ifndef MAGIC
#define MAGIC TEXTD_PLUGIN_MAGIC
#endif
#ifndef MAJOR
#define MAJOR TEXTD_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR 0
#endif
#ifndef NAME
#define NAME "bad"
#endif
#ifndef SYMBOL
#define SYMBOL textd_plugin_v1
#endif

static const struct textd_host *host;

#ifdef UNDEFINED_SYMBOL
int nobody_has_this(void); /* lazy binding would find out at the first document */
#endif

#ifdef RESOURCE_MISSING
/* What the host knows of the file that it gave out is what the file has. */
static int is_checksum_right(const struct textd_resource *file)
{
    const struct textd_checksum *sums = host->extension(TEXTD_CHECKSUM);
    uint64_t sum = 0;

    if (!sums || sums->known(NULL, &sum) == TEXTD_OK)
        return 0;
    if (file->length <= TEXTD_CHECKSUM_FROM) /* nothing is left of it */
        return sums->known(file->data, &sum) == TEXTD_NOT_FOUND;
    return sums->known(file->data, &sum) == TEXTD_OK &&
           sum == XXH3_64bits((const char *)file->data + TEXTD_CHECKSUM_FROM, file->length - TEXTD_CHECKSUM_FROM);
}
#endif

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
#ifdef CREATE_FAILS
    host->explain("the moon is in the wrong house", 30);
    return TEXTD_FAILED;
#elif defined(CREATE_CRASHES)
    fputs("the model is not what it was\n", stderr);
    abort();
#elif defined(CREATE_CLOSES)
    close(3); /* what it had of the supervisor */
    while (pause() == -1)
        ;
    return TEXTD_FAILED;
#elif defined(CREATE_SLOW)
    while (pause() == -1)
        ;
    return TEXTD_FAILED;
#elif defined(RESOURCE_MISSING)
    struct textd_resource resource = { .size = sizeof resource };
    int32_t rc = host->resource("words.txt", &resource);
    if (rc == TEXTD_OK && !is_checksum_right(&resource)) {
        host->explain("its checksum isn't what is known of it", 38);
        return TEXTD_FAILED;
    }
    return rc;
#else
    return TEXTD_OK;
#endif
}

static int32_t process(void *self, struct textd_doc *doc)
{
    (void)self, (void)doc;
#ifdef UNDEFINED_SYMBOL
    return nobody_has_this();
#elif defined(LAYER_LIAR)
    return host->layer_add(doc, "undeclared/1", NULL, 0);
#elif defined(LAYER_MISER)
    return TEXTD_OK; /* declares a layer and does not add it */
#else
    return TEXTD_OK;
#endif
}

static int32_t selftest(void *self)
{
    (void)self;
#ifdef SELFTEST_FAILS
    host->explain("two and two made five", 21);
    return TEXTD_FAILED;
#else
    return TEXTD_OK;
#endif
}

#if defined(OPTIONS_REFUSED) || defined(OPTIONS_TABLE_SMALL)
static int32_t check(void *self, const struct textd_value *values)
{
    (void)self, (void)values;
    host->explain("n must be the seventh prime", 27);
    return TEXTD_INVALID;
}
#endif

static const void *extension(const char *id)
{
    (void)id;
#if defined(OPTIONS_REFUSED)
    static const struct textd_check_options refused = { .size = sizeof refused, .check = check };
    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &refused : NULL;
#elif defined(OPTIONS_TABLE_SMALL)
    static const struct textd_check_options small = { .size = 8, .check = check };
    return strcmp(id, TEXTD_CHECK_OPTIONS) == 0 ? &small : NULL;
#else
    return NULL;
#endif
}

static void destroy(void *self)
{
    (void)self;
#ifdef DESTROY_CRASHES
    abort();
#elif defined(DESTROY_HANGS)
    for (volatile int going = 1; going;)
        ;
#endif
}

#ifdef CONSTRUCTOR_CRASHES
__attribute__((constructor)) static void constructor(void)
{
    abort();
}
#endif

#ifndef NEEDS
#define NEEDS NULL
#endif
#ifndef ADDS
#define ADDS NULL
#endif
static const char *const needs[] = { NEEDS, NULL };
static const char *const adds[] = { ADDS, NULL };

static const struct textd_option options[] = {
#ifdef OPTION_INVALID
    TEXTD_OPTION_INT("n", 11, 1, 10, 0, "its initial value is outside its range"),
#else
    TEXTD_OPTION_INT("n", 1, 1, 10, 0, "a number"),
#endif
};

TEXTD_EXPORT extern const struct textd_plugin SYMBOL;
TEXTD_EXPORT const struct textd_plugin SYMBOL = {
    MAGIC,
    sizeof(struct textd_plugin),
    MAJOR,
    MINOR,
    0,
    .name = NAME,
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Must be refused",
    .needs_layers = needs,
    .adds_layers = adds,
    .options = options,
    .n_options = 1,
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
    .selftest = selftest,
    .destroy = destroy,
    .extension = extension,
};
