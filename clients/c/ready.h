/* ready.h: one descriptor for a program's event loop, readable as long as there is something to do.
 *
 * libzmq's own descriptors can't be given to a caller: each belongs to one socket, of which a client has many in its
 * life, and it is an edge: any call on the socket may take the news off it, also one that was not made to read. So the
 * caller gets an epoll descriptor that holds those of the present socket and a timer. The library looks at its sockets
 * after each of its functions; when something is left to read, or becomes due, the timer says so. */
#ifndef CLIENT_READY_H
#define CLIENT_READY_H

#include <stdint.h>

#define READY_WATCHED 2

struct ready {
    int is_open;
    int epoll_fd, timer_fd;
    int watched[READY_WATCHED], n_watched;
    uint64_t armed_ns; /* when the timer makes it readable; 0: it has; UINT64_MAX: never */
};

/* 0, or -1 and errno: descriptors or memory are short. The struct must be zeroed. */
int ready_open(struct ready *ready);
void ready_close(struct ready *ready);

/* It is readable, too, when `fd` is. 0, or -1 and errno. */
int ready_watch(struct ready *ready, int fd);

/* None of those that were watched is any more. Before they are closed: the kernel would go on watching what else they
 * belong to. */
void ready_unwatch(struct ready *ready);

/* It is readable from `ns` on. Up to then only when a watched one is, or spuriously. */
void ready_from(struct ready *ready, uint64_t ns, uint64_t now_ns);

#endif
