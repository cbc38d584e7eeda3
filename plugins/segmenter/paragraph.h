/* paragraph.h: what empty lines enclose. Sentences end with their paragraph, and nothing in another one is looked at. */
#ifndef SEGMENTER_PARAGRAPH_H
#define SEGMENTER_PARAGRAPH_H

#include <stdint.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/shape.h"
#include "plugins/segmenter/tokens.h"

struct paragraph {
    const char *text;
    uint32_t length;                 /* of the whole text */
    const struct textd_span *tokens; /* of the whole text, and so are the kinds */
    uint8_t *kinds;                  /* with their flags */
    uint32_t n_tokens;
    uint32_t first, end;                /* the tokens of the paragraph */
    enum shape first_shape, last_shape; /* of these tokens */
    uint32_t line_width;                /* bytes of its longest line */
    uint32_t manners;                   /* see paragraph_manners; 0: nobody asked yet */
};

/* Finds the end of the paragraph that starts at token `paragraph->first`, and takes a look at its lines. */
void paragraph_read(struct paragraph *paragraph);

/* The kind of token `i`. */
static inline uint8_t paragraph_kind(const struct paragraph *p, uint32_t i)
{
    return p->kinds[i] & TOKEN_KIND;
}

/* The next token, `i` or behind it, that has the flag; `end` when there is none before it. */
static inline uint32_t paragraph_next(const struct paragraph *p, uint32_t i, uint32_t end, uint32_t flag)
{
    for (uint64_t eight; end - i >= 8 && i < end; i += 8) {
        memcpy(&eight, p->kinds + i, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        eight &= 0x0101010101010101ull * flag;
        if (eight)
            return i + (uint32_t)__builtin_ctzll(eight) / 8;
    }
    while (i < end && !(p->kinds[i] & flag))
        i++;
    return i;
}

/* The next token before which a sentence may end. */
static inline uint32_t paragraph_next_gap(const struct paragraph *p, uint32_t i, uint32_t end)
{
    return paragraph_next(p, i, end, TOKEN_GAP);
}

/* How the paragraph writes the words behind its . ! ?: of the first five, how many have a capital, and how many have not, at most three
 * of each. As one number, for the model. */
uint32_t paragraph_manners(struct paragraph *paragraph);

/* What stands between two tokens. */
enum gap { GAP_NONE, GAP_BLANK, GAP_WIDE, GAP_TAB, GAP_LINE, GAP_EDGE };

/* What stands before token `i`. */
enum gap paragraph_gap(const struct paragraph *paragraph, uint32_t i);

/* The shape of token `i`; SHAPE_EDGE beyond the paragraph. The most frequent are known at first sight. */
static inline enum shape paragraph_shape(const struct paragraph *p, uint32_t i)
{
    if (i < p->first || i >= p->end)
        return SHAPE_EDGE;
    const char *token = p->text + p->tokens[i].start;
    uint32_t length = p->tokens[i].end - p->tokens[i].start;
    uint8_t kind = paragraph_kind(p, i);
    if (length == 1 && kind == TEXTD_TOKEN_PUNCT)
        return (enum shape)shape_of_mark[(unsigned char)*token];
    if (kind == TEXTD_TOKEN_WORD && char_is_lower(token[length - 1])) {
        if (char_is_lower(*token))
            return SHAPE_SMALL;
        if (char_is_upper(*token))
            return SHAPE_CAPITAL;
    }
    return shape_of(token, length, kind);
}

#endif
