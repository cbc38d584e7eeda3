/* cpus.c: see cpus.h. */
#include "daemon/fleet/cpus.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* cpu.max is "QUOTA PERIOD" in microseconds, or "max PERIOD". 0: no limit, or none that can be read. In a container the
 * cgroup file system is mounted so that our own group is its root. */
static uint32_t cgroup_cpus(void)
{
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    char line[64] = "", *at;

    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file))
        line[0] = 0;
    fclose(file);
    unsigned long long quota = strtoull(line, &at, 10), period = strtoull(at, NULL, 10);
    return period > 0 ? (uint32_t)((quota + period - 1) / period) : 0;
}

uint32_t td_cpus(void)
{
    cpu_set_t set;
    uint32_t cpus = 1, limit = cgroup_cpus();

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        cpus = (uint32_t)CPU_COUNT(&set);
    if (limit > 0 && limit < cpus)
        cpus = limit;
    return cpus < 1 ? 1 : cpus > 256 ? 256 : cpus;
}
