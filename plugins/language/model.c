/* model.c: see model.h. */
#include "plugins/language/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct model_file_kind language_model_kind = { .magic = "TDLANGUA", .version = 1, .owner = "language" };

/* Whether what was learned can be reckoned with, whatever is in the file. */
static int are_sane(const struct language_model *model)
{
    for (uint32_t i = 0; i < MODEL_LENGTHS; i++)
        if (!isfinite(model->head.temperature[i]))
            return 0;
    for (uint32_t i = 0; i < model->head.n_classes; i++) {
        const struct model_class *class = &model->classes[i];
        if (class->script >= N_SCRIPTS || class->code[0] == '\0' || class->code[sizeof class->code - 1] != '\0' ||
            !isfinite(class->bias))
            return 0;
        for (const char *c = class->code; *c; c++)
            if ((unsigned char)*c >= 0x80)
                return 0;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            if (!isfinite(class->weights[k]))
                return 0;
    }
    return isfinite(model->head.scale);
}

/* Puts the classes down script by script. -1: there are two `und`. */
static int put_columns(struct language_model *model)
{
    uint32_t n = 0;

    model->und = model->head.n_classes;
    for (uint32_t c = 0; c < model->head.n_classes; c++) {
        const char *code = model->classes[c].code;
        model->is_english[c] = strcmp(code, "en") == 0;
        if (strcmp(code, "und") != 0)
            continue;
        if (model->und < model->head.n_classes)
            return -1;
        model->und = c;
    }
    for (uint32_t script = 0; script < SCRIPT_MODELLED; script++) {
        model->first[script] = n;
        for (uint32_t c = 0; c < model->head.n_classes; c++) {
            const struct model_class *class = &model->classes[c];
            if (class->script != script && c != model->und)
                continue;
            model->class_of[n] = (uint8_t)c;
            model->biases[n] = class->bias;
            for (uint32_t k = 0; k < MODEL_DIM; k++)
                model->weights[k][n] = class->weights[k];
            n++;
        }
    }
    model->first[SCRIPT_MODELLED] = n;
    return 0;
}

static void put_turns(struct language_model *model)
{
    for (uint32_t turn = 0; turn < WORD_TURNS; turn++) {
        const int8_t *vector = model_find(model, words_turn(SCRIPT_LATIN, turn));
        if (!vector)
            continue;
        for (uint32_t k = 0; k < MODEL_DIM; k++)
            model->turns[turn][k] = vector[k];
        model->is_turn_known[turn] = 1;
    }
}

int language_model_open(struct language_model *model, const void *bytes, size_t length, char *reason,
                        size_t reason_size)
{
    const void *content;
    size_t size, rest;

    if (model_file_open(&language_model_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    memset(model, 0, sizeof *model);
    if (size >= sizeof model->head)
        memcpy(&model->head, content, sizeof model->head);
    rest = model->head.n_classes * sizeof *model->classes + (size_t)model->head.n_slots * (MODEL_DIM + 1);
    if (model->head.n_slots == 0 || model->head.n_slots > MODEL_MOST_SLOTS || model->head.n_classes == 0 ||
        model->head.n_classes > MODEL_MOST_CLASSES || size != sizeof model->head + rest) {
        snprintf(reason, reason_size,
                 "its content has %zu bytes, which do not fit its %u slots and %u languages; it was mixed up", size,
                 model->head.n_slots, model->head.n_classes);
        return -1;
    }
    model->classes = (const struct model_class *)(const void *)((const char *)content + sizeof model->head);
    model->vectors = (const int8_t *)(const void *)(model->classes + model->head.n_classes);
    model->tags = (const uint8_t *)(model->vectors + (size_t)model->head.n_slots * MODEL_DIM);
    if (are_sane(model) && put_columns(model) == 0) {
        put_turns(model);
        return 0;
    }
    snprintf(reason, reason_size, "it has a language or a weight that cannot be; it was damaged");
    return -1;
}
