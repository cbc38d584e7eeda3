/* fingerprint.h: whether a file is still the one that it was: a number of its beginning and of one line. FNV-1a with 64
 * bits (Fowler, Noll, Vo; draft-eastlake-fnv): it is to find mistakes, a file that was rotated or edited, and nobody
 * gains by fooling it. */
#ifndef CLIENT_PIPE_FINGERPRINT_H
#define CLIENT_PIPE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

#define FINGERPRINT_HEAD 1024u /* bytes of the beginning */
#define FINGERPRINT_TAIL 1024u /* bytes of the line: its last ones */
#define FINGERPRINT_START UINT64_C(0xcbf29ce484222325)

static inline uint64_t fingerprint_add(uint64_t hash, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* The last FINGERPRINT_TAIL bytes of the line, or all of them. */
static inline uint64_t fingerprint_line(uint64_t hash, const char *line, size_t length)
{
    size_t tail = length < FINGERPRINT_TAIL ? length : FINGERPRINT_TAIL;

    return length ? fingerprint_add(hash, line + length - tail, tail) : hash;
}

#endif
