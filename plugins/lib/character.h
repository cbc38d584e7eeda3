/* character.h: what kind of character stands at a position of a valid UTF-8 text, by Unicode's properties. Tables come
 * from the Unicode Character Database, see unicode/generate.py. Pure; one look at a table a character. */
#ifndef TEXTD_CHARACTER_H
#define TEXTD_CHARACTER_H

#include <stddef.h>
#include <stdint.h>

/* Kinds, in the order of unicode/generate.py's KINDS. */
enum character {
    CHAR_BLANK,     /* White_Space */
    CHAR_LETTER,    /* of a script that puts blanks between words */
    CHAR_DIGIT,     /* and other numbers: "½", "²" */
    CHAR_EXTEND,    /* belongs to what stands before it: marks, format characters, skin tones */
    CHAR_ZWJ,       /* U+200D, joins pictographs */
    CHAR_IDEOGRAPH, /* Han, hiragana and the like */
    CHAR_KATAKANA,  /**/
    CHAR_COMPLEX,   /* letters and marks of scripts without blanks between words: Thai, Lao, Khmer, Burmese */
    CHAR_PUNCT,     /* punctuation that is none of the following */
    CHAR_TERM,      /* may end a sentence (Sentence_Break STerm and ATerm): . ! ? and their kin */
    CHAR_OPEN,      /* opening brackets and quotes */
    CHAR_CLOSE,     /* closing ones */
    CHAR_QUOTE,     /* " ' ` */
    CHAR_SYMBOL,    /* currency, mathematics, controls, and what Unicode has not assigned */
    CHAR_PICTO,     /* Extended_Pictographic */
    CHAR_FLAG,      /* half a flag: a regional indicator */
};

/* A character's class: its kind, and its case. */
#define CHAR_KIND_MASK 0x0Fu
#define CHAR_UPPER 0x10u
#define CHAR_LOWER 0x20u

/* The class of each byte below 0x80, and CHAR_WIDE for the others. */
#define CHAR_WIDE 0xFFu
extern const uint8_t char_byte_class[256];

/* The class of a code point. */
uint8_t char_class(uint32_t code_point);

/* Reads the character at `at` of a valid text; puts its length in bytes into *size. */
static inline uint32_t char_decode(const char *text, uint32_t at, uint32_t *size)
{
    const unsigned char *p = (const unsigned char *)text + at;

    if (p[0] < 0x80) {
        *size = 1;
        return p[0];
    }
    if (p[0] < 0xE0) {
        *size = 2;
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
    }
    if (p[0] < 0xF0) {
        *size = 3;
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3Fu);
    }
    *size = 4;
    return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 | (uint32_t)(p[2] & 0x3F) << 6 |
           (p[3] & 0x3Fu);
}

/* The class of the character at `at`, and its length in bytes. */
static inline uint8_t char_class_at(const char *text, uint32_t at, uint32_t *size)
{
    uint8_t class = char_byte_class[(unsigned char)text[at]];

    *size = 1;
    return class != CHAR_WIDE ? class : char_class(char_decode(text, at, size));
}

/* Its kind alone. */
static inline enum character char_kind_at(const char *text, uint32_t at, uint32_t *size)
{
    return (enum character)(char_class_at(text, at, size) & CHAR_KIND_MASK);
}

/* The position of the character that ends at `at` (> 0). */
static inline uint32_t char_before(const char *text, uint32_t at)
{
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

static inline int char_is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline int char_is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline int char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char char_to_lower(char c)
{
    return char_is_upper(c) ? (char)(c | 0x20) : c;
}

#endif
