/* about.c: see about.h. */
#include "plugins/sentiment/about.h"

#include <assert.h>

#define NOTHING 1e-4 /* sums of cues that are all 0 may differ from 0 by rounding */

void about_prepare(struct about *about, const struct cue *cues, uint32_t n)
{
    uint16_t start = 0, end = (uint16_t)n;

    assert(n <= ABOUT_TOKENS);
    about->n = n;
    about->before[0] = (struct evidence) { 0, 0 };
    for (uint32_t i = 0; i < n; i++) {
        struct evidence one = score_sum(cues, i, i + 1);

        if (i && (cues[i - 1].flags & CUE_BREAK))
            start = (uint16_t)i;
        about->clause_start[i] = start;
        about->before[i + 1].praise = about->before[i].praise + one.praise;
        about->before[i + 1].blame = about->before[i].blame + one.blame;
    }
    for (uint32_t i = n; i-- > 0;) {
        if (cues[i].flags & CUE_BREAK)
            end = (uint16_t)i;
        about->clause_end[i] = end;
    }
}

/* What cues [from, to) say, less what the name at [first, last) among them says. */
static struct evidence around(const struct about *about, uint32_t from, uint32_t to, uint32_t first, uint32_t last)
{
    const struct evidence *before = about->before;
    struct evidence said;

    said.praise = before[first].praise - before[from].praise + before[to].praise - before[last].praise;
    said.blame = before[first].blame - before[from].blame + before[to].blame - before[last].blame;
    return said;
}

double about_score(const struct about *about, uint32_t first, uint32_t last)
{
    uint32_t end = about->clause_end[first] > last ? about->clause_end[first] : last;
    struct evidence said = around(about, about->clause_start[first], end, first, last);

    if (said.praise < NOTHING && said.blame < NOTHING)
        said = around(about, 0, about->n, first, last);
    if (said.praise < NOTHING && said.blame < NOTHING)
        return 0;
    return score_balance(said, 1);
}
