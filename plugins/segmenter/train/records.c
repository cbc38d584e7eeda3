/* records.c: see records.h. */
#include "plugins/segmenter/train/records.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/segmenter/train/allocate.h"

static const char *file_name;
static unsigned line_number;

static void fail(const char *what)
{
    if (line_number > 0)
        fprintf(stderr, "segmenter-train: %s:%u: %s\n", file_name, line_number, what);
    else
        fprintf(stderr, "segmenter-train: %s: %s\n", file_name, what);
    exit(1);
}

void *reallocate(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes ? bytes : 1);

    if (!grown) {
        fprintf(stderr, "segmenter-train: out of memory\n");
        exit(1);
    }
    return grown;
}

static struct textd_span *read_spans(const json_t *record, const char *key, uint32_t length, uint32_t *count)
{
    const json_t *list = json_object_get(record, key);
    uint32_t before = 0;

    if (!json_is_array(list))
        fail("\"sentences\" and \"tokens\" must be arrays of [start, end]");
    *count = (uint32_t)json_array_size(list);
    struct textd_span *spans = allocate(*count * sizeof *spans);
    for (uint32_t i = 0; i < *count; i++) {
        const json_t *pair = json_array_get(list, i);
        json_int_t start = json_integer_value(json_array_get(pair, 0)),
                   end = json_integer_value(json_array_get(pair, 1));
        if (json_array_size(pair) != 2 || start < before || end <= start || end > length)
            fail("a span is not [start, end] within the text and behind the span before it");
        spans[i] = (struct textd_span) { (uint32_t)start, (uint32_t)end };
        before = (uint32_t)end;
    }
    return spans;
}

static void read_record(struct records *records, const json_t *object, const char *licence)
{
    const json_t *text = json_object_get(object, "text");
    const char *its = json_string_value(json_object_get(object, "licence")),
               *id = json_string_value(json_object_get(object, "id"));

    if (licence && its && !strstr(its, licence))
        return;
    if (!json_is_string(text) || !id)
        fail("\"id\" and \"text\" must be strings");
    records->all = reallocate(records->all, (records->n + 1) * sizeof *records->all);
    struct record *r = &records->all[records->n++];
    r->length = (uint32_t)json_string_length(text);
    r->text = allocate(r->length + 1);
    memcpy(r->text, json_string_value(text), r->length + 1);
    r->id = strdup(id);
    r->sentences = read_spans(object, "sentences", r->length, &r->n_sentences);
    r->tokens = read_spans(object, "tokens", r->length, &r->n_tokens);
}

void records_read(struct records *records, const char *file, const char *licence)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    char *line = NULL;
    size_t capacity = 0;
    json_error_t error;

    file_name = file;
    line_number = 0;
    if (!in)
        fail("cannot be opened");
    while (getline(&line, &capacity, in) > 0) {
        line_number++;
        json_t *object = json_loads(line, JSON_ALLOW_NUL, &error);
        if (!json_is_object(object))
            fail(error.text);
        read_record(records, object, licence);
        json_decref(object);
    }
    free(line);
    if (in != stdin)
        fclose(in);
}

void records_free(struct records *records)
{
    for (uint32_t i = 0; i < records->n; i++) {
        free(records->all[i].id);
        free(records->all[i].text);
        free(records->all[i].sentences);
        free(records->all[i].tokens);
    }
    free(records->all);
}

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    return allocate(bytes);
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

struct segments record_tokenize(const struct record *r)
{
    struct segments s = { .alloc = take, .should_stop = go_on };

    segment_tokens(&s, r->text, r->length);
    return s;
}

void record_release(struct segments *s)
{
    free(s->tokens);
    free(s->kinds);
    free(s->sentences);
}
