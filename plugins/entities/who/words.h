/* words.h: an entity's text as words, in a form in which what is written in several ways is one: small letters without marks, no periods,
 * quotes, brackets or commas, "&" as "and", and at the end no "'s". */
#ifndef ENTITIES_WHO_WORDS_H
#define ENTITIES_WHO_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "plugins/entities/entity.h"

#define WHO_MOST_WORDS 12u
#define WHO_WORD_BYTES 24u

struct who_word {
    uint64_t hash;
    uint32_t first;            /* its first character */
    uint32_t roles;            /* enum who_role */
    uint32_t length;           /* characters */
    bool is_initial;           /* a letter alone: "J." */
    char text[WHO_WORD_BYTES]; /* empty when it has more bytes, or others than ASCII's */
};

struct who_words {
    uint32_t n;
    bool is_whole;      /* else there are more words, which are in the last one's hash */
    bool is_possessive; /* there was an "'s", which may have been a part of the name */
    bool is_capitals;   /* no small letter, and two capitals at least */
    struct who_word words[WHO_MOST_WORDS];
};

/* `splits_initials`: "J.K." and "JK Rowling" are two words and three. */
void who_words_read(const struct entity_input *input, struct textd_span span, bool splits_initials,
                    struct who_words *out);

/* One hash of several, in their order. */
uint64_t who_hash(uint64_t hash, uint64_t next);

/* A key of words [from, to). */
uint64_t who_words_key(const struct who_words *words, uint32_t from, uint32_t to, uint64_t seed);

/* The hash that a word of these characters has. */
uint64_t who_word_hash(const char *text, uint32_t length);

#endif
