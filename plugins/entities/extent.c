/* extent.c: how far a row of capitalised words reaches: over the small words that stand inside names, "Bank of the West",
 * "Ludwig van Beethoven", and no further. */
#include "plugins/entities/draft.h"

#define NAME_TAIL 6  /* bytes: "Chun-chung", "Kuang-lu" */
#define RUN_LIMIT 12 /* words; longer rows of capitals are headings and lists, and the bound keeps the passes linear */

/* A capital that goes on with the run before it; there is a word before it. */
static bool continues(const struct draft *d, uint32_t i, uint32_t end)
{
    const struct word *w = &d->words[i];

    if (!word_is_free_capital(d, i, end) || w->flags & WORD_BREAKS)
        return false;
    if (w->lists & LISTED_SURNAME && d->words[i - 1].lists & LISTED_FIRST_NAME)
        return true;               /* "Tim Cook" */
    if (w->shape == SHAPE_INITIAL) /* "Samuel L. Jackson"; but "where I" */
        return i + 1 < end && !word_is(d, i, "I") && word_is_free_capital(d, i + (word_is(d, i + 1, ".") ? 2 : 1), end);
    return !(w->lists & LISTED_OPENER) || w->lists & LISTED_FIRST_NAME;
}

/* "Suk-yeol", cut apart: the hyphen at `at` and a small word behind it that go on with a name of two words. In "New
 * York-based" the small word is a common one; some common ones are names as well, "Jae-in", and those are listed. */
static bool is_name_tail(const struct draft *d, uint32_t first, uint32_t at, uint32_t end)
{
    uint32_t length;

    if (at + 1 >= end || !word_is(d, at, "-") || !(d->words[at].flags & d->words[at + 1].flags & WORD_GLUED) ||
        d->words[at + 1].shape != SHAPE_LOWER)
        return false;
    if (list_find(d->lists->first_names, word_bytes(d, at - 1), words_length(d, at - 1, at + 2)))
        return true;
    length = word_length(d, at + 1);
    return at - first >= 2 && length <= NAME_TAIL && !list_find(d->lists->common, word_bytes(d, at + 1), length);
}

/* The number of words from `at` on that join the run [first, at) to the next capital, that capital counted; 0 when
 * nothing does. */
static uint32_t bridge(const struct draft *d, uint32_t first, uint32_t at, uint32_t end)
{
    const struct word *w = &d->words[at], *last = &d->words[at - 1];
    bool common_before = last->lists & LISTED_COMMON && !(last->lists & LISTED_OPENER);
    bool capital_next;

    if (at + 1 >= end || w->type != ENTITY_NONE)
        return 0;
    capital_next = continues(d, at + 1, end);
    if (w->cue == CUE_PARTICLE && w->shape == SHAPE_LOWER) {
        if (capital_next)
            return 2;
        return d->words[at + 1].cue == CUE_PARTICLE && continues(d, at + 2, end) ? 3 : 0;
    }
    if ((w->cue == CUE_OF && last->last_head && last->cue != CUE_ORG_SUFFIX) ||
        (w->cue == CUE_FOR && last->last_head == ENTITY_ORG)) {
        if (capital_next)
            return 2;
        return d->words[at + 1].cue == CUE_THE && continues(d, at + 2, end) ? 3 : 0;
    }
    if (is_name_tail(d, first, at, end))
        return 2;
    if (!capital_next)
        return 0;
    if (w->cue == CUE_AND)
        return word_is(d, at, "&") || (common_before && d->words[at + 1].lists & LISTED_COMMON) ? 2 : 0;
    if (word_is(d, at, "."))
        return last->shape == SHAPE_INITIAL && w->flags & WORD_GLUED ? 2 : 0;
    if (word_is(d, at, ","))
        return d->words[at + 1].cue == CUE_ORG_SUFFIX ? 2 : 0;
    if (word_is_apostrophe_s(d, at))
        return common_before ? 2 : 0;
    if (word_is(d, at, "'") || word_is(d, at, "’"))
        return w->flags & WORD_GLUED && d->words[at + 1].last_head ? 2 : 0; /* "Shippers' Council" */
    return word_is(d, at, "-") && w->flags & WORD_GLUED && d->words[at + 1].flags & WORD_GLUED ? 2 : 0;
}

/* A listed name is never cut short: "United States of America". */
uint32_t run_end(const struct draft *d, uint32_t first, uint32_t end)
{
    uint32_t at = first, n = 1;
    uint8_t type;

    do {
        uint32_t listed = phrase_match(d, at + n - 1, end, true, &type);

        at = listed > at + n ? listed : at + n;
        if (at >= end || at - first >= RUN_LIMIT)
            break;
        n = continues(d, at, end) ? 1 : bridge(d, first, at, end);
    } while (n);
    return at;
}
