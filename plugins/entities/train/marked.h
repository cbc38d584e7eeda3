/* marked.h: files in which people have marked names, by their form, which their content tells: JSON Lines, columns (columns.h), brat's standoff
 * (brat.h), WebAnno's TSV (webanno.h); and folders of such. */
#ifndef ENTITIES_TRAIN_MARKED_H
#define ENTITIES_TRAIN_MARKED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Calls `take` with each text, as an object like those of JSON Lines: {"id", "text", "entities": [{"start", "end", "type"}]} with offsets in bytes;
 * a type of null: the span is left as it is, neither a name nor none. `column` says which column or feature tells the names (NULL: the usual
 * one). What is left out is said on standard output. Says what is wrong, with file and line, and ends the program. */
void marked_read(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data);

/* A whole file of text, which may be compressed by gzip, without a byte order mark and ended by a NUL; with malloc. */
char *marked_load(const char *file, size_t *length);

/* Of a file in memory, line after line: ended by NULs in place of their ends. */
struct marked_lines {
    const char *file;
    char *next; /* NULL: there are no more */
    unsigned number;
};

/* The next line; NULL at the end. */
char *marked_line(struct marked_lines *lines);

/* A number at *at, which is moved behind it. False: there is none. */
bool marked_number(const char **at, unsigned long long *number);

/* The offset in bytes of what is `at` further on: characters, or UTF-16's units. Goes on from where it was; `at` may go back. Fails (-1) beyond the
 * end, and within a character. */
struct marked_offsets {
    const char *text;
    size_t length, byte;
    unsigned long long at;
    int is_utf16;
};

long long marked_offset(struct marked_offsets *offsets, unsigned long long at);

#endif
