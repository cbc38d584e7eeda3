/* process.h: what /proc says of a worker's process. */
#ifndef TD_PROCESS_H
#define TD_PROCESS_H

#include <stdint.h>

struct td_process_times {
    char state; /* as in ps: R running, S sleeping, T stopped, …; 0: it isn't there */
    uint64_t cpu_ns;
};

/* Resident memory; 0 when it can't be told. */
uint64_t td_process_rss(int pid);

/* Its address space; 0 when it can't be told. */
uint64_t td_process_size(int pid);

/* How often the kernel has killed a process of our control group for want of memory (version 2's
 * memory.events, version 1's memory.oom_control); 0 when that can't be told. */
uint64_t td_process_oom_kills(void);

/* Where it is and what processor time it has had. */
struct td_process_times td_process_times(int pid);

/* Whether it is a child of our parent, dead, and not reaped yet; *status is then what wait(2) would tell. */
int td_process_is_zombie(int pid, int *status);

#endif
