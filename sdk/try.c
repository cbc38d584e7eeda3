/* try.c: see try.h: what run and bench share. */
#include "sdk/try.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <textd/declare.h>

#include "daemon/worker/judge.h"

static int read_file(FILE *file, const char *name, char **text, uint32_t *length)
{
    size_t capacity = 1u << 16, n = 0, got;
    char *bytes = malloc(capacity), *larger;

    while (bytes && (got = fread(bytes + n, 1, capacity - n, file)) > 0) {
        n += got;
        if (n < capacity)
            continue;
        larger = n < UINT32_MAX / 4 ? realloc(bytes, capacity *= 2) : NULL;
        if (!larger)
            free(bytes);
        bytes = larger;
    }
    if (!bytes || ferror(file)) {
        fprintf(stderr, "plugin-tool: %s can't be read: %s\n", name, bytes ? strerror(errno) : "it is too large");
        free(bytes);
        return SDK_EXIT_USAGE;
    }
    *text = bytes;
    *length = (uint32_t)n;
    return -1;
}

static int copy(const char *from, size_t size, char **text, uint32_t *length)
{
    *text = malloc(size + 1);
    *length = (uint32_t)size;
    if (*text)
        memcpy(*text, from, size);
    return *text ? -1 : SDK_EXIT_USAGE;
}

int sdk_try_read(const struct sdk_args *args, char **text, uint32_t *length)
{
    struct sdk_corpus corpus;
    int rc;

    *text = NULL;
    if (args->text)
        return copy(args->text, strlen(args->text), text, length);
    if (args->corpus) {
        if (sdk_corpus_make(&corpus) != 0)
            return SDK_EXIT_USAGE;
        const struct sdk_document *d = sdk_corpus_find(&corpus, args->corpus);
        rc = d ? copy(d->text, d->length, text, length) : sdk_corpus_complain(&corpus, args->corpus);
        sdk_corpus_free(&corpus);
        return rc;
    }
    if (!args->text_file || strcmp(args->text_file, "-") == 0)
        return read_file(stdin, "stdin", text, length);
    FILE *file = fopen(args->text_file, "re");
    if (!file) {
        fprintf(stderr, "plugin-tool: %s can't be read: %s\n", args->text_file, strerror(errno));
        return SDK_EXIT_USAGE;
    }
    rc = read_file(file, args->text_file, text, length);
    fclose(file);
    return rc;
}

/* A plugin may say of each instance what it needs: then one is made, in a process that is thrown away. */
static void describe_instance(struct sdk_installed *installed, const struct sdk_args *args)
{
    static struct sdk_rig rig;
    struct td_err err;
    pid_t pid = fork();

    if (pid > 0)
        waitpid(pid, NULL, 0);
    if (pid != 0)
        return; /* without it the plan is of what the library says */
    if (sdk_rig_init(&rig, &err) == TD_OK && sdk_rig_take(&rig, &installed->target, args, installed, &err) == TD_OK &&
        sdk_rig_add(&rig, 0, &err) == TD_OK && sdk_rig_create(&rig, 0, &err) == TD_OK)
        sdk_plugin_file_describe(&installed->target, &rig.set.plugins[0].entry);
    _exit(0);
}

/* What the target says of itself: in this process it is opened anyway. */
static int describe(struct sdk_installed *installed, const struct sdk_args *args, struct td_err *err)
{
    struct textd_plugin entry;
    const char *path = installed->target.path;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const void *symbol = library ? dlsym(library, TEXTD_PLUGIN_SYMBOL) : NULL;

    if (!library)
        return td_fail(err, TD_E_CONFIG, "%s", dlerror());
    if (!symbol)
        return td_fail(err, TD_E_CONFIG, "%s exports no %s", path, TEXTD_PLUGIN_SYMBOL);
    int rc = td_judge(symbol, path, &entry, err);
    if (rc != TD_OK)
        return rc;
    sdk_plugin_file_describe(&installed->target, &entry);
    if (entry.extension && entry.extension(TEXTD_DECLARE))
        describe_instance(installed, args);
    return TD_OK;
}

int sdk_try_plan(const struct sdk_args *args, enum sdk_bring bring, struct sdk_installed **installed,
                 struct sdk_plan *plan)
{
    struct td_err err;
    int rc = sdk_board_make() == 0 ? TD_OK : td_fail(&err, TD_E_SYSTEM, "no memory");

    if (rc == TD_OK)
        rc = sdk_installed_make(installed, args, &err);
    if (rc == TD_OK)
        rc = describe(*installed, args, &err);
    if (rc == TD_OK) {
        sdk_installed_scan(*installed);
        rc = sdk_plan_make(plan, *installed, bring, args, &err);
    }
    if (rc == TD_OK)
        return -1;
    fprintf(stderr, "plugin-tool: %s\n", err.text);
    return SDK_EXIT_USAGE;
}
