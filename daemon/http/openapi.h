/* openapi.h: GET /v1/openapi.json: what this server takes and answers, for people's tools (OpenAPI 3.1). Made anew
 * for each request from what the server itself goes by: the table of routes, the keys of a request, the errors, the
 * plugins that serve. */
#ifndef TD_HTTP_OPENAPI_H
#define TD_HTTP_OPENAPI_H

#include "daemon/http/call.h"

void td_http_openapi(struct td_http_call *call);

#endif
