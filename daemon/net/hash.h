/* hash.h: uthash, as the rooms use it. A failed malloc ends the process by default: here it leaves the element's hh.tbl
 * NULL, which the caller looks at. The bytes that are hashed are a peer's choice, so the hash has a secret: SipHash, of
 * libsodium. */
#ifndef TD_HASH_H
#define TD_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t td_hash(const void *bytes, size_t length);

#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) ((void)(element))
#define HASH_FUNCTION(key, length, value) ((value) = td_hash((key), (length)))
#include <uthash.h>

#endif
