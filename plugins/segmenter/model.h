/* model.h: the learned part of the segmenter: weights of features, in a file that is mapped as it is.
 *
 * The file, behind the head of model_file.h (magic "TDSEGMNT"), in little-endian order:
 *     32  int32      `reject`: a gap whose near features sum up to less is no boundary
 *     36  int32      `accept`: one whose near features sum up to more is one
 *     40  uint32     slots, a power of two
 *     44  uint16 × slots: tag (upper 8 bits) and weight (int8, lower 8 bits)
 *
 * The slot of a feature is given by the upper bits of its hash, the tag by the lower 8. A slot holds one feature; one that
 * is not in the table has weight 0. The sum of the weights is the log-odds of a boundary, times MODEL_SCALE. */
#ifndef SEGMENTER_MODEL_H
#define SEGMENTER_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/lib/model_file.h"

#define MODEL_SCALE 16
#define MODEL_MOST_SLOTS (1u << 16) /* 128 KiB */

struct boundary_model {
    const uint16_t *slots;
    uint32_t shift; /* of a hash, to its slot */
    int32_t reject, accept;
};

/* What stands before the slots. */
struct model_content {
    int32_t reject, accept;
    uint32_t n_slots;
};

#define MODEL_MOST_BYTES \
    (sizeof(struct model_file_head) + sizeof(struct model_content) + MODEL_MOST_SLOTS * sizeof(uint16_t))

extern const struct model_file_kind model_kind;

/* Takes the file's bytes, which must stay where they are, at a multiple of 2. 0, or -1 and in `reason` what is wrong. */
int model_open(struct boundary_model *model, const void *bytes, size_t length, char *reason, size_t reason_size);

/* The sum of the weights of `n` features. */
static inline int32_t model_sum(const struct boundary_model *model, const uint32_t *hashes, uint32_t n)
{
    int32_t sum = 0;

#pragma GCC unroll 8
    for (uint32_t i = 0; i < n; i++) {
        uint32_t slot = model->slots[hashes[i] >> model->shift];
        /* no branch: whether a feature is known is hard to foretell */
        sum += (int8_t)slot & -(int32_t)(slot >> 8 == (hashes[i] & 0xFF));
    }
    return sum;
}

#endif
