/* faulty.c: plugins with one fault each, for `textctl plugin check` to find. Each is built with one of the names below defined;
 * test_105_plugin_check.py has the finding that each must be, and no other. Without a name it is clean. */
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include <textd/grants.h>
#include <textd/log.h>
#include <textd/plugin.h>

#define LAYER "org.example.words/1"

#ifndef NAME
#define NAME "faulty"
#endif
#ifndef VERSION
#define VERSION "1.0.0"
#endif
#ifndef LICENSE
#define LICENSE "Apache-2.0"
#endif
#ifndef SUMMARY
#define SUMMARY "Has one fault"
#endif
#ifndef PROCESS
#define PROCESS process
#endif
#ifndef ADDS
#define ADDS LAYER
#endif
#ifndef NEEDS
#define NEEDS NULL
#endif
#ifndef HELP
#define HELP "a number"
#endif
#ifndef ALIGN
#define ALIGN 8
#endif

static const struct textd_host *host;

/* What is kept between documents, which is the fault. */
static struct {
    uint64_t n;
    const char *at;
    int64_t option;
    FILE *file;
} kept;

/* What a compiler can't see through, and what it can't leave out. */
static volatile uint32_t one = 1;
static volatile uint64_t sink;

static int32_t explain(const char *words)
{
    host->explain(words, strlen(words));
    return TEXTD_FAILED;
}

static void *wait_for_ever(void *data)
{
    pause();
    return data;
}

#ifdef CONSTRUCTOR
__attribute__((constructor)) static void at_open(void)
{
    sink = 1;
}
#endif

static int32_t create(const struct textd_host *the_host, const struct textd_value *values, void **self)
{
    host = the_host;
    *self = calloc(1, 64);
    kept.option = values[0].integer;
#ifdef PICKY
    return values[0].integer == 10 ? TEXTD_FAILED : TEXTD_OK;
#endif
#ifdef PRINTS_IN_CREATE
    printf("loading\n");
#endif
    return *self ? TEXTD_OK : TEXTD_NO_MEMORY;
}

static void destroy(void *self)
{
    free(self);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Words are what stands between blanks. */
static uint32_t find_words(const struct textd_doc *doc, struct textd_span *spans)
{
    uint32_t n = 0, at = 0;

    while (at < doc->text_length) {
        uint32_t start = at;
        while (at < doc->text_length && !is_blank(doc->text[at]))
            at++;
        if (at > start) {
            if (spans)
                spans[n] = (struct textd_span) { start, at };
            n++;
        }
        while (at < doc->text_length && is_blank(doc->text[at]))
            at++;
    }
    return n;
}

static int has(const struct textd_doc *doc, char c)
{
    return doc->text_length > 0 && memchr(doc->text, c, doc->text_length) != NULL;
}

static __attribute__((noinline)) int overflow(volatile char *below)
{
    volatile char room[4096];

    room[0] = *below;
    return one ? overflow(room) + room[1] : 0;
}

/* The fault, before the document is annotated. TEXTD_OK: it goes on. */
static int32_t misbehave(struct textd_doc *doc)
{
    (void)doc, (void)explain, (void)wait_for_ever, (void)has, (void)overflow;
#if defined(OVERRUNS) || defined(OVERRUNS_BEFORE) || defined(OVERRUNS_A_BYTE)
    char *memory = host->alloc(doc, 13, 8);
    if (!memory)
        return TEXTD_NO_MEMORY;
    memset(memory, 'x', 13);
#ifdef OVERRUNS
    memory[one * 16 + 8] = 'x';
#elif defined(OVERRUNS_BEFORE)
    memory[-(int)one * 8] = 'x';
#else
    memory[13 * one] = 'x'; /* what alignment has left is not the plugin's either */
#endif
#elif defined(READS_OUTSIDE)
    sink = doc->text[doc->text_length] == 0; /* as if there were a NUL */
#elif defined(READS_BEFORE)
    sink = doc->text[-(int)one] == ' ';
#elif defined(WRITES_TEXT)
    if (doc->text_length > 3 && doc->text[0] == 'A')
        *(char *)(uintptr_t)doc->text = 'a';
#elif defined(WRITES_OPTIONS)
    ((struct textd_value *)(uintptr_t)doc->options)->integer = 2;
#elif defined(WRITES_STRUCT)
    doc->reserved = 1;
#elif defined(STALE)
    if (kept.at)
        sink = (uint64_t)*kept.at;
    kept.at = doc->text_length > 0 ? doc->text : NULL;
#elif defined(CRASHES)
    if (has(doc, 0))
        *(volatile char *)(uintptr_t)(one - 1) = 1;
#elif defined(OVERFLOWS)
    if (has(doc, '('))
        overflow((char[1]) { 0 });
#elif defined(EXITS)
    if (has(doc, '\r'))
        exit(3);
#elif defined(HANGS)
    while (has(doc, '\r') && one)
        ;
#elif defined(LEAKS)
    char *lost = malloc(100);
    if (lost)
        lost[0] = (char)one;
#elif defined(OPENS)
    if (open("/dev/null", O_RDONLY) < 0)
        return explain("no descriptors");
#elif defined(CLOSES)
    close(STDOUT_FILENO);
#elif defined(RETURNS_7)
    return 7;
#elif defined(SAYS_NOTHING)
    if (has(doc, '!'))
        return TEXTD_FAILED;
#elif defined(ALWAYS_FAILS)
    return explain("the moon is in the wrong house");
#elif defined(STOPS)
    if (has(doc, '!'))
        return TEXTD_STOPPED;
#elif defined(OUT_OF_MEMORY)
    if (has(doc, '!'))
        return TEXTD_NO_MEMORY;
#elif defined(GREEDY)
    if (!host->alloc(doc, 3ull << 30, 8))
        return TEXTD_NO_MEMORY;
#elif defined(THREAD) || defined(GRANTED_THREAD)
    pthread_t thread;
    if (kept.n++ == 0)
        pthread_create(&thread, NULL, wait_for_ever, NULL);
#elif defined(CONNECTS)
    if (has(doc, '@'))
        close(socket(AF_INET, SOCK_STREAM, 0));
#elif defined(READS_FILE)
    close(open("/etc/passwd", O_RDONLY));
#elif defined(FORKS)
    if (kept.n++ == 0 && fork() == 0) {
        pause();
        _exit(0);
    }
#elif defined(SIGNAL)
    signal(SIGPIPE, SIG_IGN);
#elif defined(SETS_LOCALE)
    setlocale(LC_ALL, "C.UTF-8");
#elif defined(CHANGES_FOLDER)
    if (chdir("/usr") != 0)
        return explain("there is no /usr");
#elif defined(CHANGES_UMASK)
    umask(077);
#elif defined(SETS_VARIABLE)
    setenv("FAULTY", "1", 1);
#elif defined(PRINTS)
    printf("a document of %u bytes\n", doc->text_length);
#elif defined(FLUSHES) && defined(__SSE__)
    _mm_setcsr(_mm_getcsr() | 0x8040u);
#elif defined(ALARM)
    alarm(3600);
#elif defined(LOGS)
    const struct textd_log *log = host->extension(TEXTD_LOG);
    log->write(TEXTD_LOG_DEBUG, doc->text, doc->text_length < 100 ? doc->text_length : 100);
#elif defined(UNDECLARED)
    struct textd_layer tokens = { .size = sizeof tokens };
    host->layer_get(doc, TEXTD_TOKENS, &tokens);
#elif defined(WRITES_LAYER) || defined(OUTSIDE_LAYER)
    struct textd_layer tokens = { .size = sizeof tokens };
    if (host->layer_get(doc, TEXTD_TOKENS, &tokens) == TEXTD_OK && tokens.count > 0) {
#ifdef WRITES_LAYER
        ((struct textd_span *)(uintptr_t)tokens.spans)->start = 0;
#else
        sink = tokens.spans[tokens.count].start;
#endif
    }
#endif
    return TEXTD_OK;
}

/* What each document takes beside what it needs. */
static void dawdle(struct textd_doc *doc)
{
    (void)doc;
#ifdef QUADRATIC
    volatile uint32_t n = 0;
    for (uint32_t i = 0; i < doc->text_length; i++)
        for (uint32_t k = 0; k < i && !host->should_stop(doc); k += 128)
            n++;
#elif defined(DEAF)
    /* 300 ns a byte, on whatever processor. */
    struct timespec t = { 0 };
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    const int64_t end = t.tv_sec * 1000000000ll + t.tv_nsec + 300ll * doc->text_length;
    while (doc->text_length > 20000 && t.tv_sec * 1000000000ll + t.tv_nsec < end)
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
#endif
}

static int32_t write_result(struct textd_doc *doc, uint32_t n)
{
    host->map_begin(doc);
#ifdef BAD_RESULT
    host->write_integer(doc, n); /* a value without its key */
#endif
    host->write_key(doc, "words");
    host->write_integer(doc, n);
    host->write_key(doc, "n");
#ifdef COUNTS
    host->write_integer(doc, (int64_t)kept.n++);
#elif defined(UNWRITTEN)
    unsigned char *memory = host->alloc(doc, 4, 4);
    if (!memory)
        return TEXTD_NO_MEMORY;
    host->write_integer(doc, memory[2]);
#elif defined(PROCESS_ID)
    host->write_integer(doc, getpid());
#elif defined(TIME_ZONE)
    time_t noon = 43200;
    struct tm tm;
    host->write_integer(doc, localtime_r(&noon, &tm)->tm_hour);
#elif defined(KEEPS_OPTION)
    host->write_integer(doc, kept.option);
#elif defined(NOT_FINITE)
    host->write_number(doc, NAN);
#else
    host->write_integer(doc, doc->options[0].integer);
#endif
    host->map_end(doc);
    return TEXTD_OK;
}

static int32_t process(void *self, struct textd_doc *doc)
{
    int32_t rc = misbehave(doc);

    (void)self;
    if (rc != TEXTD_OK)
        return rc;
    dawdle(doc);
    uint32_t n = find_words(doc, NULL);
#ifdef CUTS_SHORT
    if (host->should_stop(doc))
        n /= 2; /* half a result, in place of TEXTD_STOPPED */
#endif
#ifdef STATIC_SPANS
    static struct textd_span spans[1u << 20];
#else
    struct textd_span *spans = host->alloc(doc, n * sizeof *spans, ALIGN);
#ifdef UNCHECKED
    if (n > 0)
        spans[0].start = 0;
#elif defined(WRONG_CODE)
    if (!spans)
        return explain("no memory");
#else
    if (!spans)
        return TEXTD_NO_MEMORY;
#endif
#endif
    if (n > 0)
        n = find_words(doc, spans) < n ? 0 : n;
#ifdef CUTS_CHARACTERS
    for (uint32_t i = 0; i < n; i++)
        spans[i].end = spans[i].start + 1;
#elif defined(DISORDERED)
    if (n > 1)
        spans[1] = spans[0], spans[0] = spans[n - 1];
#endif
#ifdef OVERLAPS
    for (uint32_t i = 1; i < n; i++)
        spans[i].start = spans[i - 1].start;
#endif
#ifndef FORGETS_LAYER
    if ((rc = host->layer_add(doc, ADDS, spans, n)) != TEXTD_OK)
        return rc;
#endif
#ifdef BAD_COLUMN
    struct textd_text *values = host->alloc(doc, n * sizeof *values, 8);
    if (!values)
        return TEXTD_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        values[i] = (struct textd_text) { "\xFF", 1 };
    if ((rc = host->column_add(doc, ADDS, "text", TEXTD_TEXT, values)) != TEXTD_OK)
        return rc;
#endif
    return write_result(doc, n);
}

static const char *const needs[] = { NEEDS, NULL };
static const char *const adds[] = { ADDS, NULL };

static const struct textd_option options[] = {
    TEXTD_OPTION_INT("n", 1, 1, 10, TEXTD_PER_REQUEST, HELP),
#ifdef OPTION_TWICE
    TEXTD_OPTION_INT("n", 1, 1, 10, TEXTD_PER_REQUEST, HELP),
#elif defined(NO_CHOICE)
    TEXTD_OPTION_TEXT("colour", "blue", ((const char *const[]) { "red", "green", NULL }), 0, "a colour"),
#endif
};

static const void *extension(const char *id)
{
#if defined(GRANTED_THREAD) || defined(WRONG_WISH)
#ifdef WRONG_WISH
    static const char *const wishes[] = { "telephone", NULL };
#else
    static const char *const wishes[] = { "threads", NULL };
#endif
    static const struct textd_grants grants = { .size = sizeof grants, .needs = wishes };

    return strcmp(id, TEXTD_GRANTS) == 0 ? &grants : NULL;
#else
    (void)id;
    return NULL;
#endif
}

TEXTD_EXPORT const struct textd_plugin textd_plugin_v1 = {
    TEXTD_PLUGIN_HEAD,
    .name = NAME,
    .version = VERSION,
    .license = LICENSE,
    .summary = SUMMARY,
    .needs_layers = needs,
    .adds_layers = adds,
    .options = options,
    .n_options = sizeof options / sizeof options[0],
    .option_size = sizeof options[0],
    .create = create,
    .process = PROCESS,
    .destroy = destroy,
    .extension = extension,
};
