/* sink.c: what <textd/pipe.h> declares of a sink. Messages are taken in batches, as libzmq gives them: from each source
 * in turn. A batch is written, and then acknowledged: once for each source. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <textd/pipe.h>
#include <zmq.h>

#include "clients/c/encode.h"
#include "clients/c/fail.h"
#include "clients/c/pipe/outfile.h"
#include "clients/c/pipe/talk.h"
#include "common/clock.h"
#include "common/zcall.h"

#define BATCH_MESSAGES 1000u
#define BATCH_BYTES (4u << 20)
#define MESSAGE_BYTES (INT64_C(256) << 20)
#define LINGER_MS 500 /* acknowledgements that are lost at the end only mean that a source asks again */

struct textd_sink {
    struct outfile file;
    void *context, *socket;
    int lock_fd;    /* -1: none */
    char path[300]; /* of the socket, and that of its lock; "": there is none */
    char lock_path[308];
    int is_bound;
};

/* One message, and who sent it. */
struct letter {
    zmq_msg_t peer, head, result;
    int has_result;
    struct talk talk;
};

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

static int set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

/* No high-water marks: what is under way is bounded by each source's window, and a full pipe inside libzmq is a state
 * that its 4.3.4 doesn't bear well. */
static int configure(void *socket)
{
    int64_t most = MESSAGE_BYTES;

    return set(socket, ZMQ_LINGER, LINGER_MS) || set(socket, ZMQ_SNDHWM, 0) || set(socket, ZMQ_RCVHWM, 0) ||
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof most);
}

/* The lock's file goes with its holder, so one that was opened meanwhile may be nobody's any more. */
static int is_in_place(const struct textd_sink *s)
{
    struct stat mine, there;

    return fstat(s->lock_fd, &mine) == 0 && stat(s->lock_path, &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

/* libzmq takes a socket's path away from whoever listens there. So a lock beside it says whose it is. */
static int lock_path(struct textd_sink *s, const char *path, struct textd_error *error)
{
    if (strlen(path) >= sizeof s->path)
        return client_fail(error, TEXTD_CLIENT_INVALID, "the path '%s' is too long for a socket", path);
    struct stat there;
    if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode))
        return client_fail(error, TEXTD_CLIENT_INVALID,
                           "can't listen at ipc://%s: something else than a socket is there", path);
    snprintf(s->path, sizeof s->path, "%s", path);
    snprintf(s->lock_path, sizeof s->lock_path, "%s.lock", s->path);
    for (;;) {
        s->lock_fd = open(s->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (s->lock_fd < 0)
            return client_fail(error, TEXTD_CLIENT_FAILED, "can't make %s: %s", s->lock_path, strerror(errno));
        if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
            return client_fail(error, TEXTD_CLIENT_INVALID, "another process listens at ipc://%s", path);
        if (is_in_place(s))
            return TEXTD_CLIENT_OK;
        close(s->lock_fd);
    }
}

/* As for the daemon: nothing is encrypted, so other machines don't get in; and a name without a file has no
 * permissions. */
static int check_address(struct textd_sink *s, const char *listen, struct textd_error *error)
{
    static const char *const local[] = { "tcp://127.", "tcp://[::1]:", "tcp://localhost:" };

    if (strncmp(listen, "ipc:///", 7) == 0)
        return lock_path(s, listen + 6, error);
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        if (strncmp(listen, local[i], strlen(local[i])) == 0)
            return TEXTD_CLIENT_OK;
    return client_fail(
        error, TEXTD_CLIENT_INVALID,
        "can't listen at '%s': it must be ipc:///PATH or tcp://127.0.0.1:PORT, an address of this machine "
        "only, since nothing is encrypted",
        listen);
}

static int listen_at(struct textd_sink *s, const char *listen, struct textd_error *error)
{
    if (check_address(s, listen, error) != TEXTD_CLIENT_OK)
        return error->code;
    s->context = zmq_ctx_new();
    s->socket = s->context ? zmq_socket(s->context, ZMQ_ROUTER) : NULL;
    if (!s->socket || configure(s->socket) != 0)
        return client_fail(error, TEXTD_CLIENT_FAILED, "can't make a ZeroMQ socket: %s", zmq_strerror(zmq_errno()));
    mode_t mask = umask(077); /* the socket's file is its owner's */
    int rc = zmq_bind(s->socket, listen);
    umask(mask);
    s->is_bound = rc == 0;
    if (s->is_bound)
        return TEXTD_CLIENT_OK;
    return client_fail(error, TEXTD_CLIENT_FAILED, "can't listen at '%s': %s", listen, zmq_strerror(zmq_errno()));
}

struct textd_sink *textd_sink_open(const struct textd_sink_options *options, struct textd_error *error)
{
    struct textd_sink_options o = { 0 };
    struct textd_error local = { 0 };

    error = error ? error : &local;
    if (options && encode_known_struct(&o, sizeof o, options, sizeof o, "options", error) != TEXTD_CLIENT_OK)
        return NULL;
    if (!o.to || !o.listen || o.flags & ~TEXTD_SINK_SYNC) {
        client_fail(error, TEXTD_CLIENT_INVALID,
                    "a sink needs options.to, options.listen, and of options.flags knows TEXTD_SINK_SYNC");
        return NULL;
    }
    struct textd_sink *s = calloc(1, sizeof *s);
    if (!s) {
        client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a sink");
        return NULL;
    }
    s->file.fd = s->lock_fd = -1;
    if (outfile_open(&s->file, o.to, (o.flags & TEXTD_SINK_SYNC) != 0, error) == TEXTD_CLIENT_OK &&
        listen_at(s, o.listen, error) == TEXTD_CLIENT_OK)
        return s;
    textd_sink_close(s);
    return NULL;
}

/* The lock goes last: until then nobody else listens there. */
void textd_sink_close(struct textd_sink *s)
{
    if (!s)
        return;
    if (s->socket)
        zmq_close(s->socket);
    if (s->context)
        zmq_ctx_term(s->context);
    outfile_close(&s->file);
    if (s->is_bound && s->path[0]) {
        unlink(s->path); /* libzmq leaves it behind */
        unlink(s->lock_path);
    }
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    free(s);
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

/* Who has gone meanwhile gets none: ROUTER drops it. */
static void answer(struct textd_sink *s, const void *peer, size_t length, const struct talk *talk)
{
    zmq_msg_t frame;

    if (talk_write(&frame, talk) != 0)
        return;
    if (td_zcall_send(s->socket, peer, length, ZMQ_SNDMORE) >= 0)
        td_zcall_msg_send(&frame, s->socket, 0);
    zmq_msg_close(&frame);
}

static void refuse(struct textd_sink *s, struct letter *l, const char *code, const char *message)
{
    struct talk no = { .op = "no", .message = message, .message_length = strlen(message), .session = l->talk.session };

    snprintf(no.code, sizeof no.code, "%s", code);
    answer(s, zmq_msg_data(&l->peer), zmq_msg_size(&l->peer), &no);
}

static void acknowledge(struct textd_sink *s)
{
    for (size_t i = 0; i < s->file.n_places; i++) {
        struct place *p = s->file.places[i];
        struct talk ack = { .op = "ack", .session = p->session, .position = p->written };
        if (p->is_touched)
            answer(s, p->peer, p->peer_length, &ack);
        p->is_touched = 0;
    }
}

/* ---- Messages ---------------------------------------------------------------------------------------------------- */

/* The last one to say hello is the source of that name: it was started again, or connects again. */
static int take_hello(struct textd_sink *s, struct letter *l, struct textd_error *error)
{
    struct talk *t = &l->talk;

    if (!place_name_is_good(t->source, t->source_length) || !t->session) {
        refuse(s, l, "BAD_HELLO",
               "the name must be 1 to 64 letters, digits, '.', '_' and '-', and the session a number");
        return TEXTD_CLIENT_OK;
    }
    struct place *place = outfile_place(&s->file, t->source, t->source_length);
    if (!place)
        return client_fail(error, TEXTD_CLIENT_NO_MEMORY, "out of memory for a source");
    if (outfile_flush(&s->file, error) != TEXTD_CLIENT_OK) /* only what stands there is told */
        return error->code;
    place->session = t->session;
    place->is_touched = 0;
    place->peer_length = zmq_msg_size(&l->peer);
    assert(place->peer_length <= sizeof place->peer);
    memcpy(place->peer, zmq_msg_data(&l->peer), place->peer_length);
    struct talk go = { .op = "go", .session = t->session, .position = place->written };
    answer(s, place->peer, place->peer_length, &go);
    return TEXTD_CLIENT_OK;
}

static int take_record(struct textd_sink *s, struct letter *l, struct textd_error *error)
{
    struct talk *t = &l->talk;
    struct place *place = t->source ? outfile_find(&s->file, t->source, t->source_length) : NULL;
    const char *json = zmq_msg_data(&l->result);
    size_t length = zmq_msg_size(&l->result);

    if (!place || !place->session) {
        refuse(s, l, "NO_SESSION", "say hello first: the sink was started again");
    } else if (t->session != place->session) {
        refuse(s, l, "SUPERSEDED", "another source of that name has come; each needs a name of its own");
    } else if (!l->has_result || t->position.end <= t->begin || result_is_wrong(json, length)) {
        refuse(s, l, "BAD_RECORD", "a record has a result, one JSON object on one line, and ends behind its beginning");
    } else if (t->position.end <= place->position.end) {
        place->is_touched = 1; /* it is there already: what was acknowledged has not arrived */
    } else if (t->begin != place->position.end) {
        refuse(s, l, "GAP", "a record before this one is missing");
    } else {
        place->is_touched = 1;
        return outfile_append(&s->file, place, &t->position, json, length, error);
    }
    return TEXTD_CLIENT_OK;
}

/* Something else has connected when it is none of ours; it gets no answer, since nobody knows what it would take. */
static int take(struct textd_sink *s, struct letter *l, struct textd_error *error)
{
    if (talk_read(&l->talk, zmq_msg_data(&l->head), zmq_msg_size(&l->head)) != 0)
        return TEXTD_CLIENT_OK;
    if (strcmp(l->talk.op, "hello") == 0)
        return take_hello(s, l, error);
    if (strcmp(l->talk.op, "record") == 0)
        return take_record(s, l, error);
    refuse(s, l, "BAD_HELLO", "there is no such operation");
    return TEXTD_CLIENT_OK;
}

static void skip_rest(struct textd_sink *s, zmq_msg_t *frame)
{
    zmq_msg_t more;

    for (int is_more = zmq_msg_more(frame); is_more;) {
        zmq_msg_init(&more);
        is_more = td_zcall_msg_recv(&more, s->socket) >= 0 && zmq_msg_more(&more);
        zmq_msg_close(&more);
    }
}

/* Takes one message off the socket, and what it has too many of frames. 0: there is none. */
static int receive(struct textd_sink *s, struct letter *l)
{
    zmq_msg_init(&l->peer);
    zmq_msg_init(&l->head);
    zmq_msg_init(&l->result);
    l->has_result = 0;
    if (td_zcall_msg_recv(&l->peer, s->socket) < 0)
        return 0;
    if (!zmq_msg_more(&l->peer) || td_zcall_msg_recv(&l->head, s->socket) < 0 || !zmq_msg_more(&l->head))
        return 1;
    l->has_result = td_zcall_msg_recv(&l->result, s->socket) >= 0;
    skip_rest(s, &l->result);
    return 1;
}

static void drop(struct letter *l)
{
    zmq_msg_close(&l->peer);
    zmq_msg_close(&l->head);
    zmq_msg_close(&l->result);
}

/* 1: something came; 0: nothing. */
static int take_batch(struct textd_sink *s, struct textd_error *error)
{
    int rc = TEXTD_CLIENT_OK;
    size_t bytes = 0;
    unsigned n = 0;
    struct letter l;

    while (rc == TEXTD_CLIENT_OK && n < BATCH_MESSAGES && bytes < BATCH_BYTES) {
        int has_come = receive(s, &l);
        if (has_come) {
            bytes += zmq_msg_size(&l.result);
            n++;
            rc = take(s, &l, error);
        }
        drop(&l);
        if (!has_come)
            break;
    }
    if (rc == TEXTD_CLIENT_OK && n > 0 && (rc = outfile_flush(&s->file, error)) == TEXTD_CLIENT_OK)
        acknowledge(s);
    return rc != TEXTD_CLIENT_OK ? rc : n > 0;
}

int textd_sink_serve(struct textd_sink *s, uint32_t timeout_ms, struct textd_error *error)
{
    zmq_pollitem_t item = { .socket = s->socket, .events = ZMQ_POLLIN };
    struct textd_error local = { 0 };

    error = error ? error : &local;
    int rc = take_batch(s, error);
    if (rc == 0 && timeout_ms > 0 && zmq_poll(&item, 1, timeout_ms) > 0) /* a signal ends it, too: the caller looks */
        rc = take_batch(s, error);
    if (rc == 0)
        return client_fail(error, TEXTD_CLIENT_TIMEOUT, "no source has sent anything within %g s", timeout_ms / 1000.0);
    return rc > 0 ? TEXTD_CLIENT_OK : rc;
}

int textd_sink_fd(const struct textd_sink *s)
{
    int fd = -1;
    size_t size = sizeof fd;

    return zmq_getsockopt(s->socket, ZMQ_FD, &fd, &size) == 0 ? fd : -1;
}

int textd_sink_position(const struct textd_sink *s, const char *name, struct textd_position *position)
{
    const struct place *place = outfile_find(&s->file, name, strlen(name));

    *position = place ? place->written : (struct textd_position) { 0, 0, 0 };
    return place && place->written.end > 0;
}
