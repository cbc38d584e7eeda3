/* state.c: see state.h. */
#include "sdk/state.h"

#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include "common/utf8.h"
#include "sdk/found.h"

/* Denormals are zero, and are flushed to it: bits of MXCSR. */
#define DAZ_AND_FTZ 0x8040u

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u; /* FNV-1a */
    return hash * 0x100000001b3u;
}

static uint64_t environment(void)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (char **variable = environ; variable && *variable; variable++)
        hash = hash_text(hash, *variable);
    return hash;
}

static uint64_t file_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? (uint64_t)st.st_ino * 31 + (uint64_t)st.st_dev + 1 : 0;
}

static uint64_t descriptors(void)
{
    struct pollfd fds[64];
    uint64_t set = 0;

    for (int fd = 0; fd < 64; fd++)
        fds[fd] = (struct pollfd) { .fd = fd };
    poll(fds, 64, 0); /* which asks of all at once whether they are there */
    for (int fd = 0; fd < 64; fd++)
        if (!(fds[fd].revents & POLLNVAL))
            set |= 1ull << fd;
    return set;
}

static int64_t printed(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
}

static int has_timer(void)
{
    static const __itimer_which_t which[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };
    struct itimerval value;

    for (size_t i = 0; i < sizeof which / sizeof which[0]; i++)
        if (getitimer(which[i], &value) == 0 && (value.it_value.tv_sec || value.it_value.tv_usec))
            return 1;
    return 0;
}

void sdk_state_take(struct sdk_state *state)
{
    siginfo_t info = { 0 };
    struct stat st = { 0 };
    sigset_t blocked;

    memset(state, 0, sizeof *state);
    fflush(stdout);
    state->threads = stat("/proc/self/task", &st) == 0 ? (uint64_t)st.st_nlink - 2 : 1;
    state->has_children = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
    for (int i = 1; i < SDK_STATE_SIGNALS; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0)
            memcpy(&state->handlers[i], &action.sa_handler, sizeof state->handlers[i]);
    }
    if (sigprocmask(SIG_BLOCK, NULL, &blocked) == 0)
        for (int i = 1; i < SDK_STATE_SIGNALS; i++)
            state->blocked |= (uint64_t)(sigismember(&blocked, i) == 1) << i;
    const char *locale = setlocale(LC_ALL, NULL);
    snprintf(state->locale, sizeof state->locale, "%s", locale ? locale : "");
    if (stat(".", &st) == 0) {
        state->folder[0] = st.st_dev;
        state->folder[1] = st.st_ino;
    }
    state->umask = (uint32_t)umask(0);
    umask((mode_t)state->umask);
    state->environment = environment();
    state->descriptors = descriptors();
    state->standard = file_of(0) * 3 + file_of(1) * 5 + file_of(2) * 7;
    state->rounding = fegetround();
#if defined(__SSE__)
    state->denormals = _mm_getcsr() & DAZ_AND_FTZ;
#endif
    state->has_timer = has_timer();
    state->printed[0] = printed(STDOUT_FILENO);
    state->printed[1] = printed(STDERR_FILENO);
}

/* The first line of what came since. */
static void check_output(const struct sdk_state *before, const struct sdk_state *now, const char *when)
{
    for (int i = 0; i < 2; i++) {
        char line[120];
        int fd = i ? STDERR_FILENO : STDOUT_FILENO;
        if (now->printed[i] <= before->printed[i])
            continue;
        ssize_t n = pread(fd, line, sizeof line - 1, before->printed[i]);
        line[n > 0 ? n : 0] = 0;
        line[strcspn(line, "\n")] = 0;
        line[td_utf8_make_plain(line, strlen(line))] = 0;
        sdk_found(SDK_OUTPUT, "it printed to %s %s: '%s'", i ? "stderr" : "stdout", when, line);
    }
}

static void check_descriptors(const struct sdk_state *before, const struct sdk_state *now, const char *when,
                              unsigned may)
{
    uint64_t closed = before->descriptors & ~now->descriptors, opened = now->descriptors & ~before->descriptors;

    if (closed && !(may & SDK_MAY_CLOSE))
        sdk_found(SDK_DESCRIPTORS, "it closed descriptor %d, which is not its own, %s", __builtin_ctzll(closed), when);
    else if (now->standard != before->standard)
        sdk_found(SDK_DESCRIPTORS, "it put another file in the place of stdin, stdout or stderr %s", when);
    else if (opened && !(may & SDK_MAY_OPEN))
        sdk_found(SDK_DESCRIPTORS, "it left descriptor %d open %s", __builtin_ctzll(opened), when);
}

static void check_signals(const struct sdk_state *before, const struct sdk_state *now, const char *when)
{
    for (int i = 1; i < SDK_STATE_SIGNALS; i++)
        if (before->handlers[i] != now->handlers[i]) {
            sdk_found(SDK_SIGNALS, "it changed what SIG%s does %s", sigabbrev_np(i), when);
            return;
        }
    if (before->blocked != now->blocked)
        sdk_found(SDK_SIGNALS, "it changed which signals are blocked %s", when);
}

void sdk_state_check(struct sdk_state *state, const char *when, unsigned may)
{
    struct sdk_state before = *state, *now = state;

    sdk_state_take(now);
    if (now->threads > before.threads && !(may & SDK_MAY_THREAD))
        sdk_found(SDK_THREADS, "it left %llu thread%s behind %s", (unsigned long long)(now->threads - before.threads),
                  now->threads - before.threads == 1 ? "" : "s", when);
    if (now->has_children && !before.has_children)
        sdk_found(SDK_CHILDREN, "it started a process %s", when);
    check_signals(&before, now, when);
    if (strcmp(before.locale, now->locale) != 0)
        sdk_found(SDK_LOCALE, "it changed the locale from %.60s to %.60s %s", before.locale, now->locale, when);
    if (before.folder[0] != now->folder[0] || before.folder[1] != now->folder[1])
        sdk_found(SDK_FOLDER, "it changed the working directory %s", when);
    if (before.umask != now->umask)
        sdk_found(SDK_FOLDER, "it changed the umask from %03o to %03o %s", before.umask, now->umask, when);
    if (before.environment != now->environment)
        sdk_found(SDK_ENVIRONMENT, "it changed the environment %s", when);
    check_descriptors(&before, now, when, may);
    if (before.rounding != now->rounding)
        sdk_found(SDK_FLOATING_POINT, "it changed how floating-point numbers are rounded %s", when);
    if (before.denormals != now->denormals)
        sdk_found(SDK_FLOATING_POINT, "it made denormal numbers zero for all of the process %s", when);
    if (now->has_timer && !before.has_timer)
        sdk_found(SDK_TIMER, "it set a timer %s", when);
    check_output(&before, now, when);
    /* What it would change again and again is told once: the rest of the process runs as it was. */
    setlocale(LC_ALL, before.locale);
}
