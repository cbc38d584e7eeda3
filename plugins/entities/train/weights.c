/* weights.c: see weights.h. */
#include "plugins/entities/train/weights.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

#define STEP 0.12f

static uint32_t width_of(uint32_t n_types)
{
    return (label_count(n_types) + 7) & ~7u;
}

static float *make_rows(uint32_t n_types, uint32_t n_features)
{
    float *rows = calloc((size_t)n_features * width_of(n_types), sizeof *rows);

    if (!rows)
        trainer_fail("no memory for %u features of %u labels", n_features, width_of(n_types));
    return rows;
}

void weights_make(struct weights *w, uint32_t n_types, uint32_t n_features, uint64_t seed)
{
    *w = (struct weights) {
        .n_types = n_types,
        .n_features = n_features,
        .width = width_of(n_types),
        .now = make_rows(n_types, n_features),
        .squares = make_rows(n_types, n_features),
        .transitions.n_types = n_types,
        .step = STEP,
        .random = seed * 0x9E3779B97F4A7C15ull + 88172645463325252ull,
    };
}

void weights_free(struct weights *w)
{
    free(w->now);
    free(w->squares);
}

void mean_make(struct mean *mean, uint32_t n_types, uint32_t n_features)
{
    *mean = (struct mean) {
        .n_types = n_types,
        .n_features = n_features,
        .width = width_of(n_types),
        .sum = make_rows(n_types, n_features),
    };
}

void mean_free(struct mean *mean)
{
    free(mean->sum);
}

void mean_empty(struct mean *mean)
{
    memset(mean->sum, 0, (size_t)mean->n_features * mean->width * sizeof *mean->sum);
    mean->transitions = (struct transitions) { .n_types = mean->n_types };
    mean->n = 0;
}

/* to += from * by */
static void add_array(float *to, const float *from, size_t n, float by)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i] * by;
}

static void add_transitions(struct transitions *to, const struct transitions *from, float by)
{
    add_array(&to->open[0][0], &from->open[0][0], OPENER_ROW * OPENER_ROW, by);
    add_array(to->inside, from->inside, NAME_MOST_TYPES, by);
    add_array(to->last, from->last, NAME_MOST_TYPES, by);
    add_array(to->inside_inside, from->inside_inside, NAME_MOST_TYPES, by);
    add_array(to->inside_last, from->inside_last, NAME_MOST_TYPES, by);
}

void mean_add(struct mean *mean, const struct weights *w)
{
    add_array(mean->sum, w->now, (size_t)w->n_features * w->width, 1);
    add_transitions(&mean->transitions, &w->transitions, 1);
    mean->n++;
}

void mean_take(const struct mean *mean, struct weights *w)
{
    size_t n = (size_t)w->n_features * w->width;
    float by = mean->n > 0 ? 1 / (float)mean->n : 1;

    memset(w->now, 0, n * sizeof *w->now);
    w->transitions = (struct transitions) { .n_types = w->n_types };
    add_array(w->now, mean->sum, n, by);
    add_transitions(&w->transitions, &mean->transitions, by);
}
