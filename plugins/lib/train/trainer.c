/* trainer.c: see trainer.h. */
#include "plugins/lib/train/trainer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

const char *trainer_name = "train";

/* Where the reader is, for messages. */
static const char *file_name;
static unsigned line_number;

void trainer_fail(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "%s: ", trainer_name);
    if (line_number > 0)
        fprintf(stderr, "%s:%u: ", file_name, line_number);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void trainer_at(const char *file, unsigned line)
{
    file_name = file;
    line_number = file ? line : 0;
}

void *trainer_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes ? bytes : 1);

    if (!grown)
        trainer_fail("out of memory");
    return grown;
}

/* Reads a line, its end included, into *line; its length, 0 at the file's end. */
static size_t read_line(gzFile in, char **line, size_t *capacity)
{
    size_t length = 0;

    for (;;) {
        if (*capacity - length < 2)
            *line = trainer_grow(*line, *capacity = *capacity ? *capacity * 2 : 1 << 16);
        size_t room = *capacity - length;
        if (!gzgets(in, *line + length, room > 1 << 30 ? 1 << 30 : (int)room))
            return length;
        size_t n = strlen(*line + length);
        if (n == 0)
            trainer_fail("%s: a line after %u holds a NUL byte: it is no JSON", file_name, line_number);
        length += n;
        if ((*line)[length - 1] == '\n')
            return length;
    }
}

static gzFile open_records(const char *file)
{
    gzFile in = strcmp(file, "-") == 0 ? gzdopen(dup(STDIN_FILENO), "r") : gzopen(file, "r");

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, errno ? strerror(errno) : "out of memory");
    return in;
}

void trainer_read(const char *file, void (*take)(void *data, const json_t *object), void *data)
{
    gzFile in = open_records(file);
    char *line = NULL;
    size_t capacity = 0, length;
    int status;

    file_name = file;
    line_number = 0;
    while ((length = read_line(in, &line, &capacity)) > 0) {
        json_error_t error;
        line_number++;
        size_t mark = line_number == 1 && length >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0; /* byte order */
        if (strspn(line + mark, " \t\r\n") == length - mark)
            continue; /* nothing stands there */
        json_t *object = json_loadb(line + mark, length - mark, JSON_ALLOW_NUL, &error);
        if (!object)
            trainer_fail("%s", error.text);
        if (!json_is_object(object))
            trainer_fail("it is no object");
        take(data, object);
        json_decref(object);
    }
    line_number = 0;
    const char *why = gzerror(in, &status);
    if (status != Z_OK && status != Z_STREAM_END)
        trainer_fail("%s: cannot be read: %s", file, status == Z_ERRNO ? strerror(errno) : why);
    gzclose(in);
    free(line);
}

void *trainer_load(const char *file, size_t *length)
{
    FILE *in = fopen(file, "rb");
    char *bytes = NULL;
    size_t capacity = 1 << 16, n;

    *length = 0;
    if (!in)
        return NULL;
    do {
        bytes = trainer_grow(bytes, capacity *= 2);
        n = fread(bytes + *length, 1, capacity - *length, in);
        *length += n;
    } while (n > 0);
    int is_wrong = ferror(in);
    fclose(in);
    if (!is_wrong)
        return bytes;
    free(bytes);
    return NULL;
}

void *trainer_need(const char *file, size_t *length)
{
    void *bytes = trainer_load(file, length);

    if (!bytes)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    return bytes;
}

void trainer_write(const char *file, const struct model_file_kind *kind, void *bytes, size_t length)
{
    char *part = trainer_alloc(strlen(file) + sizeof ".part");

    sprintf(part, "%s.part", file);
    model_file_seal(kind, bytes, length);
    FILE *out = fopen(part, "wb");
    if (!out)
        trainer_fail("%s: cannot be written: %s", part, strerror(errno));
    size_t written = fwrite(bytes, 1, length, out);
    if (fclose(out) != 0 || written != length || rename(part, file) != 0) {
        int why = errno;
        unlink(part);
        trainer_fail("%s: cannot be written: %s", file, strerror(why));
    }
    free(part);
}

#if defined(__SANITIZE_ADDRESS__)
/* A trainer keeps what it has read until it ends: that is not lost. Reads and writes are watched as everywhere. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif
