/* shape.c: see shape.h. */
#include "plugins/segmenter/shape.h"

#include <string.h>

#include "plugins/lib/character.h"

const uint8_t shape_of_mark[128] = {
    ['.'] = SHAPE_PERIOD, ['?'] = SHAPE_QUESTION, ['!'] = SHAPE_QUESTION, [','] = SHAPE_COMMA,  [';'] = SHAPE_SEMICOLON,
    [':'] = SHAPE_COLON,  ['('] = SHAPE_OPEN,     ['['] = SHAPE_OPEN,     ['{'] = SHAPE_OPEN,   [')'] = SHAPE_CLOSE,
    [']'] = SHAPE_CLOSE,  ['}'] = SHAPE_CLOSE,    ['"'] = SHAPE_QUOTE,    ['\''] = SHAPE_QUOTE, ['`'] = SHAPE_QUOTE,
    ['-'] = SHAPE_DASH,   ['*'] = SHAPE_BULLET,   ['_'] = SHAPE_BULLET,   ['#'] = SHAPE_PUNCT,  ['%'] = SHAPE_PUNCT,
    ['&'] = SHAPE_PUNCT,  ['/'] = SHAPE_PUNCT,    ['@'] = SHAPE_PUNCT,    ['\\'] = SHAPE_PUNCT,
};

const uint8_t shape_byte_class[256] = {
    ['.'] = BYTE_PERIOD,  ['a'] = BYTE_SMALL,   ['b'] = BYTE_SMALL,   ['c'] = BYTE_SMALL,   ['d'] = BYTE_SMALL,
    ['e'] = BYTE_SMALL,   ['f'] = BYTE_SMALL,   ['g'] = BYTE_SMALL,   ['h'] = BYTE_SMALL,   ['i'] = BYTE_SMALL,
    ['j'] = BYTE_SMALL,   ['k'] = BYTE_SMALL,   ['l'] = BYTE_SMALL,   ['m'] = BYTE_SMALL,   ['n'] = BYTE_SMALL,
    ['o'] = BYTE_SMALL,   ['p'] = BYTE_SMALL,   ['q'] = BYTE_SMALL,   ['r'] = BYTE_SMALL,   ['s'] = BYTE_SMALL,
    ['t'] = BYTE_SMALL,   ['u'] = BYTE_SMALL,   ['v'] = BYTE_SMALL,   ['w'] = BYTE_SMALL,   ['x'] = BYTE_SMALL,
    ['y'] = BYTE_SMALL,   ['z'] = BYTE_SMALL,   ['A'] = BYTE_CAPITAL, ['B'] = BYTE_CAPITAL, ['C'] = BYTE_CAPITAL,
    ['D'] = BYTE_CAPITAL, ['E'] = BYTE_CAPITAL, ['F'] = BYTE_CAPITAL, ['G'] = BYTE_CAPITAL, ['H'] = BYTE_CAPITAL,
    ['I'] = BYTE_CAPITAL, ['J'] = BYTE_CAPITAL, ['K'] = BYTE_CAPITAL, ['L'] = BYTE_CAPITAL, ['M'] = BYTE_CAPITAL,
    ['N'] = BYTE_CAPITAL, ['O'] = BYTE_CAPITAL, ['P'] = BYTE_CAPITAL, ['Q'] = BYTE_CAPITAL, ['R'] = BYTE_CAPITAL,
    ['S'] = BYTE_CAPITAL, ['T'] = BYTE_CAPITAL, ['U'] = BYTE_CAPITAL, ['V'] = BYTE_CAPITAL, ['W'] = BYTE_CAPITAL,
    ['X'] = BYTE_CAPITAL, ['Y'] = BYTE_CAPITAL, ['Z'] = BYTE_CAPITAL,
};

#define ANY_LENGTH(shape) \
    { \
        shape, shape, shape, shape \
    }
#define A_NUMBER \
    { \
        [BYTE_OTHER] = ANY_LENGTH(SHAPE_NUMBER), [BYTE_SMALL] = ANY_LENGTH(SHAPE_NUMBER), \
        [BYTE_CAPITAL] = ANY_LENGTH(SHAPE_NUMBER), [BYTE_PERIOD] = ANY_LENGTH(SHAPE_ITEM), \
    }
#define A_MARK \
    { \
        [BYTE_OTHER] = { [1] = SHAPE_MARK }, [BYTE_PERIOD] = { [1] = SHAPE_MARK } \
    }

const uint8_t shape_by_ends[8][4][4][4] = {
    [TEXTD_TOKEN_WORD] = {
        [BYTE_SMALL] = { [BYTE_SMALL] = ANY_LENGTH(SHAPE_SMALL), [BYTE_CAPITAL] = ANY_LENGTH(SHAPE_SMALL) },
        [BYTE_CAPITAL] = { [BYTE_SMALL] = ANY_LENGTH(SHAPE_CAPITAL),
                           [BYTE_CAPITAL] = { [1] = SHAPE_INITIAL, [2] = SHAPE_CAPITALS } },
    },
    [TEXTD_TOKEN_NUMBER] = { A_NUMBER, A_NUMBER, A_NUMBER, A_NUMBER },
    [TEXTD_TOKEN_PUNCT] = { [BYTE_OTHER] = A_MARK, [BYTE_PERIOD] = A_MARK },
};

static enum shape word_shape(const char *word, uint32_t length)
{
    uint32_t size;
    uint8_t first = char_class_at(word, 0, &size);
    char last = word[length - 1];

    if (word[0] == '\'' || (first & CHAR_KIND_MASK) != CHAR_LETTER)
        return first == (CHAR_LETTER | CHAR_LOWER)    ? SHAPE_SMALL
               : word[0] == '\'' || word[0] == '\xe2' ? SHAPE_CLITIC
                                                      : SHAPE_MIXED;
    if (last == '.' && length > 1)
        return length == size + 1 && (first & CHAR_UPPER) ? SHAPE_INITIAL : SHAPE_PERIOD_WORD;
    if (first & CHAR_LOWER)
        return SHAPE_SMALL;
    if (!(first & CHAR_UPPER))
        return SHAPE_MIXED;
    if (length == size)
        return SHAPE_INITIAL;
    return char_is_upper(last) && (length < 3 || !char_is_lower(word[length - 2])) ? SHAPE_CAPITALS : SHAPE_CAPITAL;
}

static enum shape punctuation_shape(const char *word, uint32_t length)
{
    uint32_t size;

    switch (word[0]) {
    case '.':
        return length == 1                                              ? SHAPE_PERIOD
               : memchr(word, '?', length) || memchr(word, '!', length) ? SHAPE_QUESTION
                                                                        : SHAPE_DOTS;
    case '?':
    case '!':
        return SHAPE_QUESTION;
    case ',':
        return SHAPE_COMMA;
    case ';':
        return SHAPE_SEMICOLON;
    case ':':
        return SHAPE_COLON;
    case '-':
        return length <= 3 ? SHAPE_DASH : SHAPE_DRAWING;
    case '*':
    case '_':
        return length == 1 ? SHAPE_BULLET : SHAPE_DRAWING;
    default:
        break;
    }
    switch (char_kind_at(word, 0, &size)) {
    case CHAR_TERM:
        return SHAPE_QUESTION;
    case CHAR_OPEN:
        return SHAPE_OPEN;
    case CHAR_CLOSE:
        return SHAPE_CLOSE;
    case CHAR_QUOTE:
        return SHAPE_QUOTE;
    default:
        break;
    }
    if (length >= 3 && memcmp(word, "\xe2\x80\xa6", 3) == 0)
        return SHAPE_DOTS;
    if (length == 3 && (memcmp(word, "\xe2\x80\x93", 3) == 0 || memcmp(word, "\xe2\x80\x94", 3) == 0))
        return SHAPE_DASH;
    if (length == 3 && memcmp(word, "\xe2\x80\xa2", 3) == 0)
        return SHAPE_BULLET;
    return SHAPE_PUNCT;
}

enum shape shape_of(const char *word, uint32_t length, uint8_t kind)
{
    switch (kind) {
    case TEXTD_TOKEN_WORD:
        return word_shape(word, length);
    case TEXTD_TOKEN_NUMBER:
        return word[length - 1] == '.' ? SHAPE_ITEM : SHAPE_NUMBER;
    case TEXTD_TOKEN_PUNCT:
        return punctuation_shape(word, length);
    case TEXTD_TOKEN_LINK:
        return word[0] == '@' || word[0] == '#' ? SHAPE_TAG : SHAPE_LINK;
    default:
        if (length > 1 &&
            (word[0] == ':' || word[0] == ';' || (word[0] == '=' && word[1] != '=') || (unsigned char)word[0] == 0xF0))
            return SHAPE_SMILE;
        return length >= 3 && word[0] && strchr("=+|<>~", word[0]) ? SHAPE_DRAWING : SHAPE_SYMBOL;
    }
}
