/* trial.c: see trial.h. */
#include "daemon/documents/trial.h"

void td_trial_begin(struct td_trial *t, uint32_t percent)
{
    *t = (struct td_trial) { .is_on = 1, .percent = percent };
}

void td_trial_end(struct td_trial *t)
{
    t->is_on = 0;
}

int td_trial_wants_next(const struct td_trial *t, uint32_t pool)
{
    const struct td_trial_pool *p = &t->pools[pool];

    return t->is_on && (p->given_next + 1) * 100 <= (p->given + 1) * t->percent; /* even, without dice */
}

void td_trial_given(struct td_trial *t, uint32_t pool, int is_next)
{
    if (!t->is_on || pool >= TD_MAX_POOLS)
        return;
    t->pools[pool].given++;
    t->pools[pool].given_next += is_next != 0;
}

void td_trial_ran(struct td_trial *t, uint32_t pool, int is_next, uint64_t run_ns, int failed)
{
    if (!t->is_on || pool >= TD_MAX_POOLS)
        return;
    struct td_trial_side *side = is_next ? &t->pools[pool].next : &t->pools[pool].serving;
    side->documents++;
    side->errors += failed != 0;
    side->run_ns += run_ns;
}

static void add(struct td_trial_side *to, const struct td_trial_side *more)
{
    to->documents += more->documents;
    to->errors += more->errors;
    to->run_ns += more->run_ns;
}

struct td_trial_pool td_trial_sum(const struct td_trial *t)
{
    struct td_trial_pool all = { 0 };

    for (uint32_t i = 0; i < TD_MAX_POOLS; i++) {
        all.given += t->pools[i].given;
        all.given_next += t->pools[i].given_next;
        add(&all.next, &t->pools[i].next);
        add(&all.serving, &t->pools[i].serving);
    }
    return all;
}
