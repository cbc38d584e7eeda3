/* model.h: the learned part of the names: weights of features for each label, in a file that is mapped as it is.
 *
 * The file, behind the head of model_file.h (magic "TDENTITY"), in little-endian order, each part at a multiple of 4:
 *      0   struct model_names_head
 *          int16 × 32 × 32        transitions from closers to openers (labels.h), then int16 × 15 × 4 within names
 *          uint32 × 2 × 65537     for each upper half of a hash: its first feature, and where their rows begin
 *          uint16 × 2 × features  the lower half of the hash, and where in those rows its own is
 *          rows                   see rows.h, not aligned; ROWS_END bytes 0 at the end
 *          knowledge              see knowledge.h; may be missing
 *
 * The sum of the weights of a label, divided by `scale`, is its logarithmic factor. */
#ifndef NAMES_MODEL_H
#define NAMES_MODEL_H

#include <string.h>

#include "plugins/entities/names/knowledge.h"
#include "plugins/entities/names/labels.h"
#include "plugins/entities/names/lattice.h"
#include "plugins/entities/names/recall.h"
#include "plugins/entities/types.h"
#include "plugins/lib/model_file.h"

#define MODEL_BUCKETS 65536u
#define MODEL_TYPE_NAME 16u /* bytes, the last 0 */

/* What the model's probabilities mean: the logistic function of slope times their log-odds plus offset. */
struct model_calibration {
    float slope, offset;
};

struct model_names_head {
    uint32_t n_types, n_features, n_row_bytes, n_knowledge_bytes;
    float scale;
    struct model_calibration name, type; /* that a span is a name; if it is one, that it is of this type */
    char types[NAME_MOST_TYPES + 1][MODEL_TYPE_NAME];
};

struct model_bucket {
    uint32_t first, row;
};

struct model_entry {
    uint16_t key, row;
};

struct names_model {
    const struct model_names_head *head;
    const struct model_bucket *buckets;
    const struct model_entry *entries;
    const unsigned char *rows;
    struct knowledge known;
    struct transitions scores, factors;
    uint32_t n_types, n_labels, width; /* of a row of sums: the labels, rounded up to 8 */
    struct recall *recall; /* the caller's, who sees to it that one thread at a time uses it; NULL: nothing is kept */
    uint8_t types[NAME_MOST_TYPES]; /* of each the plugin's, or one of its own, from ENTITY_TYPE_COUNT on */
};

extern const struct model_file_kind names_model_kind;

/* Takes the file's bytes, which must stay where they are, at a multiple of 8. 0, or -1 and in `reason` what is wrong. */
int names_model_open(struct names_model *model, const void *bytes, size_t length, char *reason, size_t reason_size);

/* Numbers the model's own types as `types` has them, to which they are added. Those of a model always fit an empty one. */
void names_model_number_types(struct names_model *model, struct entity_types *types);

#endif
