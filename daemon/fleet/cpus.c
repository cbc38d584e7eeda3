/* cpus.c: see cpus.h. */
#include "daemon/fleet/cpus.h"

#include <sched.h>

#include "common/allowance.h"

uint32_t td_cpus(void)
{
    cpu_set_t set;
    uint32_t cpus = 1, limit = td_allowance_read("").group_cpus;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cpus = (uint32_t)CPU_COUNT(&set);
    if (limit > 0 && limit < cpus)
        cpus = limit;
    return cpus < 1 ? 1 : cpus > 256 ? 256 : cpus;
}
