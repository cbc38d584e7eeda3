/* lineup.c: see lineup.h. */
#include "daemon/fleet/lineup.h"

#include <assert.h>

#include "common/log.h"

struct td_generation *td_lineup_serving(const struct td_lineup *lineup)
{
    assert(lineup->serving);
    return lineup->serving;
}

uint32_t td_lineup_all(const struct td_lineup *lineup, struct td_generation *all[3])
{
    uint32_t n = 0;

    if (lineup->serving)
        all[n++] = lineup->serving;
    if (lineup->next)
        all[n++] = lineup->next;
    if (lineup->old)
        all[n++] = lineup->old;
    return n;
}

void td_lineup_leave(const struct td_lineup *lineup, int now)
{
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(lineup, all);

    for (uint32_t i = 0; i < n; i++)
        td_generation_leave(all[i], now || all[i] == lineup->next);
}

int td_lineup_has_left(const struct td_lineup *lineup)
{
    struct td_generation *all[3];
    uint32_t n = td_lineup_all(lineup, all), left = 0;

    for (uint32_t i = 0; i < n; i++)
        left += all[i]->state == TD_GENERATION_LEFT;
    return left == n;
}

static void sweep(struct td_generation **generation)
{
    if (!*generation || (*generation)->state != TD_GENERATION_LEFT)
        return;
    td_log(TD_LOG_INFO, "generation.left", TD_INT("generation", (*generation)->number));
    td_generation_free(*generation);
    *generation = NULL;
}

void td_lineup_sweep(struct td_lineup *lineup)
{
    sweep(&lineup->next);
    sweep(&lineup->old);
}

void td_lineup_free(struct td_lineup *lineup)
{
    assert(td_lineup_has_left(lineup));
    td_lineup_sweep(lineup);
    sweep(&lineup->serving);
}
