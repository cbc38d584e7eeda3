/* json_out.h: MessagePack, such as a reply or a status, as JSON in pieces of any size: so that a reply of 47 MB is
 * written as its reader takes it, and holds up nobody. No tree is built; the bytes are borrowed until the last piece.
 *
 * The JSON is what textctl prints, byte for byte: binary (and an extension) is a string of hexadecimal digits; a key
 * that is no str is ""; a number that JSON has no word for, and what nests deeper than any reply, is null. Only an
 * integer above 2^63, which textctl rounds, is written whole: it may be an id. Bytes of a str that are no UTF-8
 * become U+FFFD: what comes out is always JSON. */
#ifndef TD_HTTP_JSON_OUT_H
#define TD_HTTP_JSON_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "common/json.h"
#include "common/mp.h"

#define TD_JSON_OUT_DEPTH 100

struct td_json_out {
    struct td_mp at;
    uint32_t depth; /* containers that are open */
    struct {
        uint32_t left; /* values that it still waits for; a map's keys, too */
        uint8_t is_map;
        uint8_t has_one;
    } open[TD_JSON_OUT_DEPTH];
    int is_begun;
    const char *text; /* a str or bin that is being written; NULL: none */
    uint32_t text_left;
    uint32_t text_checked; /* bytes from `text` on that are known to be UTF-8 */
    int is_binary;
    uint8_t word_at, word_length; /* what of `word` has had no room yet */
    char word[TD_JSON_WORD_BYTES];
};

/* `bytes` must begin with one value of MessagePack; where it ends early, null stands for what is missing. */
void td_json_out_start(struct td_json_out *out, const void *bytes, size_t length);

/* Writes the next piece, `max` bytes unless it is the last. Returns its length; 0: that was all. */
size_t td_json_out_read(struct td_json_out *out, char *to, size_t max);

#endif
