/* votes.c: see votes.h. */
#include "plugins/entities/names/votes.h"

#include <string.h>

int32_t votes_make(struct votes *votes, const struct page *page, const struct entity_means *means)
{
    votes->words = means->alloc(means->context, (page->room + 1) * sizeof *votes->words);
    votes->verdicts = means->alloc(means->context, (page->room + 1) * sizeof *votes->verdicts);
    votes->labels = NULL;
    return votes->words && votes->verdicts ? TEXTD_OK : TEXTD_NO_MEMORY;
}

/* Of a token that was labelled `own`. */
static struct verdict judge(const struct word_votes *v, uint8_t own, uint32_t n_types)
{
    uint32_t n = v->total - 1u, best = 0, n_long = 0, best_long = 0;
    struct verdict verdict = { .n = (uint16_t)n };

    for (uint32_t label = 0; label < label_count(n_types) && n > 0; label++) {
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
    votes->labels = labels;
    memset(votes->words, 0, page->n_groups * sizeof *votes->words);
    for (uint32_t k = 0; k < page->n_sentences; k++)
        for (uint32_t i = page->sentences[k].first; i < page->sentences[k].end; i++)
            if (page_is_candidate(page, i)) {
                struct word_votes *v = &votes->words[page_word(page, i)->group];
                v->total++;
                v->labels[labels[i]]++;
            }
    for (uint32_t k = 0; k < page->n_sentences; k++)
        for (uint32_t i = page->sentences[k].first; i < page->sentences[k].end; i++)
            if (page_is_candidate(page, i))
                votes->verdicts[i] = judge(&votes->words[page_word(page, i)->group], labels[i], n_types);
}
