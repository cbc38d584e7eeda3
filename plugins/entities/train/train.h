/* train.h: the things that entities-train does. Both return its exit code. */
#ifndef ENTITIES_TRAIN_TRAIN_H
#define ENTITIES_TRAIN_TRAIN_H

#include <stdbool.h>

#define MOST_FILES 60

struct train_wishes {
    const char *train[MOST_FILES], *dev[MOST_FILES]; /* FILE or FILE=LICENCE each */
    int n_train, n_dev;
    const char *out;
    const char *types;          /* NULL: types have the names that they have in the files */
    const char *knowledge;      /* a model whose knowledge is taken over; NULL: none */
    const char *vectors, *list; /* instead: what knowledge is compiled of; NULL: nothing */
    const char *base;           /* the model to start from; NULL: nothing */
    const char *frequent;       /* instead of learning: the model whose frequent words are counted anew; NULL: none */
    const char *segmenter;
    int epochs, learners;
};

int train(const struct train_wishes *wishes);
int train_frequent(const struct train_wishes *wishes);

struct evaluate_wishes {
    const char *model, *files[MOST_FILES];
    int n_files;
    const char *types, *segmenter;
    const char *predictions; /* NULL: none are written */
    double min_score;
};

int evaluate(const struct evaluate_wishes *wishes);

#endif
