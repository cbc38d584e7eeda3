/* lifeline.c: see lifeline.h. */
#include "daemon/fleet/lifeline.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "common/log.h"
#include "daemon/both/process.h"

#define MAX_BOUND 64

/* How often a message is tried again that the kernel refused although the line has room. */
#define AGAIN_MS 10

/* A message that the line had no room for. */
struct waiting {
    struct waiting *next;
    int fds[TD_SPAWN_FDS];
    struct td_parent_message message; /* as long as its text */
};

struct bound {
    char *asked, *endpoint;
    int is_taken;
};

static struct {
    int is_joined;
    struct td_parent_hello hello;
    struct bound bound[MAX_BOUND]; /* of the supervisor before */
    unsigned n_bound;
    uv_poll_t poll;
    int watched;
    uv_timer_t again;
    int is_refused; /* the last message that didn't go, for another reason than that the line is full */
    struct td_spawned *processes;
    uint32_t last_id;
    struct waiting *first, *last;
    void (*on_signal)(void *data, int signal);
    void *data;
} line;

static const int no_fds[TD_SPAWN_FDS];

/* ---- Saying ------------------------------------------------------------------------------------------------------- */

static void on_poll(uv_poll_t *poll, int status, int events);

static void watch(int events)
{
    if (!line.is_joined || events == line.watched)
        return;
    line.watched = events;
    uv_poll_start(&line.poll, events, on_poll);
}

static void on_again(uv_timer_t *timer);

/* A full line says when it has room. When it isn't full the kernel has no memory, or too many descriptors are under way: of
 * the end of that nothing tells. */
static void wait_for_room(void)
{
    int is_waiting = line.first != NULL;

    watch(is_waiting && !line.is_refused ? UV_READABLE | UV_WRITABLE : UV_READABLE);
    if (line.is_joined && is_waiting && line.is_refused && !uv_is_active((uv_handle_t *)&line.again))
        uv_timer_start(&line.again, on_again, AGAIN_MS, 0);
}

/* 1: sent, or the parent is gone, and nothing matters any more. 0: no room now. */
static int send_now(const struct td_parent_message *m, const int *fds)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(TD_SPAWN_FDS * sizeof *fds)] = { 0 };
    struct iovec part = { (void *)(uintptr_t)m, td_parent_bytes(m->length) };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

    if (m->n_targets > 0) {
        size_t bytes = m->n_targets * sizeof *fds;
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(bytes);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        *rights = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(bytes) };
        memcpy(CMSG_DATA(rights), fds, bytes);
    }
    if (sendmsg(TD_LIFELINE_FD, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 1;
    line.is_refused = errno != EAGAIN;
    /* ETOOMANYREFS: more descriptors are under way than we may have open; they are when the parent has read. */
    return errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM && errno != ETOOMANYREFS && errno != EINTR;
}

static void close_all(const int *fds, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
}

static void send_waiting(void)
{
    while (line.first && send_now(&line.first->message, line.first->fds)) {
        struct waiting *w = line.first;
        line.first = w->next;
        if (!line.first)
            line.last = NULL;
        close_all(w->fds, w->message.n_targets);
        free(w);
    }
    wait_for_room();
}

static void on_again(uv_timer_t *timer)
{
    (void)timer;
    send_waiting();
}

static int keep(const struct td_parent_message *m, const int *fds)
{
    struct waiting *w = malloc(offsetof(struct waiting, message) + td_parent_bytes(m->length));

    if (!w)
        return -1;
    w->next = NULL;
    if (m->n_targets > 0)
        memcpy(w->fds, fds, m->n_targets * sizeof *fds);
    memcpy(&w->message, m, td_parent_bytes(m->length));
    if (line.last)
        line.last->next = w;
    else
        line.first = w;
    line.last = w;
    wait_for_room();
    return 0;
}

/* Takes the descriptors over. -1 when memory runs out. */
static int say(const struct td_parent_message *m, const int *fds)
{
    int rc = 0;

    if (line.first || !send_now(m, fds)) {
        if ((rc = keep(m, fds)) == 0)
            return 0;
    }
    close_all(fds, m->n_targets);
    return rc;
}

void td_lifeline_allow_trace(int is_allowed)
{
    prctl(PR_SET_DUMPABLE, is_allowed, 0, 0, 0);
    td_lifeline_say(TD_PARENT_TRACE, is_allowed);
}

void td_lifeline_say(enum td_parent_kind kind, int value)
{
    struct td_parent_message m = { .kind = kind, .value = value };

    say(&m, no_fds);
}

void td_lifeline_notify(const char *text, size_t length)
{
    struct td_parent_message m = { .kind = TD_PARENT_NOTIFY };

    if (!line.hello.is_notified || line.first)
        return;
    m.length = (uint32_t)(length < sizeof m.text ? length : sizeof m.text);
    memcpy(m.text, text, m.length);
    send_now(&m, no_fds);
}

void td_lifeline_tell_bound(const char *asked, const char *endpoint)
{
    size_t first = strlen(asked) + 1, second = strlen(endpoint) + 1;
    struct td_parent_message m = { .kind = TD_PARENT_BOUND };

    if (first + second > sizeof m.text)
        return;
    memcpy(m.text, asked, first);
    memcpy(m.text + first, endpoint, second);
    m.length = (uint32_t)(first + second);
    say(&m, no_fds);
}

/* ---- Hearing ------------------------------------------------------------------------------------------------------ */

/* The place that points at it; the place of NULL when there is none. */
static struct td_spawned **find(uint32_t id)
{
    struct td_spawned **at = &line.processes;

    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static void on_gone(struct td_spawned *process)
{
    *find(process->id) = process->next;
    if (!line.processes && line.is_joined)
        uv_unref((uv_handle_t *)&line.poll);
    process->on_gone(process);
}

static void on_exited(struct td_spawned *process, int status)
{
    process->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    process->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    on_gone(process);
}

static void hear(const struct td_parent_message *m)
{
    struct td_spawned *process = *find(m->id); /* NULL: we saw its death before we were told */

    switch ((enum td_parent_kind)m->kind) {
    case TD_PARENT_SIGNAL:
        line.on_signal(line.data, m->value);
        break;
    case TD_PARENT_SPAWNED:
        if (process)
            process->pid = m->value;
        break;
    case TD_PARENT_FAILED:
        if (!process)
            break;
        process->error = m->value;
        on_gone(process);
        break;
    case TD_PARENT_EXITED:
        if (process)
            on_exited(process, m->value);
        break;
    default:
        assert(!"a parent of this very binary says something else");
    }
}

/* Zero when there is nothing now. The parent's end is ours: the kernel ends us with it (PR_SET_PDEATHSIG), this is
 * for where it doesn't. */
static int hear_one(void)
{
    struct td_parent_message m;
    ssize_t n = recv(TD_LIFELINE_FD, &m, sizeof m, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == ENOMEM || errno == ENOBUFS))
        return 0;
    if (n < 0 && errno == EINTR)
        return 1;
    if (n <= 0) {
        td_log(TD_LOG_ERROR, "parent.gone", TD_STR("action", "end"));
        _exit(EX_SOFTWARE);
    }
    assert((size_t)n == td_parent_bytes(m.length));
    hear(&m);
    return 1;
}

/* Only pids: whatever else may come must not happen to somebody under a callback of his own. */
void td_lifeline_catch_up(void)
{
    struct td_parent_message m;

    while (recv(TD_LIFELINE_FD, &m, sizeof m, MSG_DONTWAIT | MSG_PEEK) > 0 && m.kind == TD_PARENT_SPAWNED)
        hear_one();
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)poll, (void)status, (void)events; /* reading and writing tell more */
    while (line.is_joined && hear_one())
        ;
    send_waiting();
}

/* ---- Processes ---------------------------------------------------------------------------------------------------- */

static int spawn(struct td_spawned *process, enum td_parent_kind kind, const char *title, const int *fds,
                 const uint8_t *targets, unsigned n, struct td_err *err)
{
    struct td_parent_message m = { .kind = kind, .id = ++line.last_id, .n_targets = (uint8_t)n };

    assert(n <= TD_SPAWN_FDS && strlen(title) <= sizeof m.text);
    memcpy(m.targets, targets, n);
    m.length = (uint32_t)strlen(title);
    memcpy(m.text, title, m.length);
    if (say(&m, fds) != 0)
        return td_fail(err, TD_E_SYSTEM, "no memory to ask for a process");
    process->id = m.id;
    process->stat_fd = -1;
    process->next = line.processes;
    if (!line.processes && line.is_joined)
        uv_ref((uv_handle_t *)&line.poll);
    line.processes = process;
    return TD_OK;
}

int td_lifeline_spawn(struct td_spawned *process, const char *title, const int *fds, const uint8_t *targets, unsigned n,
                      struct td_err *err)
{
    return spawn(process, TD_PARENT_SPAWN, title, fds, targets, n, err);
}

int td_lifeline_spawn_pipe(struct td_spawned *process, const int *fds, const uint8_t *targets, unsigned n,
                           struct td_err *err)
{
    return spawn(process, TD_PARENT_SPAWN_PIPE, "textd: pipe", fds, targets, n, err);
}

int td_lifeline_look(struct td_spawned *process)
{
    if (process->pid == 0)
        return 0;
    if (kill(process->pid, 0) != 0 && errno == ESRCH)
        return 1; /* buried: how it died is on the line, and was not read yet */
    struct td_process now = td_process_look(process->stat_fd, process->pid);
    if (now.state != 'Z' || now.parent != getppid())
        return 0;
    process->is_untold = process->is_closed && now.status == 0;
    on_exited(process, now.status);
    return 1;
}

void td_lifeline_kill(const struct td_spawned *process, int signal)
{
    struct td_parent_message m = { .kind = TD_PARENT_KILL, .id = process->id, .value = signal };

    say(&m, no_fds);
}

/* ---- Beginning and end -------------------------------------------------------------------------------------------- */

/* One message of the beginning. They were all sent before we were made. */
static int read_first(struct td_parent_message *m)
{
    ssize_t n = recv(TD_LIFELINE_FD, m, sizeof *m, MSG_DONTWAIT);

    return n >= (ssize_t)td_parent_bytes(0) && (size_t)n == td_parent_bytes(m->length) ? 0 : -1;
}

int td_lifeline_open(void)
{
    struct td_parent_message m;

    if (read_first(&m) != 0 || m.kind != TD_PARENT_HELLO || m.length != sizeof line.hello)
        return -1;
    memcpy(&line.hello, m.text, sizeof line.hello);
    for (uint32_t i = 0; i < line.hello.n_bound && i < MAX_BOUND; i++) {
        if (read_first(&m) != 0 || m.kind != TD_PARENT_BOUND)
            return -1;
        size_t asked = strnlen(m.text, m.length);
        line.bound[line.n_bound++] =
            (struct bound) { strndup(m.text, asked), strndup(m.text + asked + 1, m.length - asked - 1), 0 };
    }
    fcntl(TD_LIFELINE_FD, F_SETFD, FD_CLOEXEC);
    return 0;
}

const struct td_parent_hello *td_lifeline_hello(void)
{
    return &line.hello;
}

const char *td_lifeline_bound_before(const char *asked)
{
    for (unsigned i = 0; i < line.n_bound; i++)
        if (!line.bound[i].is_taken && line.bound[i].asked && line.bound[i].endpoint &&
            strcmp(line.bound[i].asked, asked) == 0) {
            line.bound[i].is_taken = 1;
            return line.bound[i].endpoint;
        }
    return asked;
}

int td_lifeline_join(uv_loop_t *loop, void (*on_signal)(void *data, int signal), void *data)
{
    line.on_signal = on_signal;
    line.data = data;
    int rc = uv_poll_init(loop, &line.poll, TD_LIFELINE_FD);
    if (rc != 0)
        return rc;
    uv_timer_init(loop, &line.again);
    uv_unref((uv_handle_t *)&line.again);
    line.is_joined = 1;
    line.watched = 0;
    wait_for_room();
    if (!line.processes)
        uv_unref((uv_handle_t *)&line.poll);
    return 0;
}

static void on_left(uv_handle_t *handle)
{
    (void)handle;
}

void td_lifeline_leave(void)
{
    send_waiting();
    line.is_joined = 0;
    uv_close((uv_handle_t *)&line.poll, on_left);
    uv_close((uv_handle_t *)&line.again, on_left);
    for (unsigned i = 0; i < line.n_bound; i++) {
        free(line.bound[i].asked);
        free(line.bound[i].endpoint);
    }
    line.n_bound = 0;
    while (line.first) {
        struct waiting *w = line.first;
        line.first = w->next;
        close_all(w->fds, w->message.n_targets);
        free(w);
    }
    line.last = NULL;
}
