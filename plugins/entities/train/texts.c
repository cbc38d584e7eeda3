/* texts.c: see texts.h. */
#include "plugins/entities/train/texts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/marked.h"
#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/model.h"

static struct boundary_model boundaries;
static const char *names_column;

void texts_use_column(const char *column)
{
    names_column = column;
}

void texts_use_segmenter(const char *file)
{
    char reason[200];
    size_t length;
    const void *bytes = trainer_load(file, &length);

    if (!bytes)
        trainer_fail("%s: the segmenter's model cannot be read: %s", file, strerror(errno));
    if (model_open(&boundaries, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
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

/* The segmenter has room for a token a byte; what it did not use goes back. */
static void segment(struct text *t, uint32_t length)
{
    struct segments *s = &t->segments;

    *s = (struct segments) { .alloc = take, .should_stop = go_on };
    segment_tokens(s, t->text, length);
    segment_sentences(s, &boundaries, t->text, length);
    s->tokens = trainer_grow(s->tokens, s->n_tokens * sizeof *s->tokens);
    s->kinds = trainer_grow(s->kinds, s->n_tokens);
    s->sentences = trainer_grow(s->sentences, s->n_sentences * sizeof *s->sentences);
    t->input = (struct entity_input) {
        .text = t->text,
        .text_length = length,
        .tokens = s->tokens,
        .kinds = s->kinds,
        .sentences = s->sentences,
        .n_tokens = s->n_tokens,
        .n_sentences = s->n_sentences,
    };
}

struct reading_file {
    struct texts *texts;
    struct types_table *types;
    struct source *source;
    const char *licence;
    unsigned n_inner; /* names within others, which were left out */
};

static int by_start(const void *a, const void *b)
{
    const struct gold *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

/* A text has no two names in one place: of those that overlap the longest is taken, and one that was marked twice may be of either type. */
static void part_names(struct reading_file *file, struct text *t)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < t->n_names; i++) {
        struct gold *last = n > 0 ? &t->names[n - 1] : NULL, *name = &t->names[i];
        if (!last || name->start >= last->end) {
            t->names[n++] = *name;
            continue;
        }
        bool is_same = name->start == last->start && name->end == last->end;
        if (is_same)
            last->types = last->types && name->types ? last->types | name->types : 0;
        else if (name->end - name->start > last->end - last->start)
            *last = *name;
        file->n_inner += !is_same;
    }
    t->n_names = n;
}

/* What the type of a name means; one of null says that the name is left as it is. */
static uint16_t meaning_of(struct reading_file *file, const json_t *name, const char *its_file)
{
    const char *type = json_string_value(json_object_get(name, "type"));

    if (its_file)
        trainer_at(its_file, (unsigned)json_integer_value(json_object_get(name, "line")));
    uint16_t types = type ? types_table_meaning(file->types, file->source, type) : 0;
    if (its_file)
        trainer_at(NULL, 0);
    return types;
}

static void read_names(struct reading_file *file, struct text *t, const json_t *list, uint32_t length,
                       const char *its_file)
{
    size_t index;
    json_t *name;

    t->names = trainer_alloc(json_array_size(list) * sizeof *t->names);
    json_array_foreach(list, index, name)
    {
        json_int_t start = json_integer_value(json_object_get(name, "start")),
                   end = json_integer_value(json_object_get(name, "end"));
        const json_t *type = json_object_get(name, "type");
        if (!(json_is_string(type) || json_is_null(type)) || start < 0 || end <= start || end > length)
            trainer_fail("an entity is not {\"start\", \"end\", \"type\"} within the text of %u bytes", length);
        t->names[t->n_names++] = (struct gold) { (uint32_t)start, (uint32_t)end, meaning_of(file, name, its_file) };
    }
    qsort(t->names, t->n_names, sizeof *t->names, by_start);
    part_names(file, t);
}

static void read_record(void *data, const json_t *object)
{
    struct reading_file *file = data;
    const json_t *text = json_object_get(object, "text"), *names = json_object_get(object, "entities");
    const char *its = json_string_value(json_object_get(object, "licence")),
               *id = json_string_value(json_object_get(object, "id"));

    if (file->licence && its && !strstr(its, file->licence))
        return;
    if (!json_is_string(text) || !id || !json_is_array(names))
        trainer_fail("\"id\" and \"text\" must be strings, \"entities\" an array");
    struct texts *texts = file->texts;
    if (texts->n == texts->room)
        texts->all =
            trainer_grow(texts->all, (texts->room = texts->room ? texts->room * 2 : 1024) * sizeof *texts->all);
    struct text *t = &texts->all[texts->n++];
    uint32_t length = (uint32_t)json_string_length(text);
    *t = (struct text) { .id = strdup(id), .text = trainer_alloc(length + 1), .source = file->source };
    memcpy(t->text, json_string_value(text), length + 1);
    read_names(file, t, names, length, json_string_value(json_object_get(object, "file")));
    segment(t, length);
}

void texts_read(struct texts *texts, struct types_table *types, const char *file)
{
    char *path = strdup(file), *licence = strchr(path, '=');

    if (licence)
        *licence++ = 0;
    struct reading_file reading = { texts, types, types_table_source(types, path), licence, 0 };
    marked_read(path, names_column, read_record, &reading);
    if (reading.n_inner > 0)
        printf("%s: left out: %u names within others, of which the longest is taken\n", path, reading.n_inner);
    free(path);
}

void texts_free(struct texts *texts)
{
    for (uint32_t i = 0; i < texts->n; i++) {
        struct text *t = &texts->all[i];
        free(t->id);
        free(t->text);
        free(t->names);
        free(t->segments.tokens);
        free(t->segments.kinds);
        free(t->segments.sentences);
    }
    free(texts->all);
}
