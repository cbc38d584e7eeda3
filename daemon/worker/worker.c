/* worker.c: see worker.h. A loop over one blocking descriptor: read as much as there is, run what is complete. Jobs are
 * run where they were read; nothing is copied on the way in. Each reply is sent before the next job is begun: to gather
 * them would let a ready reply wait for whatever comes behind it. A small one goes by a ring in memory, for no system call. */
#include "daemon/worker/worker.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/worker/confine.h"
#include "daemon/worker/guard.h"
#include "daemon/worker/host.h"
#include "daemon/worker/memory.h"
#include "daemon/worker/panic.h"
#include "daemon/worker/run.h"
#include "daemon/both/process.h"
#include "daemon/both/setup.h"

/* Bytes of the input that stay resident after a large document, and of the output's buffer. */
#define KEEP_BYTES (1u << 20)

struct input {
    unsigned char *bytes; /* address space for the largest frame and what may be read behind it */
    size_t capacity;
    size_t start, end; /* what was read and not yet run */
    size_t touched;
};

static int input_init(struct input *in, size_t largest_frame, struct td_err *err)
{
    *in = (struct input) { .capacity = 2 * largest_frame + KEEP_BYTES };
    in->bytes = mmap(NULL, in->capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (in->bytes != MAP_FAILED)
        return TD_OK;
    in->bytes = NULL;
    return td_fail(err, TD_E_SYSTEM, "can't reserve %zu bytes for jobs (limits.document_bytes): %s", in->capacity,
                   strerror(errno));
}

/* The first complete frame, or NULL. The supervisor pads jobs to multiples of 8, so each starts aligned. */
static const struct td_frame *input_frame(const struct input *in)
{
    assert(in->bytes);
    const struct td_frame *frame = (const struct td_frame *)(const void *)(in->bytes + in->start);
    size_t have = in->end - in->start;

    return have >= sizeof *frame && have >= frame->length ? frame : NULL;
}

/* Makes room behind what is there, and gives pages back after a large document. */
static void input_tidy(struct input *in)
{
    if (in->start > 0) {
        memmove(in->bytes, in->bytes + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->touched > KEEP_BYTES && in->end <= KEEP_BYTES) {
        madvise(in->bytes + KEEP_BYTES, in->touched - KEEP_BYTES, MADV_DONTNEED);
        in->touched = KEEP_BYTES;
    }
}

/* Waits for bytes. 1 when some came, 0 at the end, -1 on an error. */
static int input_read(struct input *in)
{
    ssize_t n;

    input_tidy(in);
    do
        n = read(TD_WORKER_CHANNEL_FD, in->bytes + in->end, in->capacity - in->end);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return (int)n;
    in->end += (size_t)n;
    if (in->end > in->touched)
        in->touched = in->end;
    return 1;
}

static int write_all(const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t n = write(TD_WORKER_CHANNEL_FD, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        at += n;
        length -= (size_t)n;
        td_guard_sent((size_t)n);
    }
    return 0;
}

/* The ring, and what is known of the channel between two documents. */
struct ways {
    struct td_ring_writer ring;
    uint32_t n_by_socket;
    int is_clear; /* nobody but us has written to the channel, as of now */
};

/* Puts the reply in the ring. Zero when it can't. -1 when the channel broke. */
static int send_by_ring(struct ways *ways, const struct td_buf *out)
{
    struct td_wake wake = { .frame = { .length = sizeof wake, .kind = TD_FRAME_WAKE } };

    if (!td_ring_put(&ways->ring, out->bytes, out->length))
        return 0;
    wake.slumber = td_ring_must_wake(&ways->ring);
    if (wake.slumber == 0)
        return 1;
    if (write_all(&wake, sizeof wake) != 0)
        return -1;
    td_guard_mark();
    return 1;
}

/* Sends the reply in `out`. In the ring when nothing lies in the channel that isn't ours: what a plugin has written there is found by
 * the reply that comes behind it. */
static int send_reply(struct ways *ways, struct td_buf *out, int may_ring)
{
    memcpy(out->bytes + offsetof(struct td_done, n_by_socket), &ways->n_by_socket, sizeof ways->n_by_socket);
    int rc = may_ring && ways->is_clear ? send_by_ring(ways, out) : 0;
    if (rc != 0)
        return rc > 0 ? 0 : -1;
    ways->n_by_socket++;
    if (write_all(out->bytes, out->length) != 0)
        return -1;
    if (ways->is_clear)
        td_guard_mark();
    return 0;
}

static int flush(struct ways *ways, struct td_buf *out, int may_ring)
{
    int rc = send_reply(ways, out, may_ring);

    out->length = 0;
    if (out->capacity > KEEP_BYTES) {
        td_buf_free(out);
        malloc_trim(0); /* having grown step by step, it left megabytes of holes in the heap */
    }
    return rc;
}

static int send_frame(enum td_frame_kind kind, const void *body, size_t length)
{
    struct td_frame frame = { .length = (uint32_t)(sizeof frame + length), .kind = kind };

    return write_all(&frame, sizeof frame) != 0 || write_all(body, length) != 0 ? -1 : 0;
}

/* Hands out by what we can be looked at. Sent before any plugin is opened, so that it is what it says. When it can't be had, or sent,
 * we are looked for under our number. */
static void send_born(void)
{
    struct td_frame frame = { .length = sizeof frame, .kind = TD_FRAME_BORN };
    int fds[TD_BORN_FDS] = { td_process_open_self(), td_process_open_pss() };
    size_t bytes = fds[1] < 0 ? sizeof fds[0] : sizeof fds;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fds)] = { 0 };
    struct iovec part = { &frame, sizeof frame };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(bytes)
    };

    if (fds[0] >= 0) {
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        *rights = (struct cmsghdr) { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(bytes) };
        memcpy(CMSG_DATA(rights), fds, bytes);
        if (sendmsg(TD_WORKER_CHANNEL_FD, &message, MSG_NOSIGNAL) >
            0) /* a fresh socket takes it whole, or not at all */
            td_guard_sent(sizeof frame);
    }
    for (int i = 0; i < TD_BORN_FDS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Runs jobs until the channel ends, or memory is short. */
static int serve(struct input *in, struct td_runner *runner, const struct td_ring_writer *ring)
{
    struct ways ways = { .ring = *ring };

    for (;;) {
        const struct td_frame *frame = input_frame(in);
        if (!frame) {
            td_runner_rest(runner);
            int rc = input_read(in);
            if (rc <= 0)
                return rc == 0 ? TD_WORKER_EXIT_OK : TD_WORKER_EXIT_CHANNEL;
            continue;
        }
        if (frame->kind != TD_FRAME_JOB)
            return TD_WORKER_EXIT_CHANNEL;
        in->start += frame->length;
        const struct td_job *job = (const struct td_job *)(const void *)frame;
        int may_ring = ways.ring.ring && job->by_ring;
        td_panic_note_document(job->sequence);
        /* Known to be clear, it still is: between documents nobody writes but us. */
        ways.is_clear = may_ring && (ways.is_clear || td_guard_is_clear());
        if (td_runner_run(runner, job) != 0)
            return TD_WORKER_EXIT_MEMORY;
        ways.is_clear = ways.is_clear && td_guard_is_clear();
        if (flush(&ways, &runner->out, may_ring) != 0)
            return TD_WORKER_EXIT_CHANNEL;
        if (runner->leaves)
            return TD_WORKER_EXIT_OK; /* the supervisor has been told, and gives the other jobs to others */
    }
}

/* Opens all plugins, then makes instances: a library that can't be opened is told before any plugin's code runs. */
static int load_plugins(const struct td_setup *setup, struct td_plugin_set *set, struct td_scoreboard *board,
                        struct td_err *err)
{
    const struct textd_host *host = td_host_init(board);

    for (uint32_t i = 0; i < setup->n_sources; i++) {
        uint32_t number = setup->sources[i].number;
        atomic_store(&board->plugin, number); /* constructors of the library run now */
        atomic_store(&board->entered, number);
        int rc = td_plugin_open(set, &setup->sources[i], err);
        if (rc == TD_OK)
            rc = td_confine_check_threads(&set->plugins[i], err);
        if (rc != TD_OK)
            return rc;
    }
    td_panic_note_plugins(set);
    for (uint32_t i = 0; i < set->n; i++) {
        atomic_store(&board->plugin, set->plugins[i].index);
        int rc = td_plugin_create(set, i, host, err);
        if (rc == TD_OK)
            rc = td_confine_check_threads(&set->plugins[i], err);
        if (rc != TD_OK)
            return rc;
    }
    atomic_store(&board->plugin, TD_NO_PLUGIN);
    return td_confine_close(&board->confinement, err);
}

/* The plugins' files, while they are being loaded. */
struct descriptors {
    int fds[TD_SETUP_FDS];
    uint32_t n;
};

/* Reads SETUP and the descriptors that travel with it. As input_read. */
static int read_setup(struct input *in, struct descriptors *files)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof files->fds)];
    struct iovec part = { in->bytes + in->end, in->capacity - in->end };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t n;

    do
        n = recvmsg(TD_WORKER_CHANNEL_FD, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return (int)n;
    in->end += (size_t)n;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            files->n = (uint32_t)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
            memcpy(files->fds, CMSG_DATA(c), files->n * sizeof(int));
        }
    return 1;
}

static void close_descriptors(struct descriptors *files)
{
    for (uint32_t i = 0; i < files->n; i++)
        close(files->fds[i]);
    files->n = 0;
}

static int refuse(const struct td_err *err)
{
    const struct td_refused head = { .code = (uint32_t)err->code };
    char body[sizeof head + sizeof err->text];
    size_t length = strlen(err->text);

    memcpy(body, &head, sizeof head);
    memcpy(body + sizeof head, err->text, length);
    send_frame(TD_FRAME_REFUSED, body, sizeof head + length);
    return TD_WORKER_EXIT_REFUSED;
}

/* Waits for SETUP and copies what it says. An exit code. */
static int take_setup(struct input *in, struct td_setup *setup, struct descriptors *files, struct td_err *err)
{
    const struct td_frame *frame;

    while (!(frame = input_frame(in)))
        if (read_setup(in, files) <= 0)
            return TD_WORKER_EXIT_CHANNEL;
    int rc = frame->kind == TD_FRAME_SETUP
                 ? td_setup_read(setup, frame + 1, frame->length - sizeof *frame, files->fds, files->n, err)
                 : td_fail(err, TD_E_INTERNAL, "the first frame is no SETUP");
    in->start += frame->length;
    assert(in->start == in->end);       /* jobs come only after READY */
    explicit_bzero(in->bytes, in->end); /* the plugins' secrets were in it */
    munmap(in->bytes, in->capacity);
    return rc == TD_OK ? TD_WORKER_EXIT_OK : TD_WORKER_EXIT_REFUSED;
}

/* Reserves what documents will need, before any plugin takes its part: what is missing is told as what it is, and not as
 * some plugin's failure. */
static int reserve(struct input *in, struct td_runner *runner, const struct td_setup *setup, struct td_plugin_set *set,
                   struct td_scoreboard *board, struct td_err *err)
{
    const struct td_runner_limits limits = { setup->document_memory, setup->document_bytes, setup->reply_bytes };
    struct rlimit limit;
    struct td_err why;

    if (input_init(in, setup->document_bytes + KEEP_BYTES, &why) == TD_OK &&
        td_runner_init(runner, set, board, &limits, &why) == TD_OK)
        return TD_OK;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return td_fail(err, TD_E_SYSTEM, "a worker %s: lower that limit, or see vm.overcommit_memory", why.text);
    /* No other try will do better: two limits contradict each other. */
    return td_fail(err, TD_E_CONFIG,
                   "a worker %s: lower that limit, or raise RLIMIT_AS (ulimit -v), which is %llu bytes", why.text,
                   (unsigned long long)limit.rlim_cur);
}

/* All that comes before the first document: answers READY or REFUSED. An exit code. */
static int start(struct input *in, struct td_setup *setup, struct td_plugin_set *set, struct td_runner *runner,
                 struct td_scoreboard *board)
{
    struct descriptors files = { .n = 0 };
    struct td_buf catalogue = { .limit = 16u << 20 };
    struct td_err err;

    int code = take_setup(in, setup, &files, &err);
    if (code == TD_WORKER_EXIT_CHANNEL)
        return code;
    int rc = code == TD_WORKER_EXIT_OK ? reserve(in, runner, setup, set, board, &err) : (int)err.code;
    if (rc == TD_OK)
        rc = td_confine_open(setup, &board->confinement, &err);
    if (rc == TD_OK && setup->memory > 0)
        td_memory_limit(4 * setup->reply_bytes, setup->memory); /* what documents need is reserved; replies grow */
    if (rc == TD_OK)
        rc = load_plugins(setup, set, board, &err);
    close_descriptors(&files); /* what was opened or mapped stays */
    if (rc != TD_OK)
        return refuse(&err);
    td_plugin_catalogue(set, &catalogue);
    if (catalogue.full) {
        td_buf_free(&catalogue);
        td_fail(&err, TD_E_SYSTEM, "no memory for the catalogue of plugins");
        return refuse(&err);
    }
    rc = send_frame(TD_FRAME_READY, catalogue.bytes, catalogue.length);
    td_buf_free(&catalogue);
    return rc == 0 ? TD_WORKER_EXIT_OK : TD_WORKER_EXIT_CHANNEL;
}

/* A terminal's Ctrl-C and a service manager's SIGTERM go to the whole group; only the supervisor acts on them, and ends
 * us by closing the channel. Should it die without that word, the kernel takes us along. */
static void settle_in(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "textd-worker");
    /* A pipe's stdio is buffered whole by default: what a plugin prints would come late, and not at all when it
     * crashes. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

/* The memory that we share with the supervisor, each part with nothing around it, and what only the supervisor writes for reading only.
 * NULL: that can't be had. */
static struct td_scoreboard *map_shared(struct td_ring_writer *ring)
{
    char *room =
        mmap(NULL, TD_SHARED_BYTES + TD_SHARED_GAP, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return NULL;
    char *base = room + TD_SHARED_GAP;
    struct td_scoreboard *board = mmap(base + TD_SHARED_BOARD, sizeof *board, PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_FIXED, TD_WORKER_SCOREBOARD_FD, TD_SHARED_BOARD);
    void *taken = mmap(base + TD_SHARED_TAKEN, sizeof(struct td_ring_taken), PROT_READ, MAP_SHARED | MAP_FIXED,
                       TD_WORKER_SCOREBOARD_FD, TD_SHARED_TAKEN);
    void *bytes = mmap(base + TD_SHARED_RING, sizeof(struct td_ring), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                       TD_WORKER_SCOREBOARD_FD, TD_SHARED_RING);
    void *slumber = mmap(NULL, sizeof(struct td_slumber), PROT_READ, MAP_SHARED, TD_WORKER_SLUMBER_FD, 0);

    if (taken != MAP_FAILED && bytes != MAP_FAILED && slumber != MAP_FAILED)
        *ring = (struct td_ring_writer) { .ring = bytes, .taken = taken, .slumber = slumber };
    return board == MAP_FAILED ? NULL : board;
}

int td_worker_main(void)
{
    static struct td_plugin_set set;
    static struct td_setup setup;
    static struct td_runner runner;
    struct td_ring_writer ring = { 0 };
    struct input in;
    struct td_err err;

    settle_in();
    struct td_scoreboard *board = map_shared(&ring);
    close(TD_WORKER_SCOREBOARD_FD); /* nobody needs it any more, and plugins must not find it */
    if (fcntl(TD_WORKER_SLUMBER_FD, F_GETFD) >= 0)
        close(TD_WORKER_SLUMBER_FD);
    if (!board || input_init(&in, KEEP_BYTES, &err) != TD_OK) {
        td_fail(&err, TD_E_SYSTEM, "a worker can't even map its first %zu bytes: %s (see ulimit -v)", sizeof *board,
                strerror(errno));
        return refuse(&err);
    }
    td_panic_init(board);
    td_guard_init(TD_WORKER_CHANNEL_FD);
    td_guard_watch(ring.taken);
    send_born();
    td_confine_prepare();
    int rc = start(&in, &setup, &set, &runner, board);
    if (rc != TD_WORKER_EXIT_OK)
        return rc;
    atomic_store(&board->phase, TD_PHASE_IDLE);
    rc = serve(&in, &runner, &ring);
    td_plugin_destroy_all(&set);
    fflush(stdout); /* _exit doesn't */
    td_runner_free(&runner);
    return rc;
}
