/* attack.c: tries what a plugin has no business with. The option `attack` says what, `target` on whom; the result is "done" and what
 * came of it, or "failed" and why. For tests only. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <textd/plugin.h>

#include "daemon/both/frames.h"

#define MOST_FOUND 4000 /* bytes of what was found */

static const struct textd_host *host;
static uint64_t n_calls; /* of process: the document's sequence, if this plugin runs for each */

/* What an attack is given and gives. */
struct attempt {
    struct textd_doc *doc;
    const char *target;
    char found[MOST_FOUND];
};

/* ---- Files -------------------------------------------------------------------------------------------------------- */

/* Keeps what can be read of a descriptor, and closes it. */
static int keep(struct attempt *a, int fd)
{
    ssize_t n = fd < 0 ? -1 : read(fd, a->found, sizeof a->found - 1);

    if (fd >= 0)
        close(fd);
    for (ssize_t i = 0; i < n; i++) /* of an environment, or a command line */
        if (!a->found[i])
            a->found[i] = '\n';
    return n < 0 ? -1 : 0;
}

static int do_read(struct attempt *a)
{
    return keep(a, open(a->target, O_RDONLY | O_CLOEXEC));
}

static int write_word(int fd)
{
    ssize_t n = fd < 0 ? -1 : write(fd, "owned", 5);

    if (fd >= 0)
        close(fd);
    return n == 5 ? 0 : -1;
}

static int do_write(struct attempt *a)
{
    return write_word(open(a->target, O_WRONLY | O_CLOEXEC));
}

static int do_create(struct attempt *a)
{
    return write_word(open(a->target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
}

static int do_truncate(struct attempt *a)
{
    return truncate(a->target, 0);
}

static int do_chmod(struct attempt *a)
{
    return chmod(a->target, 0666);
}

static int do_chown(struct attempt *a)
{
    return chown(a->target, getuid(), getgid());
}

static int do_utime(struct attempt *a)
{
    const struct timespec times[2] = { { 0, 0 }, { 0, 0 } };

    return utimensat(AT_FDCWD, a->target, times, 0);
}

static int do_xattr(struct attempt *a)
{
    return setxattr(a->target, "user.attack", "owned", 5, 0);
}

static int do_list(struct attempt *a)
{
    DIR *folder = opendir(a->target);

    if (!folder)
        return -1;
    for (const struct dirent *entry; (entry = readdir(folder));)
        snprintf(a->found + strlen(a->found), sizeof a->found - strlen(a->found), "%s ", entry->d_name);
    return closedir(folder);
}

static int do_stat(struct attempt *a)
{
    struct stat st;

    return stat(a->target, &st);
}

static int do_unlink(struct attempt *a)
{
    return unlink(a->target);
}

/* The target and a new name beside it. */
static const char *beside(const struct attempt *a, char *path, size_t size)
{
    snprintf(path, size, "%s.2", a->target);
    return path;
}

static int do_rename(struct attempt *a)
{
    char path[512];

    return rename(a->target, beside(a, path, sizeof path));
}

static int do_link(struct attempt *a)
{
    char path[512];

    return link(a->target, beside(a, path, sizeof path));
}

static int do_symlink(struct attempt *a)
{
    return symlink("/etc/passwd", a->target);
}

static int do_mkdir(struct attempt *a)
{
    return mkdir(a->target, 0755);
}

static int do_watch(struct attempt *a)
{
    int fd = inotify_init1(IN_CLOEXEC);
    int rc = fd < 0 ? -1 : inotify_add_watch(fd, a->target, IN_ALL_EVENTS);

    if (fd >= 0)
        close(fd);
    return rc < 0 ? -1 : 0;
}

static int do_handle(struct attempt *a)
{
    struct {
        struct file_handle head;
        char room[MAX_HANDLE_SZ];
    } handle = { .head.handle_bytes = MAX_HANDLE_SZ };
    int mount_id;

    return name_to_handle_at(AT_FDCWD, a->target, &handle.head, &mount_id, 0);
}

static int do_memfd(struct attempt *a)
{
    (void)a;
    return write_word(memfd_create("attack", 0));
}

/* ---- Sockets ------------------------------------------------------------------------------------------------------ */

static int do_socket(struct attempt *a)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    (void)a;
    return fd < 0 ? -1 : close(fd);
}

/* Packets of its own making. */
static int do_raw(struct attempt *a)
{
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

    (void)a;
    return fd < 0 ? -1 : close(fd);
}

/* To a socket's path. */
static int do_connect(struct attempt *a)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", a->target);
    int rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof address);
    if (fd >= 0)
        close(fd);
    return rc;
}

/* To a port of the loopback. */
static int do_tcp(struct attempt *a)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)atoi(a->target));
    int rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof address);
    if (fd >= 0)
        close(fd);
    return rc;
}

/* ---- Processes ---------------------------------------------------------------------------------------------------- */

/* A shell makes the target. */
static int do_exec(struct attempt *a)
{
    return execl("/bin/sh", "sh", "-c", "echo owned > \"$0\"", a->target, (char *)NULL);
}

static int do_fork(struct attempt *a)
{
    pid_t pid = fork();

    (void)a;
    if (pid == 0)
        _exit(0);
    return pid < 0 || waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

/* As many as it gets of what the target says, each of which stays; they are ended when they have been counted. */
static int do_bomb(struct attempt *a)
{
    int most = atoi(a->target), n = 0;
    pid_t pids[256];

    while (n < most && n < 256 && (pids[n] = fork()) >= 0) {
        if (pids[n] == 0)
            for (;;)
                pause();
        n++;
    }
    for (int i = 0; i < n; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    snprintf(a->found, sizeof a->found, "%d", n);
    return n == most ? 0 : -1;
}

static void *come_back(void *data)
{
    return data;
}

static int do_thread(struct attempt *a)
{
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, come_back, NULL);

    (void)a;
    if (rc == 0)
        return pthread_join(thread, NULL);
    errno = rc;
    return -1;
}

/* ---- Other processes: the target's first number is the victim's, or, if that is us, the second -------------------- */

static pid_t victim(const struct attempt *a)
{
    char *rest;
    pid_t pid = (pid_t)strtol(a->target, &rest, 10);

    return pid == getpid() ? (pid_t)strtol(rest, NULL, 10) : pid;
}

static int do_ptrace(struct attempt *a)
{
    pid_t pid = victim(a);

    if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) != 0)
        return -1;
    waitpid(pid, NULL, __WALL);
    return (int)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

/* Where in a process the first mapping is whose line has the word; 0 with errno when that can't be told. */
static unsigned long find_mapping(pid_t pid, const char *word)
{
    unsigned long start = 0;
    char path[64], line[512];

    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    while (maps && !start && fgets(line, sizeof line, maps))
        if (strstr(line, word))
            start = strtoul(line, NULL, 16);
    if (maps)
        fclose(maps);
    if (maps && !start)
        errno = ESRCH;
    return start;
}

/* Overwrites eight bytes of another process, with what they are. */
static int rewrite(pid_t pid, const char *mapping, off_t offset)
{
    unsigned long start = find_mapping(pid, mapping);
    char path[64], bytes[8];

    if (!start)
        return -1;
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = pread(fd, bytes, sizeof bytes, (off_t)start + offset);
    if (n == (ssize_t)sizeof bytes)
        n = pwrite(fd, bytes, sizeof bytes, (off_t)start + offset);
    close(fd);
    return n == (ssize_t)sizeof bytes ? 0 : -1;
}

static int do_mem(struct attempt *a)
{
    return rewrite(victim(a), " rw-p ", 0);
}

static int do_scoreboard(struct attempt *a)
{
    return rewrite(victim(a), "textd-scoreboard", 0);
}

static int do_environ(struct attempt *a)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/environ", (int)victim(a));
    return keep(a, open(path, O_RDONLY | O_CLOEXEC));
}

/* What is mapped where need not be known: the kernel looks at the process first. */
static int do_vm_read(struct attempt *a)
{
    char bytes[8];
    struct iovec here = { bytes, sizeof bytes }, there = { (void *)0x10000, sizeof bytes };

    return process_vm_readv(victim(a), &here, 1, &there, 1, 0) >= 0 || errno == EFAULT ? 0 : -1;
}

static int do_kill(struct attempt *a)
{
    return kill(victim(a), SIGKILL);
}

/* A signal that does nothing, to whom we need. */
static int do_signal(struct attempt *a)
{
    return kill(victim(a), SIGURG);
}

static int do_tgkill(struct attempt *a)
{
    return (int)syscall(SYS_tgkill, victim(a), victim(a), SIGURG);
}

static int do_tkill(struct attempt *a)
{
    return (int)syscall(SYS_tkill, victim(a), SIGURG);
}

static int do_sigqueue(struct attempt *a)
{
    return sigqueue(victim(a), SIGURG, (union sigval) { .sival_int = 1 });
}

static int do_pidfd_signal(struct attempt *a)
{
    int fd = (int)syscall(SYS_pidfd_open, victim(a), 0);
    int rc = fd < 0 ? -1 : (int)syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0);

    if (fd >= 0)
        close(fd);
    return rc;
}

/* A descriptor of another process. */
static int do_pidfd_steal(struct attempt *a)
{
    int fd = (int)syscall(SYS_pidfd_open, victim(a), 0);
    int stolen = fd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, fd, 3, 0);

    if (fd >= 0)
        close(fd);
    return stolen < 0 ? -1 : close(stolen);
}

/* The kernel sends the signal for us, when the next document comes. */
static int do_owner(struct attempt *a)
{
    int before = fcntl(TD_WORKER_CHANNEL_FD, F_GETFL);

    if (fcntl(TD_WORKER_CHANNEL_FD, F_SETOWN, victim(a)) != 0 || fcntl(TD_WORKER_CHANNEL_FD, F_SETSIG, SIGURG) != 0 ||
        fcntl(TD_WORKER_CHANNEL_FD, F_SETFL, before | O_ASYNC) != 0)
        return -1;
    return fcntl(TD_WORKER_CHANNEL_FD, F_SETFL, before);
}

static int do_prlimit(struct attempt *a)
{
    struct rlimit limit;

    return prlimit(victim(a), RLIMIT_NOFILE, NULL, &limit) != 0 ? -1 : prlimit(victim(a), RLIMIT_NOFILE, &limit, NULL);
}

static int do_priority(struct attempt *a)
{
    errno = 0;
    int now = getpriority(PRIO_PROCESS, (id_t)victim(a));

    return errno ? -1 : setpriority(PRIO_PROCESS, (id_t)victim(a), now);
}

static int do_affinity(struct attempt *a)
{
    cpu_set_t cpus;

    if (sched_getaffinity(victim(a), sizeof cpus, &cpus) != 0)
        return -1;
    return sched_setaffinity(victim(a), sizeof cpus, &cpus);
}

/* ---- The kernel's other doors ------------------------------------------------------------------------------------- */

static int closed(long fd)
{
    return fd < 0 ? -1 : close((int)fd);
}

static int do_io_uring(struct attempt *a)
{
    struct io_uring_params params = { 0 };

    (void)a;
    return closed(syscall(SYS_io_uring_setup, 2, &params));
}

static int do_keyctl(struct attempt *a)
{
    (void)a;
    return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1) < 0 ? -1 : 0;
}

static int do_mount(struct attempt *a)
{
    return mount("none", a->target, "tmpfs", 0, NULL) != 0 ? -1 : umount2(a->target, MNT_DETACH);
}

static int do_bpf(struct attempt *a)
{
    union bpf_attr what = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };

    (void)a;
    return closed(syscall(SYS_bpf, BPF_MAP_CREATE, &what, sizeof what));
}

static int do_perf(struct attempt *a)
{
    struct perf_event_attr what = { .type = PERF_TYPE_SOFTWARE, .size = sizeof what, .config = PERF_COUNT_SW_DUMMY };

    (void)a;
    what.exclude_kernel = 1;
    return closed(syscall(SYS_perf_event_open, &what, 0, -1, -1, 0));
}

static int do_userfaultfd(struct attempt *a)
{
    (void)a;
    return closed(syscall(SYS_userfaultfd, O_CLOEXEC | 1));
}

static int do_unshare(struct attempt *a)
{
    (void)a;
    return unshare(CLONE_FS);
}

static int do_chroot(struct attempt *a)
{
    return chroot(a->target);
}

static int do_shm(struct attempt *a)
{
    int id = shmget(IPC_PRIVATE, 4096, 0600);

    (void)a;
    return id < 0 ? -1 : shmctl(id, IPC_RMID, NULL);
}

static int do_msg(struct attempt *a)
{
    int id = msgget(IPC_PRIVATE, 0600);

    (void)a;
    return id < 0 ? -1 : msgctl(id, IPC_RMID, NULL);
}

static int do_dumpable(struct attempt *a)
{
    (void)a;
    return prctl(PR_SET_DUMPABLE, 1);
}

static int do_setuid(struct attempt *a)
{
    (void)a;
    return setuid(getuid());
}

/* Code that it writes itself. */
static int do_code(struct attempt *a)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)a;
    return page == MAP_FAILED ? -1 : munmap(page, 4096);
}

/* The system calls of other ABIs have other numbers, which a filter for one doesn't know. */
static int do_x32(struct attempt *a)
{
    (void)a;
#ifdef __x86_64__
    return syscall(0x40000000 | 39) < 0 ? -1 : 0; /* getpid */
#else
    errno = ENOSYS;
    return -1;
#endif
}

static int do_i386(struct attempt *a)
{
    (void)a;
#ifdef __x86_64__
    long rc = 20; /* getpid */
    __asm__ volatile("int $0x80" : "+a"(rc) : : "memory", "r8", "r9", "r10", "r11");
    errno = (int)-rc;
    return rc < 0 ? -1 : 0;
#else
    errno = ENOSYS;
    return -1;
#endif
}

/* ---- What it has in its own process ------------------------------------------------------------------------------- */

static int do_getenv(struct attempt *a)
{
    const char *value = getenv(a->target);

    errno = ENOENT;
    if (value)
        snprintf(a->found, sizeof a->found, "%s", value);
    return value ? 0 : -1;
}

/* The documents that were handed to this worker behind its own: the target says for how many bytes to look for the word SECRET. */
static int do_next(struct attempt *a)
{
    const char *from = a->doc->text + a->doc->text_length, *at = memmem(from, (size_t)atol(a->target), "SECRET", 6);

    errno = ENOENT;
    if (!at)
        return -1;
    snprintf(a->found, sizeof a->found, "%.8s", at);
    return 0;
}

/* The same in what the worker hasn't read yet. */
static int do_peek(struct attempt *a)
{
    static char bytes[1 << 16];
    ssize_t n = recv(TD_WORKER_CHANNEL_FD, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
    const char *at = n > 0 ? memmem(bytes, (size_t)n, "SECRET", 6) : NULL;

    if (n > 0)
        errno = ENOENT;
    if (at)
        snprintf(a->found, sizeof a->found, "%.8s", at);
    return at ? 0 : -1;
}

/* A reply to a document, as the worker would write it. */
static int forge(uint64_t sequence)
{
    static const char pairs[] = "\x82\xa7results\x81\xa6"
                                "attack\xa6"
                                "forged\xa3"
                                "doc\x82\xa5"
                                "bytes\x01\xaa"
                                "codepoints\x01\x80";
    struct {
        struct td_done done;
        char rest[sizeof pairs - 2];
    } frame = {
        .done = { .sequence = sequence, .plugin = TD_NO_PLUGIN, .n_pairs = 2, .pairs_bytes = sizeof frame.rest - 1 }
    };

    memcpy(frame.rest, pairs + 1, sizeof frame.rest);
    frame.done.frame = (struct td_frame) { sizeof frame.done + sizeof frame.rest, TD_FRAME_DONE };
    return write(TD_WORKER_CHANNEL_FD, &frame, frame.done.frame.length) == (ssize_t)frame.done.frame.length ? 0 : -1;
}

/* Answers this document and as many behind it as the target says. */
static int do_forge(struct attempt *a)
{
    int rc = 0;

    for (uint64_t i = 0; i <= (uint64_t)atol(a->target) && rc == 0; i++)
        rc = forge(n_calls + i);
    nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL); /* so that our own reply doesn't come between */
    _exit(rc != 0);
}

/* The same, after a word on the page that the supervisor looks at: that all of them are done. */
static int do_forge_all(struct attempt *a)
{
    struct td_scoreboard *board = (struct td_scoreboard *)find_mapping(getpid(), "textd-scoreboard"); /* NOLINT */

    if (!board)
        return -1;
    atomic_store(&board->sequence, n_calls + 1000);
    atomic_store(&board->phase, TD_PHASE_IDLE);
    return do_forge(a);
}

/* A set-up's frame from the wrong end, with a descriptor for the supervisor to keep. */
static int do_pass(struct attempt *a)
{
    struct td_frame frame = { .length = sizeof frame, .kind = TD_FRAME_BORN };
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
    struct iovec part = { &frame, sizeof frame };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    const int fd = STDIN_FILENO;

    (void)a;
    *rights = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd) };
    memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    return sendmsg(TD_WORKER_CHANNEL_FD, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

static int do_print(struct attempt *a)
{
    for (long i = atol(a->target); i > 0; i--)
        printf("ts=2026-01-01T00:00:00.000Z level=error event=forged n=%ld\n", i);
    return 0;
}

/* ---- The table ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int (*act)(struct attempt *a);
} attacks[] = {
    { "read", do_read },
    { "write", do_write },
    { "create", do_create },
    { "truncate", do_truncate },
    { "chmod", do_chmod },
    { "chown", do_chown },
    { "utime", do_utime },
    { "xattr", do_xattr },
    { "list", do_list },
    { "stat", do_stat },
    { "unlink", do_unlink },
    { "rename", do_rename },
    { "link", do_link },
    { "symlink", do_symlink },
    { "mkdir", do_mkdir },
    { "watch", do_watch },
    { "handle", do_handle },
    { "memfd", do_memfd },
    { "socket", do_socket },
    { "connect", do_connect },
    { "raw", do_raw },
    { "tcp", do_tcp },
    { "exec", do_exec },
    { "fork", do_fork },
    { "bomb", do_bomb },
    { "thread", do_thread },
    { "ptrace", do_ptrace },
    { "mem", do_mem },
    { "scoreboard", do_scoreboard },
    { "environ", do_environ },
    { "vm_read", do_vm_read },
    { "kill", do_kill },
    { "signal", do_signal },
    { "tgkill", do_tgkill },
    { "tkill", do_tkill },
    { "sigqueue", do_sigqueue },
    { "pidfd_signal", do_pidfd_signal },
    { "pidfd_steal", do_pidfd_steal },
    { "owner", do_owner },
    { "prlimit", do_prlimit },
    { "priority", do_priority },
    { "affinity", do_affinity },
    { "io_uring", do_io_uring },
    { "keyctl", do_keyctl },
    { "mount", do_mount },
    { "bpf", do_bpf },
    { "perf", do_perf },
    { "userfaultfd", do_userfaultfd },
    { "unshare", do_unshare },
    { "chroot", do_chroot },
    { "shm", do_shm },
    { "msg", do_msg },
    { "dumpable", do_dumpable },
    { "setuid", do_setuid },
    { "code", do_code },
    { "x32", do_x32 },
    { "i386", do_i386 },
    { "getenv", do_getenv },
    { "next", do_next },
    { "peek", do_peek },
    { "forge", do_forge },
    { "forge_all", do_forge_all },
    { "pass", do_pass },
    { "print", do_print },
};

static const struct textd_option options[] = {
    TEXTD_OPTION_BOOL("hide", 0, 0, "not to be dumpable, as a worker is that is confined"),
    TEXTD_OPTION_TEXT("at_start", "", NULL, 0, "what it tries when it is opened"),
    TEXTD_OPTION_TEXT("start_target", "", NULL, 0, "on whom"),
    TEXTD_OPTION_TEXT("attack", "", NULL, TEXTD_PER_REQUEST, "what it tries"),
    TEXTD_OPTION_TEXT("target", "", NULL, TEXTD_PER_REQUEST, "on whom"),
};

enum { HIDE, AT_START, START_TARGET, ATTACK, TARGET };

/* Writes the outcome as words. -1: there is no such attack. */
static int try(struct textd_doc *doc, const struct textd_value *what, const struct textd_value *target, char *words,
               size_t size)
{
    struct attempt a = { .doc = doc };
    char name[64], on[512];

    snprintf(name, sizeof name, "%.*s", (int)what->length, what->text);
    snprintf(on, sizeof on, "%.*s", (int)target->length, target->text);
    a.target = on;
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
        if (strcmp(name, attacks[i].name) == 0) {
            int rc = attacks[i].act(&a);
            const char *why = rc == 0 ? a.found : strerrorname_np(errno);
            return snprintf(words, size, "%s %s", rc == 0 ? "done" : "failed", why ? why : "?");
        }
    snprintf(words, size, "there is no attack %s", name);
    return -1;
}

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    char words[MOST_FOUND + 64];

    (void)self;
    host = the_host;
    if (values[HIDE].integer)
        prctl(PR_SET_DUMPABLE, 0);
    if (values[AT_START].length == 0)
        return TEXTD_OK;
    try(NULL, &values[AT_START], &values[START_TARGET], words, sizeof words);
    host->explain(words, strlen(words));
    return TEXTD_FAILED;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    char words[MOST_FOUND + 64];

    (void)self;
    n_calls++;
    if (doc->options[ATTACK].length == 0) {
        host->write_integer(doc, doc->text_length);
        return TEXTD_OK;
    }
    int n = try(doc, &doc->options[ATTACK], &doc->options[TARGET], words, sizeof words);
    if (n >= 0) {
        host->write_text(doc, words, (uint64_t)n);
        return TEXTD_OK;
    }
    host->explain(words, strlen(words));
    return TEXTD_FAILED;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "attack",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Tries what it has no business with",
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = process,
};
