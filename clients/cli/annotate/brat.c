/* brat.c: `textctl annotate --brat DIR`: for each document NAME.txt and NAME.ann, brat's standoff form, with offsets
 * in code points; and annotation.conf with the types, which brat wants to know. Nothing that is there is written over:
 * it may be somebody's work. */
#include "clients/cli/annotate/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/lib/json.h"
#include "clients/cli/annotate/spans.h"

#define NAME_BYTES 128
#define MOST_OF_ONE_NAME 10000000
#define HINTS 4096
#define MOST_TYPES 256
#define TYPE_BYTES 64

/* The number behind a name that is tried next. Ids in another script than Latin are all but one name. */
struct hint {
    uint32_t hash;
    unsigned next;
};

struct folder {
    int fd;                   /* -1: it could not be made */
    struct hint hints[HINTS]; /* by their hash; one that was driven out costs time and no more */
    char types[MOST_TYPES][TYPE_BYTES];
    size_t n_types;
    int has_equivalences;
};

static int is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Whether anything is there but settings of brat's (annotation.conf, visual.conf) and hidden files: -1 when that can't
 * be found out. */
static int is_taken(int fd)
{
    DIR *directory = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const struct dirent *entry;
    int found = 0;

    if (!directory)
        return -1;
    while (!found && (entry = readdir(directory)) != NULL) {
        const char *ending = strrchr(entry->d_name, '.');
        found = entry->d_name[0] != '.' && !(ending && strcmp(ending, ".conf") == 0);
    }
    closedir(directory);
    return found;
}

/* Into a folder of its own: two documents of one name can then be told from a document and somebody's work. */
static int begin(struct output *o)
{
    struct folder *folder = calloc(1, sizeof *folder);
    const char *path = o->cli->brat;

    o->state = folder;
    if (!folder)
        return -1;
    folder->fd = mkdir(path, 0777) == 0 || errno == EEXIST ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int found = folder->fd < 0 ? -1 : is_taken(folder->fd);
    if (found < 0)
        cli_complain("can't write to the folder %s: %s", path, strerror(errno));
    else if (found > 0)
        cli_complain("the folder %s holds files; --brat writes to a new one, or an empty one", path);
    return found == 0 ? 0 : -1;
}

/* A file's name of the document's: its own without folders and .txt; whatever could mean something to a shell, or lead
 * out of the folder, becomes '_'. */
static void name_file(const struct item *item, char *name)
{
    const char *from = item->name, *slash = item->path ? memrchr(from, '/', item->name_length) : NULL;
    size_t length = item->name_length, out = 0;

    if (slash) {
        length -= (size_t)(slash + 1 - from);
        from = slash + 1;
    }
    if (item->path && length > 4 && memcmp(from + length - 4, ".txt", 4) == 0)
        length -= 4;
    for (size_t i = 0; i < length && out < NAME_BYTES - 1; i++) {
        int is_first = out == 0 && (from[i] == '-' || from[i] == '.'); /* an option, or hidden */
        name[out] = !is_first && (is_plain(from[i]) || from[i] == '.') ? from[i] : '_';
        out++;
    }
    if (out == 0)
        name[out++] = '_';
    name[out] = 0;
}

static FILE *create(struct folder *folder, const char *name, const char *ending)
{
    char file[NAME_BYTES + 32];

    snprintf(file, sizeof file, "%s%s", name, ending);
    int fd = openat(folder->fd, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return fd < 0 ? NULL : fdopen(fd, "wb");
}

/* Makes NAME.txt; or NAME-2.txt and so on, when another document is called so, which `name` then is. */
static FILE *create_text(struct folder *folder, char *name, size_t size)
{
    size_t length = strlen(name);
    FILE *file = create(folder, name, ".txt");
    uint32_t hash = 5381;

    if (file)
        return file;
    for (size_t i = 0; i < length; i++)
        hash = hash * 33 + (unsigned char)name[i];
    struct hint *hint = &folder->hints[hash % HINTS];
    if (hint->hash != hash || hint->next < 2)
        *hint = (struct hint) { hash, 2 };
    for (; !file && errno == EEXIST && hint->next <= MOST_OF_ONE_NAME; hint->next++) {
        snprintf(name + length, size - length, "-%u", hint->next);
        file = create(folder, name, ".txt");
    }
    return file;
}

/* A type as brat spells them, kept for annotation.conf. */
static const char *type_of(struct folder *folder, struct textd_node type)
{
    static char other[TYPE_BYTES];
    char *name = folder->n_types < MOST_TYPES ? folder->types[folder->n_types] : other;
    size_t n = 0;

    for (uint32_t i = 0; i < type.length && n < TYPE_BYTES - 1; i++)
        name[n++] = is_plain(type.text[i]) ? type.text[i] : '_';
    if (n == 0)
        name[n++] = '_';
    name[n] = 0;
    for (size_t i = 0; i < folder->n_types; i++)
        if (strcmp(folder->types[i], name) == 0)
            return folder->types[i];
    folder->n_types += name != other;
    return name;
}

static int is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Where a span's next part is: brat's lines have no line ends, so a span over several lines is in as many parts. */
static int next_part(const char *text, struct range *rest, struct range *part)
{
    while (rest->start < rest->end && is_line_end(text[rest->start]))
        rest->start++;
    *part = *rest;
    while (rest->start < rest->end && !is_line_end(text[rest->start]))
        rest->start++;
    part->end = rest->start;
    return part->start < part->end;
}

static int put_span(FILE *out, struct folder *folder, const struct item *item, const struct positions *positions,
                    const struct span *span, size_t number)
{
    const char *text = item->document.text;
    struct range rest = span->range, part;

    if (!next_part(text, &rest, &part))
        return 0; /* empty, or line ends alone: brat knows no such spans */
    fprintf(out, "T%zu\t%s ", number, type_of(folder, span->type));
    rest = span->range;
    for (const char *before = ""; next_part(text, &rest, &part); before = ";")
        fprintf(out, "%s%llu %llu", before, (unsigned long long)positions_of(positions, part.start),
                (unsigned long long)positions_of(positions, part.end));
    putc('\t', out);
    rest = span->range;
    for (const char *before = ""; next_part(text, &rest, &part); before = " ") {
        fputs(before, out);
        output_text(out, text + part.start, part.end - part.start);
    }
    putc('\n', out);
    return 1;
}

/* What the text is worth: "$3 million" is {"amount":3000000.0,"currency":"USD"}. */
static void put_note(FILE *out, const struct span *span, size_t number)
{
    char *json = NULL;
    size_t length = 0;
    FILE *memory = span->value.type == TEXTD_NODE_TEXT ? NULL : open_memstream(&json, &length);

    fprintf(out, "#%zu\tAnnotatorNotes T%zu\t", number, number);
    if (memory) {
        json_node(memory, span->value);
        fclose(memory);
        output_line(out, json ? json : "", length);
    } else {
        output_line(out, span->value.text, span->value.length);
    }
    putc('\n', out);
    free(json);
}

/* A mark that is one of a result's names. */
struct mention {
    struct textd_node plugin;
    int64_t ref;
    size_t number;
};

static int by_name(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;

    if (x->plugin.text != y->plugin.text)
        return x->plugin.text < y->plugin.text ? -1 : 1; /* one reply's keys: the same text is in the same place */
    if (x->ref != y->ref)
        return x->ref < y->ref ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int is_same(const struct mention *x, const struct mention *y)
{
    return x->plugin.text == y->plugin.text && x->ref == y->ref;
}

/* "*\tEquiv T1 T3": all the marks of one name. Of a name that is there once there is nothing to say. */
static int put_equivalences(FILE *out, struct mention *mentions, size_t n)
{
    int any = 0;

    if (n > 1)
        qsort(mentions, n, sizeof *mentions, by_name);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && is_same(&mentions[i], &mentions[end]); end++)
            ;
        if (end - i == 1)
            continue;
        fputs("*\tEquiv", out);
        for (size_t k = i; k < end; k++)
            fprintf(out, " T%zu", mentions[k].number);
        putc('\n', out);
        any = 1;
    }
    return any;
}

/* -1: out of memory, and errno says so. */
static int put_spans(FILE *out, struct folder *folder, const struct item *item)
{
    struct positions positions;
    struct spans spans;
    size_t number = 1, n = 0;

    int rc = spans_find(&spans, &item->document, item_results(item));
    struct mention *mentions = calloc(spans.n ? spans.n : 1, sizeof *mentions);
    positions_start(&positions, &item->document, "codepoint");
    for (size_t i = 0; i < spans.n; i++) {
        if (!put_span(out, folder, item, &positions, &spans.all[i], number))
            continue;
        if (spans.all[i].value.type != TEXTD_NODE_NONE)
            put_note(out, &spans.all[i], number);
        if (mentions && spans.all[i].ref >= 0)
            mentions[n++] = (struct mention) { spans.all[i].plugin, spans.all[i].ref, number };
        number++;
    }
    folder->has_equivalences |= put_equivalences(out, mentions, n);
    rc |= mentions ? 0 : -1;
    free(mentions);
    positions_finish(&positions);
    spans_free(&spans);
    if (rc != 0)
        errno = ENOMEM;
    return rc;
}

static int finish(FILE *file)
{
    int failed = ferror(file);

    return fclose(file) != 0 || failed ? -1 : 0;
}

static int document(struct output *o, const struct item *item)
{
    struct folder *folder = o->state;
    char name[NAME_BYTES + 16]; /* with a number behind */
    FILE *text, *annotations;

    if (item_results(item).type == TEXTD_NODE_NONE)
        return 0; /* it has failed, and that was said */
    name_file(item, name);
    text = create_text(folder, name, sizeof name);
    annotations = text ? create(folder, name, ".ann") : NULL;
    int reason = errno, failed = !annotations;
    if (text) {
        fwrite(item->document.text, 1, item->document.length, text);
        failed |= finish(text) != 0;
    }
    if (annotations) {
        failed |= put_spans(annotations, folder, item) != 0;
        failed |= finish(annotations) != 0;
    }
    if (failed)
        cli_complain("can't write %s/%s%s: %s", o->cli->brat, name, text ? ".ann" : ".txt",
                     strerror(annotations ? errno : reason));
    return failed ? -1 : 0;
}

/* The types that brat may show and offer. One that is there already is the user's own. */
static int end(struct output *o)
{
    struct folder *folder = o->state;
    FILE *conf;
    int rc = 0;

    if (folder && folder->fd >= 0 && folder->n_types > 0) {
        conf = create(folder, "annotation", ".conf");
        rc = conf || errno == EEXIST ? 0 : -1;
        if (conf) {
            fputs("[entities]\n", conf);
            for (size_t i = 0; i < folder->n_types; i++)
                fprintf(conf, "%s\n", folder->types[i]);
            fputs("\n[relations]\n", conf);
            if (folder->has_equivalences) /* brat's own word for lines with a star */
                fputs("Equiv\tArg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive\n", conf);
            fputs("\n[events]\n\n[attributes]\n", conf);
            rc = finish(conf);
        }
        if (rc != 0)
            cli_complain("can't write %s/annotation.conf: %s", o->cli->brat, strerror(errno));
    }
    if (folder && folder->fd >= 0)
        close(folder->fd);
    free(folder);
    return rc;
}

const struct output_form brat_form = { .begin = begin, .document = document, .end = end };
