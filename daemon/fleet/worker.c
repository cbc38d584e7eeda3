/* worker.c: see worker.h. Death is told twice, by end-of-file and by exit status, in either order; both
 * are awaited, the channel is read to its end first, and nobody ever waits in a system call for either. */
#include "daemon/fleet/worker.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "daemon/fleet/done.h"
#include "daemon/fleet/slumber.h"

/* From a channel's end to SIGKILL for a process that doesn't exit. */
#define GRAVE_MS 100

/* From the word to go to SIGKILL, for a worker that has nothing left to do. */
#define RETIRE_MS 2000

/* For so long a share of memory is good enough for who asks. */
#define PSS_AGE_NS UINT64_C(1000000000)

static const struct td_state_info states[] = {
#define X(name, text, to) [TD_WORKER_##name] = { text, to },
    TD_WORKER_STATES(X)
#undef X
};

const char *td_worker_state_name(enum td_worker_state state)
{
    return states[state].name;
}

static void change_state(struct td_worker *w, enum td_worker_state state)
{
    td_state_check(states, w->state, state);
    td_log(TD_LOG_DEBUG, "worker.state", TD_INT("worker", w->slot), TD_INT("generation", w->generation),
           TD_INT("pid", w->process.pid), TD_STR("from", td_worker_state_name(w->state)),
           TD_STR("to", td_worker_state_name(state)));
    w->state = state;
}

/* It is on its way out: from here on nothing but GONE follows. */
static void leave(struct td_worker *w)
{
    if (w->state < TD_WORKER_LEAVING)
        change_state(w, TD_WORKER_LEAVING);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct td_worker *w = handle->data;

    if (--w->open_handles > 0)
        return;
    td_channel_free(&w->channel);
    if (w->process.stat_fd >= 0)
        close(w->process.stat_fd);
    td_worker_log_free(&w->log);
    munmap(w->board, TD_SHARED_BYTES);
    free(w);
}

/* The poll handle's data is the channel, which is inside the worker. */
static void on_channel_closed(uv_handle_t *handle)
{
    struct td_channel *channel = handle->data;

    handle->data = channel->data;
    on_handle_closed(handle);
}

/* So is the log, with its handles. */
static void on_log_closed(uv_handle_t *handle)
{
    handle->data = (char *)handle->data - offsetof(struct td_worker, log);
    on_handle_closed(handle);
}

static void on_footprint_closed(struct td_footprint *footprint)
{
    struct td_worker *w = (struct td_worker *)(void *)((char *)footprint - offsetof(struct td_worker, footprint));

    on_handle_closed((uv_handle_t *)&w->watch); /* it counts as one more handle */
}

/* The worker is freed when libuv has let go of the last of them. */
static void close_handles(struct td_worker *w)
{
    uv_close((uv_handle_t *)&w->watch, on_handle_closed);
    uv_close((uv_handle_t *)&w->grave, on_handle_closed);
    td_channel_close(&w->channel, on_channel_closed);
    w->open_handles += w->log.n_handles + 1;
    td_footprint_close(&w->footprint, on_footprint_closed);
    td_worker_log_close(&w->log, on_log_closed);
}

/* When both tidings are here, it is gone. */
static void bury(struct td_worker *w)
{
    if (!w->has_exited || !w->channel.ended || w->state == TD_WORKER_GONE)
        return;
    change_state(w, TD_WORKER_GONE);
    td_worker_log_drain(&w->log); /* its last words come before the news of its death */
    w->events->gone(w->data, w);
    assert(w->docs.count == 0);
    close_handles(w);
}

/* How it ended. The parent tells, and while it is held up /proc does; but not of a process that isn't dumpable. Then a fatal signal
 * is known from the scoreboard, as is an end that we wanted. Any other may have come from outside: it is taken for that, which runs
 * the document again, once, and blames nobody. */
static void note_exit(struct td_worker *w, const struct td_spawned *process)
{
    w->has_exited = 1;
    w->exit_status = process->exit_status;
    w->exit_signal = process->exit_signal;
    if (!process->is_untold)
        return;
    w->exit_signal = (int)atomic_load_explicit(&w->board->signal, memory_order_acquire);
    if (w->exit_signal > 0 && w->exit_signal < NSIG)
        return;
    w->exit_signal = w->was_told_to_go && w->killed_for == TD_KILL_NOT ? 0 : SIGKILL;
    w->is_untold = w->exit_signal == SIGKILL && w->killed_for == TD_KILL_NOT;
}

static void on_process_gone(struct td_spawned *process)
{
    struct td_worker *w = (struct td_worker *)(void *)((char *)process - offsetof(struct td_worker, process));

    note_exit(w, process);
    uv_timer_stop(&w->grave);
    td_worker_drain(w);
    /* A process that the plugin forked may hold the channel open for a moment; nothing that it says counts. */
    td_channel_stop(&w->channel);
    bury(w);
}

/* Its channel has ended some time ago. Either it stays, or it is dead and the parent, who is to tell us, is held up: then
 * its documents need not wait for that. Or we were held up ourselves. */
static void on_grave(uv_timer_t *timer)
{
    struct td_worker *w = timer->data;

    if (w->channel.ended && td_lifeline_look(&w->process))
        return;
    if (w->killed_for == TD_KILL_NOT)
        td_worker_kill(w, w->is_ring_lost ? TD_KILL_RING : TD_KILL_SILENT);
    uv_timer_start(&w->grave, on_grave, GRAVE_MS, 0);
}

/* It has said what it can't have meant. */
static void end_for_nonsense(struct td_worker *w, const char *what)
{
    td_log(TD_LOG_ERROR, "worker.channel", TD_INT("worker", w->slot), TD_STR("error", what), TD_STR("action", "kill"));
    td_worker_kill(w, TD_KILL_CHANNEL);
}

static void on_channel_end(void *data, const char *why)
{
    struct td_worker *w = data;

    td_worker_take(w); /* what came before */
    if (w->state != TD_WORKER_LEAVING && why)
        end_for_nonsense(w, why);
    leave(w); /* whatever it died of: no document finds it any more */
    if (!w->has_exited)
        uv_timer_start(&w->grave, on_grave, GRAVE_MS, 0);
    bury(w);
}

/* The worker writes a reply when its plugins are done: what comes before is a plugin's. Seen in the act, it can be named. (Bytes
 * that were read are older than what the scoreboard says after, so this can't be the reply's own beginning.) */
static void on_partial(void *data)
{
    struct td_worker *w = data;

    td_worker_take(w); /* they are older */
    struct td_worker_place place = td_worker_where(w);
    if (w->ready_ns && w->state < TD_WORKER_LEAVING && w->docs.first && place.phase == TD_PHASE_PLUGIN &&
        place.sequence == w->docs.first->job.sequence)
        end_for_nonsense(w, "bytes from inside a plugin");
}

/* The fields that say how long the parts are must fit the frame; the rest is the owner's to judge. */
static int done_fits(const struct td_done *done, size_t length)
{
    return length >= sizeof *done && done->warnings_bytes <= length - sizeof *done &&
           done->pairs_bytes <= length - sizeof *done - done->warnings_bytes;
}

/* Whether it has come out of the plugins with that document: before, a reply to it is none of the worker's. The page was written
 * before the reply was, so that it can't be behind it. */
static int is_done_with(const struct td_worker *w, uint64_t sequence)
{
    struct td_worker_place place = td_worker_where(w);

    return place.sequence > sequence || (place.sequence == sequence && place.phase == TD_PHASE_IDLE);
}

/* A frame that it can't have meant, or not now. */
static void end_for_frame(struct td_worker *w, uint32_t kind, size_t length, uint64_t sequence)
{
    td_log(TD_LOG_ERROR, "worker.frame", TD_INT("worker", w->slot), TD_INT("kind", kind), TD_INT("length", length),
           TD_STR("action", "kill"));
    if (w->docs.count > 0 && sequence > 0 && sequence < w->docs.first->job.sequence)
        w->guilty_sequence = sequence; /* answered before: those that it has now are none the worse for it */
    td_worker_kill(w, TD_KILL_CHANNEL);
}

/* A DONE, whichever way it came. */
static void on_reply(struct td_worker *w, const unsigned char *frame, size_t length)
{
    struct td_done done = { .pairs_bytes = UINT32_MAX };

    if (length >= sizeof done)
        memcpy(&done, frame, sizeof done);
    if (!done_fits(&done, length) || w->docs.count == 0 || done.sequence != w->docs.first->job.sequence) {
        end_for_frame(w, TD_FRAME_DONE, length, done.sequence);
        return;
    }
    if (w->channel.written < w->docs.first->sent_end) { /* with the reply would go what is still to be written */
        w->guilty_sequence = done.sequence - 1;         /* one of those before; this one can't have been begun */
        end_for_nonsense(w, "a reply to what it has not been given");
        return;
    }
    const char *wrong = is_done_with(w, done.sequence) ? td_done_check(&done, frame + sizeof done, length - sizeof done)
                                                       : "a reply from inside a plugin";
    if (wrong) {
        end_for_nonsense(w, wrong);
        return;
    }
    w->n_done++;
    w->events->done(w->data, w, &done, frame + sizeof done);
}

/* ---- The ring ---------------------------------------------------------------------------------------------------- */

/* A plugin has scribbled over it. Which, and at which document, nobody knows, since some may have come and gone meanwhile; replies that
 * were there are lost. Mostly its death follows, which tells; if it doesn't, the worker is ended. What it has is run again by workers
 * without a ring, so that another time it is known. */
static void lose_ring(struct td_worker *w)
{
    w->is_ring_lost = 1;
    td_log(TD_LOG_ERROR, "worker.channel", TD_INT("worker", w->slot),
           TD_STR("error", "a plugin has scribbled over its replies"),
           TD_STR("action", "replace by one without a ring"));
    leave(w);
    if (!w->has_exited)
        uv_timer_start(&w->grave, on_grave, GRAVE_MS, 0);
}

/* Room for one, each time. */
static unsigned char *frame_room(void)
{
    static _Alignas(struct td_done) unsigned char room[TD_RING_FRAME];

    return room;
}

/* Whatever stands in the ring when its first document's reply has to come by the channel is a plugin's, and of no meaning. */
static int is_heard(const struct td_worker *w)
{
    return w->state != TD_WORKER_GONE && !w->channel.is_stopped && !w->is_ring_lost &&
           (!w->docs.first || w->docs.first->job.by_ring);
}

int td_worker_has_reply(const struct td_worker *w)
{
    return td_ring_has(&w->ring) && w->waits_at != w->ring.at + 1 && is_heard(w);
}

void td_worker_take(struct td_worker *w)
{
    unsigned char *frame = frame_room();
    struct td_done done;

    while (td_ring_has(&w->ring) && is_heard(w)) {
        int length = td_ring_look(&w->ring, frame);
        if (length >= (int)sizeof done)
            memcpy(&done, frame, sizeof done);
        if (length < (int)sizeof done || done.frame.kind != TD_FRAME_DONE || done.frame.length != (uint32_t)length) {
            lose_ring(w);
            return;
        }
        if ((int32_t)(done.n_by_socket - w->n_by_socket) > 0) {
            w->waits_at = w->ring.at + 1; /* it was put in behind one that comes by the channel, which is heard */
            return;
        }
        td_ring_take(&w->ring, (size_t)length);
        w->channel.read_ms = uv_now(w->watch.loop);
        on_reply(w, frame, (size_t)length);
    }
}

void td_worker_drain(struct td_worker *w)
{
    td_channel_drain(&w->channel);
    td_worker_take(w);
}

/* One for each slumber, while that lasts or later. */
static int is_wake(struct td_worker *w, const unsigned char *frame, size_t length)
{
    struct td_wake wake;

    if (length != sizeof wake || !w->ring.ring)
        return 0;
    memcpy(&wake, frame, sizeof wake);
    if (wake.slumber % 2 == 0 || wake.slumber <= w->woken || wake.slumber > td_slumber_times())
        return 0;
    w->woken = wake.slumber;
    return 1;
}

/* ---- The channel ------------------------------------------------------------------------------------------------- */

static void on_frame(void *data, uint32_t kind, const unsigned char *frame, size_t length)
{
    struct td_worker *w = data;
    const unsigned char *body = frame + sizeof(struct td_frame);
    struct td_refused refused;
    struct td_err why;

    td_worker_take(w); /* what came before it */
    if (w->channel.is_stopped || w->is_ring_lost)
        return;
    if (kind == TD_FRAME_DONE) {
        w->n_by_socket++;
        w->waits_at = 0; /* what waits in the ring may have waited for this one */
        on_reply(w, frame, length);
        return;
    }
    if (kind == TD_FRAME_WAKE && is_wake(w, frame, length))
        return;                                                 /* that the loop is awake is all */
    if (kind == TD_FRAME_BORN && !w->is_born && !w->ready_ns) { /* it may have been told to go before that */
        w->is_born = 1;
        w->process.stat_fd = td_channel_take_passed(&w->channel, 0); /* -1 when we had no descriptor free */
        w->footprint.fd = td_channel_take_passed(&w->channel, 1);
        return;
    }
    if (kind == TD_FRAME_READY && w->state == TD_WORKER_STARTING) {
        w->ready_ns = td_now_ns();
        td_lifeline_catch_up(); /* two lines, and no order between them: its pid may wait unread */
        td_worker_look(w);      /* whether its death will be ours to see */
        uv_timer_stop(&w->watch);
        change_state(w, TD_WORKER_READY);
        w->events->ready(w->data, w, body, length - sizeof(struct td_frame));
        return;
    }
    if ((kind == TD_FRAME_READY || kind == TD_FRAME_REFUSED) && w->state == TD_WORKER_LEAVING)
        return; /* it was told to go before it was ready */
    if (kind == TD_FRAME_REFUSED && w->state == TD_WORKER_STARTING &&
        length >= sizeof(struct td_frame) + sizeof refused) {
        memcpy(&refused, body, sizeof refused);
        td_fail(&why, refused.code == TD_E_SYSTEM ? TD_E_SYSTEM : TD_E_CONFIG, "%.*s",
                (int)(length - sizeof(struct td_frame) - sizeof refused), (const char *)body + sizeof refused);
        change_state(w, TD_WORKER_LEAVING);
        w->events->refused(w->data, w, &why);
        return;
    }
    end_for_frame(w, kind, length, 0);
}

static void on_watch(uv_timer_t *timer)
{
    struct td_worker *w = timer->data;

    w->events->watch(w->data, w);
}

/* Memory that the worker will inherit. It is sealed in its size: we read it at any time, and that ends a process when the
 * file was cut behind the page. */
static int make_board(struct td_worker *w, int *fd, struct td_err *err)
{
    *fd = memfd_create("textd-scoreboard", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (*fd >= 0 && ftruncate(*fd, TD_SHARED_BYTES) == 0 &&
        fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
        char *base = mmap(NULL, TD_SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
        if (base != MAP_FAILED) {
            w->board = (struct td_scoreboard *)(void *)(base + TD_SHARED_BOARD);
            atomic_store(&w->board->plugin, TD_NO_PLUGIN);
            atomic_store(&w->board->entered, TD_NO_PLUGIN);
            w->ring.ring = (struct td_ring *)(void *)(base + TD_SHARED_RING);
            w->ring.taken = (struct td_ring_taken *)(void *)(base + TD_SHARED_TAKEN);
            return TD_OK;
        }
    }
    int error = errno;
    if (*fd >= 0)
        close(*fd);
    return td_fail(err, TD_E_SYSTEM, "can't make a worker's scoreboard: %s", strerror(error));
}

/* The descriptors are the process's from now on. `output_fd`: of a pipe, for whatever it prints. Our stderr is none of its
 * business: it could fill it, or forge our lines. */
static int ask_for_process(struct td_worker *w, const char *pool, int channel_fd, int board_fd, int output_fd,
                           struct td_err *err)
{
    static const uint8_t targets[] = { TD_WORKER_CHANNEL_FD, TD_WORKER_SCOREBOARD_FD, STDOUT_FILENO,
                                       TD_WORKER_SLUMBER_FD };
    /* Those that are handed over are closed. */
    int fds[] = { channel_fd, board_fd, output_fd, w->ring.ring ? fcntl(td_slumber_fd(), F_DUPFD_CLOEXEC, 0) : -1 };
    unsigned n = fds[3] >= 0 ? 4 : 3;
    char title[80];

    if (n == 3)
        w->ring.ring = NULL;

    snprintf(title, sizeof title, "textd: worker %u gen %u%s%s", w->slot, w->generation, pool ? " pool " : "",
             pool ? pool : "");
    w->process.on_gone = on_process_gone;
    return td_lifeline_spawn(&w->process, title, fds, targets, n, err);
}

/* The process finds it in its channel when it comes, or waits for it. What is refused here is refused as if no worker
 * could be made: too many descriptors are under way (ETOOMANYREFS), say, which passes. */
static int send_setup(struct td_worker *w, const struct td_setup_parcel *setup, struct td_err *err)
{
    struct td_frame head = { .length = (uint32_t)(sizeof head + setup->body.length), .kind = TD_FRAME_SETUP };
    struct iovec parts[] = { { &head, sizeof head }, { setup->body.bytes, setup->body.length } };
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof setup->fds)] = { 0 };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2, .msg_control = control };
    struct cmsghdr *rights = (struct cmsghdr *)(void *)control;

    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(setup->n_fds * sizeof(int));
    memcpy(CMSG_DATA(rights), setup->fds, setup->n_fds * sizeof(int));
    message.msg_controllen = CMSG_SPACE(setup->n_fds * sizeof(int));
    /* Nothing is in the fresh socket yet, and a SETUP is far smaller than its buffer: it goes at once or never. */
    ssize_t n = sendmsg(w->channel.fd, &message, MSG_NOSIGNAL);
    if (n == (ssize_t)head.length)
        return TD_OK;
    return td_fail(err, TD_E_SYSTEM, "can't send a worker its set-up of %u bytes: %s", head.length,
                   n < 0 ? strerror(errno) : "its channel takes less; shorten the plugins' options");
}

static void init_timers(struct td_worker *w, uv_loop_t *loop)
{
    uv_timer_init(loop, &w->watch);
    uv_timer_init(loop, &w->grave);
    w->watch.data = w->grave.data = w;
    w->open_handles = 3;
}

/* The channel's ends: ours not blocking, the worker's blocking, both closed on exec but for the worker's own copy. */
static int make_pair(int pair[2], struct td_err *err)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 || fcntl(pair[0], F_SETFL, O_NONBLOCK) != 0)
        return td_fail(err, TD_E_SYSTEM, "can't make a worker's channel: %s", strerror(errno));
    return TD_OK;
}

/* The parts that a worker has before its process: the channel's two ends, the page, the timers. On TD_OK pair[1] and
 * *board_fd are the caller's to hand to the process and close. */
static int make_parts(struct td_worker *w, uv_loop_t *loop, size_t largest_reply, int pair[2], int *board_fd,
                      struct td_err *err)
{
    int rc = make_pair(pair, err);

    if (rc != TD_OK)
        return rc;
    if ((rc = make_board(w, board_fd, err)) != TD_OK)
        goto close_pair;
    if ((rc = td_channel_init(&w->channel, loop, pair[0], largest_reply, err)) != TD_OK)
        goto unmap_board;
    w->channel.on_frame = on_frame;
    w->channel.on_end = on_channel_end;
    w->channel.on_partial = on_partial;
    w->channel.data = w;
    w->channel.taken = w->ring.taken;
    init_timers(w, loop);
    td_footprint_init(&w->footprint, loop);
    return TD_OK;
unmap_board:
    munmap(w->board, TD_SHARED_BYTES);
    close(*board_fd);
close_pair:
    close(pair[0]);
    close(pair[1]);
    return rc;
}

/* With a set-up it finds that; without one it waits for it. */
static int spawn(struct td_worker **worker, uv_loop_t *loop, const struct td_worker_who *who,
                 const struct td_setup_parcel *setup, size_t largest_reply, const struct td_worker_events *events,
                 void *data, struct td_err *err)
{
    struct td_worker *w = calloc(1, sizeof *w);
    int pair[2], board_fd, output[2];

    if (!w)
        return td_fail(err, TD_E_SYSTEM, "no memory for a worker");
    w->slot = who->slot;
    w->generation = who->generation;
    w->plugins = who->plugins;
    w->events = events;
    w->data = data;
    w->spawned_ns = td_now_ns();
    w->process.stat_fd = -1; /* also when it comes to no process */
    w->is_set_up = setup != NULL;
    if (pipe2(output, O_CLOEXEC) != 0) {
        free(w);
        return td_fail(err, TD_E_SYSTEM, "can't make a pipe for what a worker prints: %s", strerror(errno));
    }
    int rc = make_parts(w, loop, largest_reply, pair, &board_fd, err);
    if (rc != TD_OK) {
        close(output[0]);
        close(output[1]);
        free(w);
        return rc;
    }
    if (!who->has_ring || td_slumber_fd() < 0)
        w->ring.ring = NULL;
    td_worker_log_open(&w->log,
                       (struct td_worker_log_source) { w->slot, w->generation, w->board, events->plugin_name, data },
                       loop, output[0]);
    if (!setup || (rc = send_setup(w, setup, err)) == TD_OK) {
        rc = ask_for_process(w, who->pool, pair[1], board_fd, output[1], err);
    } else {
        close(pair[1]);
        close(board_fd);
        close(output[1]);
    }
    if (rc == TD_OK)
        *worker = w;
    else
        close_handles(w);
    return rc;
}

int td_worker_spawn(struct td_worker **worker, uv_loop_t *loop, const struct td_worker_who *who,
                    const struct td_setup_parcel *setup, size_t largest_reply, const struct td_worker_events *events,
                    void *data, struct td_err *err)
{
    return spawn(worker, loop, who, setup, largest_reply, events, data, err);
}

int td_worker_hire(struct td_worker **worker, uv_loop_t *loop, const struct td_worker_who *who, size_t largest_reply,
                   const struct td_worker_events *events, void *data, struct td_err *err)
{
    return spawn(worker, loop, who, NULL, largest_reply, events, data, err);
}

int td_worker_set_up(struct td_worker *w, uint64_t plugins, const struct td_setup_parcel *setup, struct td_err *err)
{
    assert(w->state == TD_WORKER_STARTING && !w->is_set_up);
    w->plugins = plugins;
    w->spawned_ns = td_now_ns(); /* what came before was ours to wait for */
    int rc = send_setup(w, setup, err);
    w->is_set_up = rc == TD_OK;
    return rc;
}

struct td_worker_place td_worker_where(const struct td_worker *w)
{
    /* The phase first, in a statement of its own: initializers have no order, and a sequence that was read before a phase that
     * is the next document's makes a worker that is done with the first look as if it were still in a plugin with it. */
    enum td_phase phase = (enum td_phase)atomic_load_explicit(&w->board->phase, memory_order_acquire);
    struct td_worker_place place = {
        .phase = phase,
        .sequence = atomic_load_explicit(&w->board->sequence, memory_order_relaxed),
        .since_ns = atomic_load_explicit(&w->board->since_ns, memory_order_relaxed),
        .plugin = atomic_load_explicit(&w->board->plugin, memory_order_relaxed),
    };

    if (!td_worker_has(w, place.plugin))
        place.plugin = TD_NO_PLUGIN;
    return place;
}

struct td_process td_worker_look(struct td_worker *w)
{
    struct td_process now = { 0 };

    if (!w->process.pid || w->has_exited)
        return now;
    now = td_process_look(w->process.stat_fd, w->process.pid);
    w->process.is_closed |= now.is_closed;
    return now;
}

uint64_t td_worker_pss(struct td_worker *w)
{
    return w->has_exited ? 0 : td_footprint_bytes(&w->footprint, PSS_AGE_NS);
}

void td_worker_watch_in(struct td_worker *w, uint64_t ns)
{
    uint64_t ms = ns / 1000000 + 1;

    if (uv_is_active((uv_handle_t *)&w->watch) && uv_timer_get_due_in(&w->watch) <= ms)
        return;
    uv_update_time(w->watch.loop); /* the loop's time is that of its turn's start, which a long turn leaves behind */
    uv_timer_start(&w->watch, on_watch, ms, 0);
}

/* Exited, and not yet known to be: its death comes with the next turn. */
static int is_dead(struct td_worker *w)
{
    char state = w->process.pid ? td_worker_look(w).state : 'R';

    return state == 'Z' || state == 'X' || (state == 0 && kill(w->process.pid, 0) != 0);
}

void td_worker_kill(struct td_worker *w, enum td_kill_reason reason)
{
    int is_suspicion =
        reason == TD_KILL_CHANNEL || reason == TD_KILL_SILENT || reason == TD_KILL_STALLED || reason == TD_KILL_RING;

    /* A death that nobody here caused says more than what was thought of the worker. */
    if (w->killed_for == TD_KILL_NOT && !(is_suspicion && !w->has_exited && is_dead(w)))
        w->killed_for = reason;
    leave(w);
    if (!w->has_exited)
        td_lifeline_kill(&w->process, SIGKILL);
    if (reason != TD_KILL_CHANNEL)
        return;
    td_channel_stop(&w->channel); /* who has said nonsense once isn't listened to any more */
    if (!w->has_exited)
        uv_timer_start(&w->grave, on_grave, GRAVE_MS, 0);
}

void td_worker_ask_where(struct td_worker *w, uint64_t sequence, uint32_t plugin, uint64_t grace_ns)
{
    w->killed_for = TD_KILL_TIMEOUT;
    w->guilty_sequence = sequence;
    w->guilty_plugin = plugin;
    leave(w);
    td_lifeline_kill(&w->process, SIGQUIT);
    uv_timer_stop(&w->watch);
    td_worker_watch_in(w, grace_ns);
}

/* Closes its input, since it holds no document. */
static void retire(struct td_worker *w)
{
    assert(w->docs.count == 0);
    leave(w);
    shutdown(w->channel.fd, SHUT_WR);
    uv_timer_start(&w->grave, on_grave, RETIRE_MS, 0); /* a plugin's destroy may hang as well as its process */
}

void td_worker_finish(struct td_worker *w)
{
    if (w->state != TD_WORKER_READY)
        return;
    w->was_told_to_go = 1;
    change_state(w, TD_WORKER_FINISHING);
    td_worker_relieve(w);
}

void td_worker_relieve(struct td_worker *w)
{
    if (w->state == TD_WORKER_FINISHING && w->docs.count == 0)
        retire(w);
}

uint32_t td_worker_plugin_at(const struct td_worker *w, uint64_t sequence)
{
    struct td_worker_place place = td_worker_where(w);

    return place.phase == TD_PHASE_PLUGIN && place.sequence == sequence ? place.plugin : TD_NO_PLUGIN;
}

const char *td_worker_panic(const struct td_worker *w, const struct td_config *config, char *words, size_t size)
{
    uint32_t n = w->board->n_frames;
    size_t used = 0;

    words[0] = 0;
    if (atomic_load_explicit(&w->board->signal, memory_order_acquire) == 0)
        return words;
    for (uint32_t i = 0; i < n && i < TD_PANIC_FRAMES && used < size; i++) {
        struct td_panic_frame frame = w->board->frames[i];
        if (td_worker_has(w, frame.plugin))
            used += (size_t)snprintf(words + used, size - used, "%s%s+0x%llx", used ? " " : "",
                                     config->plugins[frame.plugin].name, (unsigned long long)frame.offset);
    }
    return words;
}

/* Whether there is a record of the crash that it died of. */
static int has_record(const struct td_worker *w)
{
    uint32_t signal = atomic_load_explicit(&w->board->signal, memory_order_acquire);

    return w->killed_for != TD_KILL_TIMEOUT && signal != 0 && signal == (uint32_t)w->exit_signal;
}

uint64_t td_worker_crashed_at(const struct td_worker *w)
{
    return has_record(w) ? w->board->crashed_at : 0;
}

uint32_t td_worker_crashed_in(const struct td_worker *w)
{
    uint32_t plugin = w->board->frames[0].plugin;

    if (!has_record(w))
        return TD_NO_PLUGIN;
    return w->board->n_frames > 0 && td_worker_has(w, plugin) ? plugin : TD_NO_PLUGIN;
}

const char *td_worker_denied(const struct td_worker *w, char *words, size_t size)
{
    uint32_t signal = atomic_load_explicit(&w->board->signal, memory_order_acquire);
    uint32_t call = w->board->denied_call;

    words[0] = 0;
    if (w->killed_for != TD_KILL_NOT || w->exit_signal != SIGSYS ||
        !(w->board->confinement.applied >> TD_CONFINE_SECCOMP & 1))
        return words;
    if (signal == SIGSYS && call > 0)
        td_confinement_call(call - 1, words, size);
    else if (signal !=
             SIGSYS) /* no handler ran. The C library blocks all signals while it starts threads and programs. */
        snprintf(words, size, "clone(), or a call with signals blocked");
    return words;
}

const char *td_worker_death(const struct td_worker *w, char *words, size_t size)
{
    char denied[48];

    if (w->process.error)
        snprintf(words, size, "it could not be made: %s", strerror(w->process.error));
    else if (w->killed_for == TD_KILL_CHANNEL)
        snprintf(words, size, "nonsense on its channel");
    else if (w->killed_for == TD_KILL_RING)
        snprintf(words, size, "a plugin scribbled over its replies");
    else if (w->killed_for == TD_KILL_SILENT)
        snprintf(words, size, "its channel closed");
    else if (w->killed_for == TD_KILL_STALLED)
        snprintf(words, size, "stopped, or no longer reading");
    else if (w->killed_for == TD_KILL_TIMEOUT)
        snprintf(words, size, "over its time limit");
    else if (*td_worker_denied(w, denied, sizeof denied))
        snprintf(words, size, "it tried %s, which it has no grant for", denied);
    else if (w->is_untold)
        snprintf(words, size, "of what can't be seen, and its parent is held up");
    else if (w->exit_signal)
        snprintf(words, size, "signal SIG%s", sigabbrev_np(w->exit_signal) ? sigabbrev_np(w->exit_signal) : "?");
    else
        snprintf(words, size, "exit code %d%s", w->exit_status,
                 w->exit_status == TD_WORKER_EXIT_CLOSED    ? " (its channel was closed from inside)"
                 : w->exit_status == TD_WORKER_EXIT_CHANNEL ? " (its channel broke)"
                                                            : "");
    return words;
}
