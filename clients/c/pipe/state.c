/* state.c: see state.h. Its lines are
 *
 *     textd-sink 1 DEVICE INODE LENGTH HASH      of the file's last bytes before LENGTH
 *     NAME LINE END HASH                         for each source
 *     end N                                      how many those are: without this line it was not written to its end */
#include "clients/c/pipe/state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/c/pipe/fingerprint.h"

static FILE *open_state(const struct outfile *o, const char *end, int flags, char **path)
{
    if (asprintf(path, "%s%s", o->path, end) < 0) {
        *path = NULL;
        return NULL;
    }
    int fd = open(*path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    FILE *file = fd >= 0 ? fdopen(fd, flags & O_WRONLY ? "w" : "r") : NULL;
    if (!file && fd >= 0)
        close(fd);
    return file;
}

/* Of the bytes before `length`. -1: there aren't as many, or no line ends there. */
static int hash_of_end(const struct outfile *o, uint64_t length, uint64_t *hash)
{
    char bytes[FINGERPRINT_TAIL];
    size_t n = length < sizeof bytes ? (size_t)length : sizeof bytes;

    if (n == 0 || pread(o->fd, bytes, n, (off_t)(length - n)) != (ssize_t)n || bytes[n - 1] != '\n')
        return -1;
    *hash = fingerprint_add(FINGERPRINT_START, bytes, n);
    return 0;
}

/* Takes a number off the line's beginning, and the blank before it. -1: there is none. */
static int number(char **at, int base, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(*at, &end, base);
    if (errno || end == *at || (*end != ' ' && *end != '\n'))
        return -1;
    *at = end;
    return 0;
}

static int read_source(struct outfile *o, char *line)
{
    size_t n = strcspn(line, " ");
    char *at = line + n;
    struct textd_position p;

    if (!place_name_is_good(line, n) || number(&at, 10, &p.line) != 0 || number(&at, 10, &p.end) != 0 ||
        number(&at, 16, &p.hash) != 0 || *at != '\n')
        return -1;
    struct place *place = outfile_place(o, line, n);
    if (!place)
        return -1;
    place->position = place->written = p;
    return 0;
}

/* The last line is known by its having one number: a source may be called "end", too. */
static int read_sources(struct outfile *o, FILE *file, char **line, size_t *capacity)
{
    uint64_t n;

    while (getline(line, capacity, file) > 0) {
        char *at = *line + 3;
        if (strncmp(*line, "end ", 4) == 0 && number(&at, 10, &n) == 0 && *at == '\n')
            return n == o->n_places ? 0 : -1;
        if (read_source(o, *line) != 0)
            return -1;
    }
    return -1;
}

static void forget_sources(struct outfile *o)
{
    for (size_t i = 0; i < o->n_places; i++)
        free(o->places[i]);
    o->n_places = 0;
    o->last = NULL;
}

static const char title[] = "textd-sink 1";

static int is_state(const char *line)
{
    return strncmp(line, title, sizeof title - 1) == 0;
}

/* Whether the first line is of this file as it was when it had *length bytes, and it still begins so. */
static int is_of(const struct outfile *o, char *line, uint64_t *length)
{
    char *at = line + sizeof title - 1;
    uint64_t device, inode, hash, is;
    struct stat about;

    if (number(&at, 10, &device) != 0 || number(&at, 10, &inode) != 0 || number(&at, 10, length) != 0 ||
        number(&at, 16, &hash) != 0 || fstat(o->fd, &about) != 0)
        return 0;
    return about.st_dev == device && about.st_ino == inode && (uint64_t)about.st_size >= *length &&
           hash_of_end(o, *length, &is) == 0 && is == hash;
}

void state_read(struct outfile *o)
{
    char *path, *line = NULL;
    size_t capacity = 0;
    uint64_t length;
    FILE *file = open_state(o, ".state", O_RDONLY, &path);

    if (file && getline(&line, &capacity, file) > 0 && is_state(line)) {
        if (!is_of(o, line, &length))
            unlink(path); /* or this file, once it has grown, might look like that one */
        else if (read_sources(o, file, &line, &capacity) == 0)
            o->length = o->stated = length;
        else
            forget_sources(o);
    }
    if (file)
        fclose(file);
    free(line);
    free(path);
}

static int write_sources(const struct outfile *o, FILE *file)
{
    for (size_t i = 0; i < o->n_places; i++) {
        const struct place *p = o->places[i];
        if (p->written.end > 0)
            fprintf(file, "%s %" PRIu64 " %" PRIu64 " %016" PRIx64 "\n", p->name, p->written.line, p->written.end,
                    p->written.hash);
    }
    size_t n = 0;
    for (size_t i = 0; i < o->n_places; i++)
        n += o->places[i]->written.end > 0;
    fprintf(file, "end %zu\n", n);
    return ferror(file) ? -1 : 0;
}

void state_write(struct outfile *o)
{
    struct stat about;
    uint64_t hash;
    char *temporary, *path = NULL;

    /* What it tells of is on the disk before it is: after a loss of power the file may be shorter, but not another. */
    if (hash_of_end(o, o->length, &hash) != 0 || fstat(o->fd, &about) != 0 || fdatasync(o->fd) != 0)
        return;
    FILE *file = open_state(o, ".state.new", O_WRONLY | O_CREAT | O_TRUNC, &temporary);
    if (file) {
        fprintf(file, "%s %ju %ju %" PRIu64 " %016" PRIx64 "\n", title, (uintmax_t)about.st_dev,
                (uintmax_t)about.st_ino, o->length, hash);
        int failed = write_sources(o, file);
        failed |= fclose(file);
        if (failed || asprintf(&path, "%s.state", o->path) < 0)
            path = NULL;
        if (!path || rename(temporary, path) != 0)
            unlink(temporary);
        free(path);
        o->stated = o->length; /* or it would be tried again with each line */
    }
    free(temporary);
}
