/* live.h: GET /v1/live: what goes on, as server-sent events (HTML standard, 9.2), for the page and for `curl -N`.
 *
 *   retry: 1000                           first of all
 *   event: status, data: {…}              at once, and then each second: what the operator's `status` has
 *   id: …, event: log, data: {…}          what the operator's events socket publishes, as it comes; at first the latest
 *   event: bye, data: {"why": …}          the server stops; then the stream ends
 *
 * A reload doesn't end it, nor does a drain after which the server stays. A listener that comes again with Last-Event-ID gets
 * the events that it has missed, if they are among the latest. While nobody listens there is no timer and no snapshot.
 *
 * A snapshot is made once for all listeners. Nothing waits for one of them: while it doesn't read it misses snapshots, and
 * events that are no longer among the latest; one that has missed too many in a row is dropped. listen.c makes calls listeners. */
#ifndef TD_HTTP_LIVE_H
#define TD_HTTP_LIVE_H

#include <stdint.h>

#include <uv.h>

#include "common/mp_buf.h"
#include "daemon/operator/control.h"

#define TD_LIVE_LISTENERS 16
#define TD_LIVE_EVENTS 32

struct td_live_listener;

/* What is done with the call that a listener is: it has something to read; it is too slow. */
struct td_live_calls {
    void (*wake)(void *call);
    void (*drop)(void *call);
};

struct td_live {
    struct td_control *control;
    const struct td_live_calls *calls;
    uv_timer_t timer;
    int is_open;
    uint64_t series; /* of the events' ids: another one after each start */

    struct td_live_listener *listeners[TD_LIVE_LISTENERS];
    unsigned n_listeners;
    int is_due; /* an event came that not all of them have */

    struct td_buf snapshot; /* the latest, as a block of the stream */
    uint64_t snapshot_ns;

    struct {
        char *block;
        size_t length;
    } events[TD_LIVE_EVENTS]; /* blocks of the stream; number n is at n % TD_LIVE_EVENTS */
    uint64_t n_events;
};

/* Non-zero: libuv has no timer. */
int td_live_open(struct td_live *live, uv_loop_t *loop, struct td_control *control);

/* While the loop still runs; there are no listeners any more. */
void td_live_close(struct td_live *live);

/* An event of the operator's socket, a map of MessagePack. May be called at any time in the loop's thread; it only notes. */
void td_live_event(void *live, const void *map, size_t length);

/* Before the loop sleeps: wakes those for whom something was noted. */
void td_live_turn(struct td_live *live);

/* One more, who had the event `last_id` if that is not NULL. NULL: there are too many, or no memory. */
struct td_live_listener *td_live_join(struct td_live *live, const char *last_id, void *call);

/* The next bytes for it, as a stream's source gives them (call.h). */
ssize_t td_live_read(struct td_live_listener *listener, char *to, size_t max);

void td_live_leave(struct td_live_listener *listener);

#endif
