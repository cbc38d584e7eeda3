/* health.h: whether a plugin is run at all. One that keeps killing its workers is suspended: each death costs a document
 * and a process, and the other plugins' documents wait meanwhile. After a pause one document tries it again (a circuit
 * breaker with a half-open trial: M. Nygard, Release It!, 2007). An operator can disable a plugin and enable it again,
 * which also lifts a suspension. Deaths by others' doing don't count: see dispatch.c's blame. */
#ifndef TD_HEALTH_H
#define TD_HEALTH_H

#include <stdint.h>

#include "daemon/config/config.h"

/* ACTIVE: runs. DISABLED: by an operator. SUSPENDED: until its pause is over. TRIAL: one document is trying it. */
#define TD_HEALTH_STATES(X) X(ACTIVE, "active") X(DISABLED, "disabled") X(SUSPENDED, "suspended") X(TRIAL, "trial")

enum td_health_state {
#define X(name, text) TD_HEALTH_##name,
    TD_HEALTH_STATES(X)
#undef X
};

#define TD_MOST_DEATHS 100 /* that suspend.deaths may ask for */

struct td_health {
    enum td_health_state state;
    uint64_t crashes, timeouts; /* deaths that it was blamed for */
    uint64_t deaths_ns[TD_MOST_DEATHS];
    char denied[48];             /* the last system call that was stopped, as "socket()"; "" */
    uint32_t next_death;         /* in deaths_ns, which is a ring */
    uint64_t pause_ns, until_ns; /* of the suspension */
};

/* It was blamed for a death. Non-zero: that suspends it. `set` has suspend.*. */
int td_health_blame(struct td_health *health, const struct td_settings *set, int was_timeout, uint64_t now_ns);

/* Whether a document may run it now. A SUSPENDED one whose pause is over becomes TRIAL, and *is_trial is set: the document
 * that asked is the trial, and its end must be told to td_health_tried. */
int td_health_may_run(struct td_health *health, uint64_t now_ns, int *is_trial);

/* The trial is over. Non-zero `survived`: the plugin is ACTIVE again. Else nothing was learnt, and the next document is the
 * trial. (A death is told by td_health_blame.) */
void td_health_tried(struct td_health *health, int survived, uint64_t now_ns);

void td_health_disable(struct td_health *health);
void td_health_enable(struct td_health *health);

const char *td_health_state_name(enum td_health_state state);

#endif
