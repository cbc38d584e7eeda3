/* known.h: what is known of English words: abbreviations, clitics, prefixes. Words are of any case. */
#ifndef SEGMENTER_KNOWN_H
#define SEGMENTER_KNOWN_H

#include <stdint.h>
#include <string.h>

#include "plugins/segmenter/bits.h"

/* Words that are two, "can|not", "gon|na", "do|nt", in a table by hash without collisions: of at most eight letters, which are the
 * key, lower case, the first in the lowest byte. */
struct fused_word {
    uint64_t key;
    uint32_t apart; /* where the second half starts */
};

#define FUSED_SLOTS 256u
#define FUSED_MULTIPLIER 0xf9341c68966baea1ull
#define FUSED_SLOT(key) ((key)*FUSED_MULTIPLIER >> 56)
extern const struct fused_word fused_words[FUSED_SLOTS];

#define FUSED_LONGEST 8u

/* For the lower four bits of a length and the lower five of a first letter, the last letters of such words in the table, a bit each. */
extern const uint32_t fused_last_letters[16][32];

/* Whether a word with these first and last letters may be in the table. Asked of every word, and nearly always no. */
static inline int known_may_be_fused(char first, char last, uint32_t length)
{
    return fused_last_letters[length & 15][first & 31] >> (last & 31) & 1;
}

/* A word of one to eight letters as a key: lower case, the first in the lowest byte. `left` bytes may be read at `word`. */
static inline uint64_t known_key(const char *word, uint32_t length, uint32_t left)
{
    char bytes[8] = { 0 };

    if (left < 8) {
        memcpy(bytes, word, left);
        word = bytes;
    }
    return (bits_eight(word) | 0x2020202020202020ull) & ~0ull >> (length < 8 ? (8 - length) * 8 : 0);
}

/* Where the second half of the word starts; 0 when it is one. */
static inline uint32_t known_fused(const char *word, uint32_t length, uint32_t left)
{
    if (length == 0 || length > FUSED_LONGEST)
        return 0;
    uint64_t key = known_key(word, length, left);
    const struct fused_word *found = &fused_words[FUSED_SLOT(key)];
    if (found->key != key)
        return 0;
    /* "IM" and "HES" are names, "IMs" and "dont" are not */
    return length <= 3 && word[length - 1] < 'a' ? 0 : found->apart;
}

/* How sure a period behind a word is the word's own. */
enum abbreviation {
    ABBREVIATION_NONE,
    ABBREVIATION_NUMBERED, /* when a digit follows: "No. 5", "p. 12" */
    ABBREVIATION_SURE,
};

/* What kind of abbreviation the word (without its period) is; `left` as above. Initials and "U.S." are not asked for here. */
enum abbreviation known_abbreviation(const char *word, uint32_t length, uint32_t left);

/* Non-zero when the word is a prefix that its hyphen joins to the next: "co-worker", "e-mail"; other hyphens part. */
int known_is_prefix(const char *word, uint32_t length, uint32_t left);

/* Non-zero when the letters are a top-level domain, or a file's ending: "com", "pdf". */
int known_is_domain(const char *word, uint32_t length, uint32_t left);
int known_is_file_ending(const char *word, uint32_t length, uint32_t left);

/* How many known words start with a letter before the `letter`th (0: "a"), counted; and as the search takes it. For tests. */
uint32_t known_count_before(uint32_t letter);
extern const uint16_t known_before[27];

#endif
