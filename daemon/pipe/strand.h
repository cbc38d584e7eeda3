/* strand.h: what a connection's bytes are, as far as it matters how much of a message there is before its end: libzmq keeps all
 * parts of a message until the last one has come, however many they are, and has no limit for that. Only headers are looked
 * at, of ZMTP 1.0 to 3.1 (https://rfc.zeromq.org/spec/23/). */
#ifndef TD_STRAND_H
#define TD_STRAND_H

#include <stddef.h>
#include <stdint.h>

/* Parts that a message may have; two are of use. */
#define TD_STRAND_PARTS 1000u

/* SIGNATURE, GREETING: before the first message. HEAD: of a part, or of a command. BODY: the rest of it. */
enum td_strand_state { TD_STRAND_SIGNATURE, TD_STRAND_GREETING, TD_STRAND_HEAD, TD_STRAND_BODY };

/* Zeroed at first. */
struct td_strand {
    enum td_strand_state state;
    int is_old; /* ZMTP 1.0 */
    uint8_t head[11];
    uint8_t n_head;
    uint64_t rest;  /* bytes of GREETING or BODY that have not come */
    uint32_t parts; /* of the message that has no end yet */
    uint64_t bytes; /* that those have, as announced */
};

/* Takes what was read. Non-zero: the message has more parts, or more bytes than `most`, and no end. */
int td_strand_take(struct td_strand *strand, const void *bytes, size_t length, uint64_t most);

#endif
