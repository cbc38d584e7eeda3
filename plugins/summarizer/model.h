/* model.h: the learned part of the summarizer, in a file that is mapped as it is.
 *
 * The file, behind the head of model_file.h (magic "TDSUMMRY"), in little-endian order:
 *     32  uint32     slots of the table of words, a power of two
 *     36  uint32     slots of the table of cues, a power of two
 *     40  uint32     trees of a forest
 *     44  uint32     0
 *     48  uint16 × slots of words: tag (upper 12 bits) and how rare the word is in English (lower 4 bits): 0 a function word,
 *                    1 among the commonest, 14 among the first fifty thousand; a word that is not there is rarer
 *         uint16 × slots of cues: tag (upper 8 bits) and weight (int8, lower 8 bits)
 *         uint8 × slots of words: which parts of speech it has been; see MODEL_PARTS
 *         struct model_tree × trees × MODEL_FORESTS: a forest for summaries of one sentence, of two, of three and more
 *
 * A word stands in one of the four slots that its key chooses; a cue in the one that its hash chooses. */
#ifndef SUMMARIZER_MODEL_H
#define SUMMARIZER_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/lib/model_file.h"
#include "plugins/summarizer/known.h"

#define MODEL_MOST_WORD_SLOTS (1u << 17)
#define MODEL_MOST_CUE_SLOTS (1u << 15)
#define MODEL_MOST_TREES 512u
#define MODEL_FORESTS 3u
#define MODEL_CUE_SCALE 32

#define MODEL_DEPTH 4u
#define MODEL_INNER ((1u << MODEL_DEPTH) - 1) /* nodes that ask */

/* A regression tree, complete: the children of node i are 2 i + 1, if the feature is at most the threshold, and 2 i + 2. Inner
 * nodes have values, too, which a path's parts are told by (rank.c). */
struct model_tree {
    float threshold[MODEL_INNER];
    float value[2 * MODEL_INNER + 1];
    uint8_t feature[MODEL_INNER + 1];
};
_Static_assert(sizeof(struct model_tree) == 200, "trees are mapped as they are");

struct summary_model_content {
    uint32_t n_word_slots, n_cue_slots, n_trees, reserved;
};

struct summary_model {
    const uint16_t *words, *cues;
    const uint8_t *parts; /* of the words' slots */
    uint32_t word_mask, cue_mask;
    const struct model_tree *trees; /* forest after forest */
    uint32_t n_trees;               /* of each */
    struct known known;             /* not of the file */
};

extern const struct model_file_kind summary_model_kind;

/* Takes the file's bytes, which must stay where they are, at a multiple of 4. 0, or -1 and in `reason` what is wrong. */
int summary_model_open(struct summary_model *model, const void *bytes, size_t length, char *reason, size_t reason_size);

/* ---- Words: keys are fold.h's ----------------------------------------------------------------------------------------- */

#define MODEL_BUCKET 4u
#define MODEL_LEVELS 15u

static inline uint32_t model_word_bucket(uint64_t key, uint32_t mask)
{
    return (uint32_t)(key >> 12) & mask & ~(MODEL_BUCKET - 1);
}

static inline uint32_t model_word_tag(uint64_t key)
{
    return (uint32_t)(key >> 52);
}

/* The word's slot; UINT32_MAX for a word that is not in the table. Slots of tag 0 and level 0 are free. */
static inline uint32_t model_word_slot(const struct summary_model *model, uint64_t key)
{
    uint32_t bucket = model_word_bucket(key, model->word_mask), tag = model_word_tag(key);

    for (uint32_t i = bucket; i < bucket + MODEL_BUCKET; i++)
        if (model->words[i] >> 4 == tag && model->words[i] != 0)
            return i;
    return UINT32_MAX;
}

/* The word's level; MODEL_LEVELS for one that is not in the table. */
static inline uint32_t model_word_level(const struct summary_model *model, uint64_t key)
{
    uint32_t slot = model_word_slot(model, key);

    return slot == UINT32_MAX ? MODEL_LEVELS : model->words[slot] & 15u;
}

/* 0 for function words, then from 0.2 to 1. */
static inline float model_word_weight(const struct summary_model *model, uint64_t key)
{
    uint32_t level = model_word_level(model, key);

    return level == 0 ? 0.0f : (float)(level + 2) / (MODEL_LEVELS + 2);
}

/* What a slot's byte of parts says. Of a function word (level 0) it is one of enum model_context; of any other how large a share
 * of its uses was each part of speech, two bits each, from the lowest: noun, verb, adjective, adverb; 0 never (a byte of 0:
 * unknown), 1 seldom, 2 often, 3 mostly; or one of two values that shares cannot have. */
#define MODEL_PARTS(X) X(NOUN) X(VERB) X(ADJECTIVE) X(ADVERB)
#define X(name) PART_##name,
enum model_part { MODEL_PARTS(X) N_PARTS };
#undef X
#define MODEL_PART_NUMBER 0xFEu
#define MODEL_PART_TIME 0xFFu /* of the calendar, a unit, a greeting: a noun that a phrase is not made of */

#define MODEL_CONTEXTS(X) \
    X(OTHER, "") \
    X(DETERMINER, "determiner") \
    X(PREPOSITION, "preposition") \
    X(SUBJECT, "subject") \
    X(AUXILIARY, "auxiliary") X(MODAL, "modal") X(CONJUNCTION, "conjunction") X(VERB, "verb") X(NOUN, "noun")
#define X(name, word) CONTEXT_##name,
enum model_context { MODEL_CONTEXTS(X) CONTEXT_MARK /* a sentence's start or end, a comma */, N_CONTEXTS };
#undef X

/* ---- Cues ------------------------------------------------------------------------------------------------------------- */

#define CUE_START 0x5EED5EED5EED5EEDull

static inline uint32_t cue_of_word(uint64_t key)
{
    return (uint32_t)(key >> 29);
}

static inline uint32_t cue_of_pair(uint64_t before, uint64_t key)
{
    return (uint32_t)((before * 0xFF51AFD7ED558CCDull ^ key) * 0xC4CEB9FE1A85EC53ull >> 32);
}

static inline int32_t model_cue(const struct summary_model *model, uint32_t cue)
{
    uint32_t slot = model->cues[cue >> 8 & model->cue_mask];

    return slot >> 8 == (cue & 0xFF) ? (int8_t)slot : 0;
}

/* ---- Trees ------------------------------------------------------------------------------------------------------------ */

static inline uint32_t model_leaf(const struct model_tree *tree, const float *features)
{
    uint32_t node = 0;

    for (uint32_t level = 0; level < MODEL_DEPTH; level++) /* no branch: which way it goes is hard to foretell */
        node = 2 * node + 1 + (features[tree->feature[node]] > tree->threshold[node]);
    return node;
}

/* The forest for summaries of `asked` sentences. */
static inline const struct model_tree *model_forest(const struct summary_model *model, uint32_t asked)
{
    return model->trees + ((asked < MODEL_FORESTS ? asked : MODEL_FORESTS) - 1) * model->n_trees;
}

static inline float model_score(const struct model_tree *forest, uint32_t n_trees, const float *features)
{
    float sum = 0;

    for (uint32_t i = 0; i < n_trees; i++)
        sum += forest[i].value[model_leaf(&forest[i], features)];
    return sum;
}

#endif
