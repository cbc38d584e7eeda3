/* json_in.h: a request in JSON becomes the same request in MessagePack, so that request.c stays the one place that
 * judges it. What JSON allows and the wire doesn't is judged here, where the place in the JSON is still known: a key
 * twice, a lone surrogate, a number that is too large, and the limits on depth and values. No tree is built: one
 * pass, and memory for no more than what comes out. */
#ifndef TD_HTTP_JSON_IN_H
#define TD_HTTP_JSON_IN_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/mp_buf.h"

/* What a map header that td_json_in writes for the outermost object takes: always a map 16, so that pairs can be
 * added. */
#define TD_JSON_IN_HEAD_BYTES 3

/* Puts the JSON object (RFC 8259; a byte order mark is skipped) into `out`, which is emptied, as a MessagePack map.
 * `line`: in messages, the number of its first line. json[length] must be readable, and no digit: a NUL, or a line's
 * end. Bytes that are no UTF-8 are left to whoever reads the map. On an error, whose words name the key, the place,
 * what it was and what would be right, `out` holds a map of what could be told of `id`, `trace` and `meta` until
 * there, so that the answer can carry them. TD_E_BAD_REQUEST; TD_E_INVALID_UTF8: half a surrogate pair in the text;
 * TD_E_OVERLOADED: no memory, `out` is empty. */
int td_json_in(struct td_buf *out, const char *json, size_t length, uint32_t depth, uint32_t line, struct td_err *err);

/* Counts `more` pairs in, that were appended to `out` behind a map of td_json_in's or td_json_in_begin's. */
void td_json_in_add(struct td_buf *out, uint32_t more);

/* An empty map to append to. */
void td_json_in_begin(struct td_buf *out);

#endif
