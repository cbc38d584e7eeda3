/* document.c: see document.h. */
#include "clients/cli/lib/document.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 65536u

/* Reads to the end of `file`, or to one byte above the limit. -1 when reading fails (errno). */
static int read_all(struct document *d, FILE *file, uint64_t limit)
{
    size_t capacity = 0;

    while (d->length <= limit) {
        if (d->length == capacity) {
            capacity = capacity ? 2 * capacity : FIRST_BYTES;
            char *bigger = realloc(d->text, capacity);
            if (!bigger)
                return -1;
            d->text = bigger;
        }
        size_t n = fread(d->text + d->length, 1, capacity - d->length, file);
        d->length += n;
        if (n == 0)
            return ferror(file) ? -1 : 0;
    }
    return 0;
}

enum document_state document_read(struct document *d, const char *path, uint64_t limit, char *why, size_t size)
{
    int is_input = strcmp(path, "-") == 0;
    FILE *file = is_input ? stdin : fopen(path, "rb");
    int rc = -1;

    *d = (struct document) { 0 };
    if (file)
        rc = read_all(d, file, limit);
    int reason = errno;
    if (file && !is_input)
        fclose(file);
    if (rc != 0) {
        snprintf(why, size, "can't read it: %s", strerror(reason));
        return DOCUMENT_UNREADABLE;
    }
    if (d->length <= limit)
        return DOCUMENT_READ;
    snprintf(why, size, "it is larger than this server takes, %llu bytes", (unsigned long long)limit);
    return DOCUMENT_TOO_LARGE;
}

void document_free(struct document *d)
{
    free(d->text);
    *d = (struct document) { 0 };
}
