/* model.h: the learned part of the names: weights of features for each label, in a file that is mapped as it is.
 *
 * The file, behind the head of model_file.h (magic "TDENTITY"), in little-endian order, each part at a multiple of
 * 4:
 *      0   struct model_names_head
 *          int16 × 32 × 32        transitions from closers to openers (labels.h), then int16 × 15 × 4 within names
 *          uint32 × 65536         for each upper half of a hash: where its bucket begins
 *          buckets                not aligned, those that texts ask for most first; MODEL_BUCKETS_END bytes 0 at the end.
 *                                 Of each:
 *                                 uint16      how many features it has
 *                                 uint16 × n  the lower halves of their hashes
 *                                 uint16 × n  where their rows begin, from the bucket's beginning
 *                                 rows        see rows.h
 *          knowledge              see knowledge.h; may be missing
 *          frequent words         see frequent.h; may be missing. At a multiple of 64 of the file
 *
 * The sum of the weights of a label, divided by `scale`, is its logarithmic factor. */
#ifndef NAMES_MODEL_H
#define NAMES_MODEL_H

#include <string.h>

#include "plugins/entities/names/frequent.h"
#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/names/labels.h"
#include "plugins/entities/names/lattice.h"
#include "plugins/entities/names/rows.h"
#include "plugins/entities/types.h"
#include "plugins/lib/model_file.h"

#define MODEL_BUCKETS 65536u
#define MODEL_BUCKET_MOST \
    512u /* features: a search goes through all of them; twice the mean of the most that a model may have */
#define MODEL_BUCKETS_END \
    (2 + 4 * MODEL_BUCKET_MOST + ROWS_END) /* so that a bucket's head can be read wherever it begins */
#define MODEL_TYPE_NAME 16u                /* bytes, the last 0 */

/* What the model's probabilities mean: the logistic function of slope times their log-odds plus offset. */
struct model_calibration {
    float slope, offset;
};

struct model_names_head {
    uint32_t n_types, n_features, n_bucket_bytes, n_knowledge_bytes, n_frequent_bytes;
    float scale;
    struct model_calibration name, type; /* that a span is a name; if it is one, that it is of this type */
    char types[NAME_MOST_TYPES + 1][MODEL_TYPE_NAME];
};

/* A bucket, of which nothing is known to be right but that its numbers can be read. */
struct model_bucket {
    const unsigned char *at;
    uint32_t n;
};

struct names_model {
    const struct model_names_head *head;
    const uint32_t *starts;
    const unsigned char *buckets;
    const void *knowledge; /* as it is in the file */
    struct knowledge known;
    struct transitions scores, factors;
    uint32_t n_types, n_labels, width; /* of a row of sums: the labels, rounded up to 8 */
    struct frequent frequent;
    rows_adder *add_rows;
    uint8_t types[NAME_MOST_TYPES]; /* of each the plugin's, or one of its own, from ENTITY_TYPE_COUNT on */
};

extern const struct model_file_kind names_model_kind;

/* Bytes up to a multiple of FREQUENT_ALIGNMENT of the file. */
static inline size_t model_padding(size_t at)
{
    return (FREQUENT_ALIGNMENT - at % FREQUENT_ALIGNMENT) % FREQUENT_ALIGNMENT;
}

static inline uint32_t model_uint16(const unsigned char *at)
{
    uint16_t x;

    memcpy(&x, at, sizeof x);
    return x;
}

/* Of the features whose hashes have this upper half. */
static inline struct model_bucket model_bucket(const struct names_model *m, uint32_t upper)
{
    const unsigned char *at = m->buckets + m->starts[upper];
    uint32_t n = model_uint16(at);

    return (struct model_bucket) { at, n < MODEL_BUCKET_MOST ? n : MODEL_BUCKET_MOST };
}

static inline const unsigned char *model_bucket_keys(const struct model_bucket *b)
{
    return b->at + 2;
}

/* The row of a bucket's feature; NULL when it would lie outside of the buckets. */
static inline const unsigned char *model_bucket_row(const struct names_model *m, const struct model_bucket *b,
                                                    uint32_t i)
{
    const unsigned char *row = b->at + model_uint16(b->at + 2 + 2 * (size_t)b->n + 2 * (size_t)i);

    return (size_t)(row - m->buckets) + ROWS_END <= m->head->n_bucket_bytes ? row : NULL;
}

/* Takes the file's bytes, which must stay where they are, at a multiple of 8. 0, or -1 and in `reason` what is wrong. */
int names_model_open(struct names_model *model, const void *bytes, size_t length, char *reason, size_t reason_size);

/* Numbers the model's own types as `types` has them, to which they are added. Those of a model always fit an empty one. */
void names_model_number_types(struct names_model *model, struct entity_types *types);

#endif
