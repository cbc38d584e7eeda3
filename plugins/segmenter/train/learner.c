/* learner.c: see learner.h. */
#include "plugins/segmenter/train/learner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

#define EPOCHS 25u
#define MEAN_OF 13u /* of the last epochs the weights are the mean */
#define STEP 0.07f
#define DROPPED 0.3f /* of the features of an example */
#define MISSED 1000u /* one boundary in so many may be missed by the near features, and as many gaps be taken for one */

#define LEARNER_MOST_FEATURES 64u

struct example {
    uint32_t n, first; /* of its hashes */
    uint8_t answer;
};

struct slot {
    uint8_t tag;
    uint32_t count;
    float weight, squares;
    float sum; /* of the weight, after each of the later epochs */
};

/* ---- Slots ------------------------------------------------------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static uint32_t place_of(const struct learner *l, uint32_t hash)
{
    return hash >> (32 - (uint32_t)__builtin_ctz(l->n_slots));
}

/* Gives each slot to the commonest of its features, and leaves the others out of the examples. */
static void assign_slots(struct learner *l)
{
    size_t n = l->n_hashes;
    uint32_t *all = trainer_alloc(n * sizeof *all);

    memcpy(all, l->hashes, n * sizeof *all);
    qsort(all, n, sizeof *all, by_hash);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && all[end] == all[i]; end++)
            ;
        struct slot *slot = &l->slots[place_of(l, all[i])];
        if (end - i >= l->least_count && end - i > slot->count)
            *slot = (struct slot) { .tag = (uint8_t)all[i], .count = (uint32_t)(end - i) };
    }
    free(all);
}

static struct slot *slot_of(const struct learner *l, uint32_t hash)
{
    struct slot *slot = &l->slots[place_of(l, hash)];

    return slot->count > 0 && slot->tag == (uint8_t)hash ? slot : NULL;
}

/* ---- Learning ---------------------------------------------------------------------------------------------------------- */

/* Marsaglia's xorshift (2003). */
static uint32_t random_number(struct learner *l)
{
    l->random_state ^= l->random_state << 13;
    l->random_state ^= l->random_state >> 7;
    l->random_state ^= l->random_state << 17;
    return (uint32_t)(l->random_state >> 32);
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

static void learn(struct learner *l, const struct example *e)
{
    struct slot *kept[LEARNER_MOST_FEATURES];
    uint32_t n = 0;
    float sum = 0;

    for (uint32_t k = 0; k < e->n; k++) {
        struct slot *slot = slot_of(l, l->hashes[e->first + k]);
        if (slot && (float)(random_number(l) >> 8) >= DROPPED * (1 << 24)) {
            kept[n++] = slot;
            sum += slot->weight;
        }
    }
    float error = 1 / (1 + exponential(-sum)) - (float)e->answer;
    for (uint32_t k = 0; k < n; k++) {
        kept[k]->squares += error * error;
        kept[k]->weight -= STEP * error / (square_root(kept[k]->squares) + 0.1f);
    }
}

static void shuffle(struct learner *l, uint32_t *order, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = random_number(l) % i;
        uint32_t t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
}

/* Goes through the examples, each time in another order, and adds the weights of the later epochs to the slots' sums. */
static void learn_once(struct learner *l, uint32_t *order)
{
    for (size_t i = 0; i < l->n_slots; i++)
        l->slots[i].weight = l->slots[i].squares = 0;
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++) {
        shuffle(l, order, l->n_examples);
        for (size_t i = 0; i < l->n_examples; i++)
            learn(l, &l->examples[order[i]]);
        for (size_t i = 0; i < l->n_slots && epoch >= EPOCHS - MEAN_OF; i++)
            l->slots[i].sum += l->slots[i].weight;
    }
}

static void learn_all(struct learner *l)
{
    uint32_t *order = trainer_alloc(l->n_examples * sizeof *order), n = l->n_times > 0 ? l->n_times : 1;

    for (size_t i = 0; i < l->n_examples; i++)
        order[i] = (uint32_t)i;
    for (uint32_t time = 0; time < n; time++)
        learn_once(l, order);
    for (size_t i = 0; i < l->n_slots; i++)
        l->slots[i].weight = l->slots[i].sum / (float)(MEAN_OF * n);
    free(order);
}

/* ---- Bounds --------------------------------------------------------------------------------------------------------- */

static int32_t scaled(float weight)
{
    float w = weight * MODEL_SCALE;

    return w > 127 ? 127 : w < -127 ? -127 : (int32_t)(w < 0 ? w - 0.5f : w + 0.5f);
}

static int32_t weight_of(const struct learner *l, uint32_t hash)
{
    const struct slot *slot = slot_of(l, hash);

    return slot ? scaled(slot->weight) : 0;
}

static int by_value(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

static int32_t near_sum(const struct learner *l, const struct example *e)
{
    int32_t sum = 0;

    for (uint32_t k = 0; k < l->n_near; k++)
        sum += weight_of(l, l->hashes[e->first + k]);
    return sum;
}

/* The bounds beyond which the near features alone say no, or yes. */
static void find_bounds(const struct learner *l, const char *what, int32_t *reject, int32_t *accept)
{
    int32_t *sums = trainer_alloc(l->n_examples * sizeof *sums);
    size_t n = 0, rejected = 0, accepted = 0;

    for (size_t i = 0; i < l->n_examples; i++)
        if (l->examples[i].answer)
            sums[n++] = near_sum(l, &l->examples[i]);
    if (n == 0 || n == l->n_examples)
        trainer_fail("there is nothing to learn from: in these files the answer is %s for every %s", n ? "yes" : "no",
                     what);
    qsort(sums, n, sizeof *sums, by_value);
    *reject = sums[n / MISSED];
    size_t boundaries = n;
    n = 0;
    for (size_t i = 0; i < l->n_examples; i++)
        if (!l->examples[i].answer)
            sums[n++] = near_sum(l, &l->examples[i]);
    qsort(sums, n, sizeof *sums, by_value);
    *accept = sums[n - 1 - (boundaries / MISSED < n ? boundaries / MISSED : n - 1)];
    for (size_t i = 0; i < l->n_examples; i++) {
        rejected += near_sum(l, &l->examples[i]) < *reject;
        accepted += near_sum(l, &l->examples[i]) > *accept;
    }
    printf("%zu %ss, at %zu of them yes; near features reject %zu, accept %zu\n", l->n_examples, what, boundaries,
           rejected, accepted);
    free(sums);
}

void learner_add(struct learner *l, const uint32_t *hashes, uint32_t n, int answer)
{
    if (l->n_examples == l->capacity) {
        l->capacity = l->capacity ? l->capacity * 2 : 1 << 16;
        l->examples = trainer_grow(l->examples, l->capacity * sizeof *l->examples);
    }
    if (n > l->room - l->n_hashes) {
        l->room = l->room ? l->room * 2 : 1 << 20;
        l->hashes = trainer_grow(l->hashes, l->room * sizeof *l->hashes);
    }
    l->examples[l->n_examples++] =
        (struct example) { .n = n, .first = (uint32_t)l->n_hashes, .answer = (uint8_t)answer };
    memcpy(l->hashes + l->n_hashes, hashes, n * sizeof *hashes);
    l->n_hashes += n;
}

void learner_run(struct learner *l, const char *what, struct model_content *content, uint16_t *table)
{
    size_t bytes = l->n_slots * sizeof *l->slots, used = 0;

    if (l->n_examples == 0)
        trainer_fail("there is nothing to learn from in these files");
    l->random_state = 88172645463325252ull;
    l->slots = trainer_alloc(bytes);
    memset(l->slots, 0, bytes);
    assign_slots(l);
    learn_all(l);
    *content = (struct model_content) { .n_slots = l->n_slots };
    find_bounds(l, what, &content->reject, &content->accept);
    for (size_t i = 0; i < l->n_slots; i++) {
        int32_t weight = scaled(l->slots[i].weight);
        table[i] = l->slots[i].count > 0 ? (uint16_t)(l->slots[i].tag << 8 | (uint8_t)weight) : 0;
        used += table[i] != 0;
    }
    printf("%zu features in %u slots\n", used, l->n_slots);
}

void learner_free(struct learner *l)
{
    free(l->examples);
    free(l->hashes);
    free(l->slots);
}
