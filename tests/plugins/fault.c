/* fault.c: misbehaves on demand. The first word of the text says how; a text without such a word is answered with its
 * length. For tests only. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <textd/plugin.h>

#include "common/err.h"
#include "daemon/both/frames.h"

static const struct textd_host *host;
static uint64_t n_calls; /* of process: the document's sequence, if this plugin runs for each */

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    (void)values, (void)self;
    host = the_host;
    return TEXTD_OK;
}

static int32_t do_crash(struct textd_doc *doc, long n)
{
    static volatile uintptr_t address = 64; /* not 0, which the sanitizer would catch before the kernel does */
    volatile int *nowhere = (volatile int *)address;

    (void)doc, (void)n;
    *nowhere = 1;
    return TEXTD_OK;
}

static int32_t do_abort(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    abort();
}

static int32_t do_exit(struct textd_doc *doc, long n)
{
    (void)doc;
    _exit((int)n);
}

static int32_t do_hang(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    for (volatile int going = 1; going;)
        ;
    return TEXTD_OK;
}

static int32_t do_spin(struct textd_doc *doc, long n)
{
    (void)n;
    while (!host->should_stop(doc))
        ;
    return TEXTD_STOPPED;
}

static int32_t do_sleep(struct textd_doc *doc, long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
    if (doc)
        host->write_integer(doc, ms);
    return TEXTD_OK;
}

static int32_t do_fail(struct textd_doc *doc, long n)
{
    static const char words[] = "it was asked to fail";

    (void)doc, (void)n;
    host->explain(words, sizeof words - 1);
    return TEXTD_FAILED;
}

static int32_t do_fail_silently(struct textd_doc *doc, long n)
{
    (void)doc, (void)n;
    return TEXTD_FAILED;
}

static int32_t do_return(struct textd_doc *doc, long n)
{
    (void)doc;
    return (int32_t)n;
}

static int32_t do_nomem(struct textd_doc *doc, long n)
{
    (void)n;
    while (host->alloc(doc, 1 << 20, 8))
        ;
    return TEXTD_NO_MEMORY;
}

static int32_t do_big(struct textd_doc *doc, long n)
{
    static char kilobyte[1024];

    memset(kilobyte, 'x', sizeof kilobyte);
    host->array_begin(doc);
    for (long i = 0; i < n; i += (long)sizeof kilobyte)
        host->write_text(doc, kilobyte, sizeof kilobyte);
    host->array_end(doc);
    return TEXTD_OK;
}

static int32_t do_badoffset(struct textd_doc *doc, long n)
{
    host->write_offset(doc, (uint32_t)n);
    return TEXTD_OK;
}

static int32_t do_badresult(struct textd_doc *doc, long n)
{
    (void)n;
    host->map_end(doc);
    return TEXTD_OK;
}

static int32_t do_nan(struct textd_doc *doc, long n)
{
    (void)n;
    host->write_number(doc, NAN);
    return TEXTD_OK;
}

static int32_t do_deep(struct textd_doc *doc, long n)
{
    for (long i = 0; i < n; i++)
        host->array_begin(doc);
    for (long i = 0; i < n; i++)
        host->array_end(doc);
    return TEXTD_OK;
}

static int32_t do_stack(struct textd_doc *doc, long n)
{
    volatile char room[65536];

    room[0] = (char)n;
    room[65535] = room[0];
    return n < 0 ? room[65535] : do_stack(doc, n + 1) + room[0];
}

/* Ends by signal n; SIGSTOP only stops it. */
static int32_t do_raise(struct textd_doc *doc, long n)
{
    host->write_integer(doc, raise((int)n));
    return TEXTD_OK;
}

/* Fails with n bytes of reason. */
static int32_t do_explain(struct textd_doc *doc, long n)
{
    char words[1024];

    (void)doc;
    memset(words, 'w', sizeof words);
    host->explain(words, (uint64_t)n);
    return TEXTD_FAILED;
}

/* Adds a layer that was not declared, with a name of n bytes that are no UTF-8. */
static int32_t do_layer(struct textd_doc *doc, long n)
{
    char name[1024] = "";

    memset(name, 0xFF, (size_t)n % sizeof name);
    return host->layer_add(doc, name, NULL, 0);
}

/* What careless libraries do when they make a daemon of themselves: the worker's own descriptors are gone. */
static int32_t do_close(struct textd_doc *doc, long n)
{
    (void)n;
    for (int fd = 3; fd < 1024; fd++)
        close(fd);
    host->write_nil(doc);
    return TEXTD_OK;
}

/* Speaks for the worker: heads of every kind there could be that claim n bytes, and rubbish behind them. */
static int32_t do_forge(struct textd_doc *doc, long n)
{
    uint32_t words[1024];
    size_t length = n < 8 ? 8 : n < (long)sizeof words ? (size_t)n : sizeof words;
    ssize_t written = 0;

    for (uint32_t kind = 0; kind < 8; kind++) {
        memset(words, (int)kind * 37, sizeof words);
        words[0] = (uint32_t)n;
        words[1] = kind;
        written += write(3, words, length);
    }
    host->write_integer(doc, written);
    return TEXTD_OK;
}

/* Writes where it may only read: n bytes inside the text; 0: the language; below 0: the struct itself. */
static int32_t do_rewrite(struct textd_doc *doc, long n)
{
    if (n < 0)
        doc->text_length = 1;
    else
        *(char *)(uintptr_t)(n ? doc->text + n : doc->lang) = 'X';
    host->write_nil(doc);
    return TEXTD_OK;
}

/* Makes a file empty that is ours by this path; 1 when it could. */
static int empty(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int has_done = fd >= 0 && ftruncate(fd, 0) == 0;

    if (fd >= 0)
        close(fd);
    return has_done;
}

/* Makes the file of the page that the supervisor shares with us empty, by any way to it that is left: whoever reads the
 * page then dies of it. Writes how often it could. */
static int32_t do_shrink(struct textd_doc *doc, long n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], path[512], target[512];
    int done = 0;

    (void)n;
    for (int fd = 3; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = 0;
        if (strstr(target, "textd-scoreboard"))
            done += empty(path) + 1;
    }
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "textd-scoreboard")) {
            snprintf(path, sizeof path, "/proc/self/map_files/%.*s", (int)strcspn(line, " "), line);
            done += empty(path);
        }
    if (maps)
        fclose(maps);
    host->write_integer(doc, done);
    return TEXTD_OK;
}

/* The head of a reply that claims n bytes (or -n: then it stays in the plugin), and nothing behind it. */
static int32_t do_half(struct textd_doc *doc, long n)
{
    const uint32_t head[2] = { (uint32_t)labs(n), 5 };

    host->write_integer(doc, write(3, head, sizeof head));
    return n < 0 ? do_sleep(doc, 60000) : TEXTD_OK;
}

/* Speaks for the worker, in its own form but for the reply itself, which is n bytes of nonsense. */
static int32_t do_reply(struct textd_doc *doc, long n)
{
    struct {
        struct td_done done;
        char pairs[1024];
    } frame = { .done = { .sequence = n_calls, .plugin = TD_NO_PLUGIN, .n_pairs = 2, .pairs_bytes = (uint32_t)n } };

    memset(frame.pairs, 0xC1, sizeof frame.pairs); /* which begins nothing in MessagePack */
    frame.done.frame = (struct td_frame) { .length = (uint32_t)(sizeof frame.done + (size_t)n), .kind = TD_FRAME_DONE };
    host->write_integer(doc, write(3, &frame, frame.done.frame.length));
    return TEXTD_OK;
}

/* The start of the n-th mapping with that word and that kind of access; NULL. */
static void *mapping(const char *word, const char *access, int n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long start = 0;

    while (maps && n > 0 && fgets(line, sizeof line, maps))
        if (strstr(line, word) && strstr(line, access) && sscanf(line, "%lx", &start) == 1)
            n--;
    if (maps)
        fclose(maps);
    return n == 0 ? (void *)start : NULL; /* NOLINT(performance-no-int-to-ptr) */
}

/* After n ms it speaks for the worker, for its document and for the next, and has the page say that both are done. */
static int32_t do_ahead(struct textd_doc *doc, long n)
{
    struct td_scoreboard *board = mapping("textd-scoreboard", " rw-s ", 1);
    struct td_done done = { .frame = { sizeof done, TD_FRAME_DONE }, .code = TD_E_INTERNAL, .plugin = TD_NO_PLUGIN };

    do_sleep(NULL, n);
    if (!board)
        return TEXTD_FAILED;
    atomic_store(&board->sequence, n_calls + 1);
    atomic_store(&board->phase, TD_PHASE_IDLE);
    for (uint64_t i = 0; i < 2; i++) {
        done.sequence = n_calls + i;
        host->write_integer(doc, write(3, &done, sizeof done));
    }
    return do_sleep(NULL, n);
}

/* Blocks SIGQUIT, and comes back as soon as it was sent: with the signal still on its way, at its limit. */
static int32_t do_late(struct textd_doc *doc, long n)
{
    sigset_t quit, waiting;

    (void)n;
    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    sigprocmask(SIG_BLOCK, &quit, NULL);
    do
        sigpending(&waiting);
    while (!sigismember(&waiting, SIGQUIT));
    host->write_nil(doc);
    return TEXTD_OK;
}

/* Lets SIGQUIT in. */
static int32_t do_wake(struct textd_doc *doc, long n)
{
    sigset_t quit;

    sigemptyset(&quit);
    sigaddset(&quit, SIGQUIT);
    sigprocmask(SIG_UNBLOCK, &quit, NULL);
    host->write_integer(doc, n);
    return TEXTD_OK;
}

static void *crash_later(void *data)
{
    do_sleep(NULL, (long)(intptr_t)data);
    do_crash(NULL, 0);
    return NULL;
}

/* Leaves a thread behind that crashes after n ms. */
static int32_t do_thread(struct textd_doc *doc, long n)
{
    pthread_t thread;

    host->write_integer(doc, pthread_create(&thread, NULL, crash_later, (void *)(intptr_t)n));
    return TEXTD_OK;
}

/* Fills the page that tells the supervisor where this worker is with nonsense, and dies on it. */
static int32_t do_scribble(struct textd_doc *doc, long n)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];

    (void)doc, (void)n;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (strstr(line, "memfd:") && strstr(line, " rw-s ") && sscanf(line, "%lx-%lx", &start, &end) == 2)
            memset((void *)start, 0xA5, end - start);
    }
    abort();
}

/* Scribbles over the replies that the supervisor hasn't taken yet (n = 0), and stops until it is told to go on; or over what the
 * supervisor alone writes (n = 1: for this worker, n = 2: for all; n = 3: for this worker, having made that writable, and goes on). */
static int32_t do_smear(struct textd_doc *doc, long n)
{
    struct td_ring *ring = mapping("textd-scoreboard", " rw-s ", 2);
    void *other = n == 2 ? mapping("textd-slumber", " r--s ", 1) : mapping("textd-scoreboard", " r--s ", 1);

    if (!ring || !other)
        return TEXTD_FAILED;
    if (n == 2 && mprotect(other, sizeof(struct td_slumber), PROT_READ | PROT_WRITE) == 0)
        return TEXTD_FAILED;
    if (n == 3) {
        if (mprotect(other, sizeof(struct td_ring_taken), PROT_READ | PROT_WRITE) != 0)
            return TEXTD_FAILED;
        memset(other, 0xA5, sizeof(struct td_ring_taken));
        host->write_integer(doc, n);
        return TEXTD_OK;
    }
    if (n > 0)
        memset(other, 0xA5, 1);
    memset(ring->bytes, 0xA5, sizeof ring->bytes);
    host->write_integer(doc, raise(SIGSTOP));
    return TEXTD_OK;
}

/* Puts nonsense among the replies, and stays; n = 0: only when it has passed its limit, deaf to SIGQUIT. */
static int32_t do_drown(struct textd_doc *doc, long n)
{
    struct td_ring *ring = mapping("textd-scoreboard", " rw-s ", 2);

    if (!ring)
        return TEXTD_FAILED;
    if (n == 0)
        do_late(doc, n);
    atomic_fetch_add(&ring->put, 16);
    return do_hang(doc, n);
}

/* Leaves a child behind that holds all descriptors open for n ms, and dies. */
static int32_t do_fork(struct textd_doc *doc, long n)
{
    struct timespec t = { n / 1000, n % 1000 * 1000000 };

    (void)doc;
    if (fork() == 0) {
        nanosleep(&t, NULL);
        _exit(0);
    }
    abort();
}

/* Leaves a child that stays, and goes on: in the worker's group (0), in a session of its own (1), or, as a daemon
 * does it, with nobody of ours between it and who adopts it (2). The result is its pid. */
static int32_t do_child(struct textd_doc *doc, long n)
{
    int ends[2];
    pid_t pid = 0;

    if (pipe(ends) != 0)
        abort();
    pid_t first = fork();
    if (first == 0) {
        if (n > 0)
            setsid();
        if (n > 1 && fork() != 0)
            _exit(0);
        if (n > 1)
            setsid();
        pid = getpid();
        if (write(ends[1], &pid, sizeof pid) != (ssize_t)sizeof pid)
            _exit(1);
        for (;;)
            pause();
    }
    if (read(ends[0], &pid, sizeof pid) != (ssize_t)sizeof pid)
        abort();
    if (n > 1)
        waitpid(first, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    host->write_integer(doc, pid);
    return TEXTD_OK;
}

static void *idle_for_ever(void *data)
{
    for (;;)
        pause();
    return data;
}

static void never_return(void)
{
    idle_for_ever(NULL);
}

/* Leaves behind a thread, and a handler that never returns from exit. */
static int32_t do_linger(struct textd_doc *doc, long n)
{
    pthread_t thread;

    (void)n;
    atexit(never_return);
    host->write_integer(doc, pthread_create(&thread, NULL, idle_for_ever, NULL));
    return TEXTD_OK;
}

/* Hangs, deaf to all signals that can be blocked. */
static int32_t do_deaf(struct textd_doc *doc, long n)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    return do_hang(doc, n);
}

/* Takes n MiB, and gives them back. */
static int32_t do_alloc(struct textd_doc *doc, long n)
{
    char *memory = malloc((size_t)n << 20);

    if (!memory)
        return TEXTD_NO_MEMORY;
    memset(memory, 1, (size_t)n << 20);
    host->write_integer(doc, memory[n]);
    free(memory);
    return TEXTD_OK;
}

/* Takes n MiB and forgets them; without a look at whether it got them, as too many do. */
static int32_t do_leak(struct textd_doc *doc, long n)
{
    static char *volatile forgotten; /* so that it isn't optimized away */

    forgotten = malloc((size_t)n << 20);
    memset(forgotten, 1, (size_t)n << 20);
    host->write_integer(doc, n);
    return TEXTD_OK;
}

/* Takes n MiB and keeps them, but sees when there are none. */
static int32_t do_hoard(struct textd_doc *doc, long n)
{
    static char *volatile hoard; /* so that it isn't optimized away */

    hoard = malloc((size_t)n << 20);
    if (!hoard)
        return TEXTD_NO_MEMORY;
    host->write_integer(doc, n);
    return TEXTD_OK;
}

/* Writes behind the end of what it has allocated, until the C library or the kernel sees it. */
static int32_t do_overrun(struct textd_doc *doc, long n)
{
    volatile char *small = malloc(16);

    (void)doc;
    for (volatile long i = 0; i < (n ? n : 1L << 30); i++)
        small[i] = (char)i;
    return TEXTD_OK;
}

static void ignore(int signal)
{
    (void)signal;
}

/* Catches every signal for itself, and hangs. */
static int32_t do_handlers(struct textd_doc *doc, long n)
{
    for (int i = 1; i < 32; i++)
        signal(i, ignore);
    return do_hang(doc, n);
}

static const struct {
    const char *word;
    int32_t (*act)(struct textd_doc *, long);
} faults[] = {
    { "CRASH", do_crash },       { "ABORT", do_abort },
    { "EXIT", do_exit },         { "HANG", do_hang },
    { "SPIN", do_spin },         { "SLEEP", do_sleep },
    { "FAIL", do_fail },         { "SILENT", do_fail_silently },
    { "NOMEM", do_nomem },       { "BIG", do_big },
    { "DEEP", do_deep },         { "BADOFFSET", do_badoffset },
    { "NAN", do_nan },           { "BADRESULT", do_badresult },
    { "STACK", do_stack },       { "RAISE", do_raise },
    { "EXPLAIN", do_explain },   { "LAYER", do_layer },
    { "CLOSE", do_close },       { "FORGE", do_forge },
    { "SCRIBBLE", do_scribble }, { "SMEAR", do_smear },
    { "FORK", do_fork },         { "LINGER", do_linger },
    { "DEAF", do_deaf },         { "ALLOC", do_alloc },
    { "LEAK", do_leak },         { "OVERRUN", do_overrun },
    { "HANDLERS", do_handlers }, { "CHILD", do_child },
    { "SHRINK", do_shrink },     { "REWRITE", do_rewrite },
    { "RETURN", do_return },     { "HALF", do_half },
    { "LATE", do_late },         { "WAKE", do_wake },
    { "THREAD", do_thread },     { "REPLY", do_reply },
    { "HOARD", do_hoard },       { "DROWN", do_drown },
    { "AHEAD", do_ahead },
};

static int32_t process(void *self, struct textd_doc *doc)
{
    char head[64] = "", word[32] = "";
    long n = 0;

    (void)self;
    n_calls++;
    memcpy(head, doc->text, doc->text_length < sizeof head - 1 ? doc->text_length : sizeof head - 1);
    sscanf(head, "%31s %ld", word, &n);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (strcmp(word, faults[i].word) == 0)
            return faults[i].act(doc, n);
    host->write_integer(doc, doc->text_length);
    return TEXTD_OK;
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = "fault",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Misbehaves on demand",
    .create = create,
    .process = process,
};
