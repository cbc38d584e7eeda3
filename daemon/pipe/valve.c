/* valve.c: see valve.h. */
#include "daemon/pipe/valve.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/net/gate.h"
#include "daemon/pipe/strand.h"

/* libzmq reads into blocks of this size, but the rest of a large message at once. It has the memory for that already,
 * and only when the message is whole can we have it: so that needs no leave. */
#define BLOCK_BYTES 8192u

/* A thread that waits is deaf to libzmq's own words, such as to unbind: so it doesn't wait longer than this at a time. */
#define WAIT_NS 20000000

static struct valve {
    pthread_mutex_t lock;
    pthread_cond_t given;
    int is_open;
    _Atomic uint64_t n_blocks;
} valves[TD_VALVES];

static unsigned n_valves;
static int wake_fd;
static _Atomic int is_shut;

/* By descriptor: what is under way on each connection. The socket's inode tells one connection from the next with the same
 * descriptor. Each is touched by the thread alone that has the connection. Those above are not watched. */
#define STRANDS 65536

static struct {
    ino_t inode;
    struct td_strand strand;
} strands[STRANDS];

static uint64_t most_bytes;
static _Atomic uint64_t n_cut;

/* libzmq calls its I/O threads "ZMQbg/IO/0" and so on; a socket's affinity goes by the same number. */
static struct valve *valve_of_this_thread(void)
{
    static __thread struct valve *mine;
    static __thread int is_known;
    char name[16] = "";

    if (is_known)
        return mine;
    is_known = 1;
    pthread_getname_np(pthread_self(), name, sizeof name);
    const char *number = strstr(name, "IO/");
    unsigned long i = number ? strtoul(number + 3, NULL, 10) : n_valves;
    mine = i < n_valves ? &valves[i] : NULL;
    return mine;
}

/* Zero when there was none in time. */
static int take_leave(struct valve *v)
{
    struct timespec end;
    int rc = 0;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += WAIT_NS;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_mutex_lock(&v->lock);
    while (!v->is_open && rc == 0)
        rc = pthread_cond_clockwait(&v->given, &v->lock, CLOCK_MONOTONIC, &end);
    int had = v->is_open;
    v->is_open = 0;
    pthread_mutex_unlock(&v->lock);
    return had;
}

static void give(struct valve *v)
{
    pthread_mutex_lock(&v->lock);
    v->is_open = 1;
    pthread_cond_signal(&v->given);
    pthread_mutex_unlock(&v->lock);
}

/* The sender's next write fails, and what it had written stays to be read (unix(7) sockets alone do this). */
static void shut_path(int fd)
{
    int domain = 0;
    socklen_t size = sizeof domain;

    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX)
        shutdown(fd, SHUT_RD);
}

/* Non-zero: the connection may go on. */
static int look_at(int fd, const void *bytes, size_t length)
{
    struct stat about;

    if (fd >= STRANDS || fstat(fd, &about) != 0)
        return 1;
    if (strands[fd].inode != about.st_ino) {
        strands[fd].inode = about.st_ino;
        strands[fd].strand = (struct td_strand) { 0 };
    }
    return !td_strand_take(&strands[fd].strand, bytes, length, most_bytes);
}

/* libzmq hears that the other end is gone, and drops what it has of the message. */
static ssize_t cut(int fd)
{
    uint64_t one = 1;

    atomic_fetch_add(&n_cut, 1);
    (void)!write(wake_fd, &one, sizeof one);
    shutdown(fd, SHUT_RDWR);
    errno = ECONNRESET;
    return -1;
}

static ssize_t receive_watched(int fd, void *bytes, size_t length, int flags)
{
    ssize_t n = td_gate_receive_now(fd, bytes, length, flags);

    return n > 0 && !look_at(fd, bytes, (size_t)n) ? cut(fd) : n;
}

static ssize_t receive(int fd, void *bytes, size_t length, int flags)
{
    struct valve *v = valve_of_this_thread();
    uint64_t one = 1;

    if (!v)
        return td_gate_receive_now(fd, bytes, length, flags);
    if (length > BLOCK_BYTES)
        return receive_watched(fd, bytes, length, flags);
    if (!take_leave(v)) {
        errno = EAGAIN;
        return -1;
    }
    if (atomic_load(&is_shut))
        shut_path(fd);
    ssize_t n = receive_watched(fd, bytes, length, flags);
    if (n <= 0) { /* nothing came of it */
        int error = errno;
        give(v);
        errno = error;
        return n;
    }
    atomic_fetch_add(&v->n_blocks, 1);
    (void)!write(wake_fd, &one, sizeof one); /* a full counter wakes as well */
    return n;
}

void td_valve_init(unsigned n, int fd, uint64_t most)
{
    for (unsigned i = 0; i < n; i++) {
        pthread_mutex_init(&valves[i].lock, NULL);
        pthread_cond_init(&valves[i].given, NULL);
    }
    n_valves = n;
    wake_fd = fd;
    most_bytes = most;
    td_gate_set_receiver(receive);
}

void td_valve_give(unsigned valve)
{
    give(&valves[valve]);
}

int td_valve_is_open(unsigned valve)
{
    pthread_mutex_lock(&valves[valve].lock);
    int is_open = valves[valve].is_open;
    pthread_mutex_unlock(&valves[valve].lock);
    return is_open;
}

void td_valve_close(unsigned valve)
{
    pthread_mutex_lock(&valves[valve].lock);
    valves[valve].is_open = 0;
    pthread_mutex_unlock(&valves[valve].lock);
}

void td_valve_shut(void)
{
    atomic_store(&is_shut, 1);
}

uint64_t td_valve_n_cut(void)
{
    return atomic_load(&n_cut);
}

uint64_t td_valve_n_blocks(unsigned valve)
{
    return atomic_load(&valves[valve].n_blocks);
}
