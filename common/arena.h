/* arena.h: all memory of one document. Allocation moves a pointer; nothing is freed singly; reset makes it empty for the
 * next document. The address range is reserved once and its pages arrive when touched, so a large limit costs nothing
 * until it is used. */
#ifndef TD_ARENA_H
#define TD_ARENA_H

#include <stddef.h>

struct td_arena {
    unsigned char *base;
    size_t used;
    size_t cap;
    size_t keep; /* bytes that stay resident over a reset */
};

/* Reserves `cap` bytes of address space. 0, or -1 with errno set. */
int td_arena_init(struct td_arena *arena, size_t cap);

/* `size` bytes at a multiple of `align` (a power of two, at most a page). Not zeroed. NULL when the limit is reached. */
void *td_arena_alloc(struct td_arena *arena, size_t size, size_t align);

/* Forgets all that was allocated. After a document that used much, the pages go back to the kernel. */
void td_arena_reset(struct td_arena *arena);

/* Gives the address space back. */
void td_arena_destroy(struct td_arena *arena);

#endif
