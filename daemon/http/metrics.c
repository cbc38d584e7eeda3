/* metrics.c: GET /metrics: what operator/metrics.c writes, and what HTTP itself has counted. */
#include "daemon/http/metrics.h"

#include <string.h>

#include "daemon/http/health.h"
#include "daemon/http/http.h"
#include "daemon/http/page.h"
#include "daemon/operator/metrics.h"

/* With 64 pipelines and 64 plugins it is a third of a megabyte. */
#define MOST_BYTES (16u << 20)

static void put(struct td_expo *e, const char *label, const char *value, uint64_t number)
{
    const struct td_expo_label labels = { label, value };

    td_expo_set_labels(e, &labels, 1);
    td_expo_number(e, number);
}

/* The page is many files, and one thing to count. */
static uint64_t count_requests(const struct td_http *http, uint32_t route, uint32_t class)
{
    uint64_t n = 0;

    if (td_http_routes[route].take != td_http_page)
        return http->requests[route][class];
    for (uint32_t i = 0; td_http_routes[i].path; i++)
        n += td_http_routes[i].take == td_http_page ? http->requests[i][class] : 0;
    return n;
}

static void write_requests(struct td_expo *e, const struct td_http *http)
{
    static const char *const classes[] = { NULL, "1xx", "2xx", "3xx", "4xx", "5xx" };
    const struct td_http_route *route = td_http_routes;

    td_expo_begin(e, TD_EXPO_COUNTER, "textd_http_requests", NULL, "HTTP requests that were answered.");
    for (uint32_t i = 0, more = 1; more; i++) { /* behind the last route is what no route was for */
        more = route[i].path != NULL;
        if (more && strncmp(route[i].path, "/page/", 6) == 0)
            continue;
        for (uint32_t k = 2; k <= 5; k++) {
            const struct td_expo_label labels[] = { { "method", more ? route[i].method : "(any)" },
                                                    { "path", more ? route[i].path : "(other)" },
                                                    { "status", classes[k] } };
            td_expo_set_labels(e, labels, 3);
            td_expo_number(e, count_requests(http, i, k));
        }
    }
}

static void write_http(struct td_expo *e, const struct td_http *http)
{
    const struct td_http_counters *counters = &http->counters;
    char failing[256];

    td_expo_begin(e, TD_EXPO_GAUGE, "textd_ready", NULL, "What /readyz says: 1 or 0.");
    td_expo_number(e, (uint64_t)td_http_is_ready(http, failing, sizeof failing));
    write_requests(e, http);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_http_connections", NULL, "HTTP connections that are open.");
    td_expo_number(e, td_http_n_connections(http));
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_http_connections_accepted", NULL, "HTTP connections that came in.");
    td_expo_number(e, counters->connections);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_http_connections_closed", NULL,
                  "HTTP connections that textd closed: too many, idle when another came, over http.deadline, a live "
                  "stream that wasn't read.");
    put(e, "reason", "full", counters->connections_full);
    put(e, "reason", "idle", counters->connections_reused);
    put(e, "reason", "deadline", counters->deadline);
    put(e, "reason", "unread", counters->live_slow);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_http_clients_gone", NULL,
                  "HTTP clients that left before they were answered.");
    td_expo_number(e, counters->gone);
    td_expo_begin(e, TD_EXPO_GAUGE, "textd_http_held_bytes", "bytes",
                  "Bytes that HTTP holds: bodies, answers, connections.");
    td_expo_number(e, http->docs->door_bytes + http->docs->connection_bytes);
    td_expo_begin(e, TD_EXPO_COUNTER, "textd_auth_failures", NULL,
                  "HTTP requests that were refused for their token, Host or Origin.");
    put(e, "reason", "token", counters->refused_token);
    put(e, "reason", "host", counters->refused_host);
    put(e, "reason", "origin", counters->refused_origin);
}

void td_http_metrics(struct td_http_call *call)
{
    struct td_http *http = td_http_call_http(call);
    enum td_expo_form form = td_expo_choose(td_http_call_header(call, "Accept"));
    struct td_buf out = { .limit = MOST_BYTES };
    struct td_expo expo = { .out = &out, .form = form };
    struct td_err err;

    td_metrics_write(&expo, http->docs, http->control->reload, http->control->pipe);
    write_http(&expo, http);
    td_expo_end(&expo);
    if (out.full) {
        td_fail(&err, TD_E_INTERNAL, "no memory for the metrics");
        td_http_call_fail(call, 0, &err);
    } else {
        td_http_call_set_header(call, "Vary", "Accept");
        td_http_call_answer(call, 200, td_expo_content_type(form), out.bytes, out.length);
    }
    td_buf_free(&out);
}
