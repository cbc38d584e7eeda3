/* marked.c: see marked.h. */
#include "plugins/entities/train/marked.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "plugins/entities/train/brat.h"
#include "plugins/entities/train/columns.h"
#include "plugins/entities/train/webanno.h"
#include "plugins/lib/train/trainer.h"

#define DEEPEST 8 /* folders in folders */

/* ---- Files in memory --------------------------------------------------------------------------------------------------- */

char *marked_load(const char *file, size_t *length)
{
    gzFile in = gzopen(file, "r");
    size_t room = 1 << 16, n = 0;
    char *bytes = trainer_alloc(room);
    int got, status;

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, errno ? strerror(errno) : "out of memory");
    while ((got = gzread(in, bytes + n, (unsigned)(room - n > 1 << 30 ? 1 << 30 : room - n))) > 0)
        if ((n += (size_t)got) + 1 >= room)
            bytes = trainer_grow(bytes, room *= 2);
    if (got < 0) {
        const char *why = gzerror(in, &status);
        trainer_fail("%s: cannot be read: %s", file, status == Z_ERRNO ? strerror(errno) : why);
    }
    gzclose(in);
    bytes[n] = 0;
    if (memchr(bytes, 0, n))
        trainer_fail("%s: it holds a NUL byte: it is no text", file);
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        memmove(bytes, bytes + 3, (n -= 3) + 1);
    *length = n;
    return bytes;
}

char *marked_line(struct marked_lines *l)
{
    char *line = l->next;

    if (!line || !*line)
        return NULL;
    size_t length = strcspn(line, "\n");
    l->next = line[length] ? line + length + 1 : NULL;
    line[length] = 0;
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = 0;
    l->number++;
    return line;
}

bool marked_number(const char **at, unsigned long long *number)
{
    char *end;

    if (**at < '0' || **at > '9')
        return false;
    *number = strtoull(*at, &end, 10);
    *at = end;
    return true;
}

long long marked_offset(struct marked_offsets *o, unsigned long long at)
{
    if (at < o->at)
        o->at = o->byte = 0;
    while (o->at < at && o->byte < o->length) {
        unsigned char c = (unsigned char)o->text[o->byte];
        size_t bytes = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        o->byte += bytes < o->length - o->byte ? bytes : o->length - o->byte;
        o->at += o->is_utf16 && bytes == 4 ? 2 : 1;
    }
    return o->at == at ? (long long)o->byte : -1;
}

/* ---- Which form -------------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), n = strlen(end);

    return length > n && strcmp(name + length - n, end) == 0;
}

/* The other file of brat's pair, NAME.ann of NAME.txt and the other way round; NULL when it isn't there. With malloc. */
static char *partner(const char *file, const char *end)
{
    char *other = strdup(file);
    struct stat status;

    memcpy(other + strlen(other) - 4, end, 4);
    if (stat(other, &status) == 0 && S_ISREG(status.st_mode))
        return other;
    free(other);
    return NULL;
}

enum form { FORM_RECORDS, FORM_COLUMNS, FORM_BRAT, FORM_WEBANNO };

/* Told by the first line that isn't empty; *ann_file is set where it is brat's, and another file than this. */
static enum form form_of(const char *file, char **ann_file)
{
    char line[4096] = "", *at = line;
    gzFile in = gzopen(file, "r");

    if (!in)
        trainer_fail("%s: cannot be opened: %s", file, errno ? strerror(errno) : "out of memory");
    while (gzgets(in, line, sizeof line)) {
        at = line + (strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
        at += strspn(at, " \t\r\n");
        if (*at)
            break;
    }
    gzclose(in);
    if (*at == '{')
        return FORM_RECORDS;
    if (webanno_is_head(at))
        return FORM_WEBANNO;
    if (ends_with(file, ".ann"))
        return FORM_BRAT;
    if (ends_with(file, ".txt") && (*ann_file = partner(file, ".ann")) != NULL)
        return FORM_BRAT;
    if (strncmp(at, "PK\3\4", 4) == 0)
        trainer_fail("%s: is a zip archive: unpack it, and give the folder", file);
    if (strncmp(at, "<?xml", 5) == 0 || *at == '<')
        trainer_fail(
            "%s: is XML: export it as WebAnno TSV 3, or in another form that 'textctl train entities --help' names",
            file);
    if (brat_is_span(at))
        trainer_fail("%s: has brat's spans, but isn't called NAME.ann, with NAME.txt beside it", file);
    return *at ? FORM_COLUMNS : FORM_RECORDS;
}

/* ---- Folders ----------------------------------------------------------------------------------------------------------- */

struct folder {
    const char *column;
    void (*take)(void *data, const json_t *object);
    void *data;
    unsigned n_read, n_texts, n_others; /* files that were read; texts without marks; files of other kinds */
};

static bool is_ours(const char *name)
{
    static const char *const ends[] = { ".ann", ".tsv",  ".conll", ".conllu", ".conllup",
                                        ".iob", ".iob2", ".bio",   ".cols",   ".jsonl" };
    char plain[300];

    snprintf(plain, sizeof plain, "%s", name);
    if (ends_with(plain, ".gz"))
        plain[strlen(plain) - 3] = 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(plain, ends[i]))
            return true;
    return false;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_file(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data);

static void read_folder(struct folder *f, const char *path, int depth)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_visible, by_bytes);

    if (n < 0)
        trainer_fail("%s: cannot be read: %s", path, strerror(errno));
    for (int i = 0; i < n; free(entries[i++])) {
        const char *name = entries[i]->d_name;
        size_t size = strlen(path) + strlen(name) + 2;
        char *file = trainer_alloc(size), *ann;
        struct stat status;
        snprintf(file, size, "%s/%s", path, name);
        if (stat(file, &status) != 0)
            trainer_fail("%s: cannot be read: %s", file, strerror(errno));
        if (S_ISDIR(status.st_mode) && depth < DEEPEST) {
            read_folder(f, file, depth + 1);
        } else if (S_ISREG(status.st_mode) && is_ours(name)) {
            read_file(file, f->column, f->take, f->data);
            f->n_read++;
        } else if (ends_with(name, ".txt")) {
            ann = partner(file, ".ann"); /* the text of a pair is read with its marks */
            f->n_texts += ann == NULL;
            free(ann);
        } else if (!ends_with(name, ".conf")) {
            f->n_others++;
        }
        free(file);
    }
    free(entries);
}

static void read_all(const char *path, const char *column, void (*take)(void *data, const json_t *object), void *data)
{
    struct folder f = { .column = column, .take = take, .data = data };

    read_folder(&f, path, 0);
    if (f.n_read == 0)
        trainer_fail(
            "%s: there are no files with marks in this folder: pairs of .txt and .ann, .tsv, .conll, .conllu, .jsonl",
            path);
    if (f.n_texts > 0)
        printf("%s: left out: %u texts (.txt) without an .ann beside them\n", path, f.n_texts);
    if (f.n_others > 0)
        printf("%s: left out: %u files of other kinds\n", path, f.n_others);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------------- */

static void read_file(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data)
{
    char *ann_file = NULL;

    switch (form_of(file, &ann_file)) {
    case FORM_RECORDS:
        trainer_read(file, take, data);
        break;
    case FORM_COLUMNS:
        columns_read(file, column, take, data);
        break;
    case FORM_BRAT:
        brat_read(ann_file ? ann_file : file, take, data);
        break;
    case FORM_WEBANNO:
        webanno_read(file, column, take, data);
    }
    free(ann_file);
}

void marked_read(const char *file, const char *column, void (*take)(void *data, const json_t *object), void *data)
{
    struct stat status;

    if (strcmp(file, "-") == 0) {
        trainer_read(file, take, data);
        return;
    }
    bool is_there = stat(file, &status) == 0;
    if (is_there && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        trainer_fail("%s is a pipe, and is read more than once: write it to a file first", file);
    if (is_there && S_ISDIR(status.st_mode))
        read_all(file, column, take, data);
    else
        read_file(file, column, take, data);
}
