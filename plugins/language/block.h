/* block.h: memory for identify() where there is no document: one block, used again for each text. */
#ifndef LANGUAGE_BLOCK_H
#define LANGUAGE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

struct block {
    char *memory; /* at a multiple of 8 */
    uint64_t size, used;
};

/* For `alloc` and `should_stop` of struct identified, whose `data` is the block. */
static inline void *block_alloc(void *block, uint64_t bytes)
{
    struct block *b = block;
    void *memory = b->memory + b->used;

    if (bytes > b->size - b->used)
        return NULL;
    bytes = (bytes + 7) & ~(uint64_t)7;
    b->used = bytes < b->size - b->used ? b->used + bytes : b->size;
    return memory;
}

static inline int block_never_stops(void *block)
{
    (void)block;
    return 0;
}

#endif
