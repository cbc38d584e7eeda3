/* process.c: see process.h. proc(5) has the formats. */
#include "daemon/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Reads /proc/PID/NAME as a string. Zero when it can't be. */
static int read_file(int pid, const char *name, char *text, size_t size)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    return n > 0;
}

uint64_t td_process_rss(int pid)
{
    unsigned long long total, resident;
    char text[256];

    if (!read_file(pid, "statm", text, sizeof text) || sscanf(text, "%llu %llu", &total, &resident) != 2) /* NOLINT */
        return 0;
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
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
