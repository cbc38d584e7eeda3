/* canary.c: see canary.h. */
#include "daemon/operator/canary.h"

#include <assert.h>

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
static double expected_errors(const struct td_trial *t)
{
    return t->serving.documents ? (double)t->serving.errors / (double)t->serving.documents * (double)t->next.documents
                                : 0;
}

static double mean_us(const struct td_trial_side *side)
{
    return side->documents ? (double)side->run_ns / 1000 / (double)side->documents : 0;
}

/* Too many errors, whatever more documents would show. */
static int is_failing(const struct td_canary *c)
{
    double worse = (double)c->next->config.set.canary_worse;

    return (double)c->trial->next.errors > FORGIVEN_ERRORS + worse * expected_errors(c->trial);
}

/* Slower is judged at the end only, and against something. */
static int is_slow(const struct td_canary *c)
{
    double now = mean_us(&c->trial->next), before = mean_us(&c->trial->serving);

    return c->trial->serving.documents > 0 && c->trial->next.documents > 0 &&
           now > (double)c->next->config.set.canary_worse * before && now > before + NOISE_US;
}

static void judge(const struct td_canary *c, struct td_err *verdict)
{
    const struct td_trial *t = c->trial;
    int is_bad = is_failing(c) || is_slow(c), is_unjudged = t->next.documents == 0;
    int is_refused = is_bad || (is_unjudged && !c->next->config.set.canary_promote_unjudged);

    td_log(is_bad        ? TD_LOG_ERROR
           : is_unjudged ? TD_LOG_WARN
                         : TD_LOG_INFO,
           is_unjudged ? "generation.canary_unjudged" : "generation.canary_judged",
           TD_INT("generation", c->next->number), TD_INT("documents", t->next.documents),
           TD_INT("errors", t->next.errors), TD_NUM("mean_us", mean_us(&t->next)),
           TD_INT("serving_documents", t->serving.documents), TD_INT("serving_errors", t->serving.errors),
           TD_NUM("serving_mean_us", mean_us(&t->serving)), TD_STR("action", is_refused ? "roll back" : "switch over"));
    verdict->code = TD_OK;
    if (is_bad)
        td_fail(verdict, TD_E_RELOAD_FAILED,
                "the canary was rolled back: %llu of %llu documents failed (%llu of %llu with what serves), "
                "mean run time %.0f us (%.0f us)",
                (unsigned long long)t->next.errors, (unsigned long long)t->next.documents,
                (unsigned long long)t->serving.errors, (unsigned long long)t->serving.documents, mean_us(&t->next),
                mean_us(&t->serving));
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

void td_canary_begin(struct td_canary *c, const struct td_generation *next)
{
    const struct td_settings *set = &next->config.set;

    assert(!c->next);
    c->next = next;
    c->is_time_over = 0;
    td_trial_begin(c->trial, (uint32_t)set->canary_percent);
    uv_timer_start(&c->timer, on_time, (uint64_t)set->canary_time / 1000000, 0);
    td_log(TD_LOG_INFO, "generation.canary", TD_INT("generation", next->number), TD_INT("percent", set->canary_percent),
           TD_INT("documents", set->canary_documents));
}

int td_canary_turn(struct td_canary *c, struct td_err *verdict)
{
    if (!c->next || !(c->is_time_over || c->trial->next.documents >= (uint64_t)c->next->config.set.canary_documents ||
                      is_failing(c)))
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
