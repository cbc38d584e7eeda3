/* input.h: a source's lines, each with the position behind it; and going on at such a position, if the file is still the
 * one that it was. */
#ifndef CLIENT_PIPE_INPUT_H
#define CLIENT_PIPE_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include <textd/pipe.h>

#include "clients/c/pipe/fingerprint.h"

struct input {
    const char *path; /* the caller's; for words */
    int fd;
    int is_file; /* a regular one: it can be read again, and never makes anybody wait */
    char head[FINGERPRINT_HEAD];
    size_t n_head;
    uint64_t head_hash; /* of all of it, once that is complete */
    char *bytes;
    size_t start, end, capacity;
    size_t scanned; /* no line's end before this */
    size_t limit;   /* of a line's bytes */
    int is_cut;     /* the line that is being read is too long */
    size_t n_cut;   /* bytes of it that are gone */
    int is_ended;
    uint64_t at;   /* in the file: of bytes[start] */
    uint64_t line; /* that was returned last */
};

struct input_line {
    const char *text; /* NULL: it is too long */
    size_t length;
    struct textd_position position;
};

enum input_state {
    INPUT_LINE,
    INPUT_LATER, /* the rest of a line has not come yet */
    INPUT_END,
    INPUT_FAILED,
};

/* `path` NULL: standard input. Zeroed before. Close it in both cases. */
int input_open(struct input *in, const char *path, size_t limit, struct textd_error *error);
void input_close(struct input *in);

/* Goes on behind this position. INVALID: the file isn't what it was when that was reached; `sink` is for the words. */
int input_seek(struct input *in, const struct textd_position *position, const char *sink, struct textd_error *error);

/* The next line that isn't empty; never waits. Its text is valid until the next call. */
enum input_state input_next(struct input *in, struct input_line *line, struct textd_error *error);

#endif
