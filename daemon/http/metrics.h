/* metrics.h: GET /metrics. */
#ifndef TD_HTTP_METRICS_H
#define TD_HTTP_METRICS_H

#include "daemon/http/call.h"

void td_http_metrics(struct td_http_call *call);

#endif
