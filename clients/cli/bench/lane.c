/* lane.c: one connection of `textctl bench`, in a thread of its own. Requests are sent once, whatever happens:
 * what the library would mend, a lost connection or a full daemon, is counted here. */
#include "clients/cli/bench/bench.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/clock.h"

#define MS UINT64_C(1000000)
#define LOOK_NS (50 * MS) /* how often it is looked whether to end */
#define SLACK_NS 1000UL   /* the kernel's own for sleeping is 50 us */

atomic_int bench_is_told_to_end;

/* A document in flight. Its id has its place in the low part, so that it is found however the answers are ordered. */
struct place {
    uint64_t due_ns;
    uint32_t next; /* the next free one */
    uint32_t bytes;
    int is_measured;
};

struct flight {
    struct bench_lane *lane;
    struct place *places;
    uint32_t n_places, free, n; /* in flight */
    uint64_t n_sent;            /* of all, the warm-up's too */
    uint64_t answered_ns;       /* when something last came, or began to be waited for */
};

static int is_open(const struct bench_plan *plan)
{
    return plan->rate > 0;
}

/* ---- Documents --------------------------------------------------------------------------------------------------- */

void bench_errors_add(struct bench_errors *errors, const char *code, uint64_t n)
{
    size_t i = 0;

    while (i < errors->n && strcmp(errors->codes[i].code, code) != 0)
        i++;
    if (i == BENCH_CODES)
        i--;
    if (i == errors->n)
        snprintf(errors->codes[errors->n++].code, BENCH_CODE_BYTES, "%s", code);
    errors->codes[i].n += n;
}

/* When this lane's document `i` is due: the lanes take turns. */
static uint64_t due_ns(const struct bench_lane *lane, uint64_t i)
{
    const struct bench_plan *plan = lane->plan;
    double number = (double)i * plan->n_lanes + lane->number;

    return plan->start_ns + (uint64_t)(number * 1e9 / plan->rate);
}

static void give_up(struct flight *f, int code, const char *why)
{
    f->lane->code = code;
    snprintf(f->lane->why, sizeof f->lane->why, "%s", why);
}

/* Measured is what is due in the time that is measured, whenever it is sent. -1: the daemon is gone. */
static int send_one(struct flight *f, uint64_t due, uint64_t now)
{
    struct bench_lane *lane = f->lane;
    const struct bench_texts *texts = lane->plan->texts;
    const struct bench_text *text = &texts->items[(f->n_sent * lane->plan->n_lanes + lane->number) % texts->n];
    struct textd_request request = session_request(lane->plan->session, text->bytes, text->length);
    struct textd_error error;
    uint32_t at = f->free;
    struct place *place = &f->places[at];

    assert(f->n < f->n_places);
    request.id = f->n_sent * f->n_places + at + 1;
    int rc = textd_client_send(lane->client, &request, NULL, &error);
    if (rc != TEXTD_CLIENT_OK) {
        give_up(f, rc, error.text);
        return -1;
    }
    if (f->n == 0)
        f->answered_ns = now;
    f->free = place->next;
    *place =
        (struct place) { .due_ns = due, .bytes = (uint32_t)text->length, .is_measured = due >= lane->plan->measure_ns };
    f->n++;
    f->n_sent++;
    if (!place->is_measured)
        return 0;
    lane->counts.sent++;
    if (is_open(lane->plan))
        histogram_record(&lane->late, now > due ? now - due : 0);
    return 0;
}

static void set_free(struct flight *f, struct place *place)
{
    place->next = f->free;
    f->free = (uint32_t)(place - f->places);
    f->n--;
}

static void count_failure(struct flight *f, const struct place *place, const char *code, int is_retryable)
{
    struct bench_counts *counts = &f->lane->counts;

    if (!place->is_measured)
        return;
    counts->failed++;
    counts->retryable += is_retryable != 0;
    bench_errors_add(&f->lane->errors, code, 1);
}

/* The library's own words for what there is no point in going on after. One by one, documents may be LOST: by a
 * restart. */
static void look_for_the_end(struct flight *f, const struct textd_reply_error *error)
{
    static const struct {
        const char *word;
        int code;
    } ends[] = { { "UNAVAILABLE", TEXTD_CLIENT_UNREACHABLE },
                 { "TIMEOUT", TEXTD_CLIENT_TIMEOUT },
                 { "NO_PROTOCOL", TEXTD_CLIENT_NO_PROTOCOL },
                 { "REFUSED", TEXTD_CLIENT_REFUSED } };

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(error->code, ends[i].word) == 0)
            give_up(f, ends[i].code, error->message);
}

static void take_reply(struct flight *f, const struct textd_reply *reply, uint64_t now)
{
    const struct textd_reply_error *error = textd_reply_error(reply);
    struct bench_counts *counts = &f->lane->counts;
    uint64_t id = textd_reply_id(reply);

    if (id == 0)
        return; /* it could not read a request, whichever: that one stays unanswered, and is counted as such */
    struct place *place = &f->places[(id - 1) % f->n_places];
    counts->last_ns = now;
    if (error)
        look_for_the_end(f, error);
    if (error) {
        count_failure(f, place, error->code, error->retryable);
    } else {
        if (place->is_measured) {
            histogram_record(&f->lane->latency, now - place->due_ns);
            counts->answered++;
            counts->bytes += place->bytes;
        }
        if (now >= f->lane->plan->measure_ns && now < f->lane->plan->end_ns) {
            counts->in_time++;
            counts->in_time_bytes += place->bytes;
        }
    }
    set_free(f, place);
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* Takes what has come. -1: the daemon is gone, or hangs. */
static int take_all(struct flight *f, uint32_t wait_ms)
{
    struct textd_reply *reply;
    struct textd_error error;
    int rc;

    while (f->n > 0 && (rc = textd_client_receive(f->lane->client, wait_ms, &reply, &error)) != TEXTD_CLIENT_TIMEOUT) {
        f->answered_ns = td_now_ns();
        atomic_fetch_add_explicit(&f->lane->n_seen, 1, memory_order_relaxed);
        if (rc == TEXTD_CLIENT_OK) {
            take_reply(f, reply, f->answered_ns);
            textd_reply_free(reply);
            if (f->lane->code != TEXTD_CLIENT_OK)
                return -1;
        } else if (rc == TEXTD_CLIENT_LOST && error.id) {
            struct place *place = &f->places[(error.id - 1) % f->n_places];
            count_failure(f, place, "LOST", 1);
            set_free(f, place);
        } else {
            give_up(f, rc, error.text);
            return -1;
        }
        wait_ms = 0;
    }
    if (f->n == 0 || is_open(f->lane->plan)) /* there the library watches over each document's time */
        return 0;
    if (td_now_ns() - f->answered_ns < f->lane->plan->timeout_ms * MS)
        return 0;
    give_up(f, TEXTD_CLIENT_TIMEOUT, "nothing was answered for the whole of --timeout");
    return -1;
}

/* Takes replies until `until_ns` at the latest, and returns when some have come. In the open loop to the microsecond,
 * by the client's descriptor: the library itself waits in milliseconds. */
static int wait_until(struct flight *f, uint64_t until_ns)
{
    uint64_t now = td_now_ns(), wait = until_ns > now ? until_ns - now : 0;
    struct pollfd replies = { .fd = textd_client_fd(f->lane->client), .events = POLLIN };
    struct timespec t = { 0, (long)(wait < LOOK_NS ? wait : LOOK_NS) };

    if (!is_open(f->lane->plan))
        return take_all(f, (uint32_t)((uint64_t)t.tv_nsec / MS));
    ppoll(&replies, 1, &t, NULL);
    return take_all(f, 0);
}

/* ---- The loops --------------------------------------------------------------------------------------------------- */

/* How many documents this lane has to send once the time that is measured has begun. */
static uint64_t share_of_documents(const struct bench_lane *lane)
{
    const struct bench_plan *plan = lane->plan;

    if (!plan->documents)
        return UINT64_MAX;
    return plan->documents / plan->n_lanes + (lane->number < plan->documents % plan->n_lanes);
}

static int is_over(const struct flight *f, uint64_t now)
{
    return now >= f->lane->plan->end_ns || atomic_load_explicit(&bench_is_told_to_end, memory_order_relaxed);
}

static int run_closed(struct flight *f)
{
    struct bench_counts *counts = &f->lane->counts;
    const uint64_t share = share_of_documents(f->lane);
    int rc = 0;

    while (rc == 0 && counts->sent < share && !is_over(f, td_now_ns())) {
        uint64_t now = td_now_ns();
        rc = f->n < f->n_places ? send_one(f, now, now) : wait_until(f, now + LOOK_NS);
    }
    counts->due = counts->sent;
    return rc;
}

/* Due at `now`, and unanswered; those that could not be sent yet are among them. */
static int64_t count_waiting(const struct flight *f, uint64_t i, uint64_t now)
{
    int64_t n = f->n;

    for (; due_ns(f->lane, i) < now; i++)
        n++;
    return n;
}

/* The next document is sent when it is due, or, when too many are in flight, as soon as one of those is answered. */
static int run_open(struct flight *f)
{
    struct bench_counts *counts = &f->lane->counts;
    const uint64_t measure_ns = f->lane->plan->measure_ns, share = share_of_documents(f->lane);
    uint64_t i = 0, now = td_now_ns();
    int rc = 0, has_begun = 0;

    for (; rc == 0 && counts->due < share && !is_over(f, now); now = td_now_ns()) {
        uint64_t due = due_ns(f->lane, i);
        if (!has_begun && now >= measure_ns) {
            has_begun = 1;
            counts->waiting_first = count_waiting(f, i, now);
        }
        if (due > now || f->n == f->n_places) {
            rc = wait_until(f, due > now ? due : now + LOOK_NS);
            continue;
        }
        rc = send_one(f, due, now);
        counts->due += due >= measure_ns;
        i++;
    }
    now = now < f->lane->plan->end_ns ? now : f->lane->plan->end_ns;
    counts->waiting_last = count_waiting(f, i, now);
    for (; due_ns(f->lane, i) < now && counts->due < share; i++)
        counts->due += due_ns(f->lane, i) >= measure_ns; /* it was due, and there was no room for it */
    return rc;
}

/* What is still under way gets its time: leaving it out would leave out the slowest. Who asks twice has no time. */
static void drain(struct flight *f)
{
    while (f->n > 0 && atomic_load(&bench_is_told_to_end) < 2 && take_all(f, (uint32_t)(LOOK_NS / MS)) == 0)
        ;
}

static void count_unanswered(struct flight *f)
{
    for (uint32_t i = f->free; i != f->n_places; i = f->places[i].next)
        f->places[i].is_measured = 0;
    for (uint32_t i = 0; i < f->n_places; i++)
        f->lane->counts.unanswered += f->places[i].is_measured != 0;
}

void *bench_lane_run(void *data)
{
    struct bench_lane *lane = data;
    struct flight f = { .lane = lane, .n_places = lane->plan->in_flight };

    prctl(PR_SET_TIMERSLACK, SLACK_NS, 0, 0, 0);
    f.places = calloc(f.n_places, sizeof *f.places);
    if (f.places) {
        for (uint32_t i = 0; i < f.n_places; i++)
            f.places[i].next = i + 1; /* the last one's is n_places: none */
        if ((is_open(lane->plan) ? run_open(&f) : run_closed(&f)) == 0)
            drain(&f);
        count_unanswered(&f);
    } else {
        give_up(&f, TEXTD_CLIENT_NO_MEMORY, "out of memory for the documents in flight");
    }
    free(f.places);
    atomic_store(&lane->is_over, 1);
    return NULL;
}
