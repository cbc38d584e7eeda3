/* children.h: the processes that the parent has: made, signalled, buried. Only who reaps a process knows whether its
 * pid is still its own, so nobody else signals it. Nothing here waits: a child that is held up before its exec is a
 * child like any other. */
#ifndef TD_CHILDREN_H
#define TD_CHILDREN_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

#define TD_MAX_CHILDREN 1024
#define TD_MAX_BEFORE 64

/* NONE: the place is free. ALIVE: forked. DEAD: reaped, its group killed; it stays until its owner was told. */
enum td_child_state { TD_CHILD_NONE, TD_CHILD_ALIVE, TD_CHILD_DEAD };

struct td_child {
    enum td_child_state state;
    int is_supervisor;
    uint32_t id; /* its owner's; 0: it has none */
    pid_t pid;
    int status;        /* of wait, when DEAD */
    int exec_error;    /* errno, when DEAD and never what it was to be; else 0 */
    int is_spawn_told; /* its owner knows the pid */
    int table_fd;      /* of a pipe process: what it has taken (common/flight.h); -1: none */
    uint64_t begun_ns;
};

struct td_children {
    struct td_child all[TD_MAX_CHILDREN];
    unsigned n_alive, n_used; /* n_used: places that are not free */
    int *exec_errors;         /* a page shared with children that have not become another program yet */
    sigset_t mask;            /* theirs: what ours was before we blocked signals */
    pid_t us;
    pid_t before[TD_MAX_BEFORE]; /* groups of children that we had when we began */
    unsigned n_before;
    unsigned n_strays; /* found by the latest look */
};

/* What a new process is to be. */
struct td_child_plan {
    uint32_t id;
    int is_supervisor;
    char *const *args;
    const int *fds; /* borrowed */
    const uint8_t *targets;
    unsigned n_fds;
};

/* Becomes who inherits what its children leave behind (PR_SET_CHILD_SUBREAPER). `mask`: what children start with. -1
 * and errno when there is no memory for the page. */
int td_children_init(struct td_children *children, const sigset_t *mask);

/* Forks, as the leader of its own group. There must be a free place. When there can't be one more process the child
 * is DEAD with an exec_error; so it ends, later, when its program can't be executed. Never NULL. */
struct td_child *td_children_spawn(struct td_children *children, const struct td_child_plan *plan);

/* Makes a child that is DEAD from the start, of this errno. There must be a free place. */
struct td_child *td_children_refuse(struct td_children *children, uint32_t id, int error);

/* NULL when there is none, or it was told as dead. */
struct td_child *td_children_find(struct td_children *children, uint32_t id);

/* SIGKILL goes to the whole group. A DEAD one is left alone: its pid may be somebody else's. */
void td_children_signal(struct td_child *child, int signal);

/* Whoever is still alive has no owner any more: its id, now 0, can be another's. */
void td_children_disown(struct td_children *children);

/* SIGKILL for all workers. */
void td_children_kill_workers(struct td_children *children);

/* Buries whoever has died, and kills what they left behind: their groups, and processes that got away into a group or
 * session of their own. Returns how many strays were found alive. */
unsigned td_children_reap(struct td_children *children);

/* The owner knows of the death: the place is free, and the table closed. */
void td_children_forget(struct td_children *children, struct td_child *child);

#endif
