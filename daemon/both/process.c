/* process.c: see process.h. proc(5) has the formats. */
#include "daemon/both/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

struct td_process_times td_process_times(int pid)
{
    struct td_process_times times = { 0 };
    unsigned long long user, system;
    char text[1024], state;

    if (!read_file(pid, "stat", text, sizeof text))
        return times;
    const char *after_name = strrchr(text, ')'); /* the name may hold anything, even parentheses */
    if (!after_name || sscanf(after_name + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", /* NOLINT */
                              &state, &user, &system) != 3)
        return times;
    times.state = state;
    times.cpu_ns = (user + system) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    return times;
}

int td_process_is_zombie(int pid, int *status)
{
    char text[1024];
    int parent;

    if (!read_file(pid, "stat", text, sizeof text))
        return 0;
    const char *after_name = strrchr(text, ')'), *last = strrchr(text, ' ');
    return after_name && last && sscanf(after_name + 1, " Z %d", &parent) == 1 && parent == getppid() && /* NOLINT */
           sscanf(last, "%d", status) == 1; /* NOLINT: exit_code, the last field */
}
