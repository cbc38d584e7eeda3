/* lines.h: the lines of a batch's input, one at a time, without waiting for the next one while there is other work. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include <stddef.h>
#include <stdint.h>

struct lines {
    int fd;
    char *bytes;
    size_t start, end, capacity;
    size_t scanned; /* no line's end before this */
    size_t limit;
    int is_ended, is_skipping;
    uint64_t number;     /* of the line that was returned last, from 1 */
    uint64_t bytes_read; /* for showing progress */
};

enum lines_state {
    LINES_LINE,
    LINES_TOO_LONG, /* one line above the limit was there, and is gone */
    LINES_LATER,    /* the rest of a line has not come yet */
    LINES_END,
    LINES_FAILED, /* reading failed, or memory is out: errno */
};

void lines_start(struct lines *lines, int fd, size_t limit);

/* The next line, without its end, the first one without a byte order mark; it is valid until the next call. With `may_wait` it never says LINES_LATER. */
enum lines_state lines_next(struct lines *lines, int may_wait, const char **line, size_t *length);

void lines_finish(struct lines *lines);

#endif
