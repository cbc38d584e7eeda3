/* paragraph.h: what empty lines enclose. Sentences end with their paragraph, and nothing in another one is looked at. */
#ifndef SEGMENTER_PARAGRAPH_H
#define SEGMENTER_PARAGRAPH_H

#include <stdint.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/lib/neon.h"
#include "plugins/segmenter/shape.h"
#include "plugins/segmenter/tokens.h"

struct paragraph {
    const char *text;
    uint32_t length;                 /* of the whole text */
    const struct textd_span *tokens; /* of the whole text, and so are the kinds */
    uint8_t *kinds;                  /* with their flags, and behind them TOKEN_WINDOW zeros */
    uint32_t n_tokens;
    uint32_t first, end;                /* the tokens of the paragraph */
    enum shape first_shape, last_shape; /* of these tokens */
    uint32_t line_width;                /* bytes of its longest line */
    uint32_t quotes;                    /* see paragraph_has_quotes; 0: nobody asked yet */
    uint32_t next_quotes[2];            /* where the text's next are, as far as somebody looked */
    uint32_t manners;                   /* see paragraph_manners; 0: nobody asked yet */
    /* See lines.h. */
    uint32_t records; /* a bit for each kind of line that is a record here */
    struct {
        uint32_t prefix; /* the token with which its text begins, behind its mark, stamp or speaker */
        uint32_t depth;  /* of the mail that it quotes */
        uint32_t item;   /* if it begins with an item: how that is numbered, and its number */
        uint8_t kind;
        uint8_t is_closed; /* nothing goes on behind its end */
    } line;                /* the one that the walk is in */
};

/* Finds the end of the paragraph that starts at token `paragraph->first`, and takes a look at its lines. */
void paragraph_read(struct paragraph *paragraph);

/* The kind of token `i`. */
static inline uint8_t paragraph_kind(const struct paragraph *p, uint32_t i)
{
    return p->kinds[i] & TOKEN_KIND;
}

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Which of the tokens from `i` on have the flag, a bit each, for TOKEN_WINDOW of them. */
static inline uint32_t paragraph_flags(const struct paragraph *p, uint32_t i, uint32_t flag)
{
#if defined(__SSE2__)
    const __m128i *kinds = (const __m128i *)(const void *)(p->kinds + i);
    int up = __builtin_clz(flag) - 24; /* to the highest bit of a byte */

    return (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(_mm_loadu_si128(kinds), up)) |
           (uint32_t)_mm_movemask_epi8(_mm_slli_epi16(_mm_loadu_si128(kinds + 1), up)) << 16;
#elif defined(__aarch64__) && defined(__ARM_NEON)
    const uint8x16_t wanted = vdupq_n_u8((uint8_t)flag);

    return neon_mask_32(vtstq_u8(vld1q_u8(p->kinds + i), wanted), vtstq_u8(vld1q_u8(p->kinds + i + 16), wanted));
#else
    uint32_t flags = 0;

    for (uint32_t n = 0; n < TOKEN_WINDOW; n++)
        flags |= (uint32_t)((p->kinds[i + n] & flag) != 0) << n;
    return flags;
#endif
}

/* The next token, `i` or behind it, that has the flag; `end` when there is none before it. */
static inline uint32_t paragraph_next(const struct paragraph *p, uint32_t i, uint32_t end, uint32_t flag)
{
    for (; i < end; i += TOKEN_WINDOW) {
        uint32_t flags = paragraph_flags(p, i, flag);
        if (flags) {
            i += (uint32_t)__builtin_ctz(flags);
            return i < end ? i : end;
        }
    }
    return end;
}

/* The next token before which a sentence may end. */
static inline uint32_t paragraph_next_gap(const struct paragraph *p, uint32_t i, uint32_t end)
{
    return paragraph_next(p, i, end, TOKEN_GAP);
}

/* How the paragraph writes the words behind its . ! ?: of the first five, how many have a capital, and how many have not, at most three
 * of each. As one number, for the model. */
uint32_t paragraph_manners(struct paragraph *paragraph);

/* Whether there is a double quote in the paragraph; asked once, `quotes` says it. */
#define PARAGRAPH_WITHOUT_QUOTES 1u
int paragraph_has_quotes(struct paragraph *paragraph);

/* What stands between two tokens. Which blanks, and how many, says nothing: some put two behind a sentence, others anywhere. */
enum gap { GAP_NONE, GAP_BLANK, GAP_LINE };

/* What the blanks [from, to) are. */
enum gap paragraph_gap_of(const struct paragraph *paragraph, uint32_t from, uint32_t to);

/* What stands before token `i` (> first). */
static inline enum gap paragraph_gap(const struct paragraph *p, uint32_t i)
{
    uint32_t from = p->tokens[i - 1].end, to = p->tokens[i].start;

    if (from == to)
        return GAP_NONE;
    return to - from == 1 && p->text[from] == ' ' ? GAP_BLANK : paragraph_gap_of(p, from, to);
}

/* The same of a quote or a star, whose sides tell what it does: which quotes open differs between languages. */
enum shape paragraph_shape_of_quote(const struct paragraph *paragraph, uint32_t i, enum shape shape);

#define SHAPES_WITH_SIDES (1u << SHAPE_QUOTE | 1u << SHAPE_BULLET)
#define WIDE_SHAPES_WITH_SIDES (1u << SHAPE_PUNCT | 1u << SHAPE_OPEN | 1u << SHAPE_CLOSE) /* beyond ASCII */

/* The shape of token `i`; SHAPE_EDGE beyond the paragraph. */
static inline enum shape paragraph_shape(const struct paragraph *p, uint32_t i)
{
    if (i - p->first >= p->end - p->first)
        return SHAPE_EDGE;
    const struct textd_span *token = &p->tokens[i];
    enum shape shape = shape_at_sight(p->text + token->start, token->end - token->start, paragraph_kind(p, i));
    uint32_t is_wide = (unsigned char)p->text[token->start] >> 7;
    return (SHAPES_WITH_SIDES | WIDE_SHAPES_WITH_SIDES * is_wide) >> shape & 1 ? paragraph_shape_of_quote(p, i, shape)
                                                                               : shape;
}

#endif
