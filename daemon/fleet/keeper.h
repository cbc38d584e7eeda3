/* keeper.h: what is done with the copies of the plugins that serve once they do, in a thread: they are hashed, and
 * kept for the next start (last_good.h). A disk that is slow holds nobody up. */
#ifndef TD_KEEPER_H
#define TD_KEEPER_H

#include <limits.h>

#include <uv.h>

#include "daemon/fleet/generation.h"

/* The snapshots to be kept, each with a count of its own; a NULL is only not to be thrown away. */
struct td_keeper_batch {
    char *files[2 * TD_MAX_PLUGINS];
    struct td_snapshot *of[2 * TD_MAX_PLUGINS];
    uint32_t n;
};

struct td_keeper {
    uv_loop_t *loop;
    char folder[PATH_MAX]; /* "": nothing is kept, and all is hashed */
    uv_work_t work;
    int is_busy; /* the thread has `now` */
    struct td_keeper_batch now, next;
    struct td_err err; /* of the thread */
};

void td_keeper_init(struct td_keeper *keeper, uv_loop_t *loop, const struct td_config *config);

/* This generation serves: its plugins are good. Of what was asked for while the thread was busy, the latest counts.
 * A loop that ends waits for it. */
void td_keeper_keep(struct td_keeper *keeper, const struct td_generation *generation);

/* Now and then: what can wait. When nothing is kept they are hashed here, since right after a start there are
 * documents that waited for it. */
void td_keeper_rest(struct td_keeper *keeper);

#endif
