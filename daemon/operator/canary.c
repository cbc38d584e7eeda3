/* canary.c: see canary.h. */
#include "daemon/operator/canary.h"

#include <assert.h>
#include <stdio.h>

#include "common/log.h"

/* Errors of a canary that are forgiven: one is chance. */
#define FORGIVEN_ERRORS 1

/* Slower by less than this is noise: the first documents meet cold caches. */
#define NOISE_US 500

int td_canary_init(struct td_canary *c, uv_loop_t *loop, struct td_trial *trial)
{
    *c = (struct td_canary) { .trial = trial };
    c->timer.data = c;
    return uv_timer_init(loop, &c->timer);
}

/* The errors that what serves would have had on as many documents. */
static double expected_errors(const struct td_trial_pool *t)
{
    return t->serving.documents ? (double)t->serving.errors / (double)t->serving.documents * (double)t->next.documents
                                : 0;
}

static double mean_us(const struct td_trial_side *side)
{
    return side->documents ? (double)side->run_ns / 1000 / (double)side->documents : 0;
}

/* Too many errors, whatever more documents would show. */
static int is_failing_in(const struct td_canary *c, const struct td_trial_pool *t)
{
    double worse = (double)c->next->config.set.canary_worse;

    return (double)t->next.errors > FORGIVEN_ERRORS + worse * expected_errors(t);
}

/* Slower is judged at the end only, and against something. */
static int is_slow_in(const struct td_canary *c, const struct td_trial_pool *t)
{
    double now = mean_us(&t->next), before = mean_us(&t->serving);

    return t->serving.documents > 0 && t->next.documents > 0 &&
           now > (double)c->next->config.set.canary_worse * before && now > before + NOISE_US;
}

/* The first pool in which it is; NULL: it is in none. Each pool's documents are compared with their like alone. */
static const struct td_trial_pool *find_pool(const struct td_canary *c,
                                             int (*is_so)(const struct td_canary *c, const struct td_trial_pool *t))
{
    for (uint32_t i = 0; i < TD_MAX_POOLS; i++)
        if (is_so(c, &c->trial->pools[i]))
            return &c->trial->pools[i];
    return NULL;
}

/* Of the pool's documents; of all, where there is but one. */
static const char *whose(const struct td_canary *c, const struct td_trial_pool *bad, char *words, size_t size)
{
    uint32_t index = (uint32_t)(bad - c->trial->pools);

    words[0] = 0;
    if (c->serving->n_pools > 1)
        snprintf(words, size, " of pool %s", c->serving->pools[index].name);
    return words;
}

static void judge(const struct td_canary *c, struct td_err *verdict)
{
    const struct td_trial_pool all = td_trial_sum(c->trial), *bad = find_pool(c, is_failing_in);
    char pool[64];

    bad = bad ? bad : find_pool(c, is_slow_in);
    int is_unjudged = all.next.documents == 0;
    int is_refused = bad || (is_unjudged && !c->next->config.set.canary_promote_unjudged);

    td_log(bad           ? TD_LOG_ERROR
           : is_unjudged ? TD_LOG_WARN
                         : TD_LOG_INFO,
           is_unjudged ? "generation.canary_unjudged" : "generation.canary_judged",
           TD_INT("generation", c->next->number), TD_INT("documents", all.next.documents),
           TD_INT("errors", all.next.errors), TD_NUM("mean_us", mean_us(&all.next)),
           TD_INT("serving_documents", all.serving.documents), TD_INT("serving_errors", all.serving.errors),
           TD_NUM("serving_mean_us", mean_us(&all.serving)),
           TD_STR("action", is_refused ? "roll back" : "switch over"));
    verdict->code = TD_OK;
    if (bad)
        td_fail(verdict, TD_E_RELOAD_FAILED,
                "the canary was rolled back: %llu of %llu documents%s failed (%llu of %llu with what serves), "
                "mean run time %.0f us (%.0f us)",
                (unsigned long long)bad->next.errors, (unsigned long long)bad->next.documents,
                whose(c, bad, pool, sizeof pool), (unsigned long long)bad->serving.errors,
                (unsigned long long)bad->serving.documents, mean_us(&bad->next), mean_us(&bad->serving));
    else if (is_refused)
        td_fail(
            verdict, TD_E_RELOAD_FAILED,
            "nothing was judged: no document came to the canary within canary.time; send some, raise canary.percent "
            "or canary.time, or set canary.promote_unjudged");
}

static void on_time(uv_timer_t *timer)
{
    struct td_canary *c = timer->data;

    c->is_time_over = 1; /* judged at the end of this turn */
}

void td_canary_begin(struct td_canary *c, const struct td_generation *next, const struct td_generation *serving)
{
    const struct td_settings *set = &next->config.set;

    assert(!c->next);
    c->next = next;
    c->serving = serving;
    c->is_time_over = 0;
    td_trial_begin(c->trial, (uint32_t)set->canary_percent);
    uv_timer_start(&c->timer, on_time, (uint64_t)set->canary_time / 1000000, 0);
    td_log(TD_LOG_INFO, "generation.canary", TD_INT("generation", next->number), TD_INT("percent", set->canary_percent),
           TD_INT("documents", set->canary_documents));
}

/* Of any pool that documents come to so many must have been tried that it could fail: a busy pool's many come first. */
static int is_unseen_in(const struct td_canary *c, const struct td_trial_pool *t)
{
    uint64_t least = FORGIVEN_ERRORS + 1, documents = (uint64_t)c->next->config.set.canary_documents;

    return t->given > 0 && t->next.documents < (least < documents ? least : documents);
}

/* Each turn of the loop, while one is tried: so the sum is made only then. */
static int has_enough(const struct td_canary *c)
{
    return td_trial_sum(c->trial).next.documents >= (uint64_t)c->next->config.set.canary_documents &&
           !find_pool(c, is_unseen_in);
}

int td_canary_turn(struct td_canary *c, struct td_err *verdict)
{
    if (!c->next || !(c->is_time_over || has_enough(c) || find_pool(c, is_failing_in)))
        return 0;
    judge(c, verdict);
    td_canary_stop(c);
    return 1;
}

void td_canary_stop(struct td_canary *c)
{
    c->next = NULL;
    td_trial_end(c->trial);
    uv_timer_stop(&c->timer);
}

void td_canary_close(struct td_canary *c)
{
    uv_close((uv_handle_t *)&c->timer, NULL);
}
