/* listen.h: GET /v1/live: a call becomes a listener of live.h's. */
#ifndef TD_HTTP_LISTEN_H
#define TD_HTTP_LISTEN_H

#include "daemon/http/call.h"

void td_http_live(struct td_http_call *call);

#endif
