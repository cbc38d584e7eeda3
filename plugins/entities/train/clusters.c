/* clusters.c: spherical k-means (Dhillon and Modha 2001) over the vectors of the most frequent words; the others go to the nearest
 * cluster. Coarser clusters are clusters of the finer ones. Everything is deterministic: the first centres are words at even
 * distances in the list, and sums are in a fixed order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/vectors.h"
#include "plugins/lib/train/trainer.h"

#define LEARNT_FROM 60000u
#define ROUNDS 8
static const uint32_t sizes[CLUSTERINGS] = { 2048, 512, 128, 32 };

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define VECTORS __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define VECTORS
#endif

/* Centres, a column each, so that a vector meets many at once. */
struct centres {
    uint32_t k;
    float *columns; /* DIMENSIONS rows of k */
};

VECTORS static void products(const struct centres *c, const float *vector, float *out)
{
    for (uint32_t k = 0; k < c->k; k++)
        out[k] = 0;
    for (uint32_t d = 0; d < DIMENSIONS; d++) {
        const float *row = c->columns + (size_t)d * c->k;
        float x = vector[d];
        for (uint32_t k = 0; k < c->k; k++)
            out[k] += x * row[k];
    }
}

static uint32_t nearest(const struct centres *c, const float *vector, float *room)
{
    uint32_t best = 0;

    products(c, vector, room);
    for (uint32_t k = 1; k < c->k; k++)
        if (room[k] > room[best])
            best = k;
    return best;
}

static void normalize(float *vector, uint32_t stride)
{
    float sum = 0;

    for (uint32_t d = 0; d < DIMENSIONS; d++)
        sum += vector[d * stride] * vector[d * stride];
    for (uint32_t d = 0; d < DIMENSIONS && sum > 0; d++)
        vector[d * stride] /= sqrtf(sum);
}

/* Puts each centre where the vectors nearest to it are. */
static void move_centres(struct centres *c, float (*vectors)[DIMENSIONS], const uint16_t *of, uint32_t n)
{
    memset(c->columns, 0, (size_t)DIMENSIONS * c->k * sizeof *c->columns);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t d = 0; d < DIMENSIONS; d++)
            c->columns[(size_t)d * c->k + of[i]] += vectors[i][d];
    for (uint32_t k = 0; k < c->k; k++)
        normalize(c->columns + k, c->k);
}

static void find_centres(struct centres *c, uint32_t k, float (*vectors)[DIMENSIONS], uint32_t n)
{
    uint16_t *of = trainer_alloc(n * sizeof *of);
    float *room = trainer_alloc(k * sizeof *room);

    c->k = k;
    c->columns = trainer_alloc((size_t)DIMENSIONS * k * sizeof *c->columns);
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t d = 0; d < DIMENSIONS; d++)
            c->columns[(size_t)d * k + i] = vectors[(size_t)i * n / k][d];
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < n; i++)
            of[i] = (uint16_t)nearest(c, vectors[i], room);
        move_centres(c, vectors, of, n);
    }
    free(of);
    free(room);
}

/* The centres as vectors. */
static void copy_centres(const struct centres *c, float (*vectors)[DIMENSIONS])
{
    for (uint32_t k = 0; k < c->k; k++)
        for (uint32_t d = 0; d < DIMENSIONS; d++)
            vectors[k][d] = c->columns[(size_t)d * c->k + k];
}

void clusters_make(struct clusters *clusters, const struct vectors *v)
{
    float(*fine)[DIMENSIONS] = trainer_alloc(sizes[0] * sizeof *fine), *room = trainer_alloc(sizes[0] * sizeof *room);
    struct centres centres;

    for (uint32_t i = 0; i < v->n; i++)
        normalize(v->at[i], 1);
    clusters->n = sizes[0] + 1;
    clusters->rows = trainer_alloc(clusters->n * sizeof *clusters->rows);
    memset(clusters->rows, 0, clusters->n * sizeof *clusters->rows);
    clusters->of = trainer_alloc(v->n * sizeof *clusters->of);
    find_centres(&centres, sizes[0], v->at, v->n < LEARNT_FROM ? v->n : LEARNT_FROM);
    for (uint32_t i = 0; i < v->n; i++)
        clusters->of[i] = (uint16_t)(1 + nearest(&centres, v->at[i], room));
    copy_centres(&centres, fine);
    free(centres.columns);
    for (uint32_t k = 0; k < sizes[0]; k++)
        clusters->rows[k + 1][0] = (uint16_t)(k + 1);
    for (uint32_t c = 1; c < CLUSTERINGS; c++) {
        find_centres(&centres, sizes[c], fine, sizes[0]);
        for (uint32_t k = 0; k < sizes[0]; k++)
            clusters->rows[k + 1][c] = (uint16_t)(1 + nearest(&centres, fine[k], room));
        free(centres.columns);
    }
    free(fine);
    free(room);
}
