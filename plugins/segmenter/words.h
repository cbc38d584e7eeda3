/* words.h: what is known of English words: abbreviations, clitics, prefixes. Words are of any case. */
#ifndef SEGMENTER_WORDS_H
#define SEGMENTER_WORDS_H

#include <stdint.h>
#include <string.h>

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

/* Where the second half of the word starts; 0 when it is one. `left` bytes may be read at `word`. Asked for every word, and
 * nearly always no: it takes one branch, which is easy to foretell. */
static inline uint32_t word_fused(const char *word, uint32_t length, uint32_t left)
{
    uint64_t key = 0;

    if (left >= 8)
        memcpy(&key, word, 8);
    else
        memcpy(&key, word, left);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    key = __builtin_bswap64(key);
#endif
    key = (key | 0x2020202020202020ull) & ~0ull >> (length < 8 ? (8 - length) * 8 : 0);
    const struct fused_word *found = &fused_words[FUSED_SLOT(key)];
    if (found->key != key || length > 8)
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

/* What kind of abbreviation the word (without its period) is. Initials and "U.S." are not asked for here. */
enum abbreviation word_abbreviation(const char *word, uint32_t length);

/* Non-zero when the word is a prefix that its hyphen joins to the next: "co-worker", "e-mail"; other hyphens part. */
int word_is_prefix(const char *word, uint32_t length);

/* Non-zero when the letters are a top-level domain, or a file's ending: "com", "pdf". */
int word_is_domain(const char *word, uint32_t length);
int word_is_file_ending(const char *word, uint32_t length);

#endif
