/* found.c: see found.h. */
#include "plugins/entities/found.h"

#include <string.h>

#define BLOCK_ENTITIES 128u

struct found_block {
    struct found_block *next;
    uint32_t n;
    struct entity entities[BLOCK_ENTITIES];
};

struct entity *found_add(struct found *found)
{
    struct found_block *block = found->last;

    if (!block || block->n == BLOCK_ENTITIES) {
        block = found->means->alloc(found->means->context, sizeof *block);
        if (!block)
            return NULL;
        block->next = NULL;
        block->n = 0;
        if (found->last)
            found->last->next = block;
        else
            found->first = block;
        found->last = block;
    }
    found->n++;
    block->entities[block->n] = (struct entity) { .score = 0 };
    return &block->entities[block->n++];
}

int32_t found_finish(const struct found *found, struct entity **entities, uint32_t *n)
{
    struct entity *out = found->means->alloc(found->means->context, ((size_t)found->n + 1) * sizeof *out);

    if (!out)
        return TEXTD_NO_MEMORY;
    *entities = out;
    *n = found->n;
    for (const struct found_block *block = found->first; block; out += block->n, block = block->next)
        memcpy(out, block->entities, block->n * sizeof *out);
    return TEXTD_OK;
}
