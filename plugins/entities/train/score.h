/* score.h: how well a model does on texts: exact spans of the right type. */
#ifndef ENTITIES_TRAIN_SCORE_H
#define ENTITIES_TRAIN_SCORE_H

#include <stdio.h>

#include "plugins/entities/names/model.h"
#include "plugins/entities/train/texts.h"

struct counts {
    uint32_t right, gold, found;
};

struct score {
    struct counts types[NAME_MOST_TYPES], all;
    uint32_t
        left_out; /* found, of types that the text's source does not annotate: nobody can say whether they are right */
};

/* What the model finds in a text; free it. */
struct entity *score_find(const struct names_model *model, const struct text *text, uint32_t *n);

/* Counts, type by type. What is found of types that the text's source does not tell is left out; where it means several types by one
 * name, any of them is right, and all count as the first. */
void score_text(struct score *score, const struct names_model *model, const struct text *text, double least_score);

double score_f1(const struct counts *counts);

/* A line for each type, and one for all. */
void score_print(const struct score *score, const struct names_model *model, FILE *out);

/* The model's number of an entity's type. */
uint32_t score_type(const struct names_model *model, uint8_t type);

/* The text's own name of just this span; NULL: there is none. Moves *gold on; entities must come in their order. */
const struct gold *score_same_span(const struct text *text, const struct entity *entity, uint32_t *gold);

#endif
