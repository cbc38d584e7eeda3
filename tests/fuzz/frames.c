/* frames.c: any bytes as what a worker sends: cut into frames as the supervisor cuts them, judged by the worker's state, and
 * READY's catalogue read. The first byte chooses the state and where the stream is torn in two; or, by the bit STEPS, that the rest
 * are steps of a worker, and of its plugins: what it puts into its ring, sends, and writes over. */
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/fleet/worker.c" /* NOLINT(bugprone-suspicious-include): what takes frames is not to be called by others */

#define LARGEST (64u << 10)
#define MOST (48u << 10) /* fits a socket */
#define STEPS 8u
#define MOST_SENT 64 /* frames of a worker that aren't read yet */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is no process: the libraries' own would signal our group. */
int uv_process_kill(uv_process_t *process, int signal)
{
    (void)process, (void)signal;
    return 0;
}

static struct td_doc documents[6];
static unsigned n_ready, n_refused;

/* As generation.c takes it. */
static void ready(void *data, struct td_worker *worker, const void *body, size_t length)
{
    struct td_catalogue catalogue;
    struct td_err err;

    (void)data, (void)worker;
    n_ready++;
    if (td_catalogue_read(&catalogue, body, length, &err) != TD_OK)
        return;
    for (uint32_t i = 0; i < catalogue.n; i++) {
        const struct td_catalogue_plugin *p = &catalogue.plugins[i];
        assert(p->name && p->path && p->version && p->needs && p->adds);
        assert(td_catalogue_find(&catalogue, p->name, strlen(p->name)) <= i);
        for (uint32_t k = 0; k < p->options.n; k++)
            assert(strlen(p->options.table[k].name) < MOST);
    }
    td_catalogue_free(&catalogue);
}

static void refused(void *data, struct td_worker *worker, const struct td_err *why)
{
    (void)data, (void)worker;
    n_refused++;
    assert(why->code == TD_E_CONFIG || why->code == TD_E_SYSTEM);
}

/* What a DONE claims must lie inside of its frame. */
static void done(void *data, struct td_worker *worker, const struct td_done *done, const unsigned char *body)
{
    size_t rest = done->frame.length - sizeof *done;
    unsigned sum = 0;

    (void)data;
    assert(done->sequence == worker->docs.first->job.sequence && !worker->is_ring_lost);
    assert(done->warnings_bytes <= rest && done->pairs_bytes <= rest - done->warnings_bytes);
    for (size_t i = 0; i < rest; i++)
        sum += body[i];
    assert(sum <= 255u * rest);
    td_doc_list_remove(&worker->docs, worker->docs.first);
}

static void nothing(void *data, struct td_worker *worker)
{
    (void)data, (void)worker;
}

static const struct td_worker_events events = {
    .ready = ready, .refused = refused, .done = done, .gone = nothing, .watch = nothing
};

static void send_all(int fd, const uint8_t *bytes, size_t size)
{
    ssize_t n = write(fd, bytes, size);

    assert(n == (ssize_t)size);
}

/* Each input's faults are said as the supervisor says them: nobody reads that here. */
static void quiet(void)
{
    static int nowhere = -1;

    if (nowhere < 0)
        td_log_set_fd(nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static void on_closed(uv_handle_t *handle)
{
    (void)handle;
}

/* ---- A worker's steps --------------------------------------------------------------------------------------------- */

/* What is still to be read of the input. */
struct input {
    const uint8_t *at, *end;
};

static uint8_t take_byte(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static const uint8_t *take_bytes(struct input *in, size_t *length)
{
    const uint8_t *at = in->at;
    size_t left = (size_t)(in->end - in->at);

    *length = *length < left ? *length : left;
    in->at += *length;
    return at;
}

static struct {
    struct td_ring ring;
    struct td_ring_taken taken;
} shared;

/* A reply as a worker writes it, with any body and any numbers. */
static size_t make_done(struct input *in, unsigned char *frame)
{
    struct td_done done = { .sequence = take_byte(in), .n_by_socket = take_byte(in), .code = take_byte(in) };
    size_t length = take_byte(in);
    const uint8_t *body = take_bytes(in, &length);

    done.plugin = TD_NO_PLUGIN;
    done.pairs_bytes = done.code ? 0 : (uint32_t)length;
    done.frame = (struct td_frame) { (uint32_t)(sizeof done + length), TD_FRAME_DONE };
    memcpy(frame, &done, sizeof done);
    memcpy(frame + sizeof done, body, length);
    return done.frame.length;
}

/* Writes over the ring, as a plugin may. */
static void scribble(struct input *in)
{
    size_t at = (size_t)take_byte(in) << 8 | take_byte(in), length = take_byte(in);
    const uint8_t *bytes = take_bytes(in, &length);

    at %= TD_RING_BYTES;
    memcpy(shared.ring.bytes + at, bytes, length < TD_RING_BYTES - at ? length : TD_RING_BYTES - at);
}

static void step(struct td_worker *w, struct td_ring_writer *writer, int fd, struct input *in)
{
    static _Alignas(8) unsigned char frame[sizeof(struct td_done) + UINT8_MAX];
    struct td_wake wake = { { sizeof wake, TD_FRAME_WAKE }, 0 };
    uint8_t what = take_byte(in);

    switch (what % 8) {
    case 0:
        td_ring_put(writer, frame, make_done(in, frame));
        break;
    case 1:
        send_all(fd, frame, make_done(in, frame));
        break;
    case 2:
        td_worker_take(w);
        break;
    case 3:
        td_channel_drain(&w->channel);
        break;
    case 4:
        scribble(in);
        break;
    case 5:
        atomic_fetch_add(&shared.ring.put, (uint64_t)(int64_t)(int8_t)take_byte(in) * (what & 0x80 ? 1024 : 1));
        break;
    case 6:
        *(what & 0x80 ? &w->board->phase : &w->board->plugin) = take_byte(in) % 4;
        w->board->sequence = take_byte(in);
        break;
    default:
        (what & 0x80 ? td_slumber_fall : td_slumber_rise)();
        wake.slumber = td_slumber_times() + take_byte(in) % 3 - 1;
        send_all(fd, (const uint8_t *)&wake, sizeof wake);
    }
}

static void take_steps(struct td_worker *w, int fd, const uint8_t *data, size_t size)
{
    struct input in = { data, data + size };
    struct td_ring_writer writer = { .ring = &shared.ring, .taken = &shared.taken };

    memset(&shared, 0, sizeof shared);
    w->ring = (struct td_ring_reader) { .ring = &shared.ring, .taken = &shared.taken };
    w->channel.taken = &shared.taken;
    td_slumber_fd();
    for (int n = 0; in.at < in.end && !w->channel.ended; n++) {
        step(w, &writer, fd, &in);
        if (n % MOST_SENT == MOST_SENT - 1)
            td_channel_drain(&w->channel);
        assert(w->docs.count <= COUNT(documents));
    }
    td_worker_drain(w);
}

/* ---- The whole ----------------------------------------------------------------------------------------------------- */

/* The stream, torn in two. */
static void send_torn(struct td_worker *w, int fd, const uint8_t *data, size_t length, size_t first)
{
    length = length < MOST ? length : MOST;
    first = first < length ? first : length;
    if (first > 0)
        send_all(fd, data, first);
    td_channel_drain(&w->channel);
    if (length > first && !w->channel.ended)
        send_all(fd, data + first, length - first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct td_scoreboard board;
    uint8_t head = size > 0 ? data[0] : 0;
    size_t length = size > 0 ? size - 1 : 0;
    struct td_worker *w = calloc(1, sizeof *w);
    struct td_err err;
    uv_loop_t loop;
    int pair[2], bytes = 1 << 20;

    quiet();
    assert(w && uv_loop_init(&loop) == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    assert(fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
    setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    assert(td_channel_init(&w->channel, &loop, pair[0], LARGEST, &err) == TD_OK);
    w->channel.on_frame = on_frame;
    w->channel.on_end = on_channel_end;
    w->channel.data = w;
    w->events = &events;
    memset(&board, 0, sizeof board);
    board.sequence = UINT64_MAX; /* it is done with all of them */
    board.phase = TD_PHASE_IDLE;
    w->board = &board;
    w->state = (enum td_worker_state)(head % TD_WORKER_GONE);
    td_footprint_init(&w->footprint, &loop);
    init_timers(w, &loop);
    for (size_t i = 0; i < COUNT(documents);
         i++) { /* with STEPS: of which the ring is one's way, and the channel the other's */
        documents[i] =
            (struct td_doc) { .job.sequence = i + 1, .job.by_ring = (head & STEPS) != 0 && !(head >> 4 & 1u << i % 4) };
        td_doc_list_append(&w->docs, &documents[i]);
    }

    if (head & STEPS)
        take_steps(w, pair[1], data + 1, length);
    else
        send_torn(w, pair[1], data + 1, length, length * (head >> 4) / 15);
    close(pair[1]);
    for (int i = 0; i < 2; i++) /* a short read is taken for all that there is: the end is met by the next */
        td_channel_drain(&w->channel);
    assert(w->channel.ended);

    uv_close((uv_handle_t *)&w->watch, on_closed);
    uv_close((uv_handle_t *)&w->grave, on_closed);
    td_channel_close(&w->channel, on_closed);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert(uv_loop_close(&loop) == 0);
    td_channel_free(&w->channel);
    free(w);
    return 0;
}
