/* learn.c: see learn.h. The likelihood's gradient is the difference between two expectations: of each label where all of them are
 * open, and where only the gold ones are (which may be several: a source that doesn't tell types apart, or what it leaves out).
 * Step sizes are AdaGrad's (Duchi, Hazan and Singer 2011), features are dropped at random (Hinton et al. 2012), so that the many that
 * say the same share the weight; at some tokens all that tells which word it is is dropped together, so that what stands around a word and
 * what kind of word it is learn to do without; at others all but what the lists say, so that they do not only add to what the texts' own
 * words tell (after the feature bags of Sutton, Sindelar and McCallum 2006, "Reducing weight undertraining in structured discriminative
 * learning"); each learner's order and what it drops come from a generator with a
 * fixed seed, and the arithmetic is IEEE 754's basic operations in a fixed order. */
#include "plugins/entities/train/learn.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/lib/train/trainer.h"

#define DROPPED 0.5f
#define UNKNOWN 0.25f    /* of the tokens, as if their words had never been seen */
#define LISTED 0.2f      /* of the tokens in names of the lists, as if nothing else were known */
#define TOO_SMALL 0.004f /* a difference that is not worth a step */

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define VECTORS __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define VECTORS
#endif

/* Marsaglia's xorshift (2003). */
static uint32_t random_number(struct weights *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (uint32_t)(w->random >> 32);
}

/* Room for one sentence, twice: with all labels open and with the gold ones. */
struct desk {
    struct lattice free, gold;
    lattice_row *change;
    uint32_t *kept, *kept_starts;
    uint32_t room;
    struct transitions factors;
};

static void make_lattice(struct lattice *l)
{
    size_t rows = SENTENCE_MOST_TOKENS * sizeof(lattice_row);

    l->score = trainer_alloc(rows);
    l->factor = trainer_alloc(rows);
    l->ahead = trainer_alloc(rows);
    l->behind = trainer_alloc(rows);
    l->scale = trainer_alloc(SENTENCE_MOST_TOKENS * sizeof *l->scale);
    memset(l->score, 0, rows);
}

static void free_lattice(struct lattice *l)
{
    free(l->factor);
    free(l->ahead);
    free(l->behind);
    free(l->scale);
}

static void desk_make(struct desk *d)
{
    memset(d, 0, sizeof *d);
    make_lattice(&d->free);
    make_lattice(&d->gold);
    free(d->gold.score);
    d->gold.score = d->free.score;
    d->change = trainer_alloc(SENTENCE_MOST_TOKENS * sizeof *d->change);
    d->kept_starts = trainer_alloc((SENTENCE_MOST_TOKENS + 1) * sizeof *d->kept_starts);
}

static void desk_free(struct desk *d)
{
    free(d->free.score);
    free_lattice(&d->free);
    free_lattice(&d->gold);
    free(d->change);
    free(d->kept);
    free(d->kept_starts);
}

/* ---- Scores ------------------------------------------------------------------------------------------------------------ */

static bool by_chance(struct weights *w, float share)
{
    return share > 0 && (float)(random_number(w) >> 8) < share * (1 << 24);
}

/* What of a token's features is looked at. */
enum view { ALL, UNKNOWN_WORD, LIST_ONLY };

static bool is_seen(enum view view, uint32_t feature)
{
    return view == ALL || (view == UNKNOWN_WORD ? !(feature & EXAMPLE_OF_IDENTITY) : (feature & EXAMPLE_OF_LIST) != 0);
}

static uint32_t keep(struct weights *w, float dropped, enum view view, const uint32_t *features, uint32_t n,
                     uint32_t *kept)
{
    uint32_t k = 0;

    for (uint32_t i = 0; i < n; i++)
        if (is_seen(view, features[i]) && !by_chance(w, dropped))
            kept[k++] = features[i]; /* NOLINT(clang-analyzer-core.NullDereference): there is room for n */
    for (uint32_t i = 0; i < k; i++)
        kept[i] &= ~(EXAMPLE_OF_IDENTITY | EXAMPLE_OF_LIST);
    return k;
}

static enum view choose_view(struct weights *w, const uint32_t *features, uint32_t n, float dropped)
{
    bool is_listed = false;

    if (dropped == 0)
        return ALL;
    for (uint32_t i = 0; i < n && !is_listed; i++)
        is_listed = (features[i] & EXAMPLE_OF_LIST) != 0;
    if (is_listed && by_chance(w, LISTED))
        return LIST_ONLY;
    return by_chance(w, UNKNOWN) ? UNKNOWN_WORD : ALL;
}

/* The features of each token that are not dropped this time. */
static void choose_features(struct desk *d, struct weights *w, const struct example *e, bool with_votes, float dropped)
{
    uint32_t most = e->starts[e->n] + (with_votes ? e->vote_starts[e->n] : 0), n = 0;

    if (most > d->room)
        d->kept = trainer_grow(d->kept, (d->room = most * 2) * sizeof *d->kept);
    for (uint32_t i = 0; i < e->n; i++) {
        const uint32_t *features = e->features + e->starts[i];
        uint32_t n_features = e->starts[i + 1] - e->starts[i];
        enum view view = choose_view(w, features, n_features, dropped);
        d->kept_starts[i] = n;
        n += keep(w, dropped, view, features, n_features, d->kept + n);
        if (with_votes)
            n += keep(w, dropped, view, e->votes + e->vote_starts[i], e->vote_starts[i + 1] - e->vote_starts[i],
                      d->kept + n);
    }
    d->kept_starts[e->n] = n;
}

VECTORS static void sum_scores(const struct weights *w, const uint32_t *features, uint32_t n, float by, float *score)
{
    for (uint32_t k = 0; k < w->width; k++)
        score[k] = 0;
    for (uint32_t i = 0; i < n; i++) {
        const float *row = w->now + (size_t)features[i] * w->width;
        for (uint32_t k = 0; k < w->width; k++)
            score[k] += row[k];
    }
    for (uint32_t k = 0; k < w->width; k++)
        score[k] *= by;
}

static void read_scores(struct desk *d, const struct weights *w, const struct example *e, float by)
{
    for (uint32_t i = 0; i < e->n; i++)
        sum_scores(w, d->kept + d->kept_starts[i], d->kept_starts[i + 1] - d->kept_starts[i], by, d->free.score[i]);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------------- */

VECTORS static void step_row(float *weights, float *squares, const float *change, uint32_t width, float step)
{
    for (uint32_t k = 0; k < width; k++) {
        squares[k] += change[k] * change[k];
        weights[k] -= step * change[k] / (sqrtf(squares[k]) + 0.1f);
    }
}

/* The gradient of a Gaussian prior around where the weights began. */
VECTORS static void pull_row(float *weights, const float *home, uint32_t width, float by)
{
    for (uint32_t k = 0; k < width; k++)
        weights[k] -= by * (weights[k] - home[k]);
}

/* How much likelier each label is than it should be. False when there is nothing to learn. */
static bool find_changes(struct desk *d, const struct weights *w, const struct example *e)
{
    float most = 0;

    for (uint32_t i = 0; i < e->n; i++)
        for (uint32_t k = 0; k < w->width; k++) {
            float a = k < label_count(w->n_types) ? d->free.ahead[i][k] * d->free.behind[i][k] : 0,
                  b = k < label_count(w->n_types) ? d->gold.ahead[i][k] * d->gold.behind[i][k] : 0;
            d->change[i][k] = e->moving >> k & 1 ? a - b : 0;
            most = fabsf(a - b) > most ? fabsf(a - b) : most;
        }
    return most > TOO_SMALL;
}

static void step_one(float *weight, float *squares, float change, float step)
{
    *squares += change * change;
    *weight -= step * change / (sqrtf(*squares) + 0.1f);
}

/* Adds the expected transitions before token i, times `by`. */
VECTORS static void expect(const struct lattice *l, const struct transitions *f, uint32_t i, float by,
                           struct transitions *sum)
{
    uint32_t n = f->n_types, openers = label_openers(n);
    float next[NAME_ROW];
    const float *before = l->ahead[i - 1];

    for (uint32_t k = 0; k < NAME_ROW; k++)
        next[k] = l->factor[i][k] * l->behind[i][k] * l->scale[i] * by;
    for (uint32_t c = 0; c < openers; c++)
        if (before[n + c] > 1e-6f)
            for (uint32_t k = 0; k < OPENER_ROW; k++)
                sum->open[c][k] += before[n + c] * f->open[c][k] * next[k];
    for (uint32_t t = 0; t < n; t++) {
        uint32_t inside = label_make(n, t, PLACE_INSIDE), last = label_make(n, t, PLACE_LAST);
        sum->inside[t] += before[t] * f->inside[t] * next[inside];
        sum->last[t] += before[t] * f->last[t] * next[last];
        sum->inside_inside[t] += before[inside] * f->inside_inside[t] * next[inside];
        sum->inside_last[t] += before[inside] * f->inside_last[t] * next[last];
    }
}

static void step_transitions(struct desk *d, struct weights *w, const struct example *e)
{
    static const struct transitions nothing;
    struct transitions change = nothing, *now = &w->transitions, *squares = &w->transition_squares;
    uint32_t openers = label_openers(w->n_types);

    for (uint32_t i = 1; i < e->n; i++) {
        expect(&d->free, &d->factors, i, 1, &change);
        expect(&d->gold, &d->factors, i, -1, &change);
    }
    for (uint32_t c = 0; c < openers; c++)
        for (uint32_t k = 0; k < openers; k++)
            if ((e->moving >> (w->n_types + c) | e->moving >> k) & 1)
                step_one(&now->open[c][k], &squares->open[c][k], change.open[c][k], w->step);
    for (uint32_t t = 0; t < w->n_types; t++) {
        if (!(e->moving >> t & 1))
            continue;
        step_one(&now->inside[t], &squares->inside[t], change.inside[t], w->step);
        step_one(&now->last[t], &squares->last[t], change.last[t], w->step);
        step_one(&now->inside_inside[t], &squares->inside_inside[t], change.inside_inside[t], w->step);
        step_one(&now->inside_last[t], &squares->inside_last[t], change.inside_last[t], w->step);
    }
}

static void learn_example(struct desk *d, struct weights *w, const struct example *e, bool with_votes)
{
    choose_features(d, w, e, with_votes, DROPPED);
    read_scores(d, w, e, 1 / (1 - DROPPED));
    transitions_exp(&d->factors, &w->transitions);
    lattice_factors(&d->free, w->n_types, e->n, e->open);
    lattice_factors(&d->gold, w->n_types, e->n, e->gold);
    if (!lattice_sums(&d->free, &d->factors, e->n) || !lattice_sums(&d->gold, &d->factors, e->n) ||
        !find_changes(d, w, e))
        return;
    step_transitions(d, w, e);
    for (uint32_t i = 0; i < e->n; i++) {
        float most = 0;
        for (uint32_t k = 0; k < w->width; k++)
            most = fabsf(d->change[i][k]) > most ? fabsf(d->change[i][k]) : most;
        for (uint32_t f = d->kept_starts[i]; f < d->kept_starts[i + 1] && most > TOO_SMALL; f++) {
            size_t at = (size_t)d->kept[f] * w->width;
            step_row(w->now + at, w->squares + at, d->change[i], w->width, w->step);
            if (w->home)
                pull_row(w->now + at, w->home + at, w->width, w->pull);
        }
    }
}

/* ---- Epochs ------------------------------------------------------------------------------------------------------------ */

static bool is_aside(const struct learning *l, const struct example *e)
{
    return l->folds > 0 && e->text % l->folds == l->fold;
}

static uint32_t *shuffled(struct weights *w, uint32_t n)
{
    uint32_t *order = trainer_alloc(n * sizeof *order);

    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = random_number(w) % i, t = order[i - 1];
        order[i - 1] = order[j];
        order[j] = t;
    }
    return order;
}

/* A thread that learns. */
struct work {
    struct learner *learner;
    uint32_t epoch;
    void (*progress)(double share); /* or NULL */
    pthread_t thread;
};

static void *learn_once(void *data)
{
    const struct work *work = data;
    struct weights *w = &work->learner->weights;
    const struct learning *l = &work->learner->learning;
    uint32_t *order = shuffled(w, l->examples->n);
    struct desk desk;

    desk_make(&desk);
    for (uint32_t i = 0; i < l->examples->n; i++) {
        const struct example *e = &l->examples->all[order[i]];
        if (work->progress && i % 256 == 0)
            work->progress((double)i / l->examples->n);
        if (is_aside(l, e) || (e->caseless && (e->text + work->epoch) % 2 == 0)) /* the second dress every other time */
            continue;
        learn_example(&desk, w, e, l->with_votes && random_number(w) % 2 == 0);
    }
    desk_free(&desk);
    free(order);
    return NULL;
}

void learn_epoch(struct learner *learners, uint32_t n, uint32_t epoch, void (*progress)(double share))
{
    struct work *works = trainer_alloc(n * sizeof *works);

    for (uint32_t i = 0; i < n; i++) {
        works[i] = (struct work) { .learner = &learners[i], .epoch = epoch, .progress = i == 0 ? progress : NULL };
        int error = pthread_create(&works[i].thread, NULL, learn_once, &works[i]);
        if (error != 0)
            trainer_fail("no thread can be started to learn in: %s", strerror(error));
    }
    for (uint32_t i = 0; i < n; i++)
        pthread_join(works[i].thread, NULL);
    free(works);
}

void learn_label(const struct learner *learner)
{
    const struct learning *l = &learner->learning;
    struct weights w = learner->weights;
    struct desk desk;

    desk_make(&desk);
    for (uint32_t i = 0; i < l->examples->n; i++) {
        const struct example *e = &l->examples->all[i];
        if (!is_aside(l, e))
            continue;
        choose_features(&desk, &w, e, false, 0);
        read_scores(&desk, &w, e, 1);
        for (uint32_t t = 0; t < e->n; t++)
            if ((e->open[t] & (e->open[t] - 1)) == 0)
                desk.free.score[t][label_outside(w.n_types)] += 60;
        lattice_best(&desk.free, &w.transitions, e->n, l->examples->labels[2 * e->text + e->caseless] + e->token);
    }
    desk_free(&desk);
}
