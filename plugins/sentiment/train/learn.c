/* learn.c: from labelled texts to a model: regressions of polarity, of neutrality and of the genre; then, on
 * predictions for texts that the regression had not seen, where neutral ends and how sure a label is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/sentiment/train/train.h"

#define INNER_FOLDS 5u
#define N_EDGES 46 /* that are tried */
#define EDGE_STEP 0.02f
#define NEIGHBOURS 4 /* to either side of an edge */
/* Who rates films by five classes calls more of them neutral than who rates from -4 to 4: by this both are met
 * halfway. */
#define FILM_WIDER 0.06f
#define SPREAD 3.0f      /* steps; scores so far away still count for the confidence at a step */
#define PRIOR_TEXTS 3.0f /* of the genre's usual labels */
#define LITTLE 10.0f     /* a pair's weights below so many of 127 steps are worth no search */

static struct weights *fit(const struct examples *x, uint32_t without, enum target target, enum genre genre)
{
    struct weights *w = trainer_alloc(sizeof *w);

    ridge_fit(w, x, without, target, genre);
    return w;
}

/* ---- The model's numbers
 * ----------------------------------------------------------------------------------------------- */

static void put_lane(struct sentiment_content *c, int lane, const struct weights *w, bool has_genres, enum genre genre)
{
    c->bias[lane] = w->bias[0] + (has_genres ? w->bias[1 + genre] : 0);
    for (int k = 0; k < N_OUTCOMES; k++)
        c->outcomes[k][lane] = w->outcomes[0][k] + (has_genres ? w->outcomes[1 + genre][k] : 0);
}

static uint8_t quantised(float weight, float unit)
{
    float x = weight / unit;

    x = x > 127 ? 127 : x < -127 ? -127 : x;
    return (uint8_t)((int)(x < 0 ? x - 0.5f : x + 0.5f) + (int)ENTRY_BIAS);
}

/* A sum of four weights in an entry, for each genre, or for the genre alone that they are about. */
struct column {
    enum target target;
    bool is_denied;
    int sum;
};

static const struct column columns[] = {
    { TARGET_POLARITY, false, SUM_POLARITY },
    { TARGET_POLARITY, true, SUM_POLARITY },
    { TARGET_NEUTRAL, false, SUM_NEUTRAL },
    { TARGET_GENRE, false, SUM_GENRE },
};
#define N_COLUMNS (sizeof columns / sizeof columns[0])

/* What was learned of a slot's word. */
struct learned {
    uint32_t slot, times; /* heard so often */
    float weights[N_COLUMNS][N_GENRES];
};

static int by_times(const void *a, const void *b)
{
    const struct learned *x = a, *y = b;

    if (x->times != y->times)
        return x->times > y->times ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Of each slot, in the order that their entries get: see model.h. */
static struct learned *learned_of(const struct table *table, const struct examples *x, struct weights *const *w)
{
    struct learned *all = trainer_alloc(table->n * sizeof *all);

    memset(all, 0, table->n * sizeof *all);
    for (uint32_t i = 0; i < x->n; i++)
        for (uint32_t k = 0; k < x->all[i].n_told; k++)
            all[x->all[i].told[k].slot].times++;
    for (uint32_t slot = 0; slot < table->n; slot++) {
        all[slot].slot = slot;
        for (size_t k = 0; k < N_COLUMNS && !table_is_degree(&table->entries[slot]); k++)
            for (int g = 0; g < N_GENRES; g++) {
                const struct column *column = &columns[k];
                const struct weights *from = w[column->target == TARGET_GENRE ? TARGET_GENRE + g : (int)column->target];
                all[slot].weights[k][g] =
                    ridge_word(from, table, slot, column->is_denied, column->target, (enum genre)g);
            }
    }
    qsort(all, table->n, sizeof *all, by_times);
    return all;
}

static void find_units(struct sentiment_content *c, const struct learned *all, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (size_t k = 0; k < N_COLUMNS; k++)
            for (int g = 0; g < N_GENRES; g++)
                c->unit[columns[k].sum] = fmaxf(c->unit[columns[k].sum], fabsf(all[i].weights[k][g]) / 127);
}

/* A phrase that says little and that no rule hears of. Pairs are what costs most to look up, and those that are
 * heard most often say least. Edges and confidences are those of a model that has them: the difference is within
 * what folds differ by. */
static bool says_little(const struct table *table, const struct learned *learned, const struct sentiment_content *c)
{
    const struct entry *entry = &table->entries[learned->slot];

    if (!table->is_phrase[learned->slot] || entry->flags || entry->valence || entry->rated)
        return false;
    for (size_t k = 0; k < N_COLUMNS; k++)
        for (int g = 0; g < N_GENRES; g++)
            if (fabsf(learned->weights[k][g]) > LITTLE * c->unit[columns[k].sum])
                return false;
    return true;
}

/* Where a model's words stand in its file. */
struct words_room {
    struct word_bucket *buckets;
    struct entry *entries;
    uint8_t (*denied)[N_GENRES];
};

static void put_words(const struct table *table, const struct learned *all, struct sentiment_content *c,
                      const struct words_room *room)
{
    struct words words = { .buckets = room->buckets, .n_buckets = c->n_buckets };

    for (uint32_t i = 0; i < c->n_entries; i++) {
        uint64_t hash = table->hashes[all[i].slot];
        room->entries[i] = table->entries[all[i].slot];
        words_add(&words, room->buckets, hash, i);
        if (table->is_phrase[all[i].slot])
            c->phrases[phrase_bit(hash) / 64] |= 1ull << phrase_bit(hash) % 64;
        for (size_t k = 0; k < N_COLUMNS; k++) {
            uint8_t *to = columns[k].is_denied ? room->denied[i] : room->entries[i].weights + columns[k].sum * N_GENRES;
            for (int g = 0; g < N_GENRES; g++)
                to[g] = quantised(all[i].weights[k][g], c->unit[columns[k].sum]);
        }
    }
}

/* ---- Calibration
 * ------------------------------------------------------------------------------------------------------- */

/* Predictions for each text by a model that has not seen it. */
static void predict_folds(struct examples *x, uint32_t without)
{
    for (uint32_t inner = 0; inner < INNER_FOLDS; inner++) {
        uint32_t held = 1u << inner | 1u << (inner + INNER_FOLDS);
        struct weights *w[TARGET_GENRE + N_GENRES];
        for (int t = 0; t < TARGET_GENRE + N_GENRES; t++)
            w[t] = fit(x, without | held, t < TARGET_GENRE ? (enum target)t : TARGET_GENRE,
                       (enum genre)(t < TARGET_GENRE ? 0 : t - TARGET_GENRE));
        for (uint32_t i = 0; i < x->n; i++) {
            struct example *e = &x->all[i];
            if (!(held >> e->fold & 1))
                continue;
            for (int g = 0; g < N_GENRES; g++) {
                e->verdict.polarity[g] = ridge_predict(w[TARGET_POLARITY], e, TARGET_POLARITY, (enum genre)g);
                e->verdict.neutral[g] = ridge_predict(w[TARGET_NEUTRAL], e, TARGET_NEUTRAL, (enum genre)g);
                e->genres[g] = ridge_predict(w[TARGET_GENRE + g], e, TARGET_GENRE, (enum genre)g);
            }
            score_settle(&e->sums, &e->verdict);
        }
        for (int t = 0; t < TARGET_GENRE + N_GENRES; t++)
            free(w[t]);
    }
}

static double macro_f1(uint32_t counts[N_LABELS][N_LABELS])
{
    double sum = 0;

    for (int k = 0; k < N_LABELS; k++) {
        uint32_t both = 0;
        for (int j = 0; j < N_LABELS; j++)
            both += counts[k][j] + counts[j][k];
        sum += both ? 2.0 * counts[k][k] / both : 0;
    }
    return sum / N_LABELS;
}

/* How many texts of each label are neutral (0) or not (1) when the edge on their side is the i-th. */
struct side {
    uint32_t counts[N_EDGES][N_LABELS][2];
};

static float edge_of(int i)
{
    return EDGE_STEP * (float)i - 0.6f;
}

static void count_sides(struct side sides[2], const struct examples *x, uint32_t without, enum genre genre)
{
    memset(sides, 0, 2 * sizeof *sides);
    for (uint32_t k = 0; k < x->n; k++) {
        const struct example *e = &x->all[k];
        float score = e->verdict.polarity[genre];
        if (e->genre != genre || e->weight < 1 || (without >> e->fold & 1))
            continue;
        for (int i = 0; i < N_EDGES; i++)
            sides[score > 0].counts[i][e->label][fabsf(score) >= edge_of(i) + e->verdict.neutral[genre]]++;
    }
}

static double f1_at(const struct side sides[2], int edge)
{
    uint32_t counts[N_LABELS][N_LABELS] = { { 0 } };

    edge = edge < 0 ? 0 : edge < N_EDGES ? edge : N_EDGES - 1;
    for (int k = 0; k < N_LABELS; k++) {
        counts[k][SENTIMENT_NEGATIVE] = sides[0].counts[edge][k][1];
        counts[k][SENTIMENT_POSITIVE] = sides[1].counts[edge][k][1];
        counts[k][SENTIMENT_NEUTRAL] = sides[0].counts[edge][k][0] + sides[1].counts[edge][k][0];
    }
    return macro_f1(counts);
}

/* Where neutral ends, for macro-F1: on both sides at the same distance, and where its neighbours do well, too. Two
 * edges, or the best one, fit the texts by luck, as few of them are neutral: on others they do worse, by 0.02 for
 * tweets. */
static void find_edges(struct sentiment_content *c, const struct examples *x, uint32_t without, enum genre genre)
{
    static struct side sides[2];
    double best = -1;

    count_sides(sides, x, without, genre);
    for (int i = 0; i < N_EDGES; i++) {
        double sum = 0;
        for (int k = -NEIGHBOURS; k <= NEIGHBOURS; k++)
            sum += (NEIGHBOURS + 1 - abs(k)) * f1_at(sides, i + k);
        if (sum > best) {
            best = sum;
            c->edge[genre][0] = c->edge[genre][1] = edge_of(i) + (genre == GENRE_FILM ? FILM_WIDER : 0);
        }
    }
}

/* How often people gave each label to texts of about this score; a kernel estimate. */
static void find_confidence(struct sentiment_model *model, const struct examples *x, uint32_t without, enum genre genre)
{
    struct genres only = { .wider = 0 };

    only.share[genre] = 1;
    for (int step = 0; step < CONFIDENCE_STEPS; step++) {
        float sums[N_LABELS] = { 0 }, total = 0, texts = 0;
        float usual[N_LABELS] = { 0 };
        for (uint32_t i = 0; i < x->n; i++) {
            const struct example *e = &x->all[i];
            if (e->genre != genre || e->weight < 1 || (without >> e->fold & 1))
                continue;
            float away = (score_confidence_at(score_of(model, &e->verdict, only)) - (float)step) / SPREAD;
            float weight = away * away < 1 ? 1 - away * away : 0;
            sums[e->label] += weight;
            usual[e->label]++;
            texts++;
            total += weight;
        }
        for (int k = 0; k < N_LABELS; k++) {
            float p = texts > 0 ? (sums[k] + PRIOR_TEXTS * usual[k] / texts) / (total + PRIOR_TEXTS) : 0;
            model->content.confidence[genre][step][k] = (uint8_t)(p * 255 + 0.5f);
        }
    }
}

static void calibrate(struct sentiment_content *c, struct examples *x, uint32_t without)
{
    struct sentiment_model model = { .content = *c };

    predict_folds(x, without);
    for (int g = 0; g < N_GENRES; g++) {
        find_edges(&model.content, x, without, (enum genre)g);
        find_confidence(&model, x, without, (enum genre)g);
    }
    *c = model.content;
}

/* A file's bytes, of these numbers and words. */
static unsigned char *make_file(const struct table *table, const struct learned *all, struct sentiment_content *c,
                                size_t *length)
{
    *length = sizeof(struct model_file_head) + sizeof *c + c->n_buckets * sizeof(struct word_bucket) +
              c->n_entries * (sizeof(struct entry) + N_GENRES);
    unsigned char *bytes = trainer_alloc(*length), *content = bytes + sizeof(struct model_file_head);
    memset(bytes, 0, *length);
    struct words_room room = { .buckets = (struct word_bucket *)(void *)(content + sizeof *c) };
    room.entries = (struct entry *)(void *)(room.buckets + c->n_buckets);
    room.denied = (uint8_t(*)[N_GENRES])(void *)(room.entries + c->n_entries);
    put_words(table, all, c, &room);
    memcpy(content, c, sizeof *c);
    return bytes;
}

unsigned char *learn(const struct table *table, struct examples *x, uint32_t without, size_t *length)
{
    struct sentiment_content c = { 0 };
    struct weights *w[TARGET_GENRE + N_GENRES];

    for (int t = 0; t < TARGET_GENRE + N_GENRES; t++) {
        enum genre genre = (enum genre)(t < TARGET_GENRE ? 0 : t - TARGET_GENRE);
        w[t] = fit(x, without, t < TARGET_GENRE ? (enum target)t : TARGET_GENRE, genre);
        for (int g = 0; g < N_GENRES && t < TARGET_GENRE; g++)
            put_lane(&c, (t == TARGET_POLARITY ? SUM_POLARITY : SUM_NEUTRAL) * N_GENRES + g, w[t], true, (enum genre)g);
        if (t >= TARGET_GENRE)
            put_lane(&c, SUM_GENRE * N_GENRES + (int)genre, w[t], false, genre);
    }
    calibrate(&c, x, without);
    struct learned *all = learned_of(table, x, w);
    for (int t = 0; t < TARGET_GENRE + N_GENRES; t++)
        free(w[t]);
    find_units(&c, all, table->n);
    for (uint32_t i = 0; i < table->n; i++)
        if (!says_little(table, &all[i], &c))
            all[c.n_entries++] = all[i];
    c.n_buckets = BUCKETS_FOR(c.n_entries);
    unsigned char *bytes = make_file(table, all, &c, length);
    free(all);
    return bytes;
}
