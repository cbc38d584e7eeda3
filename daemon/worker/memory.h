/* memory.h: how much plugins may allocate in this process, and how near they have come to it. One thread. */
#ifndef TD_MEMORY_H
#define TD_MEMORY_H

#include <stdint.h>

/* Limits the process's address space to what it has now and `ours` and `plugins` bytes more: beyond, malloc fails, and what
 * happens then is the plugin's doing and known to be. A narrower limit that was set from outside stays. */
void td_memory_limit(uint64_t ours, uint64_t plugins);

/* To be called after each document, with the time that it took. Non-zero: three quarters of the memory that there was after the
 * first are gone, so that another document's allocations may fail: this process should give way to a fresh one. Looks only when
 * documents have taken so long that it costs next to nothing. */
int td_memory_is_short(uint64_t run_ns);

#endif
