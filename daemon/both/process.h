/* process.h: what /proc says of a worker's process. */
#ifndef TD_PROCESS_H
#define TD_PROCESS_H

#include <stdint.h>

/* What /proc/PID/stat says of a process; all zero when it can't be read. */
struct td_process {
    char state;        /* as in ps: R running, S sleeping, T stopped, …; 0: it isn't there, or isn't to be seen */
    uint8_t is_closed; /* it isn't dumpable, and ours is no right to look into it: its exit code is kept from us, too */
    int parent;
    uint64_t cpu_ns;    /* processor time that it has had */
    uint64_t rss_bytes; /* resident memory */
    int status;         /* of a dead one ('Z') what wait(2) would tell; 0 when it is closed, whatever it died of */
};

/* Opens a process's own file, for others to read while it lives, whatever becomes of it: also when it is not dumpable later, and
 * /proc is mounted so that such a process isn't there for its own user (hidepid, ProtectProc=). -1: there is no /proc. */
int td_process_open_self(void);

/* The same of what td_process_pss reads. The right to look is asked for when it is opened, and not again. */
int td_process_open_pss(void);

/* The proportional share of memory of the process that has opened it: a page that n processes have counts as 1/n. 0 when it can't
 * be told: it is dead, or the kernel older than 4.14. Takes milliseconds, and keeps the process from changing its mappings while. */
uint64_t td_process_pss(int fd);

/* Looks at a process through what it has opened of itself; when that is -1 under its number, where it may not be found. */
struct td_process td_process_look(int fd, int pid);

/* Resident memory; 0 when it can't be told. */
uint64_t td_process_rss(int pid);

/* Its address space; 0 when it can't be told. */
uint64_t td_process_size(int pid);

/* Our own: how many are open, and how many may be. 0 when that can't be told. */
uint64_t td_process_descriptors(void);
uint64_t td_process_most_descriptors(void);

/* How often the kernel has killed a process of our control group for want of memory (version 2's
 * memory.events, version 1's memory.oom_control); 0 when that can't be told. */
uint64_t td_process_oom_kills(void);

#endif
