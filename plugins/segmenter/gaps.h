/* gaps.h: what stands between two tokens, as far as the walks over a text care: blanks to skip, and whether a sentence may end there. */
#ifndef SEGMENTER_GAPS_H
#define SEGMENTER_GAPS_H

#include "plugins/segmenter/scan.h"

/* The position of the next character that is no ASCII blank. Whether there is one is hard to foretell, so it takes no branch; two in a row are
 * rare. */
static inline uint32_t skip_blanks(const struct scan *s, uint32_t at)
{
    if (at == s->length)
        return at;
    at += char_byte_class[(unsigned char)s->text[at]] == CHAR_BLANK;
    while (at < s->length && char_byte_class[(unsigned char)s->text[at]] == CHAR_BLANK)
        at++;
    return at;
}

/* Whether a sentence may end behind this token though no blank follows: a full stop, a bracket behind one, a line drawn, something
 * beyond ASCII. */
static inline int may_end_sentence(const struct scan *s, struct textd_span token)
{
    enum { ALONE = 1, DRAWN = 2 };
    static const uint8_t marks[128] = {
        ['.'] = ALONE, ['?'] = ALONE, ['!'] = ALONE, [')'] = ALONE, [']'] = ALONE, ['-'] = DRAWN, ['*'] = DRAWN,
        ['_'] = DRAWN, ['='] = DRAWN, ['+'] = DRAWN, ['|'] = DRAWN, ['<'] = DRAWN, ['>'] = DRAWN, ['~'] = DRAWN,
    };
    unsigned char c = (unsigned char)s->text[token.start];

    return c >= 0x80 || marks[c] == ALONE || (marks[c] == DRAWN && token.end - token.start > 1);
}

/* Whether a line, or a page, ends in the blanks [from, to). */
static inline int has_line_end(const char *text, uint32_t from, uint32_t to)
{
    for (; from < to; from++)
        if (text[from] == '\n' || text[from] == '\f' ||
            (text[from] & '\xfe') == '\xa8') /* the last byte of U+2028 and U+2029, and of no other blank */
            return 1;
    return 0;
}

/* The flags of the token at `at`, which is not the first and whose first byte is of class `class`. None, where no sentence ends
 * before it for reasons that need no second look: no blank stands before it, and before that nothing that ends sentences so; or
 * blanks, how many and which makes no difference, and before that a small word; or it is a small word, behind a word, a number or a comma. That is so of nine tokens in ten. */
static inline uint32_t gap_flags(const struct scan *s, const struct segments *out, uint32_t at, uint8_t class)
{
    struct textd_span last = out->tokens[out->n_tokens - 1];
    uint8_t kind = out->kinds[out->n_tokens - 1] & TOKEN_KIND;
    char end = s->text[last.end - 1];

    if (at == last.end)
        return may_end_sentence(s, last) ? TOKEN_GAP : 0;
    if ((at - last.end > 1 || s->text[last.end] != ' ') && has_line_end(s->text, last.end, at))
        return TOKEN_GAP | TOKEN_LINE;
    if (end == ',')
        return class == (CHAR_LETTER | CHAR_UPPER) ? TOKEN_GAP : 0;
    if (kind == TEXTD_TOKEN_WORD && char_is_lower(s->text[last.start]) && end != '.')
        return 0;
    return class == (CHAR_LETTER | CHAR_LOWER) &&
                   (kind == TEXTD_TOKEN_WORD || (kind == TEXTD_TOKEN_NUMBER && end != '.'))
               ? 0
               : TOKEN_GAP;
}

#endif
