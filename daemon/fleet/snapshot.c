/* snapshot.c: see snapshot.h. */
#include "daemon/fleet/snapshot.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>
#include <textd/checksum.h>
#include <xxhash.h>
#ifdef TD_HAVE_XXH_DISPATCH
#include <xxh_x86dispatch.h> /* the same functions, by what the processor has: libxxhash's own are for the oldest */
#endif

#include "common/manifest.h"
#include "common/signature.h"
#include "common/trusted.h"

/* On the stack: what is thread-local the loader clears in each process and each thread, whether it ever copies or not. */
#define COPY_BYTES (32u * 1024u)
#define PAGE 4096u /* what offsets in the bundle are multiples of; mmap's own unit on every machine that we run on */
#define MOST_FILES 1000u

#define SEAL_TRIES 20
#define SEAL_PAUSE_US 10000

/* A file that somebody writes while we read it is read again this often. */
#define MOST_READS 3

/* ---- Identity ----------------------------------------------------------------------------------------------------- */

/* A fingerprint for noticing change, not a defence against forgery: FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv), a word
 * at a time. */
static uint64_t mix_file(uint64_t hash, const struct stat *st)
{
    const uint64_t parts[] = { st->st_dev,
                               st->st_ino,
                               (uint64_t)st->st_size,
                               (uint64_t)st->st_mtim.tv_sec,
                               (uint64_t)st->st_mtim.tv_nsec,
                               (uint64_t)st->st_ctim.tv_sec,
                               (uint64_t)st->st_ctim.tv_nsec };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        hash = (hash ^ parts[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static int is_same_file(const struct stat *a, const struct stat *b)
{
    return mix_file(0, a) == mix_file(0, b);
}

/* ---- Copying ------------------------------------------------------------------------------------------------------ */

/* Of the bytes that are at `at` in the file. */
static void add_to_checksum(XXH3_state_t *sum, uint64_t at, const unsigned char *bytes, size_t n)
{
    size_t skip = at < TEXTD_CHECKSUM_FROM ? (size_t)(TEXTD_CHECKSUM_FROM - at) : 0;

    if (sum && n > skip)
        XXH3_64bits_update(sum, bytes + skip, n - skip);
}

/* Appends the open file to `to`: at most `most` bytes from `start` on. They are in the processor's cache once; so the
 * checksum is taken here, if one is wanted: it guards against accidents. */
static int copy_bytes(int from, uint64_t start, uint64_t most, int to, uint64_t *length, XXH3_state_t *sum)
{
    unsigned char buffer[COPY_BYTES];
    ssize_t n = 0;

    for (*length = 0; *length < most; *length += (uint64_t)n) {
        size_t want = most - *length < sizeof buffer ? (size_t)(most - *length) : sizeof buffer;
        if ((n = pread(from, buffer, want, (off_t)(start + *length))) <= 0)
            break;
        add_to_checksum(sum, *length, buffer, (size_t)n);
        for (ssize_t done = 0; done < n;) {
            ssize_t written = write(to, buffer + done, (size_t)(n - done));
            if (written < 0)
                return -1;
            done += written;
        }
    }
    return n < 0 ? -1 : 0;
}

/* The SHA-256 of a part of sealed memory. Not of what is copied, while it is: until the seal, whoever may open our
 * descriptors could write there. */
static int hash_sealed(int fd, uint64_t start, uint64_t length, char hash[TD_SNAPSHOT_HASH_BYTES], struct td_err *err)
{
    unsigned char buffer[COPY_BYTES];
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    ssize_t n = 0;

    assert(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE);
    crypto_hash_sha256_init(&state);
    for (uint64_t done = 0; done < length; done += (uint64_t)n) {
        size_t want = length - done < sizeof buffer ? (size_t)(length - done) : sizeof buffer;
        if ((n = pread(fd, buffer, want, (off_t)(start + done))) <= 0)
            return td_fail(err, TD_E_SYSTEM, "a plugin's copy can't be read: %s", strerror(errno));
        crypto_hash_sha256_update(&state, buffer, (unsigned long long)n);
    }
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hash, TD_SNAPSHOT_HASH_BYTES, digest, sizeof digest);
    return TD_OK;
}

static int is_roots(const struct stat *st)
{
    return st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

/* Appends the file at `path` to `to`. When it changed meanwhile, what was appended is taken back and it is read again.
 * *is_ours stays what it was when nobody but root can write the file, else it is zero. */
static int copy_file(struct td_snapshot *s, const char *path, int to, uint64_t *length, XXH3_state_t *sum, int *is_ours,
                     struct td_err *err)
{
    off_t start = lseek(to, 0, SEEK_CUR);
    struct stat before = { 0 }, after = { 0 };
    int fd;

    for (int i = 0; i < MOST_READS; i++) {
        int rc = td_trusted_open(path, &fd, &before, err);
        if (rc != TD_OK)
            return rc;
        if (sum)
            XXH3_64bits_reset(sum);
        int failed = copy_bytes(fd, 0, UINT64_MAX, to, length, sum) != 0 || fstat(fd, &after) != 0;
        int error = errno;
        close(fd);
        if (failed)
            return td_fail(err, TD_E_SYSTEM, "%s can't be copied to memory: %s", path, strerror(error));
        if (is_same_file(&before, &after) && (uint64_t)after.st_size == *length) {
            s->identity = mix_file(s->identity, &after);
            *is_ours &= is_roots(&after);
            return TD_OK;
        }
        if (ftruncate(to, start) != 0 || lseek(to, start, SEEK_SET) < 0)
            break;
    }
    return td_fail(err, TD_E_CONFIG, "%s is being written; try again when that is done", path);
}

static int make_memory(const char *name, int *fd, struct td_err *err)
{
    *fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return *fd >= 0 ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory for a copy of %s: %s", name, strerror(errno));
}

/* The kernel refuses while anybody else has one of the pages in his hands, such as a part of its own that moves pages,
 * or looks which are used (DAMON). It waits for some 150 ms first, which is too short for one that gets no processor. */
static int seal(int fd, struct td_err *err)
{
    for (int i = 0; i < SEAL_TRIES; i++) {
        if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
            return TD_OK;
        if (errno != EBUSY)
            break;
        usleep(SEAL_PAUSE_US);
    }
    return td_fail(err, TD_E_SYSTEM, "a plugin's copy can't be sealed: %s", strerror(errno));
}

/* ---- Which files -------------------------------------------------------------------------------------------------- */

/* A plugin's resources: the files of the folder beside its library, of those in other plugin directories, and of the one
 * among the models. */
struct files {
    char **list;
    uint32_t n;
};

static const char *file_name(const char *path)
{
    assert(path);
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void files_free(struct files *files)
{
    for (uint32_t i = 0; i < files->n; i++)
        free(files->list[i]);
    free(files->list);
}

static int has_name(const struct files *files, const char *name)
{
    for (uint32_t i = 0; files->list && i < files->n; i++)
        if (strcmp(file_name(files->list[i]), name) == 0)
            return 1;
    return 0;
}

/* Notes the file if it is one; of two of the same name the first counts. -1: no memory. */
static int add_file(struct files *files, const char *folder, const char *name)
{
    char **grown;
    struct stat st;
    char *path;

    if (name[0] == '.' || has_name(files, name))
        return 0;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return -1;
    grown = realloc(files->list, (files->n + 1) * sizeof *grown);
    if (grown)
        files->list = grown;
    if (!grown || stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
        free(path);
        return grown ? 0 : -1;
    }
    grown[files->n++] = path;
    return 0;
}

/* None when the folder isn't there. */
static int add_folder(struct files *files, const char *folder, struct td_err *err)
{
    DIR *stream = opendir(folder);
    uint32_t before = files->n;
    struct dirent *entry;
    int failed = 0;

    if (!stream && (errno == ENOENT || errno == ENOTDIR))
        return TD_OK;
    if (!stream)
        return td_fail(err, td_trusted_blame(errno), "%s: %s", folder, strerror(errno));
    while (!failed && files->n <= MOST_FILES && (entry = readdir(stream)))
        failed = add_file(files, folder, entry->d_name);
    closedir(stream);
    if (failed)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    if (files->n > MOST_FILES)
        return td_fail(err, TD_E_CONFIG, "%s holds more than %u files", folder, MOST_FILES);
    return files->n > before ? td_trusted_folder(folder, err) : TD_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(file_name(*(char *const *)a), file_name(*(char *const *)b));
}

/* The folder of a library's name in `dir`, unless there is another library of that name, whose folder it is then. */
static int add_named(struct files *files, const char *dir, const char *library, int is_shared, struct td_err *err)
{
    char folder[PATH_MAX], other[PATH_MAX];

    if (snprintf(folder, PATH_MAX, "%s/%.*s", dir, (int)strcspn(library, "."), library) >= PATH_MAX ||
        snprintf(other, PATH_MAX, "%s/%s", dir, library) >= PATH_MAX)
        return td_fail(err, TD_E_CONFIG, "%s/%s: the path is too long", dir, library);
    return is_shared && access(other, F_OK) == 0 ? TD_OK : add_folder(files, folder, err);
}

static int find_files(struct files *files, const char *path, const struct td_resource_dirs *dirs, struct td_err *err)
{
    const char *name = file_name(path);
    char own[PATH_MAX];

    if (snprintf(own, PATH_MAX, "%.*s.", (int)(name - path), path) >= PATH_MAX)
        return td_fail(err, TD_E_CONFIG, "%s: the path is too long", path);
    int rc = add_named(files, own, name, 0, err);
    for (uint32_t i = 0; i < dirs->n_plugin_dirs && rc == TD_OK; i++)
        rc = add_named(files, dirs->plugin_dirs[i], name, 1, err);
    if (rc == TD_OK)
        rc = add_named(files, dirs->model_dir, name, 0, err);
    if (rc == TD_OK && files->n > 1)
        qsort(files->list, files->n, sizeof *files->list, by_name); /* a directory's own order is chance */
    return rc;
}

/* ---- Its files ---------------------------------------------------------------------------------------------------- */

/* Whether the path begins with that folder, and doesn't leave it again. */
static int is_below(const char *path, const char *folder)
{
    size_t length = folder ? strlen(folder) : 0;

    return length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/' && !strstr(path + length, "/../");
}

/* Whether the file lies where textd was installed, in a folder that only root can write. */
static int is_at_home(const char *path, const struct td_resource_dirs *dirs)
{
    char folder[PATH_MAX];
    struct stat st = { 0 };

    if (!is_below(path, dirs->installed) && !is_below(path, dirs->model_dir))
        return 0;
    snprintf(folder, sizeof folder, "%.*s.", (int)(file_name(path) - path), path);
    return stat(folder, &st) == 0 && is_roots(&st);
}

static int hash_library(const struct td_snapshot *s, struct td_err *err)
{
    struct stat st;

    if (fstat(s->library_fd, &st) != 0)
        return td_fail(err, TD_E_SYSTEM, "a plugin's copy can't be read: %s", strerror(errno));
    return hash_sealed(s->library_fd, 0, (uint64_t)st.st_size, s->prints->hash, err);
}

static int take_library(struct td_snapshot *s, const struct td_resource_dirs *dirs, struct td_err *err)
{
    char folder[PATH_MAX];
    uint64_t length;

    snprintf(folder, sizeof folder, "%.*s.", (int)(file_name(s->path) - s->path), s->path);
    int rc = td_trusted_folder(folder, err);
    s->seal.is_installed = is_at_home(s->path, dirs);
    if (rc == TD_OK)
        rc = make_memory(file_name(s->path), &s->library_fd, err);
    if (rc == TD_OK)
        rc = copy_file(s, s->path, s->library_fd, &length, NULL, &s->seal.is_installed, err);
    return rc == TD_OK ? seal(s->library_fd, err) : rc;
}

/* Moves the bundle's end to the next page. */
static int start_page(int fd, uint64_t *offset)
{
    off_t end = lseek(fd, 0, SEEK_END), start = (end + PAGE - 1) & ~(off_t)(PAGE - 1);

    *offset = (uint64_t)start;
    return end < 0 || ftruncate(fd, start) != 0 || lseek(fd, start, SEEK_SET) != start ? -1 : 0;
}

static int take_resource(struct td_snapshot *s, const char *path, const struct td_resource_dirs *dirs,
                         XXH3_state_t *sum, struct td_err *err)
{
    struct td_resource *entry = &s->entries[s->n_entries];
    int is_ours = is_at_home(path, dirs);

    if (start_page(s->bundle_fd, &entry->offset) != 0)
        return td_fail(err, TD_E_SYSTEM, "%s can't be copied to memory: %s", path, strerror(errno));
    if (!(entry->name = strdup(file_name(path))))
        return td_fail(err, TD_E_SYSTEM, "no memory");
    int rc = copy_file(s, path, s->bundle_fd, &entry->length, sum, &is_ours, err);
    if (rc == TD_OK && entry->length > TEXTD_CHECKSUM_FROM)
        entry->checksum = XXH3_64bits_digest(sum);
    s->seal.are_installed[s->n_entries++] = (unsigned char)is_ours;
    return rc;
}

static int take_resources(struct td_snapshot *s, const struct files *files, const struct td_resource_dirs *dirs,
                          struct td_err *err)
{
    if (files->n == 0)
        return TD_OK;
    s->entries = calloc(files->n, sizeof *s->entries);
    s->seal.are_installed = calloc(files->n, 1);
    XXH3_state_t *sum = XXH3_createState();
    if (!s->entries || !s->seal.are_installed || !sum) {
        XXH3_freeState(sum);
        return td_fail(err, TD_E_SYSTEM, "no memory");
    }
    int rc = make_memory(file_name(s->path), &s->bundle_fd, err);
    for (uint32_t i = 0; i < files->n && rc == TD_OK; i++)
        rc = take_resource(s, files->list[i], dirs, sum, err);
    XXH3_freeState(sum);
    return rc == TD_OK ? seal(s->bundle_fd, err) : rc;
}

/* ---- Whose it is -------------------------------------------------------------------------------------------------- */

/* FILE.manifest of FILE.so: beside it; or, of a library that came with textd, also in the first plugin directory that has
 * one: what was added to it lies there. -1: the path is too long. */
static int seal_path(char path[PATH_MAX], const char *library, const struct td_resource_dirs *dirs)
{
    const char *name = file_name(library);
    size_t length = strlen(name);
    int stem = (int)(length > 3 && strcmp(name + length - 3, ".so") == 0 ? length - 3 : length);
    char other[PATH_MAX];

    if (snprintf(path, PATH_MAX, "%.*s%.*s" TD_MANIFEST_SUFFIX, (int)(name - library), library, stem, name) >=
        PATH_MAX - (int)sizeof TD_SIGNATURE_SUFFIX)
        return -1;
    if (!is_below(library, dirs->installed) || access(path, F_OK) == 0)
        return 0;
    for (uint32_t i = 0; i < dirs->n_plugin_dirs; i++)
        if (snprintf(other, PATH_MAX, "%s/%.*s" TD_MANIFEST_SUFFIX, dirs->plugin_dirs[i], stem, name) <
                PATH_MAX - (int)sizeof TD_SIGNATURE_SUFFIX &&
            access(other, F_OK) == 0) {
            memcpy(path, other, sizeof other);
            return 0;
        }
    return 0;
}

/* The signature's path in place of the manifest's. */
static void name_signature(char path[PATH_MAX])
{
    size_t length = strlen(path);

    snprintf(path + length, PATH_MAX - length, "%s", TD_SIGNATURE_SUFFIX); /* seal_path has left room */
}

/* A small file as text, to be freed. NULL: *err says why. */
static char *read_text(const char *path, size_t most, size_t *length, struct td_err *err)
{
    struct stat st;
    char *text;
    ssize_t n = 0;
    int fd;

    *length = 0;
    if (td_trusted_open(path, &fd, &st, err) != TD_OK)
        return NULL;
    text = st.st_size >= 0 && (uint64_t)st.st_size <= most ? malloc((size_t)st.st_size + 1) : NULL;
    while (text && *length < (size_t)st.st_size && (n = read(fd, text + *length, (size_t)st.st_size - *length)) > 0)
        *length += (size_t)n;
    close(fd);
    if (text && *length == (size_t)st.st_size) {
        text[*length] = 0;
        return text;
    }
    td_fail(err, TD_E_CONFIG, "%s has more than %zu bytes, or can't be read", path, most);
    free(text);
    return NULL;
}

static void lose_seal(struct td_snapshot_seal *seal, const char *why)
{
    free(seal->manifest);
    free(seal->signature);
    seal->manifest = seal->signature = NULL;
    if (!seal->missing)
        seal->missing = strdup(why); /* NULL: then it is said in other words */
}

/* Adds the file that stands at `path` now. Zero when there is none. */
static int mix_path(uint64_t *identity, const char *path)
{
    struct stat st = { 0 };

    if (stat(path, &st) != 0)
        return 0;
    *identity = mix_file(*identity, &st);
    return 1;
}

/* What can't be read is only noted: nobody may ask for signatures. It is part of the identity all the same, as it was before it
 * was read: what changes meanwhile is another one. */
static void take_seal(struct td_snapshot *s, const struct td_resource_dirs *dirs)
{
    struct td_snapshot_seal *seal = &s->seal;
    char path[PATH_MAX];
    struct td_err err;

    if (seal_path(path, s->path, dirs) != 0) {
        lose_seal(seal, "the path is too long for a manifest beside it");
        return;
    }
    if (!mix_path(&s->identity, path) && seal->is_installed) {
        char why[300];
        snprintf(why, sizeof why, "there is no %.200s in the plugin directories", file_name(path));
        lose_seal(seal, why);
    } else if (!(seal->manifest = read_text(path, TD_MANIFEST_MOST, &seal->manifest_bytes, &err)))
        lose_seal(seal, err.text);
    name_signature(path);
    mix_path(&s->identity, path);
    if (seal->manifest && !(seal->signature = read_text(path, TD_SIGNATURE_FILE_MOST, &seal->signature_bytes, &err)))
        lose_seal(seal, err.text);
}

/* Of a copy that was kept there is no telling where its files were from. */
static int copy_seal(struct td_snapshot *s, const char *manifest, const char *signature, struct td_err *err)
{
    if (!manifest || !signature || !signature[0]) {
        lose_seal(&s->seal, "the copy of it that was kept has no signature");
        return TD_OK;
    }
    s->seal.manifest = strdup(manifest);
    s->seal.signature = strdup(signature);
    if (!s->seal.manifest || !s->seal.signature)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    s->seal.manifest_bytes = strlen(manifest);
    s->seal.signature_bytes = strlen(signature);
    return TD_OK;
}

/* What the manifest will be held against. */
static int hash_resources(struct td_snapshot *s, struct td_err *err)
{
    int rc = TD_OK;

    if (!s->seal.manifest)
        return TD_OK;
    s->seal.hashes = calloc(s->n_entries + 1u, sizeof *s->seal.hashes);
    if (!s->seal.hashes)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    for (uint32_t i = 0; i < s->n_entries && rc == TD_OK; i++)
        rc = hash_sealed(s->bundle_fd, s->entries[i].offset, s->entries[i].length, s->seal.hashes[i], err);
    return rc;
}

static void seal_free(struct td_snapshot_seal *seal)
{
    free(seal->manifest);
    free(seal->signature);
    free(seal->missing);
    free(seal->hashes);
    free(seal->are_installed);
}

/* ---- The whole ---------------------------------------------------------------------------------------------------- */

/* The fingerprint of the whole: of the library's hash, and each resource's name and bytes. XXH3, since models are large and a
 * start is waited for; nobody whom it could deceive may write these files. */
static int fingerprint(const struct td_snapshot *s, struct td_err *err)
{
    unsigned char buffer[COPY_BYTES];
    XXH3_state_t *state = XXH3_createState();
    XXH128_canonical_t digest;
    uint64_t at = 0;
    ssize_t n = 0;

    if (!state)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, s->prints->hash, sizeof s->prints->hash);
    for (uint32_t i = 0; i < s->n_entries; i++)
        XXH3_128bits_update(state, s->entries[i].name, strlen(s->entries[i].name) + 1);
    for (; s->bundle_fd >= 0 && (n = pread(s->bundle_fd, buffer, sizeof buffer, (off_t)at)) > 0; at += (uint64_t)n)
        XXH3_128bits_update(state, buffer, (size_t)n);
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    if (n < 0)
        return td_fail(err, TD_E_SYSTEM, "a plugin's copy can't be read: %s", strerror(errno));
    sodium_bin2hex(s->prints->content, sizeof s->prints->content, digest.digest, sizeof digest.digest);
    return TD_OK;
}

int td_snapshot_know(const struct td_snapshot *s, struct td_err *err)
{
    struct td_snapshot_prints *prints = s->prints;
    int rc = TD_OK;

    if (atomic_load(&prints->are_known))
        return TD_OK;
    pthread_mutex_lock(&prints->lock); /* whoever comes second has less to wait for than to do */
    if (!atomic_load(&prints->are_known)) {
        rc = hash_library(s, err);
        if (rc == TD_OK)
            rc = fingerprint(s, err);
        atomic_store(&prints->are_known, rc == TD_OK);
    }
    pthread_mutex_unlock(&prints->lock);
    return rc;
}

const char *td_snapshot_hash(const struct td_snapshot *s)
{
    struct td_err err;

    return td_snapshot_know(s, &err) == TD_OK ? s->prints->hash : "";
}

const char *td_snapshot_content(const struct td_snapshot *s)
{
    struct td_err err;

    return td_snapshot_know(s, &err) == TD_OK ? s->prints->content : "";
}

int td_snapshot_is_same(const struct td_snapshot *a, const struct td_snapshot *b)
{
    if (a == b)
        return 1;
    const char *content = td_snapshot_content(a);

    return content[0] && strcmp(content, td_snapshot_content(b)) == 0;
}

/* An empty one. NULL when there is no memory. */
static struct td_snapshot *make(const char *path)
{
    struct td_snapshot_prints *prints = calloc(1, sizeof *prints);
    struct td_snapshot *s = calloc(1, sizeof *s);
    char *copy = strdup(path);

    if (!s || !copy || !prints) {
        free(s);
        free(copy);
        free(prints);
        return NULL;
    }
    pthread_mutex_init(&prints->lock, NULL);
    *s = (struct td_snapshot) { .references = 1, .path = copy, .prints = prints, .library_fd = -1, .bundle_fd = -1 };
    return s;
}

/* Hands it over when it is whole. */
static int finish(struct td_snapshot *s, int rc, struct td_snapshot **snapshot, struct td_err *err)
{
    if (rc == TD_OK)
        rc = hash_resources(s, err);
    *snapshot = rc == TD_OK ? s : NULL;
    if (rc != TD_OK)
        td_snapshot_release(s);
    return rc; /* NOLINT(clang-analyzer-unix.Malloc): its count was one, and is none */
}

int td_snapshot_take(struct td_snapshot **snapshot, const char *path, const struct td_resource_dirs *dirs,
                     struct td_err *err)
{
    struct td_snapshot *s = make(path);
    struct files files = { 0 };

    *snapshot = NULL;
    if (!s)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    int rc = take_library(s, dirs, err);
    if (rc == TD_OK)
        rc = find_files(&files, path, dirs, err);
    if (rc == TD_OK)
        rc = take_resources(s, &files, dirs, err);
    if (rc == TD_OK)
        take_seal(s, dirs);
    files_free(&files);
    return finish(s, rc, snapshot, err);
}

static int copy_entries(struct td_snapshot *s, const struct td_resource *entries, uint32_t n, struct td_err *err)
{
    s->entries = calloc(n + 1, sizeof *s->entries);
    for (uint32_t i = 0; i < n && s->entries; i++) {
        char *name = strdup(entries[i].name);
        if (!name)
            return td_fail(err, TD_E_SYSTEM, "no memory");
        s->entries[s->n_entries++] =
            (struct td_resource) { name, entries[i].offset, entries[i].length, entries[i].checksum };
    }
    return s->entries ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory");
}

/* A part of the open file as memory. */
static int take_part(const char *name, int from, uint64_t start, uint64_t length, int *fd, struct td_err *err)
{
    uint64_t copied;
    int rc = make_memory(name, fd, err);

    if (rc == TD_OK && (copy_bytes(from, start, length, *fd, &copied, NULL) != 0 || copied != length))
        rc = td_fail(err, TD_E_SYSTEM, "the copy of %s can't be read: %s", name, strerror(errno));
    return rc;
}

/* Of a resource that was copied in one with others. 0, which is for none that is known, when there is no memory: it
 * isn't needed. */
static uint64_t checksum_sealed(int fd, const struct td_resource *entry)
{
    unsigned char buffer[COPY_BYTES];
    XXH3_state_t *sum = entry->length > TEXTD_CHECKSUM_FROM ? XXH3_createState() : NULL;
    uint64_t done = 0, digest = 0;
    ssize_t n = 0;

    if (!sum)
        return 0;
    XXH3_64bits_reset(sum);
    for (; done < entry->length; done += (uint64_t)n) {
        size_t want = entry->length - done < sizeof buffer ? (size_t)(entry->length - done) : sizeof buffer;
        if ((n = pread(fd, buffer, want, (off_t)(entry->offset + done))) <= 0)
            break;
        add_to_checksum(sum, done, buffer, (size_t)n);
    }
    if (done == entry->length)
        digest = XXH3_64bits_digest(sum);
    XXH3_freeState(sum);
    return digest;
}

int td_snapshot_restore(struct td_snapshot **snapshot, const struct td_snapshot_parts *parts, struct td_err *err)
{
    struct td_snapshot *s = make(parts->path);
    const char *name = file_name(parts->path);

    *snapshot = NULL;
    if (!s)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    int rc = copy_entries(s, parts->entries, parts->n_entries, err);
    if (rc == TD_OK)
        rc = take_part(name, parts->fd, parts->library_at, parts->library_bytes, &s->library_fd, err);
    if (rc == TD_OK)
        rc = seal(s->library_fd, err);
    if (rc == TD_OK && parts->n_entries > 0) {
        rc = take_part(name, parts->fd, parts->library_at + parts->library_bytes, parts->bundle_bytes, &s->bundle_fd,
                       err);
        if (rc == TD_OK)
            rc = seal(s->bundle_fd, err);
        for (uint32_t i = 0; i < s->n_entries && rc == TD_OK; i++)
            s->entries[i].checksum = checksum_sealed(s->bundle_fd, &s->entries[i]);
    }
    if (rc == TD_OK)
        rc = copy_seal(s, parts->manifest, parts->signature, err);
    return finish(s, rc, snapshot, err);
}

/* The files are those of `from`, and were where they were. */
static int copy_home(struct td_snapshot *s, const struct td_snapshot *from, struct td_err *err)
{
    s->seal.is_installed = from->seal.is_installed;
    if (!from->seal.are_installed)
        return TD_OK;
    s->seal.are_installed = malloc(from->n_entries + 1u);
    if (!s->seal.are_installed)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    memcpy(s->seal.are_installed, from->seal.are_installed, from->n_entries);
    return TD_OK;
}

int td_snapshot_roll_back(struct td_snapshot **snapshot, const struct td_snapshot *to, const struct td_snapshot *from,
                          struct td_err *err)
{
    struct td_snapshot *s = make(to->path);

    *snapshot = NULL;
    if (!s)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    s->library_fd = fcntl(to->library_fd, F_DUPFD_CLOEXEC, 3);
    s->bundle_fd = to->bundle_fd >= 0 ? fcntl(to->bundle_fd, F_DUPFD_CLOEXEC, 3) : -1;
    int rc = s->library_fd >= 0 && (s->bundle_fd >= 0 || to->bundle_fd < 0)
                 ? copy_entries(s, to->entries, to->n_entries, err)
                 : td_fail(err, TD_E_SYSTEM, "a copy of %s can't be shared: %s", to->path, strerror(errno));
    if (rc == TD_OK)
        rc = copy_seal(s, to->seal.manifest, to->seal.signature, err);
    if (rc == TD_OK)
        rc = copy_home(s, to, err);
    if (rc == TD_OK)
        rc = td_snapshot_know(from, err);
    if (rc == TD_OK)
        memcpy(s->held, from->prints->content, sizeof s->held);
    s->identity = to->identity;
    s->source = TD_SNAPSHOT_ROLLED_BACK;
    return finish(s, rc, snapshot, err); /* NOLINT(clang-analyzer-unix.Malloc): it has taken it over */
}

int td_snapshot_explain(struct td_snapshot *s, enum td_snapshot_source source, const char *reason, struct td_err *err)
{
    s->source = source;
    free(s->reason);
    s->reason = strdup(reason);
    return s->reason ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory");
}

const char *td_snapshot_source_name(enum td_snapshot_source source)
{
    static const char *const names[] = {
#define X(name, text) [TD_SNAPSHOT_##name] = text,
        TD_SNAPSHOT_SOURCES(X)
#undef X
    };
    return names[source];
}

int td_snapshot_is_current(const struct td_snapshot *s, const struct td_resource_dirs *dirs)
{
    struct files files = { 0 };
    uint64_t identity = 0;
    char path[PATH_MAX];
    struct td_err err;
    int is_there = mix_path(&identity, s->path) && find_files(&files, s->path, dirs, &err) == TD_OK;

    for (uint32_t i = 0; i < files.n && is_there; i++)
        is_there = mix_path(&identity, files.list[i]);
    files_free(&files);
    if (is_there && seal_path(path, s->path, dirs) == 0) {
        mix_path(&identity, path);
        name_signature(path);
        mix_path(&identity, path);
    }
    return is_there && identity == s->identity;
}

struct td_snapshot *td_snapshot_share(struct td_snapshot *s)
{
    s->references++;
    return s;
}

void td_snapshot_release(struct td_snapshot *s)
{
    if (!s || --s->references > 0)
        return;
    if (s->library_fd >= 0)
        close(s->library_fd);
    if (s->bundle_fd >= 0)
        close(s->bundle_fd);
    for (uint32_t i = 0; i < s->n_entries; i++)
        free(s->entries[i].name);
    td_snapshot_release(s->before); /* which has none of its own: one is enough to go back */
    free(s->entries);
    seal_free(&s->seal);
    pthread_mutex_destroy(&s->prints->lock);
    free(s->prints);
    free(s->path);
    free(s->reason);
    free(s);
}
