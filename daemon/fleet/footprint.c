/* footprint.c: see footprint.h. */
#include "daemon/fleet/footprint.h"

#include <assert.h>
#include <unistd.h>

#include "common/clock.h"
#include "daemon/both/process.h"

void td_footprint_init(struct td_footprint *f, uv_loop_t *loop)
{
    *f = (struct td_footprint) { .loop = loop, .fd = -1 };
    f->work.data = f;
}

/* In libuv's thread. */
static void read_it(uv_work_t *work)
{
    struct td_footprint *f = work->data;

    f->read_bytes = td_process_pss(f->fd);
}

static void close_now(struct td_footprint *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
    f->on_closed(f);
}

static void on_read(uv_work_t *work, int status)
{
    struct td_footprint *f = work->data;

    f->is_busy = 0;
    if (status == 0)
        f->bytes = f->read_bytes;
    if (f->on_closed)
        close_now(f);
}

uint64_t td_footprint_bytes(struct td_footprint *f, uint64_t age_ns)
{
    uint64_t now = td_now_ns();

    if (f->fd < 0 || f->is_busy || f->on_closed || (f->begun_ns && now - f->begun_ns < age_ns))
        return f->bytes;
    f->begun_ns = now;
    f->is_busy = uv_queue_work(f->loop, &f->work, read_it, on_read) == 0;
    return f->bytes;
}

void td_footprint_close(struct td_footprint *f, void (*on_closed)(struct td_footprint *f))
{
    assert(!f->on_closed);
    f->on_closed = on_closed;
    if (f->is_busy)
        uv_cancel((uv_req_t *)&f->work); /* when it hasn't begun: on_read comes in any case */
    else
        close_now(f);
}
