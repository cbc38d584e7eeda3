/* channel.h: the supervisor's end of a worker's socketpair: frames in, gathered bytes out, never blocking. */
#ifndef TD_CHANNEL_H
#define TD_CHANNEL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <uv.h>

#include "common/err.h"
#include "daemon/both/frames.h"

struct td_channel {
    int fd;
    uv_poll_t poll;
    int watched_events;
    unsigned char *in; /* address space for the largest frame and what may come with it */
    size_t in_capacity, in_start, in_end, in_touched;
    size_t largest_frame;
    int passed_fds[TD_BORN_FDS]; /* that came with the first bytes; -1 */
    struct iovec *out;           /* bytes to write, in order */
    size_t out_capacity, out_start, out_end;
    uint64_t added, written; /* bytes, of all time */
    /* A whole frame, head included; it is valid until the function returns and stands at any address. */
    void (*on_frame)(void *data, uint32_t kind, const unsigned char *frame, size_t length);
    /* The other end is closed and all that it sent was read (`why` is NULL), or it has sent nonsense; nothing more will
     * come. Called once. */
    void (*on_end)(void *data, const char *why);
    /* What was read ends within a frame, whose rest wasn't there yet. */
    void (*on_partial)(void *data);
    void *data;
    uint64_t read_ms; /* when bytes came last, by the loop's clock */
    int ended, has_read;
    int is_stopped;              /* by td_channel_stop: nothing that may still come counts */
    struct td_ring_taken *taken; /* where it is told what was read; NULL: nowhere */
};

/* Takes `fd` over, a non-blocking stream socket. The callbacks and data are set by the caller afterwards, before the
 * loop runs. `largest_frame` bounds what is accepted. */
int td_channel_init(struct td_channel *channel, uv_loop_t *loop, int fd, size_t largest_frame, struct td_err *err);

/* The descriptor of that place that came along with the very first bytes, now the caller's; -1: none did. What comes along later is dropped by
 * the kernel: a worker that runs plugins can't fill our table. */
int td_channel_take_passed(struct td_channel *channel, unsigned place);

/* Adds bytes to what the next flush writes. They are borrowed until they were written: until the answer to them came,
 * or the channel was closed. -1 when memory runs out; then nothing was added. */
int td_channel_add(struct td_channel *channel, const void *bytes, size_t length);

/* Makes room for `n` more calls of td_channel_add that then can't fail. */
int td_channel_reserve(struct td_channel *channel, size_t n);

/* Whether something was added that isn't written yet. */
static inline int td_channel_has_output(const struct td_channel *channel)
{
    return channel->out_start < channel->out_end;
}

/* Writes what was added, as much as the socket takes; the rest goes when it takes more. */
void td_channel_flush(struct td_channel *channel);

/* Gives pages back that a large frame has left, if nothing is being read. Between frames only. */
void td_channel_tidy(struct td_channel *channel);

/* Reads all that is there now, the end included, without waiting: what a worker finished before it died counts. */
void td_channel_drain(struct td_channel *channel);

/* Reads no more, whatever may still come; on_end isn't called. */
void td_channel_stop(struct td_channel *channel);

/* Stops and closes; `on_closed` comes when libuv has let go of the handle. */
void td_channel_close(struct td_channel *channel, uv_close_cb on_closed);

/* Frees the buffers; after the close callback. */
void td_channel_free(struct td_channel *channel);

#endif
