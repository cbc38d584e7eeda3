/* input.c: see input.h. A position's hash is of the file's first bytes, as far as they lie before it, and of the last
 * bytes of the line that ends there: both can be read again without reading what is between. */
#include "clients/c/pipe/input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/c/fail.h"

#define READ_BYTES 262144u

static const char *name_of(const struct input *in)
{
    return in->path ? in->path : "standard input";
}

static int unreadable(const struct input *in, struct textd_error *error)
{
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't read %s: %s", name_of(in), strerror(errno));
}

int input_open(struct input *in, const char *path, size_t limit, struct textd_error *error)
{
    struct stat about;

    in->path = path;
    in->limit = limit;
    in->head_hash = FINGERPRINT_START;
    in->fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (in->fd < 0 || fstat(in->fd, &about) != 0)
        return unreadable(in, error);
    in->is_file = path && S_ISREG(about.st_mode);
    return TEXTD_CLIENT_OK;
}

void input_close(struct input *in)
{
    if (in->path && in->fd >= 0)
        close(in->fd);
    free(in->bytes);
}

/* ---- Positions --------------------------------------------------------------------------------------------------- */

/* Of the beginning, as far as it lies before `end`. */
static uint64_t hash_of_head(const struct input *in, uint64_t end)
{
    if (end >= FINGERPRINT_HEAD)
        return in->head_hash;
    return fingerprint_add(FINGERPRINT_START, in->head, end < in->n_head ? (size_t)end : in->n_head);
}

static void keep_head(struct input *in, uint64_t at, const char *bytes, size_t length)
{
    if (at != in->n_head || in->n_head == FINGERPRINT_HEAD)
        return;
    size_t n = length < FINGERPRINT_HEAD - in->n_head ? length : FINGERPRINT_HEAD - in->n_head;
    memcpy(in->head + in->n_head, bytes, n);
    in->n_head += n;
    in->head_hash = fingerprint_add(in->head_hash, bytes, n);
}

/* All of the bytes, or -1: there aren't as many (errno 0), or reading fails. */
static int read_at(const struct input *in, char *bytes, size_t length, uint64_t at)
{
    for (size_t n = 0; n < length;) {
        ssize_t more = pread(in->fd, bytes + n, length - n, (off_t)(at + n));
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0) {
            errno = more == 0 ? 0 : errno;
            return -1;
        }
        n += (size_t)more;
    }
    return 0;
}

/* The hash of what the file has before `end`; *at_line_end: whether a line's end stands there. -1: see read_at. */
static int hash_at(struct input *in, uint64_t end, uint64_t *hash, int *at_line_end)
{
    char head[FINGERPRINT_HEAD], tail[FINGERPRINT_TAIL + 2];
    size_t n_head = end < sizeof head ? (size_t)end : sizeof head, n = end < sizeof tail ? (size_t)end : sizeof tail;

    assert(n > 0); /* who is at the beginning has nothing to compare */
    if (read_at(in, head, n_head, 0) != 0 || read_at(in, tail, n, end - n) != 0)
        return -1;
    in->n_head = 0;
    in->head_hash = FINGERPRINT_START;
    keep_head(in, 0, head, n_head);
    *at_line_end = tail[n - 1] == '\n';
    if (*at_line_end)
        n--;
    const char *before = memrchr(tail, '\n', n);
    const char *line = before ? before + 1 : tail;
    *hash = fingerprint_line(hash_of_head(in, end), line, (size_t)(tail + n - line));
    return 0;
}

static int is_another(const struct input *in, const struct textd_position *p, const char *sink, const char *why,
                      struct textd_error *error)
{
    return client_fail(
        error, TEXTD_CLIENT_INVALID,
        "%s is not the file that it was: %s has its results up to byte %" PRIu64 " (line %" PRIu64
        "), and %s. Was it changed, cut or rotated? If it is a new one, give it a name of its own (--name)",
        name_of(in), sink, p->end, p->line, why);
}

int input_seek(struct input *in, const struct textd_position *position, const char *sink, struct textd_error *error)
{
    struct textd_position p = *position;
    uint64_t hash;
    int at_line_end;
    char next;

    if (p.end == 0)
        return TEXTD_CLIENT_OK;
    if (hash_at(in, p.end, &hash, &at_line_end) != 0)
        return errno ? unreadable(in, error) : is_another(in, &p, sink, "it is shorter now", error);
    if (hash != p.hash)
        return is_another(in, &p, sink, "something else stands there now", error);
    /* The last line of the file as it was had no end: whoever writes the file may have gone on with that. */
    if (!at_line_end && read_at(in, &next, 1, p.end) == 0) {
        if (next != '\n')
            return is_another(in, &p, sink, "the line that ended there goes on now", error);
        keep_head(in, p.end, &next, 1);
        p.end++;
    }
    if (lseek(in->fd, (off_t)p.end, SEEK_SET) < 0)
        return unreadable(in, error);
    in->at = p.end;
    in->line = p.line;
    return TEXTD_CLIENT_OK;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static int make_room(struct input *in)
{
    if (in->start > 0) {
        memmove(in->bytes, in->bytes + in->start, in->end - in->start);
        in->end -= in->start;
        in->scanned -= in->start;
        in->start = 0;
    }
    if (in->capacity - in->end >= READ_BYTES)
        return 0;
    size_t capacity = 2 * in->capacity + READ_BYTES;
    char *bigger = realloc(in->bytes, capacity);
    if (!bigger)
        return -1;
    in->bytes = bigger;
    in->capacity = capacity;
    return 0;
}

/* Nothing more comes. A file that is shorter than what was read of it was cut under our hands: what comes next in it is
 * nothing that belongs to what went before. */
static enum input_state end_of(struct input *in, struct textd_error *error)
{
    struct stat about;

    in->is_ended = 1;
    if (in->is_file && fstat(in->fd, &about) == 0 && (uint64_t)about.st_size < in->at + (in->end - in->start)) {
        client_fail(error, TEXTD_CLIENT_INVALID, "%s was cut to %jd bytes while it was read; %" PRIu64 " were read",
                    name_of(in), (intmax_t)about.st_size, in->at + (in->end - in->start));
        return INPUT_FAILED;
    }
    return INPUT_LINE;
}

/* Reads what there is. INPUT_LINE: look again. */
static enum input_state fill(struct input *in, struct textd_error *error)
{
    struct pollfd fd = { .fd = in->fd, .events = POLLIN };

    if (!in->is_file && poll(&fd, 1, 0) <= 0)
        return INPUT_LATER;
    if (make_room(in) != 0) {
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a line of %s", name_of(in));
        return INPUT_FAILED;
    }
    ssize_t n = read(in->fd, in->bytes + in->end, in->capacity - in->end);
    if (n < 0) {
        if (errno == EINTR || errno == EAGAIN)
            return INPUT_LATER;
        unreadable(in, error);
        return INPUT_FAILED;
    }
    if (n == 0)
        return end_of(in, error);
    keep_head(in, in->at + (in->end - in->start), in->bytes + in->end, (size_t)n);
    in->end += (size_t)n;
    return INPUT_LINE;
}

static int is_blank(const char *text, size_t length)
{
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
        length--;
    return length == 0;
}

/* Takes what is before `ends` off as a line; `ender`: the bytes of the line's end. 0: it was empty. */
static int take_line(struct input *in, size_t length, size_t ender, struct input_line *line)
{
    const char *text = in->bytes + in->start;

    line->position.line = ++in->line;
    in->start += length + ender;
    in->at += length + ender;
    in->scanned = in->start;
    line->position.end = in->at;
    line->position.hash = fingerprint_line(hash_of_head(in, in->at), text, length);
    line->text = in->is_cut ? NULL : text;
    line->length = in->n_cut + length;
    if (in->is_cut) {
        in->is_cut = 0;
        in->n_cut = 0;
        return 1;
    }
    if (in->line == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        line->text += 3; /* the byte order mark that some editors write is no part of the first line */
        line->length -= 3;
    }
    return !is_blank(line->text, line->length);
}

/* The line goes on, but nobody will read it: of what there is only the end is kept, for its hash. */
static void cut_line(struct input *in)
{
    size_t length = in->end - in->start, gone = length > FINGERPRINT_TAIL ? length - FINGERPRINT_TAIL : 0;

    in->n_cut += gone;
    in->start += gone;
    in->at += gone;
}

enum input_state input_next(struct input *in, struct input_line *line, struct textd_error *error)
{
    for (;;) {
        char *ends = in->end > in->scanned ? memchr(in->bytes + in->scanned, '\n', in->end - in->scanned) : NULL;
        size_t length = ends ? (size_t)(ends - in->bytes) - in->start : in->end - in->start;
        in->is_cut |= length > in->limit;
        if (ends || (in->is_ended && in->end > in->start)) {
            if (take_line(in, length, ends != NULL, line))
                return INPUT_LINE;
            continue;
        }
        if (in->is_ended)
            return INPUT_END;
        if (in->is_cut)
            cut_line(in);
        in->scanned = in->end;
        enum input_state state = fill(in, error);
        if (state != INPUT_LINE)
            return state;
    }
}
