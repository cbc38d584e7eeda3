/* threads.c: see threads.h. */
#include "daemon/threads.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* libuv's pool, of one, since there is one reload at a time; libzmq's I/O thread and its reaper. */
#define THREADS 3

/* What the deepest of them needs, a reload's, with room to spare: it has a buffer of 32 KiB and some paths on its
 * stack. */
#define LEAST_STACK (256u * 1024u)

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *data)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return data;
}

/* libuv gives its threads stacks of RLIMIT_STACK's size, and takes it for granted that the C library has them so small. */
static int set_stack(pthread_attr_t *attr, const struct rlimit *stack)
{
    if (stack->rlim_cur == RLIM_INFINITY || stack->rlim_cur < (rlim_t)PTHREAD_STACK_MIN)
        return 0; /* then it has a size of its own */
    if (stack->rlim_cur < LEAST_STACK)
        return EINVAL;
    return pthread_attr_setstacksize(attr, stack->rlim_cur & ~((size_t)sysconf(_SC_PAGESIZE) - 1));
}

/* Whether so many can be had at the same time. 0, or an errno. */
static int try_threads(const pthread_attr_t *attr)
{
    pthread_t threads[THREADS];
    int n = 0, error = 0;

    pthread_mutex_lock(&gate);
    while (n < THREADS && (error = pthread_create(&threads[n], attr, wait_at_gate, NULL)) == 0)
        n++;
    pthread_mutex_unlock(&gate);
    while (n > 0)
        pthread_join(threads[--n], NULL);
    return error;
}

static void do_nothing(uv_work_t *work)
{
    (void)work;
}

static void on_nothing_done(uv_work_t *work, int status)
{
    (void)work, (void)status;
}

int td_threads_have(uv_loop_t *loop, struct td_err *err)
{
    static uv_work_t nothing;
    struct rlimit stack = { .rlim_cur = RLIM_INFINITY };
    pthread_attr_t attr;

    getrlimit(RLIMIT_STACK, &stack);
    pthread_attr_init(&attr);
    int error = set_stack(&attr, &stack);
    if (!error)
        error = try_threads(&attr);
    pthread_attr_destroy(&attr);
    if (error == EINVAL)
        return td_fail(err, TD_E_SYSTEM, "a stack of %llu bytes (ulimit -s) is too small for a thread; raise the limit",
                       (unsigned long long)stack.rlim_cur);
    if (error)
        return td_fail(err, TD_E_SYSTEM,
                       "can't start %d threads: %s; raise the limit of processes (ulimit -u, TasksMax=) or of memory",
                       THREADS, strerror(error));
    setenv("UV_THREADPOOL_SIZE", "1", 1);
    uv_queue_work(loop, &nothing, do_nothing, on_nothing_done); /* which makes the pool, before it returns */
    return TD_OK;
}
