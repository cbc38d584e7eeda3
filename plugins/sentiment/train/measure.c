/* measure.c: how well models do: Pearson's r of the scores, macro-F1 of the labels, and how far confidence and truth are apart. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

#define FOLDS 10u
#define BINS 10

struct tally {
    double n, x, y, xx, yy, xy;
    double counts[N_LABELS][N_LABELS];
    double n_bin[BINS], sure[BINS], right[BINS];
};

static void take(struct tally *t, const struct sentiment_model *model, const struct example *e, unsigned genres)
{
    struct vocabulary vocabulary;
    struct sentiment_input input = example_input(e, genres);
    struct sentiment_output output = { .sentences = trainer_alloc(e->n_sentences * sizeof(struct verdict)) };

    vocabulary_make(&vocabulary, model, NULL);
    sentiment_read(&vocabulary, &input, &output);
    free(output.sentences);
    float score = score_of(model, &output.text, output.genres);
    enum sentiment_label label = score_label(score, -0.05f, 0.05f);
    double sure = (double)score_confidence(model, score, label, output.genres), x = (double)score, y = (double)e->mean;
    int bin = (int)(sure * BINS) < BINS ? (int)(sure * BINS) : BINS - 1;
    t->n++;
    t->x += x;
    t->y += y;
    t->xx += x * x;
    t->yy += y * y;
    t->xy += x * y;
    t->counts[e->label][label]++;
    t->n_bin[bin]++;
    t->sure[bin] += sure;
    t->right[bin] += label == e->label;
}

static void print(const char *name, const struct tally *t)
{
    double f1 = 0, right = 0, apart = 0;
    double r = (t->xy - t->x * t->y / t->n) / sqrt((t->xx - t->x * t->x / t->n) * (t->yy - t->y * t->y / t->n));

    for (int k = 0; k < N_LABELS; k++) {
        double both = 0;
        for (int j = 0; j < N_LABELS; j++)
            both += t->counts[k][j] + t->counts[j][k];
        f1 += both > 0 ? 2 * t->counts[k][k] / both / N_LABELS : 0;
        right += t->counts[k][k];
    }
    for (int b = 0; b < BINS; b++)
        apart += fabs(t->sure[b] - t->right[b]) / t->n;
    printf("%-28s %6.0f %8.4f %9.4f %9.4f %7.3f\n", name, t->n, r, f1, right / t->n, apart);
}

static void print_head(void)
{
    printf("%-28s %6s %8s %9s %9s %7s\n", "", "texts", "r", "macro-F1", "accuracy", "ECE");
}

static void open_model(struct sentiment_model *model, const char *name, const void *bytes, size_t length)
{
    char reason[200];

    if (sentiment_model_open(model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", name, reason);
}

int measure_files(const char *model_file, char **files, int n_files)
{
    size_t length;
    void *bytes = trainer_load(model_file, &length);
    struct sentiment_model model;

    if (!bytes)
        trainer_fail("%s: cannot be read", model_file);
    open_model(&model, model_file, bytes, length);
    print_head();
    for (int i = 0; i < n_files; i++) {
        struct examples x = { 0 };
        struct tally t = { 0 };
        const char *name = strrchr(files[i], '/');
        examples_read(&x, files[i], GENRE_POST, 1);
        for (uint32_t k = 0; k < x.n; k++)
            take(&t, &model, &x.all[k], ~0u);
        print(name ? name + 1 : files[i], &t);
    }
    free(bytes);
    return 0;
}

int measure_folds(const struct table *table, struct examples *x)
{
    static const char *const names[N_GENRES] = { "tweets", "amazon", "movie", "nyt" };
    static const unsigned told[N_GENRES] = { 1u << GENRE_POST, 1u << GENRE_PRODUCT | 1u << GENRE_FILM,
                                             1u << GENRE_PRODUCT | 1u << GENRE_FILM, 1u << GENRE_NEWS };
    static struct tally tallies[N_GENRES][2];

    for (uint32_t fold = 0; fold < FOLDS; fold++) {
        struct sentiment_model model;
        size_t length;
        unsigned char *bytes = learn(table, x, 1u << fold, &length);
        model_file_seal(&sentiment_model_kind, bytes, length);
        open_model(&model, "a fold", bytes, length);
        for (uint32_t i = 0; i < x->n; i++)
            if (x->all[i].fold == fold) {
                take(&tallies[x->all[i].genre][0], &model, &x->all[i], ~0u);
                take(&tallies[x->all[i].genre][1], &model, &x->all[i], told[x->all[i].genre]);
            }
        free(bytes);
        fprintf(stderr, "fold %u of %u\n", fold + 1, FOLDS);
    }
    print_head();
    for (int g = 0; g < N_GENRES; g++)
        for (int k = 0; k < 2; k++) {
            char name[40];
            snprintf(name, sizeof name, "%s, domain %s", names[g], k ? "told" : "auto");
            print(name, &tallies[g][k]);
        }
    return 0;
}
