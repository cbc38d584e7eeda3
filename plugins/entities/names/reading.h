/* reading.h: a page as the model reads it: what each label of each token is worth, the labels of a first reading, the names of a second. The finder
 * and the trainer's scorer do the same: a first reading, the votes that it gives, and a second. */
#ifndef NAMES_READING_H
#define NAMES_READING_H

#include "plugins/entities/entity.h"
#include "plugins/entities/names/features.h"
#include "plugins/entities/names/lattice.h"
#include "plugins/entities/names/lookups.h"
#include "plugins/entities/names/model.h"
#include "plugins/entities/names/page.h"
#include "plugins/entities/names/spans.h"
#include "plugins/entities/names/votes.h"

#define DISTANCES (2 * WINDOW + 1)
#define NO_LEAD INT16_MIN

/* A token asks for no more vectors than this: one for each distance, and its group's. A word's own before topics is
 * its vector behind them. Few tokens ask for any, so that room is made for some at a time. */
#define VECTORS_MOST (DISTANCES + 1)
#define VECTORS_AT_ONCE 128u
#define VECTOR_BLOCKS ((PAGE_MOST_TOKENS + 1) * VECTORS_MOST / VECTORS_AT_ONCE + 1)

/* A word's vectors, as far as they were asked for. */
struct word_vectors {
    const int16_t *at[DISTANCES];
};

struct kept_sums {
    const int16_t *sums;
    int16_t *vector;
};

#define ASKED_OWN (1u << DISTANCES) /* its own features', before topics */

/* As what a word may be a part of a name, as far as its own features tell: where they are hardly more for outside
 * than for that. */
#define DOUBT_BEGIN 1u
#define DOUBT_END 2u
#define DOUBTS_KNOWN 4u

/* Tokens of the page, between such as can be no part of a name: labels on the one side don't depend on the other. */
struct run {
    uint32_t first, end, sentence;
};

#define PARTS_MOST (DISTANCES + 1 + PLACE_KEYS) /* of the sums of a token */

struct reading {
    const struct names_model *model;
    struct page page;
    struct votes votes;
    struct lattice lattice;
    struct lookups lookups;
    uint32_t width;             /* labels, rounded up to 8: what is kept of a row */
    int16_t *sums;              /* `width` sums of each token that is read, one row behind the other: */
    uint16_t *sums_of;          /* the row of each token */
    uint32_t n_sums, sums_room; /* rows */
    struct run *runs;           /* of the page, in order */
    uint32_t n_runs;
    /* What the sums of each token that is read are made of, beside what was looked up for it alone: vectors, one row of
     * them behind the other, and where each token's end. */
    const int16_t **parts;
    uint32_t *parts_end;
    int16_t *vectors[VECTOR_BLOCKS];   /* rows of `width` sums, VECTORS_AT_ONCE in each block that there is: */
    struct word_vectors *vector_of[2]; /* of each word, with its letters' case and without */
    uint8_t *asked[2];                 /* which of them there are, a bit each, and ASKED_OWN */
    int16_t **group_vectors[2];        /* of what stands next to each group's words, with case and without */
    /* Vectors to which what is kept of a word will be added, once memory has fetched it. */
    struct kept_sums *kept;
    uint32_t n_kept;
    int16_t **own; /* of each word's own features, before topics */
    uint32_t n_vectors, n_blocks;
    const struct entity_means *means;
    bool has_no_memory; /* a page was not read to its end */
    uint8_t *doubts;    /* of each word: DOUBT_*, 0 before it was asked */
    /* Tokens whose word decides, once its own features are known: 4 times the token, and as what it could be a part of a
     * name. */
    uint32_t *undecided;
    uint32_t n_undecided;
    uint8_t *labels; /* of each token, by the first reading */
    struct spans spans;
};

/* The sums of a token that is read. Those of a run's tokens follow one another. */
static inline int16_t *reading_sums(const struct reading *reading, uint32_t token)
{
    return reading->sums + (size_t)reading->sums_of[token] * reading->width;
}

/* Memory for the pages of a text. TEXTD_OK or TEXTD_NO_MEMORY. */
int32_t reading_make(struct reading *reading, const struct names_model *model, const struct entity_input *input,
                     const struct entity_means *means);

/* By how much the sums of a word's own features are more for outside than for a name that begins, or ends, with it. */
void reading_leads(const struct names_model *model, const int16_t *sums, int16_t *begin, int16_t *end);

/* Reads the page, once: sums and labels for a second reading. */
void reading_label_once(struct reading *reading);

/* Reads the page, twice. The page is what page_read left. */
void reading_read(struct reading *reading);

/* Puts the names of a run into reading->spans, counted from its first token, once the page was read. How many. */
uint32_t reading_find(struct reading *reading, const struct run *run);

#endif
