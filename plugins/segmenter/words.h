/* words.h: what the segmenter knows of English words: abbreviations, clitics, words that start sentences. */
#ifndef SEGMENTER_WORDS_H
#define SEGMENTER_WORDS_H

#include <stdint.h>

enum abbreviation {
    ABBREVIATION_NONE,
    ABBREVIATION_TITLE, /* a name follows: "Dr.", "Gen.": the period never ends a sentence */
    ABBREVIATION_OTHER, /* "Inc.", "etc.", "a.m.": it may */
};

/* What kind of abbreviation the word (without its period) is. */
enum abbreviation word_abbreviation(const char *word, uint32_t length);

/* Non-zero when the word, capitalised, is one that usually starts a sentence: "The", "He", "But". */
int word_starts_sentences(const char *word, uint32_t length);

/* Where the clitic at the word's end starts ("do|n't", "John|'s", "can|not", "gon|na"), or `length` when it has none. */
uint32_t word_clitic(const char *word, uint32_t length);

/* Non-zero when the letters behind a word's inner period are a top-level domain or a file ending: "example.com". */
int word_is_suffix(const char *word, uint32_t length);

#endif
