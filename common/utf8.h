/* utf8.h: what we need to know about UTF-8 bytes. Well-formedness is that of the Unicode Standard, table 3-7: no
 * overlong forms, no surrogates, nothing above U+10FFFF. NUL and U+FEFF are characters like any other. */
#ifndef TD_UTF8_H
#define TD_UTF8_H

#include <stddef.h>
#include <stdint.h>

struct td_utf8_counts {
    uint64_t codepoints;
    uint64_t utf16; /* code units: one a code point, two above U+FFFF */
};

/* The length of the longest valid prefix: `length` itself when all of it is valid. Otherwise it is the position of the
 * first byte of the first ill-formed sequence. Fills in *counts (unless NULL) for that prefix. Time is linear. */
size_t td_utf8_check(const char *text, size_t length, struct td_utf8_counts *counts);

/* The largest cut <= `limit` that does not split a character of `text`, which is valid up to there. */
size_t td_utf8_cut(const char *text, size_t limit);

/* Makes of `text`, in place, one line of UTF-8 that may be printed anywhere, whoever wrote what it quotes: blanks for line
 * ends and tabs, and '?' for other control characters, for what turns the direction of the text around it, for a byte
 * order mark, and for each byte that is no UTF-8. The new length, which is never larger. */
size_t td_utf8_make_plain(char *text, size_t length);

/* How many bytes of a text from outside a message quotes: at most 60, and no part of a character. For "%.*s". */
static inline int td_utf8_quoted(const char *text, size_t length)
{
    return (int)(length <= 60 ? length : td_utf8_cut(text, 60));
}

/* Non-zero when `at` (0 … length) is a character border of a valid text. */
static inline int td_utf8_is_border(const char *text, size_t length, size_t at)
{
    return at == length || ((unsigned char)text[at] & 0xC0) != 0x80;
}

#endif
