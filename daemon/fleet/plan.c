/* plan.c: see plan.h. At most 64 plugins, so sets are words and the loops are small. */
#include "daemon/fleet/plan.h"

#include <stdio.h>
#include <string.h>

#define BIT(i) (UINT64_C(1) << (i))

static int is_optional(const char *need)
{
    return strchr(need, TEXTD_OPTIONAL[0]) != NULL;
}

/* Whether `adds` has the layer that `need` names, with or without the mark of an optional need. */
static int provides(const char *const *adds, const char *need)
{
    size_t length = strcspn(need, TEXTD_OPTIONAL);

    for (; *adds; adds++)
        if (strlen(*adds) == length && memcmp(*adds, need, length) == 0)
            return 1;
    return 0;
}

/* The plugins among `set` that add the layer. */
static uint64_t providers(const struct td_catalogue *c, uint64_t set, const char *need)
{
    uint64_t found = 0;

    for (uint32_t i = 0; i < c->n; i++)
        if ((set & BIT(i)) && provides(c->plugins[i].adds, need))
            found |= BIT(i);
    return found;
}

/* Whether a need brings its plugin along. The language does even where a plugin could do without: it costs little, and what
 * takes a text for one in another language gets all of it wrong. */
static int brings_along(const char *need)
{
    return !is_optional(need) || strcmp(need, TEXTD_LANGUAGE TEXTD_OPTIONAL) == 0;
}

static uint32_t first_of(uint64_t set)
{
    return (uint32_t)__builtin_ctzll(set);
}

static int is_one(uint64_t set)
{
    return set && !(set & (set - 1));
}

static int fail_two(const struct td_catalogue *c, uint64_t two, const char *layer, struct td_err *err)
{
    uint32_t a = first_of(two), b = first_of(two & (two - 1));

    return td_fail(err, TD_E_CONFIG, "layer %s is added by both %s and %s; put only one of them into a pipeline", layer,
                   c->plugins[a].name, c->plugins[b].name);
}

/* A plugin that adds the layer may belong to others: then it isn't opened here, whoever needs it. */
static int fail_missing(const struct td_catalogue *c, uint32_t i, const char *need, struct td_err *err)
{
    uint64_t elsewhere = providers(c, UINT64_MAX, need);

    if (!elsewhere)
        return td_fail(err, TD_E_CONFIG, "plugin %s needs layer %s, and no plugin adds it", c->plugins[i].name, need);
    return td_fail(err, TD_E_CONFIG,
                   "plugin %s needs layer %s, and %s, which adds it, is another pool's: name it in a pipeline of this "
                   "pool, too",
                   c->plugins[i].name, need, c->plugins[first_of(elsewhere)].name);
}

/* Adds to *members what plugin `i` needs and nobody in it adds. Of several that could, the first of the configuration. */
static int bring_along(struct td_plan *plan, const struct td_catalogue *c, uint32_t i, uint64_t available,
                       struct td_err *err)
{
    uint64_t *members = &plan->members;

    for (const char *const *need = c->plugins[i].needs; *need; need++) {
        if (!brings_along(*need) || providers(c, *members, *need))
            continue;
        uint64_t candidates = providers(c, available, *need);
        if (!candidates && is_optional(*need))
            continue;
        if (!candidates) {
            plan->faulty = BIT(i);
            return fail_missing(c, i, *need, err);
        }
        *members |= BIT(first_of(candidates)); /* of two versions side by side, the configuration's first */
    }
    return TD_OK;
}

static int check_providers(struct td_plan *plan, const struct td_catalogue *c, struct td_err *err)
{
    uint64_t members = plan->members;

    for (uint32_t i = 0; i < c->n; i++)
        for (const char *const *layer = c->plugins[i].adds; (members & BIT(i)) && *layer; layer++) {
            uint64_t found = providers(c, members, *layer);
            if (!is_one(found)) {
                plan->faulty = found;
                return fail_two(c, found, *layer, err);
            }
        }
    return TD_OK;
}

/* The plugins of `members` that must run before plugin `i`. */
static uint64_t forerunners(const struct td_catalogue *c, uint32_t i, uint64_t members)
{
    uint64_t found = 0;

    for (const char *const *need = c->plugins[i].needs; *need; need++)
        found |= providers(c, members, *need);
    return found;
}

/* Walks from a plugin of the circle to one that it waits for, until one comes twice; what lies between is the circle. */
static int fail_circle(struct td_plan *plan, const struct td_catalogue *c, uint64_t left, struct td_err *err)
{
    char chain[300];
    size_t used = 0;
    uint64_t seen = 0;
    uint32_t at = first_of(left);

    for (; !(seen & BIT(at)); at = first_of(forerunners(c, at, left)))
        seen |= BIT(at);
    uint32_t start = at;
    for (uint32_t i = at; !(plan->faulty & BIT(i)); i = first_of(forerunners(c, i, left)))
        plan->faulty |= BIT(i);
    do {
        used += (size_t)snprintf(chain + used, sizeof chain - used, "%s needs ", c->plugins[at].name);
        at = first_of(forerunners(c, at, left));
    } while (at != start && used < sizeof chain);
    return td_fail(err, TD_E_CONFIG, "plugins need each other's layers in a circle: %s%s", chain,
                   c->plugins[start].name);
}

/* Kahn's topological sort (1962); among those that are ready, the order of the configuration. */
static int put_in_order(struct td_plan *plan, const struct td_catalogue *c, uint64_t wanted, struct td_err *err)
{
    uint64_t left = plan->members;

    while (left) {
        uint32_t i = 0;
        while (i < c->n && (!(left & BIT(i)) || forerunners(c, i, left)))
            i++;
        if (i == c->n)
            return fail_circle(plan, c, left, err);
        plan->steps[plan->n++] = (uint8_t)(i | (wanted & BIT(i) ? TD_STEP_WANTED : 0));
        left &= ~BIT(i);
    }
    return TD_OK;
}

int td_plan_gather(struct td_plan *plan, const struct td_catalogue *c, uint64_t wanted, uint64_t available,
                   struct td_err *err)
{
    uint64_t done = 0;
    int rc;

    *plan = (struct td_plan) { .members = wanted };
    while (done != plan->members) {
        uint32_t i = first_of(plan->members & ~done);
        done |= BIT(i);
        if ((rc = bring_along(plan, c, i, available, err)) != TD_OK)
            return rc;
    }
    return TD_OK;
}

int td_plan_make(struct td_plan *plan, const struct td_catalogue *c, uint64_t wanted, uint64_t available,
                 struct td_err *err)
{
    int rc = td_plan_gather(plan, c, wanted, available, err);

    if (rc != TD_OK || (rc = check_providers(plan, c, err)) != TD_OK)
        return rc;
    return put_in_order(plan, c, wanted, err);
}
