/* trainer.h: what the trainers of the built-in plugins share: ending with a reason, memory, records, the model's file. A trainer
 * is a program that a person waits for; it has nothing better to do without memory, or with a wrong record, than to say so. */
#ifndef TEXTD_TRAINER_H
#define TEXTD_TRAINER_H

#include <jansson.h>
#include <stddef.h>

#include "plugins/lib/model_file.h"

/* Said before every message: "segmenter-train". Set it first. */
extern const char *trainer_name;

/* Says why on stderr, with the trainer's name and, while a record is read, its file and line; ends the program with 1. */
void trainer_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* What trainer_fail names as the place from now on, until a file of records is read; NULL: none. */
void trainer_at(const char *file, unsigned line);

/* Memory that malloc or realloc gave, grown to `bytes`; NULL starts anew. Ends the program when there is none. */
void *trainer_grow(void *memory, size_t bytes);

static inline void *trainer_alloc(size_t bytes)
{
    return trainer_grow(NULL, bytes);
}

/* Calls `take` with each object of a file of JSON Lines, which may be compressed by gzip; "-" is the standard input. What is
 * no object is a failure that names the line, and so is what `take` finds wrong and gives to trainer_fail. */
void trainer_read(const char *file, void (*take)(void *data, const json_t *object), void *data);

/* A whole file, with malloc; NULL when it cannot be read, with errno. */
void *trainer_load(const char *file, size_t *length);

/* The same for a file that must be there: ends the program when it cannot be read. */
void *trainer_need(const char *file, size_t *length);

/* Seals the model at `bytes`, whose head is still empty, and writes the file: whole, or not at all. */
void trainer_write(const char *file, const struct model_file_kind *kind, void *bytes, size_t length);

#endif
