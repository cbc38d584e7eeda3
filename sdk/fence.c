/* fence.c: see fence.h. */
#include "sdk/fence.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REGION_BYTES (8ull << 30)
#define DOCUMENT_BYTES (1ull << 30) /* limits.document_memory as it is by default */
#define SLACK 0xE7                  /* stands between a piece and its guard where alignment leaves room */

static struct {
    unsigned char *region[2];
    struct sdk_blocks *blocks; /* two */
    uint32_t turn;             /* which region, and which table, is this document's */
    uint64_t at, used, page;
    unsigned char *loose; /* pieces beyond SDK_MOST_BLOCKS */
    uint64_t loose_at, loose_bytes;
    int at_start;
    unsigned char fill;
} fence;

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + fence.page - 1) & ~(fence.page - 1);
}

int sdk_fence_init(struct sdk_blocks *blocks)
{
    fence.page = (uint64_t)sysconf(_SC_PAGESIZE);
    fence.blocks = blocks;
    blocks[0].n = blocks[1].n = 0;
    for (int i = 0; i < 2; i++) {
        void *region = mmap(NULL, REGION_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == MAP_FAILED)
            return -1;
        fence.region[i] = region;
    }
    return 0;
}

void sdk_fence_begin(int at_start, unsigned char fill)
{
    fence.blocks[fence.turn].is_old = 1;
    fence.turn = !fence.turn;
    fence.blocks[fence.turn].n = fence.blocks[fence.turn].is_old = 0;
    fence.blocks[fence.turn].at_start = (uint32_t)at_start;
    fence.at = fence.page;
    fence.used = 0;
    fence.loose = NULL;
    fence.loose_at = fence.loose_bytes = 0;
    fence.at_start = at_start;
    fence.fill = fill;
}

/* A piece with pages of its own, or NULL. */
static unsigned char *fenced(enum sdk_block_kind kind, const char *what, uint64_t bytes, uint64_t align)
{
    struct sdk_blocks *blocks = &fence.blocks[fence.turn];
    uint64_t room = whole_pages(bytes ? bytes : 1);
    unsigned char *low = fence.region[fence.turn] + fence.at, *high = low + room;

    if (bytes > DOCUMENT_BYTES || fence.at + room + fence.page > REGION_BYTES ||
        mprotect(low, room, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    fence.at += room + fence.page;
    unsigned char *start = fence.at_start ? low : low + ((room - bytes) & ~(align - 1));
    memset(low, SLACK, (size_t)(start - low));
    memset(start + bytes, SLACK, (size_t)(high - start - bytes));
    struct sdk_block *block = &blocks->of[blocks->n++];
    *block = (struct sdk_block) { .start = (uint64_t)(uintptr_t)start,
                                  .bytes = bytes,
                                  .low = (uint64_t)(uintptr_t)low,
                                  .high = (uint64_t)(uintptr_t)high,
                                  .kind = kind };
    snprintf(block->what, sizeof block->what, "%s", what);
    return start;
}

/* A piece beside others. */
static unsigned char *unfenced(uint64_t bytes, uint64_t align)
{
    if (!fence.loose) {
        uint64_t from = whole_pages(fence.at) + fence.page;
        fence.loose_bytes = REGION_BYTES - from > DOCUMENT_BYTES ? DOCUMENT_BYTES : REGION_BYTES - from - fence.page;
        if (mprotect(fence.region[fence.turn] + from, fence.loose_bytes, PROT_READ | PROT_WRITE) != 0)
            return NULL;
        fence.loose = fence.region[fence.turn] + from;
    }
    uint64_t start = (fence.loose_at + align - 1) & ~(align - 1);
    if (bytes > DOCUMENT_BYTES || start + bytes > fence.loose_bytes)
        return NULL;
    fence.loose_at = start + bytes;
    return fence.loose + start;
}

void *sdk_fence_alloc(uint64_t bytes, uint64_t align)
{
    if (bytes > DOCUMENT_BYTES - fence.used)
        return NULL;
    unsigned char *start = fence.blocks[fence.turn].n < SDK_MOST_BLOCKS ? fenced(SDK_BLOCK_ALLOC, "", bytes, align)
                                                                        : unfenced(bytes, align);
    if (!start)
        return NULL;
    fence.used += bytes;
    memset(start, fence.fill, bytes);
    return start;
}

const void *sdk_fence_copy(enum sdk_block_kind kind, const char *what, const void *from, uint64_t bytes, uint64_t align)
{
    struct sdk_blocks *blocks = &fence.blocks[fence.turn];

    if (blocks->n == SDK_MOST_BLOCKS)
        return from;
    unsigned char *start = fenced(kind, what, bytes, align);
    if (!start)
        return NULL;
    if (bytes > 0)
        memcpy(start, from, bytes);
    const struct sdk_block *block = &blocks->of[blocks->n - 1];
    mprotect((void *)(uintptr_t)block->low, block->high - block->low, PROT_READ);
    return start;
}

int sdk_fence_has(const void *at, uint64_t bytes)
{
    const struct sdk_blocks *blocks = &fence.blocks[fence.turn];
    uint64_t start = (uint64_t)(uintptr_t)at;
    uint32_t low = 0, high = blocks->n;

    if (fence.loose && (const unsigned char *)at >= fence.loose &&
        (const unsigned char *)at + bytes <= fence.loose + fence.loose_bytes)
        return 1;
    while (low < high) { /* they lie in the order of the table */
        uint32_t middle = low + (high - low) / 2;
        if (blocks->of[middle].high < start)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == blocks->n)
        return 0;
    const struct sdk_block *block = &blocks->of[low];
    return block->kind == SDK_BLOCK_ALLOC && start >= block->start && start + bytes <= block->start + block->bytes;
}

static int is_slack(const unsigned char *at, const unsigned char *end)
{
    while (at < end)
        if (*at++ != SLACK)
            return 0;
    return 1;
}

static int is_touched(const struct sdk_block *block, char *words, size_t size)
{
    const unsigned char *start = (const unsigned char *)(uintptr_t)block->start;
    const unsigned char *low = (const unsigned char *)(uintptr_t)block->low;
    const unsigned char *high = (const unsigned char *)(uintptr_t)block->high;
    int is_below = !is_slack(low, start);

    if (!is_below && is_slack(start + block->bytes, high))
        return 0;
    snprintf(words, size, "it wrote %s the %llu bytes that host->alloc gave", is_below ? "before" : "behind",
             (unsigned long long)block->bytes);
    return 1;
}

int sdk_fence_end(char *words, size_t size)
{
    struct sdk_blocks *blocks = &fence.blocks[fence.turn];
    int is_found = 0;

    for (uint32_t i = 0; i < blocks->n && !is_found; i++)
        if (blocks->of[i].kind == SDK_BLOCK_ALLOC)
            is_found = is_touched(&blocks->of[i], words, size);
    uint64_t end = fence.loose ? (uint64_t)(fence.loose - fence.region[fence.turn]) + fence.loose_bytes : fence.at;
    mprotect(fence.region[fence.turn], end, PROT_NONE);
    madvise(fence.region[fence.turn], end, MADV_DONTNEED);
    return is_found;
}

uint64_t sdk_fence_used(void)
{
    return fence.used;
}

/* A guard stands between two pieces: it is the one's that touches it, and only where there is no such piece the other's. */
static int is_near(const struct sdk_block *block, uint64_t address, uint64_t page, int is_below, int is_above)
{
    return address >= block->low - (is_below ? page : 0) && address < block->high + (is_above ? page : 0);
}

const struct sdk_block *sdk_fence_find(const struct sdk_blocks *blocks, uint64_t address, int *is_old)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

    for (int any = 0; any < 2; any++)
        for (int i = 0; i < 2; i++)
            for (uint32_t k = 0; k < blocks[i].n; k++) {
                int at_start = (int)blocks[i].at_start;
                *is_old = (int)blocks[i].is_old;
                if (is_near(&blocks[i].of[k], address, page, at_start || any, !at_start || any))
                    return &blocks[i].of[k];
            }
    return NULL;
}
