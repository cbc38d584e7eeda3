/* pipe.c: see pipe.h. Its death is told twice, by the line's end and by the parent, in either order; both are awaited, and
 * the line's poll must have closed, before another process is made or the pipe is off. */
#include "daemon/fleet/pipe.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/both/pipe_wire.h"

/* Documents in its hands for each worker: as many as keep one busy while replies and requests are on their way. */
#define DOCUMENTS_A_WORKER 8u
#define LEAST_WINDOW 16u
#define MOST_WINDOW (TD_FLIGHT_PLACES / 2)

/* As for workers (slots.c): what kills it at each start must not burn a processor. */
#define FIRST_PAUSE_MS 50
#define LAST_PAUSE_MS 5000
#define WELL_NS UINT64_C(10000000000)

/* Beyond a document's deadline, until the daemon is taken not to answer at all. */
#define ANSWER_GRACE_MS 5000

/* From the line's end to SIGKILL. */
#define GRAVE_MS 100

/* How often it is told to finish when the kernel had no memory for that. */
#define AGAIN_MS 10

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_PIPE_##name] = { text, to },
    TD_PIPE_STATES(X)
#undef X
};

static void change_state(struct td_pipe *p, enum td_pipe_state state)
{
    td_state_check(states, p->state, state);
    td_log(TD_LOG_DEBUG, "pipe.state", TD_INT("pid", p->process.pid), TD_STR("from", states[p->state].name),
           TD_STR("to", states[state].name));
    p->state = state;
}

const char *td_pipe_state_name(const struct td_pipe *p)
{
    return states[p->state].name;
}

/* ---- what it says, and what is said to it -------------------------------------------------------------------------- */

/* The line has room: all that is ever said to one process is less than a socket's buffer. What a dead one doesn't get it doesn't need;
 * but the kernel may have no memory for it. Zero: it was not sent. */
static int say(const struct td_pipe *p, const char *records, size_t length)
{
    return p->line_fd >= 0 && send(p->line_fd, records, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

void td_pipe_follow_log(const struct td_pipe *p)
{
    enum td_log_format format;
    enum td_log_level level = td_log_written(&format);
    const char record[] = { TD_PIPE_LOG, (char)('a' + level), (char)('a' + format), 0 };

    say(p, record, sizeof record);
}

static void say_patience(const struct td_pipe *p)
{
    char record[80];
    int n = snprintf(record, sizeof record, "%c%llu %llu %d", TD_PIPE_PATIENCE,
                     (unsigned long long)p->deadline_ms + ANSWER_GRACE_MS,
                     (unsigned long long)p->deadline_most_ms + ANSWER_GRACE_MS, ANSWER_GRACE_MS);

    say(p, record, (size_t)n + 1);
}

static void on_refused(struct td_pipe *p, const char *words)
{
    char *text;
    long code = strtol(words, &text, 10);

    td_fail(&p->refusal, code > 0 && code <= TD_E_IN_USE ? (enum td_code)code : TD_E_SYSTEM, "%s",
            text + (*text == ' '));
}

static void hear(struct td_pipe *p, const char *record)
{
    if (record[0] == TD_PIPE_REFUSED)
        on_refused(p, record + 1);
    if (record[0] != TD_PIPE_READY)
        return;
    p->refusal.code = TD_OK;
    if (p->state != TD_PIPE_STARTING)
        return;
    td_lifeline_catch_up(); /* its pid may wait unread */
    change_state(p, TD_PIPE_PULLING);
    td_log(TD_LOG_INFO, "pipe.ready", TD_INT("pid", p->process.pid), TD_INT("window", p->window));
}

/* Zero at the line's end, or when it says what it can't have meant. */
static int read_line(struct td_pipe *p)
{
    char bytes[1024], *end;
    ssize_t n;

    while ((n = recv(p->line_fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        td_buf_append(&p->said, bytes, (size_t)n);
        while (p->said.length > 0 && (end = memchr(p->said.bytes, 0, p->said.length))) {
            size_t length = (size_t)(end + 1 - p->said.bytes);
            hear(p, p->said.bytes);
            p->said.length -= length;
            memmove(p->said.bytes, end + 1, p->said.length);
        }
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) && !p->said.full;
}

/* ---- its death ----------------------------------------------------------------------------------------------------- */

static void start(struct td_pipe *p);

static void on_timer(uv_timer_t *timer)
{
    struct td_pipe *p = timer->data;

    if (p->state == TD_PIPE_PAUSED) {
        start(p);
        return;
    }
    /* The parent may be held up, and the process dead already: td_lifeline_look calls on_gone. */
    if (p->state != TD_PIPE_DYING || !td_lifeline_look(&p->process))
        td_lifeline_kill(&p->process, SIGKILL);
    if (!p->has_exited)
        uv_timer_start(&p->timer, on_timer, GRAVE_MS, 0);
}

static uint64_t next_pause(struct td_pipe *p)
{
    uint64_t ms = FIRST_PAUSE_MS;

    if (td_now_ns() - p->started_ns >= WELL_NS)
        p->deaths = 0;
    if (p->deaths == 0 && p->refusal.code == TD_OK) { /* at once the first time, as for others */
        p->deaths++;
        return 0;
    }
    for (uint32_t i = p->deaths++; i > 1 && ms < LAST_PAUSE_MS; i--)
        ms *= 2;
    return ms < LAST_PAUSE_MS ? ms : LAST_PAUSE_MS;
}

static void pause_before_next(struct td_pipe *p)
{
    uint64_t ms = next_pause(p);

    p->past.restarts++;
    change_state(p, TD_PIPE_PAUSED);
    td_log(TD_LOG_ERROR, "pipe.restart", TD_STR("error", p->refusal.code != TD_OK ? p->refusal.text : NULL),
           TD_INT("delay_ms", ms));
    uv_update_time(p->loop);
    uv_timer_start(&p->timer, on_timer, ms, 0);
}

/* Nothing of it is left. It went because it was told to, and perhaps to be another; or it died. */
static void on_line_closed(uv_handle_t *handle)
{
    struct td_pipe *p = handle->data;
    int went = p->process.exit_signal == 0 && p->process.exit_status == 0 && p->process.error == 0;

    close(p->line_fd);
    p->line_fd = -1;
    if (p->is_stopping || p->wanted.length == 0)
        change_state(p, TD_PIPE_OFF);
    else if (went)
        start(p);
    else
        pause_before_next(p);
}

static void add_counts(struct td_pipe *p)
{
    struct td_pipe_counts now = td_pipe_counts(p);

    now.in_flight = now.window = 0;
    now.sink_waiting_ms = 0;
    p->past = now;
}

static const char *death_of(const struct td_pipe *p, char *words, size_t size)
{
    if (p->process.error)
        snprintf(words, size, "it could not be made: %s", strerror(p->process.error));
    else if (p->process.exit_signal)
        snprintf(words, size, "signal SIG%s",
                 sigabbrev_np(p->process.exit_signal) ? sigabbrev_np(p->process.exit_signal) : "?");
    else
        snprintf(words, size, "exit code %d", p->process.exit_status);
    return words;
}

static void on_gone(struct td_spawned *process)
{
    struct td_pipe *p = (struct td_pipe *)(void *)((char *)process - offsetof(struct td_pipe, process));
    char words[128];

    uv_timer_stop(&p->timer);
    read_line(p); /* its last words */
    p->has_exited = 1;
    death_of(p, words, sizeof words);
    uint32_t lost = td_flight_tell_lost(p->table, process->pid, words);
    atomic_store(&p->table->is_told, 1);
    int is_well = !process->exit_signal && !process->exit_status && !process->error;
    td_log(is_well ? TD_LOG_INFO : TD_LOG_ERROR, "pipe.ended", TD_INT("pid", process->pid), TD_STR("death", words),
           TD_INT("taken", atomic_load(&p->table->taken)), TD_INT("delivered", atomic_load(&p->table->delivered)),
           TD_INT("lost", lost));
    add_counts(p);
    p->past.lost += lost;
    td_flight_unmap(p->table);
    close(p->table_fd);
    p->table = NULL;
    if (p->state != TD_PIPE_DYING)
        change_state(p, TD_PIPE_DYING);
    uv_close((uv_handle_t *)&p->line, on_line_closed);
}

static void on_line(uv_poll_t *poll, int status, int events)
{
    struct td_pipe *p = poll->data;

    (void)status, (void)events; /* reading tells more */
    if (read_line(p))
        return;
    uv_poll_stop(poll);
    change_state(p, TD_PIPE_DYING);
    uv_timer_start(&p->timer, on_timer, GRAVE_MS, 0);
}

/* ---- its birth ----------------------------------------------------------------------------------------------------- */

/* Descriptors that become the process's: its end of the line, the table, and our stderr, to which it logs. */
static int ask_for_process(struct td_pipe *p, int line_fd, struct td_err *err)
{
    static const uint8_t targets[] = { TD_PIPE_LINE_FD, TD_PIPE_TABLE_FD, STDERR_FILENO };
    const int fds[] = { line_fd, fcntl(p->table_fd, F_DUPFD_CLOEXEC, 0), fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) };

    p->process = (struct td_spawned) { .on_gone = on_gone };
    if (fds[1] >= 0 && fds[2] >= 0)
        return td_lifeline_spawn_pipe(&p->process, fds, targets, 3, err);
    int rc = td_fail(err, TD_E_SYSTEM, "no descriptor for the pipe process: %s", strerror(errno));
    for (int i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return rc;
}

/* The line, with its poll. The other end is the caller's. */
static int make_line(struct td_pipe *p, int *other, struct td_err *err)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't make the pipe process's line: %s", strerror(errno));
    int rc = uv_poll_init(p->loop, &p->line, pair[0]);
    if (rc == 0) {
        p->line.data = p;
        p->line_fd = pair[0];
        *other = pair[1];
        uv_poll_start(&p->line, UV_READABLE, on_line);
        return TD_OK;
    }
    close(pair[0]);
    close(pair[1]);
    return td_fail(err, TD_E_SYSTEM, "can't watch the pipe process's line: %s", uv_strerror(rc));
}

/* It would wait for it for ever, and the server's start for it. */
static int send_setup(const struct td_pipe *p, int line_fd, struct td_err *err)
{
    if (!p->setup.full && say(p, p->setup.bytes, p->setup.length))
        return TD_OK;
    int rc = td_fail(err, TD_E_SYSTEM, "can't send the pipe process its set-up: %s",
                     strerror(p->setup.full ? ENOMEM : errno));
    close(line_fd);
    return rc;
}

static void start_failed(struct td_pipe *p, const struct td_err *err)
{
    td_log(TD_LOG_ERROR, "pipe.spawn_failed", TD_STR("error", err->text), TD_STR("action", "try again"));
    pause_before_next(p);
}

static void on_line_unused(uv_handle_t *handle)
{
    struct td_pipe *p = handle->data;

    close(p->line_fd);
    p->line_fd = -1;
    td_flight_unmap(p->table);
    close(p->table_fd);
    p->table = NULL;
    uv_timer_stop(&p->timer);
    change_state(p, TD_PIPE_DYING);
    if (p->is_stopping || p->wanted.length == 0)
        change_state(p, TD_PIPE_OFF);
    else
        pause_before_next(p);
}

static void start(struct td_pipe *p)
{
    struct td_err err;
    int other = -1;

    change_state(p, TD_PIPE_STARTING);
    p->setup.length = p->said.length = 0;
    p->said.full = p->setup.full = p->has_exited = 0;
    p->started_ns = td_now_ns();
    td_buf_append(&p->setup, p->wanted.bytes, p->wanted.length);
    if ((p->table_fd = td_flight_make(&p->table)) < 0) {
        td_fail(&err, TD_E_SYSTEM, "can't make the pipe process's table: %s", strerror(errno));
        start_failed(p, &err);
        return;
    }
    if (make_line(p, &other, &err) != TD_OK) {
        td_flight_unmap(p->table);
        close(p->table_fd);
        p->table = NULL;
        start_failed(p, &err);
        return;
    }
    td_pipe_follow_log(p);
    say_patience(p);
    if (send_setup(p, other, &err) == TD_OK && ask_for_process(p, other, &err) == TD_OK)
        return;
    td_log(TD_LOG_ERROR, "pipe.spawn_failed", TD_STR("error", err.text), TD_STR("action", "try again"));
    uv_close((uv_handle_t *)&p->line, on_line_unused);
}

/* ---- what it is to be ---------------------------------------------------------------------------------------------- */

static void add_record(struct td_buf *buf, char letter, const char *text)
{
    td_buf_append(buf, &letter, 1);
    td_buf_append(buf, text, strlen(text) + 1);
}

static void add_number(struct td_buf *buf, char letter, uint64_t number)
{
    char text[32];

    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    add_record(buf, letter, text);
}

static void add_ends(struct td_buf *buf, const struct td_config *config)
{
    for (int list = 0; list < TD_N_PIPE_LISTS; list++)
        for (uint32_t i = 0; i < config->pipes[list].n; i++) {
            const struct td_config_pipe_end *end = &config->pipes[list].all[i];
            const char head[] = { TD_PIPE_ENDS[list], end->binds ? 'b' : 'c' };
            td_buf_append(buf, head, sizeof head);
            td_buf_append(buf, end->address, strlen(end->address) + 1);
        }
}

static void write_setup(struct td_pipe *p, struct td_buf *setup, const struct td_config *config, uint32_t n_workers)
{
    gid_t group;

    p->window = n_workers * DOCUMENTS_A_WORKER;
    p->window = p->window < LEAST_WINDOW ? LEAST_WINDOW : p->window > MOST_WINDOW ? MOST_WINDOW : p->window;
    add_number(setup, TD_PIPE_WINDOW, p->window);
    add_number(setup, TD_PIPE_FRAME_BYTES, (uint64_t)p->frame_bytes);
    add_number(setup, TD_PIPE_SHARED, config->set.server_shared_folder != 0);
    if (config->set.server_socket_group && !td_config_group(config->set.server_socket_group, &group))
        add_number(setup, TD_PIPE_GROUP, group);
    add_record(setup, TD_PIPE_DAEMON, p->endpoint);
    add_ends(setup, config);
    add_record(setup, TD_PIPE_GO, "");
}

static int is_same(const struct td_buf *a, const struct td_buf *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/* Until it is said, or the grace is over: what isn't told would be killed then with all that it has, and what is stuck, its line full,
 * can't be told. */
static void say_finish(uv_timer_t *timer)
{
    struct td_pipe *p = timer->data;
    char record[32];
    int n = snprintf(record, sizeof record, "%c%llu", TD_PIPE_FINISH, (unsigned long long)p->grace_ms);
    int is_said = say(p, record, (size_t)n + 1);
    uint64_t wait_ms = is_said || p->grace_ms < AGAIN_MS ? p->grace_ms : AGAIN_MS;

    p->grace_ms -= wait_ms;
    uv_timer_start(&p->timer, is_said || p->grace_ms == 0 ? on_timer : say_finish, wait_ms, 0);
}

static void finish(struct td_pipe *p, uint64_t grace_ms)
{
    if (p->state != TD_PIPE_STARTING && p->state != TD_PIPE_PULLING)
        return;
    change_state(p, TD_PIPE_FINISHING);
    p->grace_ms = grace_ms;
    say_finish(&p->timer);
}

void td_pipe_configure(struct td_pipe *p, const struct td_config *config, uint32_t n_workers)
{
    struct td_buf wanted = { .limit = TD_PIPE_SETUP_BYTES };

    if (config->pipes[TD_PIPE_PULL].n > 0 && !p->is_stopping)
        write_setup(p, &wanted, config, n_workers);
    if (wanted.full) {
        td_fail(&p->refusal, TD_E_SYSTEM, "no memory for the pipe process's set-up");
        td_log(TD_LOG_ERROR, "pipe.spawn_failed", TD_STR("error", p->refusal.text),
               TD_STR("action", "none, what ran goes on"));
        td_buf_free(&wanted);
        return;
    }
    td_buf_free(&p->wanted);
    p->wanted = wanted;
    p->deadline_ms = (uint64_t)config->set.limits_deadline / 1000000;
    p->deadline_most_ms = (uint64_t)config->set.limits_deadline_max / 1000000;
    if (p->state == TD_PIPE_OFF && p->wanted.length > 0)
        start(p);
    else if (p->state == TD_PIPE_PAUSED && p->wanted.length == 0) {
        uv_timer_stop(&p->timer);
        change_state(p, TD_PIPE_OFF);
    } else if (!is_same(&p->setup, &p->wanted))
        finish(p, (uint64_t)config->set.reload_drain_grace / 1000000);
    td_pipe_follow_log(p);
    say_patience(p);
}

void td_pipe_finish(struct td_pipe *p, uint64_t grace_ms)
{
    p->is_stopping = 1;
    if (p->state == TD_PIPE_PAUSED) {
        uv_timer_stop(&p->timer);
        change_state(p, TD_PIPE_OFF);
    }
    finish(p, grace_ms);
}

void td_pipe_end(struct td_pipe *p)
{
    td_pipe_finish(p, 0);
    if (p->state != TD_PIPE_OFF && !p->has_exited)
        td_lifeline_kill(&p->process, SIGKILL);
}

int td_pipe_is_gone(const struct td_pipe *p)
{
    return p->state == TD_PIPE_OFF;
}

int td_pipe_is_starting(const struct td_pipe *p, struct td_err *err)
{
    *err = p->refusal;
    return p->refusal.code == TD_OK && p->state == TD_PIPE_STARTING;
}

int td_pipe_init(struct td_pipe *p, uv_loop_t *loop, const char *endpoint)
{
    *p = (struct td_pipe) { .loop = loop,
                            .endpoint = endpoint,
                            .line_fd = -1,
                            .table_fd = -1,
                            .past = { .lost = td_lifeline_hello()->pipe_lost },
                            .setup = { .limit = TD_PIPE_SETUP_BYTES },
                            .said = { .limit = 4096 } };
    p->timer.data = p;
    return uv_timer_init(loop, &p->timer);
}

void td_pipe_close(struct td_pipe *p)
{
    assert(p->state == TD_PIPE_OFF);
    uv_close((uv_handle_t *)&p->timer, NULL);
    td_buf_free(&p->setup);
    td_buf_free(&p->wanted);
    td_buf_free(&p->said);
}

/* ---- what it has done ---------------------------------------------------------------------------------------------- */

#define LOOK(name) counts.name += atomic_load_explicit(&p->table->name, memory_order_relaxed)

struct td_pipe_counts td_pipe_counts(const struct td_pipe *p)
{
    struct td_pipe_counts counts = p->past;

    if (!p->table)
        return counts;
    counts.window = p->window;
    LOOK(taken);
    LOOK(delivered);
    LOOK(failed);
    LOOK(published);
    LOOK(unpublished);
    LOOK(waited_out);
    uint64_t gone =
        atomic_load_explicit(&p->table->delivered, memory_order_acquire); /* first: it never passes the other */
    uint64_t taken = atomic_load_explicit(&p->table->taken, memory_order_acquire);
    counts.in_flight = (uint32_t)(taken - gone);
    uint64_t since = atomic_load_explicit(&p->table->stalled_since_ns, memory_order_relaxed), now = td_now_ns();
    counts.sink_waiting_ms = since > 0 && since < now ? (now - since) / 1000000 : 0;
    return counts;
}

int td_pipe_sink_is_stuck(const struct td_pipe *p)
{
    uint64_t since = p->table ? atomic_load_explicit(&p->table->stalled_since_ns, memory_order_relaxed) : 0;

    return since > 0 && td_now_ns() > since + (uint64_t)TD_PIPE_STUCK_MS * 1000000;
}
