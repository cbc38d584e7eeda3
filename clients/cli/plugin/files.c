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

int plugin_paths_of(struct plugin_paths *paths, const char *library)
{
    const char *name = name_of(library);
    size_t length = strlen(name), suffix = strlen(SUFFIX);

    if (length <= suffix || length > NAME_MAX || strcmp(name + length - suffix, SUFFIX) != 0 || name[0] == '.') {
        cli_complain("'%s' is no plugin's library, which is called FILE.so", library);
        return -1;
    }
    snprintf(paths->file, sizeof paths->file, "%.*s", (int)(length - suffix), name);
    int folder = (int)(name - library);
    if (snprintf(paths->manifest, PATH_MAX, "%.*s%s" TD_MANIFEST_SUFFIX, folder, library, paths->file) < PATH_MAX &&
        snprintf(paths->signature, PATH_MAX, "%.*s%s" TD_MANIFEST_SUFFIX TD_SIGNATURE_SUFFIX, folder, library,
                 paths->file) < PATH_MAX)
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

int plugin_files_list(struct td_manifest *manifest, const char *library, const char *models)
{
    const char *name = name_of(library);
    char stem[NAME_MAX + 1], folder[PATH_MAX];

    *manifest = (struct td_manifest) { 0 };
    snprintf(stem, sizeof stem, "%.*s", (int)strcspn(name, "."), name);
    if (add(manifest, library, name) != 0)
        return -1;
    snprintf(folder, sizeof folder, "%.*s%s", (int)(name - library), library, stem);
    int rc = add_folder(manifest, folder, stem);
    if (rc == 0 && models && snprintf(folder, sizeof folder, "%s/%s", models, stem) < (int)sizeof folder)
        rc = add_folder(manifest, folder, stem);
    if (rc == 0 && manifest->n > TD_MANIFEST_ENTRIES) {
        cli_complain("%s has more than %u resources, which is what textd takes", library, TD_MANIFEST_ENTRIES - 1);
        return -1;
    }
    if (rc == 0 && manifest->n > 2)
        qsort(manifest->entries + 1, manifest->n - 1, sizeof *manifest->entries, by_name);
    return rc;
}
