/* model.c: see model.h. */
#include "plugins/sentiment/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct model_file_kind sentiment_model_kind = { .magic = "TDSENTIM", .version = 1, .owner = "sentiment" };

static bool are_finite(const float *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(numbers[i]))
            return false;
    return true;
}

static bool is_sound(const struct sentiment_content *c)
{
    for (int g = 0; g < N_GENRES; g++)
        if (!(c->width[g] > 0))
            return false;
    return are_finite(c->unit, N_SUMS) && are_finite(c->bias, N_LANES) &&
           are_finite(&c->outcomes[0][0], N_OUTCOMES * N_LANES) && are_finite(c->centre, N_GENRES) &&
           are_finite(c->width, N_GENRES) && are_finite(c->widening, N_GENRES);
}

int sentiment_model_open(struct sentiment_model *model, const void *bytes, size_t length, char *reason,
                         size_t reason_size)
{
    struct sentiment_content *c = &model->content;
    const void *content;
    size_t size;

    if (model_file_open(&sentiment_model_kind, bytes, length, &content, &size, reason, reason_size) != 0)
        return -1;
    memset(c, 0, sizeof *c);
    if (size >= sizeof *c)
        memcpy(c, content, sizeof *c);
    if (c->n_buckets < 2 || c->n_buckets > SENTIMENT_MODEL_MOST_BUCKETS || (c->n_buckets & (c->n_buckets - 1)) != 0 ||
        size != sizeof *c + (size_t)c->n_buckets * BUCKET * (sizeof(uint16_t) + sizeof(struct entry))) {
        snprintf(reason, reason_size, "its content has %zu bytes, which do not fit its %u buckets; it was mixed up",
                 size, c->n_buckets);
        return -1;
    }
    if (!is_sound(c)) {
        snprintf(reason, reason_size, "a number in it is not finite, or a width not above 0; it was mixed up");
        return -1;
    }
    const char *tags = (const char *)content + sizeof *c;
    model->words = (struct words) {
        .tags = (const uint64_t *)(const void *)tags,
        .entries = (const struct entry *)(const void *)(tags + (size_t)c->n_buckets * BUCKET * sizeof(uint16_t)),
        .shift = 64 - (uint32_t)__builtin_ctz(c->n_buckets),
        .mask = c->n_buckets - 1,
    };
    return 0;
}

uint32_t words_add(uint16_t *tags, uint32_t n_buckets, uint64_t hash)
{
    uint32_t bucket = (uint32_t)(hash >> (64 - (uint32_t)__builtin_ctz(n_buckets)));

    for (;; bucket = (bucket + 1) & (n_buckets - 1))
        for (uint32_t i = 0; i < BUCKET; i++)
            if (tags[bucket * BUCKET + i] == 0) {
                tags[bucket * BUCKET + i] = words_tag(hash);
                return bucket * BUCKET + i;
            }
}
