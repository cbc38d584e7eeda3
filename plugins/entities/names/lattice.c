/* lattice.c: see lattice.h. */
#include "plugins/entities/names/lattice.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "plugins/entities/names/vectors.h"

/* e^x as 2^k e^r, |r| < 0.35, by a polynomial: within 3e-6 of it, relatively. The bounds are asked so that what is no number is taken for
 * the lower one: whole vectors are worked on, and columns beyond the labels hold anything. */
static inline float exponential(float x)
{
    union {
        float f;
        int32_t i;
    } power;
    float y = x > -80 ? (x < 80 ? x : 80) : -80, k = y * 1.44269504f;
    int32_t whole = (int32_t)(k < 0 ? k - 0.5f : k + 0.5f);
    float r = y - (float)whole * 0.693147181f;

    power.i = (whole + 127) << 23;
    return power.f * (1 + r * (1 + r * (0.5f + r * (0.166666667f + r * (0.0416666667f + r * 0.00833333333f)))));
}

float lattice_exp(float x)
{
    return exponential(x);
}

/* By Newton's method, for x > 0 within the exponential's range. */
float lattice_log(float x)
{
    union {
        float f;
        int32_t i;
    } bits = { .f = x };
    float y = (float)(bits.i - 0x3F800000) * (0.693147181f / 0x800000); /* as if straight between powers of 2 */

    for (int i = 0; i < 5; i++) {
        float power = exponential(y), next = y + 2 * (x - power) / (x + power);
        if (next - y < 1e-3f && y - next < 1e-3f)
            return next; /* what is left is a twelfth of that, cubed */
        y = next;
    }
    return y;
}

float lattice_odds(float p)
{
    float least = 1e-6f, sure = p < least ? least : p > 1 - least ? 1 - least : p;

    return lattice_log(sure / (1 - sure));
}

void transitions_exp(struct transitions *factors, const struct transitions *scores)
{
    uint32_t n = label_openers(scores->n_types);

    memset(factors, 0, sizeof *factors);
    factors->n_types = scores->n_types;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            factors->open[i][k] = factors->turned[k][i] = exponential(scores->open[i][k]);
    for (uint32_t t = 0; t < scores->n_types; t++) {
        factors->inside[t] = exponential(scores->inside[t]);
        factors->last[t] = exponential(scores->last[t]);
        factors->inside_inside[t] = exponential(scores->inside_inside[t]);
        factors->inside_last[t] = exponential(scores->inside_last[t]);
    }
}

VECTORS static void scale_sums(const int16_t *restrict sums, uint32_t n, float by, float *restrict scores)
{
    for (uint32_t k = 0; k < n; k++)
        scores[k] = (float)sums[k] * by;
}

void lattice_scores(const struct lattice *l, uint32_t n, const int16_t *sums, uint32_t width, float by)
{
    for (uint32_t i = 0; i < n; i++)
        scale_sums(sums + (size_t)i * width, width, by, l->score[i]);
}

VECTORS void lattice_add(float *restrict score, const float *restrict worth, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        score[k] += worth[k];
}

/* ---- Viterbi ----------------------------------------------------------------------------------------------------------- */

#define NO_WAY (-1e9f)

/* The largest of four or more; of whichever order they are compared in, it is the same. */
VECTORS static float largest(const float *scores, uint32_t n)
{
    float most[4] = { scores[0], scores[1], scores[2], scores[3] }, both[2];
    uint32_t k = 4;

    for (; k + 4 <= n; k += 4)
        for (uint32_t lane = 0; lane < 4; lane++)
            most[lane] = scores[k + lane] > most[lane] ? scores[k + lane] : most[lane];
    for (; k < n; k++)
        most[0] = scores[k] > most[0] ? scores[k] : most[0];
    both[0] = most[0] > most[1] ? most[0] : most[1];
    both[1] = most[2] > most[3] ? most[2] : most[3];
    return both[0] > both[1] ? both[0] : both[1];
}

/* The best way to each opener, from the closers before it. The compiler takes eight openers at a time and keeps their best in registers,
 * which is why they are the outer loop. Where the best came from is asked again on the way back, of one label a token. */
VECTORS static void best_openers(const struct transitions *restrict t, const float *restrict before,
                                 float *restrict best)
{
    const float *closers = before + t->n_types;
    uint32_t n = label_openers(t->n_types);

    for (uint32_t k = 0; k < OPENER_ROW; k++) {
        float most = NO_WAY;
        for (uint32_t i = 0; i < n; i++) {
            float sum = closers[i] + t->open[i][k];
            most = sum > most ? sum : most;
        }
        best[k] = most;
    }
}

/* The best way to each label of a name that goes on: from its begin, or from its inside. */
VECTORS static void best_inner(const float *restrict begin, const float *restrict inside,
                               const float *restrict from_begin, const float *restrict from_inside,
                               const float *restrict scores, uint32_t n, float *restrict best)
{
    for (uint32_t type = 0; type < n; type++) {
        float a = begin[type] + from_begin[type], b = inside[type] + from_inside[type];
        best[type] = (a >= b ? a : b) + scores[type];
    }
}

VECTORS static void add_scores(const float *restrict a, const float *restrict b, uint32_t n, float *restrict sums)
{
    for (uint32_t k = 0; k < n; k++)
        sums[k] = a[k] + b[k];
}

static void best_step(const struct transitions *t, const float *before, const float *scores, float *open, float *best)
{
    uint32_t n = t->n_types, inside = label_make(n, 0, PLACE_INSIDE), last = label_make(n, 0, PLACE_LAST);

    best_openers(t, before, open);
    add_scores(open, scores, label_openers(n), best);
    best_inner(before, before + inside, t->inside, t->inside_inside, scores + inside, n, best + inside);
    best_inner(before, before + inside, t->last, t->inside_last, scores + last, n, best + last);
}

/* The label before this one on the best way to it; the first of several. `open`: what the best ways to the openers are worth, of which the same
 * addition made one. Outside comes first, and is it nearly always. */
static uint32_t label_before(const struct transitions *t, const float *before, const float *open, uint32_t label)
{
    uint32_t n = t->n_types, type = label_type(n, label), inside = label_make(n, type, PLACE_INSIDE), best = n;

    if (!label_opens(n, label)) {
        bool goes_on = label == inside;
        return before[type] + (goes_on ? t->inside : t->last)[type] >=
                       before[inside] + (goes_on ? t->inside_inside : t->inside_last)[type]
                   ? type
                   : inside;
    }
    while (best < 3 * n && before[best] + t->open[best - n][label] != open[label])
        best++;
    return best;
}

void lattice_best(const struct lattice *l, const struct transitions *t, uint32_t n, uint8_t *labels)
{
    uint32_t n_labels = label_count(t->n_types), n_openers = label_openers(t->n_types),
             label = label_outside(t->n_types); /* the first of the closers */
    lattice_row *best = l->ahead;

    assert(t->n_types > 0);
    memcpy(best[0], l->score[0], n_openers * sizeof best[0][0]);
    for (uint32_t k = n_openers; k < n_labels; k++)
        best[0][k] = NO_WAY;
    for (uint32_t i = 1; i < n; i++)
        best_step(t, best[i - 1], l->score[i], l->factor[i], best[i]);
    float most = largest(best[n - 1] + label, n_openers); /* as many as there are closers */
    while (label < 3 * t->n_types && best[n - 1][label] != most)
        label++;
    labels[n - 1] = (uint8_t)label;
    for (uint32_t i = n - 1; i > 0; i--)
        labels[i - 1] = (uint8_t)label_before(t, best[i - 1], l->factor[i], labels[i]);
}

/* ---- Sums -------------------------------------------------------------------------------------------------------------- */

VECTORS static void exponentials(const float *restrict scores, float most, uint32_t n, float *restrict out)
{
    for (uint32_t k = 0; k < n; k++)
        out[k] = exponential(scores[k] - most);
}

void lattice_factors(const struct lattice *l, uint32_t n_types, uint32_t n, const uint64_t *allowed)
{
    uint32_t n_labels = label_count(n_types);

    for (uint32_t i = 0; i < n; i++) {
        float *factor = l->factor[i];
        exponentials(l->score[i], largest(l->score[i], n_labels), (n_labels + 7) & ~7u, factor);
        memset(factor + n_labels, 0, (NAME_ROW - n_labels) * sizeof *factor);
        for (uint32_t k = 0; allowed && k < n_labels; k++)
            factor[k] = allowed[i] >> k & 1 ? factor[k] : 0;
    }
}

/* sums[k] = Σ before[i] open[i][k], over the closers i, for each opener k; vectors as in best_openers. */
VECTORS static void sum_openers(const struct transitions *restrict t, const float *restrict before,
                                float *restrict sums)
{
    const float *closers = before + t->n_types;
    uint32_t n = label_openers(t->n_types);

    for (uint32_t k = 0; k < OPENER_ROW; k++) {
        float sum = 0;
        for (uint32_t i = 0; i < n; i++)
            sum += closers[i] * t->open[i][k];
        sums[k] = sum;
    }
}

/* The same for names that go on. */
VECTORS static void sum_inner(const struct transitions *restrict t, const float *restrict before, float *restrict sums)
{
    uint32_t n = t->n_types;
    const float *inside = before + label_make(n, 0, PLACE_INSIDE);
    float *to_inside = sums + label_make(n, 0, PLACE_INSIDE), *to_last = sums + label_make(n, 0, PLACE_LAST);

    for (uint32_t k = 0; k < n; k++)
        to_inside[k] = before[k] * t->inside[k] + inside[k] * t->inside_inside[k];
    for (uint32_t k = 0; k < n; k++)
        to_last[k] = before[k] * t->last[k] + inside[k] * t->inside_last[k];
}

/* Scales a row, which is 0 beyond the labels, so that its sum is 1; by what, or 0 when it is empty. */
VECTORS static float scale_row(float *row)
{
    typedef float sixteen __attribute__((vector_size(64), aligned(sizeof(float))));
    sixteen *parts = (sixteen *)row, all = (parts[0] + parts[1]) + (parts[2] + parts[3]);
    float half[8], sum;

    for (uint32_t k = 0; k < 8; k++)
        half[k] = all[k] + all[k + 8];
    sum = ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]));
    if (!(sum > 1e-30f))
        return 0;
    for (uint32_t k = 0; k < NAME_ROW; k++)
        row[k] *= 1 / sum;
    return 1 / sum;
}

/* sums[i] = Σ open[i][k] next[k], over the openers k, for each closer i. */
VECTORS static void sum_closers(const struct transitions *restrict t, const float *restrict next, float *restrict sums)
{
    uint32_t n = label_openers(t->n_types);

    for (uint32_t i = 0; i < OPENER_ROW; i++) {
        float sum = 0;
        for (uint32_t k = 0; k < n; k++)
            sum += next[k] * t->turned[k][i];
        sums[i] = sum;
    }
}

/* sums[k]: what may follow a name's beginning, or its inside. */
VECTORS static void sum_open(const struct transitions *restrict t, const float *restrict next, float *restrict sums)
{
    uint32_t n = t->n_types;
    const float *inside = next + label_make(n, 0, PLACE_INSIDE), *last = next + label_make(n, 0, PLACE_LAST);
    float *of_inside = sums + label_make(n, 0, PLACE_INSIDE);

    for (uint32_t k = 0; k < n; k++)
        sums[k] = t->inside[k] * inside[k] + t->last[k] * last[k];
    for (uint32_t k = 0; k < n; k++)
        of_inside[k] = t->inside_inside[k] * inside[k] + t->inside_last[k] * last[k];
}

VECTORS static void multiply(const float *restrict a, const float *restrict b, float by, float *restrict out)
{
    for (uint32_t k = 0; k < NAME_ROW; k++)
        out[k] = a[k] * b[k] * by;
}

bool lattice_sums(const struct lattice *l, const struct transitions *t, uint32_t n)
{
    uint32_t n_labels = label_count(t->n_types), n_openers = label_openers(t->n_types);
    float sums[NAME_ROW] = { 0 }, next[NAME_ROW], closed[OPENER_ROW], ended = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (i == 0) {
            memcpy(l->ahead[0], l->factor[0], n_openers * sizeof l->ahead[0][0]);
            memset(l->ahead[0] + n_openers, 0, (NAME_ROW - n_openers) * sizeof l->ahead[0][0]);
        } else {
            sum_openers(t, l->ahead[i - 1], sums);
            sum_inner(t, l->ahead[i - 1], sums);
            multiply(sums, l->factor[i], 1, l->ahead[i]);
        }
        if ((l->scale[i] = scale_row(l->ahead[i])) == 0)
            return false;
    }
    for (uint32_t k = t->n_types; k <= 3 * t->n_types; k++)
        ended += l->ahead[n - 1][k];
    if (!(ended > 1e-30f))
        return false;
    memset(l->behind[n - 1], 0, n_labels * sizeof ended);
    for (uint32_t k = t->n_types; k <= 3 * t->n_types; k++)
        l->behind[n - 1][k] = 1 / ended;
    for (uint32_t i = n - 1; i-- > 0;) {
        multiply(l->factor[i + 1], l->behind[i + 1], l->scale[i + 1], next);
        sum_closers(t, next, closed);
        memcpy(l->behind[i] + t->n_types, closed, label_openers(t->n_types) * sizeof *closed);
        sum_open(t, next, l->behind[i]);
    }
    return true;
}

float lattice_name(const struct lattice *l, const struct transitions *t, uint32_t first, uint32_t end, uint32_t type)
{
    uint32_t n = t->n_types, inside = label_make(n, type, PLACE_INSIDE), last = label_make(n, type, PLACE_LAST);

    if (end - first == 1) {
        uint32_t unit = label_make(n, type, PLACE_UNIT);
        return l->ahead[first][unit] * l->behind[first][unit];
    }
    float p = l->ahead[first][type];
    for (uint32_t i = first + 1; i + 1 < end; i++)
        p *= (i == first + 1 ? t->inside[type] : t->inside_inside[type]) * l->factor[i][inside] * l->scale[i];
    p *= (end - first == 2 ? t->last[type] : t->inside_last[type]) * l->factor[end - 1][last] * l->scale[end - 1];
    return p * l->behind[end - 1][last];
}
