/* ridge.c: ridge regression by conjugate gradients (Hestenes and Stiefel 1952) on the normal equations, preconditioned by their diagonal.
 * A block of columns is scaled by how much its weights are expected to vary, so that one penalty does for all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

#define STEPS 100
#define SCALE_WORD 0.5f       /* a word's own weight */
#define SCALE_WORD_GENRE 0.5f /* the same, in one genre */
#define SCALE_WORD_DENIED 0.5f
#define SCALE_VECTOR 0.08f
#define SCALE_DENIED 0.7f /* of what is known, when denied */
#define SCALE_VALENCE 1.0f
#define MOST_TURNED 0.34f /* of a text: what turns of phrase say is not learned */
#define N_FLOATS (sizeof(struct weights) / sizeof(float))

struct shape {
    enum target target;
    bool has_genres; /* columns for each genre */
    bool has_denied; /* columns for what is denied; and words count by their shares */
};

static struct shape shape_of(enum target target)
{
    return (struct shape) { target, target != TARGET_GENRE, target == TARGET_POLARITY };
}

static float scale_of_known(int i)
{
    return i < VECTOR_DIMENSIONS ? SCALE_VECTOR : SCALE_VALENCE;
}

static float dot(const float *a, const float *b, int n)
{
    float sums[8] = { 0 };
    int i = 0;

    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            sums[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sums[0] += a[i] * b[i];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

static void add_scaled(float *a, const float *b, float factor, int n)
{
    for (int i = 0; i < n; i++)
        a[i] += factor * b[i];
}

/* How much of a word counts. */
static float share_of(const struct told *told, struct shape shape)
{
    return shape.has_denied ? told->share : told->share == 1;
}

/* Scales are folded into the examples' known values once. */
static void scale_known(const struct example *e, struct shape shape, float known[2][KNOWN])
{
    for (int i = 0; i < KNOWN; i++) {
        known[0][i] = e->known[shape.has_denied ? KNOWN_SHARED : KNOWN_WHOLE][i] * scale_of_known(i);
        known[1][i] = e->known[KNOWN_DENIED][i] * scale_of_known(i) * SCALE_DENIED;
    }
}

static float apply(const struct weights *w, const struct example *e, struct shape shape, enum genre genre)
{
    int n = shape.has_genres ? 2 : 1;
    float sum = 0, words = 0, known[2][KNOWN];

    scale_known(e, shape, known);
    for (int k = 0; k < n; k++) {
        int column = k ? 1 + (int)genre : 0;
        sum += w->bias[column] + dot(w->outcomes[column], e->outcomes, N_OUTCOMES) +
               dot(w->known[column][0], known[0], KNOWN);
        if (shape.has_denied)
            sum += dot(w->known[column][1], known[1], KNOWN);
    }
    for (uint32_t i = 0; i < e->n_told; i++) {
        const float *word = w->word[e->told[i].slot];
        float weight = word[0] * SCALE_WORD;
        if (shape.has_genres)
            weight += word[1 + genre] * SCALE_WORD_GENRE;
        if (shape.has_denied && e->told[i].is_denied)
            weight += word[1 + N_GENRES] * SCALE_WORD_DENIED;
        words += weight * share_of(&e->told[i], shape);
    }
    return sum + words * e->norm;
}

static void add_transposed(struct weights *w, const struct example *e, struct shape shape, float factor)
{
    int n = shape.has_genres ? 2 : 1;
    float known[2][KNOWN];

    scale_known(e, shape, known);
    for (int k = 0; k < n; k++) {
        int column = k ? 1 + (int)e->genre : 0;
        w->bias[column] += factor;
        add_scaled(w->outcomes[column], e->outcomes, factor, N_OUTCOMES);
        add_scaled(w->known[column][0], known[0], factor, KNOWN);
        if (shape.has_denied)
            add_scaled(w->known[column][1], known[1], factor, KNOWN);
    }
    for (uint32_t i = 0; i < e->n_told; i++) {
        float *word = w->word[e->told[i].slot], word_factor = factor * e->norm * share_of(&e->told[i], shape);
        word[0] += word_factor * SCALE_WORD;
        if (shape.has_genres)
            word[1 + e->genre] += word_factor * SCALE_WORD_GENRE;
        if (shape.has_denied && e->told[i].is_denied)
            word[1 + N_GENRES] += word_factor * SCALE_WORD_DENIED;
    }
}

/* The squares of the columns, for the preconditioner; a word that stands twice in a text is counted as two texts. */
static void add_squares(struct weights *w, const struct example *e, struct shape shape)
{
    float known[2][KNOWN], word = e->norm * e->norm;

    scale_known(e, shape, known);
    for (int k = 0; k < (shape.has_genres ? 2 : 1); k++) {
        int column = k ? 1 + (int)e->genre : 0;
        w->bias[column] += 1;
        for (int i = 0; i < N_OUTCOMES; i++)
            w->outcomes[column][i] += e->outcomes[i] * e->outcomes[i];
        for (int i = 0; i < KNOWN; i++) {
            w->known[column][0][i] += known[0][i] * known[0][i];
            w->known[column][1][i] += known[1][i] * known[1][i];
        }
    }
    for (uint32_t i = 0; i < e->n_told; i++) {
        w->word[e->told[i].slot][0] += word * SCALE_WORD * SCALE_WORD;
        w->word[e->told[i].slot][1 + e->genre] += word * SCALE_WORD_GENRE * SCALE_WORD_GENRE;
        w->word[e->told[i].slot][1 + N_GENRES] += word * SCALE_WORD_DENIED * SCALE_WORD_DENIED;
    }
}

static float wanted(const struct example *e, enum target target, enum genre genre)
{
    return target == TARGET_POLARITY  ? e->mean
           : target == TARGET_NEUTRAL ? e->label == SENTIMENT_NEUTRAL
                                      : e->genre == genre;
}

static double product(const float *a, const float *b)
{
    double sum = 0;

    for (size_t i = 0; i < N_FLOATS; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static bool is_in(const struct example *e, uint32_t without, enum target target)
{
    if (target != TARGET_GENRE && e->sums.spoken_for + e->sums.still > MOST_TURNED * e->sums.tokens)
        return false;
    return !(without >> e->fold & 1) && (e->weight == 1 || target != TARGET_GENRE);
}

static struct weights *new_weights(void)
{
    struct weights *w = trainer_alloc(sizeof *w);

    memset(w, 0, sizeof *w);
    return w;
}

void ridge_fit(struct weights *weights, const struct examples *x, uint32_t without, enum target target,
               enum genre genre)
{
    struct weights *rest = new_weights(), *way = new_weights(), *image = new_weights(), *squares = new_weights();
    float *r = (float *)rest, *p = (float *)way, *q = (float *)image, *d = (float *)squares, *w = (float *)weights;
    struct shape shape = shape_of(target);

    memset(weights, 0, sizeof *weights);
    for (uint32_t i = 0; i < x->n; i++)
        if (is_in(&x->all[i], without, target)) {
            add_transposed(rest, &x->all[i], shape, wanted(&x->all[i], target, genre) * x->all[i].weight);
            add_squares(squares, &x->all[i], shape);
        }
    for (size_t i = 0; i < N_FLOATS; i++)
        p[i] = r[i] / (1 + d[i]);
    double size = product(r, p);
    for (int step = 0; step < STEPS && size > 1e-9; step++) {
        memcpy(image, way, sizeof *image);
        for (uint32_t i = 0; i < x->n; i++)
            if (is_in(&x->all[i], without, target))
                add_transposed(image, &x->all[i], shape,
                               apply(way, &x->all[i], shape, x->all[i].genre) * x->all[i].weight);
        float step_size = (float)(size / product(p, q));
        for (size_t i = 0; i < N_FLOATS; i++) {
            w[i] += step_size * p[i];
            r[i] -= step_size * q[i];
            q[i] = r[i] / (1 + d[i]);
        }
        double next = product(r, q);
        float turn = (float)(next / size);
        size = next;
        for (size_t i = 0; i < N_FLOATS; i++)
            p[i] = q[i] + turn * p[i];
    }
    free(rest);
    free(way);
    free(image);
    free(squares);
}

float ridge_predict(const struct weights *weights, const struct example *e, enum target target, enum genre genre)
{
    return apply(weights, e, shape_of(target), genre);
}

float ridge_word(const struct weights *w, const struct table *table, uint32_t slot, bool is_denied, enum target target,
                 enum genre genre)
{
    struct shape shape = shape_of(target);
    uint32_t row = table->rows[slot];
    float sum = w->word[slot][0] * SCALE_WORD + (shape.has_genres ? w->word[slot][1 + genre] * SCALE_WORD_GENRE : 0);

    is_denied = is_denied && shape.has_denied;
    if (is_denied)
        sum += w->word[slot][1 + N_GENRES] * SCALE_WORD_DENIED;
    for (int i = 0; row > 0 && i < KNOWN; i++) {
        float known = table->known[row - 1][i] * scale_of_known(i);
        for (int k = 0; k < (shape.has_genres ? 2 : 1); k++) {
            int column = k ? 1 + (int)genre : 0;
            sum += known * w->known[column][0][i];
            if (is_denied)
                sum += known * SCALE_DENIED * w->known[column][1][i];
        }
    }
    return sum;
}
