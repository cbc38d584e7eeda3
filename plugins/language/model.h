/* model.h: the learned part of the plugin `language`: a small vector for each of many letter groups and words, and what each language makes of their sum. (After
 * Joulin et al. 2016, "Bag of tricks for efficient text classification".) In a file that is mapped as it is.
 *
 * The file, behind the head of model_file.h (magic "TDLANGUA"), in little-endian order:
 *     32  struct model_content
 *      …  struct model_class × n_classes
 *      …  int8 × slots × MODEL_DIM      the vectors
 *      …  uint8 × slots                 the tags
 *
 * A feature's slot is given by the upper bits of its hash, the tag by the lower 8; a slot holds one feature. */
#ifndef LANGUAGE_MODEL_H
#define LANGUAGE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/language/words.h"
#include "plugins/lib/model_file.h"

#define MODEL_DIM 16
#define MODEL_MOST_CLASSES 128
#define MODEL_MOST_SLOTS 61000u /* with the rest of it 1 MiB */
#define MODEL_LENGTHS 8         /* classes of length, see model_length_class */

/* What stands before the classes. */
struct model_content {
    uint32_t n_slots, n_classes;
    float scale;                      /* of an int8 */
    float temperature[MODEL_LENGTHS]; /* factors on the logits, by which they become probabilities */
};

/* A language in one script; several have two. */
struct model_class {
    char code[8]; /* BCP 47, NULs at the end; "und" is what looks like no language */
    uint32_t script;
    float bias, weights[MODEL_DIM];
};

/* A feature's slot. */
static inline uint32_t model_slot(uint32_t hash, uint32_t n_slots)
{
    return (uint32_t)((uint64_t)hash * n_slots >> 32);
}

/* The classes script by script, in their order, `und` among each script's. */
#define MODEL_MOST_COLUMNS (MODEL_MOST_CLASSES + SCRIPT_MODELLED)
#define MODEL_COLUMNS_ROOM 160 /* with as many behind the last as are read in one step */

struct language_model {
    struct model_content head;
    const struct model_class *classes;
    const int8_t *vectors;
    const uint8_t *tags;
    uint32_t und; /* the class, or n_classes */
    uint8_t is_english[MODEL_MOST_CLASSES];
    /* What a verdict needs of the classes, so that those of a script are reckoned side by side: of script s those from
     * first[s] to before first[s + 1]. */
    uint32_t first[SCRIPT_MODELLED + 1];
    uint8_t class_of[MODEL_MOST_COLUMNS];
    float biases[MODEL_COLUMNS_ROOM], weights[MODEL_DIM][MODEL_COLUMNS_ROOM];
    /* How two Latin words in turn are written, and whether the model has it. */
    int16_t turns[WORD_TURNS][MODEL_DIM];
    uint8_t is_turn_known[WORD_TURNS];
};

/* The vector of a feature; NULL when the model has none. */
static inline const int8_t *model_find(const struct language_model *model, uint32_t hash)
{
    uint32_t slot = model_slot(hash, model->head.n_slots);

    return model->tags[slot] == (uint8_t)hash ? model->vectors + (size_t)slot * MODEL_DIM : NULL;
}

extern const struct model_file_kind language_model_kind;

/* Takes the file's bytes, which must stay where they are, at a multiple of 4. 0, or -1 and in `reason` what is wrong. */
int language_model_open(struct language_model *model, const void *bytes, size_t length, char *reason,
                        size_t reason_size);

/* The class of a number of letters. */
static inline uint32_t model_length_class(uint32_t letters)
{
    static const uint32_t most[MODEL_LENGTHS - 1] = { 6, 10, 16, 26, 44, 80, 150 };
    uint32_t class = 0;

    while (class < MODEL_LENGTHS - 1 && letters > most[class])
        class ++;
    return class;
}

#endif
