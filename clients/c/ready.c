/* ready.c: see ready.h. */
#include "clients/c/ready.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define S UINT64_C(1000000000)

static int add(struct ready *ready, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(ready->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int ready_open(struct ready *ready)
{
    ready->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    ready->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    ready->armed_ns = UINT64_MAX;
    ready->is_open = 1;
    if (ready->epoll_fd >= 0 && ready->timer_fd >= 0 && add(ready, ready->timer_fd) == 0)
        return 0;
    int why = errno;
    ready_close(ready);
    errno = why;
    return -1;
}

void ready_close(struct ready *ready)
{
    if (!ready->is_open)
        return;
    if (ready->timer_fd >= 0)
        close(ready->timer_fd);
    if (ready->epoll_fd >= 0)
        close(ready->epoll_fd);
    ready->is_open = 0;
}

int ready_watch(struct ready *ready, int fd)
{
    assert(ready->is_open && ready->n_watched < READY_WATCHED);
    if (add(ready, fd) != 0)
        return -1;
    ready->watched[ready->n_watched++] = fd;
    return 0;
}

void ready_unwatch(struct ready *ready)
{
    while (ready->n_watched > 0)
        epoll_ctl(ready->epoll_fd, EPOLL_CTL_DEL, ready->watched[--ready->n_watched], NULL);
}

/* A timer that fires too soon costs a look at nothing, and being set again costs a system call: so it is left alone
 * when it only would fire later. What it has said stays readable until it is set again. */
void ready_from(struct ready *ready, uint64_t ns, uint64_t now_ns)
{
    struct itimerspec when = { 0 };

    if (ns <= now_ns)
        ns = 0;
    if (ready->armed_ns == ns || (ns != 0 && ready->armed_ns > now_ns && ready->armed_ns < ns))
        return;
    if (ns == 0)
        when.it_value.tv_nsec = 1; /* long ago; 0 would mean never */
    else if (ns != UINT64_MAX)
        when.it_value = (struct timespec) { (time_t)(ns / S), (long)(ns % S) };
    timerfd_settime(ready->timer_fd, TFD_TIMER_ABSTIME, &when, NULL); /* can't fail: all of it is valid */
    ready->armed_ns = ns;
}
