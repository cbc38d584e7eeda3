/* filter.c: see filter.h. A list of what is allowed, so that what a newer kernel has is not. What the C library tries
 * and can do without answers ENOSYS or EACCES; the rest traps, since a plugin that is told "no" goes on in a state that
 * its author never saw.
 *
 * Landlock of ABI 2 doesn't know of truncating by path, modes, owners, times, attributes, watches and sockets' files:
 * none of these calls is here, whatever is granted. */
#include "daemon/worker/filter.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asm/ioctls.h>
#include <seccomp.h>

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#define VMA_NAME 0x53564d41 /* PR_SET_VMA: the C library names its mappings where it can */

/* Who may make a call. */
#define ALL 1u     /* everybody, always */
#define OPENS 2u   /* while plugins are opened */
#define THREADS 4u /* by grants, from here on */
#define NETWORK 8u
#define READS 16u
#define WRITES 32u

#define CALL(name, who) \
    { \
        SCMP_SYS(name), (who) \
    }

/* What needs no look at its arguments. */
static const struct {
    int number;
    unsigned who;
} calls[] = {
    /* memory */
    CALL(brk, ALL),
    CALL(mmap, ALL),
    CALL(munmap, ALL),
    CALL(mprotect, ALL),
    CALL(mremap, ALL),
    CALL(madvise, ALL),
    CALL(mincore, ALL),
    CALL(msync, ALL),
    CALL(mlock, ALL),
    CALL(munlock, ALL),
    CALL(membarrier, ALL),
    /* what is open: of the worker's own, the channel and the pipe for what is printed */
    CALL(read, ALL),
    CALL(readv, ALL),
    CALL(pread64, ALL),
    CALL(preadv, ALL),
    CALL(write, ALL),
    CALL(writev, ALL),
    CALL(pwrite64, ALL),
    CALL(pwritev, ALL),
    CALL(lseek, ALL),
    CALL(close, ALL),
    CALL(close_range, ALL),
    CALL(fstat, ALL),
    CALL(poll, ALL),
    CALL(ppoll, ALL),
    CALL(select, ALL),
    CALL(pselect6, ALL),
    CALL(dup, ALL),
    CALL(dup2, ALL),
    CALL(dup3, ALL),
    CALL(getsockopt, ALL),
    /* time */
    CALL(clock_gettime, ALL),
    CALL(clock_getres, ALL),
    CALL(clock_nanosleep, ALL),
    CALL(nanosleep, ALL),
    CALL(gettimeofday, ALL),
    CALL(time, ALL),
    CALL(times, ALL),
    CALL(alarm, ALL),
    CALL(setitimer, ALL),
    CALL(getitimer, ALL),
    CALL(timer_create, ALL),
    CALL(timer_settime, ALL),
    CALL(timer_gettime, ALL),
    CALL(timer_getoverrun, ALL),
    CALL(timer_delete, ALL),
    /* what it is, and where it runs */
    CALL(getpid, ALL),
    CALL(gettid, ALL),
    CALL(getppid, ALL),
    CALL(getpgrp, ALL),
    CALL(getuid, ALL),
    CALL(geteuid, ALL),
    CALL(getgid, ALL),
    CALL(getegid, ALL),
    CALL(getgroups, ALL),
    CALL(getrusage, ALL),
    CALL(getrlimit, ALL),
    CALL(sysinfo, ALL),
    CALL(uname, ALL),
    CALL(getcpu, ALL),
    CALL(getcwd, ALL),
    CALL(umask, ALL),
    CALL(getrandom, ALL),
    CALL(sched_yield, ALL),
    CALL(sched_getaffinity, ALL),
    CALL(sched_getscheduler, ALL),
    CALL(sched_getparam, ALL),
    CALL(sched_get_priority_max, ALL),
    CALL(sched_get_priority_min, ALL),
    CALL(getpriority, ALL),
    /* signals to itself, its threads, its end */
    CALL(rt_sigprocmask, ALL),
    CALL(rt_sigreturn, ALL),
    CALL(rt_sigpending, ALL),
    CALL(rt_sigsuspend, ALL),
    CALL(rt_sigtimedwait, ALL),
    CALL(sigaltstack, ALL),
    CALL(pause, ALL),
    CALL(restart_syscall, ALL),
    CALL(futex, ALL),
    CALL(set_robust_list, ALL),
    CALL(get_robust_list, ALL),
    CALL(set_tid_address, ALL),
    CALL(rseq, ALL),
    CALL(exit, ALL),
    CALL(exit_group, ALL),
    /* the narrower filter */
    CALL(seccomp, OPENS),
    CALL(landlock_create_ruleset, OPENS),
    CALL(landlock_add_rule, OPENS),
    CALL(landlock_restrict_self, OPENS),
    /* reading files */
    CALL(stat, OPENS | READS),
    CALL(lstat, OPENS | READS),
    CALL(newfstatat, OPENS | READS),
    CALL(access, OPENS | READS),
    CALL(faccessat, OPENS | READS),
    CALL(readlink, OPENS | READS),
    CALL(readlinkat, OPENS | READS),
    CALL(getdents, OPENS | READS),
    CALL(getdents64, OPENS | READS),
    CALL(statfs, OPENS | READS),
    CALL(fstatfs, OPENS | READS),
    CALL(fadvise64, OPENS | READS),
    CALL(readahead, OPENS | READS),
    CALL(flock, READS),
    /* writing files; which, and with what in between, is Landlock's */
    CALL(mkdir, WRITES),
    CALL(mkdirat, WRITES),
    CALL(unlink, WRITES),
    CALL(unlinkat, WRITES),
    CALL(rmdir, WRITES),
    CALL(rename, WRITES),
    CALL(renameat, WRITES),
    CALL(renameat2, WRITES),
    CALL(ftruncate, WRITES),
    CALL(fallocate, WRITES),
    CALL(fsync, WRITES),
    CALL(fdatasync, WRITES),
    CALL(sendfile, WRITES),
    CALL(copy_file_range, WRITES),
    /* the network */
    CALL(connect, NETWORK),
    CALL(bind, NETWORK),
    CALL(listen, NETWORK),
    CALL(accept, NETWORK),
    CALL(accept4, NETWORK),
    CALL(getsockname, NETWORK),
    CALL(getpeername, NETWORK),
    CALL(sendto, NETWORK),
    CALL(recvfrom, NETWORK),
    CALL(sendmsg, NETWORK),
    CALL(recvmsg, NETWORK),
    CALL(sendmmsg, NETWORK),
    CALL(recvmmsg, NETWORK),
    CALL(setsockopt, NETWORK),
    CALL(shutdown, NETWORK),
    /* what threads and sockets are waited for with */
    CALL(pipe, THREADS | NETWORK),
    CALL(pipe2, THREADS | NETWORK),
    CALL(eventfd, THREADS | NETWORK),
    CALL(eventfd2, THREADS | NETWORK),
    CALL(epoll_create, THREADS | NETWORK),
    CALL(epoll_create1, THREADS | NETWORK),
    CALL(epoll_ctl, THREADS | NETWORK),
    CALL(epoll_wait, THREADS | NETWORK),
    CALL(epoll_pwait, THREADS | NETWORK),
    CALL(timerfd_create, THREADS | NETWORK),
    CALL(timerfd_settime, THREADS | NETWORK),
};

/* Newer forms of calls that the C library falls back from. Their arguments lie in memory, where a filter can't look. */
static const int not_here[] = { SCMP_SYS(clone3), SCMP_SYS(openat2),      SCMP_SYS(faccessat2),
                                SCMP_SYS(statx),  SCMP_SYS(epoll_pwait2), SCMP_SYS(futex_waitv) };

/* Adds rules, and remembers the first failure. */
struct rules {
    scmp_filter_ctx context;
    int rc;
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void rule(struct rules *r, uint32_t action, int number, const struct scmp_arg_cmp *args, unsigned n)
{
    if (r->rc == 0)
        r->rc = seccomp_rule_add_array(r->context, action, number, n, args);
}

/* With an argument of that value. */
static void rule_if(struct rules *r, uint32_t action, int number, unsigned argument, uint64_t value)
{
    const struct scmp_arg_cmp is = SCMP_CMP(argument, SCMP_CMP_EQ, value);

    rule(r, action, number, &is, 1);
}

/* With an argument whose bits of `mask` are `value`. */
static void rule_masked(struct rules *r, uint32_t action, int number, unsigned argument, uint64_t mask, uint64_t value)
{
    const struct scmp_arg_cmp is = SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value);

    rule(r, action, number, &is, 1);
}

static void add_calls(struct rules *r, unsigned who)
{
    for (size_t i = 0; i < N(calls); i++)
        if (calls[i].who & who)
            rule(r, SCMP_ACT_ALLOW, calls[i].number, NULL, 0);
    for (size_t i = 0; i < N(not_here); i++)
        rule(r, SCMP_ACT_ERRNO(ENOSYS), not_here[i], NULL, 0);
}

/* abort, raise and assert come by these. SIGSYS is as SIGKILL: else a handler of the plugin's would be told, and nobody
 * by it. */
static void add_signals(struct rules *r)
{
    const struct scmp_arg_cmp not_ours = SCMP_CMP(0, SCMP_CMP_NE, SIGSYS);
    uint64_t us = (uint64_t)getpid();

    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0, us);
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(kill), 0, us);
    rule(r, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), &not_ours, 1);
    rule_if(r, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(rt_sigaction), 0, SIGSYS);
}

/* Limits are looked at; lowering them is a step of ours. F_SETOWN and O_ASYNC would send signals to others. */
static void add_self(struct rules *r, unsigned who)
{
    static const int looks[] = { F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC };
    static const int locks[] = { F_GETLK, F_SETLK, F_SETLKW };
    const struct scmp_arg_cmp reads_own[] = { SCMP_CMP(0, SCMP_CMP_EQ, 0), SCMP_CMP(2, SCMP_CMP_EQ, 0) };
    const struct scmp_arg_cmp sets_flags[] = { SCMP_CMP(1, SCMP_CMP_EQ, F_SETFL),
                                               SCMP_CMP(2, SCMP_CMP_MASKED_EQ, O_ASYNC, 0) };

    const struct scmp_arg_cmp hides[] = { SCMP_CMP(0, SCMP_CMP_EQ, PR_SET_DUMPABLE), SCMP_CMP(1, SCMP_CMP_EQ, 0) };

    if (who & OPENS)
        rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 0, 0);
    else
        rule(r, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), reads_own, N(reads_own));
    for (size_t i = 0; i < N(looks); i++)
        rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, (uint64_t)looks[i]);
    for (size_t i = 0; i < N(locks) && (who & READS); i++)
        rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, (uint64_t)locks[i]);
    rule(r, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), sets_flags, N(sets_flags));
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, FIONREAD);
    rule_if(r, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 1, TCGETS);
    if (who & NETWORK)
        rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, FIONBIO);
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, PR_SET_NAME);
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, PR_GET_NAME);
    rule(r, SCMP_ACT_ALLOW, SCMP_SYS(prctl), hides, N(hides));
    rule_if(r, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 0, VMA_NAME);
    if (who & OPENS)
        rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, PR_SET_NO_NEW_PRIVS);
}

static void open_if(struct rules *r, uint32_t action, uint64_t mask, uint64_t value)
{
    rule_masked(r, action, SCMP_SYS(open), 1, mask, value);
    rule_masked(r, action, SCMP_SYS(openat), 2, mask, value);
}

/* Of a file that is made the mode counts, which else is whatever the register holds. A plugin that could make one with
 * set-user-id would hand textd's user to whoever starts it. */
static void make_if(struct rules *r, uint64_t mask, uint64_t value)
{
    const uint64_t special = S_ISUID | S_ISGID;
    const struct scmp_arg_cmp by_open[] = { SCMP_CMP(1, SCMP_CMP_MASKED_EQ, mask, value),
                                            SCMP_CMP(2, SCMP_CMP_MASKED_EQ, special, 0) };
    const struct scmp_arg_cmp by_openat[] = { SCMP_CMP(2, SCMP_CMP_MASKED_EQ, mask, value),
                                              SCMP_CMP(3, SCMP_CMP_MASKED_EQ, special, 0) };

    rule(r, SCMP_ACT_ALLOW, SCMP_SYS(open), by_open, N(by_open));
    rule(r, SCMP_ACT_ALLOW, SCMP_SYS(openat), by_openat, N(by_openat));
}

/* What is emptied must be opened for writing: Landlock's ABI 2 sees but a reader in O_TRUNC with O_RDONLY. */
static void add_writing(struct rules *r)
{
    const uint64_t unnamed = O_TMPFILE & ~(uint64_t)O_DIRECTORY;
    const uint64_t ways[][2] = { { O_TRUNC, 0 },
                                 { O_ACCMODE | O_TRUNC, O_WRONLY | O_TRUNC },
                                 { O_ACCMODE | O_TRUNC, O_RDWR | O_TRUNC } };

    for (size_t i = 0; i < N(ways); i++) {
        open_if(r, SCMP_ACT_ALLOW, ways[i][0] | O_CREAT | unnamed, ways[i][1]);
        make_if(r, ways[i][0] | O_CREAT, ways[i][1] | O_CREAT);
        make_if(r, ways[i][0] | unnamed, ways[i][1] | unnamed);
    }
    rule_masked(r, SCMP_ACT_ALLOW, SCMP_SYS(creat), 1, S_ISUID | S_ISGID, 0);
}

/* Where nothing may be opened, fstat, which the C library makes a stat of no path, fails softly: stdio can do without.
 * A path beside AT_EMPTY_PATH would tell of any file. */
static void add_files(struct rules *r, unsigned who, int is_soft)
{
    const uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC;

    if (!(who & (OPENS | READS)))
        rule_if(r, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH);
    if (who & WRITES) {
        add_writing(r);
    } else if (who & (OPENS | READS)) {
        open_if(r, SCMP_ACT_ALLOW, changes, O_RDONLY);
    } else if (is_soft) {
        open_if(r, SCMP_ACT_ERRNO(EACCES), changes, O_RDONLY);
    }
}

/* Names are looked up through sockets of other kinds where there are, and else by UDP. */
static void add_network(struct rules *r)
{
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(socket), 0, AF_INET);
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(socket), 0, AF_INET6);
    rule_if(r, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 0, AF_UNIX);
    rule_if(r, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 0, AF_NETLINK);
}

/* clone's flags are its first argument but on s390. A thread of this process, and no process, and nothing of its own.
 * */
static void add_threads(struct rules *r)
{
    const uint64_t apart = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                           CLONE_NEWNET | CLONE_VFORK | CLONE_PTRACE | CLONE_UNTRACED;
    const struct scmp_arg_cmp other = SCMP_CMP(0, SCMP_CMP_NE, 0);

    rule_masked(r, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0, CLONE_THREAD | apart, CLONE_THREAD);
    rule_if(r, SCMP_ACT_ALLOW, SCMP_SYS(sched_setaffinity), 0, 0);
    rule(r, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sched_setaffinity), &other, 1);
    rule(r, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sched_setscheduler), NULL, 0);
    rule(r, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setpriority), NULL, 0);
    rule(r, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mbind), NULL, 0);
    rule(r, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(set_mempolicy), NULL, 0);
}

static unsigned who_is(const struct td_filter *filter)
{
    return ALL | (filter->opens ? OPENS : 0) | (filter->threads ? THREADS : 0) | (filter->network ? NETWORK : 0) |
           (filter->reads ? READS : 0) | (filter->writes ? READS | WRITES : 0);
}

static void set_attributes(struct rules *r)
{
    const struct {
        enum scmp_filter_attr name;
        uint32_t value;
    } attributes[] = { { SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS },
                       { SCMP_FLTATR_CTL_NNP, 0 },      /* is confine.c's */
                       { SCMP_FLTATR_CTL_TSYNC, 1 },    /* threads that a plugin may have started */
                       { SCMP_FLTATR_CTL_OPTIMIZE, 2 }, /* a search in place of a walk */
                       { SCMP_FLTATR_API_SYSRAWRC, 1 } };

    for (size_t i = 0; i < N(attributes) && r->rc == 0; i++)
        r->rc = seccomp_attr_set(r->context, attributes[i].name, attributes[i].value);
}

/* A filter that a plugin has set while it was made may answer seccomp(2) with success, and nothing was done. So the
 * narrow filter answers a question that nobody can know before by a number that nobody can know, and the wide one lets
 * the question through. */
#define IS_QUESTION (UINT64_C(1) << 30) /* prctl's own numbers have no such bit */

struct challenge {
    uint32_t question, answer;
};

static void add_challenge(struct rules *r, struct challenge *c)
{
    if (r->rc == 0 && getrandom(c, sizeof *c, 0) != (ssize_t)sizeof *c)
        r->rc = -EIO;
    c->question = (uint32_t)((c->question | IS_QUESTION) & INT32_MAX);
    c->answer = 200 + c->answer % 3800;
    rule_if(r, SCMP_ACT_ERRNO(c->answer), SCMP_SYS(prctl), 0, c->question);
}

/* 0, or -1 and errno. */
static int ask(const struct challenge *c)
{
    if (prctl((int)c->question, 0, 0, 0, 0) == -1 && errno == (int)c->answer)
        return 0;
    errno = ENOTSUP;
    return -1;
}

int td_filter_set(const struct td_filter *filter)
{
    struct rules r = { .context = seccomp_init(SCMP_ACT_TRAP) };
    unsigned who = who_is(filter);
    struct challenge challenge = { 0, 0 };

    if (!r.context) {
        errno = ENOMEM;
        return -1;
    }
    set_attributes(&r);
    add_calls(&r, who);
    add_signals(&r);
    add_self(&r, who);
    add_files(&r, who, filter->is_soft);
    if (filter->network)
        add_network(&r);
    if (filter->threads)
        add_threads(&r);
    if (filter->opens)
        rule_masked(&r, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 0, IS_QUESTION, IS_QUESTION);
    else
        add_challenge(&r, &challenge);
    if (r.rc == 0)
        r.rc = seccomp_load(r.context);
    seccomp_release(r.context);
    errno = -r.rc;
    return r.rc == 0 && (filter->opens || ask(&challenge) == 0) ? 0 : -1;
}
