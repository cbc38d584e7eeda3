/* words.h: what the tokenizer knows of English words: abbreviations, clitics, prefixes. Words are ASCII, of any case. */
#ifndef SEGMENTER_WORDS_H
#define SEGMENTER_WORDS_H

#include <stdint.h>
#include <string.h>

/* For each pair of first letters, a bit for each length of the fused words that start with it. */
extern const uint16_t word_fused_lengths[26 * 32];

uint32_t word_fused_find(const char *word, uint32_t length);

/* Where the second half starts of a word that is two: "can|not", "gon|na", "do|nt", "i|m"; 0 when it is one. Asked for
 * every word, so it mostly says no after one look. */
static inline uint32_t word_fused(const char *word, uint32_t length)
{
    if (length < 2 || length > 8)
        return 0;
    uint32_t a = ((unsigned char)word[0] | 0x20u) - 'a', b = ((unsigned char)word[1] | 0x20u) - 'a';
    if (a > 25 || b > 25 || !(word_fused_lengths[a * 32 + b] >> length & 1) ||
        !strchr("taesmlo", word[length - 1] | 0x20))
        return 0;
    return word_fused_find(word, length);
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
