/* process.c: see process.h. proc(5) has the formats. */
#include "daemon/both/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads a file's first bytes as a string. Zero when it can't be. */
static int read_path(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0;
}

static int read_file(int pid, const char *name, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return read_path(path, text, size);
}

/* Pages in all and in memory. Zero when it can't be told. */
static int read_pages(int pid, unsigned long long *total, unsigned long long *resident)
{
    char text[256];

    return read_file(pid, "statm", text, sizeof text) && sscanf(text, "%llu %llu", total, resident) == 2; /* NOLINT */
}

uint64_t td_process_rss(int pid)
{
    unsigned long long total, resident;

    return read_pages(pid, &total, &resident) ? resident * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

uint64_t td_process_size(int pid)
{
    unsigned long long total, resident;

    return read_pages(pid, &total, &resident) ? total * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Linux tells since 6.2 by the folder's size; before, they have to be counted. */
uint64_t td_process_descriptors(void)
{
    struct stat st;
    uint64_t n = 0;

    if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
        return (uint64_t)st.st_size;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n - 1; /* the folder's own */
}

uint64_t td_process_most_descriptors(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (uint64_t)limit.rlim_cur : 0;
}

/* The counter in a control group's file: "oom_kill 3". */
static uint64_t read_kills(const char *root, const char *group, const char *file)
{
    char path[700], text[1024];
    unsigned long long kills;

    snprintf(path, sizeof path, "%s%.*s/%s", root, (int)strcspn(group, "\n"), group, file);
    if (!read_path(path, text, sizeof text))
        return 0;
    const char *line = strstr(text, "oom_kill ");
    return line && sscanf(line, "oom_kill %llu", &kills) == 1 ? kills : 0; /* NOLINT */
}

uint64_t td_process_oom_kills(void)
{
    static const char v1[] = ":memory:", v2[] = "0::";
    char groups[2048];

    if (!read_file(getpid(), "cgroup", groups, sizeof groups))
        return 0;
    const char *memory = strstr(groups, v1), *unified = strstr(groups, v2);
    if (memory) /* version 1 has a hierarchy for it */
        return read_kills("/sys/fs/cgroup/memory", memory + sizeof v1 - 1, "memory.oom_control");
    return unified ? read_kills("/sys/fs/cgroup", unified + sizeof v2 - 1, "memory.events") : 0;
}

int td_process_open_self(void)
{
    return open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
}

int td_process_open_pss(void)
{
    return open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
}

uint64_t td_process_pss(int fd)
{
    char text[2048];
    unsigned long long kib;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);

    text[n > 0 ? n : 0] = 0;
    const char *line = strstr(text, "\nPss:");
    return line && sscanf(line + 1, "Pss: %llu", &kib) == 1 ? kib * 1024 : 0; /* NOLINT: the kernel writes numbers */
}

/* The last field is exit_code. The 26th, start_code, is 1 where it is not ours to know: no program starts there. */
static void read_stat(const char *text, struct td_process *p)
{
    unsigned long long user, system, start_code;
    long long pages;
    const char *after_name = strrchr(text, ')'); /* the name may hold anything, even parentheses */
    const char *last = strrchr(text, ' ');

    if (!after_name || !last ||
        sscanf(after_name + 1, /* NOLINT: the kernel writes numbers */
               " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %*u %*u %lld %*u %llu",
               &p->state, &p->parent, &user, &system, &pages, &start_code) != 6 ||
        sscanf(last, "%d", &p->status) != 1) { /* NOLINT */
        *p = (struct td_process) { 0 };
        return;
    }
    p->cpu_ns = (user + system) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    p->rss_bytes = pages > 0 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
    p->is_closed = start_code == 1;
}

struct td_process td_process_look(int fd, int pid)
{
    struct td_process p = { 0 };
    char text[1024];
    ssize_t n = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : -1;

    if (n > 0)
        text[n] = 0;
    if (n > 0 || (fd < 0 && read_file(pid, "stat", text, sizeof text)))
        read_stat(text, &p);
    return p;
}
