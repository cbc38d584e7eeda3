/* records.c: see records.h. */
#include "plugins/segmenter/train/records.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

static struct textd_span *read_spans(const json_t *record, const char *key, uint32_t length, uint32_t *count)
{
    const json_t *list = json_object_get(record, key);
    uint32_t before = 0;

    if (!json_is_array(list))
        trainer_fail("\"sentences\" and \"tokens\" must be arrays of [start, end]");
    *count = (uint32_t)json_array_size(list);
    struct textd_span *spans = trainer_alloc(*count * sizeof *spans);
    for (uint32_t i = 0; i < *count; i++) {
        const json_t *pair = json_array_get(list, i);
        json_int_t start = json_integer_value(json_array_get(pair, 0)),
                   end = json_integer_value(json_array_get(pair, 1));
        if (json_array_size(pair) != 2 || start < before || end <= start || end > length)
            trainer_fail("a span is not [start, end] within the text and behind the span before it");
        spans[i] = (struct textd_span) { (uint32_t)start, (uint32_t)end };
        before = (uint32_t)end;
    }
    return spans;
}

struct reading {
    struct records *records;
    const char *licence;
};

static void read_record(void *data, const json_t *object)
{
    const struct reading *reading = data;
    struct records *records = reading->records;
    const json_t *text = json_object_get(object, "text");
    const char *its = json_string_value(json_object_get(object, "licence")),
               *id = json_string_value(json_object_get(object, "id"));

    if (reading->licence && its && !strstr(its, reading->licence))
        return;
    if (!json_is_string(text) || !id)
        trainer_fail("\"id\" and \"text\" must be strings");
    records->all = trainer_grow(records->all, (records->n + 1) * sizeof *records->all);
    struct record *r = &records->all[records->n++];
    r->length = (uint32_t)json_string_length(text);
    r->text = trainer_alloc(r->length + 1);
    memcpy(r->text, json_string_value(text), r->length + 1);
    r->id = strdup(id);
    r->sentences = read_spans(object, "sentences", r->length, &r->n_sentences);
    r->tokens = read_spans(object, "tokens", r->length, &r->n_tokens);
}

void records_read(struct records *records, const char *file, const char *licence)
{
    trainer_read(file, read_record, &(struct reading) { records, licence });
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
    return trainer_alloc(bytes);
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

struct segments record_memory(void)
{
    return (struct segments) { .alloc = take, .should_stop = go_on };
}

struct segments record_tokenize(const struct record *r, const struct language_model *language)
{
    struct segments s = record_memory();

    if (language)
        segment_tokens_of(&s, language, r->text, r->length);
    else
        segment_tokens(&s, r->text, r->length);
    return s;
}

void record_release(struct segments *s)
{
    free(s->tokens);
    free(s->kinds);
    free(s->sentences);
}
