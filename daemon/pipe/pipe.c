/* pipe.c: see pipe.h.
 *
 * A request goes to the daemon as it came, in an envelope that names its place here, and the reply comes back in it: so nothing of
 * either has to be read or changed, whatever its id is. The daemon knows the door by which it comes (sockets.c), and takes
 * nothing but `annotate` there, with or without an id.
 *
 * No more is pulled than `window` at a time: while the sink takes nothing, nothing is read, and whoever sends has to
 * wait (valve.h). Replies are always read from the daemon. */
#include "daemon/pipe/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include <textd/version.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/mp.h"
#include "common/mp_buf.h"
#include "common/parent_wire.h"
#include "common/zcall.h"
#include "daemon/net/gate.h"
#include "daemon/pipe/ends.h"
#include "daemon/pipe/hold.h"
#include "daemon/pipe/plan.h"
#include "daemon/pipe/valve.h"

#define MS UINT64_C(1000000)

/* Messages of one socket in one turn. */
#define BURST 64

/* Bytes of documents and replies beyond which nothing more is pulled. */
#define MOST_BYTES (UINT64_C(64) << 20)

/* Of replies that libzmq may hold for slow subscribers. */
#define MOST_PUBLISHED_BYTES (UINT64_C(32) << 20)

/* When it is told to finish it reads what is in the kernel, of senders that have gone, too: until nothing has come for so long
 * that could have been read. A tcp sender that goes on and on is cut off after a while; so is anybody at half the time that
 * there is for all. */
#define SILENCE_NS (20 * MS)
#define LAST_READ_NS (200 * MS)

/* From the unbinding until all that libzmq had read is sure to be seen. */
#define SETTLE_NS (30 * MS)

/* What the kernel gets to take the last replies' last bytes. */
#define LINGER_MS 1000

/* A refusal says when to come again; not at once, in any case. */
#define LEAST_WAIT_MS 2
#define MOST_WAIT_MS 5000

/* Once it is longer, the operator is told that the sink takes nothing. */
#define STALL_TOLD_NS (2000 * MS)

#define LAST_LOG_MS 200

/* How often it is looked at who has been waiting for the daemon for too long; and the most that a turn counts for there: a
 * process that was stopped itself has not waited. */
#define LOOK_NS (100 * MS)
#define LONGEST_TURN_NS (1100 * MS)

/* PULLING. READING: told to finish; what has come is read. CLOSED: nothing comes any more. */
enum phase { PULLING, READING, CLOSED };

static struct {
    struct td_pipe_plan plan;
    struct td_pipe_ends ends;
    struct td_hold hold;
    enum phase phase;
    uint64_t phase_ns;           /* since when */
    uint64_t n_blocks, block_ns; /* READING: blocks read, and when one could last not be read */
    unsigned turn;               /* the source that is given leave first */
    int wake_fd;
    int is_stall_told;
    uint64_t awake_ns, turn_ns;       /* how long this process has run, by its turns; when the last one began */
    uint64_t looked_ns;               /* at awake_ns */
    uint64_t n_cut;                   /* connections that were cut off, as far as it is told */
    _Atomic uint64_t published_bytes; /* in libzmq */
} it;

/* Names a document to the daemon, and back. */
struct label {
    uint32_t place, sequence;
};

/* ---- to the daemon ------------------------------------------------------------------------------------------------- */

/* Non-zero: all went. The DEALER has no mark, so what is refused is memory. */
static int ask(struct td_piece *piece)
{
    piece->asked_ns = it.awake_ns;
    const struct label label = { td_hold_place(&it.hold, piece), piece->sequence };
    void *daemon = it.ends.sources[piece->source].daemon;
    zmq_msg_t copies[TD_PIECE_FRAMES];

    for (unsigned i = 0; i < piece->n_frames; i++) {
        zmq_msg_init(&copies[i]);
        zmq_msg_copy(&copies[i], &piece->frames[i]); /* the bytes are shared */
    }
    int ok =
        td_zcall_send(daemon, &label, sizeof label, ZMQ_SNDMORE) >= 0 && td_zcall_send(daemon, "", 0, ZMQ_SNDMORE) >= 0;
    for (unsigned i = 0; i < piece->n_frames; i++) {
        ok = ok && td_zcall_msg_send(&copies[i], daemon, i + 1 < piece->n_frames ? ZMQ_SNDMORE : 0) >= 0;
        if (!ok)
            zmq_msg_close(&copies[i]);
    }
    return ok;
}

/* The rest of a message of too many frames: the daemon is shown enough of them to say so. */
static void take_frames(void *pull, struct td_piece *piece)
{
    zmq_msg_t extra;

    for (int more = 1; more;) {
        /* cppcheck-suppress uninitvar ; it is made through `frame` */
        zmq_msg_t *frame = piece->n_frames < TD_PIECE_FRAMES ? &piece->frames[piece->n_frames] : &extra;
        zmq_msg_init(frame);
        if (td_zcall_msg_recv(frame, pull) < 0) {
            zmq_msg_close(frame);
            return; /* only before the first: a message comes whole */
        }
        more = zmq_msg_more(frame);
        if (frame == &extra)
            zmq_msg_close(&extra);
        else
            piece->n_frames++;
    }
}

/* Non-zero when there was one, and a place for it. */
static int pull_one(unsigned source)
{
    struct td_piece *piece = td_hold_take(&it.hold, source);

    if (!piece)
        return 0;
    take_frames(it.ends.sources[source].pull, piece);
    if (piece->n_frames == 0) {
        td_hold_put_back(&it.hold, piece);
        return 0;
    }
    td_hold_enter(&it.hold, piece);
    if (!ask(piece)) {
        td_log(TD_LOG_ERROR, "pipe.no_memory", TD_STR("action", "end, and begin anew"));
        td_log_end(LAST_LOG_MS);
        _exit(EX_OSERR); /* half a message can't be taken back */
    }
    return 1;
}

static int is_readable(void *socket)
{
    return td_zcall_events(socket) & ZMQ_POLLIN;
}

static void pull_all(void)
{
    for (unsigned i = 0; i < it.ends.n_sources; i++)
        for (int n = 0; n < BURST && is_readable(it.ends.sources[i].pull) && pull_one(i); n++)
            ;
}

/* Lets each source in turn read one more block, as far as there is room for what may be in it. A block may hold many small
 * documents: they all have a place, and those beyond the window come of two blocks for each source: one that is read and not
 * yet looked at, and the one that was let in meanwhile. */
static void give_leave(void)
{
    uint32_t expected = it.hold.n;

    for (unsigned i = 0; i < it.ends.n_sources; i++)
        expected += td_valve_is_open(i) != 0;
    for (unsigned k = 0; k < it.ends.n_sources; k++) {
        unsigned i = (it.turn + k) % it.ends.n_sources;
        if (expected >= it.plan.window || it.hold.bytes >= MOST_BYTES)
            return;
        if (td_valve_is_open(i) || is_readable(it.ends.sources[i].pull))
            continue;
        td_valve_give(i);
        expected++;
        it.turn = i + 1;
    }
}

/* ---- back ---------------------------------------------------------------------------------------------------------- */

/* What of a reply is of interest here. */
struct verdict {
    int is_failed, is_overloaded;
    uint64_t retry_ms;
};

static struct verdict judge(zmq_msg_t *reply)
{
    const uint8_t *bytes = zmq_msg_data(reply);
    struct td_mp at = { bytes, bytes + zmq_msg_size(reply) }, found, error;
    struct verdict verdict = { .retry_ms = LEAST_WAIT_MS };
    struct td_mp_value value;

    if (td_mp_find(at, "ok", &found) != 0 || td_mp_read(&found, &value) != 0 || value.integer != 0)
        return verdict;
    verdict.is_failed = 1;
    if (td_mp_find(at, "error", &error) != 0)
        return verdict;
    if (td_mp_find(error, "code", &found) == 0 && td_mp_read(&found, &value) == 0)
        verdict.is_overloaded = td_mp_is(&value, td_code_name(TD_E_OVERLOADED));
    if (td_mp_find(error, "retry_after_ms", &found) == 0 && td_mp_read(&found, &value) == 0 &&
        value.type == TD_MP_INT && value.integer > LEAST_WAIT_MS)
        verdict.retry_ms = value.integer < MOST_WAIT_MS ? (uint64_t)value.integer : MOST_WAIT_MS;
    return verdict;
}

static void on_published(void *bytes, void *hint)
{
    atomic_fetch_sub(&it.published_bytes, (uint64_t)(uintptr_t)hint);
    free(bytes);
}

/* The pipeline's name; "(plugins)", which no pipeline can be called, when the request names those instead. */
static size_t topic_of(struct td_piece *piece, const char **topic)
{
    const uint8_t *bytes = zmq_msg_data(&piece->frames[0]);
    struct td_mp at = { bytes, bytes + zmq_msg_size(&piece->frames[0]) }, found;
    struct td_mp_value value;

    *topic = "default";
    if (td_mp_find(at, "pipeline", &found) == 0 && td_mp_read(&found, &value) == 0 && td_mp_as_text(&value) &&
        value.length <= 64) {
        *topic = value.bytes;
        return value.length;
    }
    if (td_mp_find(at, "plugins", &found) == 0 && td_mp_read(&found, &value) == 0 && value.type != TD_MP_NIL)
        *topic = "(plugins)";
    return strlen(*topic);
}

/* A copy of its own, since a subscriber may be slow, and the sink's is to be known as delivered. */
static void publish(struct td_piece *piece, zmq_msg_t *reply)
{
    size_t size = zmq_msg_size(reply);
    const char *topic;
    size_t length = topic_of(piece, &topic);
    char *bytes = atomic_load(&it.published_bytes) + size <= MOST_PUBLISHED_BYTES ? malloc(size + 1) : NULL;
    zmq_msg_t message;

    if (!bytes || zmq_msg_init_data(&message, bytes, size, on_published, (void *)(uintptr_t)size) != 0) {
        free(bytes);
        atomic_fetch_add(&it.hold.table->unpublished, 1);
        return;
    }
    memcpy(bytes, zmq_msg_data(reply), size);
    atomic_fetch_add(&it.published_bytes, size);
    int ok =
        td_zcall_send(it.ends.pub, topic, length, ZMQ_SNDMORE) >= 0 && td_zcall_msg_send(&message, it.ends.pub, 0) >= 0;
    if (!ok)
        zmq_msg_close(&message);
    atomic_fetch_add(ok ? &it.hold.table->published : &it.hold.table->unpublished, 1);
}

static void on_reply(struct td_piece *piece, zmq_msg_t *reply)
{
    struct verdict verdict = judge(reply);

    if (verdict.is_overloaded) {
        zmq_msg_close(reply);
        td_hold_wait(&it.hold, piece, td_now_ns() + verdict.retry_ms * MS);
        return;
    }
    if (it.ends.pub)
        publish(piece, reply);
    td_hold_answer(&it.hold, piece, reply, verdict.is_failed);
    if (!it.ends.push)
        td_hold_let_go(&it.hold);
}

/* Non-zero when there was one: the label, the empty frame, the reply. */
static int take_reply(void *daemon)
{
    struct label label = { UINT32_MAX, 0 };
    struct td_piece *piece;
    zmq_msg_t frame;

    for (unsigned n = 0, more = 1; more; n++) {
        zmq_msg_init(&frame);
        if (td_zcall_msg_recv(&frame, daemon) < 0) {
            zmq_msg_close(&frame);
            return 0;
        }
        more = (unsigned)zmq_msg_more(&frame);
        if (n == 0 && zmq_msg_size(&frame) == sizeof label)
            memcpy(&label, zmq_msg_data(&frame), sizeof label);
        if (n == 2 && (piece = td_hold_find(&it.hold, label.place, label.sequence)))
            on_reply(piece, &frame); /* takes it over */
        else
            zmq_msg_close(&frame);
    }
    return 1;
}

static void take_replies(void)
{
    for (unsigned i = 0; i < it.ends.n_sources; i++)
        for (int n = 0; n < BURST && take_reply(it.ends.sources[i].daemon); n++)
            ;
}

/* How long the daemon may take, at most: until the document's deadline, and a grace. */
static uint64_t patience_of(struct td_piece *piece)
{
    const uint8_t *bytes = zmq_msg_data(&piece->frames[0]);
    struct td_mp at = { bytes, bytes + zmq_msg_size(&piece->frames[0]) }, found;
    struct td_mp_value value;
    uint64_t ms = it.plan.patience_ms;

    if (td_mp_find(at, "deadline_ms", &found) == 0 && td_mp_read(&found, &value) == 0 && td_mp_as_integer(&value) &&
        value.integer > 0)
        ms = (uint64_t)value.integer + it.plan.patience_grace_ms;
    return (ms < it.plan.patience_most_ms ? ms : it.plan.patience_most_ms) * MS;
}

/* As the daemon would (documents/reply.c). -1: no memory. */
static int write_unanswered(struct td_piece *piece, zmq_msg_t *message)
{
    const uint8_t *bytes = zmq_msg_data(&piece->frames[0]);
    struct td_mp found, after;
    struct td_buf out = { .limit = 1u << 20 };
    msgpack_packer packer = td_buf_packer(&out);

    msgpack_pack_map(&packer, 4);
    td_pack_count(&packer, "v", TEXTD_PROTOCOL_VERSION);
    td_pack_str(&packer, "id");
    int has_id = td_mp_find((struct td_mp) { bytes, bytes + zmq_msg_size(&piece->frames[0]) }, "id", &found) == 0;
    after = found;
    if (has_id && td_mp_skip(&after) == 0)
        td_buf_append(&out, found.at, (size_t)(after.at - found.at));
    else
        msgpack_pack_nil(&packer);
    td_pack_str(&packer, "ok");
    td_pack_bool(&packer, 0);
    td_pack_str(&packer, "error");
    msgpack_pack_map(&packer, 3);
    td_pack_pair(&packer, "code", td_code_name(TD_E_INTERNAL));
    td_pack_pair(&packer, "message", "the daemon has not answered by the document's deadline, nor some time after it");
    td_pack_str(&packer, "retryable");
    td_pack_bool(&packer, td_code_is_retryable(TD_E_INTERNAL));
    int failed = out.full || zmq_msg_init_size(message, out.length) != 0;
    if (!failed)
        memcpy(zmq_msg_data(message), out.bytes, out.length);
    td_buf_free(&out);
    return failed ? -1 : 0;
}

/* What was never answered would hold its place for ever. A reply that comes after all finds its place to be another's. */
static void give_up(void)
{
    uint64_t now = td_now_ns(), turn_ns = it.turn_ns ? now - it.turn_ns : 0;
    uint32_t n = 0;
    zmq_msg_t reply;

    it.turn_ns = now;
    it.awake_ns += turn_ns < LONGEST_TURN_NS ? turn_ns : LONGEST_TURN_NS;
    if (it.awake_ns - it.looked_ns < LOOK_NS)
        return;
    it.looked_ns = it.awake_ns;
    for (uint32_t i = 0; i < TD_FLIGHT_PLACES && it.hold.n > 0; i++) {
        struct td_piece *piece = &it.hold.pieces[i];
        if (piece->state != TD_PIECE_ASKED || it.awake_ns - piece->asked_ns < patience_of(piece) ||
            write_unanswered(piece, &reply) != 0)
            continue;
        n++;
        on_reply(piece, &reply);
    }
    if (n > 0)
        td_log(TD_LOG_ERROR, "pipe.unanswered", TD_INT("documents", n),
               TD_STR("action", "the sink is told that the daemon has not answered"));
}

/* When the next that was refused is to be asked again; 0: there is none. */
static uint64_t ask_again(void)
{
    uint64_t now = td_now_ns(), next = 0;

    for (uint32_t i = 0; i < TD_FLIGHT_PLACES && it.hold.n_waiting > 0; i++) {
        struct td_piece *piece = &it.hold.pieces[i];
        if (piece->state != TD_PIECE_WAITING)
            continue;
        if (piece->due_ns > now) {
            next = next == 0 || piece->due_ns < next ? piece->due_ns : next;
            continue;
        }
        td_hold_ask_again(&it.hold, piece);
        if (!ask(piece))
            _exit(EX_OSERR);
    }
    return next;
}

static void give_replies(void)
{
    for (int n = 0; n < BURST && it.ends.push && td_hold_give(&it.hold, it.ends.push); n++)
        ;
}

/* ---- the end ------------------------------------------------------------------------------------------------------- */

static void change_phase(enum phase phase)
{
    it.phase = phase;
    it.phase_ns = it.block_ns = td_now_ns();
}

/* Non-zero: all have had leave to read for a while, and found nothing. */
static int is_silent(uint64_t now)
{
    uint64_t n_blocks = 0;
    int is_open = 1;

    for (unsigned i = 0; i < it.ends.n_sources; i++) {
        n_blocks += td_valve_n_blocks(i);
        is_open = is_open && td_valve_is_open(i);
    }
    if (n_blocks != it.n_blocks || !is_open)
        it.block_ns = now;
    it.n_blocks = n_blocks;
    return now - it.block_ns >= SILENCE_NS;
}

static uint64_t last_read_ns(void)
{
    uint64_t half_ns = it.plan.grace_ms * MS / 2;

    for (unsigned i = 0; i < it.ends.n_sources; i++)
        if (strncmp(it.plan.lists[TD_PIPE_FROM].all[i].name, "tcp://", 6) == 0 && half_ns > LAST_READ_NS)
            return LAST_READ_NS;
    return half_ns;
}

static void look_at_end(void)
{
    if (it.phase == PULLING && it.plan.must_finish) {
        td_valve_shut();
        change_phase(READING);
    }
    uint64_t now = td_now_ns();
    if (it.phase != READING || (!is_silent(now) && now - it.phase_ns < last_read_ns()))
        return;
    for (unsigned i = 0; i < it.ends.n_sources; i++)
        td_valve_close(i);
    td_pipe_ends_unbind(&it.ends, &it.plan);
    change_phase(CLOSED);
}

static int is_done(void)
{
    if (it.phase != CLOSED || it.hold.n > 0 || td_now_ns() - it.phase_ns < SETTLE_NS)
        return 0;
    for (unsigned i = 0; i < it.ends.n_sources; i++)
        if (is_readable(it.ends.sources[i].pull))
            return 0;
    return 1;
}

/* ---- a turn -------------------------------------------------------------------------------------------------------- */

static void tell_cut(void)
{
    uint64_t n = td_valve_n_cut();

    if (n > it.n_cut)
        td_log(TD_LOG_WARN, "pipe.endless", TD_INT("connections", n - it.n_cut),
               TD_STR("error", "a message has more parts, or more bytes, than one may have, and no end"),
               TD_STR("action", "its connection is cut off"));
    it.n_cut = n;
}

static void tell_stall(void)
{
    uint64_t since = atomic_load(&it.hold.table->stalled_since_ns), now = td_now_ns();
    int is_stalled = since > 0 && now > since + STALL_TOLD_NS;

    if (is_stalled == it.is_stall_told)
        return;
    it.is_stall_told = is_stalled;
    if (is_stalled)
        td_log(TD_LOG_WARN, "pipe.sink_waits", TD_INT("documents", it.hold.n), TD_INT("ms", (now - since) / MS),
               TD_STR("action", "nothing more is pulled than the window"));
    else
        td_log(TD_LOG_INFO, "pipe.sink_takes", TD_INT("documents", it.hold.n));
}

static long timeout_ms(uint64_t due_ns)
{
    uint64_t now = td_now_ns();
    long ms = due_ns == 0 ? 1000 : due_ns > now ? (long)((due_ns - now) / MS) + 1 : 0;

    if (it.phase != PULLING && ms > 5)
        ms = 5;
    if (it.hold.n > 0 && ms > (long)(LOOK_NS / MS)) /* the daemon may not answer */
        ms = (long)(LOOK_NS / MS);
    return td_log_waits() && ms > 100 ? 100 : ms < 1000 ? ms : 1000;
}

/* Waits until there is something to do. What is looked at matters little: the turn that follows looks at all. */
static void sleep_until(uint64_t due_ns)
{
    zmq_pollitem_t items[3 + 2 * TD_PIPE_MOST_ENDS];
    int n = 0;
    uint64_t count;

    items[n++] = (zmq_pollitem_t) { .fd = TD_PIPE_LINE_FD, .events = ZMQ_POLLIN };
    items[n++] = (zmq_pollitem_t) { .fd = it.wake_fd, .events = ZMQ_POLLIN };
    if (it.ends.push && it.hold.n_answered > 0)
        items[n++] = (zmq_pollitem_t) { .socket = it.ends.push, .events = ZMQ_POLLOUT };
    for (unsigned i = 0; i < it.ends.n_sources; i++) {
        items[n++] = (zmq_pollitem_t) { .socket = it.ends.sources[i].daemon, .events = ZMQ_POLLIN };
        if (it.hold.free)
            items[n++] = (zmq_pollitem_t) { .socket = it.ends.sources[i].pull, .events = ZMQ_POLLIN };
    }
    zmq_poll(items, n, timeout_ms(due_ns));
    (void)!read(it.wake_fd, &count, sizeof count);
}

static int serve(void)
{
    while (!is_done()) {
        if (!td_pipe_plan_read(&it.plan)) {
            td_log_end(0);
            return EX_SOFTWARE; /* the supervisor is gone; whoever follows is told what we had */
        }
        take_replies();
        td_hold_collect(&it.hold);
        pull_all();
        give_up();
        uint64_t due_ns = ask_again();
        give_replies();
        look_at_end();
        if (it.phase != CLOSED)
            give_leave();
        tell_stall();
        tell_cut();
        if (td_log_waits())
            td_log_resume();
        sleep_until(due_ns);
    }
    td_pipe_ends_close(&it.ends, &it.plan, LINGER_MS);
    return EX_OK;
}

/* ---- the start ----------------------------------------------------------------------------------------------------- */

/* Signals of a terminal or a service manager are the parent's to act on. With it we end. */
static void settle_in(void)
{
    struct rlimit limit;

    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "textd-pipe");
    prctl(PR_SET_DUMPABLE, 0); /* it has documents, which are none of other processes' of our user */
    fcntl(TD_PIPE_LINE_FD, F_SETFD, FD_CLOEXEC);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int start(struct td_err *err)
{
    struct td_flight *table = td_flight_map(TD_PIPE_TABLE_FD);

    close(TD_PIPE_TABLE_FD);
    it.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!table || it.wake_fd < 0 || td_hold_init(&it.hold, table, it.wake_fd) != 0)
        return td_fail(err, TD_E_SYSTEM, "the pipe process can't have what it needs: %s", strerror(errno));
    td_gate_init(NULL);
    td_valve_init(it.plan.lists[TD_PIPE_FROM].n, it.wake_fd, (uint64_t)it.plan.frame_bytes * TD_PIECE_FRAMES);
    return td_pipe_ends_open(&it.ends, &it.plan, err);
}

int td_pipe_main(void)
{
    struct td_err err;

    settle_in();
    it.plan.said = (struct td_buf) { .limit = 1u << 20 };
    while (!it.plan.is_whole)
        if (!td_pipe_plan_read(&it.plan))
            return EX_USAGE;
    if (start(&err) != TD_OK) {
        td_pipe_plan_say_refused(&err);
        return EX_UNAVAILABLE;
    }
    if (td_pipe_plan_say_ready() != 0)
        return EX_OSERR; /* another may be heard */
    int rc = serve();
    td_log_end(LAST_LOG_MS);
    return rc;
}
