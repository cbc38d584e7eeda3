/* forest.c: see forest.h. Which way a sentence goes through a tree can't be foretold, and each step waits for the one
 * before. So where the machine can, all of a tree's questions are asked of eight sentences at once, and the leaves chosen
 * by the answers: without a branch, and without looking a feature up by what the last answer was. (After Lucchese et al.
 * 2015, "QuickScorer", which asks all questions, too.) A sentence's sum goes on from tree to tree as in the plain way. */
#include "plugins/summarizer/forest.h"

#include <stddef.h>

static void score_plainly(const struct model_tree *forest, uint32_t n_trees, const float (*rows)[N_FEATURES],
                          uint32_t n, float *scores)
{
    for (uint32_t i = 0; i < n; i++)
        scores[i] = model_score(forest, n_trees, rows[i]);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
_Static_assert(FOREST_MOST == 8 && MODEL_DEPTH == 4, "eight floats a register; sixteen leaves are two of them");

/* Whether the feature is above the node's threshold, all bits of a float or none. */
static inline AVX2 __m256 ask(const struct model_tree *tree, uint32_t node, const float (*columns)[FOREST_MOST])
{
    return _mm256_cmp_ps(_mm256_load_ps(columns[tree->feature[node]]), _mm256_broadcast_ss(&tree->threshold[node]),
                         _CMP_GT_OQ);
}

/* The answer that counts of two nodes', which are the children of one that said `is_right`. */
static inline AVX2 __m256 choose(__m256 left, __m256 right, __m256 is_right)
{
    return _mm256_blendv_ps(left, right, is_right);
}

static inline AVX2 __m256 leaf_values(const struct model_tree *tree, const float (*columns)[FOREST_MOST])
{
    __m256 first = ask(tree, 0, columns);
    __m256 second = choose(ask(tree, 1, columns), ask(tree, 2, columns), first);
    __m256 third = choose(choose(ask(tree, 3, columns), ask(tree, 4, columns), second),
                          choose(ask(tree, 5, columns), ask(tree, 6, columns), second), first);
    __m256 left = choose(choose(ask(tree, 7, columns), ask(tree, 8, columns), third),
                         choose(ask(tree, 9, columns), ask(tree, 10, columns), third), second);
    __m256 right = choose(choose(ask(tree, 11, columns), ask(tree, 12, columns), third),
                          choose(ask(tree, 13, columns), ask(tree, 14, columns), third), second);
    __m256 fourth = choose(left, right, first);
    /* Its number among the eight on its side; only the lowest three bits are looked at. */
    __m256i leaf = _mm256_or_si256(_mm256_or_si256(_mm256_slli_epi32(_mm256_castps_si256(second), 2),
                                                   _mm256_and_si256(_mm256_castps_si256(third), _mm256_set1_epi32(2))),
                                   _mm256_srli_epi32(_mm256_castps_si256(fourth), 31));

    return choose(_mm256_permutevar8x32_ps(_mm256_loadu_ps(tree->value + MODEL_INNER), leaf),
                  _mm256_permutevar8x32_ps(_mm256_loadu_ps(tree->value + MODEL_INNER + 8), leaf), first);
}

AVX2 static void score_eight(const struct model_tree *forest, uint32_t n_trees, const float (*rows)[N_FEATURES],
                             uint32_t n, float *scores)
{
    _Alignas(32) float columns[N_FEATURES][FOREST_MOST], out[FOREST_MOST];
    __m256 sum = _mm256_setzero_ps();

    for (uint32_t i = 0; i < FOREST_MOST; i++) {
        const float *row = rows[i < n ? i : n - 1]; /* the last sentence stands in for those that are missing */
#pragma GCC unroll 4
        for (uint32_t k = 0; k < N_FEATURES; k++)
            columns[k][i] = row[k];
    }
    for (uint32_t i = 0; i < n_trees; i++)
        sum = _mm256_add_ps(sum, leaf_values(&forest[i], (const float(*)[FOREST_MOST])columns));
    _mm256_store_ps(out, sum);
    for (uint32_t i = 0; i < n; i++)
        scores[i] = out[i];
}

forest_scorer *forest_scorers(uint32_t which)
{
    if (which == 0)
        return score_plainly;
    return which == 1 && __builtin_cpu_supports("avx2") ? score_eight : NULL;
}
#else
forest_scorer *forest_scorers(uint32_t which)
{
    return which == 0 ? score_plainly : NULL;
}
#endif

forest_scorer *forest_best_scorer(void)
{
    forest_scorer *last = score_plainly, *next;

    for (uint32_t which = 1; (next = forest_scorers(which)) != NULL; which++)
        last = next;
    return last;
}
