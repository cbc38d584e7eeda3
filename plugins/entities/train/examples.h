/* examples.h: what is learned from: sentences as rows of features, with the labels that each token may have. */
#ifndef ENTITIES_TRAIN_EXAMPLES_H
#define ENTITIES_TRAIN_EXAMPLES_H

#include "plugins/entities/names/page.h"
#include "plugins/entities/train/texts.h"

/* Beside the number of a feature: FEATURE_OF_IDENTITY, and that it is of features_of_list. */
#define EXAMPLE_OF_IDENTITY 0x80000000u
#define EXAMPLE_OF_LIST 0x40000000u

struct example {
    uint32_t n;       /* tokens */
    uint32_t text;    /* of the texts */
    uint32_t token;   /* of the text, its first */
    uint8_t caseless; /* made as if all its letters were small */
    uint32_t *starts; /* n + 1: where each token's features begin, among `features` */
    uint32_t *features;
    uint32_t *vote_starts, *votes; /* the same for the second reading; empty before examples_add_votes */
    uint64_t moving;               /* labels whose weights may be changed */
    uint64_t *gold;                /* labels that each token may have */
    uint64_t *open;                /* labels that are told apart in its source; others are left as they are */
};

struct examples {
    struct example *all;
    uint32_t n, room;
    uint32_t n_types;
    const struct types_table *types;
    uint32_t *hashes; /* of each feature */
    uint32_t n_features;
    uint8_t **labels; /* of each text's tokens in both dresses, as a first reading has them; see examples_add_votes */
};

/* Makes the examples of the texts, each as it is and as if all its letters were small. Features that occur fewer than
 * `least` times are left out. `knowledge` may be NULL. */
void examples_make(struct examples *examples, const struct texts *texts, const struct knowledge *knowledge,
                   const struct types_table *types, uint32_t least);

/* Adds the features of the second reading, from what the first has left in examples->labels. */
void examples_add_votes(struct examples *examples, const struct texts *texts, const struct knowledge *knowledge,
                        uint32_t least);

/* Calls `use` with each page of the text, as it is or as if all its letters were small. */
void examples_each_page(const struct text *t, const struct knowledge *knowledge, bool caseless,
                        void (*use)(void *data, const struct page *page), void *data);

void examples_free(struct examples *examples, const struct texts *texts);

/* Memory by malloc, for what the finder asks of its caller. */
extern const struct entity_means trainer_means;

#endif
