/* train.c: learns a model, in two steps: models of halves of the texts give the other halves a first reading, as one that has not seen
 * them would (jackknifing); then the model itself learns both readings. Several learn it side by side, each in an order of its own and with
 * other features dropped, and the model is the mean of their weights over the later epochs (Polyak and Juditsky 1992): what one of them has learned by
 * chance, the others have not (Breiman 1996, "Bagging predictors"). After each epoch this mean is tried on the dev texts; the best is kept, and the
 * end is when PATIENCE epochs have not been better. */
#include "plugins/entities/train/train.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/entities/train/base.h"
#include "plugins/entities/train/calibrate.h"
#include "plugins/entities/train/compile.h"
#include "plugins/entities/train/frequent.h"
#include "plugins/entities/train/learn.h"
#include "plugins/entities/train/locality.h"
#include "plugins/entities/train/progress.h"
#include "plugins/entities/train/score.h"
#include "plugins/entities/train/write.h"
#include "plugins/lib/train/trainer.h"

#define FOLDS 2u
#define FOLD_EPOCHS 6u
#define FIRST_MEAN 3u
#define PATIENCE 5u
#define BASE_PULL \
    0.0005f /* 0.0003 and none were as good on the texts' own domain, but forgot more of the others; 0.01 learned less */
#define LEAST_TEXTS 10u      /* of which some are set aside when no --dev is given */
#define ASIDE 5u             /* one of so many */
#define LEAST_COUNT 1u       /* of a feature */
#define LEAST_COUNT_LARGE 3u /* where there are many texts */
#define LEAST_COUNT_HUGE 4u  /* where many were made, which say the same more often */
#define MANY_TOKENS 500000u
#define MADE_TOKENS 1500000u
#define LEAST_WEIGHT 2

struct training {
    const struct train_wishes *wishes;
    struct types_table types;
    struct texts train, dev;
    struct base base; /* when wishes->base */
    float *home;      /* its weights of the examples' features */
    uint32_t n_home;  /* how many features these are */
    struct knowledge_bytes bytes;
    struct knowledge known;
    struct examples examples;
    uint32_t least;
    unsigned char *best;
    size_t best_length;
    double best_f1;
};

/* ---- Reading ----------------------------------------------------------------------------------------------------------- */

/* A model's knowledge, as it is in its file. */
static struct knowledge_bytes knowledge_of(const char *file)
{
    struct names_model model;
    char reason[300];
    size_t length;
    const char *bytes = trainer_load(file, &length);

    if (!bytes)
        trainer_fail("%s: cannot be read: %s", file, strerror(errno));
    if (names_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("%s: %s", file, reason);
    size_t n = model.head->n_knowledge_bytes;
    return (struct knowledge_bytes) { model.knowledge, n };
}

/* A type of the table that none of the texts tells would never be learned not to be: its weights of zero would win everywhere. */
static void drop_untold_types(struct training *t)
{
    uint16_t told = t->wishes->base ? base_types(&t->base) : 0;

    for (uint32_t i = 0; i < t->types.n_sources; i++)
        told |= t->types.sources[i]->labelled;
    if (told == (1u << t->types.n_types) - 1)
        return;
    types_table_keep(&t->types, told);
    for (uint32_t i = 0; i < t->train.n; i++)
        for (uint32_t k = 0; k < t->train.all[i].n_names; k++)
            t->train.all[i].names[k].types = types_squeeze(t->train.all[i].names[k].types, told);
}

/* Without --dev, each fifth text serves to choose the best epoch by, and is not learned from. */
static void set_aside(struct training *t)
{
    uint32_t kept = 0;

    if (t->train.n < LEAST_TEXTS)
        trainer_fail("%u texts are too few to set some aside for choosing the best epoch: label %u or more, or give "
                     "others with --dev",
                     t->train.n, LEAST_TEXTS);
    t->dev.all = trainer_alloc((t->train.n / ASIDE) * sizeof *t->dev.all);
    for (uint32_t i = 0; i < t->train.n; i++)
        if (i % ASIDE == ASIDE - 1)
            t->dev.all[t->dev.n++] = t->train.all[i];
        else
            t->train.all[kept++] = t->train.all[i];
    t->train.n = kept;
}

/* There must be something to learn, or to choose by. */
static void need_names(const struct texts *texts, const char *option)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < texts->n; i++)
        n += texts->all[i].n_names;
    if (texts->n > 0 && n == 0)
        trainer_fail("no name is marked in the %u texts of %s: label them first", texts->n, option);
}

/* What the types are, since one that is spelt wrongly is a new one. */
static void say_types(const struct training *t)
{
    uint32_t n = t->wishes->base ? t->base.model.n_types : 0, told = 0;

    for (uint32_t i = 0; i < t->types.n_sources; i++)
        told |= t->types.sources[i]->labelled;
    for (uint32_t k = 0; k < t->types.n_types; k++)
        if (told >> k & 1 && k < n)
            printf("  %-15s which the base has, too\n", t->types.names[k]);
        else if (told >> k & 1 && t->wishes->base)
            printf("  %-15s new; begins as the base's %s\n", t->types.names[k], t->types.names[t->base.twins[k]]);
}

static void read_all(struct training *t)
{
    const struct train_wishes *w = t->wishes;
    uint64_t tokens = 0;

    texts_use_segmenter(w->segmenter);
    if (w->base) {
        base_open(&t->base, w->base);
        base_add_types(&t->base, &t->types);
        t->types.is_continued = true;
    }
    if (w->types)
        types_table_read(&t->types, w->types);
    if (w->vectors)
        t->bytes.bytes = compile_knowledge(w->vectors, w->list, &t->bytes.length);
    else if (w->knowledge)
        t->bytes = knowledge_of(w->knowledge);
    if (t->bytes.length > 0 && knowledge_open(&t->known, t->bytes.bytes, t->bytes.length) != t->bytes.length)
        trainer_fail("the knowledge's parts do not fit together");
    for (int i = 0; i < w->n_train; i++)
        texts_read(&t->train, &t->types, w->train[i]);
    need_names(&t->train, "--train");
    drop_untold_types(t);
    if (t->train.n == 0 || t->types.n_types == 0)
        trainer_fail("there is nothing to learn from in these files");
    t->types.is_fixed = true;
    if (w->base)
        base_find_twins(&t->base, &t->types, &t->train);
    for (int i = 0; i < w->n_dev; i++)
        texts_read(&t->dev, &t->types, w->dev[i]);
    if (w->n_dev == 0)
        set_aside(t);
    need_names(&t->dev, "--dev");
    for (uint32_t i = 0; i < t->train.n; i++)
        tokens += t->train.all[i].input.n_tokens;
    t->least = tokens > MADE_TOKENS ? LEAST_COUNT_HUGE : tokens > MANY_TOKENS ? LEAST_COUNT_LARGE : LEAST_COUNT;
    printf("%u texts of %llu tokens to learn from, %u to try it on, %u types\n", t->train.n, (unsigned long long)tokens,
           t->dev.n, t->types.n_types);
    if (w->base)
        say_types(t);
}

/* The epoch from which on weights are averaged. A base is a good beginning. */
static uint32_t first_mean(const struct training *t)
{
    return t->wishes->base ? 1 : FIRST_MEAN;
}

/* ---- Learning ---------------------------------------------------------------------------------------------------------- */

/* The weights begin as the base's, which then draws them back, so that they leave it only as far as the texts ask for (Chelba and Acero 2006,
 * "Adaptation of maximum entropy capitalizer"). */
static void start(struct training *t, struct weights *w)
{
    if (!t->wishes->base)
        return;
    base_start(&t->base, &t->examples, w);
    size_t bytes = (size_t)w->n_features * w->width * sizeof *w->now;
    if (t->n_home != w->n_features) { /* else the learner before has made it: they share it */
        t->home = memcpy(trainer_grow(t->home, bytes), w->now, bytes);
        t->n_home = w->n_features;
    }
    w->home = t->home;
    w->pull = BASE_PULL;
}

static void read_first(struct training *t)
{
    struct learner learners[FOLDS];
    struct mean means[FOLDS];

    for (uint32_t fold = 0; fold < FOLDS; fold++) {
        learners[fold].learning = (struct learning) { &t->examples, fold, FOLDS, false };
        weights_make(&learners[fold].weights, t->types.n_types, t->examples.n_features, fold + 2);
        mean_make(&means[fold], t->types.n_types, t->examples.n_features);
        start(t, &learners[fold].weights);
    }
    for (uint32_t epoch = 0; epoch < FOLD_EPOCHS; epoch++) {
        progress_stage("first reading", epoch * 0.3 / FOLD_EPOCHS, (epoch + 1) * 0.3 / FOLD_EPOCHS);
        learn_epoch(learners, FOLDS, epoch, progress_show);
        for (uint32_t fold = 0; fold < FOLDS && epoch >= first_mean(t); fold++)
            mean_add(&means[fold], &learners[fold].weights);
    }
    for (uint32_t fold = 0; fold < FOLDS; fold++) {
        mean_take(&means[fold], &learners[fold].weights);
        learn_label(&learners[fold]);
        weights_free(&learners[fold].weights);
        mean_free(&means[fold]);
    }
}

/* The model of these weights, calibrated. */
static unsigned char *make_model(const struct training *t, const struct mean *mean, size_t *length,
                                 struct names_model *model)
{
    unsigned char *bytes = write_model(mean, &t->examples, &t->types, &t->bytes, LEAST_WEIGHT, length);
    struct model_names_head *head = (struct model_names_head *)(void *)(bytes + sizeof(struct model_file_head));
    struct model_calibration name, type;
    char reason[300];

    model_file_seal(&names_model_kind, bytes, *length);
    if (names_model_open(model, bytes, *length, reason, sizeof reason) != 0)
        trainer_fail("the model that was made is wrong: %s", reason);
    calibrate_fit(model, &t->dev, &name, &type);
    head->name = name;
    head->type = type;
    return bytes;
}

static struct score score_dev(const struct training *t, const struct names_model *model)
{
    struct score score = { 0 };

    for (uint32_t i = 0; i < t->dev.n; i++)
        score_text(&score, model, &t->dev.all[i], ENTITY_MIN_SCORE);
    return score;
}

/* Whether the model is better than all before it; then it is kept. */
static bool try_model(struct training *t, const struct mean *mean, uint32_t epoch)
{
    struct names_model model;
    size_t length;
    unsigned char *bytes = make_model(t, mean, &length, &model);
    struct score score = score_dev(t, &model);

    progress_clear();
    printf("epoch %2u   F1 on dev %6.2f\n", epoch + 1, score_f1(&score.all));
    fflush(stdout);
    if (t->best && score_f1(&score.all) <= t->best_f1) {
        free(bytes);
        return false;
    }
    free(t->best);
    t->best = bytes;
    t->best_length = length;
    t->best_f1 = score_f1(&score.all);
    return true;
}

static void read_second(struct training *t)
{
    uint32_t n = (uint32_t)t->wishes->learners, epochs = (uint32_t)t->wishes->epochs, worse = 0;
    struct learner *learners = trainer_alloc(n * sizeof *learners);
    struct mean mean;

    mean_make(&mean, t->types.n_types, t->examples.n_features);
    for (uint32_t i = 0; i < n; i++) {
        learners[i].learning = (struct learning) { &t->examples, 0, 0, true };
        weights_make(&learners[i].weights, t->types.n_types, t->examples.n_features, 1 + 10 * i);
        start(t, &learners[i].weights);
    }
    if (t->wishes->base) { /* how good it is by itself: what is learned must be better */
        mean.base = &t->base;
        mean_add(&mean, &learners[0].weights);
        try_model(t, &mean, UINT32_MAX);
        mean_empty(&mean);
    }
    for (uint32_t epoch = 0; epoch < epochs && worse < PATIENCE; epoch++) {
        progress_stage("learning", 0.3 + 0.7 * epoch / epochs, 0.3 + 0.7 * (epoch + 1) / epochs);
        learn_epoch(learners, n, epoch, progress_show);
        if (epoch < first_mean(t) && epoch + 1 < epochs)
            continue;
        for (uint32_t i = 0; i < n; i++)
            mean_add(&mean, &learners[i].weights);
        worse = try_model(t, &mean, epoch) ? 0 : worse + 1;
    }
    for (uint32_t i = 0; i < n; i++)
        weights_free(&learners[i].weights);
    free(learners);
    mean_free(&mean);
}

/* Says how the best model does, and writes it. */
static void finish(struct training *t)
{
    struct names_model model;
    struct score score;
    char reason[300];

    model_file_seal(&names_model_kind, t->best, t->best_length);
    frequent_put(&t->best, &t->best_length, &t->train, t->wishes->base ? &t->base.model.frequent : NULL);
    locality_sort(t->best, t->best_length, &t->train);
    if (names_model_open(&model, t->best, t->best_length, reason, sizeof reason) != 0)
        trainer_fail("the model that was made is wrong: %s", reason);
    score = score_dev(t, &model);
    score_print(&score, &model, stdout);
    trainer_write(t->wishes->out, &names_model_kind, t->best, t->best_length);
    printf("%s: %zu bytes, %u features\n", t->wishes->out, t->best_length, model.head->n_features);
}

int train_frequent(const struct train_wishes *w)
{
    struct types_table types = { 0 };
    struct texts texts = { 0 };
    size_t length;
    unsigned char *bytes = trainer_need(w->frequent, &length);

    texts_use_segmenter(w->segmenter);
    if (w->types)
        types_table_read(&types, w->types);
    for (int i = 0; i < w->n_train; i++)
        texts_read(&texts, &types, w->train[i]);
    frequent_put(&bytes, &length, &texts, NULL);
    locality_sort(bytes, length, &texts);
    trainer_write(w->out, &names_model_kind, bytes, length);
    printf("%s: %zu bytes\n", w->out, length);
    texts_free(&texts);
    free(bytes);
    return 0;
}

int train(const struct train_wishes *wishes)
{
    struct training *t = trainer_alloc(sizeof *t);

    memset(t, 0, sizeof *t);
    t->wishes = wishes;
    progress_stage("reading", 0, 0);
    read_all(t);
    examples_make(&t->examples, &t->train, &t->known, &t->types, t->least);
    read_first(t);
    examples_add_votes(&t->examples, &t->train, &t->known, t->least);
    read_second(t);
    finish(t);
    examples_free(&t->examples, &t->train);
    texts_free(&t->train);
    texts_free(&t->dev);
    free(t->best);
    free(t->home);
    free(t);
    return 0;
}
