/* background.h: how common words are in English, for the model's table of words. */
#ifndef SUMMARIZER_BACKGROUND_H
#define SUMMARIZER_BACKGROUND_H

#include <stdint.h>

#define BACKGROUND_SLOTS (1u << 16)

/* Fills `slots` from a file with "words": [...], the commonest first, and one of function words, one a line. */
void background_read(uint16_t *slots, const char *words_file, const char *stopwords_file);

#endif
