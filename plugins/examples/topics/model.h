/* model.h: the file that topics-train writes and the plugin reads, and the score of a text by it.
 *
 * The file, in little-endian order, read where it is mapped:
 *      0  8 bytes    "TDTOPICS"
 *      8  uint32     version of this form and of the features, 1
 *     12  uint32     labels, n, 1 to 255
 *     16  uint32     bits: there are 2^bits rows of weights, 10 to 20
 *     20  uint32     1: a text has one label; 0: any number of them
 *     24  uint64     length of the whole file, bytes
 *     32  uint64     FNV-1a of 64 bits (Fowler, Noll and Vo) of all that follows
 *     40  n × struct topics_label
 *         0 to the next multiple of 64
 *         2^bits rows of `stride` int8, stride being n rounded up to 16: the weights of a feature for each label
 */
#ifndef TOPICS_MODEL_H
#define TOPICS_MODEL_H

#include <stddef.h>
#include <stdint.h>

#define TOPICS_MAGIC "TDTOPICS"
enum { TOPICS_VERSION = 1, TOPICS_LABELS = 255, TOPICS_NAME = 64, TOPICS_MIN_BITS = 10, TOPICS_MAX_BITS = 20 };

struct topics_label {
    char name[TOPICS_NAME]; /* UTF-8, NUL at the end */
    float scale;            /* a weight is its int8 times this */
    float bias;
    float slope, shift; /* of the calibration: slope × score + shift */
    float threshold;    /* a text has the label from this probability on */
};

struct topics_head {
    char magic[8];
    uint32_t version, n_labels, bits, one_label;
    uint64_t length, checksum;
};

struct topics_model {
    const struct topics_label *labels;
    const int8_t *weights;
    uint32_t n_labels, stride, bits;
    int one_label;
};

uint32_t topics_stride(uint32_t n_labels);
/* Where the weights begin, and how long the file is. */
size_t topics_weights_at(uint32_t n_labels);
size_t topics_length(uint32_t n_labels, uint32_t bits);
uint64_t topics_checksum(const void *file, size_t length);

/* Looks at a file of `length` bytes, which stays where it is. 0, or -1 with what is wrong, and what to do, in `reason`. Whatever it holds,
 * nothing outside it is read afterwards. */
int topics_open(struct topics_model *model, const void *file, size_t length, char *reason, size_t reason_size);

/* Sums while a text is walked over. `seen` has a bit for each row, so that a feature counts once; memory is the caller's. */
struct topics_sum {
    const struct topics_model *model;
    uint64_t *seen;
    int32_t sums[TOPICS_LABELS + 1];
    uint32_t n_features;
};

/* Bytes of `seen`, which must be 0 before a text. */
size_t topics_seen_bytes(const struct topics_model *model);
void topics_add(struct topics_sum *sum, uint32_t feature);

/* Each label's probability, from the sums. With one_label they add up to 1. */
void topics_probabilities(const struct topics_sum *sum, float *probabilities);

#endif
