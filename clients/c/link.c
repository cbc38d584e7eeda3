/* link.c: see link.h.
 *
 * The socket is a DEALER without an identity. A monitor tells when a peer has greeted and when it is gone; as long as
 * nobody has, nothing may be sent, since libzmq would queue it for a peer that may never come. ZMQ_IMMEDIATE would
 * prevent that, but it also makes libzmq throw away, when a connection ends, the replies that had arrived on it. */
#include "clients/c/link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "clients/c/backoff.h"
#include "clients/c/fail.h"
#include "common/clock.h"
#include "common/zcall.h"

#define MS UINT64_C(1000000)

/* How often libzmq tries to connect: soon at first, then each second. */
#define CONNECT_FIRST_MS 10
#define CONNECT_LAST_MS 1000

#define DESCRIPTORS 12

/* Two handshakes that end without a word within this time are no accident. */
#define VAGUE_NS (2000 * MS)

#define EVENTS \
    (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | \
     ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED)

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

static int set_key(void *socket, int option, const char *key)
{
    return zmq_setsockopt(socket, option, key, TD_CURVE_KEY_CHARS + 1);
}

static int set_keys(const struct link *link)
{
    return link->server_key[0] ? set_key(link->socket, ZMQ_CURVE_SERVERKEY, link->server_key) ||
                                     set_key(link->socket, ZMQ_CURVE_PUBLICKEY, link->pair.public_key) ||
                                     set_key(link->socket, ZMQ_CURVE_SECRETKEY, link->pair.secret_key)
                               : 0;
}

/* No high-water marks: what is in flight is bounded by the caller, and its bytes are kept anyway. IPv6 for an address of
 * that kind alone: it would be looked for first behind a name that has both, where a daemon may not listen. */
static int configure(void *socket, const char *endpoint)
{
    return set(socket, ZMQ_IPV6, strstr(endpoint, "://[") != NULL) || set(socket, ZMQ_LINGER, 0) ||
           set(socket, ZMQ_SNDHWM, 0) || set(socket, ZMQ_RCVHWM, 0) ||
           set(socket, ZMQ_RECONNECT_IVL, CONNECT_FIRST_MS) || set(socket, ZMQ_RECONNECT_IVL_MAX, CONNECT_LAST_MS);
}

/* No high-water mark here either: libzmq would stand still with its lock held until we have read its events. */
static int open_monitor(struct link *link)
{
    char address[64];

    snprintf(address, sizeof address, "inproc://textd-link-%u", link->n_sockets++);
    link->monitor = zmq_socket(link->context, ZMQ_PAIR);
    if (!link->monitor || set(link->monitor, ZMQ_LINGER, 0) || set(link->monitor, ZMQ_RCVHWM, 0) ||
        zmq_socket_monitor(link->socket, address, EVENTS) < 0)
        return -1;
    return zmq_connect(link->monitor, address);
}

/* The monitoring is ended first: libzmq waits for ever when it has news and nobody is at the other end. */
static void close_socket(struct link *link)
{
    ready_unwatch(&link->ready);
    if (link->socket)
        zmq_socket_monitor(link->socket, NULL, 0);
    if (link->monitor)
        zmq_close(link->monitor);
    if (link->socket)
        zmq_close(link->socket);
    link->socket = link->monitor = NULL;
    link->state = LINK_DOWN;
}

static int watch(struct link *link, void *socket)
{
    int fd;
    size_t size = sizeof fd;

    return zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0 ? ready_watch(&link->ready, fd) : -1;
}

static int watch_both(struct link *link)
{
    return link->ready.is_open ? watch(link, link->socket) || watch(link, link->monitor) : 0;
}

static int open_socket(struct link *link, struct textd_error *error)
{
    link->is_stranger = link->is_drained = link->has_no_news = 0;
    link->verdict = LINK_NO_VERDICT;
    link->socket = zmq_socket(link->context, ZMQ_DEALER);
    if (!link->socket || configure(link->socket, link->endpoint) || set_keys(link) || open_monitor(link) != 0 ||
        watch_both(link) != 0) {
        client_fail(error, TEXTD_CLIENT_FAILED, "can't make a ZeroMQ socket: %s", zmq_strerror(zmq_errno()));
        close_socket(link);
        return TEXTD_CLIENT_FAILED;
    }
    if (zmq_connect(link->socket, link->endpoint) != 0) {
        client_fail(error, TEXTD_CLIENT_INVALID,
                    "can't connect to '%s': %s; an endpoint is ipc://PATH or "
                    "tcp://HOST:PORT",
                    link->endpoint, zmq_strerror(zmq_errno()));
        close_socket(link);
        return TEXTD_CLIENT_INVALID;
    }
    link->state = LINK_OPENING;
    return TEXTD_CLIENT_OK;
}

/* libzmq ends the process when it has no descriptors for its threads, so it is only asked when there are enough. Other
 * threads may take some of them in between: there are more here than a client needs, which are 9. */
static int has_descriptors(void)
{
    int fds[DESCRIPTORS], n = 0;

    while (n < DESCRIPTORS && (fds[n] = eventfd(0, EFD_CLOEXEC)) >= 0)
        n++;
    int why = errno;
    for (int i = 0; i < n; i++)
        close(fds[i]);
    errno = why;
    return n == DESCRIPTORS;
}

int link_open(struct link *link, int has_loop, struct textd_error *error)
{
    link->process = getpid();
    if (!has_descriptors())
        return client_fail(error, TEXTD_CLIENT_FAILED,
                           "there are too few descriptors for a client, which takes up to %d: %s", DESCRIPTORS,
                           strerror(errno));
    if (has_loop && ready_open(&link->ready) != 0)
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't make descriptors: %s", strerror(errno));
    link->context = zmq_ctx_new();
    if (!link->context)
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't start ZeroMQ: %s", zmq_strerror(zmq_errno()));
    return open_socket(link, error);
}

void link_close(struct link *link)
{
    if (link->context && link_check_process(link, NULL) == TEXTD_CLIENT_OK) {
        close_socket(link);
        zmq_ctx_term(link->context); /* returns at once: all sockets are closed and linger for nothing */
    }
    ready_close(&link->ready);
    td_curve_pair_wipe(&link->pair);
}

int link_check_process(const struct link *link, struct textd_error *error)
{
    if (getpid() == link->process)
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_INVALID,
                       "this client belongs to process %d, which opened it; after a fork, a child opens one of its own",
                       (int)link->process);
}

/* ---- What becomes of it ------------------------------------------------------------------------------------------ */

static uint64_t pause_ns(unsigned n_failures)
{
    uint64_t random;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = td_now_ns();
    return backoff_ns(n_failures, random);
}

/* The first time, the next connection is begun at once: the pause comes before what was unanswered is sent again. */
void link_drop(struct link *link, uint64_t now_ns)
{
    close_socket(link);
    link->resume_ns = now_ns + pause_ns(link->n_failures);
    link->n_failures++;
}

void link_was_useful(struct link *link)
{
    link->n_failures = 0;
}

/* The next event's number, or 0, and its value. They stand in the first of an event's two frames. */
static unsigned next_event(struct link *link, uint32_t *value)
{
    zmq_msg_t frame;
    uint16_t event = 0;

    *value = 0;
    zmq_msg_init(&frame);
    link->has_no_news = td_zcall_msg_recv(&frame, link->monitor) < 0;
    if (link->has_no_news) {
        zmq_msg_close(&frame);
        return 0;
    }
    if (zmq_msg_size(&frame) >= sizeof event + sizeof *value) {
        memcpy(&event, zmq_msg_data(&frame), sizeof event);
        memcpy(value, (const char *)zmq_msg_data(&frame) + sizeof event, sizeof *value);
    }
    while (zmq_msg_more(&frame) && td_zcall_msg_recv(&frame, link->monitor) >= 0)
        ;
    zmq_msg_close(&frame);
    return event;
}

/* Without keys the end of a handshake is no news: a daemon that has no descriptors left ends them as well. */
static void take_vague_end(struct link *link, uint64_t now_ns)
{
    if (!link->server_key[0])
        return;
    if (link->vague_ns && now_ns - link->vague_ns < VAGUE_NS)
        link->verdict = LINK_VAGUE;
    link->vague_ns = now_ns;
}

static void take_event(struct link *link, unsigned event, uint32_t value, uint64_t now_ns)
{
    if (event == ZMQ_EVENT_CONNECTED) {
        link->was_taken = 1;
    } else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        link->state = LINK_UP;
        link->was_up = 1;
        link->was_taken = 0;
        link->vague_ns = 0;
        link->resume_ns = now_ns + pause_ns(link->n_failures);
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        link->verdict = LINK_REFUSED; /* the end of the connection is told next, here and below */
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) {
        take_vague_end(link, now_ns);
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL && value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
        link->verdict = LINK_MISMATCH;
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) {
        link->is_stranger = 1;
    } else if (event == ZMQ_EVENT_DISCONNECTED && link->state == LINK_UP) {
        link->state = LINK_BROKEN;
    } else if (event == ZMQ_EVENT_DISCONNECTED) {
        link_drop(link, now_ns); /* it was no ZMTP: on some of what it may have said libzmq never tries again */
    }
}

static void take_events(struct link *link, uint64_t now_ns)
{
    uint32_t value;
    unsigned event;

    while ((link->state == LINK_OPENING || link->state == LINK_UP) && (event = next_event(link, &value)) != 0)
        take_event(link, event, value, now_ns);
}

/* Whether there is something to read that no descriptor tells of any more, since some call has taken the news off it.
 * libzmq is only asked when the last call didn't show: it costs a system call. */
static int has_message(struct link *link)
{
    if (!link->is_drained)
        link->is_drained = !(td_zcall_events(link->socket) & ZMQ_POLLIN);
    return !link->is_drained;
}

static int has_news(struct link *link)
{
    if (!link->has_no_news)
        link->has_no_news = !(td_zcall_events(link->monitor) & ZMQ_POLLIN);
    return !link->has_no_news;
}

/* libzmq takes words that begin like no greeting for messages of its first protocol, which had none. A greeting is told
 * before the message behind it comes, so it is looked for once more. */
static void find_stranger(struct link *link, uint64_t now_ns)
{
    if (link->state != LINK_OPENING)
        return;
    link->is_drained = 0; /* one may have come since */
    if (!has_message(link))
        return;
    take_events(link, now_ns);
    if (link->state != LINK_OPENING)
        return;
    link->is_stranger = 1;
    link_drop(link, now_ns);
}

enum link_state link_tend(struct link *link, uint64_t now_ns)
{
    if (link->state == LINK_DOWN && now_ns >= link->resume_ns && open_socket(link, NULL) != TEXTD_CLIENT_OK)
        link->resume_ns = now_ns + BACKOFF_LAST_NS;
    take_events(link, now_ns);
    find_stranger(link, now_ns);
    return link->state;
}

uint64_t link_due_ns(struct link *link)
{
    if (link->state == LINK_DOWN)
        return link->resume_ns;
    return link->state == LINK_BROKEN || has_message(link) || has_news(link) ? 0 : UINT64_MAX;
}

/* ---- Words for who was not reached ------------------------------------------------------------------------------- */

int link_is_wrong(const struct link *link)
{
    return link_is_refused(link) || ((link->is_stranger || link->verdict != LINK_NO_VERDICT) && !link->was_up);
}

int link_is_refused(const struct link *link)
{
    return link->verdict == LINK_REFUSED;
}

static int tell_verdict(const struct link *link, struct textd_error *error)
{
    if (link->verdict == LINK_REFUSED)
        return client_fail(
            error, TEXTD_CLIENT_REFUSED,
            "%s refused our key: it is not, or no longer, in textd's folder curve.clients, which textctl "
            "reload reads again; the public key is %s",
            link->endpoint, link->pair.public_key);
    if (link->verdict == LINK_MISMATCH && link->server_key[0])
        return client_fail(error, TEXTD_CLIENT_REFUSED,
                           "%s is not encrypted, and we have keys: leave them out (--key, curve_key_file, "
                           "TEXTD_CURVE_KEY_FILE), or take an endpoint that is",
                           link->endpoint);
    if (link->verdict == LINK_MISMATCH)
        return client_fail(
            error, TEXTD_CLIENT_REFUSED,
            "%s took the connection, but did not greet as textd does without keys: it is encrypted, and we "
            "have none (--key and --server-key; curve_key_file and curve_server_key; TEXTD_CURVE_KEY_FILE "
            "and TEXTD_CURVE_SERVER_KEY), or another program answers there",
            link->endpoint);
    return client_fail(error, TEXTD_CLIENT_REFUSED,
                       "%s ended the handshake, again and again: it has another key than %s (its log says which at its "
                       "start), is not encrypted, or is no textd",
                       link->endpoint, link->server_key);
}

/* "" or a hint: the commonest reason why nobody is there can be seen from here. */
static const char *path_hint(const char *endpoint)
{
    static const char ipc[] = "ipc://";
    const char *path = endpoint + sizeof ipc - 1;

    if (strncmp(endpoint, ipc, sizeof ipc - 1) != 0 || path[0] == '@' || access(path, F_OK) == 0)
        return "";
    return errno == EACCES ? " (this user may not look there)" : " (there is no such socket)";
}

int link_tell_unreachable(const struct link *link, uint64_t waited_ns, struct textd_error *error)
{
    uint64_t hundredths = (waited_ns / MS + 5) / 10;
    double waited_s = (double)hundredths / 100.0;

    if (link->verdict != LINK_NO_VERDICT)
        return tell_verdict(link, error);
    if (link->is_stranger)
        return client_fail(error, link_is_wrong(link) ? TEXTD_CLIENT_NO_PROTOCOL : TEXTD_CLIENT_UNREACHABLE,
                           "%s took the connection, but did not greet as textd does: another program answers there, "
                           "such as a web server",
                           link->endpoint);
    if (link->was_taken)
        return client_fail(error, link->was_up ? TEXTD_CLIENT_UNREACHABLE : TEXTD_CLIENT_NO_PROTOCOL,
                           "%s took the connection, but did not greet as textd does within %g s: it hangs, or is "
                           "another program, or wants keys",
                           link->endpoint, waited_s);
    return client_fail(error, TEXTD_CLIENT_UNREACHABLE, "no answer from %s within %g s%s: is textd running there?",
                       link->endpoint, waited_s, path_hint(link->endpoint));
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

/* libzmq takes the frame over, so what it gets is a second handle on the same bytes. */
int link_send_frame(struct link *link, zmq_msg_t *frame, int flags)
{
    zmq_msg_t copy;

    link->is_drained = 0;
    zmq_msg_init(&copy);
    if (zmq_msg_copy(&copy, frame) == 0 && td_zcall_msg_send(&copy, link->socket, flags) >= 0)
        return 0;
    int why = errno;
    zmq_msg_close(&copy);
    errno = why;
    return -1;
}

/* Nothing is read of a link that nobody has greeted on: it would be another protocol's words. */
int link_receive(struct link *link, zmq_msg_t *body)
{
    if (link->state != LINK_UP && link->state != LINK_BROKEN)
        return -1;
    zmq_msg_init(body);
    do {
        link->is_drained = td_zcall_msg_recv(body, link->socket) < 0;
        if (link->is_drained) {
            zmq_msg_close(body);
            return -1;
        }
    } while (zmq_msg_more(body));
    return 0;
}

void link_wait(struct link *link, uint64_t now_ns, uint64_t until_ns)
{
    zmq_pollitem_t items[] = { { .socket = link->monitor, .events = ZMQ_POLLIN },
                               { .socket = link->socket, .events = ZMQ_POLLIN } };
    int n = link->state == LINK_UP || link->state == LINK_OPENING ? 2 : 0;

    /* A connection that just ended, for the first time, is made again at once. */
    if ((link->state == LINK_DOWN || link->resume_ns > now_ns) && link->resume_ns < until_ns)
        until_ns = link->resume_ns;
    now_ns = td_now_ns();
    if (now_ns < until_ns)
        zmq_poll(items, n, (long)((until_ns - now_ns + MS - 1) / MS)); /* interrupted or not: the caller looks again */
}
