/* words.h: the walk over a text, from letter to letter: of which scripts they are, and the features of the words. What says nothing of the language is passed over: links,
 * addresses, @names, #topics, entities and tags of HTML, numbers, what looks like code, and words that were there a moment ago. Pure; a bounded look at each byte. */
#ifndef LANGUAGE_WORDS_H
#define LANGUAGE_WORDS_H

#include <stdint.h>

/* The first SCRIPT_MODELLED are used by several languages, between which the model decides. */
enum script {
    SCRIPT_LATIN,
    SCRIPT_CYRILLIC,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_HEBREW,
    SCRIPT_BENGALI,
    SCRIPT_ETHIOPIC,
    SCRIPT_MODELLED,
    SCRIPT_HAN = SCRIPT_MODELLED,
    SCRIPT_KANA,
    SCRIPT_HANGUL,
    SCRIPT_GREEK,
    SCRIPT_ARMENIAN,
    SCRIPT_GEORGIAN,
    SCRIPT_THAI,
    SCRIPT_LAO,
    SCRIPT_KHMER,
    SCRIPT_BURMESE,
    SCRIPT_TIBETAN,
    SCRIPT_SINHALA,
    SCRIPT_TAMIL,
    SCRIPT_TELUGU,
    SCRIPT_KANNADA,
    SCRIPT_MALAYALAM,
    SCRIPT_GUJARATI,
    SCRIPT_GURMUKHI,
    SCRIPT_ODIA,
    SCRIPT_THAANA,
    SCRIPT_OTHER, /* letters that no language here uses */
    N_SCRIPTS,
    SCRIPT_NONE = N_SCRIPTS, /* no letter */
};

#define WORD_MOST 24 /* letters; the rest of a longer one is a word of its own */

struct memo_word;
struct noted;
struct word_memo;

struct word_taker {
    /* Takes the features' hashes of one word; the last is how it and the word before are written. What the others come
     * to is to be noted in `note`, where there is one. */
    void (*take)(void *data, enum script script, const uint32_t *hashes, uint32_t n, struct memo_word *note);
    /* Takes what is in `noted`, which is empty then. How a word and the one before are written: WORD_TURNS ways, for
     * the hash of which see words_turn. */
    void (*take_noted)(void *data);
    void *data;
    struct word_memo *memo;       /* or NULL */
    struct noted *noted;          /* if there is one */
    uint32_t letters[N_SCRIPTS];  /* counted up */
    uint32_t recent[4], n_recent; /* hashes of the words before */
    uint32_t last_case;           /* how the word before is written */
};

/* Features that a word has at most. */
#define WORD_MOST_FEATURES (WORD_MOST * 4 + 9)

/* The hash of the feature that two words in turn are written so. */
#define WORD_TURNS 16
uint32_t words_turn(enum script script, uint32_t turn);

/* Walks over text[start, end) of `length` bytes, which is valid UTF-8 and starts at a character. */
void words_walk(struct word_taker *taker, const char *text, uint32_t length, uint32_t start, uint32_t end);

#endif
