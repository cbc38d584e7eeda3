/* health.c: see health.h. */
#include "daemon/http/health.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/mp_buf.h"
#include "daemon/fleet/pipe.h"
#include "daemon/http/http.h"
#include "daemon/net/gate.h"

/* Why a check fails, or what it saw. */
struct reason {
    char text[256];
};

#define SAY(reason, ...) snprintf((reason)->text, sizeof(reason)->text, __VA_ARGS__)

/* ---- The checks --------------------------------------------------------------------------------------------------- */

/* False at once, whatever is still being answered. */
static int is_not_draining(const struct td_http *http, struct reason *why)
{
    SAY(why, http->is_draining ? "no more documents are taken" : "documents are taken");
    return !http->is_draining;
}

/* NULL before there is a line-up. */
static const struct td_generation *serving(const struct td_http *http)
{
    return http->is_serving ? td_lineup_serving(http->lineup) : NULL;
}

static int has_generation(const struct td_http *http, struct reason *why)
{
    const struct td_generation *g = serving(http);

    if (g)
        SAY(why, "generation %u serves", g->number);
    else
        SAY(why, "the first generation is being made");
    return g != NULL;
}

/* The pool's workers that take documents. A worker that was stopped looks ready until a document is found to be stuck in it:
 * the kernel knows at once. */
static uint32_t n_at_work(const struct td_generation *g, const struct td_pool *pool, uint32_t *n_stopped)
{
    uint32_t n = 0;

    for (uint32_t i = pool->first; i < pool->first + pool->n; i++) {
        struct td_worker *w = g->slots[i].worker;
        if (!w || w->state != TD_WORKER_READY)
            continue;
        char state = td_worker_look(w).state;
        if (state && strchr("TtZX", state))
            ++*n_stopped;
        else
            n++;
    }
    return n;
}

/* It is ready when the pipeline `default` has workers. Of other pools it is said that they have none: only their pipelines'
 * documents wait for that. */
static int has_worker(const struct td_http *http, struct reason *why)
{
    const struct td_generation *g = serving(http);
    const struct td_plan *plan = g ? td_generation_pipeline(g, "default", strlen("default")) : NULL;
    const char *idle = NULL;
    uint32_t n = 0, n_stopped = 0, at_default = 0;

    for (uint32_t i = 0; g && i < g->n_pools; i++) {
        uint32_t its = n_at_work(g, &g->pools[i], &n_stopped);
        n += its;
        if (plan && plan->pool == i)
            at_default = its;
        if (its == 0 && g->pools[i].n > 0 && !idle)
            idle = g->pools[i].name;
    }
    SAY(why, "%u of %u workers take documents%s", n, g ? g->n_slots : 0, n_stopped ? "; others are stopped" : "");
    size_t used = strlen(why->text);
    if (g && g->n_pools > 1 && idle)
        snprintf(why->text + used, sizeof why->text - used, "; pool %s has none that does", idle);
    return at_default > 0;
}

/* One whose pause is over is tried by the next document: that must come, or it would never run again. */
static int can_answer(const struct td_http *http, struct reason *why)
{
    const struct td_generation *g = serving(http);
    const struct td_plan *plan = g ? td_generation_pipeline(g, "default", strlen("default")) : NULL;
    uint64_t now = td_now_ns();

    if (!plan) {
        SAY(why, "there is no pipeline default yet");
        return 0;
    }
    for (uint32_t i = 0; i < g->catalogue.n; i++) {
        const struct td_health *health = &g->pools[plan->pool].health[i];
        if (!(plan->members & UINT64_C(1) << i))
            continue;
        if (health->state == TD_HEALTH_DISABLED || (health->state == TD_HEALTH_SUSPENDED && health->until_ns > now)) {
            SAY(why, "plugin %s of the pipeline default is %s", g->catalogue.plugins[i].name,
                td_health_state_name(health->state));
            return 0;
        }
    }
    SAY(why, "the plugins of the pipeline default run");
    return 1;
}

/* Nine tenths: before documents are refused, not after. With pools, of what documents of the pipeline `default` may have: what
 * others have more than that leaves them their part. */
static int is_below_mark(const struct td_http *http, struct reason *why)
{
    const struct td_documents *docs = http->docs;
    const struct td_generation *g = serving(http);
    const struct td_plan *plan = g ? td_generation_pipeline(g, "default", strlen("default")) : NULL;
    uint64_t count = td_queues_waiting(&docs->queues), bytes = docs->held_bytes;
    uint64_t most = (uint64_t)docs->set.queue_documents, most_bytes = (uint64_t)docs->set.queue_bytes;

    SAY(why, "%llu of %llu documents wait, %llu of %llu bytes are held", (unsigned long long)count,
        (unsigned long long)most, (unsigned long long)bytes, (unsigned long long)most_bytes);
    if (!plan || docs->queues.n == 1)
        return count * 10 < most * 9 && bytes / 9 < most_bytes / 10;
    const struct td_queue *queue = docs->queues.of[plan->pool];
    return td_queues_fits(&docs->queues, queue, most - most / 10, 1, td_queue_documents) && /* 1 of 1, not 0 */
           td_queues_fits(&docs->queues, queue, most_bytes - most_bytes / 10, 1, td_queue_bytes);
}

/* Whether messages and connections are let in. */
static int is_listening(const struct td_http *http, struct reason *why)
{
    const struct td_intake *intake = http->docs->intake;

    if (intake->state != TD_INTAKE_EASY)
        SAY(why, "messages come faster than they are read: %llu bytes wait", (unsigned long long)intake->excess_bytes);
    else
        SAY(why, "messages are read");
    return intake->state == TD_INTAKE_EASY;
}

static int has_descriptors(const struct td_http *http, struct reason *why)
{
    int has_room = td_gate_has_room() && !http->docs->intake->is_short;

    SAY(why, has_room ? "there are descriptors for connections" : "no descriptors are left for connections");
    return has_room;
}

/* Asked of the file system, now: what intake.c has noticed may be a second old. */
static int has_endpoints(const struct td_http *http, struct reason *why)
{
    const struct td_intake *intake = http->docs->intake;
    unsigned n = 0;

    for (unsigned i = 0; i < intake->n_places; i++)
        for (unsigned j = 0; j < intake->places[i].n_endpoints; j++, n++) {
            const struct td_endpoint *e = &intake->places[i].endpoints[j];
            struct stat st;
            if (e->path &&
                (e->is_lost || lstat(e->path, &st) != 0 || st.st_ino != e->inode || st.st_dev != e->device)) {
                SAY(why, "the socket %s is not there", e->path);
                return 0;
            }
        }
    SAY(why, n > 0 ? "%u endpoints are bound" : "no endpoint is read yet", n);
    return n > 0;
}

/* A pipe that is finishing, or is made anew by a reload, is no trouble; one that can't be made is. */
static int has_sink(const struct td_http *http, struct reason *why)
{
    const struct td_pipe *pipe = http->control->pipe;

    if (pipe->state == TD_PIPE_OFF)
        SAY(why, "nothing is pulled");
    else if (pipe->state == TD_PIPE_PAUSED)
        SAY(why, "the pipe process is dead: %.140s", pipe->refusal.code != TD_OK ? pipe->refusal.text : "see the log");
    else if (td_pipe_sink_is_stuck(pipe))
        SAY(why, "no sink has taken a reply for %llu ms", (unsigned long long)td_pipe_counts(pipe).sink_waiting_ms);
    else
        SAY(why, "the pipe is %s", td_pipe_state_name(pipe));
    return pipe->state != TD_PIPE_PAUSED && !td_pipe_sink_is_stuck(pipe);
}

/* Nothing that documents have to wait for: for who looks. */
static int is_confined(const struct td_http *http, struct reason *why)
{
    const struct td_generation *g = serving(http);

    if (!g)
        SAY(why, "no worker is there yet");
    else
        td_confinement_describe(&g->confinement, why->text, sizeof why->text);
    return 1;
}

/* X(name, function) */
#define CHECKS(X) \
    X("draining", is_not_draining) \
    X("generation", has_generation) \
    X("workers", has_worker) \
    X("pipeline", can_answer) \
    X("queue", is_below_mark) \
    X("intake", is_listening) \
    X("descriptors", has_descriptors) \
    X("endpoints", has_endpoints) \
    X("sink", has_sink) \
    X("sandbox", is_confined)

static const struct check {
    const char *name;
    int (*holds)(const struct td_http *http, struct reason *why);
} checks[] = {
#define X(name, function) { name, function },
    CHECKS(X)
#undef X
};

#define N_CHECKS (sizeof checks / sizeof checks[0])

int td_http_is_ready(const struct td_http *http, char *failing, size_t size)
{
    struct reason why;

    for (size_t i = 0; i < N_CHECKS; i++)
        if (!checks[i].holds(http, &why)) {
            snprintf(failing, size, "%s: %s", checks[i].name, why.text);
            return 0;
        }
    return 1;
}

/* ---- The routes --------------------------------------------------------------------------------------------------- */

static void append(struct td_buf *buf, const char *text)
{
    td_buf_append(buf, text, strlen(text));
}

static void append_check(struct td_buf *buf, const char *name, int holds, const char *why)
{
    append(buf, holds ? "ok      " : "failing ");
    append(buf, name);
    append(buf, ": ");
    append(buf, why);
    append(buf, "\n");
}

/* Checks that fail are told in any case: who is told "no" wants to know why. */
static void answer(struct td_http_call *call, struct td_buf *lines, int holds, const char *yes, const char *no)
{
    char text[4096];

    int length = snprintf(text, sizeof text, "%s\n%.*s", holds ? yes : no, (int)lines->length,
                          lines->length ? lines->bytes : "");
    td_buf_free(lines);
    td_http_call_answer(call, holds ? 200 : 503, "text/plain; charset=utf-8", text, (size_t)length);
}

void td_http_livez(struct td_http_call *call)
{
    struct td_buf lines = { .limit = 1024 };

    if (td_http_call_query(call, "verbose"))
        append_check(&lines, "loop", 1, "the supervisor's loop turns");
    answer(call, &lines, 1, "alive", "");
}

void td_http_readyz(struct td_http_call *call)
{
    const struct td_http *http = td_http_call_http(call);
    struct td_buf lines = { .limit = 4000 };
    int is_ready = 1, is_verbose = td_http_call_query(call, "verbose") != NULL;
    struct reason why;

    for (size_t i = 0; i < N_CHECKS; i++) {
        int holds = checks[i].holds(http, &why);
        is_ready &= holds;
        if (is_verbose || !holds)
            append_check(&lines, checks[i].name, holds, why.text);
    }
    answer(call, &lines, is_ready, "ready", "not ready");
}
