/* block.h: a document's memory for the fuzz targets: one block, which is used again for each input. */
#ifndef FUZZ_BLOCK_H
#define FUZZ_BLOCK_H

#include <stddef.h>
#include <stdint.h>

static char memory[1 << 24]; /* a token and a sentence a byte: enough for texts of half a MiB */
static size_t used;

static void *take(void *context, size_t bytes)
{
    (void)context;
    used = (used + 15) & ~(size_t)15;
    if (bytes > sizeof memory - used)
        return NULL;
    used += bytes;
    return memory + used - bytes;
}

static void *take_segments(void *context, uint64_t bytes)
{
    return take(context, bytes);
}

static int go_on(void *context)
{
    (void)context;
    return 0;
}

#endif
