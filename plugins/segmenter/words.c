/* words.c: words that are not plain: with apostrophes, periods, hyphens, letters beyond ASCII. See scan.h for what it does and
 * words.h for what it knows. */
#include "plugins/segmenter/words.h"

#include <stddef.h>

#include "plugins/segmenter/scan.h"

/* ---- What is known of words ------------------------------------------------------------------------------------------- */

enum word_flags {
    WORD_PERIOD = 1,  /* a period behind it is its own */
    WORD_CAPITAL = 2, /* the same, but only with a capital: it is a word, too */
    WORD_NUMBER = 4,  /* the same, but only before a number */
    WORD_HYPHEN = 8,  /* a prefix that its hyphen joins to the next word: "co-worker", "e-mail" */
};

/* A word as a number, its first letter highest, so that numbers are ordered as the words are. */
#define KEY(a, b, c, d, e, f, g, h) \
    ((uint64_t)(a) << 56 | (uint64_t)(b) << 48 | (uint64_t)(c) << 40 | (uint64_t)(d) << 32 | (uint64_t)(e) << 24 | \
     (uint64_t)(f) << 16 | (uint64_t)(g) << 8 | (uint64_t)(h))
#define WORD(flags, ...) \
    { \
        KEY(__VA_ARGS__), flags \
    }

/* In the order of the alphabet. */
static const struct known_word {
    uint64_t key;
    uint32_t flags;
} known_words[] = {
    WORD(WORD_PERIOD, 'a', 'd', 'm', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'l', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'l', 'a', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'a', 'n', 't', 'e', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'a', 'n', 't', 'i', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'p', 'p', 'r', 'o', 'x', 0, 0),
    WORD(WORD_CAPITAL, 'a', 'p', 'r', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'a', 'r', 'c', 'h', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'r', 'i', 'z', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'r', 'k', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'r', 'r', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'r', 'r', 'v', 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'a', 'r', 't', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 's', 's', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 't', 't', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'u', 'g', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'v', 'e', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'a', 'v', 'g', 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'b', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'b', '.', 's', 'c', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'b', 'i', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'b', 'i', 'o', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'b', 'l', 'v', 'd', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'b', 'r', 'o', 's', 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'c', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'a', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'a', 'l', 'i', 'f', 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'a', 'p', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'f', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'c', 'h', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'c', 'l', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'm', 'd', 'r', 0, 0, 0, 0),
    WORD(WORD_PERIOD | WORD_HYPHEN, 'c', 'o', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'o', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'o', 'l', 'o', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'o', 'n', 'f', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'o', 'n', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'o', 'r', 'p', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'c', 'o', 'u', 'n', 't', 'e', 'r', 0),
    WORD(WORD_PERIOD, 'c', 'p', 't', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'c', 'r', 'o', 's', 's', 0, 0, 0),
    WORD(WORD_PERIOD, 'c', 'u', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'd', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'd', 'e', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'e', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'd', 'e', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'e', 'p', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'i', 's', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'i', 'v', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'd', 'r', 's', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'e', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'd', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'd', 's', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'e', 'l', 'e', 'c', 't', 'r', 'o', 0),
    WORD(WORD_CAPITAL, 'e', 'n', 'g', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'e', 'p', 'i', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'q', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'q', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 's', 'q', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 's', 't', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 't', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'e', 'x', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'x', 'c', 'l', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'e', 'x', 't', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'e', 'x', 't', 'r', 'a', 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'e', 'b', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'i', 'g', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'i', 'g', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'l', 'a', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 'r', 'i', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'f', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'g', 'a', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'g', 'e', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'g', 'o', 'v', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'h', 'm', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'h', 'o', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'h', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'h', 'r', 's', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'h', 'u', 'm', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'h', 'w', 'y', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'h', 'y', 'p', 'e', 'r', 0, 0, 0),
    WORD(WORD_PERIOD, 'i', 'b', 'i', 'd', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'i', 'l', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'i', 'n', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'i', 'n', 'c', 'l', 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'i', 'n', 'd', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'i', 'n', 'f', 'r', 'a', 0, 0, 0),
    WORD(WORD_PERIOD, 'i', 'n', 's', 'p', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'i', 'n', 't', 'e', 'r', 0, 0, 0),
    WORD(WORD_HYPHEN, 'i', 'n', 't', 'r', 'a', 0, 0, 0),
    WORD(WORD_PERIOD, 'j', 'a', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'j', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'j', 'u', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'j', 'u', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'k', 'a', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'k', 'y', 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'l', 'a', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 'b', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 'b', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 'l', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 't', 'd', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'l', 'v', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'm', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', '.', 's', 'c', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'a', 'c', 'r', 'o', 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'a', 'j', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'a', 'r', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'a', 's', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'a', 'x', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'd', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'e', 'g', 'a', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'e', 's', 's', 'r', 's', 0, 0),
    WORD(WORD_HYPHEN, 'm', 'e', 't', 'a', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'i', 'c', 'h', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'i', 'c', 'r', 'o', 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'i', 'd', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'i', 'n', 'i', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'i', 'n', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'i', 's', 'c', 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'i', 's', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'l', 'l', 'e', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'm', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'm', 'e', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'o', 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'm', 'o', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'o', 'n', 'o', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'o', 'n', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'r', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 's', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 's', 'g', 'r', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'm', 'u', 'l', 't', 'i', 0, 0, 0),
    WORD(WORD_PERIOD, 'm', 'x', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'n', 'a', 'q', 's', 'h', 0, 0, 0),
    WORD(WORD_PERIOD, 'n', 'e', 'b', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'n', 'e', 'o', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'n', 'e', 'u', 'r', 'o', 0, 0, 0),
    WORD(WORD_PERIOD, 'n', 'e', 'v', 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'n', 'o', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'n', 'o', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'n', 'o', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'n', 'o', 'v', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'o', 'c', 't', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'o', 'h', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'o', 'k', 'l', 'a', 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'o', 'p', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'o', 'r', 'e', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'o', 'v', 'e', 'r', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'o', 'z', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'p', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'p', 'a', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'a', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL | WORD_HYPHEN, 'p', 'a', 'r', 'a', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'e', 'n', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'h', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'h', '.', 'd', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'l', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'o', 'l', 'y', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'o', 's', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'p', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'r', 'e', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'r', 'o', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'p', 'r', 'o', 'f', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 'r', 'o', 't', 'o', 0, 0, 0),
    WORD(WORD_HYPHEN, 'p', 's', 'e', 'u', 'd', 'o', 0, 0),
    WORD(WORD_HYPHEN, 'p', 's', 'y', 'c', 'h', 'o', 0, 0),
    WORD(WORD_PERIOD, 'p', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'q', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'q', 'u', 'a', 's', 'i', 0, 0, 0),
    WORD(WORD_PERIOD, 'r', 'd', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'r', 'e', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'r', 'e', 'f', 'r', 'i', 'g', 0, 0),
    WORD(WORD_PERIOD, 'r', 'e', 'p', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'r', 'e', 'p', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'r', 'e', 's', 'p', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'r', 'e', 'v', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 's', 'a', 't', 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 's', 'e', 'c', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'e', 'm', 'i', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'e', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'e', 'p', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'e', 'p', 't', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'g', 't', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'o', 'c', 'i', 'o', 0, 0, 0),
    WORD(WORD_CAPITAL, 's', 'p', 'e', 'c', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'q', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 's', 't', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'u', 'b', 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 's', 'u', 'n', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'u', 'p', 'e', 'r', 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'u', 'p', 'r', 'a', 0, 0, 0),
    WORD(WORD_PERIOD, 's', 'u', 'p', 't', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 's', 'u', 'r', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 't', 'e', 'c', 'h', 'n', 'o', 0, 0),
    WORD(WORD_PERIOD, 't', 'e', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 't', 'e', 'l', 'e', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'e', 'm', 'p', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'e', 'n', 'n', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'e', 'x', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'h', 'u', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'h', 'u', 'r', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'h', 'u', 'r', 's', 0, 0, 0),
    WORD(WORD_HYPHEN, 't', 'r', 'a', 'n', 's', 0, 0, 0),
    WORD(WORD_HYPHEN, 't', 'r', 'i', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'u', 'e', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 't', 'u', 'e', 's', 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'u', 'h', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'u', 'l', 't', 'r', 'a', 0, 0, 0),
    WORD(WORD_HYPHEN, 'u', 'n', 0, 0, 0, 0, 0, 0),
    WORD(WORD_HYPHEN, 'u', 'n', 'd', 'e', 'r', 0, 0, 0),
    WORD(WORD_HYPHEN, 'u', 'n', 'i', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'u', 'n', 'i', 'v', 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'v', 0, 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'v', 'a', 0, 0, 0, 0, 0, 0),
    WORD(WORD_NUMBER, 'v', 'e', 'r', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'v', 'i', 'z', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'v', 'o', 'l', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'v', 'o', 'l', 's', 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'v', 's', 0, 0, 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'w', 'a', 's', 'h', 0, 0, 0, 0),
    WORD(WORD_CAPITAL, 'w', 'e', 'd', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'w', 'i', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'w', 'k', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'w', 'k', 's', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'w', 'y', 'o', 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'y', 'r', 0, 0, 0, 0, 0, 0),
    WORD(WORD_PERIOD, 'y', 'r', 's', 0, 0, 0, 0, 0),
};

/* The flags of a word of any case. */
static uint32_t known_flags(const char *word, uint32_t length)
{
    const struct known_word *at = known_words;
    uint64_t key = 0;

    if (length > 7) /* the longest known has seven */
        return 0;
    for (uint32_t i = 0; i < length; i++)
        key |= (uint64_t)(unsigned char)(word[i] | 0x20) << (56 - i * 8);
    for (size_t n = sizeof known_words / sizeof known_words[0]; n > 1; n -= n / 2)
        at += at[n / 2].key <= key ? n / 2 : 0;
    return at->key == key ? at->flags : 0;
}

enum abbreviation word_abbreviation(const char *word, uint32_t length)
{
    uint32_t flags = known_flags(word, length);

    if ((flags & WORD_PERIOD) || ((flags & WORD_CAPITAL) && char_is_upper(word[0])))
        return ABBREVIATION_SURE;
    return flags & WORD_NUMBER ? ABBREVIATION_NUMBERED : ABBREVIATION_NONE;
}

int word_is_prefix(const char *word, uint32_t length)
{
    return (known_flags(word, length) & WORD_HYPHEN) != 0;
}

static const char domains[] = "com org net edu gov mil int info biz name co io ai uk us de fr eu ca au nz jp cn in it "
                              "es nl ch se no fi dk at be pl ru br mx "
                              "tv me ly fm app dev tw kr za ie il";

static const char file_endings[] = "txt pdf doc docx xls xlsx ppt pptx htm html php asp aspx jsp jpg jpeg png gif svg "
                                   "bmp zip gz tar tgz exe dll csv xml json yaml "
                                   "yml mp3 mp4 avi wav mov url py js css sh md tex log ini cfg sql db bak";

/* Whether the word, of any case, is in the list: words between blanks, in lower case. */
static int has_word(const char *list, const char *word, uint32_t length)
{
    while (*list) {
        uint32_t same = 0;
        while (same < length && list[same] == char_to_lower(word[same]))
            same++;
        if (same == length && (list[same] == ' ' || !list[same]))
            return 1;
        while (*list && *list++ != ' ')
            ;
    }
    return 0;
}

int word_is_domain(const char *word, uint32_t length)
{
    return has_word(domains, word, length);
}

int word_is_file_ending(const char *word, uint32_t length)
{
    return has_word(file_endings, word, length);
}

#define FUSED(apart, ...) [FUSED_SLOT(PACK(__VA_ARGS__))] = { PACK(__VA_ARGS__), apart }
#define PACK(a, b, c, d, e, f, g, h) \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 | \
     (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* A new word may want a slot that is taken; the compiler then warns of it (-Woverride-init), and FUSED_MULTIPLIER needs another
 * odd number. */
const struct fused_word fused_words[FUSED_SLOTS] = {
    FUSED(2, 'a', 'i', 'n', 't', 0, 0, 0, 0),       FUSED(3, 'a', 'r', 'e', 'n', 't', 0, 0, 0),
    FUSED(3, 'c', 'a', 'n', 'n', 'o', 't', 0, 0),   FUSED(2, 'c', 'a', 'n', 't', 0, 0, 0, 0),
    FUSED(5, 'c', 'o', 'u', 'l', 'd', 'n', 't', 0), FUSED(3, 'd', 'i', 'd', 'n', 't', 0, 0, 0),
    FUSED(4, 'd', 'o', 'e', 's', 'n', 't', 0, 0),   FUSED(2, 'd', 'o', 'n', 't', 0, 0, 0, 0),
    FUSED(2, 'd', 'u', 'n', 'n', 'o', 0, 0, 0),     FUSED(3, 'g', 'i', 'm', 'm', 'e', 0, 0, 0),
    FUSED(3, 'g', 'o', 'n', 'n', 'a', 0, 0, 0),     FUSED(3, 'g', 'o', 't', 't', 'a', 0, 0, 0),
    FUSED(3, 'h', 'a', 'd', 'n', 't', 0, 0, 0),     FUSED(3, 'h', 'a', 's', 'n', 't', 0, 0, 0),
    FUSED(4, 'h', 'a', 'v', 'e', 'n', 't', 0, 0),   FUSED(4, 'h', 'e', 'r', 'e', 's', 0, 0, 0),
    FUSED(2, 'h', 'e', 's', 0, 0, 0, 0, 0),         FUSED(1, 'i', 'm', 0, 0, 0, 0, 0, 0),
    FUSED(2, 'i', 's', 'n', 't', 0, 0, 0, 0),       FUSED(1, 'i', 'v', 'e', 0, 0, 0, 0, 0),
    FUSED(4, 'k', 'i', 'n', 'd', 'a', 0, 0, 0),     FUSED(3, 'l', 'e', 'm', 'm', 'e', 0, 0, 0),
    FUSED(3, 'l', 'o', 't', 't', 'a', 0, 0, 0),     FUSED(3, 'o', 'u', 't', 't', 'a', 0, 0, 0),
    FUSED(3, 's', 'h', 'e', 's', 0, 0, 0, 0),       FUSED(6, 's', 'h', 'o', 'u', 'l', 'd', 'n', 't'),
    FUSED(4, 's', 'o', 'r', 't', 'a', 0, 0, 0),     FUSED(4, 't', 'h', 'a', 't', 's', 0, 0, 0),
    FUSED(5, 't', 'h', 'e', 'r', 'e', 's', 0, 0),   FUSED(4, 't', 'h', 'e', 'y', 'l', 'l', 0, 0),
    FUSED(4, 't', 'h', 'e', 'y', 'r', 'e', 0, 0),   FUSED(4, 't', 'h', 'e', 'y', 'v', 'e', 0, 0),
    FUSED(3, 'w', 'a', 'n', 'n', 'a', 0, 0, 0),     FUSED(3, 'w', 'a', 's', 'n', 't', 0, 0, 0),
    FUSED(4, 'w', 'e', 'r', 'e', 'n', 't', 0, 0),   FUSED(2, 'w', 'e', 'v', 'e', 0, 0, 0, 0),
    FUSED(4, 'w', 'h', 'a', 't', 's', 0, 0, 0),     FUSED(2, 'w', 'o', 'n', 't', 0, 0, 0, 0),
    FUSED(5, 'w', 'o', 'u', 'l', 'd', 'n', 't', 0), FUSED(3, 'y', 'o', 'u', 'l', 'l', 0, 0, 0),
    FUSED(3, 'y', 'o', 'u', 'r', 'e', 0, 0, 0),     FUSED(3, 'y', 'o', 'u', 'v', 'e', 0, 0, 0),
};

/* ---- Apostrophes ---------------------------------------------------------------------------------------------------- */

/* Whether the letters [at, end) behind an apostrophe are a clitic: "'s", "'re". */
static int is_clitic(const struct scan *s, uint32_t at, uint32_t end)
{
    char a = char_to_lower(s->text[at]), b = char_to_lower(byte_at(s, at + 1));

    if (end - at == 1)
        return a == 's' || a == 'm' || a == 'd';
    return end - at == 2 && ((a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'));
}

/* What the word [at, mark), whose apostrophe of `size` bytes is followed by letters that end at `end`, comes apart at; `end` when
 * it stays whole: "O'Brien". */
static uint32_t clitic_start(const struct scan *s, uint32_t at, uint32_t mark, uint32_t size, uint32_t end)
{
    uint32_t letters = mark + size;

    if (end - letters == 1 && (s->text[letters] | 0x20) == 't' && (s->text[mark - 1] | 0x20) == 'n' && mark - at > 1)
        return mark - 1;
    return is_clitic(s, letters, end) ? mark : end;
}

/* ---- Periods -------------------------------------------------------------------------------------------------------- */

/* Letters one by one with periods, "U.S.", "e.g", "L.L.C", from `at` on, and "Ph.D.": their end, the last period
 * included when it is followed by no letter; `at` when there are fewer than two letters. */
static uint32_t dotted_end(const struct scan *s, uint32_t at)
{
    uint32_t end = at, n = 0, size;

    if (stands_at(s, at, "ph.d") || stands_at(s, at, "m.sc") || stands_at(s, at, "b.sc"))
        end = at + 4;
    else {
        while ((char_class_at(s->text, end, &size) & CHAR_KIND_MASK) == CHAR_LETTER && size == 1 &&
               byte_at(s, end + 1) == '.' && is_letter_at(s, end + 2)) {
            end += 2;
            n++;
        }
        if (n == 0 || is_word_byte(byte_at(s, end + 1)))
            return at;
        end++;
    }
    if (is_letter_at(s, end))
        return at;
    return byte_at(s, end) == '.' && byte_at(s, end + 1) != '.' ? end + 1 : end;
}

/* The character behind the blanks at `at`, all on one line; 0 when there is none. */
static char next_visible(const struct scan *s, uint32_t at)
{
    while (byte_at(s, at) == ' ')
        at++;
    return byte_at(s, at);
}

/* Whether the period at `end`, behind the word that starts at `at`, is the word's own. */
static int is_own_period(const struct scan *s, uint32_t at, uint32_t end)
{
    char behind = byte_at(s, end + 1);

    if (byte_at(s, end) != '.' || behind == '.')
        return 0;
    if (end - at == 1 && char_is_upper(s->text[at])) {
        /* An initial: a name follows, or another one. "I." ends a sentence more often. */
        char next = next_visible(s, end + 1);
        return s->text[at] != 'I' && behind != '"' && (char_is_upper(next) || behind == ',') && behind != '\n';
    }
    switch (word_abbreviation(s->text + at, end - at)) {
    case ABBREVIATION_SURE:
        return !is_letter_at(s, end + 1);
    case ABBREVIATION_NUMBERED:
        /* "No. 5", "(b. March 1987)" */
        return char_is_digit(next_visible(s, end + 1)) ||
               (end - at == 1 && at > 0 && s->text[at - 1] == '(' && behind == ' ');
    default:
        return 0;
    }
}

/* "th- the": a word that its speaker broke off keeps the hyphen. */
static int is_broken_off(const struct scan *s, uint32_t at, uint32_t end)
{
    return byte_at(s, end) == '-' && end - at <= 3 && char_is_lower(s->text[end - 1]) && byte_at(s, end + 1) == ' ';
}

/* ---- The word -------------------------------------------------------------------------------------------------------- */

/* "w/o", "s/he", "l/c", "n/a": one token, with their slash. */
static uint32_t slashed_word_end(const struct scan *s, uint32_t at)
{
    static const char *const words[] = { "w/o", "s/he", "l/c", "i/c", "n/a", "w/", "c/o" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]);
        if (stands_at(s, at, words[i]) && !is_word_byte(byte_at(s, at + length)))
            return at + length;
    }
    return at;
}

static uint32_t hyphen_at(const struct scan *s, uint32_t at)
{
    if (byte_at(s, at) == '-')
        return 1;
    return s->length - at >= 3 && at < s->length && memcmp(s->text + at, "\xe2\x80\x91", 3) == 0 ? 3 : 0;
}

/* Whether a word that starts at `at` goes on behind the mark at `end`; puts the mark's length into *mark. */
static int goes_on(const struct scan *s, uint32_t at, uint32_t end, uint32_t *mark)
{
    char c = byte_at(s, end);

    *mark = 1;
    if (c == '_' || c == '&' || c == '*')
        return is_word_byte(s->text[end - 1]) && is_word_byte(byte_at(s, end + 1));
    *mark = hyphen_at(s, end);
    if (*mark > 0 && stands_at(s, end + *mark, "esque"))
        return 1;
    if (*mark > 0)
        return is_word_byte(byte_at(s, end + *mark)) && word_is_prefix(s->text + at, end - at);
    *mark = apostrophe_at(s, end);
    return *mark > 0 && is_letter_at(s, end + *mark);
}

/* The end of letters, digits and marks of any script that puts blanks between words. */
static uint32_t letters_end(struct scan *s, uint32_t at)
{
    for (;;) {
        uint32_t size;
        at = scan_ascii_word(s, at);
        enum character kind = kind_at(s, at, &size);
        if (kind != CHAR_LETTER && kind != CHAR_DIGIT && kind != CHAR_EXTEND && kind != CHAR_ZWJ)
            return at;
        at += size;
    }
}

/* Adds the word [at, end), its clitic from `clitic` on apart. */
static uint32_t add_parts(struct scan *s, uint32_t at, uint32_t clitic, uint32_t end)
{
    if (clitic == end) {
        uint32_t apart = word_fused(s->text + at, end - at, s->length - at);
        if (apart > 0)
            add_token(s, at, at + apart, TEXTD_TOKEN_WORD);
        if (is_own_period(s, at, end) || is_broken_off(s, at, end))
            end++;
        add_token(s, at + apart, end, TEXTD_TOKEN_WORD);
        return end;
    }
    add_token(s, at, clitic, TEXTD_TOKEN_WORD);
    add_token(s, clitic, end, TEXTD_TOKEN_WORD);
    return end;
}

/* The end of a word with all its marks; puts where its clitic starts into *clitic, the end when it has none. */
static uint32_t word_end(struct scan *s, uint32_t at, uint32_t end, uint32_t *clitic)
{
    uint32_t part = at, mark;

    for (;;) {
        end = letters_end(s, end);
        if (!goes_on(s, part, end, &mark))
            break;
        uint32_t next = letters_end(s, end + mark);
        if (apostrophe_at(s, end) > 0 && (*clitic = clitic_start(s, at, end, mark, next)) < next)
            return next;
        part = end + mark;
        end = next;
    }
    *clitic = end;
    return end;
}

uint32_t scan_word(struct scan *s, uint32_t at, uint32_t end)
{
    uint8_t kind = TEXTD_TOKEN_WORD;
    uint32_t clitic;

    if (byte_at(s, end) == '.' && (unsigned char)byte_at(s, end + 1) <= ' ') /* most periods end a sentence */
        return add_parts(s, at, end, end);
    uint32_t whole = scan_link(s, at, end, &kind);
    if (whole == at && byte_at(s, end) == '.')
        whole = dotted_end(s, at);
    if (whole == at && byte_at(s, end) == '/')
        whole = slashed_word_end(s, at);
    if (whole > at) {
        add_token(s, at, whole, kind);
        return whole;
    }
    end = word_end(s, at, end, &clitic);
    return add_parts(s, at, clitic, end);
}
