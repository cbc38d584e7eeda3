/* pick.c: picks sentences one by one, each the best of what is left when what it repeats of those picked before is taken
 * off: maximal marginal relevance (Carbonell and Goldstein 1998). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/summarizer/summary.h"

/* How much relevance counts against repetition. */
#define LAMBDA 0.7f

/* From this much in common a sentence is the twin of another: it is picked only when nothing else is left. */
#define TWIN 0.9f

/* Only the best this many times as many as are wanted are looked at, so that the work is that of one sort plus a bound. */
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

/* Better first; of equals the earlier, so that the order is one whatever the sort does. */
static int compare_scores(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->sentence > y->sentence) - (x->sentence < y->sentence);
}

static int compare_sentences(const void *a, const void *b)
{
    const struct pick *x = a, *y = b;

    return (x->sentence > y->sentence) - (x->sentence < y->sentence);
}

static struct candidate *best_left(struct candidate *candidates, uint32_t n)
{
    struct candidate *best = NULL;
    float most = 0;

    for (uint32_t i = 0; i < n; i++) {
        float value = LAMBDA * candidates[i].score - (1 - LAMBDA) * candidates[i].repeats -
                      (candidates[i].repeats >= TWIN ? 1.0f : 0.0f);
        if (!candidates[i].is_picked && (!best || value > most)) {
            best = &candidates[i];
            most = value;
        }
    }
    return best;
}

int32_t summary_pick(const struct summary_input *in, const struct words *w, const float *scores, uint32_t most,
                     struct pick *picks, uint32_t *n)
{
    uint32_t n_candidates = in->n_sentences;
    struct candidate *candidates = in->alloc(in->data, ((uint64_t)n_candidates + 1) * sizeof *candidates);

    *n = 0;
    if (!candidates)
        return TEXTD_NO_MEMORY;
    for (uint32_t s = 0; s < in->n_sentences; s++)
        candidates[s] = (struct candidate) { .sentence = s, .score = scores[s] };
    qsort(candidates, n_candidates, sizeof *candidates, compare_scores);
    uint32_t enough = CANDIDATES_EACH * most > FEWEST_CANDIDATES ? CANDIDATES_EACH * most : FEWEST_CANDIDATES;
    if (n_candidates > enough)
        n_candidates = enough;
    while (*n < most && *n < n_candidates) {
        struct candidate *best = best_left(candidates, n_candidates);
        best->is_picked = 1;
        picks[*n] = (struct pick) { .sentence = best->sentence, .rank = *n + 1, .score = best->score };
        ++*n;
        for (uint32_t i = 0; i < n_candidates; i++) {
            float common = overlap(w, &w->contents[candidates[i].sentence], &w->contents[best->sentence]);
            if (common > candidates[i].repeats)
                candidates[i].repeats = common;
        }
    }
    qsort(picks, *n, sizeof *picks, compare_sentences);
    return TEXTD_OK;
}
