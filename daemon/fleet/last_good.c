/* last_good.c: see last_good.h. A copy is one file: a mark, the length of a head, the head (a MessagePack array),
 * and then the library and its bundle, as they are in memory. */
#include "daemon/fleet/last_good.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "common/mp.h"
#include "common/mp_buf.h"
#include "common/trusted.h"

#define MARK "textd-copy 1\n\n\n" /* 15 bytes and a NUL */
#define HEAD_BYTES (4u << 20)     /* at most: a thousand names of resources fit, and a manifest */
#define FIELDS 9                  /* of the head, see write_head */
#define FIELDS_UNSIGNED 7         /* as it was written before there were signatures, without manifest and signature */
#define MOST_ENTRIES 1001u        /* as many as a snapshot may have */

static const char *const suffixes[] = { [TD_LAST_GOOD] = ".good", [TD_LAST_GOOD_BEFORE] = ".before" };

/* What stands before the head. Both ends are the same machine. */
struct start {
    char mark[sizeof MARK];
    uint64_t head_bytes;
    unsigned char head_digest[32]; /* what follows the head has its own, the content */
};

static void digest(unsigned char to[32], const void *bytes, size_t length)
{
    crypto_generichash(to, 32, bytes, length, NULL, 0);
}

struct copy {
    int fd;
    char *bytes; /* of the head; what follows points into it or is allocated */
    struct td_snapshot_parts parts;
    char content[TD_SNAPSHOT_HASH_BYTES], held[TD_SNAPSHOT_HASH_BYTES];
};

/* ---- Places ------------------------------------------------------------------------------------------------------- */

static const char *state_folder(const struct td_config *config, size_t *length)
{
    const char *path = config->set.server_state_dir ? config->set.server_state_dir : getenv("STATE_DIRECTORY");

    *length = path && path[0] == '/' ? strcspn(path, config->set.server_state_dir ? "" : ":") : 0;
    return path;
}

void td_last_good_folder(const struct td_config *config, char *folder, size_t size)
{
    size_t length;
    const char *path = state_folder(config, &length);

    folder[0] = 0;
    if (length == 0 || length + sizeof "/plugins" > size)
        return;
    snprintf(folder, size, "%.*s", (int)length, path);
    mkdir(folder, 0700); /* systemd has made it; what else is wrong with it, the first use tells */
    snprintf(folder, size, "%.*s/plugins", (int)length, path);
    mkdir(folder, 0700);
}

static int place(char path[PATH_MAX], const char *folder, const char *file, const char *suffix, struct td_err *err)
{
    int length = snprintf(path, PATH_MAX, "%s/%s%s", folder, file, suffix);

    return length < PATH_MAX ? TD_OK : td_fail(err, TD_E_CONFIG, "%s: the path is too long", folder);
}

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

static void copy_close(struct copy *copy)
{
    for (uint32_t i = 0; i < copy->parts.n_entries; i++)
        free(copy->parts.entries[i].name);
    free((void *)(uintptr_t)copy->parts.entries);
    free((char *)(uintptr_t)copy->parts.path);
    free((char *)(uintptr_t)copy->parts.manifest);
    free((char *)(uintptr_t)copy->parts.signature);
    free(copy->bytes);
    close(copy->fd);
    *copy = (struct copy) { .fd = -1 };
}

/* Readers that remember failure, so that the caller checks once. */
struct reader {
    struct td_mp mp;
    int failed;
};

static char *read_text(struct reader *r)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) == 0 && v.type == TD_MP_BIN && !memchr(v.bytes, 0, v.length)) {
        char *text = strndup(v.bytes, v.length);
        r->failed |= !text;
        return text;
    }
    r->failed = 1;
    return NULL;
}

static void read_hash(struct reader *r, char hash[TD_SNAPSHOT_HASH_BYTES])
{
    char *text = read_text(r);

    r->failed |= !text || strlen(text) >= TD_SNAPSHOT_HASH_BYTES;
    if (!r->failed)
        snprintf(hash, TD_SNAPSHOT_HASH_BYTES, "%s", text);
    free(text);
}

/* At most `most`, so that sums of a few can't overflow. */
static uint64_t read_bytes(struct reader *r, uint64_t most)
{
    struct td_mp_value v;

    if (td_mp_read(&r->mp, &v) == 0 && v.type == TD_MP_INT && v.integer >= 0 && (uint64_t)v.integer <= most)
        return (uint64_t)v.integer;
    r->failed = 1;
    return 0;
}

static void read_entries(struct reader *r, struct td_snapshot_parts *parts)
{
    struct td_mp_value list;

    if (td_mp_read(&r->mp, &list) != 0 || list.type != TD_MP_ARRAY || list.length > 3 * MOST_ENTRIES ||
        list.length % 3 != 0) {
        r->failed = 1;
        return;
    }
    struct td_resource *entries = calloc(list.length / 3 + 1, sizeof *entries);
    parts->entries = entries;
    r->failed |= !entries;
    for (uint32_t i = 0; i < list.length / 3 && !r->failed; i++) {
        struct td_resource *entry = &entries[parts->n_entries++];
        entry->name = read_text(r);
        entry->offset = read_bytes(r, parts->bundle_bytes);
        entry->length = read_bytes(r, parts->bundle_bytes - entry->offset);
    }
}

static int read_head(struct copy *copy, const struct start *start, uint64_t file_bytes)
{
    uint64_t head_bytes = start->head_bytes;
    unsigned char found[32];
    struct reader r = { .mp = { (const uint8_t *)copy->bytes, (const uint8_t *)copy->bytes + head_bytes } };
    struct td_snapshot_parts *parts = &copy->parts;
    struct td_mp_value v;

    digest(found, copy->bytes, (size_t)head_bytes);
    if (memcmp(found, start->head_digest, sizeof found) != 0)
        return -1;
    r.failed =
        td_mp_read(&r.mp, &v) != 0 || v.type != TD_MP_ARRAY || (v.length != FIELDS && v.length != FIELDS_UNSIGNED);
    int has_seal = !r.failed && v.length == FIELDS;
    parts->path = read_text(&r);
    read_hash(&r, copy->content);
    read_hash(&r, copy->held);
    parts->library_at = sizeof(struct start) + head_bytes;
    parts->library_bytes = read_bytes(&r, file_bytes);
    parts->bundle_bytes = read_bytes(&r, file_bytes);
    uint64_t n = read_bytes(&r, MOST_ENTRIES);
    if (!r.failed)
        read_entries(&r, parts);
    if (!r.failed && has_seal) {
        parts->manifest = read_text(&r);
        parts->signature = read_text(&r);
    }
    return r.failed || n != parts->n_entries ||
                   parts->library_at + parts->library_bytes + parts->bundle_bytes != file_bytes
               ? -1
               : 0;
}

/* Opens a copy and reads its head. TD_E_UNKNOWN_PLUGIN: there is none. */
static int copy_open(struct copy *copy, const char *path, const char *folder, struct td_err *err)
{
    struct start start;
    struct stat st;

    *copy = (struct copy) { .fd = -1 };
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no %s", path);
    int rc = td_trusted_folder(folder, err);
    if (rc == TD_OK)
        rc = td_trusted_open(path, &copy->fd, &st, err);
    if (rc != TD_OK)
        return rc;
    copy->parts.fd = copy->fd;
    int is_good = pread(copy->fd, &start, sizeof start, 0) == sizeof start &&
                  memcmp(start.mark, MARK, sizeof MARK) == 0 && start.head_bytes <= HEAD_BYTES &&
                  (copy->bytes = malloc((size_t)start.head_bytes + 1)) != NULL &&
                  pread(copy->fd, copy->bytes, (size_t)start.head_bytes, sizeof start) == (ssize_t)start.head_bytes &&
                  read_head(copy, &start, (uint64_t)st.st_size) == 0;
    if (is_good)
        return TD_OK;
    copy_close(copy);
    return td_fail(err, TD_E_CONFIG, "%s is damaged", path);
}

int td_last_good_read(struct td_snapshot **snapshot, const char *folder, const char *file, enum td_last_good which,
                      struct td_err *err)
{
    struct td_snapshot *s;
    char path[PATH_MAX];
    struct copy copy;
    int rc = place(path, folder, file, suffixes[which], err);

    *snapshot = NULL;
    if (rc == TD_OK)
        rc = copy_open(&copy, path, folder, err);
    if (rc != TD_OK)
        return rc;
    rc = td_snapshot_restore(&s, &copy.parts, err);
    if (rc == TD_OK && td_snapshot_know(s, err) == TD_OK && strcmp(td_snapshot_content(s), copy.content) == 0) {
        s->source = copy.held[0] ? TD_SNAPSHOT_ROLLED_BACK : TD_SNAPSHOT_LAST_GOOD;
        memcpy(s->held, copy.held, sizeof copy.held);
        *snapshot = s;
    } else if (rc == TD_OK) {
        td_snapshot_release(s);
        rc = td_fail(err, TD_E_CONFIG, "%s is damaged", path);
    }
    copy_close(&copy);
    return rc;
}

int td_last_good_holds(const char *folder, const char *file, const struct td_snapshot *s)
{
    char path[PATH_MAX];
    struct td_err err;
    struct copy copy;

    if (place(path, folder, file, suffixes[TD_LAST_GOOD], &err) != TD_OK ||
        copy_open(&copy, path, folder, &err) != TD_OK)
        return 0;
    int holds = copy.held[0] && strcmp(copy.held, td_snapshot_content(s)) == 0;
    copy_close(&copy);
    return holds;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

static uint64_t bytes_of(int fd)
{
    struct stat st;

    return fd >= 0 && fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* Texts are written as bin: names of files may be any bytes. */
static void pack_text(msgpack_packer *packer, const char *text)
{
    msgpack_pack_bin(packer, strlen(text));
    msgpack_pack_bin_body(packer, text, strlen(text));
}

static void write_head(struct td_buf *head, const struct td_snapshot *s)
{
    msgpack_packer packer = td_buf_packer(head);

    msgpack_pack_array(&packer, FIELDS);
    pack_text(&packer, s->path);
    pack_text(&packer, td_snapshot_content(s));
    pack_text(&packer, s->held);
    msgpack_pack_uint64(&packer, bytes_of(s->library_fd));
    msgpack_pack_uint64(&packer, bytes_of(s->bundle_fd));
    msgpack_pack_uint64(&packer, s->n_entries);
    msgpack_pack_array(&packer, 3 * (size_t)s->n_entries);
    for (uint32_t i = 0; i < s->n_entries; i++) {
        pack_text(&packer, s->entries[i].name);
        msgpack_pack_uint64(&packer, s->entries[i].offset);
        msgpack_pack_uint64(&packer, s->entries[i].length);
    }
    pack_text(&packer, s->seal.signature ? s->seal.manifest : "");
    pack_text(&packer, s->seal.signature ? s->seal.signature : "");
}

static int write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, at + done, length - done);
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

static int append(int fd, int from)
{
    uint64_t left = bytes_of(from);
    off_t at = 0;

    while (left > 0) {
        ssize_t n = sendfile(fd, from, &at, left < INT_MAX ? (size_t)left : INT_MAX);
        if (n <= 0)
            return -1;
        left -= (uint64_t)n;
    }
    return 0;
}

/* Writes the whole copy and brings it to the disk. */
static int write_copy(int fd, const struct td_snapshot *s)
{
    struct td_buf head = { .limit = HEAD_BYTES };
    struct start start = { .mark = MARK };

    write_head(&head, s);
    start.head_bytes = head.length;
    digest(start.head_digest, head.bytes, head.length);
    int rc = head.full || write_all(fd, &start, sizeof start) || write_all(fd, head.bytes, head.length) ||
             append(fd, s->library_fd) || append(fd, s->bundle_fd) || fsync(fd);
    td_buf_free(&head);
    return rc ? -1 : 0;
}

static void sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* FILE.good becomes FILE.before as well: for a moment one file has both names, so that a good one is always there. */
static void keep_before(const char *folder, const char *file, const char *good)
{
    char before[PATH_MAX], link_path[PATH_MAX];
    struct td_err err;

    if (place(before, folder, file, suffixes[TD_LAST_GOOD_BEFORE], &err) != TD_OK ||
        place(link_path, folder, file, ".link", &err) != TD_OK)
        return;
    unlink(link_path);
    if (link(good, link_path) == 0)
        rename(link_path, before);
}

int td_last_good_write(const char *folder, const char *file, const struct td_snapshot *s, struct td_err *err)
{
    char good[PATH_MAX], before[PATH_MAX], fresh[PATH_MAX];
    struct copy old;
    int rc = td_trusted_folder(folder, err), is_there = 0, is_same = 0;

    if (rc != TD_OK || (rc = place(good, folder, file, suffixes[TD_LAST_GOOD], err)) != TD_OK ||
        (rc = place(before, folder, file, suffixes[TD_LAST_GOOD_BEFORE], err)) != TD_OK ||
        (rc = place(fresh, folder, file, ".new", err)) != TD_OK || (rc = td_snapshot_know(s, err)) != TD_OK)
        return rc;
    if (copy_open(&old, good, folder, err) == TD_OK) {
        is_there = 1;
        is_same = strcmp(old.content, td_snapshot_content(s)) == 0;
        int is_held = strcmp(old.held, s->held) == 0;
        int has_same_seal = strcmp(old.parts.signature ? old.parts.signature : "",
                                   s->seal.signature ? s->seal.signature : "") == 0; /* else it was signed again */
        copy_close(&old);
        if (is_same && is_held && has_same_seal)
            return TD_OK;
    }
    unlink(fresh); /* of one who was interrupted */
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return td_fail(err, TD_E_SYSTEM, "%s can't be written: %s", fresh, strerror(errno));
    rc = write_copy(fd, s) == 0 ? TD_OK : td_fail(err, TD_E_SYSTEM, "%s can't be written: %s", fresh, strerror(errno));
    close(fd);
    if (rc == TD_OK && s->held[0])
        unlink(before); /* it is what serves now, and what is at `good` was rolled back from */
    else if (rc == TD_OK && is_there && !is_same)
        keep_before(folder, file, good);
    if (rc == TD_OK && rename(fresh, good) != 0)
        rc = td_fail(err, TD_E_SYSTEM, "%s can't be written: %s", good, strerror(errno));
    if (rc != TD_OK)
        unlink(fresh);
    sync_folder(folder);
    return rc;
}

/* ---- Tidying ------------------------------------------------------------------------------------------------------ */

static int is_one_of(const char *name, char *const *files, uint32_t n)
{
    const char *dot = strrchr(name, '.');
    size_t length = dot ? (size_t)(dot - name) : strlen(name);

    for (uint32_t i = 0; i < n; i++)
        if (strlen(files[i]) == length && memcmp(files[i], name, length) == 0)
            return 1;
    return 0;
}

static int has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);

    return length > end && strcmp(name + length - end, suffix) == 0;
}

void td_last_good_tidy(const char *folder, char *const *files, uint32_t n)
{
    DIR *stream = opendir(folder);
    struct dirent *entry;

    while (stream && (entry = readdir(stream)))
        if ((has_suffix(entry->d_name, suffixes[TD_LAST_GOOD]) ||
             has_suffix(entry->d_name, suffixes[TD_LAST_GOOD_BEFORE])) &&
            !is_one_of(entry->d_name, files, n))
            unlinkat(dirfd(stream), entry->d_name, 0);
    if (stream)
        closedir(stream);
}
