/* allowance.h: how much of this machine we may have: what our control groups leave us, version 1 or 2 or both, and those
 * that they are in; for defaults that fit a container as well as a server. Whatever can't be read or understood counts
 * as no limit. */
#ifndef TD_ALLOWANCE_H
#define TD_ALLOWANCE_H

#include <stddef.h>
#include <stdint.h>

struct td_allowance {
    uint64_t group_memory;   /* the smallest limit of a control group, in bytes; 0: there is none */
    uint64_t machine_memory; /* 0: it isn't told */
    uint32_t group_cpus;     /* rounded up; 0: no limit */
};

/* Reads /proc and /sys below `root`, which is "" but for tests. */
struct td_allowance td_allowance_read(const char *root);

/* The memory that there is to share out: the lesser of the two; 0: nobody knows. */
uint64_t td_allowance_memory(const struct td_allowance *allowance);

/* "the control group's 256 MiB", "the machine's 2 GiB". */
const char *td_allowance_words(const struct td_allowance *allowance, char *words, size_t size);

#endif
