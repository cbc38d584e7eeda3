/* handshakes.c: see handshakes.h. */
#include "daemon/net/handshakes.h"

#include <string.h>

#include <zmq.h>

#include "common/log.h"
#include "common/zcall.h"

#define MONITOR "inproc://textd.handshakes"
#define EVENTS (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL)

const char *const td_handshake_failures[TD_HANDSHAKE_FAILURES] = {
#define X(name, text, meaning) [TD_HANDSHAKE_##name] = (text),
    TD_HANDSHAKES(X)
#undef X
};

static const char *const meanings[] = {
#define X(name, text, meaning) [TD_HANDSHAKE_##name] = (meaning),
    TD_HANDSHAKES(X)
#undef X
};

static struct td_endpoint *find(const struct td_handshakes *h, const char *bound, size_t length)
{
    for (unsigned i = 0; i < *h->n_endpoints; i++) {
        struct td_endpoint *endpoint = &h->endpoints[i];
        if (endpoint->bound && strlen(endpoint->bound) == length && memcmp(endpoint->bound, bound, length) == 0)
            return endpoint;
    }
    return NULL;
}

/* An event is two bytes of number and four of value, as the machine has them. */
static enum td_handshake_failure judge(const unsigned char event[6])
{
    uint16_t number;
    uint32_t value;

    memcpy(&number, event, sizeof number);
    memcpy(&value, event + sizeof number, sizeof value);
    if (number == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        return TD_HANDSHAKE_CUT;
    if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
        return TD_HANDSHAKE_PLAIN;
    return value == ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC ? TD_HANDSHAKE_OTHER_KEY : TD_HANDSHAKE_MALFORMED;
}

static int take_event(struct td_zsocket *monitor)
{
    struct td_handshakes *h = monitor->data;
    unsigned char event[6] = { 0 };
    zmq_msg_t what, where;

    zmq_msg_init(&what);
    zmq_msg_init(&where);
    int is_there = td_zcall_msg_recv(&what, monitor->socket) >= 0;
    if (is_there && zmq_msg_size(&what) == sizeof event && td_zcall_msg_recv(&where, monitor->socket) >= 0) {
        memcpy(event, zmq_msg_data(&what), sizeof event);
        struct td_endpoint *endpoint = find(h, zmq_msg_data(&where), zmq_msg_size(&where));
        if (endpoint && endpoint->secret_key[0]) { /* those beside them, that are not encrypted, are nobody's matter */
            enum td_handshake_failure failure = judge(event);
            endpoint->failed[failure]++;
            td_log(failure == TD_HANDSHAKE_CUT ? TD_LOG_DEBUG : TD_LOG_WARN, "client.handshake_failed",
                   TD_STR("endpoint", endpoint->name), TD_STR("reason", meanings[failure]));
        }
    }
    zmq_msg_close(&where);
    zmq_msg_close(&what);
    return is_there;
}

int td_handshakes_open(struct td_handshakes *h, void *context, void *socket, struct td_endpoint *endpoints,
                       const unsigned *n_endpoints, struct td_zloop *zloop, struct td_err *err)
{
    int none = 0;

    *h = (struct td_handshakes) { .monitor = { .take = take_event, .data = h },
                                  .endpoints = endpoints,
                                  .n_endpoints = n_endpoints };
    h->monitor.socket = zmq_socket(context, ZMQ_PAIR);
    if (!h->monitor.socket || zmq_setsockopt(h->monitor.socket, ZMQ_LINGER, &none, sizeof none) != 0 ||
        zmq_setsockopt(h->monitor.socket, ZMQ_RCVHWM, &none, sizeof none) != 0 ||
        zmq_socket_monitor(socket, MONITOR, EVENTS) != 0 || zmq_connect(h->monitor.socket, MONITOR) != 0)
        return td_fail(err, TD_E_SYSTEM, "failed handshakes can't be counted (%s): %s", MONITOR,
                       zmq_strerror(zmq_errno()));
    return td_zloop_add(zloop, &h->monitor, err);
}

void td_handshakes_close(struct td_handshakes *h)
{
    if (h->monitor.socket)
        zmq_close(h->monitor.socket);
    h->monitor.socket = NULL;
}
