/* ends.c: see ends.h. No heartbeats anywhere: with them libzmq 4.3.4 may end a process whose inbound pipe is full, and
 * without them it does not (docs/failure-model.md). */
#include "daemon/pipe/ends.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zmq.h>

#include "common/log.h"

/* What may be under way in kernels, as far as it is ours to say: the kernel doubles it. */
#define BUFFER_BYTES 32768

/* Replies that libzmq holds for one sink. Of one that connects to us they go with its connection. */
#define SINK_REPLIES 16
#define BOUND_SINK_REPLIES 2

/* Replies that libzmq holds for one subscriber. */
#define SUBSCRIBER_REPLIES 1000

/* How often a sink that isn't there is tried. */
#define RECONNECT_MS 20
#define RECONNECT_MOST_MS 250

/* When a textd is killed and another started at once, the first one's process may need a moment yet to die of it. */
#define PATIENCE_TRIES 20
#define PATIENCE_US 10000

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

/* `thread`: the one of libzmq's that serves it. */
static int open_socket(void **socket, void *zmq, int type, unsigned thread, int64_t frame_bytes, struct td_err *err)
{
    uint64_t affinity = UINT64_C(1) << thread;

    *socket = zmq_socket(zmq, type);
    if (*socket && zmq_setsockopt(*socket, ZMQ_AFFINITY, &affinity, sizeof affinity) == 0 &&
        set_int(*socket, ZMQ_LINGER, 0) == 0 && set_int(*socket, ZMQ_IPV6, 1) == 0 &&
        set_int(*socket, ZMQ_RECONNECT_IVL, RECONNECT_MS) == 0 &&
        set_int(*socket, ZMQ_RECONNECT_IVL_MAX, RECONNECT_MOST_MS) == 0 &&
        zmq_setsockopt(*socket, ZMQ_MAXMSGSIZE, &frame_bytes, sizeof frame_bytes) == 0)
        return TD_OK;
    return td_fail(err, TD_E_SYSTEM, "can't make a socket: %s", zmq_strerror(zmq_errno()));
}

static int bind_end(struct td_pipe_address *end, void *socket, int buffer_option, struct td_err *err)
{
    int bytes = BUFFER_BYTES, rc, tries = 0;

    while ((rc = td_endpoint_bind(&end->bound, socket, end->name, 0, NULL, err)) == TD_E_IN_USE &&
           tries++ < PATIENCE_TRIES)
        usleep(PATIENCE_US);
    if (rc == TD_OK && buffer_option) /* connections inherit it */
        setsockopt(end->bound.listen_fd, SOL_SOCKET, buffer_option, &bytes, sizeof bytes);
    return rc;
}

/* A name that has addresses of both families is looked up as one of IPv4: with IPv6 allowed libzmq tries nothing but that
 * address, and a socket of ZeroMQ's listens on IPv4 unless it was told otherwise. As far as it can be known now; a name that
 * can't be found yet may be of either. */
static int wants_ipv6(const char *endpoint)
{
    static const struct addrinfo ipv4 = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    char host[256] = "";
    struct addrinfo *found = NULL;

    if (strncmp(endpoint, "tcp://", 6) != 0 || endpoint[6] == '[' || sscanf(endpoint + 6, "%255[^:]", host) != 1)
        return 1;
    int is_ipv4 = getaddrinfo(host, NULL, &ipv4, &found) == 0;
    if (is_ipv4)
        freeaddrinfo(found);
    return !is_ipv4;
}

static int attach(struct td_pipe_address *end, void *socket, int buffer_option, struct td_err *err)
{
    int rc = end->binds ? bind_end(end, socket, buffer_option, err) : TD_OK;

    if (!end->binds)
        set_int(socket, ZMQ_IPV6, wants_ipv6(end->name));
    if (!end->binds && zmq_connect(socket, end->name) != 0)
        rc = td_fail(err, TD_E_CONFIG, "can't connect to %s: %s", end->name, zmq_strerror(zmq_errno()));
    set_int(socket, ZMQ_IPV6, 1); /* for the next one */
    if (rc == TD_OK)
        td_log(TD_LOG_INFO, end->binds ? "pipe.listen" : "pipe.connect", TD_STR("endpoint", end->name));
    return rc;
}

/* No mark for what comes in: valve.h says why. */
static int open_source(struct td_pipe_ends *ends, struct td_pipe_plan *plan, unsigned i, struct td_err *err)
{
    struct td_pipe_source *source = &ends->sources[i];
    unsigned daemons_thread = plan->lists[TD_PIPE_FROM].n;
    int rc = open_socket(&source->pull, ends->zmq, ZMQ_PULL, i, plan->frame_bytes, err);

    if (rc == TD_OK)
        rc = open_socket(&source->daemon, ends->zmq, ZMQ_DEALER, daemons_thread, -1, err);
    if (rc != TD_OK)
        return rc;
    if (set_int(source->pull, ZMQ_RCVHWM, 0) != 0 || set_int(source->pull, ZMQ_RCVBUF, BUFFER_BYTES) != 0 ||
        set_int(source->pull, ZMQ_HANDSHAKE_IVL, 0) != 0 || set_int(source->daemon, ZMQ_SNDHWM, 0) != 0 ||
        set_int(source->daemon, ZMQ_RCVHWM, 0) != 0 || zmq_connect(source->daemon, plan->daemon) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't set a socket up: %s", zmq_strerror(zmq_errno()));
    return attach(&plan->lists[TD_PIPE_FROM].all[i], source->pull, SO_RCVBUF, err);
}

static int open_sinks(struct td_pipe_ends *ends, struct td_pipe_plan *plan, struct td_err *err)
{
    struct td_pipe_addresses *to = &plan->lists[TD_PIPE_TO];

    if (to->n == 0)
        return TD_OK;
    int rc = open_socket(&ends->push, ends->zmq, ZMQ_PUSH, plan->lists[TD_PIPE_FROM].n + 1, -1, err);
    for (unsigned i = 0; i < to->n && rc == TD_OK; i++) {
        set_int(ends->push, ZMQ_SNDHWM, to->all[i].binds ? BOUND_SINK_REPLIES : SINK_REPLIES);
        set_int(ends->push, ZMQ_SNDBUF, BUFFER_BYTES);
        rc = attach(&to->all[i], ends->push, SO_SNDBUF, err);
    }
    return rc;
}

static int open_publisher(struct td_pipe_ends *ends, struct td_pipe_plan *plan, struct td_err *err)
{
    struct td_pipe_addresses *at = &plan->lists[TD_PIPE_AT];

    if (at->n == 0)
        return TD_OK;
    int rc = open_socket(&ends->pub, ends->zmq, ZMQ_PUB, plan->lists[TD_PIPE_FROM].n + 1, -1, err);
    if (rc == TD_OK)
        set_int(ends->pub, ZMQ_SNDHWM, SUBSCRIBER_REPLIES);
    for (unsigned i = 0; i < at->n && rc == TD_OK; i++)
        rc = attach(&at->all[i], ends->pub, 0, err);
    return rc;
}

int td_pipe_ends_open(struct td_pipe_ends *ends, struct td_pipe_plan *plan, struct td_err *err)
{
    int rc;

    *ends = (struct td_pipe_ends) { .zmq = zmq_ctx_new(), .n_sources = plan->lists[TD_PIPE_FROM].n };
    if (!ends->zmq || zmq_ctx_set(ends->zmq, ZMQ_IO_THREADS, (int)ends->n_sources + 2) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't make a context of libzmq: %s", zmq_strerror(zmq_errno()));
    if ((rc = open_sinks(ends, plan, err)) != TD_OK || (rc = open_publisher(ends, plan, err)) != TD_OK)
        return rc;
    for (unsigned i = 0; i < ends->n_sources; i++)
        if ((rc = open_source(ends, plan, i, err)) != TD_OK)
            return rc;
    return TD_OK;
}

void td_pipe_ends_unbind(struct td_pipe_ends *ends, struct td_pipe_plan *plan)
{
    for (unsigned i = 0; i < ends->n_sources; i++) {
        struct td_pipe_address *end = &plan->lists[TD_PIPE_FROM].all[i];
        if (!end->binds)
            continue;
        td_endpoint_stop(&end->bound, ends->sources[i].pull);
        td_endpoint_release(&end->bound);
        end->binds = 0;
    }
}

static void close_socket(void *socket, int linger_ms)
{
    if (!socket)
        return;
    set_int(socket, ZMQ_LINGER, linger_ms);
    zmq_close(socket);
}

void td_pipe_ends_close(struct td_pipe_ends *ends, struct td_pipe_plan *plan, int linger_ms)
{
    td_pipe_ends_unbind(ends, plan);
    for (unsigned i = 0; i < ends->n_sources; i++) {
        close_socket(ends->sources[i].pull, 0);
        close_socket(ends->sources[i].daemon, 0);
    }
    close_socket(ends->push, linger_ms);
    close_socket(ends->pub, 0);
    zmq_ctx_term(ends->zmq);
    for (int list = TD_PIPE_TO; list <= TD_PIPE_AT; list++)
        for (unsigned i = 0; i < plan->lists[list].n; i++)
            if (plan->lists[list].all[i].binds)
                td_endpoint_release(&plan->lists[list].all[i].bound);
}
