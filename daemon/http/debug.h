/* debug.h: everything that `textctl status` shows, for who has the token and no control socket. */
#ifndef TD_HTTP_DEBUG_H
#define TD_HTTP_DEBUG_H

#include "daemon/http/call.h"

void td_http_debug_state(struct td_http_call *call);

#endif
