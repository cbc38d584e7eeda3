/* context.c: see context.h. */
#include "plugins/entities/names/context.h"

#include "plugins/entities/names/knowledge.h"

/* ---- What the page is about ------------------------------------------------------------------------------------------- */

#define TOPIC_LEAST_COUNT 3u
#define TOPIC_LEAST_SURPRISE 4.0f /* squared, in standard deviations */

/* counts[0]: of words that tell none. */
static void count_topics(const struct page *page, uint32_t *counts)
{
    for (uint32_t k = 0; k < page->n_sentences; k++) {
        const struct page_sentence *s = &page->sentences[k];
        uint32_t needs = s->use == CASE_NONE ? 0 : TRAIT_SMALL;
        for (uint32_t i = s->first; i < s->end; i++) {
            uint32_t traits = page_trait(page, i);
            counts[(traits & needs) == needs ? traits >> TRAIT_TOPIC : 0]++;
        }
    }
}

/* The cluster whose words are more frequent than in other texts by the most standard deviations (of a Poisson distribution). Names don't
 * count, lest they tell of themselves. */
static void find_topic(struct page *page)
{
    uint32_t counts[TOPICS_MOST] = { 0 }, n = page->knowledge ? page->knowledge->n_topics : 0, all = 0;
    float most = TOPIC_LEAST_SURPRISE;

    page->topic = 0;
    if (n > 0)
        count_topics(page, counts);
    for (uint32_t c = 1; c < n; c++)
        all += counts[c];
    for (uint32_t c = 1; c < n; c++) {
        if (counts[c] < TOPIC_LEAST_COUNT)
            continue;
        float expected = (float)all * page->knowledge->topic_shares[c] + 1, more = (float)counts[c] - expected;
        if (more <= 0 || !(more * more > most * expected))
            continue;
        most = more * more / expected;
        page->topic = c;
    }
}

/* ---- What stands next to a word ---------------------------------------------------------------------------------------- */

/* Of words that differ in case or in digits one is kept, with a small letter if there is such a one: where capitals say nothing they could not be
 * told apart. */
static void add_neighbour(const struct page *page, uint16_t *neighbours, uint8_t *n, uint32_t word)
{
    const struct name_word *w = &page->lexicon[word];

    if (word == PAGE_PAD)
        return;
    for (uint32_t k = 0; k < *n; k++)
        if (page->lexicon[neighbours[k]].lower == w->lower) {
            if (w->form == FORM_LOWER)
                neighbours[k] = (uint16_t)word;
            return;
        }
    if (*n < GROUP_NEIGHBOURS)
        neighbours[(*n)++] = (uint16_t)word;
}

static void find_neighbours(struct page *page)
{
    for (uint32_t k = 0; k < page->n_groups; k++)
        page->groups[k].n_candidates = page->groups[k].n_before = page->groups[k].n_behind = 0;
    for (uint32_t k = 0, c = 0; c < page->n_candidates; c++) {
        uint32_t i = page->candidates[c];
        while (page->sentences[k].end <= i)
            k++;
        if (page->flags[i] & MARK_NEVER)
            continue;
        struct page_group *g = &page->groups[page_word(page, i)->group];
        g->n_candidates++;
        add_neighbour(page, g->before, &g->n_before, page_word_near(page, &page->sentences[k], i, -1));
        add_neighbour(page, g->behind, &g->n_behind, page_word_near(page, &page->sentences[k], i, 1));
    }
}

void context_find(struct page *page)
{
    find_topic(page);
    find_neighbours(page);
}
