/* marks.c: see marks.h. */
#include "plugins/sentiment/marks.h"

#include <stdbool.h>
#include <string.h>

#define MOST_BYTES 8u /* of a run like "?!?!?!" that count */

enum { ENDS = 1, STOPS = 2, EXCLAIMS = 4, ASKS = 8 };

/* Of marks of one byte. Quotation marks stand around single words. */
static const uint8_t known[128] = {
    [','] = ENDS,
    [';'] = ENDS | STOPS,
    [':'] = ENDS | STOPS,
    ['.'] = ENDS | STOPS,
    ['('] = ENDS | STOPS,
    [')'] = ENDS | STOPS,
    ['['] = ENDS | STOPS,
    [']'] = ENDS | STOPS,
    ['!'] = ENDS | STOPS | EXCLAIMS,
    ['?'] = ENDS | STOPS | ASKS,
};

/* Beyond ASCII, dashes and an ellipsis. */
static bool is_pause(const char *bytes, uint32_t length)
{
    unsigned char third = length >= 3 && memcmp(bytes, "\xE2\x80", 2) == 0 ? (unsigned char)bytes[2] : 0;

    return (third >= 0x90 && third <= 0x95) || third == 0xA6;
}

/* "?!", "...", "--" */
static uint8_t read_long(struct marks *marks, const char *bytes, uint32_t length)
{
    unsigned char c = (unsigned char)bytes[0];

    for (uint32_t k = 0; k < length && k < MOST_BYTES; k++) {
        marks->exclamations += bytes[k] == '!';
        marks->questions += bytes[k] == '?';
    }
    if (c == '-' || is_pause(bytes, length))
        return ENDS | STOPS;
    return c < 128 ? known[c] & (ENDS | STOPS) : 0;
}

struct marks marks_read(const struct token_text *text, uint32_t first, uint64_t which)
{
    struct marks marks = { 0 };

    for (; which; which &= which - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(which);
        struct textd_span span = text->tokens[first + k];
        const char *bytes = text->text + span.start;
        uint32_t length = span.end - span.start;
        if (length == 0) /* another's segmenter may say so */
            continue;
        unsigned char c = (unsigned char)bytes[0];
        uint32_t n_calls = marks.exclamations + marks.questions;
        uint8_t does = length == 1 && c < 128 ? known[c] : read_long(&marks, bytes, length);
        marks.ends |= (uint64_t)(does & ENDS) << k;
        marks.stops |= (uint64_t)(does / STOPS & 1) << k;
        marks.exclamations += does / EXCLAIMS & 1;
        marks.questions += does / ASKS & 1;
        marks.calls |= (uint64_t)(marks.exclamations + marks.questions > n_calls) << k;
    }
    return marks;
}
