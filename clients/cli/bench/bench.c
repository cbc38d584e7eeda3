/* bench.c: `textctl bench`: connects, starts a thread for each connection, and tells what came of it. */
#include "clients/cli/bench/bench.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

#define DEFAULT_IN_FLIGHT 16 /* of the closed loop: enough to keep a few workers busy */
#define DEFAULT_IN_FLIGHT_OPEN \
    16384 /* as many as the daemon takes from one connection: the open loop waits for nothing */
#define DEFAULT_DURATION_MS 10000
#define DEFAULT_WARM_UP_MS 1000
#define DEFAULT_TIMEOUT_MS 35000
#define MS UINT64_C(1000000)
#define WATCH_NS (100 * MS)
#define AWAY_MS 2000 /* in the open loop, documents wait so long for a textd that is being restarted */

struct bench {
    struct session session;
    struct bench_texts texts;
    struct bench_plan plan;
    struct bench_lane *lanes;
    pthread_t *threads;
};

static void on_signal(int signal)
{
    (void)signal;
    atomic_fetch_add(&bench_is_told_to_end, 1);
}

static void make_plan(struct bench *b, const struct cli *cli)
{
    uint32_t most = cli->rate ? DEFAULT_IN_FLIGHT_OPEN : DEFAULT_IN_FLIGHT;
    uint64_t start = td_now_ns();

    b->plan.rate = cli->rate;
    b->plan.in_flight = cli->in_flight ? cli->in_flight : most;
    b->plan.timeout_ms = cli->timeout_ms ? cli->timeout_ms : DEFAULT_TIMEOUT_MS;
    b->plan.documents = cli->documents;
    b->plan.start_ns = start;
    b->plan.measure_ns = start + (cli->warm_up_ms ? cli->warm_up_ms : DEFAULT_WARM_UP_MS) * MS;
    b->plan.end_ns = b->plan.measure_ns + (cli->duration_ms ? cli->duration_ms : DEFAULT_DURATION_MS) * MS;
    if (cli->documents)
        b->plan.end_ns = UINT64_MAX;
}

/* A connection of its own for each lane, and one answer on it before the clock runs. */
static int connect_lanes(struct bench *b, const struct cli *cli)
{
    struct textd_client_options options = { .size = sizeof options,
                                            .endpoint = cli->endpoint,
                                            .curve_key_file = cli->key,
                                            .curve_server_key = cli->server_key,
                                            .timeout_ms = cli->timeout_ms,
                                            .flags = TEXTD_CLIENT_NO_RESEND | (cli->rate ? TEXTD_CLIENT_ASYNC : 0),
                                            .resend_ms = cli->timeout_ms && cli->timeout_ms < AWAY_MS ? cli->timeout_ms
                                                                                                      : AWAY_MS };
    struct textd_reply *reply = NULL;
    struct textd_error error;
    int rc = TEXTD_CLIENT_OK;

    b->plan = (struct bench_plan) { .session = &b->session, .texts = &b->texts };
    b->plan.n_lanes = cli->clients ? cli->clients : 1;
    b->lanes = calloc(b->plan.n_lanes, sizeof *b->lanes);
    b->threads = calloc(b->plan.n_lanes, sizeof *b->threads);
    if (!b->lanes || !b->threads) {
        cli_complain("out of memory for the connections");
        return CLI_SOME_FAILED;
    }
    for (uint32_t i = 0; i < b->plan.n_lanes && rc == TEXTD_CLIENT_OK; i++) {
        b->lanes[i].plan = &b->plan;
        b->lanes[i].number = i;
        b->lanes[i].client = textd_client_open(&options, &error);
        rc = b->lanes[i].client ? textd_client_ping(b->lanes[i].client, &reply, &error) : error.code;
        textd_reply_free(reply);
    }
    if (rc != TEXTD_CLIENT_OK)
        cli_complain("%s", error.text);
    return session_exit_code(rc);
}

/* While the lanes run: what a person who waits wants to know, on a terminal. */
static void watch(const struct bench *b)
{
    const struct timespec pause = { 0, WATCH_NS };
    int is_shown = isatty(STDERR_FILENO), is_running = 1;
    uint64_t before = 0;
    char number[32];

    for (unsigned turn = 0; is_running; turn++) {
        uint64_t n = 0, now = td_now_ns();
        nanosleep(&pause, NULL);
        is_running = 0;
        for (uint32_t i = 0; i < b->plan.n_lanes; i++) {
            n += atomic_load_explicit(&b->lanes[i].n_seen, memory_order_relaxed);
            is_running |= !atomic_load(&b->lanes[i].is_over);
        }
        if (!is_shown || turn % 10 != 9)
            continue;
        fprintf(stderr, "\r\033[K%s, %.0f s: %s answers/s",
                now < b->plan.measure_ns ? "warm-up"
                : now < b->plan.end_ns   ? "measuring"
                                         : "the last answers",
                (double)(now - b->plan.start_ns) / 1e9, bench_number(number, sizeof number, n - before));
        fflush(stderr);
        before = n;
    }
    if (is_shown)
        fputs("\r\033[K", stderr);
}

static int run_lanes(struct bench *b)
{
    uint32_t n = 0;

    while (n < b->plan.n_lanes && pthread_create(&b->threads[n], NULL, bench_lane_run, &b->lanes[n]) == 0)
        n++;
    if (n < b->plan.n_lanes) {
        cli_complain("no thread for connection %u", (unsigned)n + 1);
        atomic_store(&bench_is_told_to_end, 1);
    } else {
        watch(b);
    }
    for (uint32_t i = 0; i < n; i++)
        pthread_join(b->threads[i], NULL);
    return n == b->plan.n_lanes ? CLI_OK : CLI_SOME_FAILED;
}

/* ---- The result -------------------------------------------------------------------------------------------------- */

static void add_counts(struct bench_counts *all, const struct bench_counts *one)
{
    all->due += one->due;
    all->sent += one->sent;
    all->answered += one->answered;
    all->failed += one->failed;
    all->retryable += one->retryable;
    all->unanswered += one->unanswered;
    all->bytes += one->bytes;
    all->in_time += one->in_time;
    all->in_time_bytes += one->in_time_bytes;
    all->waiting_first += one->waiting_first;
    all->waiting_last += one->waiting_last;
    all->last_ns = one->last_ns > all->last_ns ? one->last_ns : all->last_ns;
}

/* The time that was measured. Where no end was fixed, or it ended early, it is until the last answer, and what was
 * annotated is what counts. */
static void find_seconds(struct bench_result *r)
{
    const struct bench_plan *plan = r->plan;
    int has_end = plan->end_ns != UINT64_MAX && r->code == 0 && !atomic_load(&bench_is_told_to_end);
    uint64_t end = has_end ? plan->end_ns : r->counts.last_ns;

    r->seconds = end > plan->measure_ns ? (double)(end - plan->measure_ns) / 1e9 : 0;
    if (has_end)
        return;
    r->counts.in_time = r->counts.answered;
    r->counts.in_time_bytes = r->counts.bytes;
}

/* Kept up: as many were waiting at the end as at the beginning, but for one in fifty of those that were due, and a
 * few. */
static void sum_up(struct bench_result *r, const struct bench *b)
{
    for (uint32_t i = 0; i < b->plan.n_lanes; i++) {
        const struct bench_lane *lane = &b->lanes[i];
        histogram_merge(&r->latency, &lane->latency);
        histogram_merge(&r->late, &lane->late);
        add_counts(&r->counts, &lane->counts);
        for (size_t k = 0; k < lane->errors.n; k++)
            bench_errors_add(&r->errors, lane->errors.codes[k].code, lane->errors.codes[k].n);
        if (lane->code != TEXTD_CLIENT_OK && r->code == TEXTD_CLIENT_OK) {
            r->code = lane->code;
            r->why = lane->why;
        }
    }
    find_seconds(r);
    int64_t growth = r->counts.waiting_last - r->counts.waiting_first;
    r->kept_up = growth <= (int64_t)(r->counts.due / 50) + 5;
}

static int exit_code(const struct bench_result *r)
{
    const struct outcome outcome = { r->counts.sent, r->counts.failed, r->counts.retryable };

    if (r->code != TEXTD_CLIENT_OK) {
        cli_complain("ended early: %s", r->why);
        return session_exit_code(r->code);
    }
    if (r->counts.due == 0) {
        cli_complain("nothing was measured: no document was due after the warm-up; let it run for longer");
        return CLI_SOME_FAILED;
    }
    int rc = session_outcome(&outcome);
    return rc == CLI_OK && (!r->kept_up || r->counts.unanswered) ? CLI_SOME_FAILED : rc;
}

static int tell(const struct cli *cli, const struct bench *b)
{
    struct bench_result *r = calloc(1, sizeof *r); /* histograms are large for a stack */
    int rc = CLI_OK;

    if (!r)
        return CLI_SOME_FAILED;
    r->plan = &b->plan;
    r->endpoint = textd_client_endpoint(b->session.client);
    sum_up(r, b);
    if (cli->json)
        bench_print_json(stdout, r);
    else
        bench_print(stdout, r);
    if (cli->plot)
        rc = bench_plot(cli->plot, r);
    int result = exit_code(r);
    free(r);
    return result != CLI_OK ? result : rc;
}

int cli_bench(const struct cli *cli)
{
    struct bench b = { 0 };
    struct cli described = *cli;

    described.json = 1; /* no more of the plugins than the command line asks for: a report would ask for tokens */
    int rc = session_open_described(&b.session, &described);
    if (rc == CLI_OK)
        rc = bench_texts_read(&b.texts, cli, b.session.document_bytes);
    if (rc == CLI_OK)
        rc = connect_lanes(&b, cli);
    if (rc == CLI_OK) {
        signal(SIGINT, on_signal);
        signal(SIGTERM, on_signal);
        make_plan(&b, cli);
        rc = run_lanes(&b);
    }
    if (rc == CLI_OK)
        rc = tell(cli, &b);
    for (uint32_t i = 0; b.lanes && i < b.plan.n_lanes; i++)
        textd_client_close(b.lanes[i].client);
    free(b.lanes);
    free(b.threads);
    bench_texts_free(&b.texts);
    session_close(&b.session);
    return rc;
}
