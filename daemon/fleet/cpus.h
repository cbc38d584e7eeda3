/* cpus.h: how many processors this process may use, so that a container with half a processor doesn't get 64 workers. */
#ifndef TD_CPUS_H
#define TD_CPUS_H

#include <stdint.h>

/* The lesser of the affinity mask's and the control groups' (rounded up); at least 1, at most 256. */
uint32_t td_cpus(void);

#endif
