/* pick.c: picks sentences one by one, each the best of what is left when what it repeats of those picked before is taken
 * off: maximal marginal relevance (Carbonell and Goldstein 1998). */
#include <math.h>

#include "plugins/summarizer/summary.h"

/* How much relevance counts against repetition. */
#define LAMBDA 0.7f

/* From this much in common a sentence is the twin of another: it is picked only when nothing else is left. */
#define TWIN 0.9f

/* Only the best this many times as many as are wanted are looked at, so that the work is one walk plus a bound. */
#define CANDIDATES_EACH 8u
#define FEWEST_CANDIDATES 64u

struct candidate {
    uint32_t sentence;
    float score, repeats; /* repeats: the most that it has in common with one that was picked */
    int is_picked;
};

/* The cosine of two sets of words. */
static float overlap(const struct words *w, const struct content *a, const struct content *b)
{
    const uint32_t *x = w->numbers + a->first, *y = w->numbers + b->first;
    uint32_t i = 0, k = 0, common = 0;

    while (i < a->count && k < b->count) {
        common += x[i] == y[k];
        uint32_t step_x = x[i] <= y[k], step_y = y[k] <= x[i];
        i += step_x;
        k += step_y;
    }
    return common > 0 ? (float)common / sqrtf((float)a->count * (float)b->count) : 0.0f;
}

/* The best sentences so far: a heap with its worst at 0, once it is full. Not qsort, which calls malloc. */
struct pool {
    struct candidate *candidates;
    uint32_t n, capacity;
};

/* Of two with one score the later one is worse, so that the order is one whatever the heap does. */
static int is_worse(const struct candidate *a, const struct candidate *b)
{
    return a->score < b->score || (a->score == b->score && a->sentence > b->sentence);
}

/* Lets the candidate at `at` sink to where it belongs. */
static void sink(struct pool *pool, uint32_t at)
{
    struct candidate *c = pool->candidates;

    for (uint32_t child; (child = 2 * at + 1) < pool->n; at = child) {
        struct candidate moved = c[at];

        child += child + 1 < pool->n && is_worse(&c[child + 1], &c[child]);
        if (!is_worse(&c[child], &moved))
            return;
        c[at] = c[child];
        c[child] = moved;
    }
}

static void offer(struct pool *pool, const struct candidate *candidate)
{
    if (pool->n < pool->capacity) {
        pool->candidates[pool->n++] = *candidate;
        for (uint32_t i = pool->n == pool->capacity ? pool->n / 2 : 0; i-- > 0;)
            sink(pool, i);
    } else if (is_worse(&pool->candidates[0], candidate)) {
        pool->candidates[0] = *candidate;
        sink(pool, 0);
    }
}

static int32_t fill(struct pool *pool, const struct summary_input *in, const float *scores, uint32_t most)
{
    uint32_t enough = CANDIDATES_EACH * most > FEWEST_CANDIDATES ? CANDIDATES_EACH * most : FEWEST_CANDIDATES;

    *pool = (struct pool) { .capacity = enough < in->n_sentences ? enough : in->n_sentences };
    pool->candidates = in->alloc(in->data, ((uint64_t)pool->capacity + 1) * sizeof *pool->candidates);
    if (!pool->candidates)
        return TEXTD_NO_MEMORY;
    for (uint32_t s = 0; s < in->n_sentences && pool->capacity > 0; s++) {
        if (s % STOP_EVERY == STOP_EVERY - 1 && in->should_stop(in->data))
            return TEXTD_STOPPED;
        offer(pool, &(struct candidate) { .sentence = s, .score = scores[s] });
    }
    return TEXTD_OK;
}

/* The one to pick next; NULL when none is left. */
static struct candidate *best_left(const struct pool *pool)
{
    struct candidate *best = NULL;
    float most = 0;

    for (struct candidate *c = pool->candidates; c < pool->candidates + pool->n; c++) {
        float value = LAMBDA * c->score - (1 - LAMBDA) * c->repeats - (c->repeats >= TWIN ? 1.0f : 0.0f);
        if (c->is_picked || (best && (value < most || (value == most && c->sentence > best->sentence))))
            continue;
        best = c;
        most = value;
    }
    return best;
}

static void note_repeats(const struct pool *pool, const struct words *w, const struct candidate *picked)
{
    for (struct candidate *c = pool->candidates; c < pool->candidates + pool->n; c++) {
        float common = overlap(w, &w->contents[c->sentence], &w->contents[picked->sentence]);
        if (common > c->repeats)
            c->repeats = common;
    }
}

/* Puts a pick among the `n` others, which are in text order. */
static void insert(struct pick *picks, uint32_t n, struct pick pick)
{
    for (; n > 0 && picks[n - 1].sentence > pick.sentence; n--)
        picks[n] = picks[n - 1];
    picks[n] = pick;
}

int32_t summary_pick(const struct summary_input *in, const struct words *w, const float *scores, uint32_t most,
                     struct pick *picks, uint32_t *n)
{
    struct candidate *best;
    struct pool pool;
    int32_t rc = fill(&pool, in, scores, most);

    *n = 0;
    if (rc != TEXTD_OK)
        return rc;
    while (*n < most && (best = best_left(&pool)) != NULL) {
        if (in->should_stop(in->data))
            return TEXTD_STOPPED;
        best->is_picked = 1;
        insert(picks, *n, (struct pick) { best->sentence, *n + 1, best->score });
        ++*n;
        note_repeats(&pool, w, best);
    }
    return TEXTD_OK;
}
