/* health.h: is textd alive, is it ready: for kubelets, load balancers, scripts. Each check says why. Liveness never
 * depends on load: who restarts a busy textd makes it busier. */
#ifndef TD_HTTP_HEALTH_H
#define TD_HTTP_HEALTH_H

#include "daemon/http/call.h"

/* It runs: its loop turns. */
void td_http_livez(struct td_http_call *call);

/* A document that is sent now would be answered. /healthz is the same, by the older name. */
void td_http_readyz(struct td_http_call *call);

/* Whether it is ready: 1, or 0 and `failing` has the first check that fails, in words. */
int td_http_is_ready(const struct td_http *http, char *failing, size_t size);

#endif
