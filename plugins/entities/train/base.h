/* base.h: a model that learning starts from, in place of nothing (`--base`): its weights are where the learner begins, its types stay, and what
 * it knows of words that the texts don't have is handed on as it is. A type that it hasn't begins as one that it has: with weights of 0 it would win
 * wherever the others know better. */
#ifndef ENTITIES_TRAIN_BASE_H
#define ENTITIES_TRAIN_BASE_H

#include "plugins/entities/names/model.h"
#include "plugins/entities/train/examples.h"
#include "plugins/entities/train/types_table.h"
#include "plugins/entities/train/weights.h"

struct base {
    struct names_model model;
    uint8_t twins[NAME_MOST_TYPES]; /* of each type that it hasn't: the one of its own that the new one begins as */
};

/* Reads the model's file, which stays in memory. Ends the program when it is none, or of another version. */
void base_open(struct base *base, const char *file);

/* Numbers its types as it has them; before any other. */
void base_add_types(const struct base *base, struct types_table *types);

/* Its types, a bit each. */
uint16_t base_types(const struct base *base);

/* Finds the twins of the types that it hasn't: what it takes such names for, before it has learned better. */
void base_find_twins(struct base *base, const struct types_table *types, const struct texts *texts);

/* Makes the weights those that the model has for the examples' features; those that it hasn't got stay 0. */
void base_start(const struct base *base, const struct examples *examples, struct weights *weights);

/* Goes through its rows (names/rows.h) by rising hash; all zero at first. False: there are no more. */
struct base_walk {
    uint32_t bucket, entry;
};

bool base_next(const struct base *base, struct base_walk *walk, uint32_t *hash, const unsigned char **row);

/* A row's weights of all labels of a model of more types. */
void base_expand(const struct base *base, const unsigned char *row, uint32_t n_types, int8_t weights[NAME_ROW]);

#endif
