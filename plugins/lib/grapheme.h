/* grapheme.h: where a text may be cut without cutting what a reader takes for one character: the borders of extended grapheme
 * clusters, by the rules of UAX #29 (https://www.unicode.org/reports/tr29/). Pure. */
#ifndef TEXTD_GRAPHEME_H
#define TEXTD_GRAPHEME_H

#include <stdbool.h>
#include <stdint.h>

/* A text, and what is remembered of it between two questions. Make it with grapheme_cursor. */
struct grapheme_cursor {
    const char *text; /* UTF-8, valid */
    uint32_t length;
    uint32_t flags_start, flags_at; /* the flags (regional indicators) before `flags_at` start at `flags_start` */
};

struct grapheme_cursor grapheme_cursor(const char *text, uint32_t length);

/* Whether a cluster ends, or none has begun, at `at`, a character border. Asked for ascending positions, the time is linear in
 * the text, whatever it is; mostly it is one look at two bytes. */
bool grapheme_is_border(struct grapheme_cursor *cursor, uint32_t at);

#endif
