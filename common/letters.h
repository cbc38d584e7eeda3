/* letters.h: how much of a text is letters, by which the host and its plugins say what most of it is in. */
#ifndef TD_LETTERS_H
#define TD_LETTERS_H

#include <textd/plugin.h>

/* Letters of the span, near enough: all characters beyond ASCII, and of ASCII the letters. The text is UTF-8. */
static inline uint32_t td_letters(const char *text, struct textd_span span)
{
    uint32_t n = 0;

    for (uint32_t i = span.start; i < span.end; i++) {
        unsigned char c = (unsigned char)text[i];
        n += c >= 0xC0 || (unsigned char)((c | 0x20) - 'a') < 26;
    }
    return n;
}

#endif
