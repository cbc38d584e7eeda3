/* place.c: see place.h. */
#include "sdk/place.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* "function\nfile:line\n" of binutils; "" when there is none. */
static void ask_addr2line(const char *path, uint64_t offset, char *answer, size_t size)
{
    char address[32];
    int pipe_fds[2];

    answer[0] = 0;
    snprintf(address, sizeof address, "0x%llx", (unsigned long long)offset);
    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(nowhere, STDERR_FILENO);
        dup2(pipe_fds[1], STDOUT_FILENO);
        execlp("addr2line", "addr2line", "-f", "-s", "-e", path, address, (char *)NULL);
        _exit(127);
    }
    close(pipe_fds[1]);
    size_t length = 0;
    ssize_t n;
    while (pid > 0 && length < size - 1 && (n = read(pipe_fds[0], answer + length, size - 1 - length)) > 0)
        length += (size_t)n;
    answer[length] = 0;
    close(pipe_fds[0]);
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

void sdk_place_find(const struct sdk_board *board, char *words, size_t size)
{
    const struct td_scoreboard *worker = &board->worker;
    char answer[300];

    words[0] = 0;
    for (uint32_t i = 0; i < worker->n_frames && i < TD_PANIC_FRAMES; i++) {
        const struct td_panic_frame *frame = &worker->frames[i];
        if (frame->plugin != board->plugin || frame->plugin >= TD_MAX_PLUGINS)
            continue;
        /* The first frame is where it was; those behind it are where calls return to. */
        ask_addr2line(board->plugin_paths[frame->plugin], frame->offset - (i > 0), answer, sizeof answer);
        char *line = strchr(answer, '\n');
        if (line)
            *line++ = 0;
        int has_line = line && line[0] != '?' && answer[0] != '?';
        if (line)
            line[strcspn(line, " \n")] = 0;
        snprintf(words, size, "%s+0x%llx%s%.60s%s%.80s%s", board->plugin_names[frame->plugin],
                 (unsigned long long)frame->offset, has_line ? " (" : "", has_line ? answer : "", has_line ? ", " : "",
                 has_line ? line : "", has_line ? ")" : "");
        return;
    }
}
