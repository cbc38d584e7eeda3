/* encode.h: from a request to the frames that travel. */
#ifndef CLIENT_ENCODE_H
#define CLIENT_ENCODE_H

#include <textd/client.h>

#include "clients/c/pending.h"

/* The caller's request as this version of the header has it, with 0 in what the caller's version didn't know. INVALID
 * when its size makes no sense, or it has something that this version doesn't know. */
int encode_known(struct textd_request *known, const struct textd_request *request, struct textd_error *error);

/* The same for any struct that begins with its size: `first` is what its first version had. */
int encode_known_struct(void *known, size_t size, const void *given, size_t first, const char *name,
                        struct textd_error *error);

/* Makes the two frames of an annotate request (the text goes raw in the second one), under `id`. The result is the
 * caller's; NULL: NO_MEMORY, or INVALID with the reason. */
struct pending *encode_annotate(const struct textd_request *request, uint64_t id, struct textd_error *error);

/* A request of an op and its arguments: "ping", with none. */
struct pending *encode_op(const char *op, const struct textd_argument *arguments, size_t n, uint64_t id,
                          struct textd_error *error);

/* Makes `ms` the deadline of a request that has one, for being sent again. The bytes that were sent stay as they are,
 * since libzmq may hold them still. -1: out of memory; the request is unchanged. */
int encode_deadline(struct pending *p, uint32_t ms);

#endif
