/* routes.c: all that can be asked for by HTTP. */
#include "daemon/http/call.h"
#include "daemon/http/health.h"

const struct td_http_route td_http_routes[] = {
    { .method = "GET",
      .path = "/livez",
      .is_open = 1,
      .is_probe = 1,
      .is_early = 1,
      .take = td_http_livez,
      .help = "whether textd runs; never depends on load" },
    { .path = NULL },
};
