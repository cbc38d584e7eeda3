/* allowance.c: see allowance.h. cgroups(7), and the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1.
 *
 * /proc/self/cgroup has a line for each hierarchy, "ID:CONTROLLERS:PATH"; version 2's has no controllers. Below the
 * place where that hierarchy is mounted PATH is our group's folder, and each folder above it is a group that ours is in: any of
 * them may have a limit, the least of which holds. In a container PATH may be as it is outside, while our own group is
 * what is mounted: folders that aren't there are passed over, and the mount's own is always looked at. */
#include "common/allowance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* Version 1 writes "none" as the largest number of pages. */
#define NO_LIMIT (UINT64_C(1) << 60)

/* A file's first bytes as a string. Zero when there are none. */
static int read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t used = 0;
    ssize_t n;

    if (fd < 0)
        return 0;
    while (used < size - 1 && (n = read(fd, text + used, size - 1 - used)) > 0)
        used += (size_t)n;
    close(fd);
    text[used] = 0;
    return used > 0;
}

/* Digits, and nothing behind them but blanks. Moves *at behind them. Zero: it is something else. */
static int read_number(const char **at, uint64_t *number)
{
    char *end;

    if (**at < '0' || **at > '9')
        return 0;
    errno = 0;
    *number = strtoull(*at, &end, 10);
    if (errno || (*end && !strchr(" \n", *end)))
        return 0;
    *at = end + strspn(end, " \n");
    return 1;
}

/* The number that is all of FOLDER/FILE. */
static int read_value(const char *folder, const char *file, uint64_t *number)
{
    char path[PATH_MAX], text[64];
    const char *at = text;

    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path || !read_text(path, text, sizeof text))
        return 0;
    return read_number(&at, number) && *at == 0;
}

static void limit_memory(struct td_allowance *a, const char *folder, const char *file)
{
    uint64_t bytes;

    if (read_value(folder, file, &bytes) && bytes > 0 && bytes < NO_LIMIT &&
        (a->group_memory == 0 || bytes < a->group_memory))
        a->group_memory = bytes;
}

static void limit_cpus(struct td_allowance *a, uint64_t quota, uint64_t period)
{
    uint64_t cpus = period > 0 ? quota / period + (quota % period != 0) : 0;

    if (cpus > 0 && cpus <= UINT32_MAX && (a->group_cpus == 0 || cpus < a->group_cpus))
        a->group_cpus = (uint32_t)cpus;
}

/* Version 2: cpu.max is "QUOTA PERIOD" in microseconds, QUOTA perhaps "max". Above memory.high a group is slowed down until it
 * hardly moves, so that is as good as a limit. */
static void look_v2(struct td_allowance *a, const char *folder)
{
    char path[PATH_MAX], text[64];
    const char *at = text;
    uint64_t quota, period;

    limit_memory(a, folder, "memory.max");
    limit_memory(a, folder, "memory.high");
    if (snprintf(path, sizeof path, "%s/cpu.max", folder) < (int)sizeof path && read_text(path, text, sizeof text) &&
        read_number(&at, &quota) && read_number(&at, &period))
        limit_cpus(a, quota, period);
}

static void look_v1_memory(struct td_allowance *a, const char *folder)
{
    limit_memory(a, folder, "memory.limit_in_bytes");
}

/* A quota of -1 is none. */
static void look_v1_cpu(struct td_allowance *a, const char *folder)
{
    uint64_t quota, period;

    if (read_value(folder, "cpu.cfs_quota_us", &quota) && read_value(folder, "cpu.cfs_period_us", &period))
        limit_cpus(a, quota, period);
}

typedef void look_fn(struct td_allowance *a, const char *folder);

/* Looks at PATH below a mount, and at all folders between them. */
static void look_upwards(struct td_allowance *a, look_fn *look, const char *root, const char *mount, const char *group)
{
    char folder[PATH_MAX];
    int top = snprintf(folder, sizeof folder, "%s/sys/fs/cgroup%s", root, mount);

    if (top >= (int)sizeof folder)
        return;
    /* A group that isn't below what we see as the top stands in there as "/../…" (cgroup_namespaces(7)). */
    if (!strstr(group, "/..") && strlen(group) < sizeof folder - (size_t)top)
        strcpy(folder + top, group); /* NOLINT: it fits */
    for (;;) {
        look(a, folder);
        char *slash = strrchr(folder + top, '/');
        if (!slash)
            return;
        *slash = 0;
    }
}

static int has_controller(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, name, length) == 0 && (at[length] == 0 || at[length] == ','))
            return 1;
    return 0;
}

/* A hierarchy of version 1 is mounted where its controllers say, "cpu,cpuacct", and mostly also under each one's name. */
static void look_v1(struct td_allowance *a, look_fn *look, const char *root, const char *list, const char *name,
                    const char *group)
{
    char mount[256];

    if (!has_controller(list, name))
        return;
    snprintf(mount, sizeof mount, "/%s", name);
    look_upwards(a, look, root, mount, group);
    if (snprintf(mount, sizeof mount, "/%s", list) < (int)sizeof mount && strcmp(list, name) != 0)
        look_upwards(a, look, root, mount, group);
}

static void look_at_line(struct td_allowance *a, const char *root, char *line)
{
    char *list = strchr(line, ':'), *group = list ? strchr(list + 1, ':') : NULL;

    if (!group || group[1] != '/')
        return;
    *group++ = 0;
    list++;
    if (group[1] == 0)
        group++; /* the top itself */
    if (*list) {
        look_v1(a, look_v1_memory, root, list, "memory", group);
        look_v1(a, look_v1_cpu, root, list, "cpu", group);
        return;
    }
    look_upwards(a, look_v2, root, "", group);
    look_upwards(a, look_v2, root, "/unified", group); /* beside version 1 */
}

static uint64_t machine_memory(const char *root)
{
    char path[PATH_MAX], text[4096];
    unsigned long long kib;

    if (snprintf(path, sizeof path, "%s/proc/meminfo", root) >= (int)sizeof path || !read_text(path, text, sizeof text))
        return 0;
    const char *line = strstr(text, "MemTotal:");
    return line && sscanf(line, "MemTotal: %llu kB", &kib) == 1 && kib < NO_LIMIT / KIB ? kib * KIB : 0; /* NOLINT */
}

struct td_allowance td_allowance_read(const char *root)
{
    struct td_allowance a = { .machine_memory = machine_memory(root) };
    static char text[16384]; /* a dozen paths of 255 and more; too much for a small stack */
    char path[PATH_MAX], *rest = NULL;

    if (snprintf(path, sizeof path, "%s/proc/self/cgroup", root) >= (int)sizeof path ||
        !read_text(path, text, sizeof text))
        return a;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        look_at_line(&a, root, line);
    return a;
}

uint64_t td_allowance_memory(const struct td_allowance *a)
{
    if (a->group_memory == 0 || a->machine_memory == 0)
        return a->group_memory + a->machine_memory;
    return a->group_memory < a->machine_memory ? a->group_memory : a->machine_memory;
}

const char *td_allowance_words(const struct td_allowance *a, char *words, size_t size)
{
    uint64_t bytes = td_allowance_memory(a);
    const char *whose = a->group_memory == bytes ? "control group" : "machine";

    if (bytes % GIB == 0)
        snprintf(words, size, "the %s's %" PRIu64 " GiB", whose, bytes / GIB);
    else if (bytes >= MIB)
        snprintf(words, size, "the %s's %" PRIu64 " MiB", whose, bytes / MIB);
    else
        snprintf(words, size, "the %s's %" PRIu64 " KiB", whose, bytes / KIB);
    return words;
}
