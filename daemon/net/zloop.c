/* zloop.c: see zloop.h. */
#include "daemon/net/zloop.h"

#include <assert.h>

#include "common/clock.h"
#include "common/zcall.h"

/* Messages of one socket in one turn: enough to amortise a turn, few enough that workers' replies don't wait. */
#define BURST 128

/* How long one socket may be read when that is hurried. */
#define HURRIED_NS UINT64_C(3000000)

/* Asked only if its descriptor has spoken, or something was done with the socket: each time costs two system calls. */
static int can_read(struct td_zsocket *s)
{
    if (!s->must_ask)
        return 0;
    s->must_ask = (td_zcall_events(s->socket) & ZMQ_POLLIN) != 0;
    return s->must_ask;
}

static void on_idle(uv_idle_t *handle)
{
    (void)handle; /* being there is all: the loop does not sleep while an idle handle is active */
}

static void on_prepare(uv_prepare_t *handle)
{
    struct td_zloop *zloop = handle->data;

    zloop->before_sleep(zloop->data);
    for (unsigned i = 0; i < zloop->n_sockets; i++)
        if (can_read(zloop->sockets[i])) /* all of them: each read clears that socket's edge */
            uv_idle_start(&zloop->idle, on_idle);
    if (zloop->may_sleep && !uv_is_active((uv_handle_t *)&zloop->idle) && !zloop->may_sleep(zloop->data))
        uv_idle_start(&zloop->idle, on_idle);
}

/* Zero when there is nothing left. Then it needn't be asked either: before zmq_msg_recv says EAGAIN it does what asking does. */
static int take_burst(struct td_zsocket *s)
{
    for (int n = 0; n < BURST; n++) {
        if (s->take(s))
            continue;
        s->must_ask = 0;
        return 0;
    }
    return 1;
}

static void on_check(uv_check_t *handle)
{
    struct td_zloop *zloop = handle->data;

    uv_idle_stop(&zloop->idle);
    if (zloop->woken)
        zloop->woken(zloop->data);
    for (unsigned i = 0; i < zloop->n_sockets; i++) {
        if (!zloop->sockets[i]->must_ask)
            continue;
        uint64_t end = zloop->is_hurried ? td_now_ns() + HURRIED_NS : 0;
        while (take_burst(zloop->sockets[i]) && end > 0 && td_now_ns() < end)
            ;
    }
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct td_zsocket *s = handle->data;

    (void)status, (void)events;
    s->must_ask = 1;
}

int td_zloop_init(struct td_zloop *zloop, uv_loop_t *loop, void (*before_sleep)(void *data), void *data,
                  struct td_err *err)
{
    *zloop = (struct td_zloop) { .loop = loop, .before_sleep = before_sleep, .data = data };
    zloop->prepare.data = zloop->check.data = zloop;
    int rc = uv_prepare_init(loop, &zloop->prepare) || uv_check_init(loop, &zloop->check) ||
             uv_idle_init(loop, &zloop->idle) || uv_prepare_start(&zloop->prepare, on_prepare) ||
             uv_check_start(&zloop->check, on_check);
    return rc ? td_fail(err, TD_E_SYSTEM, "the event loop can't be started") : TD_OK;
}

int td_zloop_add(struct td_zloop *zloop, struct td_zsocket *socket, struct td_err *err)
{
    int fd = -1;
    size_t size = sizeof fd;

    assert(zloop->n_sockets < TD_ZLOOP_SOCKETS);
    if (zmq_getsockopt(socket->socket, ZMQ_FD, &fd, &size) != 0)
        return td_fail(err, TD_E_SYSTEM, "a socket has no descriptor: %s", zmq_strerror(zmq_errno()));
    int rc = uv_poll_init(zloop->loop, &socket->poll, fd);
    if (rc == 0)
        rc = uv_poll_start(&socket->poll, UV_READABLE, on_poll);
    socket->poll.data = socket;
    socket->must_ask = 1;
    if (rc != 0)
        return td_fail(err, TD_E_SYSTEM, "a socket can't be watched: %s", uv_strerror(rc));
    zloop->sockets[zloop->n_sockets++] = socket;
    return TD_OK;
}

void td_zloop_close(struct td_zloop *zloop)
{
    for (unsigned i = 0; i < zloop->n_sockets; i++)
        uv_close((uv_handle_t *)&zloop->sockets[i]->poll, NULL);
    zloop->n_sockets = 0;
    uv_close((uv_handle_t *)&zloop->prepare, NULL);
    uv_close((uv_handle_t *)&zloop->check, NULL);
    uv_close((uv_handle_t *)&zloop->idle, NULL);
}
