/* warnings.h: what a reply tells its client beside the result: that something it sent was not understood and left out, and
 * what plugins have to say of theirs. Kept with the request until its reply goes out; a request without any costs nothing. */
#ifndef TD_WARNINGS_H
#define TD_WARNINGS_H

#include "common/mp_buf.h"
#include "daemon/both/frames.h"

struct td_warnings;

/* Adds one. *warnings is NULL while there are none. Without memory it is lost: the request is served all the same. */
void td_warn(struct td_warnings **warnings, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds those of the document's plugins, as a worker sent them and td_done_check let them pass: an array of str. `beyond`: how
 * many more there were. */
void td_warnings_join(struct td_warnings **warnings, const void *packed, size_t length, uint32_t beyond);

/* Non-zero when the words of another would not be told any more; td_warn only counts it then, whatever they are. */
int td_warnings_are_full(const struct td_warnings *warnings);

/* Writes an array of str. */
void td_warnings_pack(const struct td_warnings *warnings, struct td_buf *out);

/* What they take in memory; 0 when there are none. */
size_t td_warnings_bytes(const struct td_warnings *warnings);

void td_warnings_free(struct td_warnings **warnings);

#endif
