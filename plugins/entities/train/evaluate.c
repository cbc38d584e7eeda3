/* evaluate.c: how well a model does on files of texts with their names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/calibrate.h"
#include "plugins/entities/train/score.h"
#include "plugins/entities/train/train.h"
#include "plugins/lib/train/trainer.h"

static void write_text(FILE *out, const struct names_model *model, const struct text *text, double min_score)
{
    uint32_t n;
    struct entity *found = score_find(model, text, &n);
    json_t *list = json_array(), *record;

    for (uint32_t i = 0; i < n; i++)
        if ((double)found[i].name_score >= min_score)
            json_array_append_new(list, json_pack("{s:I, s:I, s:s, s:f, s:f}", "start", (json_int_t)found[i].span.start,
                                                  "end", (json_int_t)found[i].span.end, "type",
                                                  model->head->types[score_type(model, found[i].type)], "score",
                                                  (double)found[i].score, "name_score", (double)found[i].name_score));
    record = json_pack("{s:s, s:o}", "id", text->id, "entities", list);
    json_dumpf(record, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(record);
    free(found);
}

static void write_predictions(const char *file, const struct names_model *model, const struct texts *texts,
                              double min_score)
{
    FILE *out = fopen(file, "w");

    if (!out)
        trainer_fail("%s: cannot be written: %s", file, strerror(errno));
    for (uint32_t i = 0; i < texts->n; i++)
        write_text(out, model, &texts->all[i], min_score);
    if (fclose(out) != 0)
        trainer_fail("%s: cannot be written: %s", file, strerror(errno));
}

int evaluate(const struct evaluate_wishes *w)
{
    struct types_table types = { .is_fixed = true };
    struct texts texts = { 0 };
    struct score score = { 0 };
    struct names_model model;
    char reason[300];
    size_t length;
    void *bytes = trainer_load(w->model, &length);

    if (!bytes)
        trainer_fail("%s: cannot be read: %s", w->model, strerror(errno));
    if (names_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", w->model, reason);
    texts_use_segmenter(w->segmenter);
    memcpy(types.names, model.head->types, sizeof types.names);
    types.n_types = model.n_types;
    if (w->types)
        types_table_read(&types, w->types);
    for (int i = 0; i < w->n_files; i++) {
        uint32_t before = texts.n;
        texts_read(&texts, &types, w->files[i]);
        if (texts.n == before)
            trainer_fail("%s: there is no text in it", w->files[i]);
    }
    for (uint32_t i = 0; i < texts.n; i++)
        score_text(&score, &model, &texts.all[i], w->min_score);
    score_print(&score, &model, stdout);
    putchar('\n');
    calibrate_print(&model, &texts);
    if (w->predictions)
        write_predictions(w->predictions, &model, &texts, w->min_score);
    texts_free(&texts);
    free(bytes);
    return 0;
}
