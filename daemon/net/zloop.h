/* zloop.h: ZeroMQ sockets on a libuv loop. This module, and no other, knows that ZMQ_FD is an edge that any zmq_send or
 * zmq_recv may swallow.
 *
 * Every turn of the loop ends in `prepare`: the owner's before_sleep runs first (it may send), then ZMQ_EVENTS is read of each
 * socket that must be asked, which clears the edge; if there is something to read, an idle handle keeps the loop from sleeping.
 * `check` comes after the poll and reads these sockets, in bursts, so that one busy socket can't starve the rest (unless
 * the owner says that reading is what matters: is_hurried). A socket must be asked from when its descriptor has spoken, or
 * something was done with it, until it has answered that it has nothing: asking costs system calls.
 * (The shape is that of flux-core's ev_zmq.) */
#ifndef TD_ZLOOP_H
#define TD_ZLOOP_H

#include <uv.h>

#include "common/err.h"

#define TD_ZLOOP_SOCKETS 6

struct td_zsocket {
    void *socket;
    /* Takes one message. Returns 0 when there was none (zmq_msg_recv said EAGAIN). */
    int (*take)(struct td_zsocket *socket);
    void *data;
    uv_poll_t poll;
    int must_ask; /* a call of libzmq may have taken the edge since the socket was asked: whoever makes one sets it */
};

struct td_zloop {
    uv_loop_t *loop;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    struct td_zsocket *sockets[TD_ZLOOP_SOCKETS];
    unsigned n_sockets;
    int is_hurried;                   /* too much waits to be read: that comes first now */
    void (*before_sleep)(void *data); /* the last chance of a turn to send what it has gathered */
    int (*may_sleep)(void *data); /* zero: something has come that no descriptor tells of. May be NULL, as the next */
    void (*woken)(void *data);    /* it has slept, or would have */
    void *data;
};

/* Starts the handles on `loop`. They are unreferenced never: td_zloop_close ends them. */
int td_zloop_init(struct td_zloop *zloop, uv_loop_t *loop, void (*before_sleep)(void *data), void *data,
                  struct td_err *err);

/* Watches `socket->socket`. The td_zsocket is borrowed until td_zloop_close has been followed by a turn of the loop. */
int td_zloop_add(struct td_zloop *zloop, struct td_zsocket *socket, struct td_err *err);

/* Stops watching. The sockets may be zmq_closed when the loop has run its closing callbacks. */
void td_zloop_close(struct td_zloop *zloop);

#endif
