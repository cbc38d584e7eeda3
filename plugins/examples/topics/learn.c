/* learn.c: see learn.h. */
#include "learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EPOCHS = 40, PATIENCE = 3 };
#define RATE 0.5f
#define DECAY 1e-5f /* of a weight each time its row is touched: L2, as a rare word must not be believed too far */

static float logistic(float x)
{
    return 1 / (1 + expf(-x));
}

void weights_score(const struct weights *w, const struct record *r, float *scores)
{
    const float norm = r->n_rows ? 1 / sqrtf((float)r->n_rows) : 0;
    float sums[TOPICS_LABELS + 16] = { 0 };

    for (uint32_t k = 0; k < r->n_rows; k++) {
        const float *row = w->all + (size_t)r->rows[k] * w->stride;
        for (uint32_t i = 0; i < w->stride; i++)
            sums[i] += row[i];
    }
    for (uint32_t i = 0; i < w->n_labels; i++)
        scores[i] = w->bias[i] + norm * sums[i];
}

/* What the loss would have changed: probability less truth. */
static void errors_of(const struct records *records, const struct record *r, const float *scores, float *errors)
{
    float most = -INFINITY, all = 0;

    for (uint32_t i = 0; i < records->n_labels; i++)
        most = fmaxf(most, scores[i]);
    for (uint32_t i = 0; i < records->n_labels; i++)
        all += errors[i] = records->one_label ? expf(scores[i] - most) : logistic(scores[i]);
    for (uint32_t i = 0; i < records->n_labels; i++)
        errors[i] = errors[i] / (records->one_label ? all : 1) - (float)record_has(r, i);
}

static void step(struct weights *w, const struct record *r, const float *errors)
{
    const float norm = r->n_rows ? 1 / sqrtf((float)r->n_rows) : 0;
    float gradients[TOPICS_LABELS + 16] = { 0 };

    for (uint32_t i = 0; i < w->n_labels; i++) {
        gradients[i] = errors[i] * norm;
        w->bias_squares[i] += errors[i] * errors[i];
        w->bias[i] -= RATE * errors[i] / sqrtf(w->bias_squares[i] + 1);
    }
    for (uint32_t k = 0; k < r->n_rows; k++) {
        float *row = w->all + (size_t)r->rows[k] * w->stride, *squares = w->squares + (size_t)r->rows[k] * w->stride;
        for (uint32_t i = 0; i < w->stride; i++) {
            const float g = gradients[i] + DECAY * row[i];
            squares[i] += g * g;
            row[i] -= RATE * g / (sqrtf(squares[i]) + 1e-3f);
        }
    }
}

/* The mean logarithmic loss of the records of a fold. */
static double loss_of(const struct weights *w, const struct records *records, const int *folds, int fold)
{
    float scores[TOPICS_LABELS] = { 0 }, errors[TOPICS_LABELS] = { 0 };
    double loss = 0;
    size_t n = 0;

    for (size_t k = 0; k < records->n; k++) {
        const struct record *r = &records->all[k];
        if (folds[k] != fold)
            continue;
        weights_score(w, r, scores);
        errors_of(records, r, scores, errors);
        for (uint32_t i = 0; i < records->n_labels; i++) {
            const float wrong = fabsf(errors[i]); /* with a label, 1 - p; without, p */
            if (!records->one_label || record_has(r, i))
                loss -= logf(fmaxf(1 - wrong, 1e-7f));
        }
        n++;
    }
    return n ? loss / (double)n : 0;
}

/* The same order for the same seed, on any machine (Marsaglia 2003, Xorshift RNGs). */
static uint32_t random_below(uint32_t *state, uint32_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (uint32_t)((uint64_t)*state * n >> 32);
}

static size_t gather(size_t *order, const struct records *records, const int *folds, int left_out)
{
    size_t n = 0;

    for (size_t k = 0; k < records->n; k++)
        if (left_out < 0 || folds[k] != left_out)
            order[n++] = k;
    return n;
}

int learn(struct weights *w, const struct records *records, const int *folds, int left_out, int epochs)
{
    size_t *order = topics_grow(NULL, (records->n + 1) * sizeof *order);
    float scores[TOPICS_LABELS] = { 0 }, errors[TOPICS_LABELS] = { 0 };
    uint32_t state = 2463534242u;
    double best = INFINITY;
    int best_epoch = 0;

    *w = (struct weights) { .n_labels = records->n_labels,
                            .stride = topics_stride(records->n_labels),
                            .bits = records->bits };
    const size_t bytes = ((size_t)w->stride << w->bits) * sizeof(float);
    w->all = memset(topics_grow(NULL, bytes), 0, bytes);
    w->squares = memset(topics_grow(NULL, bytes), 0, bytes);
    const size_t n = gather(order, records, folds, left_out);
    for (int epoch = 1; epoch <= (epochs ? epochs : MOST_EPOCHS); epoch++) {
        for (size_t k = n; k > 1; k--) {
            const size_t other = random_below(&state, (uint32_t)k), kept = order[k - 1];
            order[k - 1] = order[other];
            order[other] = kept;
        }
        for (size_t k = 0; k < n; k++) {
            const struct record *r = &records->all[order[k]];
            weights_score(w, r, scores);
            errors_of(records, r, scores, errors);
            step(w, r, errors);
        }
        if (epochs)
            continue;
        const double loss = loss_of(w, records, folds, left_out);
        if (loss < best) {
            best = loss;
            best_epoch = epoch;
        } else if (epoch - best_epoch >= PATIENCE) {
            break;
        }
    }
    free(order);
    return epochs ? epochs : best_epoch;
}

void weights_free(struct weights *w)
{
    free(w->all);
    free(w->squares);
    w->all = w->squares = NULL;
}

void calibrated(const struct calibration *c, uint32_t n_labels, int one_label, const float *scores,
                float *probabilities)
{
    float most = -INFINITY, all = 0;

    for (uint32_t i = 0; i < n_labels; i++) {
        probabilities[i] = c->slope[i] * scores[i] + c->shift[i];
        most = fmaxf(most, probabilities[i]);
    }
    for (uint32_t i = 0; i < n_labels; i++)
        all += probabilities[i] = one_label ? expf(probabilities[i] - most) : logistic(probabilities[i]);
    for (uint32_t i = 0; one_label && i < n_labels; i++)
        probabilities[i] /= all;
}

/* The loss of a temperature, 1 / slope. As with a curve, what a text has counts a little less than 1: where few texts are all right, the
 * next may still be wrong. */
static double loss_at(struct calibration *c, const struct records *records, const float *scores, float slope)
{
    const double doubt = 1 / ((double)records->n / records->n_labels + 2);
    float p[TOPICS_LABELS];
    double loss = 0;

    for (uint32_t i = 0; i < records->n_labels; i++)
        c->slope[i] = slope;
    for (size_t k = 0; k < records->n; k++) {
        calibrated(c, records->n_labels, 1, scores + k * TOPICS_LABELS, p);
        for (uint32_t i = 0; i < records->n_labels; i++)
            loss -= (record_has(&records->all[k], i) ? 1 - doubt : doubt / (records->n_labels - 1)) *
                    log(fmax(p[i], 1e-12));
    }
    return loss;
}

/* Golden section; the loss is convex in the slope. */
static void fit_temperature(struct calibration *c, const struct records *records, const float *scores)
{
    const float ratio = 0.618034f;
    float low = 0.05f, high = 5;

    for (int i = 0; i < 40; i++) {
        const float a = high - ratio * (high - low), b = low + ratio * (high - low);
        if (loss_at(c, records, scores, a) < loss_at(c, records, scores, b))
            high = b;
        else
            low = a;
    }
    loss_at(c, records, scores, (low + high) / 2);
}

/* Newton's method for two parameters; targets a little off 0 and 1, as Platt has them, so that few texts give no certainty. */
static void fit_curve(struct calibration *c, const struct records *records, const float *scores, uint32_t label)
{
    double yes = 0, a = 1, b = 0;

    for (size_t k = 0; k < records->n; k++)
        yes += record_has(&records->all[k], label);
    const double high = (yes + 1) / (yes + 2), low = 1 / ((double)records->n - yes + 2);
    for (int round = 0; round < 50; round++) {
        double ga = 0, gb = 0, haa = 1e-6, hab = 0, hbb = 1e-6;
        for (size_t k = 0; k < records->n; k++) {
            const double x = scores[k * TOPICS_LABELS + label], p = 1 / (1 + exp(-(a * x + b))), weight = p * (1 - p);
            const double error = p - (record_has(&records->all[k], label) ? high : low);
            ga += error * x;
            gb += error;
            haa += weight * x * x;
            hab += weight * x;
            hbb += weight;
        }
        const double det = haa * hbb - hab * hab;
        double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
        const double size = fmax(fabs(da), fabs(db));
        if (size > 1) { /* far from the minimum a whole step may go too far */
            da /= size;
            db /= size;
        }
        a -= da;
        b -= db;
        if (size < 1e-6)
            break;
    }
    c->slope[label] =
        (float)fmax(a, 0.01); /* a score that means its opposite was learned from too little: it means little */
    c->shift[label] = (float)b;
}

struct judged {
    float p;
    int is_right;
};

static int falling(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;

    return (x->p < y->p) - (x->p > y->p);
}

/* The threshold with the best F1; never below 0.1, where most of what is said would be wrong. */
static void fit_threshold(struct calibration *c, const struct records *records, const float *scores, uint32_t label)
{
    struct judged *all = topics_grow(NULL, (records->n + 1) * sizeof *all);
    size_t yes = 0, right = 0;
    double best = 0;

    for (size_t k = 0; k < records->n; k++) {
        all[k].p = logistic(c->slope[label] * scores[k * TOPICS_LABELS + label] + c->shift[label]);
        yes += (size_t)(all[k].is_right = record_has(&records->all[k], label));
    }
    qsort(all, records->n, sizeof *all, falling);
    c->threshold[label] = 0.5f;
    for (size_t k = 0; k < records->n && all[k].p >= 0.1f; k++) {
        right += (size_t)all[k].is_right;
        if (k + 1 < records->n && all[k + 1].p == all[k].p)
            continue;
        const double f1 = 2 * (double)right / (double)(k + 1 + yes);
        if (f1 > best) {
            best = f1;
            const float next = k + 1 < records->n ? all[k + 1].p : 0;
            c->threshold[label] = fminf(fmaxf((all[k].p + next) / 2, 0.1f), 0.9f);
        }
    }
    free(all);
}

void calibrate(struct calibration *c, const struct records *records, const float *scores)
{
    memset(c, 0, sizeof *c);
    if (records->one_label) {
        fit_temperature(c, records, scores);
        for (uint32_t i = 0; i < records->n_labels; i++)
            c->threshold[i] = 0.5f; /* more probable than all others together */
        return;
    }
    for (uint32_t i = 0; i < records->n_labels; i++) {
        fit_curve(c, records, scores, i);
        fit_threshold(c, records, scores, i);
    }
}
