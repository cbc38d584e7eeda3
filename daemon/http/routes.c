/* routes.c: all that can be asked for by HTTP. */
#include "daemon/http/annotate.h"
#include "daemon/http/call.h"
#include "daemon/http/debug.h"
#include "daemon/http/health.h"
#include "daemon/http/listen.h"
#include "daemon/http/metrics.h"
#include "daemon/http/openapi.h"
#include "daemon/http/page.h"
#include "page_files.h"

static const struct td_http_parameter probe_parameters[] = {
    { "verbose", "each check with its reason, also those that hold" },
    { NULL, NULL },
};

const struct td_http_route td_http_routes[] = {
    { .method = "GET",
      .path = "/livez",
      .is_open = 1,
      .is_probe = 1,
      .is_early = 1,
      .parameters = probe_parameters,
      .take = td_http_livez,
      .help = "whether textd runs; never depends on load" },
    { .method = "GET",
      .path = "/readyz",
      .is_open = 1,
      .is_probe = 1,
      .is_early = 1,
      .parameters = probe_parameters,
      .take = td_http_readyz,
      .help = "whether a document that is sent now would be answered" },
    { .method = "GET",
      .path = "/healthz",
      .is_open = 1,
      .is_probe = 1,
      .is_early = 1,
      .parameters = probe_parameters,
      .take = td_http_readyz,
      .help = "the same as /readyz" },
    { .method = "POST",
      .path = "/v1/annotate",
      .parameters = td_http_annotate_parameters,
      .take = td_http_annotate,
      .take_body = td_http_annotate_body,
      .help = "annotates a document, or a batch of them" },
    { .method = "GET",
      .path = "/v1/describe",
      .take = td_http_describe,
      .help = "plugins with their options, pipelines, limits" },
    { .method = "GET", .path = "/v1/openapi.json", .take = td_http_openapi, .help = "this list, as OpenAPI" },
    { .method = "GET",
      .path = "/debug/state",
      .take = td_http_debug_state,
      .help = "all that textctl status shows, as JSON" },
    { .method = "GET",
      .path = "/metrics",
      .is_open = 1,
      .is_probe = 1,
      .is_early = 1,
      .take = td_http_metrics,
      .help = "metrics for Prometheus, in text format 0.0.4, or OpenMetrics 1.0 for who asks for that" },
    { .method = "GET",
      .path = "/v1/live",
      .take = td_http_live,
      .help = "what goes on, as server-sent events: a status each second, and what the log says of the server" },
#define X(file, name, type, tag) { .method = "GET", .path = file, .take = td_http_page, .help = "the page for people" },
    TD_HTTP_PAGE_FILES(X)
#undef X
        { .path = NULL },
};
