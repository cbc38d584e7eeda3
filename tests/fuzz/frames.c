/* frames.c: any bytes as what a worker sends: cut into frames as the supervisor cuts them, judged by the worker's state, and
 * READY's catalogue read. The first byte chooses the state and where the stream is torn in two. */
#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/fleet/worker.c" /* NOLINT(bugprone-suspicious-include): what takes frames is not to be called by others */

#define LARGEST (64u << 10)
#define MOST (48u << 10) /* fits a socket */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* There is no process: the libraries' own would signal our group. */
int uv_process_kill(uv_process_t *process, int signal)
{
    (void)process, (void)signal;
    return 0;
}

static struct td_doc documents[3];
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct td_scoreboard board;
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
    board.sequence = UINT64_MAX; /* it is done with all of them */
    w->board = &board;
    w->state = size > 0 ? (enum td_worker_state)(data[0] % TD_WORKER_GONE) : TD_WORKER_STARTING;
    td_footprint_init(&w->footprint, &loop);
    init_timers(w, &loop);
    for (size_t i = 0; i < 3; i++) {
        documents[i] = (struct td_doc) { .job.sequence = i + 1 };
        td_doc_list_append(&w->docs, &documents[i]);
    }

    size_t length = size > 1 ? size - 1 : 0, first = size > 0 ? length * (data[0] >> 4) / 15 : 0;
    length = length < MOST ? length : MOST;
    first = first < length ? first : length;
    if (first > 0)
        send_all(pair[1], data + 1, first);
    td_channel_drain(&w->channel);
    if (length > first && !w->channel.ended)
        send_all(pair[1], data + 1 + first, length - first);
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
