/* records.h: labelled texts, as topics-train reads them. */
#ifndef TOPICS_RECORDS_H
#define TOPICS_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct record {
    uint32_t *rows; /* of the weights, each once, ascending */
    uint32_t n_rows;
    uint8_t has[(TOPICS_LABELS + 7) / 8 + 1]; /* a bit a label */
};

struct records {
    struct record *all;
    size_t n;
    uint32_t bits;
    int is_closed; /* labels that aren't known are passed over, and counted */
    size_t unknown;
    char (*names)[TOPICS_NAME];
    uint32_t n_labels;
    int one_label; /* each record so far has exactly one */
};

/* Says why on stderr, and ends the program with 1. */
void topics_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* realloc, or the end of the program. */
void *topics_grow(void *memory, size_t bytes);

/* Adds the texts of a file, a line each: an object of JSON, {"text": "…", "label": "billing"} or {"text": "…", "labels": […]}, or
 * fastText's form, `__label__billing the text`. What is wrong ends the program, with file and line. */
void records_read(struct records *records, const char *file);

/* Fixes the order of the labels, by name, and sets each record's bits accordingly. */
void records_sort_labels(struct records *records);

static inline int record_has(const struct record *r, uint32_t label)
{
    return r->has[label >> 3] >> (label & 7) & 1;
}

#endif
