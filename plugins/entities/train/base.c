/* base.c: see base.h. The model's own types come first and in their order, so that the labels of a row keep their order, too, whatever types
 * stand behind. */
#include "plugins/entities/train/base.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/score.h"
#include "plugins/lib/train/trainer.h"

void base_open(struct base *base, const char *file)
{
    char reason[300];
    size_t length;
    void *bytes = trainer_need(file, &length);

    if (names_model_open(&base->model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
}

void base_add_types(const struct base *base, struct types_table *types)
{
    assert(types->n_types == 0);
    memcpy(types->names, base->model.head->types, sizeof types->names);
    types->n_types = base->model.n_types;
}

uint16_t base_types(const struct base *base)
{
    return (uint16_t)((1u << base->model.n_types) - 1);
}

#define TWIN_LATER 2.0f /* a new type is rarer than the one that it begins as; in logarithms */

static uint32_t renumber(uint32_t label, uint32_t n_types, uint32_t n_types_now)
{
    if (label == label_outside(n_types))
        return label_outside(n_types_now);
    return label_make(n_types_now, label_type(n_types, label), label_place(n_types, label));
}

void base_expand(const struct base *base, const unsigned char *row, uint32_t n_types, int8_t weights[NAME_ROW])
{
    uint32_t n = base->model.n_types;
    uint64_t labels;

    memset(weights, 0, NAME_ROW);
    memcpy(&labels, row, sizeof labels);
    row += sizeof labels;
    for (labels &= UINT64_MAX >> (64 - base->model.n_labels); labels; labels &= labels - 1)
        weights[renumber((uint32_t)__builtin_ctzll(labels), n, n_types)] = (int8_t)*row++;
    for (uint32_t t = n; t < n_types; t++)
        for (enum name_place place = PLACE_BEGIN; place < N_PLACES; place++)
            weights[label_make(n_types, t, place)] = weights[label_make(n_types, base->twins[t], place)];
}

bool base_next(const struct base *base, struct base_walk *walk, uint32_t *hash, const unsigned char **row)
{
    const struct names_model *m = &base->model;

    for (; walk->bucket < MODEL_BUCKETS; walk->bucket++, walk->entry = 0) {
        const struct model_bucket b = model_bucket(m, walk->bucket);
        while (walk->entry < b.n) {
            uint32_t i = walk->entry++;
            *row = model_bucket_row(m, &b, i);
            if (!*row)
                continue;
            *hash = walk->bucket << 16 | model_uint16(model_bucket_keys(&b) + 2 * (size_t)i);
            return true;
        }
    }
    return false;
}

static const unsigned char *find_row(const struct names_model *m, uint32_t hash)
{
    const struct model_bucket b = model_bucket(m, hash >> 16);

    for (uint32_t i = 0; i < b.n; i++)
        if (model_uint16(model_bucket_keys(&b) + 2 * (size_t)i) == (uint16_t)hash)
            return model_bucket_row(m, &b, i);
    return NULL;
}

/* The label that a new one begins as, in the model's numbers; one of the model's own is itself. */
static uint32_t twin_label(const struct base *base, uint32_t label, uint32_t n_types)
{
    uint32_t n = base->model.n_types;

    if (label == label_outside(n_types))
        return label_outside(n);
    uint32_t type = label_type(n_types, label);
    return label_make(n, type < n ? type : base->twins[type], label_place(n_types, label));
}

static void start_transitions(const struct base *base, struct transitions *now)
{
    const struct transitions *its = &base->model.scores;
    uint32_t n = base->model.n_types, n_now = now->n_types, openers = label_openers(n_now);

    for (uint32_t c = 0; c < openers; c++) /* closers begin with outside: label n + c */
        for (uint32_t k = 0; k < openers; k++)
            now->open[c][k] = its->open[twin_label(base, n_now + c, n_now) - n][twin_label(base, k, n_now)] -
                              (k != label_outside(n_now) && label_type(n_now, k) >= n ? TWIN_LATER : 0);
    for (uint32_t t = 0; t < n_now; t++) {
        uint32_t from = t < n ? t : base->twins[t];
        now->inside[t] = its->inside[from];
        now->last[t] = its->last[from];
        now->inside_inside[t] = its->inside_inside[from];
        now->inside_last[t] = its->inside_last[from];
    }
}

void base_start(const struct base *base, const struct examples *examples, struct weights *w)
{
    const struct names_model *m = &base->model;
    int8_t weights[NAME_ROW];

    for (uint32_t i = 0; i < examples->n_features; i++) {
        const unsigned char *row = find_row(m, examples->hashes[i]);
        if (!row)
            continue;
        base_expand(base, row, w->n_types, weights);
        for (uint32_t k = 0; k < label_count(w->n_types); k++)
            w->now[(size_t)i * w->width + k] = (float)weights[k] / m->head->scale;
    }
    start_transitions(base, &w->transitions);
}

/* Counts what the model takes the text's names of each type for. */
static void count_twins(const struct base *base, const struct text *text, uint32_t counts[][NAME_MOST_TYPES])
{
    uint32_t n, at = 0;
    struct entity *found = score_find(&base->model, text, &n);

    for (uint32_t i = 0; i < text->n_names; i++) {
        const struct gold *name = &text->names[i];
        while (at < n && found[at].span.end <= name->start)
            at++;
        if (name->types && at < n && found[at].span.start < name->end)
            counts[__builtin_ctz(name->types)][score_type(&base->model, found[at].type)]++;
    }
    free(found);
}

void base_find_twins(struct base *base, const struct types_table *types, const struct texts *texts)
{
    uint32_t counts[NAME_MOST_TYPES][NAME_MOST_TYPES] = { 0 }, n = base->model.n_types;
    int misc = types_table_number(types, "MISC");

    if (types->n_types == n)
        return;
    for (uint32_t i = 0; i < texts->n; i++)
        count_twins(base, &texts->all[i], counts);
    for (uint32_t t = n; t < types->n_types; t++) {
        uint32_t best = misc >= 0 && (uint32_t)misc < n ? (uint32_t)misc : n - 1;
        for (uint32_t k = 0; k < n; k++)
            best = counts[t][k] > counts[t][best] ? k : best;
        base->twins[t] = (uint8_t)best;
    }
}
