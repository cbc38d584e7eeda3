/* ndjson.h: a batch of documents: a JSON object a line in, an answer a line out. Both ways flow at the same time,
 * and each waits for the other: a client that doesn't read its answers isn't read. */
#ifndef TD_HTTP_NDJSON_H
#define TD_HTTP_NDJSON_H

#include "daemon/http/call.h"
#include "daemon/http/entry.h"

struct
    td_http_batch; /* begins with a struct td_http_ask that nobody asks: its `answer` tells it from a single document */

/* The call is a batch's from now on; it takes the defaults over. `any_order`: answers as they are ready, else in the
 * order of the lines. `line_bytes`: the most that a line may have. */
void td_http_batch_begin(struct td_http_call *call, struct td_http_defaults *defaults, int any_order,
                         uint64_t line_bytes);

/* As td_http_route's take_body. */
size_t td_http_batch_take(struct td_http_batch *batch, const char *bytes, size_t length);

#endif
