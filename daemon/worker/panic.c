/* panic.c: see panic.h. The handler writes what it knows and lets the signal take its course: the kernel tells the
 * supervisor the rest. Only backtrace() in it isn't promised to be safe in a signal handler; its one risk, loading
 * libgcc, is taken at start, and if it hangs after all, the worker is found over its limit and killed. */
#include "daemon/worker/panic.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define HANDLER_STACK_BYTES (64u * 1024u)
#define MOST_CALLERS 32
#define FROM_SECCOMP 1 /* SYS_SECCOMP, which the C library has no name for */

/* SIGQUIT comes from the supervisor, when a plugin is over its limit. */
static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT };

static struct {
    struct td_scoreboard *board;
    uint64_t sequence;
    uint32_t n;
    struct range {
        uintptr_t start, end; /* of the loaded library */
        uint32_t number;      /* the daemon's for the plugin */
    } plugins[TD_MAX_PLUGINS];
} panic;

/* The plugin whose code is at that address; TD_NO_PLUGIN. */
static uint32_t plugin_of(uintptr_t address)
{
    for (uint32_t i = 0; i < panic.n; i++)
        if (address >= panic.plugins[i].start && address < panic.plugins[i].end)
            return i; /* its place */
    return TD_NO_PLUGIN;
}

static void note_frames(struct td_scoreboard *board)
{
    void *callers[MOST_CALLERS];
    int n = backtrace(callers, MOST_CALLERS);
    uint32_t noted = 0;

    for (int i = 0; i < n && noted < TD_PANIC_FRAMES; i++) {
        uint32_t place = plugin_of((uintptr_t)callers[i]);
        if (place == TD_NO_PLUGIN) /* ours, the C library's, the handler's own */
            continue;
        board->frames[noted++] =
            (struct td_panic_frame) { .plugin = panic.plugins[place].number,
                                      .offset = (uintptr_t)callers[i] - panic.plugins[place].start };
    }
    board->n_frames = noted;
}

/* The signal is on its way, and held up by its own handler. */
static _Noreturn void end_here(void)
{
    sigset_t denied;

    sigemptyset(&denied);
    sigaddset(&denied, SIGSYS);
    pthread_sigmask(SIG_UNBLOCK, &denied, NULL);
    _exit(TD_WORKER_EXIT_CHANNEL);
}

static void on_fatal(int signal, siginfo_t *info, void *context)
{
    int is_denied = signal == SIGSYS && info->si_code == FROM_SECCOMP;

    (void)context;
    if (is_denied)
        panic.board->denied_call = (uint32_t)info->si_syscall + 1;
    panic.board->address = (uint64_t)(uintptr_t)info->si_addr;
    note_frames(panic.board);
    panic.board->crashed_at = panic.sequence;
    atomic_store_explicit(&panic.board->signal, (uint32_t)signal, memory_order_release);
    raise(signal); /* SA_RESETHAND: the default action follows when this returns */
    if (is_denied)
        end_here(); /* and the call must not: it would have returned its own number */
}

void td_panic_init(struct td_scoreboard *board)
{
    struct sigaction action = { .sa_sigaction = on_fatal, .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND) };
    static char room[HANDLER_STACK_BYTES];
    stack_t stack = { .ss_sp = room, .ss_size = sizeof room };
    void *warm_up[1];

    panic.board = board;
    backtrace(warm_up, 1); /* loads libgcc now and not in a handler */
    if (sigaltstack(&stack, NULL) != 0)
        return;
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &action, NULL);
}

struct search {
    uintptr_t base;
    struct range *range;
};

static int note_range(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;

    (void)size;
    if (info->dlpi_addr != search->base)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && end > search->range->end)
            search->range->end = end;
    }
    return 1;
}

void td_panic_note_plugins(const struct td_plugin_set *set)
{
    for (uint32_t i = 0; i < set->n; i++) {
        struct range *range = &panic.plugins[i];
        struct search search = { .base = set->plugins[i].base, .range = range };
        *range = (struct range) { search.base, search.base, set->plugins[i].index };
        dl_iterate_phdr(note_range, &search);
    }
    panic.n = set->n;
}

void td_panic_note_document(uint64_t sequence)
{
    panic.sequence = sequence;
}
