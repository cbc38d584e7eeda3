/* known.h: the words that the plugin itself knows, by key (fold.h), so that one look tells of a word whether it is any of them. */
#ifndef SUMMARIZER_KNOWN_H
#define SUMMARIZER_KNOWN_H

#include <stdint.h>

#define KNOWN_SLOTS 256u

/* A hash table that is made once and then only read. */
struct known {
    uint64_t keys[KNOWN_SLOTS]; /* 0: free */
    uint8_t sets[KNOWN_SLOTS];  /* enum word_set of a function word */
    uint8_t pages[KNOWN_SLOTS]; /* of a word that sentences of the page have: phrases_word's number, and one */
};

void known_make(struct known *known);

/* The word's slot; one that is free, and says nothing of it, when it is none of them. */
static inline uint32_t known_slot(const struct known *known, uint64_t key)
{
    uint32_t slot = (uint32_t)(key >> 32) % KNOWN_SLOTS;

    while (known->keys[slot] != key && known->keys[slot] != 0)
        slot = (slot + 1) % KNOWN_SLOTS;
    return slot;
}

#endif
