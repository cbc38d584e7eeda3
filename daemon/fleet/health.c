/* health.c: see health.h. */
#include "daemon/fleet/health.h"

#include <string.h>

const char *td_health_state_name(enum td_health_state state)
{
    static const char *const names[] = {
#define X(name, text) [TD_HEALTH_##name] = text,
        TD_HEALTH_STATES(X)
#undef X
    };
    return names[state];
}

static void suspend(struct td_health *h, const struct td_settings *set, uint64_t now)
{
    uint64_t first = (uint64_t)set->suspend_pause, most = (uint64_t)set->suspend_pause_max;

    h->pause_ns = h->pause_ns == 0 ? first : h->pause_ns * 2; /* a failed trial: longer each time */
    if (h->pause_ns > most)
        h->pause_ns = most;
    h->until_ns = now + h->pause_ns;
    h->state = TD_HEALTH_SUSPENDED;
}

int td_health_blame(struct td_health *h, const struct td_settings *set, int was_timeout, uint64_t now)
{
    uint32_t limit = (uint32_t)set->suspend_deaths;

    if (was_timeout)
        h->timeouts++;
    else
        h->crashes++;
    if (h->state == TD_HEALTH_TRIAL) {
        suspend(h, set, now);
        return 1;
    }
    if (h->state != TD_HEALTH_ACTIVE || limit == 0)
        return 0;
    h->deaths_ns[h->next_death] = now;
    h->next_death = (h->next_death + 1) % limit;
    uint64_t oldest = h->deaths_ns[h->next_death]; /* of the last `limit` ones; 0: there weren't so many */
    if (oldest == 0 || now - oldest > (uint64_t)set->suspend_window)
        return 0;
    suspend(h, set, now);
    return 1;
}

int td_health_may_run(struct td_health *h, uint64_t now, int *is_trial)
{
    if (h->state == TD_HEALTH_ACTIVE)
        return 1;
    if (h->state != TD_HEALTH_SUSPENDED || now < h->until_ns)
        return 0;
    h->state = TD_HEALTH_TRIAL;
    *is_trial = 1;
    return 1;
}

void td_health_tried(struct td_health *h, int survived, uint64_t now)
{
    if (h->state != TD_HEALTH_TRIAL)
        return;
    if (survived) {
        td_health_enable(h);
        return;
    }
    h->state = TD_HEALTH_SUSPENDED;
    h->until_ns = now;
}

void td_health_disable(struct td_health *h)
{
    h->state = TD_HEALTH_DISABLED;
}

void td_health_enable(struct td_health *h)
{
    h->state = TD_HEALTH_ACTIVE;
    memset(h->deaths_ns, 0, sizeof h->deaths_ns);
    h->next_death = 0;
    h->pause_ns = h->until_ns = 0;
}
