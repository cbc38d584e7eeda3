/* locality.c: see locality.h. The finder itself is what asks: it hands each row that it has found to the model's adder. */
#include "plugins/entities/train/locality.h"

#include <stdlib.h>
#include <string.h>

#include "plugins/entities/names/names.h"
#include "plugins/lib/train/trainer.h"

struct wanted {
    uint32_t bucket, times;
};

/* Of the model that is being asked, since an adder knows nothing but rows: for each byte of its buckets, how often a row
 * that begins there was wanted. */
static const unsigned char *buckets;
static uint32_t *times;

static void count_rows(const unsigned char *const *rows, uint32_t n, int16_t *sums, uint32_t width)
{
    for (uint32_t i = 0; i < n; i++)
        times[rows[i] - buckets]++;
    rows_add_plainly(rows, n, sums, width);
}

/* What one text takes, a list of blocks. */
struct block {
    struct block *next;
    max_align_t bytes[];
};

static void *take(void *context, size_t size)
{
    struct block **last = context, *block = trainer_alloc(sizeof *block + size);

    block->next = *last;
    *last = block;
    return block->bytes;
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

static void ask(const struct names_model *model, const struct texts *texts)
{
    struct block *blocks = NULL;
    const struct entity_means means = { take, go_on, &blocks };

    for (uint32_t i = 0; i < texts->n; i++) {
        struct entity *found;
        uint32_t n;
        names_find(model, &texts->all[i].input, &means, &found, &n);
        while (blocks) {
            struct block *next = blocks->next;
            free(blocks);
            blocks = next;
        }
    }
}

static size_t row_bytes(const unsigned char *row)
{
    uint64_t labels;

    memcpy(&labels, row, sizeof labels);
    return sizeof labels + (size_t)__builtin_popcountll(labels);
}

/* How many bytes it has, and how often any of its rows was wanted. */
static size_t measure(const struct names_model *model, uint32_t number, struct wanted *out)
{
    const struct model_bucket bucket = model_bucket(model, number);
    size_t end = 2 + 4 * (size_t)bucket.n;

    *out = (struct wanted) { .bucket = number };
    for (uint32_t i = 0; i < bucket.n; i++) {
        const unsigned char *row = model_bucket_row(model, &bucket, i);
        if (!row)
            trainer_fail("the model that was made is wrong: a row lies outside of it");
        size_t behind = (size_t)(row - bucket.at) + row_bytes(row);
        end = behind > end ? behind : end;
        out->times += times[row - buckets];
    }
    return end;
}

static int by_times(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;

    if (x->times != y->times)
        return x->times > y->times ? -1 : 1;
    return x->bucket < y->bucket ? -1 : 1;
}

void locality_sort(unsigned char *bytes, size_t length, const struct texts *texts)
{
    static struct wanted order[MODEL_BUCKETS];
    static size_t sizes[MODEL_BUCKETS];
    struct names_model model;
    char reason[300];

    if (names_model_open(&model, bytes, length, reason, sizeof reason) != 0)
        trainer_fail("the model that was made is wrong: %s", reason);
    size_t n_bytes = model.head->n_bucket_bytes, at = 0;
    buckets = model.buckets;
    times = trainer_alloc(n_bytes * sizeof *times);
    memset(times, 0, n_bytes * sizeof *times);
    model.add_rows = count_rows;
    ask(&model, texts);
    for (uint32_t i = 0; i < MODEL_BUCKETS; i++)
        sizes[i] = measure(&model, i, &order[i]);
    qsort(order, MODEL_BUCKETS, sizeof *order, by_times);
    unsigned char *sorted = trainer_alloc(n_bytes);
    uint32_t *starts = trainer_alloc(MODEL_BUCKETS * sizeof *starts);
    memset(sorted, 0, n_bytes);
    for (uint32_t i = 0; i < MODEL_BUCKETS; i++) {
        uint32_t number = order[i].bucket;
        memcpy(sorted + at, buckets + model.starts[number], sizes[number]);
        starts[number] = (uint32_t)at;
        at += sizes[number];
    }
    memcpy(bytes + (model.buckets - bytes), sorted, n_bytes);
    memcpy(bytes + ((const unsigned char *)model.starts - bytes), starts, MODEL_BUCKETS * sizeof *starts);
    model_file_seal(&names_model_kind, bytes, length);
    free(starts);
    free(sorted);
    free(times);
}
