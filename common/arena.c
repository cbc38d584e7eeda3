/* arena.c: see arena.h. */
#include "common/arena.h"

#include <string.h>
#include <sys/mman.h>

/* What ordinary documents touch stays resident: giving pages back and faulting them in again costs more than a small
 * document's annotation. */
#define KEEP_BYTES (1u << 20)

int td_arena_init(struct td_arena *arena, size_t cap)
{
    void *base = mmap(NULL, cap, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (base == MAP_FAILED)
        return -1;
    *arena = (struct td_arena) { .base = base, .cap = cap, .keep = KEEP_BYTES };
    return 0;
}

void *td_arena_alloc(struct td_arena *arena, size_t size, size_t align)
{
    size_t at = (arena->used + align - 1) & ~(align - 1);

    if (at > arena->cap || size > arena->cap - at)
        return NULL;
    arena->used = at + size;
    return arena->base + at;
}

void td_arena_reset(struct td_arena *arena)
{
#ifdef TD_DEBUG
    memset(arena->base, 0xA5, arena->used); /* whoever kept a pointer into the last document sees this */
#endif
    if (arena->used > arena->keep)
        madvise(arena->base + arena->keep, arena->used - arena->keep, MADV_DONTNEED);
    arena->used = 0;
}

void td_arena_destroy(struct td_arena *arena)
{
    munmap(arena->base, arena->cap);
    *arena = (struct td_arena) { 0 };
}
