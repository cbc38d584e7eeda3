/* zcall.h: libzmq's calls, never waiting and never interrupted. Any of them may end with EINTR when a signal comes at the wrong
 * moment, also those that don't wait, and also in the middle of a message; and in the daemon each death of a worker is a signal. Taken
 * for a failure, that loses a reply or tears a message. */
#ifndef TD_ZCALL_H
#define TD_ZCALL_H

#include <errno.h>

#include <zmq.h>

/* zmq_send; `flags` may have ZMQ_SNDMORE. */
static inline int td_zcall_send(void *socket, const void *bytes, size_t length, int flags)
{
    int rc;

    do
        rc = zmq_send(socket, bytes, length, flags | ZMQ_DONTWAIT);
    while (rc < 0 && zmq_errno() == EINTR);
    return rc;
}

/* zmq_msg_send; `flags` may have ZMQ_SNDMORE. */
static inline int td_zcall_msg_send(zmq_msg_t *message, void *socket, int flags)
{
    int rc;

    do
        rc = zmq_msg_send(message, socket, flags | ZMQ_DONTWAIT);
    while (rc < 0 && zmq_errno() == EINTR);
    return rc;
}

/* zmq_msg_recv. */
static inline int td_zcall_msg_recv(zmq_msg_t *message, void *socket)
{
    int rc;

    do
        rc = zmq_msg_recv(message, socket, ZMQ_DONTWAIT);
    while (rc < 0 && zmq_errno() == EINTR);
    return rc;
}

/* What the socket is ready for: ZMQ_POLLIN, ZMQ_POLLOUT. */
static inline int td_zcall_events(void *socket)
{
    int events, rc;
    size_t size = sizeof events;

    do
        rc = zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
    while (rc < 0 && zmq_errno() == EINTR);
    return rc < 0 ? 0 : events;
}

#endif
