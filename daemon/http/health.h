/* health.h: is textd alive, is it ready: for kubelets, load balancers, scripts. Liveness never depends on load. */
#ifndef TD_HTTP_HEALTH_H
#define TD_HTTP_HEALTH_H

#include "daemon/http/call.h"

void td_http_livez(struct td_http_call *call);

#endif
