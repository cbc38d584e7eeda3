/* live.c: see live.h. */
#include "daemon/http/live.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "daemon/http/json_out.h"

#define PERIOD_MS 1000

/* How soon a client comes back whose connection is lost. */
#define RETRY "retry: 1000\n\n"

/* Snapshots in a row that a listener may miss. Before it misses one the kernel is full of what it hasn't read. */
#define MISSED_MAX 2

/* A snapshot grows with workers and plugins: some hundred bytes each. */
#define SNAPSHOT_MAX (1u << 20)

/* Of an event, as JSON. One that is longer is not shown here. */
#define EVENT_MAX 4096

#define STATUS "event: status\ndata: "

/* One who listens. What it gets next is made when it has room for it, so that it holds one block at a time. */
struct td_live_listener {
    struct td_live *live;
    void *call;
    struct td_buf out; /* what is being sent */
    size_t sent;       /* of it */
    uint64_t next;     /* the event that comes next */
    int has_snapshot;  /* there is one that it hasn't got */
    int missed;        /* in a row, since it didn't read */
    int has_ended;     /* was told so */
};

/* ---- What is sent ------------------------------------------------------------------------------------------------- */

/* Appends a map as one line: JSON from td_json_out has no line ends. */
static void append_json(struct td_buf *to, const void *map, size_t length)
{
    struct td_json_out json;
    char piece[4096];
    size_t n;

    td_json_out_start(&json, map, length);
    while ((n = td_json_out_read(&json, piece, sizeof piece)) > 0)
        td_buf_append(to, piece, n);
}

static void make_snapshot(struct td_live *live)
{
    struct td_buf *snapshot = &live->snapshot;
    zmq_msg_t message;

    snapshot->length = 0;
    snapshot->full = 0;
    live->snapshot_ns = td_now_ns();
    if (td_control_status(live->control, &message) != 0)
        return;
    td_buf_append(snapshot, STATUS, strlen(STATUS));
    append_json(snapshot, zmq_msg_data(&message), zmq_msg_size(&message));
    td_buf_append(snapshot, "\n\n", 2);
    zmq_msg_close(&message);
    if (snapshot->full)
        snapshot->length = 0; /* half of one is none */
}

static uint64_t oldest(const struct td_live *live)
{
    return live->n_events > TD_LIVE_EVENTS ? live->n_events - TD_LIVE_EVENTS : 0;
}

/* Puts the next block into l->out, which has been sent. 0: there is none now. */
static int next_block(struct td_live_listener *l)
{
    struct td_live *live = l->live;

    l->out.length = l->sent = 0;
    l->out.full = 0; /* what had no memory is lost, and what follows may have some */
    if (l->next < oldest(live))
        l->next = oldest(live); /* it was too slow for those between: their ids tell */
    if (l->next < live->n_events) {
        unsigned i = l->next++ % TD_LIVE_EVENTS;
        td_buf_append(&l->out, live->events[i].block, live->events[i].length);
    } else if (l->has_snapshot) {
        l->has_snapshot = 0;
        td_buf_append(&l->out, live->snapshot.bytes, live->snapshot.length);
    } else if (live->control->server->is_stopping(live->control->data) && !l->has_ended) {
        static const char bye[] = "event: bye\ndata: {\"why\":\"textd stops\"}\n\n";
        l->has_ended = 1;
        td_buf_append(&l->out, bye, strlen(bye));
    }
    return l->out.length > 0;
}

ssize_t td_live_read(struct td_live_listener *l, char *to, size_t max)
{
    l->missed = 0;
    if (l->sent == l->out.length && !next_block(l))
        return l->has_ended ? -1 : 0;
    size_t n = l->out.length - l->sent;
    if (n > max)
        n = max;
    memcpy(to, l->out.bytes + l->sent, n);
    l->sent += n;
    return (ssize_t)n;
}

void td_live_leave(struct td_live_listener *l)
{
    struct td_live *live = l->live;
    unsigned i = 0;

    while (live->listeners[i] != l)
        i++;
    live->listeners[i] = live->listeners[--live->n_listeners];
    if (live->n_listeners == 0)
        uv_timer_stop(&live->timer);
    td_buf_free(&l->out);
    free(l);
}

/* ---- As time goes by ---------------------------------------------------------------------------------------------- */

static void wake(struct td_live *live)
{
    for (unsigned i = 0; i < live->n_listeners; i++)
        live->calls->wake(live->listeners[i]->call);
}

static void on_period(uv_timer_t *timer)
{
    struct td_live *live = timer->data;

    make_snapshot(live);
    for (unsigned i = 0; i < live->n_listeners; i++) {
        struct td_live_listener *l = live->listeners[i];
        l->has_snapshot = 1;
        if (l->missed++ == MISSED_MAX) /* once: it leaves when its connection has ended */
            live->calls->drop(l->call);
    }
    wake(live);
}

void td_live_turn(struct td_live *live)
{
    if (!live->is_due)
        return;
    live->is_due = 0;
    wake(live);
}

void td_live_event(void *data, const void *map, size_t length)
{
    struct td_live *live = data;
    struct td_buf block = { .limit = EVENT_MAX };
    unsigned i = live->n_events % TD_LIVE_EVENTS;
    char head[80];

    if (!live->is_open || td_buf_reserve(&block, 512) != 0)
        return;
    int n =
        snprintf(head, sizeof head, "id: %" PRIu64 "-%" PRIu64 "\nevent: log\ndata: ", live->series, live->n_events);
    td_buf_append(&block, head, (size_t)n);
    append_json(&block, map, length);
    td_buf_append(&block, "\n\n", 2);
    if (block.full) {
        td_buf_free(&block);
        return;
    }
    free(live->events[i].block);
    live->events[i].block = block.bytes;
    live->events[i].length = block.length;
    live->n_events++;
    live->is_due = 1;
}

/* ---- Who listens -------------------------------------------------------------------------------------------------- */

/* The first event for one who has come again: behind that which it had, if it was of this series. */
static uint64_t first_event(const struct td_live *live, const char *last_id)
{
    char *end;

    if (!last_id || strtoull(last_id, &end, 10) != live->series || *end != '-')
        return oldest(live);
    uint64_t number = strtoull(end + 1, &end, 10);
    return *end == 0 && number < live->n_events ? number + 1 : oldest(live);
}

struct td_live_listener *td_live_join(struct td_live *live, const char *last_id, void *call)
{
    struct td_live_listener *l = live->n_listeners < TD_LIVE_LISTENERS ? calloc(1, sizeof *l) : NULL;

    if (!l)
        return NULL;
    if (td_now_ns() - live->snapshot_ns > PERIOD_MS * TD_MS)
        make_snapshot(live);
    *l = (struct td_live_listener) { .live = live, .call = call, .out.limit = SNAPSHOT_MAX, .has_snapshot = 1 };
    l->next = first_event(live, last_id);
    td_buf_append(&l->out, RETRY, strlen(RETRY));
    if (live->n_listeners == 0)
        uv_timer_start(&live->timer, on_period, PERIOD_MS, PERIOD_MS);
    live->listeners[live->n_listeners++] = l;
    return l;
}

int td_live_open(struct td_live *live, uv_loop_t *loop, struct td_control *control)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *live = (struct td_live) { .control = control, .snapshot.limit = SNAPSHOT_MAX };
    live->series = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    if (uv_timer_init(loop, &live->timer) != 0)
        return -1;
    live->timer.data = live;
    live->is_open = 1;
    return 0;
}

void td_live_close(struct td_live *live)
{
    if (!live->is_open)
        return;
    assert(live->n_listeners == 0);
    live->is_open = 0;
    uv_close((uv_handle_t *)&live->timer, NULL);
    td_buf_free(&live->snapshot);
    for (unsigned i = 0; i < TD_LIVE_EVENTS; i++)
        free(live->events[i].block);
}
