/* child.c: see child.h. */
#include "sdk/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "daemon/both/confinement.h"
#include "daemon/worker/panic.h"
#include "sdk/found.h"
#include "sdk/place.h"

/* How long a process that is told to say where it hangs has for that. */
#define LAST_WORDS_MS 300

/* What valgrind is told to exit with when it found something. */
#define VALGRIND_EXIT 99

static void begin(void (*body)(void *), void *data, const int output[2])
{
    const struct rlimit none = { 0, 0 };
    char here;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    dup2(output[0], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    close(output[0]);
    close(output[1]);
    sdk_board->stack_top = (uint64_t)(uintptr_t)&here;
    td_panic_init(&sdk_board->worker);
    body(data);
    fflush(stdout);
    _exit(0);
}

/* How long a process has waited for a processor since it began; 0 where the kernel doesn't count that. */
static uint64_t starved_ns(pid_t pid)
{
    char path[64], line[96] = "", *end;

    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (read(fd, line, sizeof line - 1) < 0)
        line[0] = 0;
    close(fd);
    (void)strtoull(line, &end, 10); /* what it ran */
    return strtoull(end, NULL, 10);
}

/* The call that was under way when the child was last looked at, and what it had starved then and at the look before
 * that call. */
struct call {
    uint64_t since_ns, starved_ns, starved_before_ns;
};

/* Milliseconds until the call under way is a hang; -1: none is under way, look again a little later. Time in which it
 * could run and had no processor isn't its own: a busy machine makes no hang. */
static int64_t time_left(pid_t pid, struct call *call, const struct sdk_args *args)
{
    uint64_t since = sdk_board->since_ns, starved = starved_ns(pid), now = td_now_ns();

    if (since != call->since_ns) {
        call->since_ns = since;
        call->starved_before_ns = call->starved_ns;
    }
    call->starved_ns = starved;
    if (since == 0)
        return -1;
    uint64_t until = since + args->timeout_ns + (starved - call->starved_before_ns);
    return now >= until ? 0 : (int64_t)((until - now) / 1000000 + 1);
}

/* Waits for the child's end. Non-zero: it hung, and was killed. */
static int watch(pid_t pid, int *status, const struct sdk_args *args)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0), has_hung = 0;
    struct pollfd pollfd = { .fd = fd, .events = POLLIN }; /* of a kernel without them: -1, which only waits */
    struct call call = { 0 };
    siginfo_t info = { 0 };

    for (;;) {
        int64_t left = time_left(pid, &call, args), most = fd >= 0 ? 100 : 5;
        if (left == 0) {
            has_hung = 1;
            kill(pid, SIGQUIT); /* its handler notes where */
            poll(&pollfd, 1, LAST_WORDS_MS);
            break;
        }
        if (poll(&pollfd, 1, (int)(left < 0 || left > most ? most : left)) > 0)
            break;
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid)
            break;
    }
    if (has_hung)
        kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    if (fd >= 0)
        close(fd);
    kill(-pid, SIGKILL); /* what it has forked */
    return has_hung;
}

/* "in process" and what else the call was about. */
static void where(char *words, size_t size)
{
    snprintf(words, size, "%s%s%s", sdk_at_words(sdk_board->at), sdk_board->doing[0] ? " " : "", sdk_board->doing);
}

/* A sanitizer's own words, of what the child has printed. */
static int find_report(int fd, char *words, size_t size)
{
    static const char *const signs[] = { "SUMMARY: ", "runtime error: ", "ERROR: AddressSanitizer: ",
                                         "ASan runtime does not come first" };
    char *text = calloc(1, 65537);
    ssize_t n = text ? pread(fd, text, 65536, 0) : 0;
    int is_found = 0;

    for (size_t i = 0; n > 0 && !is_found && i < sizeof signs / sizeof signs[0]; i++) {
        const char *at = strstr(text, signs[i]);
        if (!at || (i == 0 && !strstr(at, "Sanitizer")))
            continue;
        snprintf(words, size, "%.*s", (int)strcspn(at, "\n"), at);
        is_found = 1;
    }
    free(text);
    return is_found;
}

static void tell_fence(const struct sdk_block *block, int is_old, const char *place, const char *at, uint64_t address)
{
    static const enum sdk_finding_id inside[] = { [SDK_BLOCK_ALLOC] = SDK_OVERRUNS,
                                                  [SDK_BLOCK_TEXT] = SDK_WRITES_TEXT,
                                                  [SDK_BLOCK_OPTIONS] = SDK_WRITES_OPTIONS,
                                                  [SDK_BLOCK_LANGUAGE] = SDK_WRITES_OPTIONS,
                                                  [SDK_BLOCK_LAYER] = SDK_WRITES_LAYER };
    static const enum sdk_finding_id outside[] = { [SDK_BLOCK_ALLOC] = SDK_OVERRUNS,
                                                   [SDK_BLOCK_TEXT] = SDK_READS_OUTSIDE,
                                                   [SDK_BLOCK_OPTIONS] = SDK_READS_OUTSIDE,
                                                   [SDK_BLOCK_LANGUAGE] = SDK_READS_OUTSIDE,
                                                   [SDK_BLOCK_LAYER] = SDK_OUTSIDE_LAYER };
    static const char *const names[] = { [SDK_BLOCK_ALLOC] = "what host->alloc gave",
                                         [SDK_BLOCK_TEXT] = "the text",
                                         [SDK_BLOCK_OPTIONS] = "its options",
                                         [SDK_BLOCK_LANGUAGE] = "the language",
                                         [SDK_BLOCK_LAYER] = "the layer" };
    int is_inside = address >= block->start && address < block->start + block->bytes;
    long long by = (long long)(address - block->start);

    if (is_old)
        sdk_found_at(SDK_STALE, place, "it used %s%s%s of the document before %s", names[block->kind],
                     block->what[0] ? " " : "", block->what, at);
    else if (is_inside)
        sdk_found_at(inside[block->kind], place, "it wrote to %s%s%s, at byte %lld %s", names[block->kind],
                     block->what[0] ? " " : "", block->what, by, at);
    else
        sdk_found_at(outside[block->kind], place, "it went to byte %lld of %s%s%s, which has %llu, %s", by,
                     names[block->kind], block->what[0] ? " " : "", block->what, (unsigned long long)block->bytes, at);
}

static void tell_signal(int signal, const char *place, const char *at)
{
    uint64_t address = sdk_board->worker.address;
    uint64_t below = sdk_board->stack_top - address;
    const struct sdk_block *block = NULL;
    struct rlimit stack;
    char call[64];
    int is_old = 0;

    if (signal == SIGSYS) {
        td_confinement_call(sdk_board->worker.denied_call - 1, call, sizeof call);
        sdk_found_at(SDK_GRANTS, place, "it tried %s, which it has no grant for, %s",
                     sdk_board->worker.denied_call ? call : "a system call", at);
        return;
    }
    if (signal == SIGSEGV || signal == SIGBUS)
        block = sdk_fence_find(sdk_board->blocks, address, &is_old);
    if (block) {
        tell_fence(block, is_old, place, at, address);
        return;
    }
    int is_stack = signal == SIGSEGV && getrlimit(RLIMIT_STACK, &stack) == 0 && below > stack.rlim_cur - 262144 &&
                   below < stack.rlim_cur + 1048576;
    if (is_stack)
        sdk_found_at((enum sdk_finding_id)sdk_board->crash_as, place, "its stack overflowed %s", at);
    else if (signal == SIGSEGV && address < 65536)
        sdk_found_at((enum sdk_finding_id)sdk_board->crash_as, place, "it crashed (SIGSEGV, at NULL + %llu) %s",
                     (unsigned long long)address, at);
    else
        sdk_found_at((enum sdk_finding_id)sdk_board->crash_as, place, "it crashed (SIG%s) %s", sigabbrev_np(signal),
                     at);
}

static enum sdk_end tell(int status, int has_hung, int output, const struct sdk_args *args)
{
    char at[200], place[200] = "", words[300];

    where(at, sizeof at);
    sdk_place_find(sdk_board, place, sizeof place);
    if (!sdk_board->is_target || sdk_board->at == SDK_AT_NOTHING) {
        int is_ours = sdk_board->at == SDK_AT_NOTHING;
        if (find_report(output, words, sizeof words)) {
            sdk_found(SDK_SANITIZER, "%s", words);
            return SDK_END_DIED;
        }
        snprintf(sdk_board->neighbour, sizeof sdk_board->neighbour, "%s %s (%s) %s",
                 is_ours ? "the process" : sdk_board->plugin_names[sdk_board->plugin], has_hung ? "hung" : "died",
                 WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "exit", at);
        if (is_ours && WIFSIGNALED(status)) /* a thread, or what it has done to the heap */
            sdk_found_at(SDK_CRASH, place, "the process died (SIG%s) behind one of its calls",
                         sigabbrev_np(WTERMSIG(status)));
        else if (is_ours)
            sdk_found(SDK_EXIT, "the process ended (exit %d) behind one of its calls", WEXITSTATUS(status));
        return is_ours ? SDK_END_DIED : SDK_END_NEIGHBOUR;
    }
    if (has_hung)
        sdk_found_at(SDK_HANG, place, "it went on for more than %llu ms %s",
                     (unsigned long long)(args->timeout_ns / 1000000), at);
    else if (find_report(output, words, sizeof words))
        sdk_found_at(SDK_SANITIZER, place, "%s", words);
    else if (WIFEXITED(status))
        sdk_found_at(SDK_EXIT, place, "it ended the process (exit %d) %s", WEXITSTATUS(status), at);
    else
        tell_signal(WTERMSIG(status), place, at);
    return SDK_END_DIED;
}

/* The first error that valgrind wrote down for that process. */
static void tell_valgrind(pid_t pid, const struct sdk_args *args)
{
    char path[4200], line[300], words[300] = "see its log", place[200] = "";
    FILE *log;
    int n = 0;

    snprintf(path, sizeof path, "%s/%d", args->valgrind_logs, (int)pid);
    log = fopen(path, "re");
    while (log && n < 40 && fgets(line, sizeof line, log)) {
        const char *text = strstr(line, "== ");
        if (!text)
            continue;
        text += 3;
        size_t length = strcspn(text, "\n");
        if (n++ == 0)
            snprintf(words, sizeof words, "%.*s", (int)length, text);
        else if (!place[0] && (strstr(text, "at 0x") || strstr(text, "by 0x")) && strstr(text, ".c:"))
            snprintf(place, sizeof place, "%.*s", (int)(length - strspn(text, " ")), text + strspn(text, " "));
    }
    if (log)
        fclose(log);
    sdk_found_at(SDK_VALGRIND, place, "%s", words);
}

/* Children of children that have become ours. */
static void bury_orphans(void)
{
    char path[64], list[256] = "";

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, list, sizeof list - 1) : 0;
    if (fd >= 0)
        close(fd);
    list[n > 0 ? n : 0] = 0;
    for (char *at = list, *end; (end = NULL, strtol(at, &end, 10) > 0) && end != at; at = end)
        kill((pid_t)strtol(at, NULL, 10), SIGKILL);
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

enum sdk_end sdk_child_run(void (*body)(void *), void *data, const struct sdk_args *args)
{
    int status = 0;
    int output[2] = { memfd_create("stdout", MFD_CLOEXEC), memfd_create("stderr", MFD_CLOEXEC) };

    sdk_board->since_ns = 0;
    sdk_board->at = SDK_AT_NOTHING;
    sdk_board->doing[0] = 0;
    sdk_board->crash_as = SDK_CRASH;
    sdk_board->worker.signal = sdk_board->worker.n_frames = 0;
    sdk_board->worker.address = 0;
    sdk_board->worker.denied_call = 0;
    sdk_board->blocks[0].n = sdk_board->blocks[1].n = 0;
    fflush(NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t pid = fork();
    if (pid == 0)
        begin(body, data, output);
    int has_hung = pid > 0 ? watch(pid, &status, args) : 0;
    enum sdk_end end = SDK_END_DONE;
    if (pid < 0)
        end = SDK_END_NEIGHBOUR;
    else if (!has_hung && args->valgrind_logs && WIFEXITED(status) && WEXITSTATUS(status) == VALGRIND_EXIT)
        tell_valgrind(pid, args);
    else if (has_hung || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        end = tell(status, has_hung, output[1], args);
    bury_orphans();
    close(output[0]);
    close(output[1]);
    return end;
}
