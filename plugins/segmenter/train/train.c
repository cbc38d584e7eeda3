/* train.c: learns where sentences end: logistic regression over the hashed features of features.h, by stochastic gradient descent
 * with AdaGrad's step sizes (Duchi, Hazan and Singer 2011) and with features dropped at random (Hinton et al. 2012), so that the many
 * that say the same share the weight; the weights are the mean over the later epochs (Polyak and Juditsky 1992). Everything is
 * deterministic: the order comes from a generator with a fixed seed, and the arithmetic is IEEE 754's basic operations, in a fixed
 * order, without a library's exp. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"
#include "plugins/segmenter/features.h"
#include "plugins/segmenter/model.h"
#include "plugins/segmenter/train/records.h"
#include "plugins/segmenter/train/train.h"
#include "plugins/segmenter/train/variants.h"

#define EPOCHS 25u
#define MEAN_OF 13u /* of the last epochs the weights are the mean */
#define STEP 0.07f
#define DROPPED 0.3f   /* of the features of an example */
#define LEAST_COUNT 6u /* of a feature in the examples, where each text comes in three or four dresses */
#define SLOTS MODEL_MOST_SLOTS
#define SHIFT 16u    /* of a hash, to its slot */
#define MISSED 1000u /* one boundary in so many may be missed by the near features, and as many gaps be taken for one */

struct example {
    uint32_t n;
    uint8_t is_boundary;
    uint32_t hash[MOST_FEATURES];
};

static struct example *examples;
static size_t n_examples, capacity;

struct slot {
    uint8_t tag;
    uint32_t count;
    float weight, squares;
    float sum; /* of the weight, after each of the later epochs */
};

static struct slot slots[SLOTS];

/* ---- Examples --------------------------------------------------------------------------------------------------------- */

static void add_example(struct paragraph *p, struct sentence_state *state, const struct gap_view *view, uint32_t i,
                        int is_boundary)
{
    struct features f;

    if (n_examples == capacity) {
        capacity = capacity ? capacity * 2 : 1 << 16;
        examples = trainer_grow(examples, capacity * sizeof *examples);
    }
    features_near(&f, p, view, i);
    features_far(&f, p, state, i);
    struct example *e = &examples[n_examples++];
    e->n = f.n;
    e->is_boundary = (uint8_t)is_boundary;
    memcpy(e->hash, f.hash, f.n * sizeof *f.hash);
}

/* Adds the gaps of a text that the model will be asked about. `starts` are its sentences. */
static void add_text(const struct record *r)
{
    struct segments s = record_tokenize(r);
    struct paragraph p = {
        .text = r->text, .length = r->length, .tokens = s.tokens, .kinds = s.kinds, .n_tokens = s.n_tokens
    };
    uint32_t next = 0; /* sentence */

    for (; p.first < p.n_tokens; p.first = p.end) {
        struct gap_view view;
        paragraph_read(&p);
        struct sentence_state state = { .start = p.first };
        for (uint32_t i = p.first + 1; (i = paragraph_next_gap(&p, i, p.end)) < p.end; i++) {
            while (next < r->n_sentences && r->sentences[next].start < p.tokens[i].start)
                next++;
            int is_boundary = next < r->n_sentences && r->sentences[next].start == p.tokens[i].start;
            if (boundary_at(&p, i, &view) == BOUNDARY_ASK)
                add_example(&p, &state, &view, i, is_boundary);
            if (is_boundary)
                state.start = i;
        }
    }
    record_release(&s);
}

/* ---- Slots ------------------------------------------------------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* Gives each slot to the commonest of its features, and leaves the others out of the examples. */
static void assign_slots(void)
{
    size_t n = 0, at = 0;
    uint32_t *all;

    for (size_t i = 0; i < n_examples; i++)
        n += examples[i].n;
    all = trainer_alloc(n * sizeof *all);
    for (size_t i = 0; i < n_examples; i++)
        for (uint32_t k = 0; k < examples[i].n; k++)
            all[at++] = examples[i].hash[k];
    qsort(all, n, sizeof *all, by_hash);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && all[end] == all[i]; end++)
            ;
        struct slot *slot = &slots[all[i] >> SHIFT];
        if (end - i >= LEAST_COUNT && end - i > slot->count)
            *slot = (struct slot) { .tag = (uint8_t)all[i], .count = (uint32_t)(end - i) };
    }
    free(all);
}

static struct slot *slot_of(uint32_t hash)
{
    struct slot *slot = &slots[hash >> SHIFT];

    return slot->count > 0 && slot->tag == (uint8_t)hash ? slot : NULL;
}

/* ---- Learning ---------------------------------------------------------------------------------------------------------- */

static uint64_t random_state = 88172645463325252ull;

/* Marsaglia's xorshift (2003). */
static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

/* e^x by (1 + x/1024)^1024: exact enough for a step's size, and the same on every machine. */
static float exponential(float x)
{
    float y = 1 + (x < -30 ? -30 : x > 30 ? 30 : x) / 1024;

    for (int i = 0; i < 10; i++)
        y *= y;
    return y;
}

/* Newton's method for the square root, likewise. */
static float square_root(float x)
{
    float y = x > 1 ? x : 1;

    for (int i = 0; i < 24; i++)
        y = (y + x / y) / 2;
    return y;
}

static void learn(const struct example *e)
{
    struct slot *kept[MOST_FEATURES];
    uint32_t n = 0;
    float sum = 0;

    for (uint32_t k = 0; k < e->n; k++) {
        struct slot *slot = slot_of(e->hash[k]);
        if (slot && (float)(random_number() >> 8) >= DROPPED * (1 << 24)) {
            kept[n++] = slot;
            sum += slot->weight;
        }
    }
    float error = 1 / (1 + exponential(-sum)) - (float)e->is_boundary;
    for (uint32_t k = 0; k < n; k++) {
        kept[k]->squares += error * error;
        kept[k]->weight -= STEP * error / (square_root(kept[k]->squares) + 0.1f);
    }
}

static void shuffle(uint32_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = random_number() % i;
        uint32_t t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}

static void learn_all(void)
{
    uint32_t *order = trainer_alloc(n_examples * sizeof *order);

    for (size_t i = 0; i < n_examples; i++)
        order[i] = (uint32_t)i;
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
        shuffle(order, n_examples);
        for (size_t i = 0; i < n_examples; i++)
            learn(&examples[order[i]]);
        for (size_t i = 0; i < SLOTS && epoch >= EPOCHS - MEAN_OF; i++)
            slots[i].sum += slots[i].weight;
    }
    for (size_t i = 0; i < SLOTS; i++)
        slots[i].weight = slots[i].sum / (float)MEAN_OF;
    free(order);
}

/* ---- The model --------------------------------------------------------------------------------------------------------- */

static int32_t scaled(float weight)
{
    float w = weight * MODEL_SCALE;

    return w > 127 ? 127 : w < -127 ? -127 : (int32_t)(w < 0 ? w - 0.5f : w + 0.5f);
}

static int32_t weight_of(uint32_t hash)
{
    const struct slot *slot = slot_of(hash);

    return slot ? scaled(slot->weight) : 0;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

static int32_t near_sum(const struct example *e)
{
    int32_t sum = 0;

    for (uint32_t k = 0; k < NEAR_FEATURES; k++)
        sum += weight_of(e->hash[k]);
    return sum;
}

/* The bounds beyond which the near features alone say no, or yes. */
static void find_bounds(int32_t *reject, int32_t *accept)
{
    int32_t *sums = trainer_alloc(n_examples * sizeof *sums);
    size_t n = 0, rejected = 0, accepted = 0;

    for (size_t i = 0; i < n_examples; i++)
        if (examples[i].is_boundary)
            sums[n++] = near_sum(&examples[i]);
    if (n == 0 || n == n_examples)
        trainer_fail("there is nothing to learn from: %s gap in these files ends a sentence", n ? "every" : "no");
    qsort(sums, n, sizeof *sums, by_value);
    *reject = sums[n / MISSED];
    size_t boundaries = n;
    n = 0;
    for (size_t i = 0; i < n_examples; i++)
        if (!examples[i].is_boundary)
            sums[n++] = near_sum(&examples[i]);
    qsort(sums, n, sizeof *sums, by_value);
    *accept = sums[n - 1 - (boundaries / MISSED < n ? boundaries / MISSED : n - 1)];
    for (size_t i = 0; i < n_examples; i++) {
        rejected += near_sum(&examples[i]) < *reject;
        accepted += near_sum(&examples[i]) > *accept;
    }
    printf("%zu gaps, %zu of them boundaries; near features reject %zu, accept %zu\n", n_examples, boundaries, rejected,
           accepted);
    free(sums);
}

static void write_model(const char *file)
{
    size_t length = sizeof(struct model_file_head) + sizeof(struct model_content) + SLOTS * sizeof(uint16_t), used = 0;
    unsigned char *bytes = trainer_alloc(length), *content = bytes + sizeof(struct model_file_head);
    struct model_content head = { .n_slots = SLOTS };
    uint16_t *table = (uint16_t *)(void *)(content + sizeof head);

    find_bounds(&head.reject, &head.accept);
    memcpy(content, &head, sizeof head);
    for (size_t i = 0; i < SLOTS; i++) {
        int32_t weight = scaled(slots[i].weight);
        table[i] = slots[i].count > 0 ? (uint16_t)(slots[i].tag << 8 | (uint8_t)weight) : 0;
        used += table[i] != 0;
    }
    trainer_write(file, &model_kind, bytes, length);
    printf("%s: %zu bytes, %zu features\n", file, length, used);
    free(bytes);
}

int train(const char *model_file, char **files, int n_files)
{
    struct records records = { 0 };

    for (int i = 0; i < n_files; i++) {
        char *licence = strchr(files[i], '=');
        if (licence)
            *licence++ = 0;
        records_read(&records, files[i], licence);
    }
    for (uint32_t i = 0; i < records.n; i++)
        for (int v = 0; v < N_VARIANTS; v++) {
            if (v == VARIANT_QUOTED && i % 4 != 0) /* a few suffice */
                continue;
            struct record r = variant_make(&records.all[i], (enum variant)v, i);
            add_text(&r);
            variant_free(&r);
        }
    if (n_examples == 0)
        trainer_fail("there is nothing to learn from in these files");
    printf("%u texts\n", records.n);
    assign_slots();
    learn_all();
    write_model(model_file);
    free(examples);
    records_free(&records);
    return 0;
}
