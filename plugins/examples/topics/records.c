/* records.c: see records.h. */
#include "records.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grams.h"

static const char *file_name;
static size_t line_number;

void topics_fail(const char *format, ...)
{
    va_list args;

    fputs("topics: ", stderr);
    if (file_name)
        fprintf(stderr, "%s:%zu: ", file_name, line_number);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

void *topics_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes ? bytes : 1);

    if (!grown)
        topics_fail("no memory (%zu bytes)", bytes);
    return grown;
}

/* The number of a label, a new one if need be; -1 when the labels are closed and it isn't among them. */
static int number_of(struct records *records, const char *name, size_t length)
{
    if (length == 0 || length >= TOPICS_NAME)
        topics_fail("a label must have 1 to %d bytes, not %zu", TOPICS_NAME - 1, length);
    if (memchr(name, 0, length))
        topics_fail("a label has a character U+0000");
    for (uint32_t i = 0; i < records->n_labels; i++)
        if (strlen(records->names[i]) == length && memcmp(records->names[i], name, length) == 0)
            return (int)i;
    if (records->is_closed) {
        records->unknown++;
        return -1;
    }
    if (records->n_labels == TOPICS_LABELS)
        topics_fail("'%.*s' is label number %d; there may be %d", (int)length, name, TOPICS_LABELS + 1, TOPICS_LABELS);
    records->names = topics_grow(records->names, (records->n_labels + 1) * sizeof records->names[0]);
    memset(records->names[records->n_labels], 0, TOPICS_NAME);
    memcpy(records->names[records->n_labels], name, length);
    return (int)records->n_labels++;
}

struct rows {
    uint32_t *all;
    size_t n, room;
    uint32_t shift;
};

static void take_row(void *data, uint32_t feature, uint32_t start, uint32_t end)
{
    struct rows *rows = data;

    (void)start, (void)end;
    if (rows->n == rows->room)
        rows->all = topics_grow(rows->all, (rows->room = rows->room ? 2 * rows->room : 256) * sizeof *rows->all);
    rows->all[rows->n++] = feature >> rows->shift;
}

static int ascending(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void read_text(struct records *records, struct record *r, const char *text, size_t length)
{
    struct rows rows = { .shift = 32 - records->bits };
    size_t n = 0;

    if (length > UINT32_MAX / 2)
        topics_fail("a text of %zu bytes is too long", length);
    grams_walk(text, (uint32_t)length, take_row, NULL, &rows);
    if (rows.n > 0)
        qsort(rows.all, rows.n, sizeof *rows.all, ascending);
    for (size_t i = 0; i < rows.n; i++)
        if (i == 0 || rows.all[i] != rows.all[i - 1])
            rows.all[n++] = rows.all[i];
    r->rows = topics_grow(rows.all, n * sizeof *rows.all);
    r->n_rows = (uint32_t)n;
}

static void add(struct records *records, const struct record *r, uint32_t n_labels)
{
    if (records->n == 0)
        records->one_label = 1;
    if (n_labels != 1)
        records->one_label = 0;
    if ((records->n & (records->n + 1)) == 0)
        records->all = topics_grow(records->all, 2 * (records->n + 1) * sizeof *records->all);
    records->all[records->n++] = *r;
}

static void set(struct records *records, struct record *r, uint32_t *n, const char *name, size_t length)
{
    const int label = number_of(records, name, length);

    if (label < 0 || record_has(r, (uint32_t)label))
        return;
    r->has[label >> 3] |= (uint8_t)(1u << (label & 7));
    ++*n;
}

static void read_object(struct records *records, const char *line, size_t length)
{
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    struct record r = { .n_rows = 0 };
    uint32_t n = 0;

    if (!object)
        topics_fail("it is no JSON: %s", error.text);
    const json_t *text = json_object_get(object, "text"), *label = json_object_get(object, "label"),
                 *labels = json_object_get(object, "labels"), *one;
    size_t i;
    if (!json_is_string(text))
        topics_fail("it has no \"text\", a string");
    if (!json_is_string(label) == !json_is_array(labels))
        topics_fail("it must have either \"label\", a string, or \"labels\", an array of them");
    if (label)
        set(records, &r, &n, json_string_value(label), json_string_length(label));
    json_array_foreach(labels, i, one)
    {
        if (!json_is_string(one))
            topics_fail("\"labels\" must hold strings");
        set(records, &r, &n, json_string_value(one), json_string_length(one));
    }
    read_text(records, &r, json_string_value(text), json_string_length(text));
    add(records, &r, n);
    json_decref(object);
}

static void read_fasttext(struct records *records, const char *line, size_t length)
{
    static const char mark[] = "__label__";
    const size_t marked = sizeof mark - 1;
    struct record r = { .n_rows = 0 };
    const char *at = line, *end = line + length;
    uint32_t n = 0;

    while ((size_t)(end - at) > marked && memcmp(at, mark, marked) == 0) {
        size_t size = 0;
        at += marked;
        while (at + size < end && at[size] != ' ' && at[size] != '\t')
            size++;
        set(records, &r, &n, at, size);
        at += size;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
    }
    if (at == line)
        topics_fail("a line must be an object of JSON, or begin with __label__NAME");
    json_t *text = json_stringn(at, (size_t)(end - at)); /* jansson refuses what is no UTF-8 */
    if (!text)
        topics_fail("the text is no UTF-8");
    read_text(records, &r, at, (size_t)(end - at));
    add(records, &r, n);
    json_decref(text);
}

void records_read(struct records *records, const char *file)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    if (!in)
        topics_fail("%s: %s", file, strerror(errno));
    file_name = file;
    for (line_number = 1; (length = getline(&line, &room, in)) > 0; line_number++) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        if (length == 0)
            continue;
        if (line[0] == '{')
            read_object(records, line, (size_t)length);
        else
            read_fasttext(records, line, (size_t)length);
    }
    const int failed = ferror(in);
    if (in != stdin)
        fclose(in);
    free(line);
    file_name = NULL;
    if (failed)
        topics_fail("%s can't be read: %s", file, strerror(errno));
}

static char (*sorted_names)[TOPICS_NAME];

static int by_name(const void *a, const void *b)
{
    return strcmp(sorted_names[*(const uint32_t *)a], sorted_names[*(const uint32_t *)b]);
}

void records_sort_labels(struct records *records)
{
    uint32_t order[TOPICS_LABELS] = { 0 };
    char(*names)[TOPICS_NAME] = topics_grow(NULL, (records->n_labels + 1) * sizeof names[0]);

    for (uint32_t i = 0; i < records->n_labels; i++)
        order[i] = i;
    sorted_names = records->names;
    qsort(order, records->n_labels, sizeof order[0], by_name);
    for (uint32_t i = 0; i < records->n_labels; i++)
        memcpy(names[i], records->names[order[i]], TOPICS_NAME);
    for (size_t k = 0; k < records->n; k++) {
        const struct record old = records->all[k];
        memset(records->all[k].has, 0, sizeof old.has);
        for (uint32_t i = 0; i < records->n_labels; i++)
            if (record_has(&old, order[i]))
                records->all[k].has[i >> 3] |= (uint8_t)(1u << (i & 7));
    }
    free(records->names);
    records->names = names;
}
