/* score.c: see score.h. */
#include "plugins/entities/train/score.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/names.h"
#include "plugins/lib/train/trainer.h"

/* Memory for one document, taken from a block and given back as a whole. */
struct block {
    char *bytes;
    size_t used, room;
};

static void *take(void *context, size_t bytes)
{
    struct block *block = context;
    void *memory = block->bytes + block->used;

    if (block->room - block->used < bytes + 64)
        return NULL;
    block->used += (bytes + 63) & ~(size_t)63;
    return memory;
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

#define BLOCK ((size_t)256 << 20)

struct entity *score_find(const struct names_model *model, const struct text *text, uint32_t *n)
{
    struct block block = { malloc(BLOCK), 0, BLOCK };
    const struct entity_means means = { take, go_on, &block };
    struct entity *found, *copy;

    if (!block.bytes || names_find(model, &text->input, &means, &found, n) != TEXTD_OK)
        trainer_fail("no memory for text %s", text->id);
    copy = trainer_alloc(*n * sizeof *copy);
    if (*n > 0)
        memcpy(copy, found, *n * sizeof *copy);
    free(block.bytes);
    return copy;
}

uint32_t score_type(const struct names_model *model, uint8_t type)
{
    for (uint32_t t = 0; t < model->n_types; t++)
        if (model->types[t] == type)
            return t;
    return 0;
}

const struct gold *score_same_span(const struct text *text, const struct entity *e, uint32_t *gold)
{
    while (*gold < text->n_names && text->names[*gold].start < e->span.start)
        ++*gold;
    return *gold < text->n_names && text->names[*gold].start == e->span.start && text->names[*gold].end == e->span.end
               ? &text->names[*gold]
               : NULL;
}

static uint32_t shown_as(const struct source *source, uint16_t types)
{
    return source->shown_as[__builtin_ctz(types)];
}

void score_text(struct score *score, const struct names_model *model, const struct text *text, double least_score)
{
    uint32_t n, gold = 0;
    struct entity *found = score_find(model, text, &n);

    for (uint32_t i = 0; i < text->n_names; i++)
        if (text->names[i].types) {
            score->all.gold++;
            score->types[shown_as(text->source, text->names[i].types)].gold++;
        }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t type = score_type(model, found[i].type);
        if ((double)found[i].name_score < least_score)
            continue;
        if (!(text->source->labelled >> type & 1)) {
            score->left_out++;
            continue;
        }
        const struct gold *same = score_same_span(text, &found[i], &gold);
        bool right = same && same->types >> type & 1;
        type = shown_as(text->source, right ? same->types : (uint16_t)(1u << type));
        score->all.found++;
        score->types[type].found++;
        score->all.right += right;
        score->types[type].right += right;
    }
    free(found);
}

double score_f1(const struct counts *c)
{
    return c->gold + c->found ? 200.0 * c->right / (c->gold + c->found) : 0;
}

static void print_line(const char *name, const struct counts *c, FILE *out)
{
    fprintf(out, "%-14s %9.2f %9.2f %9.2f %9u %9u\n", name, c->found ? 100.0 * c->right / c->found : 0,
            c->gold ? 100.0 * c->right / c->gold : 0, score_f1(c), c->gold, c->found);
}

void score_print(const struct score *score, const struct names_model *model, FILE *out)
{
    fprintf(out, "%-14s %9s %9s %9s %9s %9s\n", "type", "precision", "recall", "F1", "gold", "found");
    for (uint32_t t = 0; t < model->n_types; t++)
        if (score->types[t].gold + score->types[t].found > 0)
            print_line(model->head->types[t], &score->types[t], out);
    print_line("all", &score->all, out);
    if (score->left_out > 0)
        fprintf(out, "left out: %u names found, of types that their file does not annotate\n", score->left_out);
}
