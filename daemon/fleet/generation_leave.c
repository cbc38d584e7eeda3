/* generation_leave.c: how a generation goes (generation.h): its workers finish and leave, or are killed; and how one of them is
 * replaced while it serves. */
#include "daemon/fleet/generation.h"

#include <assert.h>
#include <stdlib.h>

#include "daemon/fleet/gather.h"
#include "daemon/fleet/slots.h"

void td_generation_leave(struct td_generation *g, int now)
{
    if (g->state < TD_GENERATION_FAILED)
        td_generation_enter(g, TD_GENERATION_LEAVING);
    for (uint32_t i = 0; i < g->n_slots; i++) {
        struct td_worker *w = g->slots[i].worker;
        uv_timer_stop(&g->slots[i].respawn);
        if (w && (now || w->state == TD_WORKER_STARTING)) /* which has nothing to finish, and would load on and on */
            td_worker_kill(w, TD_KILL_STOP);
        else if (w)
            td_worker_finish(w);
    }
    if (g->state != TD_GENERATION_LEFT)
        td_generation_note_left(g);
}

int td_generation_replace(struct td_generation *g, uint32_t number)
{
    struct td_slot *slot = &g->slots[number];

    if (g->state != TD_GENERATION_SERVING)
        return 0;
    if (!slot->worker) { /* it waits for its respawn */
        uv_timer_stop(&slot->respawn);
        slot->early_deaths = 0;
        td_slot_respawn(slot);
        return 1;
    }
    if (slot->worker->state != TD_WORKER_READY)
        return 0;
    td_worker_finish(slot->worker);
    return 1;
}

/* The timers are part of the struct: it goes when the last of them is closed. */
static void on_timer_closed(uv_handle_t *handle)
{
    struct td_slot *slot = handle->data;
    struct td_generation *g = slot->generation;

    if (--g->n_timers > 0)
        return;
    td_gather_forget(g);
    free(g->pools);
    td_plugin_files_release(&g->files);
    td_snapshot_release(g->mend.copy);
    td_config_free(&g->config);
    free(g);
}

void td_generation_free(struct td_generation *g)
{
    assert(g->n_alive == 0);
    for (uint32_t i = 0, n = g->n_timers; i < n; i++)
        uv_close((uv_handle_t *)&g->slots[i].respawn, on_timer_closed);
}
