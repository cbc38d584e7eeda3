/* outfile.c: see outfile.h. */
#include "clients/c/pipe/outfile.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/c/fail.h"
#include "clients/c/pipe/record.h"
#include "clients/c/pipe/state.h"

#define BATCH_BYTES (1u << 20)           /* what waits is written when it is as much */
#define STATE_EVERY (UINT64_C(64) << 20) /* bytes of new lines after which FILE.state is written again */
#define SCAN_BYTES (1u << 20)

/* No more of a file's end than this can be torn: the disk had what was before it (state.c), but for what was written in
 * one piece since. */
#define TORN_BYTES (8 * STATE_EVERY)

/* ---- The sources ------------------------------------------------------------------------------------------------- */

int place_name_is_good(const char *name, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    if (length == 0 || length > PLACE_NAME)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (!memchr(letters, name[i], sizeof letters - 1))
            return 0;
    return 1;
}

/* Where it is, or would be. */
static size_t index_of(const struct outfile *o, const char *name, size_t length, int *is_there)
{
    size_t low = 0, high = o->n_places;

    *is_there = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct place *p = o->places[middle];
        int order = strncmp(p->name, name, length);
        if (order == 0 && p->name[length])
            order = 1;
        if (order == 0) {
            *is_there = 1;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int is_named(const struct place *p, const char *name, size_t length)
{
    return p && strlen(p->name) == length && memcmp(p->name, name, length) == 0;
}

struct place *outfile_find(const struct outfile *o, const char *name, size_t length)
{
    int is_there;
    size_t i = index_of(o, name, length, &is_there);

    return is_there ? o->places[i] : NULL;
}

struct place *outfile_place(struct outfile *o, const char *name, size_t length)
{
    int is_there;

    assert(place_name_is_good(name, length));
    if (is_named(o->last, name, length))
        return o->last;
    size_t i = index_of(o, name, length, &is_there);
    if (is_there)
        return o->last = o->places[i];
    if (o->n_places == o->places_capacity) {
        size_t capacity = 2 * o->places_capacity + 8;
        struct place **more = realloc(o->places, capacity * sizeof(struct place *));
        if (!more)
            return NULL;
        o->places = more;
        o->places_capacity = capacity;
    }
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    memcpy(place->name, name, length);
    memmove(o->places + i + 1, o->places + i, (o->n_places - i) * sizeof(struct place *));
    o->places[i] = place;
    o->n_places++;
    return o->last = place;
}

/* ---- What stands there ------------------------------------------------------------------------------------------- */

static int spoilt(const struct outfile *o, uint64_t at, const char *why, struct textd_error *error)
{
    return client_fail(
        error, TEXTD_CLIENT_INVALID,
        "%s is no file that a sink has written, or something else has written into it: %s at byte %" PRIu64, o->path,
        why, at);
}

static int no_memory(const struct outfile *o, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for %s", o->path);
}

static int unreadable(const struct outfile *o, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't read %s: %s", o->path, strerror(errno));
}

/* A line's beginning is enough. Each source's positions must grow: else two processes have written, or somebody has put
 * files together. */
static int take_record(struct outfile *o, const char *line, size_t length, uint64_t at, struct textd_error *error)
{
    struct record record;

    if (record_read(&record, line, length) != 0)
        return spoilt(o, at, "there is no record", error);
    struct place *place = outfile_place(o, record.name, record.name_length);
    if (!place)
        return no_memory(o, error);
    if (record.position.end <= place->position.end)
        return spoilt(o, at, "there is a second result of a line that has one", error);
    place->position = place->written = record.position;
    return TEXTD_CLIENT_OK;
}

static ssize_t read_some(const struct outfile *o, char *bytes, size_t length, uint64_t at)
{
    ssize_t n;

    do
        n = pread(o->fd, bytes, length, (off_t)at);
    while (n < 0 && errno == EINTR);
    return n;
}

/* A record has no zeros: they are what a disk that lost its power has for blocks that it never got, though it may have got
 * later ones. */
static int is_torn(const char *bytes, size_t length)
{
    return memchr(bytes, 0, length) != NULL;
}

/* The byte behind the first line's end from `at` on; 0: there is none, or the line is torn; -1: reading fails. */
static int64_t find_end(const struct outfile *o, char *bytes, uint64_t at)
{
    ssize_t n;

    while ((n = read_some(o, bytes, SCAN_BYTES, at)) > 0) {
        const char *ends = memchr(bytes, '\n', (size_t)n);
        if (is_torn(bytes, ends ? (size_t)(ends - bytes) : (size_t)n))
            return 0;
        if (ends)
            return (int64_t)(at + (size_t)(ends - bytes) + 1);
        at += (size_t)n;
    }
    return n < 0 ? -1 : 0;
}

/* What a writer leaves that is killed while it writes: the beginning of a record, or, when the machine loses its power,
 * zeros, and perhaps more behind them. Nobody was told of it as being on the disk. Anything else is somebody's text, and is
 * left alone. */
static int cut_tail(struct outfile *o, const char *tail, size_t length, struct textd_error *error)
{
    struct stat about;

    if (!record_begins(tail, length) && tail[0])
        return spoilt(o, o->length, "there is no record", error);
    if (fstat(o->fd, &about) != 0)
        return unreadable(o, error);
    if ((uint64_t)about.st_size - o->length > TORN_BYTES)
        return spoilt(o, o->length, "the record is torn, far before the end,", error);
    if (ftruncate(o->fd, (off_t)o->length) == 0)
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't cut the unfinished last line of %s off: %s", o->path,
                       strerror(errno));
}

/* Reads the records from o->length on. A line that is longer than the buffer is known by its beginning. */
static int scan(struct outfile *o, char *bytes, struct textd_error *error)
{
    ssize_t n;

    while ((n = read_some(o, bytes, SCAN_BYTES, o->length)) > 0) {
        char *at = bytes, *end = bytes + n, *ends;
        while ((ends = memchr(at, '\n', (size_t)(end - at))) != NULL) {
            if (is_torn(at, (size_t)(ends - at))) {
                o->length += (size_t)(at - bytes);
                return cut_tail(o, at, (size_t)(ends - at), error);
            }
            if (take_record(o, at, (size_t)(ends - at), o->length + (size_t)(at - bytes), error) != TEXTD_CLIENT_OK)
                return error->code;
            at = ends + 1;
        }
        if (at > bytes) {
            o->length += (size_t)(at - bytes);
            continue;
        }
        char head[RECORD_PREFIX];
        size_t n_head = (size_t)n < sizeof head ? (size_t)n : sizeof head;
        memcpy(head, bytes, n_head);
        int64_t next = is_torn(bytes, (size_t)n) ? 0 : find_end(o, bytes, o->length + (size_t)n);
        if (next < 0)
            return unreadable(o, error);
        if (next == 0)
            return cut_tail(o, head, n_head, error);
        if (take_record(o, head, n_head, o->length, error) != TEXTD_CLIENT_OK)
            return error->code;
        o->length = (uint64_t)next;
    }
    return n < 0 ? unreadable(o, error) : TEXTD_CLIENT_OK;
}

static int lock(struct outfile *o, struct textd_error *error)
{
    struct stat about;

    if (fstat(o->fd, &about) != 0)
        return unreadable(o, error);
    if (!S_ISREG(about.st_mode))
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "%s is no regular file: results go to one, or to standard output", o->path);
    if (flock(o->fd, LOCK_EX | LOCK_NB) == 0)
        return TEXTD_CLIENT_OK;
    if (errno == EWOULDBLOCK)
        return client_fail(error, TEXTD_CLIENT_INVALID, "another process writes %s: two would write over each other",
                           o->path);
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't lock %s: %s", o->path, strerror(errno));
}

/* Whoever wrote it may have been killed before the disk had it, and the file's name may be new. */
static int sync_all(struct outfile *o, struct textd_error *error)
{
    const char *slash = strrchr(o->path, '/');
    char *folder = slash ? strndup(o->path, (size_t)(slash - o->path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    free(folder);
    if (fd < 0 && errno != EACCES) /* then it isn't ours to make durable */
        return unreadable(o, error);
    int failed = fdatasync(o->fd) != 0 || (fd >= 0 && fsync(fd) != 0 && errno != EINVAL);
    int why = errno;
    if (fd >= 0)
        close(fd);
    return failed ? client_fail(error, TEXTD_CLIENT_FAILED, "can't bring %s to the disk: %s", o->path, strerror(why))
                  : TEXTD_CLIENT_OK;
}

int outfile_open(struct outfile *o, const char *path, int is_sync, struct textd_error *error)
{
    o->pending.limit = SIZE_MAX / 2;
    o->is_sync = is_sync;
    o->path = strdup(path);
    o->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
    if (!o->path)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for %s", path);
    if (o->fd < 0)
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't open %s: %s", path, strerror(errno));
    int rc = lock(o, error);
    char *bytes = rc == TEXTD_CLIENT_OK ? malloc(SCAN_BYTES) : NULL;
    if (rc != TEXTD_CLIENT_OK || !bytes)
        return rc != TEXTD_CLIENT_OK ? rc : no_memory(o, error);
    state_read(o);
    rc = scan(o, bytes, error);
    free(bytes);
    if (rc == TEXTD_CLIENT_OK && is_sync)
        rc = sync_all(o, error);
    o->is_failed = rc != TEXTD_CLIENT_OK;
    return rc;
}

void outfile_close(struct outfile *o)
{
    if (o->fd >= 0 && o->path && !o->is_failed && outfile_flush(o, NULL) == TEXTD_CLIENT_OK)
        state_write(o);
    if (o->fd >= 0)
        close(o->fd);
    for (size_t i = 0; i < o->n_places; i++)
        free(o->places[i]);
    free(o->places);
    td_buf_free(&o->pending);
    free(o->path);
    o->fd = -1;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

const char *result_is_wrong(const char *json, size_t length)
{
    if (length < 2 || json[0] != '{' || json[length - 1] != '}')
        return "it is no JSON object";
    return memchr(json, '\n', length) ? "it has a line's end in it" : NULL;
}

int outfile_append(struct outfile *o, struct place *place, const struct textd_position *position, const char *json,
                   size_t length, struct textd_error *error)
{
    char prefix[RECORD_PREFIX];
    int is_empty = length == 2;

    assert(position->end > place->position.end && !result_is_wrong(json, length));
    size_t n = record_write(prefix, place->name, position);
    prefix[n++] = is_empty ? '}' : ',';
    if (td_buf_append(&o->pending, prefix, n) != 0 ||
        td_buf_append(&o->pending, json + (is_empty ? 2 : 1), is_empty ? 0 : length - 1) != 0 ||
        td_buf_append(&o->pending, "\n", 1) != 0) {
        o->is_failed = 1;
        return no_memory(o, error);
    }
    place->position = *position;
    return o->pending.length < BATCH_BYTES ? TEXTD_CLIENT_OK : outfile_flush(o, error);
}

/* The file is cut back to what it was before; should that fail, too, the next one to open it does it. */
static int fail_to_write(struct outfile *o, int why, struct textd_error *error)
{
    o->is_failed = 1;
    (void)!ftruncate(o->fd, (off_t)o->length);
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't write to %s: %s; up to byte %" PRIu64 " it is whole", o->path,
                       strerror(why), o->length);
}

int outfile_flush(struct outfile *o, struct textd_error *error)
{
    size_t done = 0;

    if (o->is_failed)
        return client_fail(error, TEXTD_CLIENT_FAILED, "writing to %s has failed before; open it again", o->path);
    if (o->pending.length == 0)
        return TEXTD_CLIENT_OK;
    while (done < o->pending.length) {
        ssize_t n = write(o->fd, o->pending.bytes + done, o->pending.length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail_to_write(o, n == 0 ? ENOSPC : errno, error);
        done += (size_t)n;
    }
    while (o->is_sync && fdatasync(o->fd) != 0)
        if (errno != EINTR)
            return fail_to_write(o, errno, error);
    o->length += o->pending.length;
    o->pending.length = 0;
    for (size_t i = 0; i < o->n_places; i++)
        o->places[i]->written = o->places[i]->position;
    if (o->length - o->stated >= STATE_EVERY)
        state_write(o);
    return TEXTD_CLIENT_OK;
}
