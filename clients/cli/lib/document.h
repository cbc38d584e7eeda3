/* document.h: a file's bytes, as they are. */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

struct document {
    char *text;
    size_t length;
};

enum document_state { DOCUMENT_READ, DOCUMENT_UNREADABLE, DOCUMENT_TOO_LARGE };

/* Reads the file ("-": standard input) up to `limit` bytes. When that fails, `why` says so. Free with document_free. */
enum document_state document_read(struct document *document, const char *path, uint64_t limit, char *why, size_t size);

void document_free(struct document *document);

#endif
