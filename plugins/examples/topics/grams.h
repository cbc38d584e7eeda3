/* grams.h: what a text is to the model: the set of its words, of pairs of words next to each other and of groups of letters within words,
 * each as a number of 32 bits that is spread evenly (a hash). Features have no names, so the model needs no dictionary (Weinberger et al.
 * 2009, Feature hashing for large scale multitask learning). */
#ifndef TOPICS_GRAMS_H
#define TOPICS_GRAMS_H

#include <stdint.h>

/* Called for each feature, as often as it stands there. `start` and `end`: the bytes of the text that it was read from. */
typedef void take_feature(void *data, uint32_t feature, uint32_t start, uint32_t end);

/* What is asked between two pieces of a long text; non-zero ends the walk. May be NULL. */
typedef int stop_walk(void *data);

/* Walks over `length` bytes of UTF-8. Time is linear in them. Non-zero when it was stopped. */
int grams_walk(const char *text, uint32_t length, take_feature *take, stop_walk *should_stop, void *data);

#endif
