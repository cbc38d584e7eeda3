/* children.c: see children.h. */
#include "daemon/parent/children.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/parent_wire.h"

/* Calls `see` for each process that is a child of ours. Without CONFIG_PROC_CHILDREN none can be seen. */
static void each_child(struct td_children *c, void (*see)(struct td_children *c, pid_t pid))
{
    char path[64];
    long pid;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)c->us);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    while (fscanf(file, "%ld", &pid) == 1) /* NOLINT: the kernel writes numbers */
        see(c, (pid_t)pid);
    fclose(file);
}

/* Somebody's who became us by exec, as in a shell: its group, and what comes of it, is no affair of ours. */
static void note_before(struct td_children *c, pid_t pid)
{
    if (c->n_before < TD_MAX_BEFORE)
        c->before[c->n_before++] = getpgid(pid);
}

int td_children_init(struct td_children *c, const sigset_t *mask)
{
    void *page =
        mmap(NULL, TD_MAX_CHILDREN * sizeof *c->exec_errors, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED)
        return -1;
    c->exec_errors = page;
    c->mask = *mask;
    c->us = getpid();
    each_child(c, note_before);
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* ---- Birth -------------------------------------------------------------------------------------------------------- */

/* Puts the descriptors where they are to be. They are moved out of the way first: one may stand where another goes. */
static int place_descriptors(const struct td_child_plan *plan)
{
    int high[TD_SPAWN_FDS], has_stderr = 0;

    for (unsigned i = 0; i < plan->n_fds; i++)
        if ((high[i] = fcntl(plan->fds[i], F_DUPFD_CLOEXEC, TD_SPAWN_MOST_FD + 1)) < 0)
            return -1;
    if (!plan->is_supervisor) { /* a plugin has no business with what textd was started with */
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
            return -1;
        close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC); /* nor with what our starter left open */
    }
    for (unsigned i = 0; i < plan->n_fds; i++) {
        if (dup2(high[i], plan->targets[i]) < 0)
            return -1;
        has_stderr |= plan->targets[i] == STDERR_FILENO;
    }
    return plan->is_supervisor || has_stderr || dup2(STDOUT_FILENO, STDERR_FILENO) >= 0 ? 0 : -1;
}

/* In the child, which is a copy of a single-threaded process: it may call anything. Its own group takes it out of the
 * reach of a terminal's Ctrl-C and can be killed whole. Not its own session: Linux's autogroup scheduling (sched(7)) gives
 * each session its share of the processors, and documents that pass between sessions cost a fifth more. */
static _Noreturn void become(const struct td_children *c, const struct td_child_plan *plan, int *error)
{
    /* Both kinds of child ignore these. They are blocked here, and unblocked before the exec: one that a service
     * manager sends to all processes would end those that are only starting. */
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN); /* a terminal's `tostop` would stop who writes to it from another group */
    setpgid(0, 0);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != c->us) /* died before we asked to be told of it */
        _exit(EXIT_FAILURE);
    if (place_descriptors(plan) == 0 && sigprocmask(SIG_SETMASK, &c->mask, NULL) == 0)
        execv("/proc/self/exe", plan->args); /* this very binary, also when a newer one has taken its name */
    *error = errno;
    _exit(EXIT_FAILURE);
}

static struct td_child *take_place(struct td_children *c)
{
    unsigned place = 0;

    assert(c->n_used < TD_MAX_CHILDREN);
    while (c->all[place].state != TD_CHILD_NONE)
        place++;
    c->n_used++;
    c->exec_errors[place] = 0;
    return &c->all[place];
}

struct td_child *td_children_refuse(struct td_children *c, uint32_t id, int error)
{
    struct td_child *child = take_place(c);

    *child = (struct td_child) { .state = TD_CHILD_DEAD, .id = id, .exec_error = error, .table_fd = -1 };
    return child;
}

struct td_child *td_children_spawn(struct td_children *c, const struct td_child_plan *plan)
{
    struct td_child *child = take_place(c);
    pid_t pid = fork();

    if (pid == 0)
        become(c, plan, &c->exec_errors[child - c->all]);
    *child = (struct td_child) { .state = pid < 0 ? TD_CHILD_DEAD : TD_CHILD_ALIVE,
                                 .is_supervisor = plan->is_supervisor,
                                 .id = plan->id,
                                 .pid = pid,
                                 .exec_error = pid < 0 ? errno : 0,
                                 .table_fd = -1,
                                 .begun_ns = td_now_ns() };
    c->n_alive += pid > 0;
    return child;
}

struct td_child *td_children_find(struct td_children *c, uint32_t id)
{
    for (unsigned i = 0; i < TD_MAX_CHILDREN && id != 0; i++)
        if (c->all[i].state != TD_CHILD_NONE && !c->all[i].is_supervisor && c->all[i].id == id)
            return &c->all[i];
    return NULL;
}

/* ---- Death -------------------------------------------------------------------------------------------------------- */

void td_children_signal(struct td_child *child, int signal)
{
    if (child->state != TD_CHILD_ALIVE)
        return;
    kill(child->pid, signal); /* also by itself: it may not have its group yet */
    if (signal == SIGKILL)
        kill(-child->pid, signal);
}

void td_children_kill_workers(struct td_children *c)
{
    for (unsigned i = 0; i < TD_MAX_CHILDREN; i++)
        if (!c->all[i].is_supervisor)
            td_children_signal(&c->all[i], SIGKILL);
}

void td_children_disown(struct td_children *c)
{
    for (unsigned i = 0; i < TD_MAX_CHILDREN; i++)
        c->all[i].id = 0;
}

static struct td_child *find_pid(struct td_children *c, pid_t pid)
{
    for (unsigned i = 0; i < TD_MAX_CHILDREN; i++)
        if (c->all[i].state == TD_CHILD_ALIVE && c->all[i].pid == pid)
            return &c->all[i];
    return NULL;
}

/* Its group goes while the dead process still holds the number: afterwards it could be another's. */
static void bury(struct td_children *c, pid_t pid)
{
    struct td_child *child = find_pid(c, pid);
    int status = 0;

    if (child)
        kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    if (!child)
        return;
    child->state = TD_CHILD_DEAD;
    child->status = status;
    child->exec_error = c->exec_errors[child - c->all];
    c->n_alive--;
}

/* A stray: a child that we didn't make. Its own parent, somewhere below us, has died. One in the group of a worker that
 * lives is that worker's affair; one in our own group, or in a group that was there before us, is its starter's. */
static int is_left_behind(struct td_children *c, pid_t pid)
{
    pid_t group = getpgid(pid);

    if (find_pid(c, pid) || find_pid(c, group) || group == getpgrp())
        return 0;
    for (unsigned i = 0; i < c->n_before; i++)
        if (c->before[i] == group)
            return 0;
    return 1;
}

/* Such processes are our children, so that their numbers are theirs until we reap them. */
static void kill_stray(struct td_children *c, pid_t pid)
{
    if (!is_left_behind(c, pid))
        return;
    kill(pid, SIGKILL);
    c->n_strays++;
}

/* Returns how many there were. The first process of a container inherits everybody's orphans, also those of `docker exec`:
 * whose they are can't be told, so groups are all that is killed. */
static unsigned kill_strays(struct td_children *c)
{
    c->n_strays = 0;
    if (c->us != 1)
        each_child(c, kill_stray);
    return c->n_strays;
}

unsigned td_children_reap(struct td_children *c)
{
    siginfo_t info = { .si_pid = 0 };

    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
        bury(c, info.si_pid);
        info.si_pid = 0;
    }
    return kill_strays(c);
}

void td_children_forget(struct td_children *c, struct td_child *child)
{
    assert(child->state == TD_CHILD_DEAD);
    if (child->table_fd >= 0)
        close(child->table_fd);
    child->state = TD_CHILD_NONE;
    c->n_used--;
}
