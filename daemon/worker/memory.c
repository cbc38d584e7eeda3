/* memory.c: see memory.h. Whether so much is left is asked of the kernel, by reserving it and letting go: two system calls,
 * one to three microseconds, and the answer is to the very question that the next malloc would ask. mallinfo2 walks the heap and
 * knows nothing of mappings; /proc/self/statm needs a descriptor that plugins could close. */
#include "daemon/worker/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/both/process.h"

/* Documents' time between two looks, so that they take a third of a percent. What a leak gets at meanwhile, a document that
 * fails for it is run again for. */
#define LOOK_NS 1000000

/* The part of what was left after the first document that must be left: a worker that takes much once, for its first document,
 * and then no more, is as it should be, and isn't replaced for ever. */
#define RESERVE_PART 4

static struct {
    int is_limited;
    uint64_t reserve; /* 0: not known yet */
    uint64_t run_ns;  /* since the last look */
} memory;

void td_memory_limit(uint64_t ours, uint64_t plugins)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* which reserve terabytes */
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) != 0)
        return;
    rlim_t wanted = td_process_size(getpid()) + ours + plugins;
    if (wanted < limit.rlim_max)
        limit.rlim_max = wanted;
    limit.rlim_cur = limit.rlim_max;
    memory.is_limited = setrlimit(RLIMIT_AS, &limit) == 0;
#else
    (void)ours, (void)plugins;
#endif
}

static int has(uint64_t bytes)
{
    void *probe = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED)
        return 0;
    munmap(probe, bytes);
    return 1;
}

/* By halves, to the nearest MiB: /proc can't be opened any more. */
static uint64_t bytes_left(void)
{
    uint64_t least = 0, most = 0;
    struct rlimit limit;

    if (getrlimit(RLIMIT_AS, &limit) == 0)
        most = limit.rlim_cur;
    while (most - least > 1 << 20) {
        uint64_t middle = least + (most - least) / 2;
        if (has(middle))
            least = middle;
        else
            most = middle;
    }
    return least;
}

int td_memory_is_short(uint64_t run_ns)
{
    if (!memory.is_limited)
        return 0;
    if (memory.reserve == 0) {
        memory.reserve = bytes_left() / RESERVE_PART;
        return 0;
    }
    memory.run_ns += run_ns;
    if (memory.run_ns < LOOK_NS)
        return 0;
    memory.run_ns = 0;
    if (has(memory.reserve))
        return 0;
    malloc_trim(0); /* what plugins have freed may be the C library's still */
    return !has(memory.reserve);
}
