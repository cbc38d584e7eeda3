/* model.c: see model.h. */
#include "model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(struct topics_head) == 40, "the labels stand right behind it");
_Static_assert(sizeof(struct topics_label) == 84, "labels stand one behind another");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "models are read where they are mapped");

static int fail(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(char *reason, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(reason, size, format, args);
    va_end(args);
    return -1;
}

uint32_t topics_stride(uint32_t n_labels)
{
    return (n_labels + 15) / 16 * 16;
}

size_t topics_weights_at(uint32_t n_labels)
{
    return (sizeof(struct topics_head) + n_labels * sizeof(struct topics_label) + 63) / 64 * 64;
}

size_t topics_length(uint32_t n_labels, uint32_t bits)
{
    return topics_weights_at(n_labels) + ((size_t)topics_stride(n_labels) << bits);
}

uint64_t topics_checksum(const void *file, size_t length)
{
    const unsigned char *bytes = file;
    uint64_t sum = 0xcbf29ce484222325u;

    for (size_t i = sizeof(struct topics_head); i < length; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3u;
    return sum;
}

/* The labels' names and numbers: what comes out of them goes to clients. */
static int check_labels(const struct topics_model *model, char *reason, size_t size)
{
    for (uint32_t i = 0; i < model->n_labels; i++) {
        const struct topics_label *l = &model->labels[i];
        if (!l->name[0] || !memchr(l->name, 0, sizeof l->name))
            return fail(reason, size, "the name of its label %u is not whole: make it anew (textctl train topics)", i);
        if (!isfinite(l->scale) || !isfinite(l->bias) || !isfinite(l->slope) || !isfinite(l->shift) ||
            !(l->threshold >= 0 && l->threshold <= 1))
            return fail(reason, size, "its label '%s' has a number that is none: make it anew (textctl train topics)",
                        l->name);
    }
    return 0;
}

int topics_open(struct topics_model *model, const void *file, size_t length, char *reason, size_t reason_size)
{
    struct topics_head head;

    if (length < sizeof head || memcmp(file, TOPICS_MAGIC, sizeof head.magic) != 0)
        return fail(reason, reason_size, "it is no model of topics: it does not start with " TOPICS_MAGIC);
    memcpy(&head, file, sizeof head);
    if (head.version != TOPICS_VERSION)
        return fail(reason, reason_size,
                    "it is of version %u, and this plugin reads version %d: make it anew (textctl train topics)",
                    head.version, TOPICS_VERSION);
    if (head.n_labels < 1 || head.n_labels > TOPICS_LABELS || head.bits < TOPICS_MIN_BITS ||
        head.bits > TOPICS_MAX_BITS || head.one_label > 1)
        return fail(reason, reason_size, "its head says %u labels and %u bits, which can't be: copy the file again",
                    head.n_labels, head.bits);
    if (head.length != length || length != topics_length(head.n_labels, head.bits))
        return fail(reason, reason_size, "it was cut, or something was added: it has %zu bytes of %zu: copy it again",
                    length, topics_length(head.n_labels, head.bits));
    if (topics_checksum(file, length) != head.checksum)
        return fail(reason, reason_size, "it was altered: its checksum is wrong: copy it again");
    *model = (struct topics_model) {
        .labels = (const struct topics_label *)((const char *)file + sizeof head),
        .weights = (const int8_t *)file + topics_weights_at(head.n_labels),
        .n_labels = head.n_labels,
        .stride = topics_stride(head.n_labels),
        .bits = head.bits,
        .one_label = (int)head.one_label,
    };
    return check_labels(model, reason, reason_size);
}

size_t topics_seen_bytes(const struct topics_model *model)
{
    return ((size_t)1 << model->bits) / 8;
}

void topics_add(struct topics_sum *sum, uint32_t feature)
{
    const struct topics_model *model = sum->model;
    const uint32_t row = feature >> (32 - model->bits);
    const uint64_t bit = (uint64_t)1 << (row & 63);

    if (sum->seen[row >> 6] & bit)
        return;
    sum->seen[row >> 6] |= bit;
    sum->n_features++;
    const int8_t *weights = model->weights + (size_t)row * model->stride;
    for (uint32_t i = 0; i < model->stride; i++)
        sum->sums[i] += weights[i];
}

void topics_probabilities(const struct topics_sum *sum, float *probabilities)
{
    const struct topics_model *model = sum->model;
    /* A text is a vector of length 1, so that a long one has no greater scores than a short one. */
    const float norm = sum->n_features ? 1 / sqrtf((float)sum->n_features) : 0;
    float most = -INFINITY, all = 0;

    for (uint32_t i = 0; i < model->n_labels; i++) {
        const struct topics_label *l = &model->labels[i];
        const float score = l->slope * (l->bias + l->scale * norm * (float)sum->sums[i]) + l->shift;
        probabilities[i] = model->one_label ? score : 1 / (1 + expf(-score));
        most = fmaxf(most, score);
    }
    if (!model->one_label)
        return;
    for (uint32_t i = 0; i < model->n_labels; i++)
        all += probabilities[i] = expf(probabilities[i] - most);
    for (uint32_t i = 0; i < model->n_labels; i++)
        probabilities[i] /= all;
}
