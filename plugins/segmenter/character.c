/* character.c: see character.h. */
#include "plugins/segmenter/character.h"

#include <stddef.h>

#define B CHAR_BLANK
#define L CHAR_LETTER
#define D CHAR_DIGIT
#define P CHAR_PUNCT
#define S CHAR_SYMBOL
#define C CHAR_CONTROL

const uint8_t ascii_characters[128] = {
    C, C, C, C, C, C, C, C, C, B, B, B, B, B, C, C, /* tab to carriage return are White_Space */
    C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, /**/
    B, P, P, P, S, S, P, P, P, P, P, S, P, P, P, P, /*  !"#$%&'()*+,-./ */
    D, D, D, D, D, D, D, D, D, D, P, P, S, S, S, P, /* 0123456789:;<=>? */
    P, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* @ABCDEFGHIJKLMNO */
    L, L, L, L, L, L, L, L, L, L, L, P, P, P, S, P, /* PQRSTUVWXYZ[\]^_ */
    S, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* `abcdefghijklmno */
    L, L, L, L, L, L, L, L, L, L, L, P, S, P, S, C, /* pqrstuvwxyz{|}~ */
};

/* Sorted; what lies in none of them is a letter, which is what most of Unicode is. */
static const struct range {
    uint32_t first, last;
    enum character kind;
} ranges[] = {
    { 0x80, 0x84, C },
    { 0x85, 0x85, B },
    { 0x86, 0x9F, C },
    { 0xA0, 0xA0, B },
    { 0xA1, 0xA1, P },
    { 0xA2, 0xA6, S },
    { 0xA7, 0xA7, P },
    { 0xA8, 0xA9, S },
    { 0xAB, 0xAB, P },
    { 0xAC, 0xB1, S },
    { 0xB4, 0xB4, S },
    { 0xB6, 0xB7, P },
    { 0xB8, 0xB8, S },
    { 0xBB, 0xBB, P },
    { 0xBF, 0xBF, P },
    { 0xD7, 0xD7, S },
    { 0xF7, 0xF7, S },
    { 0x300, 0x36F, CHAR_JOINER },
    { 0x37E, 0x37E, P },
    { 0x387, 0x387, P },
    { 0x55A, 0x55F, P },
    { 0x589, 0x58A, P },
    { 0x5BE, 0x5BE, P },
    { 0x5C0, 0x5C0, P },
    { 0x5C3, 0x5C3, P },
    { 0x5F3, 0x5F4, P },
    { 0x60C, 0x60D, P },
    { 0x61B, 0x61F, P },
    { 0x660, 0x669, D },
    { 0x66A, 0x66D, P },
    { 0x6D4, 0x6D4, P },
    { 0x6F0, 0x6F9, D },
    { 0x964, 0x965, P },
    { 0x966, 0x96F, D },
    { 0xE3F, 0xE3F, S },
    { 0x1680, 0x1680, B },
    { 0x2000, 0x200A, B },
    { 0x200B, 0x200C, CHAR_JOINER },
    { 0x200D, 0x200D, CHAR_ZWJ },
    { 0x200E, 0x200F, CHAR_JOINER },
    { 0x2010, 0x2027, P },
    { 0x2028, 0x2029, B },
    { 0x202A, 0x202E, CHAR_JOINER },
    { 0x202F, 0x202F, B },
    { 0x2030, 0x205E, P },
    { 0x205F, 0x205F, B },
    { 0x2060, 0x206F, CHAR_JOINER },
    { 0x20A0, 0x20CF, S },
    { 0x20D0, 0x20FF, CHAR_JOINER },
    { 0x2190, 0x22FF, S },
    { 0x2300, 0x23FF, CHAR_EMOJI },
    { 0x2400, 0x25FF, S },
    { 0x2600, 0x27BF, CHAR_EMOJI },
    { 0x27C0, 0x2B4F, S },
    { 0x2B50, 0x2B55, CHAR_EMOJI },
    { 0x2B56, 0x2BFF, S },
    { 0x2E00, 0x2E7F, P },
    { 0x2E80, 0x2FDF, CHAR_IDEOGRAPH },
    { 0x3000, 0x3000, B },
    { 0x3001, 0x3003, P },
    { 0x3004, 0x3007, CHAR_IDEOGRAPH },
    { 0x3008, 0x3011, P },
    { 0x3012, 0x3013, S },
    { 0x3014, 0x301F, P },
    { 0x3030, 0x3030, P },
    { 0x3040, 0x30FF, CHAR_IDEOGRAPH },
    { 0x3400, 0x4DBF, CHAR_IDEOGRAPH },
    { 0x4E00, 0x9FFF, CHAR_IDEOGRAPH },
    { 0xD800, 0xDFFF, C },
    { 0xE000, 0xF8FF, S },
    { 0xF900, 0xFAFF, CHAR_IDEOGRAPH },
    { 0xFE00, 0xFE0F, CHAR_JOINER },
    { 0xFE10, 0xFE19, P },
    { 0xFE20, 0xFE2F, CHAR_JOINER },
    { 0xFE30, 0xFE6B, P },
    { 0xFEFF, 0xFEFF, CHAR_JOINER },
    { 0xFF01, 0xFF0F, P },
    { 0xFF10, 0xFF19, D },
    { 0xFF1A, 0xFF20, P },
    { 0xFF3B, 0xFF40, P },
    { 0xFF5B, 0xFF65, P },
    { 0xFF66, 0xFF9F, CHAR_IDEOGRAPH },
    { 0xFFE0, 0xFFEE, S },
    { 0xFFF0, 0xFFFF, C },
    { 0x1F000, 0x1F1E5, CHAR_EMOJI },
    { 0x1F1E6, 0x1F1FF, CHAR_FLAG },
    { 0x1F200, 0x1F3FA, CHAR_EMOJI },
    { 0x1F3FB, 0x1F3FF, CHAR_JOINER },
    { 0x1F400, 0x1FAFF, CHAR_EMOJI },
    { 0x20000, 0x3FFFD, CHAR_IDEOGRAPH },
    { 0xE0000, 0xE01EF, CHAR_JOINER },
    { 0xF0000, 0x10FFFF, S },
};

enum character character_of(uint32_t code_point)
{
    size_t low = 0, high = sizeof ranges / sizeof ranges[0];

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < sizeof ranges / sizeof ranges[0] && code_point >= ranges[low].first)
        return ranges[low].kind;
    return CHAR_LETTER;
}

int character_is_capital(const char *text, uint32_t length, uint32_t at)
{
    uint32_t size;

    if (at >= length)
        return 0;
    uint32_t c = character_decode(text, at, &size);
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
           (c >= 0x400 && c <= 0x42F) || (c >= 0x100 && c <= 0x137 && c % 2 == 0);
}
