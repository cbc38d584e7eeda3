/* plan.h: which plugins run for a document, and in which order. Plugins declare the layers that they need and add; the
 * order follows from that, and what is needed comes along. */
#ifndef TD_PLAN_H
#define TD_PLAN_H

#include "daemon/both/catalogue.h"

struct td_plan {
    uint8_t n;
    uint8_t pool;                  /* whose workers have all of it (pool.h); set by whoever knows */
    uint8_t steps[TD_MAX_PLUGINS]; /* TD_STEP_PLUGIN, TD_STEP_WANTED */
    uint64_t members;              /* a bit for each plugin that runs */
    uint64_t faulty;               /* when it can't be made: the plugins of which one would have to go */
};

/* Makes the plan for the plugins in `wanted` (a bit each); what they need comes from `available`, which has them, too.
 * TD_E_CONFIG, with the chain spelt out, when a layer that is needed is added by nobody there or by two, or when plugins
 * need each other in a circle. */
int td_plan_make(struct td_plan *plan, const struct td_catalogue *catalogue, uint64_t wanted, uint64_t available,
                 struct td_err *err);

/* Only plan->members: `wanted` and what they need. */
int td_plan_gather(struct td_plan *plan, const struct td_catalogue *catalogue, uint64_t wanted, uint64_t available,
                   struct td_err *err);

#endif
