/* listen.c: see listen.h. */
#include "daemon/http/listen.h"

#include "common/log.h"
#include "daemon/http/http.h"

/* What the kernel keeps of a stream that isn't read. By itself it would keep some MB: a quarter of an hour's. */
#define KERNEL_BYTES (32 << 10)

static ssize_t read_stream(void *listener, char *to, size_t max)
{
    return td_live_read(listener, to, max);
}

/* A drain is worth seeing, and may be one after which the server stays: the stream goes on until it stops. */
static void drain_stream(void *listener)
{
    (void)listener;
}

static void close_stream(void *listener)
{
    td_live_leave(listener);
}

static const struct td_http_source stream = { .read = read_stream, .drain = drain_stream, .close = close_stream };

static void wake(void *call)
{
    td_http_call_resume(call);
}

/* It can be told nothing, since what was sent before still lies there. */
static void drop(void *call)
{
    td_http_call_http(call)->counters.live_slow++;
    td_log(TD_LOG_INFO, "http.live_slow", TD_STR("reason", "it doesn't read"), TD_STR("action", "close"));
    td_http_call_break(call);
}

static const struct td_live_calls calls = { wake, drop };

void td_http_live(struct td_http_call *call)
{
    struct td_http *http = td_http_call_http(call);
    struct td_err err;

    http->live.calls = &calls;
    struct td_live_listener *listener = td_live_join(&http->live, td_http_call_header(call, "Last-Event-ID"), call);
    if (!listener) {
        if (http->live.n_listeners == TD_LIVE_LISTENERS)
            td_fail(&err, TD_E_OVERLOADED, "%u listeners are there already, and that is all that there may be",
                    http->live.n_listeners);
        else
            td_fail(&err, TD_E_OVERLOADED, "there is no memory for one more listener");
        td_http_call_fail(call, 0, &err);
        return;
    }
    td_http_call_keep_little(call, KERNEL_BYTES);
    td_http_call_set_header(call, "X-Accel-Buffering", "no"); /* a proxy that collects would show nothing for minutes */
    td_http_call_stream(call, 200, "text/event-stream", &stream, listener);
}
