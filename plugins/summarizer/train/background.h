/* background.h: how common words are in English, for the model's table of words. */
#ifndef SUMMARIZER_BACKGROUND_H
#define SUMMARIZER_BACKGROUND_H

#include <stdint.h>

#define BACKGROUND_SLOTS (1u << 16)
#define BACKGROUND_LONGEST 64u /* bytes of a word */

/* Fills `slots` from a file with "words": [...], the commonest first, and one of function words, one a line. */
void background_read(uint16_t *slots, const char *words_file, const char *stopwords_file);

/* Calls `take` with the first words of such a file, the commonest first, by rank: those that the table is made of. */
void background_walk(const char *words_file, void (*take)(void *data, const char *word, uint32_t length, uint32_t rank),
                     void *data);

/* The word's slot; BACKGROUND_SLOTS: it has none. */
uint32_t background_find(const uint16_t *slots, const char *word, uint32_t length);

#endif
