/* character.h: what kind of character stands at a position: as much of Unicode as tokens and sentences need here. ASCII is
 * a table; the rest is a list of ranges, from the Unicode Character Database's blocks and general categories. */
#ifndef SEGMENTER_CHARACTER_H
#define SEGMENTER_CHARACTER_H

#include <stdint.h>

enum character {
    CHAR_BLANK,  /* White_Space */
    CHAR_LETTER, /* letters and marks of scripts that put blanks between words */
    CHAR_DIGIT,
    CHAR_PUNCT,
    CHAR_SYMBOL,    /* currency, mathematics, arrows, dingbats */
    CHAR_EMOJI,     /* starts a pictograph */
    CHAR_FLAG,      /* half a flag: a regional indicator */
    CHAR_JOINER,    /* belongs to what stands before it: variation selectors, skin tones, tags, combining marks */
    CHAR_ZWJ,       /* joins two pictographs */
    CHAR_IDEOGRAPH, /* a token by itself: Han, kana */
    CHAR_CONTROL,   /* no blank, no sign: a token by itself */
};

extern const uint8_t ascii_characters[128];

/* The kind of a code point above U+007F. */
enum character character_of(uint32_t code_point);

/* Reads the character at `at` (< length) of a valid text; puts its length in bytes into *size. */
static inline uint32_t character_decode(const char *text, uint32_t at, uint32_t *size)
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

/* The kind of the character at `at`, and its length in bytes. */
static inline enum character character_at(const char *text, uint32_t at, uint32_t *size)
{
    unsigned char byte = (unsigned char)text[at];

    if (byte < 0x80) {
        *size = 1;
        return (enum character)ascii_characters[byte];
    }
    return character_of(character_decode(text, at, size));
}

static inline int is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline int is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static inline int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char to_lower(char c)
{
    return is_upper(c) ? (char)(c | 0x20) : c;
}

/* Non-zero when a capital letter starts at `at`; ASCII, Latin-1, Greek and Cyrillic. */
int character_is_capital(const char *text, uint32_t length, uint32_t at);

#endif
