/* lines.c: see lines.h. */
#include "clients/cli/lib/lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES 65536u

void lines_start(struct lines *l, int fd, size_t limit)
{
    *l = (struct lines) { .fd = fd, .limit = limit };
}

void lines_finish(struct lines *l)
{
    free(l->bytes);
}

/* The byte order mark that some editors write in front of a file is no part of its first line. */
static enum lines_state number_line(struct lines *l, const char **line, size_t *length)
{
    if (++l->number == 1 && *length >= 3 && memcmp(*line, "\xEF\xBB\xBF", 3) == 0) {
        *line += 3;
        *length -= 3;
    }
    return LINES_LINE;
}

/* A line that ends inside of what was read. */
static int take_line(struct lines *l, const char **line, size_t *length)
{
    char *newline = l->end > l->scanned ? memchr(l->bytes + l->scanned, '\n', l->end - l->scanned) : NULL;

    if (!newline) {
        l->scanned = l->end;
        return 0;
    }
    *line = l->bytes + l->start;
    *length = (size_t)(newline - *line);
    l->start = l->scanned = (size_t)(newline - l->bytes) + 1;
    return 1;
}

/* Makes room behind what is there. -1: out of memory. */
static int make_room(struct lines *l)
{
    if (l->start > 0) {
        memmove(l->bytes, l->bytes + l->start, l->end - l->start);
        l->end -= l->start;
        l->scanned -= l->start;
        l->start = 0;
    }
    if (l->capacity - l->end >= READ_BYTES)
        return 0;
    size_t capacity = 2 * l->capacity + READ_BYTES;
    char *bigger = realloc(l->bytes, capacity);
    if (!bigger)
        return -1;
    l->bytes = bigger;
    l->capacity = capacity;
    return 0;
}

/* Reads what there is. LINES_LINE: look again. */
static enum lines_state fill(struct lines *l, int may_wait)
{
    struct pollfd fd = { .fd = l->fd, .events = POLLIN };

    if (poll(&fd, 1, may_wait ? -1 : 0) == 0)
        return LINES_LATER;
    if (make_room(l) != 0)
        return LINES_FAILED;
    ssize_t n = read(l->fd, l->bytes + l->end, l->capacity - l->end);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? LINES_LATER : LINES_FAILED;
    l->is_ended = n == 0;
    l->end += (size_t)n;
    l->bytes_read += (uint64_t)n;
    return LINES_LINE;
}

/* What stands behind the last line's end. */
static enum lines_state last_line(struct lines *l, const char **line, size_t *length)
{
    if (l->start == l->end)
        return LINES_END;
    *line = l->bytes + l->start;
    *length = l->end - l->start;
    l->start = l->scanned = l->end;
    return number_line(l, line, length);
}

enum lines_state lines_next(struct lines *l, int may_wait, const char **line, size_t *length)
{
    for (;;) {
        if (take_line(l, line, length)) {
            if (!l->is_skipping)
                return number_line(l, line, length);
            l->is_skipping = 0;
            continue;
        }
        if (l->is_skipping || l->end - l->start > l->limit) {
            l->start = l->scanned = l->end; /* the line goes on, but nobody will read it */
            if (!l->is_skipping) {
                l->is_skipping = 1;
                l->number++;
                return LINES_TOO_LONG;
            }
        }
        if (l->is_ended)
            return last_line(l, line, length);
        enum lines_state state = fill(l, may_wait);
        if (state != LINES_LINE && !(state == LINES_LATER && may_wait))
            return state;
    }
}
