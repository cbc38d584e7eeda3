/* shape.h: what a token looks like, for the model of sentence boundaries. */
#ifndef SEGMENTER_SHAPE_H
#define SEGMENTER_SHAPE_H

#include <stdint.h>

#include <textd/plugin.h>

/* What a token looks like. */
enum shape {
    SHAPE_EDGE, /* beyond the paragraph */
    SHAPE_SMALL,
    SHAPE_CAPITAL,     /* "The" */
    SHAPE_CAPITALS,    /* "THE" */
    SHAPE_INITIAL,     /* "T", "T." */
    SHAPE_MIXED,       /* words of scripts without case, and those that start with no letter */
    SHAPE_PERIOD_WORD, /* "Dr.", "U.S.": ends with a period of its own */
    SHAPE_NUMBER,
    SHAPE_ITEM, /* "1.", at the start of a line */
    SHAPE_CLITIC,
    SHAPE_PERIOD,
    SHAPE_QUESTION, /* and "!" */
    SHAPE_DOTS,
    SHAPE_COMMA,
    SHAPE_SEMICOLON,
    SHAPE_COLON,
    SHAPE_OPEN,
    SHAPE_CLOSE,
    SHAPE_QUOTE,
    SHAPE_DASH,
    SHAPE_BULLET,
    SHAPE_DRAWING,
    SHAPE_PUNCT,
    SHAPE_SYMBOL,
    SHAPE_SMILE,
    SHAPE_LINK,
    SHAPE_TAG, /* "@name", "#topic" */
    /* A quote, or a mark of Markdown's, with a blank on its left only, or on its right only; see paragraph_shape. */
    SHAPE_QUOTE_OPEN,
    SHAPE_QUOTE_CLOSE,
};

/* The shape of a token; `kind` is TEXTD_TOKEN_*. */
enum shape shape_of(const char *token, uint32_t length, uint8_t kind);

/* Of a mark that is one byte. */
extern const uint8_t shape_of_mark[128];

/* What the first and the last byte of a token tell of its shape, by kind, class of the first byte, class of the last, and length (3: more
 * than two); SHAPE_EDGE when they do not tell, SHAPE_MARK for a mark that is one byte. */
enum { BYTE_OTHER, BYTE_SMALL, BYTE_CAPITAL, BYTE_PERIOD };
#define SHAPE_MARK 0xFFu
extern const uint8_t shape_byte_class[256];
extern const uint8_t shape_by_ends[8][4][4][4];

/* The same as shape_of. Nearly always without a branch: shapes alternate in a way that is hard to foretell. */
static inline enum shape shape_at_sight(const char *token, uint32_t length, uint8_t kind)
{
    unsigned char first = (unsigned char)token[0], last = (unsigned char)token[length - 1];
    uint32_t shape = shape_by_ends[kind][shape_byte_class[first]][shape_byte_class[last]][length < 3 ? length : 3];
    uint32_t mark = shape_of_mark[first & 127];

    shape = shape == SHAPE_MARK ? mark : shape;
    return shape != SHAPE_EDGE ? (enum shape)shape : shape_of(token, length, kind);
}

static inline int shape_is_word(enum shape shape)
{
    return shape >= SHAPE_SMALL && shape <= SHAPE_PERIOD_WORD;
}

static inline int shape_is_item(enum shape shape)
{
    return shape == SHAPE_ITEM || shape == SHAPE_BULLET || shape == SHAPE_DASH;
}

static inline int shape_is_terminal(enum shape shape)
{
    return shape >= SHAPE_PERIOD && shape <= SHAPE_DOTS;
}

#endif
