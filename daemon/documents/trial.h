/* trial.h: a share of the documents goes to the generation that is to serve next, and what both do with theirs is counted, so
 * that it can be judged (operator/canary.c). That is done by the pool that they waited for: each pool's documents have the
 * same share, and what one pool's many do doesn't hide what happens to another's few. */
#ifndef TD_TRIAL_H
#define TD_TRIAL_H

#include <stdint.h>

#include "daemon/fleet/pool.h"

/* What one generation did during the trial. */
struct td_trial_side {
    uint64_t documents, errors; /* errors: that were plugins' doing, partial results included */
    uint64_t run_ns;
};

struct td_trial_pool {
    uint64_t given, given_next; /* documents given to workers, to anybody's and to the next generation's */
    struct td_trial_side next, serving;
};

struct td_trial {
    int is_on;
    uint32_t percent;
    struct td_trial_pool pools[TD_MAX_POOLS]; /* of what serves */
};

void td_trial_begin(struct td_trial *trial, uint32_t percent);
void td_trial_end(struct td_trial *trial);

/* Whether the next document should be given to the next generation: what it has stays at the share that was asked for, and
 * what it could not take, its workers being full, it may take later. */
int td_trial_wants_next(const struct td_trial *trial, uint32_t pool);

/* A document was given to a worker. */
void td_trial_given(struct td_trial *trial, uint32_t pool, int is_next);

/* A worker of one of the two is done with a document; `failed`: a plugin failed on it, or died. */
void td_trial_ran(struct td_trial *trial, uint32_t pool, int is_next, uint64_t run_ns, int failed);

/* What was counted in all pools. */
struct td_trial_pool td_trial_sum(const struct td_trial *trial);

#endif
