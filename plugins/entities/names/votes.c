/* votes.c: see votes.h. */
#include "plugins/entities/names/votes.h"

#include <string.h>

int32_t votes_make(struct votes *votes, const struct page *page, const struct entity_means *means)
{
    votes->totals = means->alloc(means->context, (page->room + 1) * sizeof *votes->totals);
    votes->numbers = means->alloc(means->context, (page->room + 1) * sizeof *votes->numbers);
    votes->words = means->alloc(means->context, (page->room / 2 + 1) * sizeof *votes->words); /* each has two places */
    votes->verdicts = means->alloc(means->context, (page->room + 1) * sizeof *votes->verdicts);
    votes->labels = NULL;
    return votes->totals && votes->numbers && votes->words && votes->verdicts ? TEXTD_OK : TEXTD_NO_MEMORY;
}

/* Of a token that was labelled `own`, whose word is at `n` other places: at one or more. */
static struct verdict judge(const struct word_votes *v, uint32_t n, uint8_t own, uint32_t n_types)
{
    uint32_t best = 0, n_long = 0, best_long = 0;
    struct verdict verdict = { .n = (uint16_t)n };

    for (uint64_t seen = v->seen; seen; seen &= seen - 1) {
        uint32_t label = (uint32_t)__builtin_ctzll(seen);
        uint32_t others = v->labels[label] - (label == own);
        if (others > best) {
            best = others;
            verdict.label = (uint8_t)label;
        }
        if (label == label_outside(n_types) || label_place(n_types, label) == PLACE_UNIT)
            continue;
        n_long += others;
        if (others > best_long) {
            best_long = others;
            verdict.long_label = (uint8_t)label;
        }
    }
    verdict.share = best == n ? 3 : best * 4 >= n * 3 ? 2 : best * 2 >= n ? 1 : 0;
    if (n_long > 0)
        verdict.long_share = best_long < n_long ? best_long * 4 >= n_long * 3 ? 2 : 1 : best_long * 2 >= n ? 4 : 3;
    return verdict;
}

void votes_count(struct votes *votes, const struct page *page, const uint8_t *labels, uint32_t n_types)
{
    uint16_t n = 0;

    votes->labels = labels;
    memset(votes->totals, 0, page->n_groups * sizeof *votes->totals);
    for (uint32_t c = 0; c < page->n_candidates; c++) {
        uint32_t group = page_word(page, page->candidates[c])->group;
        if (++votes->totals[group] != 2)
            continue;
        memset(&votes->words[n], 0, sizeof votes->words[n]);
        votes->numbers[group] = n++;
    }
    for (uint32_t c = 0; c < page->n_candidates; c++) {
        uint32_t i = page->candidates[c], group = page_word(page, i)->group;
        if (votes->totals[group] == 1)
            continue;
        struct word_votes *word = &votes->words[votes->numbers[group]];
        word->labels[labels[i]]++;
        word->seen |= 1ull << labels[i];
    }
    for (uint32_t c = 0; c < page->n_candidates; c++) {
        uint32_t i = page->candidates[c], group = page_word(page, i)->group, total = votes->totals[group];
        if (total == 1)
            votes->verdicts[i] = (struct verdict) { .share = 3 };
        else
            votes->verdicts[i] = judge(&votes->words[votes->numbers[group]], total - 1, labels[i], n_types);
    }
}
