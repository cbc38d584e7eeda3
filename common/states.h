/* states.h: lifecycles. Each is a table in the header of the thing that lives it, X(state, name, states that may follow), and
 * one function there changes the state, asserts the table and logs the change; nobody else assigns it. */
#ifndef TD_STATES_H
#define TD_STATES_H

#include <assert.h>
#include <stdint.h>

/* A state as a bit, for the third column. */
#define TD_TO(state) (UINT32_C(1) << (state))

struct td_state_info {
    const char *name;
    uint32_t may_become;
};

static inline void td_state_check(const struct td_state_info *table, unsigned from, unsigned to)
{
    assert(table[from].may_become & TD_TO(to));
    (void)table, (void)from, (void)to;
}

#endif
