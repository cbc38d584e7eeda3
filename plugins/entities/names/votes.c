/* votes.c: see votes.h. */
#include "plugins/entities/names/votes.h"

#include <string.h>

int32_t votes_make(struct votes *votes, const struct page *page, const struct entity_means *means)
{
    votes->words = means->alloc(means->context, (page->room + 1) * sizeof *votes->words);
    votes->labels = NULL;
    return votes->words ? TEXTD_OK : TEXTD_NO_MEMORY;
}

bool votes_has(const struct page *page, const struct page_sentence *sentence, uint32_t token)
{
    uint8_t form = page_word(page, token)->form;

    return form == FORM_CAPITAL || form == FORM_CAPS || (form == FORM_LOWER && sentence->use == CASE_NONE);
}

void votes_count(struct votes *votes, const struct page *page, const uint8_t *labels)
{
    votes->labels = labels;
    memset(votes->words, 0, page->n_groups * sizeof *votes->words);
    for (uint32_t k = 0; k < page->n_sentences; k++)
        for (uint32_t i = page->sentences[k].first; i < page->sentences[k].end; i++)
            if (votes_has(page, &page->sentences[k], i)) {
                struct word_votes *v = &votes->words[page_word(page, i)->group];
                v->total++;
                v->labels[labels[i]]++;
            }
}

struct verdict votes_verdict(const struct votes *votes, const struct page *page, uint32_t token)
{
    const struct word_votes *v = &votes->words[page_word(page, token)->group];
    struct verdict verdict = { .n = v->total > 0 ? v->total - 1u : 0 };
    uint32_t best = 0;

    for (uint32_t label = 0; label < NAME_MOST_LABELS && verdict.n > 0; label++) {
        uint32_t others = v->labels[label] - (label == votes->labels[token] && v->labels[label] > 0);
        if (others > best) {
            best = others;
            verdict.label = label;
        }
    }
    verdict.share = best == verdict.n ? 3 : best * 4 >= verdict.n * 3 ? 2 : best * 2 >= verdict.n ? 1 : 0;
    return verdict;
}
