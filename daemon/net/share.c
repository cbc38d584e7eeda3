/* share.c: see share.h. */
#include "daemon/net/share.h"

#include <assert.h>
#include <stdlib.h>

static int is_free(const struct td_lane *lane)
{
    return lane->waiting.count == 0 && !lane->turn;
}

struct td_lane *td_lane_find(struct td_lane *first, struct td_queue *queue)
{
    struct td_lane *lane, *free_one = NULL;

    assert(first);
    for (lane = first; lane && lane->queue != queue; lane = lane->next)
        if (is_free(lane))
            free_one = lane;
    if (lane)
        return lane;
    if (!free_one && (free_one = calloc(1, sizeof *free_one))) {
        free_one->next = first->next;
        first->next = free_one;
    }
    if (free_one)
        free_one->queue = queue;
    return free_one;
}

void td_lanes_free(struct td_lane *first)
{
    struct td_lane *lane;

    while ((lane = first->next)) {
        assert(is_free(lane));
        first->next = lane->next;
        free(lane);
    }
}
