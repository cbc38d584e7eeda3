/* guard.c: see guard.h. */
#include "daemon/worker/guard.h"

#include <linux/sock_diag.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/both/frames.h"

/* A size of the channel's receive buffer that no other socket has by chance, so that one look says whether it is the channel and what
 * lies in it. How much it takes is bounded by the sender's buffer, not by this. */
#define ROOM_BYTES 70003

/* The kernel's own number for the socket, which no other has had since it was started (SO_COOKIE, Linux 4.12): asking for
 * it costs a fifth of what fstat does. */
static struct {
    int fd;
    int is_set;
    uint64_t cookie;
    const struct td_ring_taken *taken; /* NULL: what lies in the channel isn't looked at */
    uint32_t room;
    uint64_t sent;
    /* What we wrote last lay there alone: so much had been read then, and so much was left. */
    int is_marked;
    uint64_t marked_received;
    uint32_t marked_left;
} guard;

static int read_cookie(uint64_t *cookie)
{
    socklen_t size = sizeof *cookie;

    return getsockopt(guard.fd, SOL_SOCKET, SO_COOKIE, cookie, &size);
}

/* What the kernel says of the channel's memory. 0 when it says nothing. */
static int read_memory(uint32_t info[SK_MEMINFO_VARS])
{
    socklen_t size = SK_MEMINFO_VARS * sizeof *info;

    return getsockopt(guard.fd, SOL_SOCKET, SO_MEMINFO, info, &size) == 0 && size == SK_MEMINFO_VARS * sizeof *info;
}

void td_guard_init(int fd)
{
    guard.fd = fd;
    guard.sent = 0;
    guard.is_set = read_cookie(&guard.cookie) == 0;
}

void td_guard_watch(const struct td_ring_taken *taken)
{
    int bytes = ROOM_BYTES;
    uint32_t info[SK_MEMINFO_VARS];

    guard.taken = NULL;
    guard.is_marked = 0;
    if (!taken || setsockopt(guard.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0 || !read_memory(info))
        return;
    guard.taken = taken;
    guard.room = info[SK_MEMINFO_RCVBUF];
}

void td_guard_check(void)
{
    uint64_t cookie;

    if (!guard.is_set || (read_cookie(&cookie) == 0 && cookie == guard.cookie))
        return;
    /* Nothing can be said any more, and whatever has the number now is not to be written to. */
    _exit(TD_WORKER_EXIT_CLOSED);
}

/* How much the supervisor has read by now, and how much of the kernel's memory what it has not read takes. 0: that can't be told, since
 * it is reading. */
static int look(uint64_t *received, uint32_t *left)
{
    uint64_t reads = atomic_load_explicit(&guard.taken->reads, memory_order_acquire);
    uint32_t info[SK_MEMINFO_VARS];

    *received = atomic_load_explicit(&guard.taken->received, memory_order_relaxed);
    if (reads % 2 || !read_memory(info) || info[SK_MEMINFO_RCVBUF] != guard.room)
        return 0;
    *left = info[SK_MEMINFO_WMEM_ALLOC];
    atomic_thread_fence(memory_order_acquire); /* who takes from there has said before that it reads */
    return atomic_load_explicit(&guard.taken->reads, memory_order_relaxed) == reads;
}

int td_guard_is_clear(void)
{
    uint64_t received;
    uint32_t left;

    if (!guard.taken || !look(&received, &left))
        return 0;
    if (received == guard.sent && left == 0)
        return 1;
    return guard.is_marked && received == guard.marked_received && left == guard.marked_left;
}

void td_guard_sent(size_t n)
{
    guard.sent += n;
    guard.is_marked = 0;
}

void td_guard_mark(void)
{
    guard.is_marked = guard.taken && look(&guard.marked_received, &guard.marked_left);
}
