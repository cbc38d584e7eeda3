/* boost.c: see boost.h. */
#include "plugins/summarizer/train/boost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

#define BINS 64u
#define RATE 0.06
#define TEMPERATURE 0.10  /* of the targets' softmax */
#define FEWEST 60u        /* examples in a leaf */
#define SHRINK 0.5        /* added to a leaf's weight */
#define FEATURES_KEPT 60u /* of a hundred, for each tree */
#define GROUPS_KEPT 70u

struct gradient {
    double first, second;
};

struct booster {
    const struct examples *e;
    uint8_t *bins;                 /* n × N_FEATURES */
    float edges[N_FEATURES][BINS]; /* the upper edge of each bin */
    double *scores;
    struct gradient *gradients;
    uint32_t *nodes; /* where each example is in the tree; NONE if it is left out */
    uint64_t random;
};

#define NONE UINT32_MAX

void examples_end_group(struct examples *e, float weight)
{
    if (e->n_groups > 0 && e->starts[e->n_groups] == e->n)
        return;
    e->starts = trainer_grow(e->starts, (e->n_groups + 2) * sizeof *e->starts);
    e->weights = trainer_grow(e->weights, (e->n_groups + 1) * sizeof *e->weights);
    e->weights[e->n_groups] = weight;
    e->starts[0] = 0;
    e->starts[++e->n_groups] = e->n;
}

struct example *examples_add(struct examples *e)
{
    if (e->n == e->room) {
        e->room = e->room ? e->room * 2 : 4096;
        e->all = trainer_grow(e->all, e->room * sizeof *e->all);
    }
    return &e->all[e->n++];
}

void examples_free(struct examples *e)
{
    free(e->all);
    free(e->starts);
    free(e->weights);
    *e = (struct examples) { 0 };
}

/* (1 + x/1024)^1024. */
double boost_exponential(double x)
{
    double y = 1 + (x < -30 ? -30 : x > 30 ? 30 : x) / 1024;

    for (int i = 0; i < 10; i++)
        y *= y;
    return y;
}

/* Marsaglia's xorshift (2003). */
static uint32_t random_number(struct booster *b)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return (uint32_t)(b->random >> 32);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* Bins of about as many examples each. */
static void make_bins(struct booster *b)
{
    uint32_t n = b->e->n;
    float *values = trainer_alloc(n * sizeof *values);

    for (uint32_t f = 0; f < N_FEATURES; f++) {
        for (uint32_t i = 0; i < n; i++)
            values[i] = b->e->all[i].x[f];
        qsort(values, n, sizeof *values, by_value);
        for (uint32_t k = 0; k + 1 < BINS; k++)
            b->edges[f][k] = values[(uint64_t)(k + 1) * n / BINS];
        b->edges[f][BINS - 1] = INFINITY;
        for (uint32_t i = 0; i < n; i++) {
            uint8_t bin = 0;
            while (b->e->all[i].x[f] > b->edges[f][bin])
                bin++;
            b->bins[(size_t)i * N_FEATURES + f] = bin;
        }
    }
    free(values);
}

static void group_gradients(struct booster *b, uint32_t group)
{
    uint32_t start = b->e->starts[group], end = b->e->starts[group + 1];
    double all = 0, wanted = 0, highest = b->scores[start], weight = (double)b->e->weights[group];

    for (uint32_t i = start; i < end; i++)
        highest = b->scores[i] > highest ? b->scores[i] : highest;
    for (uint32_t i = start; i < end; i++) {
        all += boost_exponential(b->scores[i] - highest);
        wanted += boost_exponential((double)b->e->all[i].target / TEMPERATURE);
    }
    for (uint32_t i = start; i < end; i++) {
        double p = boost_exponential(b->scores[i] - highest) / all,
               q = boost_exponential((double)b->e->all[i].target / TEMPERATURE) / wanted;
        b->gradients[i] = (struct gradient) { weight * (q - p), weight * p * (1 - p) + 1e-6 };
    }
}

struct split {
    double gain;
    uint32_t feature, bin;
};

static double worth(struct gradient g)
{
    return g.first * g.first / (g.second + SHRINK);
}

static void find_split(const struct booster *b, uint32_t node, const uint8_t *kept, struct split *best)
{
    static struct gradient sums[N_FEATURES][BINS];
    static uint32_t counts[N_FEATURES][BINS];
    struct gradient all = { 0, 0 };
    uint32_t n = 0;

    memset(sums, 0, sizeof sums);
    memset(counts, 0, sizeof counts);
    for (uint32_t i = 0; i < b->e->n; i++) {
        if (b->nodes[i] != node)
            continue;
        n++;
        all.first += b->gradients[i].first;
        all.second += b->gradients[i].second;
        for (uint32_t f = 0; f < N_FEATURES; f++) {
            uint8_t bin = b->bins[(size_t)i * N_FEATURES + f];
            sums[f][bin].first += b->gradients[i].first;
            sums[f][bin].second += b->gradients[i].second;
            counts[f][bin]++;
        }
    }
    *best = (struct split) { 1e-6, 0, NONE };
    for (uint32_t f = 0; f < N_FEATURES; f++) {
        struct gradient left = { 0, 0 };
        uint32_t n_left = 0;
        for (uint32_t k = 0; k + 1 < BINS && kept[f]; k++) {
            left.first += sums[f][k].first;
            left.second += sums[f][k].second;
            n_left += counts[f][k];
            if (n_left < FEWEST || n - n_left < FEWEST || counts[f][k] == 0)
                continue;
            struct gradient right = { all.first - left.first, all.second - left.second };
            double gain = worth(left) + worth(right) - worth(all);
            if (gain > best->gain)
                *best = (struct split) { gain, f, k };
        }
    }
}

static void set_values(struct booster *b, struct model_tree *tree)
{
    struct gradient sums[2 * MODEL_INNER + 1] = { { 0, 0 } };

    for (uint32_t i = 0; i < b->e->n; i++) {
        if (b->nodes[i] == NONE)
            continue;
        for (uint32_t node = b->nodes[i];; node = (node - 1) / 2) {
            sums[node].first += b->gradients[i].first;
            sums[node].second += b->gradients[i].second;
            if (node == 0)
                break;
        }
    }
    for (uint32_t i = 0; i < 2 * MODEL_INNER + 1; i++)
        tree->value[i] = (float)(RATE * sums[i].first / (sums[i].second + SHRINK));
}

static void grow_tree(struct booster *b, struct model_tree *tree)
{
    uint8_t kept[N_FEATURES];

    for (uint32_t f = 0; f < N_FEATURES; f++)
        kept[f] = random_number(b) % 100 < FEATURES_KEPT;
    for (uint32_t g = 0; g < b->e->n_groups; g++) {
        uint32_t node = random_number(b) % 100 < GROUPS_KEPT ? 0 : NONE;
        for (uint32_t i = b->e->starts[g]; i < b->e->starts[g + 1]; i++)
            b->nodes[i] = node;
    }
    memset(tree, 0, sizeof *tree);
    for (uint32_t node = 0; node < MODEL_INNER; node++) {
        struct split split;
        find_split(b, node, kept, &split);
        tree->feature[node] = (uint8_t)split.feature;
        tree->threshold[node] = split.bin == NONE ? INFINITY : b->edges[split.feature][split.bin];
        for (uint32_t i = 0; i < b->e->n; i++)
            if (b->nodes[i] == node)
                b->nodes[i] = 2 * node + 1 + (b->e->all[i].x[split.feature] > tree->threshold[node]);
    }
    set_values(b, tree);
}

void boost(const struct examples *e, struct model_tree *trees, uint32_t n_trees)
{
    struct booster b = { .e = e, .random = 88172645463325252ull };

    b.bins = trainer_alloc((size_t)e->n * N_FEATURES);
    b.scores = trainer_alloc(e->n * sizeof *b.scores);
    b.gradients = trainer_alloc(e->n * sizeof *b.gradients);
    b.nodes = trainer_alloc(e->n * sizeof *b.nodes);
    for (uint32_t i = 0; i < e->n; i++)
        b.scores[i] = 0;
    make_bins(&b);
    for (uint32_t t = 0; t < n_trees; t++) {
        for (uint32_t g = 0; g < e->n_groups; g++)
            group_gradients(&b, g);
        grow_tree(&b, &trees[t]);
        for (uint32_t i = 0; i < e->n; i++)
            b.scores[i] += (double)trees[t].value[model_leaf(&trees[t], e->all[i].x)];
    }
    free(b.bins);
    free(b.scores);
    free(b.gradients);
    free(b.nodes);
}
