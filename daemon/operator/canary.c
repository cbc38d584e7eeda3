/* canary.c: see canary.h. */
#include "daemon/operator/canary.h"

#include "common/log.h"
#include "daemon/server.h"

/* Errors of a canary that are forgiven: one is chance. */
#define FORGIVEN_ERRORS 1

void td_canary_init(struct td_server *server)
{
    server->canary.timer.data = server;
    uv_timer_init(&server->loop, &server->canary.timer);
}

int td_canary_is_wanted(const struct td_server *server)
{
    return server->next->config.set.canary_percent > 0;
}

/* The errors that what serves would have had on as many documents. */
static double expected_errors(const struct td_canary *c)
{
    return c->before.documents ? (double)c->before.errors / (double)c->before.documents * (double)c->now.documents : 0;
}

static double mean_us(const struct td_canary_side *side)
{
    return side->documents ? (double)side->run_ns / 1000 / (double)side->documents : 0;
}

/* Too many errors, whatever more documents would show. */
static int is_failing(const struct td_server *server)
{
    const struct td_canary *c = &server->canary;
    double worse = (double)server->next->config.set.canary_worse;

    return (double)c->now.errors > FORGIVEN_ERRORS + worse * expected_errors(c);
}

/* Slower by less than this is noise: the first documents meet cold caches. */
#define NOISE_US 500

/* Slower is judged at the end only, and against something. */
static int is_slow(const struct td_server *server)
{
    const struct td_canary *c = &server->canary;

    return c->before.documents > 0 && c->now.documents > 0 &&
           mean_us(&c->now) > (double)server->next->config.set.canary_worse * mean_us(&c->before) &&
           mean_us(&c->now) > mean_us(&c->before) + NOISE_US;
}

static void judge(struct td_server *server)
{
    const struct td_canary *c = &server->canary;
    int failing = is_failing(server), slow = is_slow(server);
    struct td_err err = { .code = TD_OK };

    td_log(failing || slow ? TD_LOG_ERROR : TD_LOG_INFO, "generation.canary_judged",
           TD_INT("generation", server->next->number), TD_INT("documents", c->now.documents),
           TD_INT("errors", c->now.errors), TD_NUM("mean_us", mean_us(&c->now)),
           TD_INT("serving_documents", c->before.documents), TD_INT("serving_errors", c->before.errors),
           TD_NUM("serving_mean_us", mean_us(&c->before)),
           TD_STR("action", failing || slow ? "roll back" : "switch over"));
    if (failing || slow)
        td_fail(&err, TD_E_RELOAD_FAILED,
                "the canary was rolled back: %llu of %llu documents failed (%llu of %llu with what serves), "
                "mean run time %.0f us (%.0f us)",
                (unsigned long long)c->now.errors, (unsigned long long)c->now.documents,
                (unsigned long long)c->before.errors, (unsigned long long)c->before.documents, mean_us(&c->now),
                mean_us(&c->before));
    td_canary_stop(server);
    server->canary.on_verdict(server, &err);
}

static void on_time(uv_timer_t *timer)
{
    judge(timer->data);
}

void td_canary_begin(struct td_server *server,
                     void (*on_verdict)(struct td_server *server, const struct td_err *verdict))
{
    struct td_canary *c = &server->canary;
    const struct td_settings *set = &server->next->config.set;

    c->is_on = 1;
    c->on_verdict = on_verdict;
    c->dice = 0;
    c->now = c->before = (struct td_canary_side) { 0 };
    uv_timer_start(&c->timer, on_time, (uint64_t)set->canary_time / 1000000, 0);
    td_log(TD_LOG_INFO, "generation.canary", TD_INT("generation", server->next->number),
           TD_INT("percent", set->canary_percent), TD_INT("documents", set->canary_documents));
}

void td_canary_stop(struct td_server *server)
{
    server->canary.is_on = 0;
    uv_timer_stop(&server->canary.timer);
}

int td_canary_takes_next(struct td_server *server)
{
    struct td_canary *c = &server->canary;

    if (!c->is_on)
        return 0;
    uint64_t percent = (uint64_t)server->next->config.set.canary_percent, before = c->dice++;
    return c->dice * percent / 100 > before * percent / 100; /* spread evenly: no dice are needed */
}

void td_canary_note(struct td_server *server, const struct td_worker *w, uint64_t run_ns, int failed)
{
    struct td_canary *c = &server->canary;
    const struct td_generation *g = td_generation_of(w);

    if (!c->is_on || (g != server->next && g != server->generation))
        return;
    struct td_canary_side *side = g == server->next ? &c->now : &c->before;
    side->documents++;
    side->errors += failed != 0;
    side->run_ns += run_ns;
    if (c->now.documents >= (uint64_t)server->next->config.set.canary_documents || is_failing(server))
        judge(server);
}
