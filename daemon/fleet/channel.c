/* channel.c: see channel.h. Writes of one loop turn go out in one writev, reads take as much as there is: on small
 * documents that is what the channel costs. */
#include "daemon/fleet/channel.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Read in one turn from one worker, so that a large reply doesn't hold up the others' small ones. */
#define READ_BYTES_A_TURN (4u << 20)

#define KEEP_BYTES (1u << 20) /* of the input that stay resident */
#define SOCKET_BYTES (512 * 1024)

static void on_poll(uv_poll_t *poll, int status, int events);

int td_channel_init(struct td_channel *c, uv_loop_t *loop, int fd, size_t largest_frame, struct td_err *err)
{
    int bytes = SOCKET_BYTES;

    *c = (struct td_channel) { .fd = fd, .largest_frame = largest_frame, .in_capacity = largest_frame + KEEP_BYTES };
    for (unsigned i = 0; i < TD_BORN_FDS; i++)
        c->passed_fds[i] = -1;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes); /* as much as the system allows */
    c->in = mmap(NULL, c->in_capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (c->in == MAP_FAILED)
        return td_fail(err, TD_E_SYSTEM, "can't reserve %zu bytes for a worker's replies: %s", c->in_capacity,
                       strerror(errno));
    int rc = uv_poll_init(loop, &c->poll, fd);
    if (rc == 0) {
        c->poll.data = c;
        c->watched_events = UV_READABLE;
        uv_poll_start(&c->poll, c->watched_events, on_poll);
        return TD_OK;
    }
    munmap(c->in, c->in_capacity);
    return td_fail(err, TD_E_SYSTEM, "can't watch a worker's channel: %s", uv_strerror(rc));
}

static void watch(struct td_channel *c, int events)
{
    if (events == c->watched_events || c->ended)
        return;
    c->watched_events = events;
    uv_poll_start(&c->poll, events, on_poll);
}

void td_channel_stop(struct td_channel *c)
{
    if (!c->ended)
        uv_poll_stop(&c->poll);
    c->ended = c->is_stopped = 1;
}

static void end(struct td_channel *c, const char *why)
{
    if (c->ended)
        return;
    uv_poll_stop(&c->poll);
    c->ended = 1;
    c->on_end(c->data, why);
}

/* Hands on the complete frames of the input. -1 when what came is no frame. */
static int take_frames(struct td_channel *c)
{
    struct td_frame head;

    while (!c->ended && c->in_end - c->in_start >= sizeof head) {
        memcpy(&head, c->in + c->in_start, sizeof head);
        if (head.length < sizeof head || head.length > c->largest_frame)
            return -1;
        if (c->in_end - c->in_start < head.length)
            break;
        c->on_frame(c->data, head.kind, c->in + c->in_start, head.length);
        c->in_start += head.length;
    }
    return 0;
}

/* Moves what is left to the front, and gives pages back after a large reply. */
static void tidy_input(struct td_channel *c)
{
    if (c->in_start > 0) {
        memmove(c->in, c->in + c->in_start, c->in_end - c->in_start);
        c->in_end -= c->in_start;
        c->in_start = 0;
    }
    if (c->in_touched > KEEP_BYTES && c->in_end <= KEEP_BYTES) {
        madvise(c->in + KEEP_BYTES, c->in_touched - KEEP_BYTES, MADV_DONTNEED);
        c->in_touched = KEEP_BYTES;
    }
}

void td_channel_tidy(struct td_channel *c)
{
    if (c->in_touched > KEEP_BYTES && !c->ended)
        tidy_input(c);
}

/* What a read found. MORE: perhaps there is more. EMPTIED: it took less than there was room for, and is spared the read that
 * would find nothing, or the end, which the poll will tell. NOTHING: there was nothing. ENDED: on_end was told. */
enum found { MORE, EMPTIED, NOTHING, ENDED };

static enum found end_of_read(struct td_channel *c, const char *why)
{
    end(c, why);
    return ENDED;
}

/* The first bytes may bring descriptors, and were written before any plugin's code ran. */
static ssize_t read_first(struct td_channel *c, size_t room)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof c->passed_fds)];
    struct iovec part = { c->in + c->in_end, room };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t n = recvmsg(c->fd, &message, MSG_CMSG_CLOEXEC);

    if (n < 0)
        return n;
    c->has_read = 1;
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
        memcpy(c->passed_fds, CMSG_DATA(rights), rights->cmsg_len - CMSG_LEN(0)); /* what there was room for */
    return n;
}

int td_channel_take_passed(struct td_channel *c, unsigned place)
{
    int fd = c->passed_fds[place];

    c->passed_fds[place] = -1;
    return fd;
}

static enum found read_some(struct td_channel *c)
{
    tidy_input(c);
    size_t room = c->in_capacity - c->in_end;
    if (c->taken)
        td_ring_begin_read(c->taken);
    ssize_t n = c->has_read ? read(c->fd, c->in + c->in_end, room) : read_first(c, room);
    if (c->taken)
        td_ring_end_read(c->taken, n > 0 ? (size_t)n : 0);
    if (n < 0 && errno == EINTR)
        return MORE;
    if (n < 0 && errno == EAGAIN)
        return NOTHING;
    if (n == 0 || (n < 0 && errno == ECONNRESET)) /* how a peer's death looks that had not read all we sent */
        return end_of_read(c, NULL);
    if (n < 0)
        return end_of_read(c, strerror(errno));
    c->in_end += (size_t)n;
    c->read_ms = uv_now(c->poll.loop);
    if (c->in_end > c->in_touched)
        c->in_touched = c->in_end;
    if (take_frames(c) != 0)
        return end_of_read(c, "nonsense on the channel");
    return (size_t)n < room ? EMPTIED : MORE;
}

void td_channel_drain(struct td_channel *c)
{
    while (!c->ended && read_some(c) <= EMPTIED)
        ;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct td_channel *c = poll->data;

    /* libuv's word for EPOLLERR, which a peer's death with unread bytes raises. It stops the poll, so all that the peer had
     * sent is read now, to the end. */
    if (status < 0) {
        td_channel_drain(c);
        end(c, NULL);
        return;
    }
    if (events & UV_WRITABLE)
        td_channel_flush(c);
    if (events & UV_READABLE)
        for (size_t turn = 0; !c->ended && turn < READ_BYTES_A_TURN; turn += KEEP_BYTES)
            if (read_some(c) != MORE)
                break;
    if (!c->ended && c->in_end > c->in_start)
        c->on_partial(c->data);
}

int td_channel_reserve(struct td_channel *c, size_t n)
{
    if (c->out_start == c->out_end)
        c->out_start = c->out_end = 0;
    if (c->out_capacity - c->out_end >= n)
        return 0;
    if (c->out_start > 0) {
        memmove(c->out, c->out + c->out_start, (c->out_end - c->out_start) * sizeof *c->out);
        c->out_end -= c->out_start;
        c->out_start = 0;
        return td_channel_reserve(c, n);
    }
    size_t capacity = 2 * c->out_capacity + n;
    struct iovec *out = realloc(c->out, capacity * sizeof *out);
    if (!out)
        return -1;
    c->out = out;
    c->out_capacity = capacity;
    return 0;
}

int td_channel_add(struct td_channel *c, const void *bytes, size_t length)
{
    if (length == 0)
        return 0;
    if (td_channel_reserve(c, 1) != 0)
        return -1;
    c->out[c->out_end++] = (struct iovec) { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length };
    c->added += length;
    return 0;
}

/* Steps over `n` written bytes. */
static void advance(struct td_channel *c, size_t n)
{
    c->written += n;
    while (n > 0 && n >= c->out[c->out_start].iov_len)
        n -= c->out[c->out_start++].iov_len;
    if (n > 0) {
        c->out[c->out_start].iov_base = (char *)c->out[c->out_start].iov_base + n;
        c->out[c->out_start].iov_len -= n;
    }
}

void td_channel_flush(struct td_channel *c)
{
    while (c->out_start < c->out_end && !c->ended) {
        size_t n = c->out_end - c->out_start;
        struct msghdr message = { .msg_iov = c->out + c->out_start, .msg_iovlen = n < IOV_MAX ? n : IOV_MAX };
        ssize_t written = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            break; /* EAGAIN waits; any other error shows up as end-of-file when what the worker sent has been read */
        advance(c, (size_t)written);
    }
    watch(c, c->out_start < c->out_end ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

void td_channel_close(struct td_channel *c, uv_close_cb on_closed)
{
    c->ended = 1;
    uv_close((uv_handle_t *)&c->poll, on_closed);
}

void td_channel_free(struct td_channel *c)
{
    close(c->fd);
    for (unsigned i = 0; i < TD_BORN_FDS; i++)
        if (c->passed_fds[i] >= 0)
            close(c->passed_fds[i]);
    munmap(c->in, c->in_capacity);
    free(c->out);
}
