/* files.c: see files.h. Which files those are is said in docs/plugins.md, and done by textd in fleet/snapshot.c. */
#include "clients/cli/plugin/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "clients/cli/cli.h"
#include "common/signature.h"

#define SUFFIX ".so"

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

int plugin_paths_of(struct plugin_paths *paths, const char *given)
{
    char path[PATH_MAX];
    size_t suffix = strlen(SUFFIX);
    struct stat st;

    snprintf(path, sizeof path, "%s", given);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = 0;
    const char *name = name_of(path);
    size_t length = strlen(name);
    paths->has_library = length > suffix && strcmp(name + length - suffix, SUFFIX) == 0;
    if (name[0] == '.' || length > NAME_MAX ||
        (!paths->has_library && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))) {
        cli_complain("'%s' is no plugin: neither a library that is called FILE.so, nor a folder with files of one",
                     given);
        return -1;
    }
    snprintf(paths->file, sizeof paths->file, "%.*s", (int)(paths->has_library ? length - suffix : length), name);
    int folder = (int)(name - path);
    if (snprintf(paths->manifest, PATH_MAX, "%.*s%s" TD_MANIFEST_SUFFIX, folder, path, paths->file) < PATH_MAX &&
        snprintf(paths->signature, PATH_MAX, "%.*s%s" TD_MANIFEST_SUFFIX TD_SIGNATURE_SUFFIX, folder, path,
                 paths->file) < PATH_MAX &&
        snprintf(paths->folder, PATH_MAX, "%.*s%.*s", folder, path, (int)strcspn(paths->file, "."), paths->file) <
            PATH_MAX)
        return 0;
    cli_complain("the path of %s is too long", name);
    return -1;
}

static int refuse(const char *path)
{
    cli_complain("can't read %s: %s", path, strerror(errno));
    return -1;
}

static int hash_file(const char *path, char hash[TD_MANIFEST_HASH + 1])
{
    unsigned char block[65536], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    crypto_hash_sha256_init(&state);
    while (fd >= 0 && (n = read(fd, block, sizeof block)) > 0)
        crypto_hash_sha256_update(&state, block, (unsigned long long)n);
    int failed = n < 0 ? refuse(path) : 0;
    if (fd >= 0)
        close(fd);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hash, TD_MANIFEST_HASH + 1, digest, sizeof digest);
    return failed;
}

static int add(struct td_manifest *manifest, const char *path, const char *name)
{
    char hash[TD_MANIFEST_HASH + 1];
    struct td_err err;

    if (hash_file(path, hash) != 0)
        return -1;
    if (td_manifest_add(manifest, name, hash, path, &err) == TD_OK)
        return 0;
    cli_complain("%s", err.text);
    return -1;
}

/* Of two of the same name the first counts. */
static int has(const struct td_manifest *manifest, const char *name)
{
    for (uint32_t i = 0; i < manifest->n; i++)
        if (strcmp(manifest->entries[i].name, name) == 0)
            return 1;
    return 0;
}

static int add_folder(struct td_manifest *manifest, const char *folder, const char *stem)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;
    int rc = 0;

    if (!stream)
        return errno == ENOENT || errno == ENOTDIR ? 0 : refuse(folder);
    while (rc == 0 && (entry = readdir(stream))) {
        char path[PATH_MAX + NAME_MAX + 2], name[2 * NAME_MAX + 2];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(name, sizeof name, "%s/%s", stem, entry->d_name);
        if (entry->d_name[0] != '.' && stat(path, &st) == 0 && S_ISREG(st.st_mode) && !has(manifest, name))
            rc = add(manifest, path, name);
    }
    closedir(stream);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct td_manifest_entry *)a)->name, ((const struct td_manifest_entry *)b)->name);
}

int plugin_files_list(struct td_manifest *manifest, const struct plugin_paths *paths, const char *library,
                      const char *models)
{
    const char *stem = name_of(paths->folder);
    char folder[PATH_MAX];
    int rc = 0;

    *manifest = (struct td_manifest) { 0 };
    if (paths->has_library)
        rc = add(manifest, library, name_of(library));
    if (rc == 0)
        rc = add_folder(manifest, paths->folder, stem);
    if (rc == 0 && models && snprintf(folder, sizeof folder, "%s/%s", models, stem) < (int)sizeof folder)
        rc = add_folder(manifest, folder, stem);
    if (rc == 0 && (manifest->n == 0 || manifest->n > TD_MANIFEST_ENTRIES)) {
        cli_complain("%s has %u files; a plugin has at least one, and at most %u beside its library", library,
                     manifest->n, TD_MANIFEST_ENTRIES - 1);
        return -1;
    }
    uint32_t first = paths->has_library ? 1 : 0;
    if (rc == 0 && manifest->n > first + 1)
        qsort(manifest->entries + first, manifest->n - first, sizeof *manifest->entries, by_name);
    return rc;
}
