/* write.c: see write.h. */
#include "plugins/entities/train/write.h"

#include <math.h>
#include <stdlib.h>

#include "plugins/entities/train/base.h"
#include "plugins/lib/train/trainer.h"

/* A model while it is put together. */
struct writing {
    const struct mean *mean;
    float scale, by; /* of weights to the file's numbers; of sums to their mean */
    int least;
};

static int32_t scaled(const struct writing *w, float sum, int32_t most)
{
    float x = sum * w->by * w->scale;

    return x > (float)most ? most : x < (float)-most ? -most : (int32_t)(x < 0 ? x - 0.5f : x + 0.5f);
}

/* The base's own, so that its rows stay as they are; else one that makes the greatest weight fit, as long as the rest keep enough of their digits. */
static float find_scale(const struct mean *w, float by)
{
    float most = 1;

    if (w->base)
        return w->base->model.head->scale;
    for (size_t i = 0; i < (size_t)w->n_features * w->width; i++)
        most = fabsf(w->sum[i] * by) > most ? fabsf(w->sum[i] * by) : most;
    return most > 4 ? 127 / 4.0f : 127 / most;
}

/* A feature none of whose weights reaches this decides nothing: with them a model is half as large again and slower, and finds the same. */
#define ROW_LEAST 5

/* The feature's row: a set of labels, then their weights. How many bytes it is, 0 when there is no weight that counts. */
static uint32_t make_row(const struct writing *w, uint32_t feature, unsigned char *row)
{
    uint32_t n_labels = label_count(w->mean->n_types), n = sizeof(uint64_t);
    const float *sums = w->mean->sum + (size_t)feature * w->mean->width;
    uint64_t labels = 0;
    int32_t most = 0;

    for (uint32_t k = 0; k < n_labels; k++) {
        int32_t weight = scaled(w, sums[k], 127);
        most = abs(weight) > most ? abs(weight) : most;
        if (abs(weight) < w->least)
            continue;
        labels |= 1ull << k;
        row[n++] = (unsigned char)(int8_t)weight;
    }
    memcpy(row, &labels, sizeof labels);
    return most >= ROW_LEAST ? n : 0;
}

static const uint32_t *sorting_hashes;

static int by_hash(const void *a, const void *b)
{
    uint32_t x = sorting_hashes[*(const uint32_t *)a], y = sorting_hashes[*(const uint32_t *)b];

    return x < y ? -1 : x > y;
}

static uint32_t *sort_features(const struct examples *examples)
{
    uint32_t *order = trainer_alloc(examples->n_features * sizeof *order);

    for (uint32_t i = 0; i < examples->n_features; i++)
        order[i] = i;
    sorting_hashes = examples->hashes;
    qsort(order, examples->n_features, sizeof *order, by_hash);
    return order;
}

/* The buckets of all features. The last is still open: its rows wait until all of its keys are known. */
struct tables {
    uint32_t *starts;
    unsigned char *bytes, *rows; /* rows: the open bucket's */
    uint16_t *keys, *at;         /* its features' keys, and where in its rows theirs are */
    uint32_t n_features, n_bytes, n, n_row_bytes;
    uint32_t bucket; /* the next that begins */
    size_t room;
};

#define BUCKET_ROOM 65536u

/* Puts the bucket together. What has no place in it is left out: no texts make so many features that it happens. */
static void close_bucket(struct tables *t)
{
    uint32_t head = 2 + 4 * t->n;

    if (t->bucket == 0)
        return;
    if (t->room - t->n_bytes < 2 * BUCKET_ROOM)
        t->bytes = trainer_grow(t->bytes, t->room *= 2);
    unsigned char *out = t->bytes + t->n_bytes;
    uint16_t n = (uint16_t)t->n;
    for (uint32_t i = 0; i < t->n; i++)
        t->at[i] = (uint16_t)(t->at[i] + head);
    memcpy(out, &n, 2);
    memcpy(out + 2, t->keys, 2 * (size_t)t->n);
    memcpy(out + 2 + 2 * (size_t)t->n, t->at, 2 * (size_t)t->n);
    memcpy(out + head, t->rows, t->n_row_bytes);
    t->n_bytes += head + t->n_row_bytes;
    t->n = t->n_row_bytes = 0;
}

/* Room for a row. */
static unsigned char *begin_row(struct tables *t, uint32_t hash)
{
    while (t->bucket <= hash >> 16) {
        close_bucket(t);
        t->starts[t->bucket++] = t->n_bytes;
    }
    return t->rows + t->n_row_bytes;
}

static void end_row(struct tables *t, uint32_t hash, uint32_t size)
{
    if (size == 0 || t->n == MODEL_BUCKET_MOST || 2 + 4 * (t->n + 1) + t->n_row_bytes + size > UINT16_MAX)
        return;
    t->keys[t->n] = (uint16_t)hash;
    t->at[t->n++] = (uint16_t)t->n_row_bytes;
    t->n_row_bytes += size;
    t->n_features++;
}

/* Rows of the base, whose features the texts don't have. */
struct handing_on {
    struct base_walk walk;
    uint32_t hash;
    const unsigned char *row; /* the next one; NULL: there is none left */
};

static void next_of_base(const struct base *base, struct handing_on *h)
{
    if (!base || !base_next(base, &h->walk, &h->hash, &h->row))
        h->row = NULL;
}

/* Hands on what stands before the hash, which the texts have. */
static void hand_on(struct tables *t, const struct mean *mean, struct handing_on *h, uint64_t before)
{
    for (; h->row && h->hash < before; next_of_base(mean->base, h)) {
        unsigned char *row = begin_row(t, h->hash);
        uint32_t size = sizeof(uint64_t);
        int8_t weights[NAME_ROW];
        uint64_t labels = 0;
        base_expand(mean->base, h->row, mean->n_types, weights);
        for (uint32_t k = 0; k < label_count(mean->n_types); k++)
            if (weights[k] != 0) {
                labels |= 1ull << k;
                row[size++] = (unsigned char)weights[k];
            }
        memcpy(row, &labels, sizeof labels);
        end_row(t, h->hash, labels ? size : 0);
    }
    while (h->row && h->hash == before)
        next_of_base(mean->base, h);
}

static void make_tables(struct tables *t, const struct writing *w, const struct examples *examples)
{
    uint32_t *order = sort_features(examples);
    struct handing_on base = { .hash = 0 };

    *t = (struct tables) { .room = 1 << 20 };
    t->starts = trainer_alloc(MODEL_BUCKETS * sizeof *t->starts);
    t->bytes = trainer_alloc(t->room);
    t->rows = trainer_alloc(2 * BUCKET_ROOM);
    t->keys = trainer_alloc(MODEL_BUCKET_MOST * sizeof *t->keys);
    t->at = trainer_alloc(MODEL_BUCKET_MOST * sizeof *t->at);
    next_of_base(w->mean->base, &base);
    for (uint32_t i = 0; i < examples->n_features; i++) {
        uint32_t hash = examples->hashes[order[i]];
        hand_on(t, w->mean, &base, hash);
        unsigned char *row = begin_row(t, hash);
        end_row(t, hash, make_row(w, order[i], row));
    }
    hand_on(t, w->mean, &base, UINT64_MAX);
    if (t->bucket < MODEL_BUCKETS)
        begin_row(t, UINT32_MAX);
    close_bucket(t);
    memset(t->bytes + t->n_bytes, 0, MODEL_BUCKETS_END + 3);
    t->n_bytes = (t->n_bytes + MODEL_BUCKETS_END + 3) & ~3u;
    free(t->rows);
    free(t->keys);
    free(t->at);
    free(order);
}

static void *put(unsigned char *at, const void *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static unsigned char *put_transitions(unsigned char *at, const struct writing *w)
{
    const struct transitions *sum = &w->mean->transitions;
    int16_t open[OPENER_ROW][OPENER_ROW], within[NAME_MOST_TYPES][4];

    for (uint32_t i = 0; i < OPENER_ROW; i++)
        for (uint32_t k = 0; k < OPENER_ROW; k++)
            open[i][k] = (int16_t)scaled(w, sum->open[i][k], 32000);
    for (uint32_t t = 0; t < NAME_MOST_TYPES; t++) {
        within[t][0] = (int16_t)scaled(w, sum->inside[t], 32000);
        within[t][1] = (int16_t)scaled(w, sum->last[t], 32000);
        within[t][2] = (int16_t)scaled(w, sum->inside_inside[t], 32000);
        within[t][3] = (int16_t)scaled(w, sum->inside_last[t], 32000);
    }
    return put(put(at, open, sizeof open), within, sizeof within);
}

unsigned char *write_model(const struct mean *mean, const struct examples *examples, const struct types_table *types,
                           const struct knowledge_bytes *knowledge, int least, size_t *length)
{
    float by = 1 / (float)(mean->n ? mean->n : 1);
    struct writing w = { mean, find_scale(mean, by), by, least };
    struct tables t;

    make_tables(&t, &w, examples);
    struct model_names_head head = {
        .n_types = mean->n_types,
        .n_features = t.n_features,
        .n_bucket_bytes = t.n_bytes,
        .n_knowledge_bytes = (uint32_t)knowledge->length,
        .scale = w.scale,
        .name = { .slope = 1 },
        .type = { .slope = 1 },
    };
    memcpy(head.types, types->names, sizeof types->names);
    *length = sizeof(struct model_file_head) + sizeof head +
              sizeof(int16_t) * (OPENER_ROW * OPENER_ROW + NAME_MOST_TYPES * 4) + MODEL_BUCKETS * sizeof *t.starts +
              t.n_bytes + knowledge->length;
    unsigned char *bytes = trainer_alloc(*length), *at = bytes + sizeof(struct model_file_head);
    memset(bytes, 0, sizeof(struct model_file_head));
    at = put_transitions(put(at, &head, sizeof head), &w);
    at = put(at, t.starts, MODEL_BUCKETS * sizeof *t.starts);
    at = put(at, t.bytes, t.n_bytes);
    if (knowledge->length > 0)
        put(at, knowledge->bytes, knowledge->length);
    free(t.starts);
    free(t.bytes);
    return bytes;
}
