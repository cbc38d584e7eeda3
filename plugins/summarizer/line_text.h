/* line_text.h: what lines.c and turns.c read a line with. */
#ifndef SUMMARIZER_LINE_TEXT_H
#define SUMMARIZER_LINE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "plugins/lib/character.h"

static inline int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline uint32_t skip_blanks(const char *text, uint32_t at, uint32_t end)
{
    while (at < end && is_blank(text[at]))
        at++;
    return at;
}

/* Whether text[at, end) starts with the word, of small letters, and ends with it or goes on with what is no letter. */
static inline int has_word(const char *text, uint32_t at, uint32_t end, const char *word)
{
    uint32_t i = 0;

    for (; word[i]; i++)
        if (at + i >= end || char_to_lower(text[at + i]) != word[i])
            return 0;
    return at + i == end || !char_is_lower(char_to_lower(text[at + i]));
}

static inline int is_one_of(const char *text, uint32_t at, uint32_t end, const char *const *words, size_t n)
{
    int first = at < end ? char_to_lower(text[at]) : 0; /* by which nearly all are told apart */

    for (size_t i = 0; i < n; i++)
        if (words[i][0] == first && has_word(text, at, end, words[i]))
            return 1;
    return 0;
}

#endif
