/* threads.c: see threads.h. */
#include "daemon/threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* libuv's pool, of one, since there is one reload at a time; libzmq's I/O thread and its reaper. */
#define THREADS 3

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *wait_at_gate(void *data)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return data;
}

/* Whether so many can be had at the same time. 0, or an errno. */
static int try_threads(void)
{
    pthread_t threads[THREADS];
    int n = 0, error = 0;

    pthread_mutex_lock(&gate);
    while (n < THREADS && (error = pthread_create(&threads[n], NULL, wait_at_gate, NULL)) == 0)
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
    int error = try_threads();

    if (error)
        return td_fail(err, TD_E_SYSTEM,
                       "can't start %d threads: %s; raise the limit of processes (ulimit -u, TasksMax=) or of memory",
                       THREADS, strerror(error));
    setenv("UV_THREADPOOL_SIZE", "1", 1);
    uv_queue_work(loop, &nothing, do_nothing, on_nothing_done); /* which makes the pool, before it returns */
    return TD_OK;
}
