/* parent.c: see parent.h.
 *
 * What it holds back from the supervisor it holds as a state (a child is dead and that was not told yet), never as a
 * queue: so a supervisor that is stopped costs it no memory, and no word is lost. */
#include "daemon/parent/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/flight.h"
#include "common/log.h"
#include "common/parent_wire.h"
#include "common/states.h"
#include "daemon/parent/children.h"
#include "daemon/parent/service.h"

#define MS UINT64_C(1000000)

/* A supervisor that died is started again at once; when that one dies soon, after a pause that grows, as it does for
 * workers (fleet/slots.c): what kills it at each start must not burn a processor. */
#define FIRST_PAUSE_NS (50 * MS)
#define LAST_PAUSE_NS (5000 * MS)

/* A supervisor that lived this long was well: the next pause is none again. */
#define WELL_NS (30000 * MS)

/* What processes get to vanish after SIGKILL. One that the kernel can't end must not keep the service down. */
#define CLEAR_NS (5000 * MS)

/* When the kernel had no memory for a message: there is no event to wait for. */
#define NO_MEMORY_NS (10 * MS)

/* How often lines are tried again that nobody read. */
#define LOG_AGAIN_NS (100 * MS)

/* What they get at the end. */
#define LAST_LOG_MS 200

#define MAX_BOUND 33 /* endpoints with a port that was free: TD_MAX_ENDPOINTS and one to spare */

/* RUNNING: there is a supervisor. CLEARING: it is dead, and all that it left is being killed. PAUSING: until the
 * next. ENDED. Between two supervisors there is always the clearing. */
#define STATES(X) \
    X(RUNNING, "running", TD_TO(CLEARING)) \
    X(CLEARING, "clearing", TD_TO(PAUSING) | TD_TO(ENDED)) \
    X(PAUSING, "pausing", TD_TO(RUNNING) | TD_TO(PAUSING) | TD_TO(ENDED)) \
    X(ENDED, "ended", 0)

enum state {
#define X(name, text, to) name,
    STATES(X)
#undef X
};

static const struct td_state_info states[] = {
#define X(name, text, to) [name] = { text, to },
    STATES(X)
#undef X
};

struct parent {
    enum state state;
    char **args; /* the supervisor's */
    struct td_children children;
    struct td_service service;
    int signals; /* a signalfd */
    int line;    /* our end of the socketpair to the supervisor; -1: there is none */
    struct td_child *supervisor;
    int status;                    /* of wait, of the supervisor that died last */
    uint64_t due_ns;               /* CLEARING: give up; PAUSING: start */
    unsigned n_term, n_int, n_hup; /* signals that the supervisor has not been told of */
    unsigned deaths;               /* soon after the start, in a row */
    int has_served;                /* one of them was READY */
    int is_going;                  /* it was told to stop, or says so: no other is started */
    int line_is_full, must_tell;   /* the line took no more; something is untold */
    uint64_t again_ns;             /* it isn't full, but was refused memory: tried again then; else 0 */
    int told_table; /* of a pipe process whose death the supervisor was told: until it has told what was lost; -1 */
    pid_t told_pid;
    int told_status;
    struct td_parent_hello hello;              /* for the next */
    char bound[MAX_BOUND][2 * 128];            /* as in BOUND: two strings */
    unsigned bound_length[MAX_BOUND], n_bound; /* n_bound: in use */
};

static void change_state(struct parent *p, enum state state)
{
    td_state_check(states, p->state, state);
    p->state = state;
}

static void describe_death(int status, char *words, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(words, size, "signal SIG%s", sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
    else
        snprintf(words, size, "exit code %d", WEXITSTATUS(status));
}

/* ---- What it tells the supervisor --------------------------------------------------------------------------------- */

/* Zero when the line takes no more now; the same is tried again when it does. */
static int send_message(struct parent *p, const struct td_parent_message *message)
{
    if (p->line < 0 || p->line_is_full)
        return 0;
    if (send(p->line, message, td_parent_bytes(message->length), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 1;
    int is_refused = errno == ENOBUFS || errno == ENOMEM;
    p->line_is_full = is_refused || errno == EAGAIN; /* anything else is its death, which we are about to hear of */
    p->again_ns = is_refused ? td_now_ns() + NO_MEMORY_NS : 0;
    return 0;
}

static int send_word(struct parent *p, enum td_parent_kind kind, uint32_t id, int value)
{
    struct td_parent_message message = { .kind = kind, .id = id, .value = value };

    return send_message(p, &message);
}

static int send_signals(struct parent *p, unsigned *n, int signal)
{
    for (; *n > 0; --*n)
        if (!send_word(p, TD_PARENT_SIGNAL, 0, signal))
            return 0;
    return 1;
}

/* A dead child that nobody is to be told of. Of a pipe process the log and the next supervisor are told what it had. */
static void drop(struct parent *p, struct td_child *child)
{
    struct td_flight *table = child->table_fd >= 0 ? td_flight_map(child->table_fd) : NULL;
    char words[64];

    if (table) {
        describe_death(child->status, words, sizeof words);
        p->hello.pipe_lost += td_flight_tell_lost(table, child->pid, words);
        td_flight_unmap(table);
    }
    td_children_forget(&p->children, child);
}

/* A supervisor that is killed may have been told of a death, and not have read it: its descriptors may be closed in any order,
 * so the pipe may hear of its death, and die, before we do. The table stays until that is known. */
static void keep_told(struct parent *p, struct td_child *child)
{
    if (child->table_fd < 0)
        return;
    if (p->told_table >= 0)
        close(p->told_table); /* there was another since: so that one was seen to be dead */
    p->told_table = child->table_fd;
    p->told_pid = child->pid;
    p->told_status = child->status;
    child->table_fd = -1;
}

static void tell_what_was_not_told(struct parent *p)
{
    struct td_flight *table = p->told_table >= 0 ? td_flight_map(p->told_table) : NULL;
    char words[64];

    if (table && !atomic_load(&table->is_told)) {
        describe_death(p->told_status, words, sizeof words);
        p->hello.pipe_lost += td_flight_tell_lost(table, (int)p->told_pid, words);
    }
    if (table)
        td_flight_unmap(table);
    if (p->told_table >= 0)
        close(p->told_table);
    p->told_table = -1;
}

static void drop_dead(struct parent *p)
{
    for (unsigned i = 0; i < TD_MAX_CHILDREN; i++)
        if (p->children.all[i].state == TD_CHILD_DEAD)
            drop(p, &p->children.all[i]);
}

/* What became of a child, in order. Zero when something of it is still untold. */
static int tell_of_child(struct parent *p, struct td_child *child)
{
    if (!child->id) { /* a dead supervisor's, which would not end */
        if (child->state == TD_CHILD_DEAD)
            drop(p, child);
        return 1;
    }
    int was_made = child->state == TD_CHILD_ALIVE || !child->exec_error;

    if (was_made && !child->is_spawn_told) {
        if (!send_word(p, TD_PARENT_SPAWNED, child->id, (int)child->pid))
            return 0;
        child->is_spawn_told = 1;
    }
    if (child->state != TD_CHILD_DEAD)
        return 1;
    if (!(child->exec_error ? send_word(p, TD_PARENT_FAILED, child->id, child->exec_error)
                            : send_word(p, TD_PARENT_EXITED, child->id, child->status)))
        return 0;
    keep_told(p, child);
    td_children_forget(&p->children, child);
    return 1;
}

static void tell_all(struct parent *p)
{
    p->must_tell = !send_signals(p, &p->n_hup, SIGHUP) || !send_signals(p, &p->n_term, SIGTERM) ||
                   !send_signals(p, &p->n_int, SIGINT);
    for (unsigned i = 0; i < TD_MAX_CHILDREN && !p->must_tell; i++)
        if (p->children.all[i].state != TD_CHILD_NONE && !p->children.all[i].is_supervisor)
            p->must_tell = !tell_of_child(p, &p->children.all[i]);
}

/* ---- What the supervisor asks for --------------------------------------------------------------------------------- */

/* A pipe process: what it has in its table is to outlive it, and its supervisor. */
static void keep_table(struct td_child *child, const struct td_parent_message *m, const int *fds)
{
    for (unsigned i = 0; i < m->n_targets && child->state == TD_CHILD_ALIVE; i++)
        if (m->targets[i] == TD_PIPE_TABLE_FD)
            child->table_fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
}

static void spawn(struct parent *p, const struct td_parent_message *m, const int *fds, unsigned n_fds)
{
    int is_pipe = m->kind == TD_PARENT_SPAWN_PIPE;
    char title[TD_PARENT_TEXT + 1], worker[] = "--worker", pipe[] = TD_PIPE_FLAG;
    char *args[] = { title, is_pipe ? pipe : worker, NULL };
    struct td_child *child = NULL;
    const struct td_child_plan plan = { .id = m->id, .args = args, .fds = fds, .targets = m->targets, .n_fds = n_fds };

    snprintf(title, sizeof title, "%.*s", (int)m->length, m->text);
    if (n_fds == m->n_targets)
        child = td_children_spawn(&p->children, &plan);
    else /* there were too few descriptors for us to receive them all */
        td_children_refuse(&p->children, m->id, EMFILE);
    if (child && is_pipe)
        keep_table(child, m, fds);
    p->must_tell = 1;
}

/* A supervisor that was given an endpoint by us tells it again: once is enough. */
static void remember_bound(struct parent *p, const struct td_parent_message *m)
{
    for (unsigned i = 0; i < p->n_bound; i++)
        if (p->bound_length[i] == m->length && memcmp(p->bound[i], m->text, m->length) == 0)
            return;
    if (p->n_bound == MAX_BOUND || m->length > sizeof p->bound[0])
        return;
    memcpy(p->bound[p->n_bound], m->text, m->length);
    p->bound_length[p->n_bound++] = m->length;
}

/* -1: that is no word of a supervisor's. */
static int take_message(struct parent *p, const struct td_parent_message *m, const int *fds, unsigned n_fds)
{
    struct td_child *child;

    switch ((enum td_parent_kind)m->kind) {
    case TD_PARENT_SPAWN:
    case TD_PARENT_SPAWN_PIPE:
        spawn(p, m, fds, n_fds);
        break;
    case TD_PARENT_KILL:
        if ((child = td_children_find(&p->children, m->id)))
            td_children_signal(child, m->value);
        break;
    case TD_PARENT_NOTIFY:
        td_service_tell(&p->service, m->text, m->length);
        break;
    case TD_PARENT_BOUND:
        remember_bound(p, m);
        break;
    case TD_PARENT_LOG:
        td_log_configure(TD_LOG_INFO, (enum td_log_format)m->value);
        break;
    case TD_PARENT_TRACE:
        prctl(PR_SET_DUMPABLE, m->value != 0, 0, 0, 0);
        break;
    case TD_PARENT_READY:
        p->has_served = 1;
        break;
    case TD_PARENT_GOING:
        p->is_going = 1;
        break;
    default:
        return -1;
    }
    return 0;
}

static unsigned take_descriptors(struct msghdr *message, int *fds)
{
    unsigned n = 0;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            n = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            memcpy(fds, CMSG_DATA(c), n * sizeof(int));
        }
    return n;
}

/* It is of this very binary, but whatever ends it may have written into its memory first, and we are there for that. */
static int is_whole(const struct td_parent_message *m, size_t n)
{
    return n >= td_parent_bytes(0) && m->length <= sizeof m->text && n == td_parent_bytes(m->length);
}

/* One message. Positive: go on. 0: none there now. -1: the supervisor has let go of the line, or talks nonsense. */
static int read_message(struct parent *p)
{
    struct td_parent_message m;
    int fds[TD_SPAWN_FDS];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fds)];
    struct iovec part = { &m, sizeof m };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t n = recvmsg(p->line, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

    if (n < 0 && (errno == EAGAIN || errno == ENOMEM || errno == ENOBUFS))
        return 0;
    if (n < 0 &&
        (errno == EINTR || errno == ECONNRESET)) /* it died with words of ours unread; its own are still there */
        return 1;
    if (n <= 0)
        return -1;
    unsigned n_fds = take_descriptors(&message, fds);
    int rc = is_whole(&m, (size_t)n) ? take_message(p, &m, fds, n_fds) : -1;
    for (unsigned i = 0; i < n_fds; i++)
        close(fds[i]);
    if (rc != 0)
        td_log(TD_LOG_ERROR, "supervisor.nonsense", TD_INT("bytes", n), TD_STR("action", "kill"));
    return rc == 0 ? 1 : -1;
}

/* Reads while there is a place for one more child. */
static void read_line(struct parent *p)
{
    int rc = 1;

    while (rc > 0 && p->line >= 0 && p->children.n_used < TD_MAX_CHILDREN)
        rc = read_message(p);
    if (rc >= 0)
        return;
    close(p->line);
    p->line = -1;
    if (p->supervisor)
        td_children_signal(p->supervisor, SIGKILL); /* it closed what it can't do without */
}

/* ---- The supervisor's life ---------------------------------------------------------------------------------------- */

static int say_hello(struct parent *p, int fd)
{
    struct td_parent_message m = { .kind = TD_PARENT_HELLO, .length = sizeof p->hello };

    p->hello.n_bound = p->n_bound;
    memcpy(m.text, &p->hello, sizeof p->hello);
    if (send(fd, &m, td_parent_bytes(m.length), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return -1;
    for (unsigned i = 0; i < p->n_bound; i++) {
        m = (struct td_parent_message) { .kind = TD_PARENT_BOUND, .length = p->bound_length[i] };
        memcpy(m.text, p->bound[i], m.length);
        if (send(fd, &m, td_parent_bytes(m.length), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
            return -1;
    }
    return 0;
}

/* 0, or -1 and errno. */
static int start_supervisor(struct parent *p)
{
    static const uint8_t targets[] = { TD_LIFELINE_FD };
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return -1;
    const struct td_child_plan plan = {
        .is_supervisor = 1, .args = p->args, .fds = &pair[1], .targets = targets, .n_fds = 1
    };
    struct td_child *child = say_hello(p, pair[0]) == 0 ? td_children_spawn(&p->children, &plan) : NULL;
    int error = child && child->state == TD_CHILD_DEAD ? child->exec_error : errno;
    close(pair[1]); /* or its death would never show up on the line */
    if (child && child->state == TD_CHILD_ALIVE) {
        p->supervisor = child;
        p->line = pair[0];
        p->line_is_full = 0;
        p->again_ns = 0;
        p->n_hup = 0; /* it reads the file anyway */
        return 0;
    }
    if (child)
        td_children_forget(&p->children, child);
    close(pair[0]);
    errno = error;
    return -1;
}

static uint64_t pause_after(unsigned deaths)
{
    uint64_t ns = deaths > 0 ? FIRST_PAUSE_NS : 0;

    for (unsigned i = 1; i < deaths && ns < LAST_PAUSE_NS; i++)
        ns *= 2;
    return ns < LAST_PAUSE_NS ? ns : LAST_PAUSE_NS;
}

/* It is dead. Its workers hold nothing that anybody waits for any more: they go before another comes. */
static void on_supervisor_death(struct parent *p)
{
    struct td_child *s = p->supervisor;
    uint64_t now = td_now_ns();
    char words[160];

    read_line(p); /* its last words: perhaps that it is going */
    if (p->line >= 0)
        close(p->line);
    p->line = -1;
    p->supervisor = NULL;
    if (now - s->begun_ns >= WELL_NS)
        p->deaths = 0;
    p->hello.before_pid = s->pid;
    p->hello.died_ns = now;
    p->due_ns = now + CLEAR_NS;
    if (s->exec_error) { /* it never was one */
        s->status = W_EXITCODE(EX_OSERR, 0);
        fprintf(stderr, "textd: can't start the supervisor's process: %s\n", strerror(s->exec_error));
    }
    p->status = s->status;
    describe_death(s->status, p->hello.before_death, sizeof p->hello.before_death);
    tell_what_was_not_told(p);
    td_children_forget(&p->children, s);
    td_children_kill_workers(&p->children);
    change_state(p, CLEARING);
    int is_own = WIFEXITED(p->status) && (p->is_going || !p->has_served);
    if (!is_own)
        td_log(TD_LOG_ERROR, "supervisor.lost", TD_INT("pid", p->hello.before_pid),
               TD_STR("death", p->hello.before_death),
               TD_STR("action", p->is_going || !p->has_served ? "end" : "restart"));
    if (is_own || p->is_going)
        return;
    int n = snprintf(words, sizeof words, "STATUS=the supervisor died (%s)", p->hello.before_death);
    td_service_tell(&p->service, words, (size_t)n);
}

static int exit_code(const struct parent *p)
{
    return WIFEXITED(p->status) ? WEXITSTATUS(p->status) : EX_SOFTWARE;
}

/* Nothing of the dead supervisor is left, or can't be ended. */
static void on_cleared(struct parent *p)
{
    uint64_t now = td_now_ns();

    if (p->is_going || !p->has_served) {
        change_state(p, ENDED);
        return;
    }
    p->due_ns = now + pause_after(p->deaths++);
    p->hello.restarts++;
    change_state(p, PAUSING);
}

static void on_pause_over(struct parent *p)
{
    td_children_disown(&p->children);
    if (start_supervisor(p) == 0) {
        change_state(p, RUNNING);
        return;
    }
    td_log(TD_LOG_ERROR, "supervisor.spawn_failed", TD_STR("error", strerror(errno)), TD_STR("action", "try again"));
    p->due_ns = td_now_ns() + pause_after(++p->deaths);
    change_state(p, PAUSING);
}

/* ---- The loop ----------------------------------------------------------------------------------------------------- */

static void on_child(struct parent *p)
{
    td_children_reap(&p->children);
    p->must_tell = 1;
    if (p->supervisor && p->supervisor->state == TD_CHILD_DEAD)
        on_supervisor_death(p);
    if (p->state == RUNNING)
        return;
    drop_dead(p); /* nobody is there to be told */
}

static void read_signals(struct parent *p)
{
    struct signalfd_siginfo info;

    while (read(p->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        p->must_tell = 1;
        if (info.ssi_signo == SIGCHLD) {
            on_child(p);
            continue;
        }
        if (info.ssi_signo == SIGHUP) {
            p->n_hup += p->n_hup == 0; /* who comes next reads the file anyway */
            continue;
        }
        *(info.ssi_signo == SIGTERM ? &p->n_term : &p->n_int) += 1;
        p->is_going = 1;
        if (p->state != RUNNING && p->has_served) /* nobody is there to stop: that it is over is as it was asked */
            p->status = 0;
        if (p->state == PAUSING)
            change_state(p, ENDED);
    }
}

static int timeout_ms(const struct parent *p)
{
    uint64_t now = td_now_ns(), due = td_log_waits() ? now + LOG_AGAIN_NS : UINT64_MAX;

    if ((p->state == CLEARING || p->state == PAUSING) && p->due_ns < due)
        due = p->due_ns;
    if (p->again_ns && p->again_ns < due)
        due = p->again_ns;
    return due == UINT64_MAX ? -1 : due > now ? (int)((due - now + MS - 1) / MS) : 0;
}

static void turn(struct parent *p)
{
    short events = p->children.n_used < TD_MAX_CHILDREN ? POLLIN : 0;
    struct pollfd fds[] = { { .fd = p->signals, .events = POLLIN },
                            { .fd = p->line,
                              .events = (short)(events | (p->line_is_full && !p->again_ns ? POLLOUT : 0)) } };

    if (poll(fds, 2, timeout_ms(p)) < 0)
        return;
    if ((fds[1].revents & POLLOUT) || (p->again_ns && td_now_ns() >= p->again_ns)) {
        p->line_is_full = 0;
        p->again_ns = 0;
    }
    if (fds[1].revents & (POLLIN | POLLHUP | POLLERR))
        read_line(p);
    if (fds[0].revents)
        read_signals(p);
    if (p->must_tell && p->line >= 0)
        tell_all(p);
    if (p->state == CLEARING && (p->children.n_alive == 0 || td_now_ns() >= p->due_ns))
        on_cleared(p);
    if (p->state == PAUSING && td_now_ns() >= p->due_ns)
        on_pause_over(p);
    if (td_log_waits())
        td_log_resume();
}

/* The signals that it acts on come through a descriptor. What our starter ignored or blocked is not what we want
 * ignored. */
static int take_signals(struct parent *p, sigset_t *before)
{
    static const int taken[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
    sigset_t mask;

    sigemptyset(&mask);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        signal(taken[i], SIG_DFL);
        sigaddset(&mask, taken[i]);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a log that has its full size is a write that fails, as on a full disk */
    sigprocmask(SIG_BLOCK, &mask, before);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        sigdelset(before, taken[i]);
    p->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
    return p->signals < 0 ? -1 : 0;
}

/* What the supervisor left, and strays that appear while others die: their own children become ours with their
 * deaths. */
static void end_all(struct parent *p)
{
    uint64_t due = td_now_ns() + CLEAR_NS;
    struct pollfd signals = { .fd = p->signals, .events = POLLIN };
    struct signalfd_siginfo info;

    td_children_kill_workers(&p->children);
    while ((td_children_reap(&p->children) > 0 || p->children.n_alive > 0) && td_now_ns() < due) {
        poll(&signals, 1, 10);
        while (read(p->signals, &info, sizeof info) > 0)
            ;
    }
    drop_dead(p);
}

static char **supervisors_args(int argc, char **argv)
{
    static char title[] = "textd: supervisor", flag[] = TD_SUPERVISOR_FLAG;
    char **args = calloc((size_t)argc + 2, sizeof *args);

    if (!args)
        return NULL;
    args[0] = title;
    args[1] = flag;
    for (int i = 1; i < argc; i++)
        args[i + 1] = argv[i];
    return args;
}

int td_parent_run(int argc, char **argv)
{
    static struct parent p = { .line = -1, .told_table = -1 };
    sigset_t before;

    td_service_init(&p.service);
    p.hello = (struct td_parent_hello) { .watchdog_ns = p.service.watchdog_ns,
                                         .is_notified = p.service.fd >= 0,
                                         .pid = getpid() };
    p.args = supervisors_args(argc, argv);
    if (!p.args || take_signals(&p, &before) != 0 || td_children_init(&p.children, &before) != 0 ||
        start_supervisor(&p) != 0) {
        fprintf(stderr, "textd: can't start the supervisor's process: %s\n", strerror(errno));
        return EX_OSERR;
    }
    while (p.state != ENDED)
        turn(&p);
    end_all(&p);
    td_log_end(LAST_LOG_MS);
    free(p.args);
    return exit_code(&p);
}
