/* known.h: the words that the plugin itself knows, by key (fold.h), so that one look tells of a word whether it is any of them. */
#ifndef SUMMARIZER_KNOWN_H
#define SUMMARIZER_KNOWN_H

#include <stdint.h>

#define KNOWN_BITS 9

/* A hash table that is made once and then only read: without collisions, so that a look is one. */
struct known {
    uint64_t factor;                /* by which keys are spread */
    uint64_t keys[1 << KNOWN_BITS]; /* 0: free */
    uint8_t sets[1 << KNOWN_BITS];  /* enum word_set of a function word */
    uint16_t page_from[257];        /* see phrases_index */
    uint8_t pages[1 << KNOWN_BITS]; /* of a word that sentences of the page have: phrases_word's number, and one */
};

void known_make(struct known *known);

/* Where the word stands if it is any of them: then the slot has its key. */
static inline uint32_t known_slot(const struct known *known, uint64_t key)
{
    return (uint32_t)(key * known->factor >> (64 - KNOWN_BITS));
}

#endif
