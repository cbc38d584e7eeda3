/* records.c: see records.h. */
#include "plugins/summarizer/train/records.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/summarizer/segmented.h"

struct reading {
    struct records *records;
    const char *licence;
};

static void add_reference(struct record *r, const json_t *text)
{
    if (!json_is_string(text))
        trainer_fail("\"reference\" and each of \"references\" must be strings");
    r->references = trainer_grow(r->references, (r->n_references + 1) * sizeof *r->references);
    r->references[r->n_references++] = rouge_read(json_string_value(text), (uint32_t)json_string_length(text));
}

static void read_record(void *data, const json_t *object)
{
    const struct reading *reading = data;
    struct records *records = reading->records;
    const json_t *text = json_object_get(object, "text"), *list = json_object_get(object, "references");
    const char *its = json_string_value(json_object_get(object, "licence"));

    if (reading->licence && its && !strstr(its, reading->licence))
        return;
    if (!json_is_string(text))
        trainer_fail("\"text\" must be a string");
    records->all = trainer_grow(records->all, (records->n + 1) * sizeof *records->all);
    struct record *r = &records->all[records->n++];
    *r = (struct record) { .length = (uint32_t)json_string_length(text) };
    r->text = trainer_alloc(r->length + 1);
    memcpy(r->text, json_string_value(text), r->length + 1);
    if (json_array_size(list) == 0)
        add_reference(r, json_object_get(object, "reference"));
    for (size_t i = 0; i < json_array_size(list); i++)
        add_reference(r, json_array_get(list, i));
}

void records_read(struct records *records, char *file)
{
    char *licence = strchr(file, '=');

    if (licence)
        *licence++ = 0;
    trainer_read(file, read_record, &(struct reading) { records, licence });
}

void records_free(struct records *records)
{
    for (uint32_t i = 0; i < records->n; i++) {
        for (uint32_t k = 0; k < records->all[i].n_references; k++)
            rouge_free(&records->all[i].references[k]);
        free(records->all[i].references);
        free(records->all[i].text);
    }
    free(records->all);
}

/* One document at a time: its memory is a list of blocks that are given back when the next one comes. */
static void *blocks[4096];
static uint32_t n_blocks;

static void *take(void *data, uint64_t bytes)
{
    (void)data;
    if (n_blocks == sizeof blocks / sizeof blocks[0])
        trainer_fail("a document asks for too many blocks of memory");
    return blocks[n_blocks++] = trainer_alloc(bytes);
}

static int go_on(void *data)
{
    (void)data;
    return 0;
}

struct document *record_open(const struct record *r, const struct boundary_model *segmenter,
                             const struct summary_model *model)
{
    static struct document d;
    struct segments s = { .alloc = take, .should_stop = go_on };

    while (n_blocks > 0)
        free(blocks[--n_blocks]);
    segmented_open(&d, &s, segmenter, r->text, r->length); /* there is always memory */
    d.model = model;
    document_read_lines(&d);
    document_split(&d);
    document_read_words(&d);
    document_read_layout(&d);
    document_weigh_sentences(&d);
    return &d;
}
