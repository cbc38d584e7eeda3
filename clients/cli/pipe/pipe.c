/* pipe.c: textctl pipe. Lines come from a source of libtextd's (<textd/pipe.h>), go to textd (jobs.c), and come back with
 * their results; the source writes them in order and knows what is acknowledged. So what is here is the loop between, and
 * when to give up. And textctl pipe sink, which is libtextd's sink until somebody ends it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <textd/pipe.h>

#include "clients/cli/cli.h"
#include "clients/cli/pipe/jobs.h"
#include "clients/cli/pipe/lanes.h"
#include "common/clock.h"

#define MS UINT64_C(1000000)
#define WINDOW_FACTOR 8u /* lines between the first unacknowledged and the last read, for each that may be in flight */
#define HELD_BYTES (64u << 20) /* of lines and results */
#define LOOK_MS 100            /* how often time-outs are looked at */
#define REST_MS 1000
#define LINE_BYTES (256u << 20)

struct pipe_run {
    const struct cli *cli;
    struct lanes lanes;
    struct jobs jobs;
    struct textd_source *source;
    int is_at_end, is_told;
    uint64_t acknowledged_ns; /* when that moved last, or there was nothing to acknowledge */
    uint64_t acknowledged;    /* the byte */
    uint64_t looked_ns;       /* when time-outs were looked at last */
};

static volatile int is_stopped;

/* The second one finds the system's own way to deal with it. */
static void stop(int signal_number)
{
    (void)signal_number;
    is_stopped = 1;
}

static void listen_to_signals(void)
{
    struct sigaction once = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };

    sigaction(SIGTERM, &once, NULL);
    sigaction(SIGINT, &once, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a failure that is told, not an end without a word */
}

/* What the library says, as an exit code: a file that isn't what it was is no wrong command line. */
static int exit_code(int client_code)
{
    switch (client_code) {
    case TEXTD_CLIENT_UNREACHABLE:
    case TEXTD_CLIENT_NO_PROTOCOL:
    case TEXTD_CLIENT_REFUSED:
        return CLI_NO_DAEMON;
    case TEXTD_CLIENT_LOST:
    case TEXTD_CLIENT_TIMEOUT:
        return CLI_TRY_AGAIN;
    default:
        return CLI_SOME_FAILED;
    }
}

static int fail(const struct textd_error *error)
{
    cli_complain("%s", error->text);
    return exit_code(error->code);
}

/* ---- The sink ---------------------------------------------------------------------------------------------------- */

static int run_sink(const struct cli *cli)
{
    struct textd_sink_options options = {
        .size = sizeof options, .to = cli->to, .listen = cli->listen, .flags = cli->sync ? TEXTD_SINK_SYNC : 0
    };
    struct textd_error error;
    struct textd_sink *sink = textd_sink_open(&options, &error);
    int rc = TEXTD_CLIENT_OK;

    if (!sink)
        return fail(&error);
    while (!is_stopped && (rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT))
        rc = textd_sink_serve(sink, 1000, &error);
    if (rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT)
        rc = textd_sink_serve(sink, 0, &error); /* what has come meanwhile */
    textd_sink_close(sink);
    return rc == TEXTD_CLIENT_OK || rc == TEXTD_CLIENT_TIMEOUT ? CLI_OK : fail(&error);
}

/* ---- The loop ---------------------------------------------------------------------------------------------------- */

static const char *sink_of(const struct cli *cli)
{
    return cli->sink ? cli->sink : cli->to ? cli->to : "standard output";
}

/* An operator who starts it again sees that it is no new beginning. */
static void tell_where(struct pipe_run *p)
{
    struct textd_position position;

    if (p->is_told || !textd_source_position(p->source, &position))
        return;
    p->is_told = 1;
    if (position.end > 0)
        cli_complain("goes on behind line %llu of %s, which %s has", (unsigned long long)position.line, p->cli->from,
                     sink_of(p->cli));
}

/* Reads while there is room. 0, or -1 and *error. */
static int read_lines(struct pipe_run *p, struct textd_error *error)
{
    struct textd_source_line line;
    int rc = TEXTD_SOURCE_LINE;

    while (!is_stopped && !p->is_at_end && rc == TEXTD_SOURCE_LINE && jobs_have_room(&p->jobs)) {
        rc = textd_source_next(p->source, &line, error);
        if (rc < 0 || (rc == TEXTD_SOURCE_LINE && jobs_take(&p->jobs, &line, error) != 0))
            return -1;
        p->is_at_end = rc == TEXTD_SOURCE_END || rc == TEXTD_SOURCE_DONE;
    }
    return 0;
}

static int is_done(const struct pipe_run *p)
{
    return (p->is_at_end || is_stopped) && textd_source_unacknowledged(p->source) == 0;
}

/* With anything under way, no turn of the loop waits longer than LOOK_MS for textd or a sink. One that took longer has waited for whoever reads
 * our output, or was stopped itself, and that time is nobody else's. */
static void forgive(struct pipe_run *p, uint64_t now_ns)
{
    uint64_t turn_ns = p->looked_ns ? now_ns - p->looked_ns : 0;
    uint64_t *const since[] = { &p->jobs.moved_ns, &p->acknowledged_ns };

    for (size_t i = 0; turn_ns > LOOK_MS * MS && i < sizeof since / sizeof since[0]; i++) {
        *since[i] += turn_ns - LOOK_MS * MS;
        if (*since[i] > now_ns)
            *since[i] = now_ns;
    }
    p->looked_ns = now_ns;
}

/* Whether nothing has moved for --timeout that should. An exit code after having complained; 0: all is well. */
static int check_time(struct pipe_run *p)
{
    uint64_t now = td_now_ns(), limit_ns = p->lanes.cli.timeout_ms * MS;
    size_t unacknowledged = textd_source_unacknowledged(p->source);
    struct textd_position position;
    int has_begun = textd_source_position(p->source, &position);
    int has_work = jobs_wait(&p->jobs) || lanes_in_flight(&p->lanes) > 0;

    forgive(p, now);
    /* As long as textd has the oldest line, the sink is owed nothing. */
    if (has_begun && (unacknowledged == 0 || position.end != p->acknowledged || p->jobs.oldest < p->jobs.next))
        p->acknowledged_ns = now;
    p->acknowledged = position.end;
    if (!has_work)
        p->jobs.moved_ns = now;
    if (now - p->jobs.moved_ns >= limit_ns) {
        int is_away = p->lanes.last_code == TEXTD_CLIENT_UNREACHABLE || p->lanes.last_code == TEXTD_CLIENT_LOST;
        cli_complain("textd has answered nothing for %g s%s%s", (double)p->lanes.cli.timeout_ms / 1000,
                     p->lanes.last_code ? ": " : "", p->lanes.last_code ? p->lanes.last_error : "");
        return is_away ? CLI_NO_DAEMON : CLI_TRY_AGAIN;
    }
    if (now - p->acknowledged_ns < limit_ns)
        return 0;
    cli_complain("the sink at %s has %s for %g s%s", sink_of(p->cli),
                 has_begun ? "acknowledged nothing" : "not answered", (double)p->lanes.cli.timeout_ms / 1000,
                 has_begun ? "" : ": is 'textctl pipe sink --listen' running there?");
    return has_begun ? CLI_TRY_AGAIN : CLI_NO_DAEMON;
}

/* Waits until something has come, or for a moment. */
static void wait_for_news(struct pipe_run *p)
{
    struct pollfd fds[CLI_MAX_LIST + 1];
    uint64_t now = td_now_ns();
    int ms = LOOK_MS;
    size_t n = 0;

    for (; n < p->lanes.n; n++) {
        uint64_t until = p->lanes.lanes[n].rest_until_ns;
        fds[n] = (struct pollfd) { .fd = textd_client_fd(p->lanes.lanes[n].client), .events = POLLIN };
        if (until > now && (until - now) / MS < (uint64_t)ms)
            ms = (int)((until - now) / MS) + 1;
    }
    fds[n++] = (struct pollfd) { .fd = textd_source_fd(p->source), .events = POLLIN };
    /* Once the input is at rest, and nothing is under way, it may take its time. */
    if (lanes_in_flight(&p->lanes) == 0 && textd_source_unacknowledged(p->source) == 0 && p->is_told)
        ms = REST_MS;
    poll(fds, n, ms);
}

/* What each turn of the loop may bring forward: a turn that has done so is followed by another without a wait. */
static uint64_t progress(const struct pipe_run *p)
{
    return p->jobs.next + p->jobs.outcome.done + p->acknowledged + (uint64_t)p->is_told;
}

static int run(struct pipe_run *p)
{
    struct textd_error error;

    for (;;) {
        uint64_t before = progress(p);
        tell_where(p); /* before there is more of it */
        if (read_lines(p, &error) != 0 || jobs_send(&p->jobs, &error) != 0 || jobs_receive(&p->jobs, &error) != 0)
            return fail(&error);
        int rc = textd_source_wait(p->source, 0, &error);
        if (rc != TEXTD_CLIENT_OK && rc != TEXTD_CLIENT_TIMEOUT)
            return fail(&error);
        if (is_done(p))
            return session_outcome(&p->jobs.outcome);
        rc = check_time(p);
        if (rc != 0)
            return rc;
        if (progress(p) == before)
            wait_for_news(p);
    }
}

static struct textd_source *open_source(const struct cli *cli, uint32_t window)
{
    struct textd_source_options options = { .size = sizeof options,
                                            .from = cli->from,
                                            .to = cli->to,
                                            .sink = cli->sink,
                                            .name = cli->name,
                                            .flags = cli->sync ? TEXTD_SOURCE_SYNC : 0,
                                            .window = window,
                                            .window_bytes = HELD_BYTES,
                                            .line_bytes = LINE_BYTES };
    struct textd_error error;
    struct textd_source *source = textd_source_open(&options, &error);

    if (!source)
        cli_complain("%s", error.text);
    return source;
}

/* The files come first: what is wrong with them is said at once, also when textd has to be waited for. */
static int run_pipe(const struct cli *cli)
{
    struct pipe_run p = { .cli = cli };
    uint32_t window = WINDOW_FACTOR * lanes_limit(cli) * (uint32_t)lanes_count(cli);

    p.source = open_source(cli, window);
    if (!p.source)
        return CLI_SOME_FAILED;
    int rc = lanes_open(&p.lanes, cli, &is_stopped);
    if (rc == CLI_OK) {
        p.acknowledged_ns = td_now_ns();
        if (jobs_open(&p.jobs, cli, &p.lanes, p.source, cli->to || cli->sink, window) == 0)
            rc = run(&p);
        else
            rc = CLI_SOME_FAILED;
        jobs_close(&p.jobs);
    }
    lanes_close(&p.lanes);
    textd_source_close(p.source);
    return rc;
}

int cli_pipe(const struct cli *cli)
{
    listen_to_signals();
    return cli->n_files > 0 ? run_sink(cli) : run_pipe(cli);
}
