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

int td_trial_wants_next(const struct td_trial *t)
{
    return t->is_on && (t->given_next + 1) * 100 <= (t->given + 1) * t->percent; /* even, without dice */
}

void td_trial_given(struct td_trial *t, int is_next)
{
    if (!t->is_on)
        return;
    t->given++;
    t->given_next += is_next != 0;
}

void td_trial_ran(struct td_trial *t, int is_next, uint64_t run_ns, int failed)
{
    struct td_trial_side *side = is_next ? &t->next : &t->serving;

    if (!t->is_on)
        return;
    side->documents++;
    side->errors += failed != 0;
    side->run_ns += run_ns;
}
