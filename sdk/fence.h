/* fence.h: memory with a guard page around each piece, for the process under test. What a plugin gets of host->alloc ends
 * (or begins) at a page that may not be touched; text, options and others' layers are copied into such memory and made
 * read-only; and when the document is over all of it is taken away, so that whoever goes on using it is found, too.
 *
 * Two regions take turns: the pieces of the document before stay untouchable while the next one runs. */
#ifndef SDK_FENCE_H
#define SDK_FENCE_H

#include <stddef.h>
#include <stdint.h>

enum sdk_block_kind { SDK_BLOCK_ALLOC, SDK_BLOCK_TEXT, SDK_BLOCK_OPTIONS, SDK_BLOCK_LANGUAGE, SDK_BLOCK_LAYER };

struct sdk_block {
    uint64_t start, bytes;
    uint64_t low, high; /* its pages; the ones before and behind them are the guards */
    uint32_t kind;
    char what[36]; /* of a layer: which */
};

/* Beyond so many a document, pieces lie side by side, without guards: a process may have 65530 mappings. */
#define SDK_MOST_BLOCKS 4096

struct sdk_blocks {
    uint32_t n;
    uint32_t is_old;   /* they are the document's before */
    uint32_t at_start; /* they begin behind their guards */
    struct sdk_block of[SDK_MOST_BLOCKS];
};

/* Reserves the regions. `blocks` are two tables, in memory that outlives this process. -1: errno. */
int sdk_fence_init(struct sdk_blocks *blocks);

/* Begins a document. `at_start`: pieces begin behind a guard page instead of ending before one. `fill` is what new memory
 * holds, other each time: whoever reads what it hasn't written gets other results. */
void sdk_fence_begin(int at_start, unsigned char fill);

/* What host->alloc gives; NULL: the region is used up. */
void *sdk_fence_alloc(uint64_t bytes, uint64_t align);

/* A copy that may only be read. NULL: the region is used up. */
const void *sdk_fence_copy(enum sdk_block_kind kind, const char *what, const void *from, uint64_t bytes,
                           uint64_t align);

/* Whether all of that lies in memory that sdk_fence_alloc gave for this document. */
int sdk_fence_has(const void *at, uint64_t bytes);

/* Ends the document: 1 and words, when something was written beside a piece. Its memory is gone afterwards. */
int sdk_fence_end(char *words, size_t size);

/* Bytes that were given for this document. */
uint64_t sdk_fence_used(void);

/* The piece that `address` is in or beside, of this document or of the one before (*is_old); NULL: it is none's. For the
 * process that has the tables only. */
const struct sdk_block *sdk_fence_find(const struct sdk_blocks *blocks, uint64_t address, int *is_old);

#endif
