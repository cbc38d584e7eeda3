/* write.c: see write.h. */
#include "plugins/entities/train/write.h"

#include <math.h>
#include <stdlib.h>

#include "plugins/entities/names/rows.h"
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

/* One that makes the greatest weight fit, as long as the rest keep enough of their digits. */
static float find_scale(const struct mean *w, float by)
{
    float most = 1;

    for (size_t i = 0; i < (size_t)w->n_features * w->width; i++)
        most = fabsf(w->sum[i] * by) > most ? fabsf(w->sum[i] * by) : most;
    return most > 4 ? 127 / 4.0f : 127 / most;
}

/* The feature's row: a set of labels, then their weights. How many bytes it is, 0 when there is no weight. */
static uint32_t make_row(const struct writing *w, uint32_t feature, unsigned char *row)
{
    uint32_t n_labels = label_count(w->mean->n_types), n = sizeof(uint64_t);
    const float *sums = w->mean->sum + (size_t)feature * w->mean->width;
    uint64_t labels = 0;

    for (uint32_t k = 0; k < n_labels; k++) {
        int32_t weight = scaled(w, sums[k], 127);
        if (abs(weight) < w->least)
            continue;
        labels |= 1ull << k;
        row[n++] = (unsigned char)(int8_t)weight;
    }
    memcpy(row, &labels, sizeof labels);
    return labels ? n : 0;
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

/* The rows of all features, with the buckets and entries that lead to them. */
struct tables {
    struct model_bucket *buckets;
    struct model_entry *entries;
    unsigned char *rows;
    uint32_t n_features, n_bytes;
};

static void make_tables(struct tables *t, const struct writing *w, const struct examples *examples)
{
    uint32_t *order = sort_features(examples), bucket = 0;
    size_t room = 1 << 20;

    t->buckets = trainer_alloc((MODEL_BUCKETS + 1) * sizeof *t->buckets);
    t->entries = trainer_alloc(examples->n_features * sizeof *t->entries);
    t->rows = trainer_alloc(room);
    t->n_features = t->n_bytes = 0;
    for (uint32_t i = 0; i < examples->n_features; i++) {
        uint32_t hash = examples->hashes[order[i]];
        if (room - t->n_bytes < 1024)
            t->rows = trainer_grow(t->rows, room *= 2);
        while (bucket <= hash >> 16)
            t->buckets[bucket++] = (struct model_bucket) { t->n_features, t->n_bytes };
        uint32_t size = make_row(w, order[i], t->rows + t->n_bytes), at = t->n_bytes - t->buckets[bucket - 1].row;
        if (size == 0 || at > UINT16_MAX)
            continue;
        t->entries[t->n_features++] = (struct model_entry) { (uint16_t)hash, (uint16_t)at };
        t->n_bytes += size;
    }
    while (bucket <= MODEL_BUCKETS)
        t->buckets[bucket++] = (struct model_bucket) { t->n_features, t->n_bytes };
    memset(t->rows + t->n_bytes, 0, ROWS_END + 8);
    t->n_bytes = (t->n_bytes + ROWS_END + 3) & ~3u;
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
                           const struct knowledge_bytes *knowledge, int least, float slope, float offset,
                           size_t *length)
{
    float by = 1 / (float)(mean->n ? mean->n : 1);
    struct writing w = { mean, find_scale(mean, by), by, least };
    struct tables t;

    make_tables(&t, &w, examples);
    struct model_names_head head = {
        .n_types = mean->n_types,
        .n_features = t.n_features,
        .n_row_bytes = t.n_bytes,
        .n_knowledge_bytes = (uint32_t)knowledge->length,
        .scale = w.scale,
        .slope = slope,
        .offset = offset,
    };
    memcpy(head.types, types->names, sizeof types->names);
    *length = sizeof(struct model_file_head) + sizeof head +
              sizeof(int16_t) * (OPENER_ROW * OPENER_ROW + NAME_MOST_TYPES * 4) +
              (MODEL_BUCKETS + 1) * sizeof *t.buckets + t.n_features * sizeof *t.entries + t.n_bytes +
              knowledge->length;
    unsigned char *bytes = trainer_alloc(*length), *at = bytes + sizeof(struct model_file_head);
    memset(bytes, 0, sizeof(struct model_file_head));
    at = put_transitions(put(at, &head, sizeof head), &w);
    at = put(at, t.buckets, (MODEL_BUCKETS + 1) * sizeof *t.buckets);
    at = put(at, t.entries, t.n_features * sizeof *t.entries);
    at = put(at, t.rows, t.n_bytes);
    if (knowledge->length > 0)
        put(at, knowledge->bytes, knowledge->length);
    free(t.buckets);
    free(t.entries);
    free(t.rows);
    return bytes;
}
