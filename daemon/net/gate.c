/* gate.c: see gate.h. */
#include "daemon/net/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"

/* ---- accept4 ----------------------------------------------------------------------------------------------------- */

/* Descriptors that are not for connections. A new worker takes three for a moment, a reload a few for each plugin. */
#define KEPT 16

/* Given up for a moment when there are none at all, so that the one who waits can be taken in and sent away: as long as
 * he waits, the listening socket is readable, and libzmq's thread would do nothing else. */
static int reserve = -1;
static _Atomic uint64_t n_refused;
static _Atomic(uv_async_t *) wake_up;

/* libzmq calls from a thread of its own, libmicrohttpd from the loop's, which must not be throttled: what is kept here
 * of connections is of libzmq's, and touched in its thread only. */
static _Thread_local int is_loop;

void td_gate_init(uv_async_t *wake)
{
    is_loop = 1;
    atomic_store(&wake_up, wake);
    if (reserve < 0)
        reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* The mark is on the socket itself, whatever number libzmq knows it by: a priority, which means nothing to a listening
 * socket. */
#define FAVOURED 6

void td_gate_favour(int listen_fd)
{
    int priority = FAVOURED;

    setsockopt(listen_fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority);
}

static int is_favoured(int listen_fd)
{
    int priority = 0;
    socklen_t size = sizeof priority;

    return getsockopt(listen_fd, SOL_SOCKET, SO_PRIORITY, &priority, &size) == 0 && priority == FAVOURED;
}

uint64_t td_gate_n_refused(void)
{
    return atomic_load_explicit(&n_refused, memory_order_relaxed);
}

/* The lowest number that a connection may not have. Looked up each time: the limit can be changed from outside. */
static int first_kept(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT32_MAX)
        return INT32_MAX;
    return (int)limit.rlim_cur - KEPT;
}

int td_gate_keeps(int fd)
{
    return fd >= first_kept();
}

int td_gate_has_room(void)
{
    int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0); /* the kernel gives the lowest that is free, as to an accept */

    if (fd >= 0)
        close(fd);
    return fd >= 0 && fd < first_kept();
}

static int accept_now(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    return (int)syscall(SYS_accept4, fd, address, length, flags);
}

static int accept_with_reserve(int fd, int flags)
{
    if (reserve >= 0)
        close(reserve);
    int taken = accept_now(fd, NULL, NULL, flags);
    if (taken >= 0)
        close(taken);
    reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return taken;
}

static void turn_away(void)
{
    uv_async_t *wake = atomic_load(&wake_up);

    atomic_fetch_add_explicit(&n_refused, 1, memory_order_relaxed);
    if (wake)
        uv_async_send(wake);
}

/* The linker's name for it is the library's. (In C it can't be: glibc declares its own with a union for the address.)
 */
__attribute__((visibility("default"))) int td_gate_accept(int fd, struct sockaddr *address, socklen_t *length,
                                                          int flags) __asm__("accept4");

/* EAGAIN is what all of libzmq's listeners take for an answer. */
int td_gate_accept(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    int taken = accept_now(fd, address, length, flags);

    if (is_loop)
        return taken;
    if (taken >= 0 && (taken < first_kept() || is_favoured(fd)))
        return taken;
    if (taken >= 0)
        close(taken);
    else if (errno == EMFILE || errno == ENFILE)
        taken = accept_with_reserve(fd, flags);
    else if (errno != ENOBUFS && errno != ENOMEM)
        return -1;
    if (taken >= 0)
        turn_away();
    errno = EAGAIN;
    return -1;
}

/* ---- recv -------------------------------------------------------------------------------------------------------- */

/* While the gate is narrow a connection may begin so many bytes of messages in each window of time: what a polite one
 * never notices. */
#define WINDOW_NS UINT64_C(10000000)
#define WINDOW_BYTES 4096u

/* libzmq reads into blocks of this size, but the rest of a large message at once. It has the memory for that already,
 * and only when the message is whole can we have it: so that is let through, and must be waited for afterwards, up to
 * this. */
#define BLOCK_BYTES 8192u
#define DEBT_BYTES (16 * WINDOW_BYTES)

/* Who has had its share stays readable, and libzmq's thread would ask for it all the time: it sleeps, but not once for
 * each of them, so that the others wait no longer than this. */
#define NAP_NS 500000

#define SHARES 65536u

/* By descriptor; those above share with those below. */
static struct share {
    uint32_t window;
    uint32_t bytes; /* that it had, and has not waited for yet */
} shares[SHARES];

static _Atomic int is_narrow;
static ssize_t (*receiver)(int fd, void *bytes, size_t length, int flags);

void td_gate_set_receiver(ssize_t (*receive)(int fd, void *bytes, size_t length, int flags))
{
    receiver = receive;
}

void td_gate_set_narrow(int yes)
{
    atomic_store_explicit(&is_narrow, yes, memory_order_relaxed);
}

static void nap(void)
{
    static uint64_t woke_ns;

    if (td_now_ns() - woke_ns < NAP_NS)
        return;
    nanosleep(&(struct timespec) { .tv_nsec = NAP_NS }, NULL);
    woke_ns = td_now_ns();
}

ssize_t td_gate_receive_now(int fd, void *bytes, size_t length, int flags)
{
    return syscall(SYS_recvfrom, fd, bytes, length, flags, NULL, NULL);
}

/* What time has paid back. */
static void pay_back(struct share *share)
{
    uint32_t window = (uint32_t)(td_now_ns() / WINDOW_NS), n = window - share->window;

    share->bytes = n < share->bytes / WINDOW_BYTES + 1 ? share->bytes - n * WINDOW_BYTES : 0;
    share->window = window;
}

static ssize_t receive_share(int fd, void *bytes, size_t length, int flags)
{
    struct share *share = &shares[(unsigned)fd % SHARES];

    pay_back(share);
    if (length <= BLOCK_BYTES && share->bytes >= WINDOW_BYTES) {
        nap();
        errno = EAGAIN;
        return -1;
    }
    ssize_t n = td_gate_receive_now(fd, bytes, length, flags);
    if (n > 0)
        share->bytes = n < DEBT_BYTES - share->bytes ? share->bytes + (uint32_t)n : DEBT_BYTES;
    return n;
}

__attribute__((visibility("default"))) ssize_t td_gate_receive(int fd, void *bytes, size_t length,
                                                               int flags) __asm__("recv");

ssize_t td_gate_receive(int fd, void *bytes, size_t length, int flags)
{
    if (receiver)
        return receiver(fd, bytes, length, flags);
    return !is_loop && atomic_load_explicit(&is_narrow, memory_order_relaxed)
               ? receive_share(fd, bytes, length, flags)
               : td_gate_receive_now(fd, bytes, length, flags);
}
