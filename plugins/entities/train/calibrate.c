/* calibrate.c: see calibrate.h. */
#include "plugins/entities/train/calibrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/train/score.h"
#include "plugins/lib/train/trainer.h"

struct trials {
    float *odds, *scores;
    uint8_t *right;
    uint32_t n;
};

static void try_text(struct trials *t, const struct names_model *model, const struct text *text)
{
    uint32_t n, gold = 0;
    struct entity *found = score_find(model, text, &n);

    t->odds = trainer_grow(t->odds, (t->n + n) * sizeof *t->odds);
    t->scores = trainer_grow(t->scores, (t->n + n) * sizeof *t->scores);
    t->right = trainer_grow(t->right, t->n + n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t type = score_type(model, found[i].type);
        float p = found[i].score < 1e-6f ? 1e-6f : found[i].score > 1 - 1e-6f ? 1 - 1e-6f : found[i].score;
        if (!(text->source->labelled >> type & 1))
            continue;
        t->scores[t->n] = found[i].score;
        t->right[t->n] = score_is_right(text, &found[i], type, &gold);
        t->odds[t->n++] = lattice_log(p) - lattice_log(1 - p);
    }
    free(found);
}

static void trials_free(struct trials *t)
{
    free(t->odds);
    free(t->scores);
    free(t->right);
}

/* Gradient descent on the likelihood; two numbers and a convex function need no more. */
void calibrate_fit(const struct names_model *model, const struct texts *texts, float *slope, float *offset)
{
    struct trials t = { 0 };
    double a = 1, b = 0;

    for (uint32_t i = 0; i < texts->n; i++)
        try_text(&t, model, &texts->all[i]);
    for (int round = 0; round < 500 && t.n > 0; round++) {
        double da = 0, db = 0;
        for (uint32_t i = 0; i < t.n; i++) {
            double error = 1 / (1 + (double)lattice_exp((float)-(a * (double)t.odds[i] + b))) - t.right[i];
            da += error * (double)t.odds[i];
            db += error;
        }
        a -= 0.1 * da / t.n;
        b -= 0.1 * db / t.n;
    }
    *slope = (float)(a < 0.05 ? 0.05 : a);
    *offset = (float)b;
    trials_free(&t);
}

void calibrate_print(const struct names_model *model, const struct texts *texts)
{
    struct trials t = { 0 };
    uint32_t n[10] = { 0 }, right[10] = { 0 };

    for (uint32_t i = 0; i < texts->n; i++)
        try_text(&t, model, &texts->all[i]);
    for (uint32_t i = 0; i < t.n; i++) {
        uint32_t tenth = (uint32_t)(t.scores[i] * 10);
        n[tenth < 10 ? tenth : 9]++;
        right[tenth < 10 ? tenth : 9] += t.right[i];
    }
    printf("%-14s %9s %9s\n", "score", "names", "right");
    for (uint32_t k = 0; k < 10; k++)
        if (n[k] > 0)
            printf("0.%u to %u.%u     %9u %9.3f\n", k, k == 9, (k + 1) % 10, n[k], (double)right[k] / n[k]);
    trials_free(&t);
}
