/* lexicon.h: which parts of speech a word has been, for the model's table of words. */
#ifndef SUMMARIZER_LEXICON_H
#define SUMMARIZER_LEXICON_H

#include <stdint.h>

#include "plugins/summarizer/train/background.h"

/* Fills `parts`, a byte for each slot of `slots`, from WordNet's index.sense (whose last column says how often a sense was met in
 * texts that people tagged), or without it if that is NULL, and from the lists of parts.txt. The words are those of
 * background_read. */
void lexicon_read(uint8_t *parts, const uint16_t *slots, const char *words_file, const char *wordnet_file,
                  const char *parts_file);

#endif
