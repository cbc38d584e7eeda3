/* calibrate.c: see calibrate.h. */
#include "plugins/entities/train/calibrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "plugins/entities/train/score.h"
#include "plugins/lib/train/trainer.h"

/* Probabilities, and whether what they are of was right. */
struct trials {
    float *p;
    uint8_t *right;
    uint32_t n, room;
};

static void add(struct trials *t, float p, bool right)
{
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        t->p = trainer_grow(t->p, t->room * sizeof *t->p);
        t->right = trainer_grow(t->right, t->room);
    }
    t->p[t->n] = p;
    t->right[t->n++] = right;
}

static void trials_free(struct trials *t)
{
    free(t->p);
    free(t->right);
}

/* What is tried on texts: is it a name; is a name of this type; is it a name of this type? */
struct trial_of {
    struct trials name, type, both;
};

/* Names of types that the text's source does not tell are nobody's to judge, and so are those that it leaves out. */
static void try_text(struct trial_of *t, const struct names_model *model, const struct text *text)
{
    uint32_t n, gold = 0;
    struct entity *found = score_find(model, text, &n);

    for (uint32_t i = 0; i < n; i++) {
        uint32_t type = score_type(model, found[i].type);
        const struct gold *same = score_same_span(text, &found[i], &gold);
        if (!(text->source->labelled >> type & 1) || (same && same->types == 0))
            continue;
        bool right = same && same->types >> type & 1;
        add(&t->name, found[i].name_score, same != NULL);
        add(&t->both, found[i].score, right);
        if (same)
            add(&t->type, found[i].score / found[i].name_score, right);
    }
    free(found);
}

static struct trial_of try_texts(const struct names_model *model, const struct texts *texts)
{
    struct trial_of t = { 0 };

    for (uint32_t i = 0; i < texts->n; i++)
        try_text(&t, model, &texts->all[i]);
    return t;
}

static void trial_of_free(struct trial_of *t)
{
    trials_free(&t->name);
    trials_free(&t->type);
    trials_free(&t->both);
}

/* Gradient descent on the likelihood; two numbers and a convex function need no more. */
static struct model_calibration fit(const struct trials *t)
{
    double a = 1, b = 0;

    for (int round = 0; round < 500 && t->n > 0; round++) {
        double da = 0, db = 0;
        for (uint32_t i = 0; i < t->n; i++) {
            double odds = (double)lattice_odds(t->p[i]);
            double error = 1 / (1 + (double)lattice_exp((float)-(a * odds + b))) - t->right[i];
            da += error * odds;
            db += error;
        }
        a -= 0.1 * da / t->n;
        b -= 0.1 * db / t->n;
    }
    return (struct model_calibration) { (float)(a < 0.05 ? 0.05 : a), (float)b };
}

void calibrate_fit(const struct names_model *model, const struct texts *texts, struct model_calibration *name,
                   struct model_calibration *type)
{
    struct trial_of t = try_texts(model, texts);

    *name = fit(&t.name);
    *type = fit(&t.type);
    trial_of_free(&t);
}

static void print(const char *what, const struct trials *t)
{
    uint32_t n[10] = { 0 }, right[10] = { 0 };

    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t tenth = (uint32_t)(t->p[i] * 10);
        n[tenth < 10 ? tenth : 9]++;
        right[tenth < 10 ? tenth : 9] += t->right[i];
    }
    printf("%-14s %9s %9s\n", what, "names", "right");
    for (uint32_t k = 0; k < 10; k++)
        if (n[k] > 0)
            printf("0.%u to %u.%u     %9u %9.3f\n", k, k == 9, (k + 1) % 10, n[k], (double)right[k] / n[k]);
}

void calibrate_print(const struct names_model *model, const struct texts *texts)
{
    struct trial_of t = try_texts(model, texts);

    print("name_score", &t.name);
    putchar('\n');
    print("score", &t.both);
    trial_of_free(&t);
}
