/* record.h: how a line of a sink's file begins: whose result it is, and how far that source is with it.
 *
 *     {"source":"a.ndjson","line":12,"end":3456,"hash":"0123456789abcdef"
 *
 * Then the result's own keys. It is written and read here alone, always in this form, so that a file of any size is read
 * without a JSON parser. */
#ifndef CLIENT_PIPE_RECORD_H
#define CLIENT_PIPE_RECORD_H

#include <stddef.h>

#include <textd/pipe.h>

/* No beginning is longer. */
#define RECORD_PREFIX 192

struct record {
    const char *name;
    size_t name_length;
    struct textd_position position;
};

/* Without a NUL. Returns its length. */
size_t record_write(char prefix[RECORD_PREFIX], const char *name, const struct textd_position *position);

/* Reads the beginning of a line. -1: it is none. */
int record_read(struct record *record, const char *line, size_t length);

/* Whether these bytes, which end anywhere, may be the beginning of a record. */
int record_begins(const char *bytes, size_t length);

#endif
