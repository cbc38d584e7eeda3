/* annotate.h: POST /v1/annotate and GET /v1/describe. */
#ifndef TD_HTTP_ANNOTATE_H
#define TD_HTTP_ANNOTATE_H

#include "daemon/http/call.h"

void td_http_annotate(struct td_http_call *call);
size_t td_http_annotate_body(struct td_http_call *call, const char *bytes, size_t length);
extern const struct td_http_parameter td_http_annotate_parameters[];

void td_http_describe(struct td_http_call *call);

#endif
