/* columns.c: see columns.h. */
#include "plugins/entities/train/columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "plugins/lib/train/trainer.h"

#define LONGEST_LINE 65536

static gzFile open_columns(const char *file)
{
    gzFile in = gzopen(file, "r");

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, errno ? strerror(errno) : "out of memory");
    return in;
}

bool columns_are_in(const char *file)
{
    if (strcmp(file, "-") == 0)
        return false;
    gzFile in = open_columns(file);
    int c;
    while ((c = gzgetc(in)) == '\n' || c == ' ')
        ;
    gzclose(in);
    return c != '{' && c != -1;
}

/* A text while it is put together. */
struct draft {
    char *text;
    size_t length, room;
    json_t *names;
    size_t start;  /* of the name that is open */
    char open[64]; /* its type, empty when there is none */
    unsigned number;
    void (*take)(void *data, const json_t *object);
    void *data;
};

static void append(struct draft *d, const char *bytes, size_t n)
{
    if (d->length + n + 1 > d->room)
        d->text = trainer_grow(d->text, d->room = (d->length + n + 1) * 2);
    memcpy(d->text + d->length, bytes, n);
    d->length += n;
}

static void close_name(struct draft *d)
{
    if (d->open[0])
        json_array_append_new(d->names, json_pack("{s:I, s:I, s:s}", "start", (json_int_t)d->start, "end",
                                                  (json_int_t)d->length, "type", d->open));
    d->open[0] = 0;
}

static void end_text(struct draft *d)
{
    char id[24];

    close_name(d);
    if (d->length > 0) {
        snprintf(id, sizeof id, "%u", ++d->number);
        json_t *object =
            json_pack("{s:s, s:o, s:O}", "id", id, "text", json_stringn(d->text, d->length), "entities", d->names);
        if (!object)
            trainer_fail("text %u is no valid UTF-8", d->number);
        d->take(d->data, object);
        json_decref(object);
    }
    json_decref(d->names);
    d->names = json_array();
    d->length = 0;
}

/* A name ends where its type does, and at labels that say so. */
static void add_word(struct draft *d, const char *word, const char *label, const char *file, unsigned line)
{
    bool is_name = strlen(label) > 2 && label[1] == '-' && strchr("BILESU", label[0]);

    if (!is_name && strcmp(label, "O") != 0)
        trainer_fail("%s:%u: the last column is '%s', not O, B-TYPE or I-TYPE", file, line, label);
    if (strlen(label) >= sizeof d->open)
        trainer_fail("%s:%u: the type '%s' is too long", file, line, label + 2);
    if (!is_name || strchr("BSU", label[0]) || strcmp(d->open, label + 2) != 0)
        close_name(d);
    if (d->length > 0 && d->text[d->length - 1] != '\n')
        append(d, " ", 1);
    if (is_name && !d->open[0]) {
        d->start = d->length;
        memcpy(d->open, label + 2, strlen(label + 2) + 1);
    }
    append(d, word, strlen(word));
    if (is_name && strchr("LESU", label[0]))
        close_name(d);
}

static void add_line(struct draft *d, char *line, const char *file, unsigned number)
{
    char *end = line + strcspn(line, "\r\n");

    *end = 0;
    if (strncmp(line, "-DOCSTART-", 10) == 0) {
        end_text(d);
        return;
    }
    if (line[strspn(line, " \t")] == 0) {
        close_name(d);
        if (d->length > 0 && d->text[d->length - 1] != '\n')
            append(d, "\n\n", 2); /* an empty line: there a sentence ends for the segmenter, too */
        return;
    }
    while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = 0;
    char *label = end;
    while (label > line && label[-1] != ' ' && label[-1] != '\t')
        label--;
    if (label == line)
        trainer_fail("%s:%u: expected a word and its label", file, number);
    line[strcspn(line, " \t")] = 0;
    add_word(d, line, label, file, number);
}

void columns_read(const char *file, void (*take)(void *data, const json_t *object), void *data)
{
    struct draft d = { .names = json_array(), .take = take, .data = data };
    char *line = trainer_alloc(LONGEST_LINE);
    gzFile in = open_columns(file);
    int status;

    for (unsigned number = 1; gzgets(in, line, LONGEST_LINE); number++) {
        if (!strchr(line, '\n') && !gzeof(in))
            trainer_fail("%s:%u: the line is longer than %d bytes", file, number, LONGEST_LINE);
        add_line(&d, line, file, number);
    }
    end_text(&d);
    const char *why = gzerror(in, &status);
    if (status != Z_OK && status != Z_STREAM_END)
        trainer_fail("%s: cannot be read: %s", file, status == Z_ERRNO ? strerror(errno) : why);
    gzclose(in);
    free(line);
    free(d.text);
    json_decref(d.names);
}
