/* inject.c: a library to be preloaded that makes one call of textd's fail, or that one and all behind it, as the system
 * would: how SQLite's own tests look for what nobody has thought of.
 *
 * INJECT=WHO:KIND:N:MODE:FILE. WHO is worker, supervisor, pipe or starter, told from the command line. KIND is one of the list
 * below. The N-th call of that kind fails, counted over all processes of that WHO; MODE is `once`, or `from` for all behind
 * it, too. FILE holds a struct state, shared by all of them: what was counted, and where the failure hit. With N = 0
 * nothing fails and calls are only counted.
 *
 * Only calls that textd's own code makes are counted, told by the return address: libzmq and libuv end the process on some
 * failures of their own, and what they do is theirs to mend. A call into them counts, where they say that it can fail.
 * In a worker, plugins count as textd. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <uv.h>
#include <zmq.h>

/* X(KIND, name): what fails. ALLOC: memory. LOG: writes to standard error. WRITE, READ: all others'. PAIR: sockets and
 * pipes. MEMFD, MAP, OPEN: files, memory, descriptors. SPAWN: processes. LOOP, ZMQ: what libuv and libzmq may refuse. */
#define KINDS(X) \
    X(ALLOC, "alloc") \
    X(LOG, "log") \
    X(WRITE, "write") \
    X(READ, "read") \
    X(PAIR, "pair") \
    X(MEMFD, "memfd") \
    X(MAP, "map") \
    X(OPEN, "open") \
    X(SPAWN, "spawn") \
    X(LOOP, "loop") \
    X(ZMQ, "zmq")

enum kind {
#define X(kind, name) KIND_##kind,
    KINDS(X)
#undef X
        N_KINDS
};

enum { N_FRAMES = 12 };

/* The driver reads this as little-endian fields: inject.py, STATE. */
struct state {
    _Atomic uint32_t counts[N_KINDS];
    _Atomic uint32_t hits;
    uint32_t pid;      /* of the first hit */
    uint32_t n_frames; /* of it: offsets into textd's file, 0 for other objects */
    uint32_t frames[N_FRAMES];
};

static struct state *state;
static enum kind chosen_kind;
static uint32_t chosen_n;
static int goes_on; /* `from` */
static int is_worker;
static int is_prepared; /* this library is loaded */
static int is_judging;  /* which descriptors are closed: in all processes */
static uintptr_t text_start, text_end, text_base;

/* ---- Who we are, and what is asked --------------------------------------------------------------------------------- */

static int find_textd(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size, (void)data;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
            text_base = info->dlpi_addr;
            text_start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            text_end = text_start + info->dlpi_phdr[i].p_memsz;
        }
    return 1; /* the first object is the program */
}

static int is_who(const char *who)
{
    static char line[4096];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;
    const char *mine = "starter";

    if (fd >= 0)
        close(fd);
    for (const char *at = line; n > 0 && at < line + n; at += strlen(at) + 1) {
        if (strcmp(at, "--worker") == 0)
            mine = "worker";
        if (strcmp(at, "--supervisor") == 0)
            mine = "supervisor";
        if (strcmp(at, "--pipe") == 0)
            mine = "pipe";
    }
    is_worker = strcmp(mine, "worker") == 0;
    return strcmp(who, mine) == 0;
}

__attribute__((constructor)) static void prepare(void)
{
    static const char *const names[] = {
#define X(kind, name) name,
        KINDS(X)
#undef X
    };
    const char *asked = getenv("INJECT");
    char who[16], kind[16], mode[8], path[256];
    void *nothing[2];

    is_prepared = 1;
    dl_iterate_phdr(find_textd, NULL);
    is_judging = asked != NULL;
    if (!asked || sscanf(asked, "%15[^:]:%15[^:]:%u:%7[^:]:%255s", who, kind, &chosen_n, mode, path) != 5 ||
        !is_who(who))
        return;
    chosen_kind = N_KINDS;
    for (int i = 0; i < N_KINDS; i++)
        if (strcmp(kind, names[i]) == 0)
            chosen_kind = (enum kind)i;
    goes_on = strcmp(mode, "from") == 0;
    backtrace(nothing, 2); /* the first one opens a library */
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *page = fd >= 0 ? mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (page != MAP_FAILED)
        state = page;
}

static int is_program(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;

    return at >= text_start && at < text_end;
}

static int is_textd(const void *caller)
{
    Dl_info info;

    if (is_program(caller))
        return 1;
    /* Workers open plugins by such a name. */
    return is_worker && dladdr(caller, &info) && strncmp(info.dli_fname, "/proc/self/fd/", 14) == 0;
}

static void note_hit(void)
{
    void *frames[N_FRAMES + 2];
    int n = backtrace(frames, N_FRAMES + 2);

    state->pid = (uint32_t)getpid();
    for (int i = 2; i < n; i++) { /* without ourselves */
        uintptr_t at = (uintptr_t)frames[i];
        state->frames[i - 2] = at >= text_start && at < text_end ? (uint32_t)(at - text_base) : 0;
    }
    state->n_frames = n > 2 ? (uint32_t)n - 2 : 0;
}

/* Whether this call is to fail. */
static __attribute__((noinline)) int fails(enum kind kind, const void *caller)
{
    static _Thread_local int is_inside;

    if (!state || is_inside || !is_textd(caller))
        return 0;
    uint32_t n = atomic_fetch_add(&state->counts[kind], 1) + 1;
    if (kind != chosen_kind || chosen_n == 0 || n < chosen_n || (n > chosen_n && !goes_on))
        return 0;
    is_inside = 1;
    if (atomic_fetch_add(&state->hits, 1) == 0)
        note_hit();
    is_inside = 0;
    return 1;
}

#define FAILS(kind) fails(KIND_##kind, __builtin_return_address(0))

/* ---- The calls ----------------------------------------------------------------------------------------------------- */

/* FIND(name): the function that would have been called without us. */
#define FIND(name) \
    static __typeof__(name) *real; \
    if (!real) \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

/* WRAP(kind, result when it fails, errno then, type, name, (parameters), (arguments)) */
#define WRAP(kind, failure, error, type, name, parameters, arguments) \
    __attribute__((visibility("default"))) type name parameters \
    { \
        FIND(name); \
        if (FAILS(kind)) { \
            errno = error; \
            return failure; \
        } \
        return real arguments; \
    }

/* The loader, dlsym and a sanitizer's start allocate before there is an allocator to call, and before this library's own calls
 * lead anywhere: a little of our own, never given back. */
static char early[1 << 20];
static _Atomic size_t early_used;
static int is_finding;

static void *take_early(size_t size)
{
    size_t at = atomic_fetch_add(&early_used, (size + 31) & ~(size_t)15);

    if (at + size + 16 > sizeof early)
        abort();
    memcpy(early + at, &size, sizeof size);
    return early + at + 16;
}

static int is_early(const void *memory)
{
    return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

static void *find(const char *name)
{
    is_finding++;
    void *found = dlsym(RTLD_NEXT, name);
    is_finding--;
    return found;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    static void *(*real)(size_t);

    if (!is_prepared)
        return take_early(size);
    if (!real)
        *(void **)&real = find("malloc");
    if (FAILS(ALLOC)) {
        errno = ENOMEM;
        return NULL;
    }
    return real(size);
}

__attribute__((visibility("default"))) void *calloc(size_t n, size_t size)
{
    static void *(*real)(size_t, size_t);

    if (!is_prepared || (!real && is_finding))
        return take_early(n * size);
    if (!real)
        *(void **)&real = find("calloc");
    if (FAILS(ALLOC)) {
        errno = ENOMEM;
        return NULL;
    }
    return real(n, size);
}

__attribute__((visibility("default"))) void free(void *memory)
{
    static void (*real)(void *);

    if (is_early(memory))
        return;
    if (!is_prepared)
        return; /* the little that a sanitizer's start gives back */
    if (!real)
        *(void **)&real = find("free");
    real(memory);
}

__attribute__((visibility("default"))) void *realloc(void *memory, size_t size)
{
    static void *(*real)(void *, size_t);
    size_t before;

    if (!is_prepared && !memory)
        return take_early(size);
    if (is_early(memory)) {
        memcpy(&before, (char *)memory - 16, sizeof before);
        void *moved = malloc(size);
        return moved ? memcpy(moved, memory, before < size ? before : size) : NULL;
    }
    if (!real)
        *(void **)&real = find("realloc");
    if (FAILS(ALLOC)) {
        errno = ENOMEM;
        return NULL;
    }
    return real(memory, size);
}

#undef strdup
#undef strndup
WRAP(ALLOC, NULL, ENOMEM, char *, strdup, (const char *text), (text))
WRAP(ALLOC, NULL, ENOMEM, char *, strndup, (const char *text, size_t most), (text, most))
WRAP(ALLOC, NULL, ENOMEM, FILE *, open_memstream, (char **text, size_t *length), (text, length))
WRAP(ALLOC, ENOMEM, ENOMEM, int, posix_memalign, (void **memory, size_t align, size_t size), (memory, align, size))
WRAP(ALLOC, NULL, ENOMEM, void *, aligned_alloc, (size_t align, size_t size), (align, size))
WRAP(ALLOC, -1, ENOMEM, int, setenv, (const char *name, const char *value, int replace), (name, value, replace))

__attribute__((visibility("default"), format(printf, 2, 3))) int asprintf(char **text, const char *format, ...)
{
    va_list arguments;

    if (FAILS(ALLOC))
        return -1;
    va_start(arguments, format);
    int n = vasprintf(text, format, arguments);
    va_end(arguments);
    return n;
}

/* What asprintf is called in a build with _FORTIFY_SOURCE. */
int __asprintf_chk(char **text, int flag, const char *format, ...); /* NOLINT(bugprone-reserved-identifier) */
__attribute__((visibility("default"), format(printf, 3, 4))) int __asprintf_chk(char **text, int flag, /* NOLINT */
                                                                                const char *format, ...)
{
    va_list arguments;

    (void)flag;
    if (FAILS(ALLOC))
        return -1;
    va_start(arguments, format);
    int n = vasprintf(text, format, arguments);
    va_end(arguments);
    return n;
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t length)
{
    FIND(write);
    if (fd == STDERR_FILENO ? FAILS(LOG) : FAILS(WRITE)) {
        errno = fd == STDERR_FILENO ? ENOSPC : EIO;
        return -1;
    }
    return real(fd, bytes, length);
}

WRAP(WRITE, -1, EIO, ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n))
WRAP(WRITE, -1, message->msg_controllen > 0 ? ETOOMANYREFS : ENOBUFS, ssize_t, sendmsg,
     (int fd, const struct msghdr *message, int flags), (fd, message, flags))
WRAP(WRITE, -1, ENOBUFS, ssize_t, send, (int fd, const void *bytes, size_t length, int flags),
     (fd, bytes, length, flags))
WRAP(WRITE, -1, ENOBUFS, ssize_t, sendto,
     (int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t to_length),
     (fd, bytes, length, flags, to, to_length))
WRAP(READ, -1, EIO, ssize_t, read, (int fd, void *bytes, size_t length), (fd, bytes, length))
WRAP(READ, -1, EIO, ssize_t, pread, (int fd, void *bytes, size_t length, off_t at), (fd, bytes, length, at))
WRAP(READ, -1, ENOBUFS, ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags))
WRAP(PAIR, -1, EMFILE, int, socketpair, (int domain, int type, int protocol, int pair[2]),
     (domain, type, protocol, pair))
WRAP(PAIR, -1, EMFILE, int, pipe, (int ends[2]), (ends))
WRAP(PAIR, -1, EMFILE, int, pipe2, (int ends[2], int flags), (ends, flags))
WRAP(MEMFD, -1, EMFILE, int, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(MEMFD, -1, ENOSPC, int, ftruncate, (int fd, off_t length), (fd, length))
WRAP(MAP, MAP_FAILED, ENOMEM, void *, mmap, (void *at, size_t length, int protection, int flags, int fd, off_t offset),
     (at, length, protection, flags, fd, offset))
WRAP(MAP, -1, ENOMEM, int, mprotect, (void *at, size_t length, int protection), (at, length, protection))
WRAP(OPEN, NULL, EMFILE, FILE *, fopen, (const char *path, const char *mode), (path, mode))
WRAP(OPEN, NULL, EMFILE, DIR *, opendir, (const char *path), (path))
WRAP(OPEN, -1, EMFILE, int, dup, (int fd), (fd))
WRAP(OPEN, -1, EMFILE, int, dup2, (int fd, int other), (fd, other))
WRAP(OPEN, -1, EMFILE, int, dup3, (int fd, int other, int flags), (fd, other, flags))
WRAP(SPAWN, EAGAIN, EAGAIN, int, posix_spawn,
     (pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict actions,
      const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const variables[restrict]),
     (pid, path, actions, attributes, arguments, variables))
WRAP(SPAWN, -1, ENOMEM, int, execve, (const char *path, char *const arguments[], char *const variables[]),
     (path, arguments, variables))
WRAP(SPAWN, -1, ENOMEM, int, execv, (const char *path, char *const arguments[]), (path, arguments))
WRAP(SPAWN, EAGAIN, EAGAIN, int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *data),
     (thread, attributes, begin, data))

/* ---- Whose a descriptor is ------------------------------------------------------------------------------------------ */

/* Textd's own code closes what it has opened itself: not what libzmq, libuv or another library has, which would then write into what
 * gets the number next, or end the process; nor the three that it was started with. (A library may close what textd has handed to
 * it.) A set bit: a library's. What a library closes past the C library's close() keeps its bit: such are only libuv's loop's, at the
 * end. */
#define MOST_DESCRIPTORS 65536

static _Atomic unsigned char is_librarys[MOST_DESCRIPTORS];

static int note_owner(int fd, const void *caller)
{
    if (fd >= 0 && fd < MOST_DESCRIPTORS)
        atomic_store(&is_librarys[fd], !is_program(caller));
    return fd;
}

#define NOTED(fd) note_owner(fd, __builtin_return_address(0))

static void complain_of_close(int fd, const char *whose)
{
    void *frames[N_FRAMES];
    char line[512];
    int n = backtrace(frames, N_FRAMES),
        used = snprintf(line, sizeof line, "inject: textd closes %d, %s, at", fd, whose);

    for (int i = 0; i < n && used < (int)sizeof line - 24; i++)
        if (is_program(frames[i]))
            used += snprintf(line + used, sizeof line - (size_t)used, " %#zx", (uintptr_t)frames[i] - text_base);
    line[used++] = '\n';
    (void)!syscall(SYS_write, STDERR_FILENO, line, (size_t)used);
}

__attribute__((visibility("default"))) int close(int fd)
{
    int is_ours = is_judging && is_program(__builtin_return_address(0)), is_known = fd >= 0 && fd < MOST_DESCRIPTORS;

    FIND(close);
    if (is_ours && fd >= 0 && fd <= STDERR_FILENO)
        complain_of_close(fd, "which it was started with");
    else if (is_ours && is_known && atomic_load(&is_librarys[fd]))
        complain_of_close(fd, "which is a library's");
    if (is_known)
        atomic_store(&is_librarys[fd], 0);
    int rc = real(fd);
    if (rc != 0 && errno == EBADF && is_ours) {
        complain_of_close(fd, "which is not open");
        errno = EBADF;
    }
    return rc;
}

__attribute__((visibility("default"))) int socket(int domain, int type, int protocol)
{
    FIND(socket);
    if (FAILS(PAIR)) {
        errno = EMFILE;
        return -1;
    }
    return NOTED(real(domain, type, protocol));
}

__attribute__((visibility("default"))) int eventfd(unsigned count, int flags)
{
    FIND(eventfd);
    return NOTED(real(count, flags));
}

__attribute__((visibility("default"))) int epoll_create1(int flags)
{
    FIND(epoll_create1);
    return NOTED(real(flags));
}

/* ---- What libuv and libzmq may refuse ------------------------------------------------------------------------------- */

/* libuv makes the process, and takes the handle in hand before it: so its own fork is what fails. */
static _Thread_local int fork_fails;

__attribute__((visibility("default"))) int uv_spawn(uv_loop_t *loop, uv_process_t *process,
                                                    const uv_process_options_t *options)
{
    FIND(uv_spawn);
    fork_fails = FAILS(SPAWN);
    int rc = real(loop, process, options);
    fork_fails = 0;
    return rc;
}

__attribute__((visibility("default"))) pid_t fork(void)
{
    FIND(fork);
    if (fork_fails || FAILS(SPAWN)) {
        errno = EAGAIN;
        return -1;
    }
    return real();
}

__attribute__((visibility("default"))) int open(const char *path, int flags, ...)
{
    va_list arguments;

    FIND(open);
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (FAILS(OPEN)) {
        errno = EMFILE;
        return -1;
    }
    return real(path, flags, mode);
}

/* Copies of descriptors, and seals. */
__attribute__((visibility("default"))) int fcntl(int fd, int what, ...)
{
    va_list arguments;

    FIND(fcntl);
    va_start(arguments, what);
    long value = va_arg(arguments, long); /* as the C library reads it, whatever it is */
    va_end(arguments);
    int is_copy = what == F_DUPFD || what == F_DUPFD_CLOEXEC;
    if ((is_copy && FAILS(OPEN)) || (what == F_ADD_SEALS && FAILS(MEMFD))) {
        errno = is_copy ? EMFILE : EPERM;
        return -1;
    }
    return real(fd, what, value);
}

WRAP(LOOP, UV_EMFILE, EMFILE, int, uv_loop_init, (uv_loop_t * loop), (loop))
WRAP(LOOP, UV_EMFILE, EMFILE, int, uv_signal_init, (uv_loop_t * loop, uv_signal_t *handle), (loop, handle))
WRAP(LOOP, UV_EINVAL, EINVAL, int, uv_signal_start, (uv_signal_t * handle, uv_signal_cb on_signal, int signal),
     (handle, on_signal, signal))
WRAP(LOOP, UV_ENOMEM, ENOMEM, int, uv_poll_init, (uv_loop_t * loop, uv_poll_t *handle, int fd), (loop, handle, fd))
WRAP(LOOP, UV_EMFILE, EMFILE, int, uv_fs_event_start,
     (uv_fs_event_t * handle, uv_fs_event_cb on_event, const char *path, unsigned flags),
     (handle, on_event, path, flags))
WRAP(LOOP, UV_EAGAIN, EAGAIN, int, uv_thread_create, (uv_thread_t * thread, uv_thread_cb begin, void *data),
     (thread, begin, data))
WRAP(LOOP, UV_EAGAIN, EAGAIN, int, uv_queue_work,
     (uv_loop_t * loop, uv_work_t *work, uv_work_cb act, uv_after_work_cb after), (loop, work, act, after))
WRAP(ZMQ, NULL, EMFILE, void *, zmq_ctx_new, (void), ())
WRAP(ZMQ, NULL, EMFILE, void *, zmq_socket, (void *context, int type), (context, type))
WRAP(ZMQ, -1, EMFILE, int, zmq_bind, (void *socket, const char *endpoint), (socket, endpoint))
WRAP(ZMQ, -1, EAGAIN, int, zmq_send, (void *socket, const void *bytes, size_t length, int flags),
     (socket, bytes, length, flags))
WRAP(ZMQ, -1, EAGAIN, int, zmq_msg_send, (zmq_msg_t * message, void *socket, int flags), (message, socket, flags))
WRAP(ZMQ, -1, ENOMEM, int, zmq_msg_init_size, (zmq_msg_t * message, size_t size), (message, size))
WRAP(ZMQ, -1, ENOMEM, int, zmq_msg_init_data,
     (zmq_msg_t * message, void *bytes, size_t length, zmq_free_fn *give_back, void *hint),
     (message, bytes, length, give_back, hint))
