/* gather.h: what the pools' first workers tell becomes the generation's catalogue and its plans; a pool that needs more than it
 * has is started again with it. */
#ifndef TD_GATHER_H
#define TD_GATHER_H

#include "daemon/fleet/generation.h"

/* What the first worker of a pool has loaded is what that pool is. On an error *suspects are the plugins of which one would
 * have to go. */
int td_gather_take(struct td_generation *generation, struct td_pool *pool, const void *body, size_t length,
                   uint64_t *suspects, struct td_err *err);

/* What the first workers said they were, with the plugin. */
void td_gather_forget(struct td_generation *generation);

#endif
