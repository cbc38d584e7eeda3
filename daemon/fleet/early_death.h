/* early_death.h: a worker that died while it loaded the plugins: whose doing that was, and whether the start can go on. */
#ifndef TD_EARLY_DEATH_H
#define TD_EARLY_DEATH_H

#include "daemon/fleet/generation.h"

/* While the generation starts, its plugins loaded or not. Non-zero: it can still start. */
int td_early_death_is_survived(struct td_generation *generation, struct td_worker *worker);

/* One that was to replace another could not be made, or has died before it was ready; one that refused has said so itself. */
void td_early_death_log(struct td_generation *generation, const struct td_worker *worker);

#endif
