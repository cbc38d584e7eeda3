/* model.c: see model.h. */
#include "plugins/sentiment/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct model_file_kind sentiment_model_kind = { .magic = "TDSENTIM", .version = 5, .owner = "sentiment" };

/* What a trainer makes is below 10; from such as are smaller than this, all that is written down comes out finite. */
#define MOST_NUMBER 1e6f

static bool are_moderate(const float *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(numbers[i]) <= MOST_NUMBER))
            return false;
    return true;
}

static bool is_sound(const struct sentiment_content *c)
{
    return are_moderate(c->unit, N_SUMS) && are_moderate(c->bias, N_LANES) &&
           are_moderate(&c->outcomes[0][0], N_OUTCOMES * N_LANES) && are_moderate(&c->edge[0][0], N_GENRES * 2);
}

/* Four at a time: each start waits until all are looked at. The vectors are GCC's and Clang's own, for any processor. */
typedef int32_t four_slots __attribute__((vector_size(4 * sizeof(int32_t))));
_Static_assert(BUCKET % 4 == 0, "a bucket is some of them");

static bool are_within(const struct word_bucket *buckets, const struct sentiment_content *c)
{
    four_slots slots, beyond = { 0 };

    for (uint32_t i = 0; i < c->n_buckets; i++)
        for (uint32_t k = 0; k < BUCKET; k += 4) {
            memcpy(&slots, &buckets[i].slots[k], sizeof slots);
            beyond |= (slots != 0) & ((slots & (int32_t)SLOT_ENTRY) >= (int32_t)c->n_entries);
        }
    return !(beyond[0] | beyond[1] | beyond[2] | beyond[3]);
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
    if (c->n_buckets < 1 || c->n_buckets > SENTIMENT_MODEL_MOST_BUCKETS ||
        c->n_entries > SENTIMENT_MODEL_MOST_ENTRIES ||
        size !=
            sizeof *c + c->n_buckets * sizeof(struct word_bucket) + c->n_entries * (sizeof(struct entry) + N_GENRES)) {
        snprintf(reason, reason_size,
                 "its content has %zu bytes, which do not fit its %u buckets and %u entries; it was mixed up", size,
                 c->n_buckets, c->n_entries);
        return -1;
    }
    const struct word_bucket *buckets = (const struct word_bucket *)(const void *)((const char *)content + sizeof *c);
    if (!are_within(buckets, c)) {
        snprintf(reason, reason_size, "a word of it has an entry beyond the last; it was mixed up");
        return -1;
    }
    if (!is_sound(c)) {
        snprintf(reason, reason_size, "a number in it is none, or above a million; it was mixed up");
        return -1;
    }
    const struct entry *entries = (const struct entry *)(const void *)(buckets + c->n_buckets);
    model->words = (struct words) { .buckets = buckets,
                                    .entries = entries,
                                    .denied = (const uint8_t(*)[N_GENRES])(const void *)(entries + c->n_entries),
                                    .n_buckets = c->n_buckets,
                                    .n_entries = c->n_entries };
    return 0;
}

const struct entry *words_find_further(const struct words *words, uint64_t hash)
{
    uint32_t i = words_bucket(words, hash), tag = words_tag(hash);

    for (uint32_t left = words->n_buckets - 1; left > 0; left--) {
        i = i + 1 < words->n_buckets ? i + 1 : 0;
        const struct word_bucket *bucket = &words->buckets[i];
        uint32_t same = words_match(bucket, tag);
        if (same)
            return &words->entries[bucket->slots[__builtin_ctz(same)] & SLOT_ENTRY];
        if (bucket->slots[BUCKET - 1] == 0)
            return NULL;
    }
    return NULL;
}

void words_add(const struct words *words, struct word_bucket *buckets, uint64_t hash, uint32_t at)
{
    for (uint32_t bucket = words_bucket(words, hash);; bucket = bucket + 1 < words->n_buckets ? bucket + 1 : 0)
        for (uint32_t i = 0; i < BUCKET; i++)
            if (buckets[bucket].slots[i] == 0) {
                buckets[bucket].slots[i] = words_tag(hash) | at;
                return;
            }
}
