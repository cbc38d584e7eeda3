/* result.h: the typed writer behind host->map_begin and its kin. It encodes straight into the worker's output buffer, so
 * that a result is written once and copied nowhere, and it holds plugins to the rules: one value, keys before values,
 * every end has its begin, offsets on character borders, bounded depth and size. */
#ifndef TD_RESULT_H
#define TD_RESULT_H

#include "daemon/worker/document.h"

/* Starts a result at the buffer's end; it may take `limit` bytes. */
void td_result_begin(struct td_document *doc, struct td_buf *out, size_t limit);

/* Ends it. A plugin that wrote nothing gets nil. TEXTD_OK, or TEXTD_INVALID when the plugin made a mistake (now or
 * before): then doc->mistake has the words, and the caller cuts the buffer back. */
int32_t td_result_end(struct td_document *doc);

/* Each is the function of the same name of struct textd_host. */
void td_result_map_begin(struct textd_doc *doc);
void td_result_map_end(struct textd_doc *doc);
void td_result_array_begin(struct textd_doc *doc);
void td_result_array_end(struct textd_doc *doc);
void td_result_write_key(struct textd_doc *doc, const char *key);
void td_result_write_text(struct textd_doc *doc, const char *bytes, uint64_t length);
void td_result_write_integer(struct textd_doc *doc, int64_t value);
void td_result_write_number(struct textd_doc *doc, double value);
void td_result_write_bool(struct textd_doc *doc, int32_t value);
void td_result_write_nil(struct textd_doc *doc);
void td_result_write_offset(struct textd_doc *doc, uint32_t offset);
void td_result_write_span(struct textd_doc *doc, struct textd_span span);
void td_result_write_slice(struct textd_doc *doc, struct textd_span span);

/* A container whose count is known only at its end: five bytes of head now, the count later. Small ones are closed up
 * to the one-byte head, which most peers' results are full of. Used for the reply's own maps too. */
size_t td_head_open(struct td_buf *out);
void td_head_close(struct td_buf *out, size_t head, uint32_t count, int is_map);

#endif
