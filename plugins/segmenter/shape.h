/* shape.h: what a token looks like, for the model of sentence boundaries. */
#ifndef SEGMENTER_SHAPE_H
#define SEGMENTER_SHAPE_H

#include <stdint.h>

/* What a token looks like. */
enum shape {
    SHAPE_EDGE, /* beyond the paragraph */
    SHAPE_SMALL,
    SHAPE_CAPITAL,     /* "The" */
    SHAPE_CAPITALS,    /* "THE" */
    SHAPE_INITIAL,     /* "T", "T." */
    SHAPE_MIXED,       /* "iPod", words of scripts without case */
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
};

/* The shape of a token; `kind` is TEXTD_TOKEN_*. */
enum shape shape_of(const char *token, uint32_t length, uint8_t kind);

/* Of punctuation that is one byte. */
extern const uint8_t shape_of_mark[128];

static inline int shape_is_word(enum shape shape)
{
    return shape >= SHAPE_SMALL && shape <= SHAPE_PERIOD_WORD;
}

static inline int shape_is_terminal(enum shape shape)
{
    return shape >= SHAPE_PERIOD && shape <= SHAPE_DOTS;
}

#endif
