/* scan.h: the walk over a text from left to right that finds its tokens, for the tokenizer's own files. What a token is
 * follows from where it starts, the one character before (for an item's number: the blanks back to the line's start), and a bounded
 * look ahead, or one that is not repeated; never from the tokens before it. */
#ifndef SEGMENTER_SCAN_H
#define SEGMENTER_SCAN_H

#include <stdint.h>
#include <string.h>

#include "plugins/lib/character.h"
#include "plugins/segmenter/bits.h"
#include "plugins/segmenter/tokens.h"

struct scan {
    const char *text;
    uint32_t length;
    struct segments *out;
    struct byte_bits *bits;     /* of the stretch that the walk is in, or near its end */
    uint32_t next_at;           /* the next "@", as far as somebody looked; see links.c */
    uint32_t no_address_before; /* no address starts before here: a look that failed is not repeated */
    uint32_t no_dotted_before;  /* and no letters with periods, "U.S." */
    uint32_t is_plain;          /* no English words are known: another language's model decides behind the walk */
};

/* The byte at `at`, or 0 behind the end. */
static inline char byte_at(const struct scan *s, uint32_t at)
{
    return at < s->length ? s->text[at] : 0;
}

/* The class of the character at `at`; blank behind the end. */
static inline uint8_t class_at(const struct scan *s, uint32_t at, uint32_t *size)
{
    *size = 1;
    return at < s->length ? char_class_at(s->text, at, size) : (uint8_t)CHAR_BLANK;
}

static inline enum character kind_at(const struct scan *s, uint32_t at, uint32_t *size)
{
    return (enum character)(class_at(s, at, size) & CHAR_KIND_MASK);
}

/* The size of a blank at `at` that ends no line; 0 when there is none. */
static inline uint32_t line_blank_at(const struct scan *s, uint32_t at)
{
    uint32_t size;
    char c = byte_at(s, at);

    if (c == ' ' || c == '\t')
        return 1;
    if ((unsigned char)c < 0x80 || kind_at(s, at, &size) != CHAR_BLANK)
        return 0;
    return (s->text[at + size - 1] & '\xfe') == '\xa8' ? 0 : size; /* U+2028, U+2029 */
}

static inline int is_letter_at(const struct scan *s, uint32_t at)
{
    uint32_t size;

    return kind_at(s, at, &size) == CHAR_LETTER;
}

/* Whether the lower-case ASCII text `word` stands at `at`, whatever its case there. */
static inline int stands_at(const struct scan *s, uint32_t at, const char *word)
{
    for (uint32_t i = 0; word[i]; i++)
        if (char_to_lower(byte_at(s, at + i)) != word[i])
            return 0;
    return 1;
}

/* The length of an apostrophe at `at`: "'" or U+2019; 0 when there is none. */
static inline uint32_t apostrophe_at(const struct scan *s, uint32_t at)
{
    char c = byte_at(s, at);

    if (c == '\'')
        return 1;
    return c == '\xe2' && s->length - at >= 3 && s->text[at + 1] == '\x80' && s->text[at + 2] == '\x99' ? 3 : 0;
}

/* Whether nothing but a blank, or nothing at all, stands before `at`. */
static inline int is_after_blank(const struct scan *s, uint32_t at)
{
    uint32_t size;

    return at == 0 || kind_at(s, char_before(s->text, at), &size) == CHAR_BLANK;
}

static inline void add_token(struct scan *s, uint32_t start, uint32_t end, uint8_t kind)
{
    struct segments *out = s->out;

    out->tokens[out->n_tokens] = (struct textd_span) { start, end };
    out->kinds[out->n_tokens++] = kind;
}

/* The end of the ASCII letters and digits at `at`. */
static inline uint32_t scan_ascii_word(const struct scan *s, uint32_t at)
{
    uint32_t i = at - s->bits->from;

    if (i < STRETCH) {
        uint64_t others = ~bits_at(s->bits->words, i); /* those above the window count as others */
        at += others ? (uint32_t)__builtin_ctzll(others) : WINDOW;
        if (i % 8 + (at - s->bits->from - i) < WINDOW && at < s->bits->end)
            return at;
    }
    while (at < s->length && is_word_byte(s->text[at]))
        at++;
    return at;
}

/* tokens.c: adds the token or tokens of one word, number or sign at `at`, which is no blank of ASCII; none when it is another blank.
 * Without flags. Returns where they end. */
uint32_t scan_one(struct scan *s, uint32_t at);

/* words.c: adds the token or tokens of a word that starts at `at` and whose letters and digits of ASCII end at `end`. Returns
 * where they end, > at. */
uint32_t scan_word(struct scan *s, uint32_t at, uint32_t end);

/* numbers.c: the same for what starts with a digit, or with a period before one. */
uint32_t scan_number(struct scan *s, uint32_t at);

/* links.c: the end of a URL, an address of mail, a host's or a file's name at `at`, whose first letters and digits end at
 * `end`; `at` when there is none. Puts its kind into *kind. */
uint32_t scan_link(struct scan *s, uint32_t at, uint32_t end, uint8_t *kind);

/* links.c: the end of "@name" or "#topic" at `at`; `at` when there is none. */
uint32_t scan_handle(const struct scan *s, uint32_t at);

/* signs.c: adds the token of a character of kind `kind` and `size` bytes that is no letter and no digit. */
uint32_t scan_sign(struct scan *s, uint32_t at, enum character kind, uint32_t size);

#endif
