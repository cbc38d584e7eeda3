/* documents.c: the stages of a check that run documents. Each opens the plugins anew, in a process of its own. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/grant.h"
#include "daemon/worker/confine.h"
#include "sdk/check.h"
#include "sdk/watch.h"

#define FORTH 0xA5 /* what memory holds that nobody has written: */
#define BACK 0x5A

int sdk_check_has(const struct sdk_check *check, uint32_t document)
{
    const struct sdk_document *d = &check->corpus.documents[document];

    if (sdk_board->is_bad[document] || (check->only != SDK_NO_DOCUMENT && check->only != document))
        return 0;
    return check->only == document || !d->is_large || !(check->args->quick || check->args->valgrind_logs);
}

static _Noreturn void give_up(const struct td_err *err)
{
    snprintf(sdk_board->neighbour, sizeof sdk_board->neighbour, "the plugins can't be opened together: %.200s",
             err->text);
    _exit(0);
}

void sdk_check_open(const struct sdk_check *check, struct sdk_rig *rig)
{
    struct td_err err;
    int rc = sdk_rig_init(rig, &err);

    if (rc == TD_OK && !check->args->valgrind_logs && sdk_fence_init(sdk_board->blocks) != 0)
        rc = td_fail(&err, TD_E_SYSTEM, "no address space for guard pages");
    if (rc == TD_OK)
        rc = sdk_rig_take_all(rig, &check->plans[check->with], check->args, check->installed, &err);
    if (rc == TD_OK)
        rc = sdk_rig_open(rig, check->args->valgrind_logs != NULL, &err);
    if (rc == TD_OK)
        return;
    give_up(&err);
}

static struct sdk_text text_of(const struct sdk_check *check, uint32_t document)
{
    const struct sdk_document *d = &check->corpus.documents[document];

    return (struct sdk_text) { d->text, d->length, d->lang };
}

static struct sdk_how fenced(const struct sdk_check *check, int is_back)
{
    return (struct sdk_how) { .memory = check->args->valgrind_logs ? SDK_MEMORY_MALLOC : SDK_MEMORY_FENCED,
                              .at_start = is_back,
                              .fill = is_back ? BACK : FORTH };
}

/* What differs between two runs of the same bytes; NULL: nothing. */
static const char *difference(const struct sdk_print *a, const struct sdk_print *b)
{
    if (a->rc != b->rc)
        return "return value";
    if (a->result != b->result)
        return "result";
    if (a->layers != b->layers)
        return "layers";
    return a->words != b->words ? "words for the client or the operator" : NULL;
}

static void count(uint32_t document, const struct sdk_outcome *o)
{
    static uint8_t is_counted[SDK_MOST_DOCUMENTS]; /* of this process; those that died are counted by their finding */

    if (is_counted[document])
        return;
    is_counted[document] = 1;
    sdk_board->n_documents++;
    sdk_board->n_ended_well += (uint32_t)o->is_ok;
    if (o->rc == TEXTD_FAILED && o->words[0] && sdk_board->n_refused++ == 0)
        snprintf(sdk_board->refusal, sizeof sdk_board->refusal, "%s", o->words);
}

void sdk_documents_run(void *data)
{
    static struct sdk_rig rig;
    const struct sdk_check *check = data;
    uint32_t n = check->corpus.n;
    struct sdk_outcome o;

    sdk_check_open(check, &rig);
    for (; sdk_board->step < 2 * n; sdk_board->step++) {
        int is_back = sdk_board->step >= n;
        uint32_t document = is_back ? 2 * n - 1 - sdk_board->step : sdk_board->step;
        struct sdk_print *print = &sdk_board->prints[check->with][document];
        struct sdk_text text = text_of(check, document);
        struct sdk_how how = fenced(check, is_back);
        if (!sdk_check_has(check, document))
            continue;
        sdk_board->document = document;
        sdk_rig_run(&rig, rig.target, &text, &how, &o);
        if (o.neighbour_failed)
            continue;
        if (!is_back && check->with == 0)
            count(document, &o);
        if (print->is_known && difference(print, &o.print))
            sdk_found(SDK_IMPURE, "its %s for the same bytes was another the second time", difference(print, &o.print));
        else if (!print->is_known)
            *print = o.print;
    }
    sdk_board->document = SDK_NO_DOCUMENT;
    sdk_rig_destroy(&rig);
}

/* Other addresses, folder, zone, language: none of which a result may depend on. */
static void change_surroundings(void)
{
    static void *heap; /* stays, and so do the pages */

    heap = malloc(54321);
    (void)!mmap(NULL, 33u << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    (void)heap;
    setenv("TZ", "Asia/Kathmandu", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    setenv("HOME", "/nonexistent", 1);
    tzset();
    (void)!chdir("/");
}

void sdk_documents_again(void *data)
{
    static struct sdk_rig rig;
    const struct sdk_check *check = data;
    struct sdk_outcome o;

    change_surroundings();
    sdk_check_open(check, &rig);
    for (uint32_t i = 0; i < check->corpus.n; i++) {
        const struct sdk_print *print = &sdk_board->prints[0][i];
        struct sdk_text text = text_of(check, i);
        struct sdk_how how = fenced(check, 0);
        if (!sdk_check_has(check, i) || text.length > 4096 || !print->is_known)
            continue;
        how.fill = 0x11;
        sdk_board->document = i;
        sdk_rig_run(&rig, rig.target, &text, &how, &o);
        if (!o.neighbour_failed && difference(print, &o.print))
            sdk_found(SDK_IMPURE, "its %s for the same bytes was another in another process",
                      difference(print, &o.print));
    }
    sdk_board->document = SDK_NO_DOCUMENT;
    sdk_rig_destroy(&rig);
}

/* Some short documents that aren't trivial. */
static int is_sample(const struct sdk_check *check, uint32_t document)
{
    static const char *const names[] = { "prose",  "english", "german",        "secret", "numbers",
                                         "cut-40", "plane-1", "right-to-left", "signs",  "noise-9" };
    const char *name = check->corpus.documents[document].name;

    for (size_t i = 0; sdk_check_has(check, document) && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return check->only == document;
}

#define MOST_ALLOCATIONS 24u

static void starve_one(const struct sdk_check *check, struct sdk_rig *rig, uint32_t document)
{
    struct sdk_text text = text_of(check, document);
    struct sdk_how how = fenced(check, 0);
    struct sdk_outcome o;

    sdk_board->document = document;
    how.is_silent = 1;
    sdk_rig_run(rig, rig->target, &text, &how, &o);
    uint64_t n = o.n_allocs;
    for (uint64_t k = 1; o.rc == TEXTD_OK && k <= n && k <= MOST_ALLOCATIONS; k++) {
        struct sdk_outcome starved;
        snprintf(sdk_board->doing, sizeof sdk_board->doing, "when host->alloc returned NULL (call %llu of %llu)",
                 (unsigned long long)k, (unsigned long long)n);
        how.fails_at = k;
        sdk_rig_run(rig, rig->target, &text, &how, &starved);
        if (starved.n_refused > 0 && starved.rc != TEXTD_NO_MEMORY)
            sdk_found(SDK_NO_MEMORY, "process returned %d %s", starved.rc, sdk_board->doing);
    }
    sdk_board->doing[0] = 0;
}

void sdk_documents_starve(void *data)
{
    static struct sdk_rig rig;
    const struct sdk_check *check = data;

    sdk_check_open(check, &rig);
    sdk_board->crash_as = SDK_NO_MEMORY;
    for (uint32_t i = 0; i < check->corpus.n; i++)
        if (is_sample(check, i))
            starve_one(check, &rig, i);
    sdk_board->crash_as = SDK_CRASH;
    sdk_board->document = SDK_NO_DOCUMENT;
    sdk_rig_destroy(&rig);
}

/* ---- In the sandbox ---------------------------------------------------------------------------------------------- */

/* What the plugin asks for, and what the command line adds, is granted. */
static uint32_t grants_of(const struct sdk_check *check, const char **grants)
{
    const struct sdk_plugin_file *target = &check->installed->target;
    uint32_t n = 0;

    for (uint32_t i = 0; i < check->args->n_grants && n < TD_MAX_GRANTS; i++)
        grants[n++] = check->args->grants[i];
    for (uint32_t i = 0; i < target->n_wishes && n < TD_MAX_GRANTS; i++)
        if (strpbrk(target->wishes[i], ":") || strcmp(target->wishes[i], "threads") == 0 ||
            strcmp(target->wishes[i], "network") == 0)
            grants[n++] = target->wishes[i];
    return n;
}

/* The files are read first; then the process is confined as a worker is, in its two steps. */
void sdk_documents_confine(void *data)
{
    static struct sdk_rig rig;
    static struct td_setup setup = { .sandbox = TD_SANDBOX_PERMISSIVE };
    static const char *grants[TD_MAX_GRANTS];
    const struct sdk_how how = { .memory = SDK_MEMORY_ARENA, .is_silent = 1 };
    const struct sdk_check *check = data;
    struct sdk_outcome o;
    struct td_err err;

    if (sdk_rig_init(&rig, &err) != TD_OK ||
        sdk_rig_take_all(&rig, &check->plans[0], check->args, check->installed, &err) != TD_OK)
        give_up(&err);
    /* A worker's output goes into a pipe; ours, a file, has a limit there. */
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    rig.sources[rig.target].grants = grants;
    rig.sources[rig.target].n_grants = grants_of(check, grants);
    setup.n_sources = rig.n_sources;
    memcpy(setup.sources, rig.sources, sizeof setup.sources);
    td_confine_prepare();
    if (td_confine_open(&setup, &sdk_board->worker.confinement, &err) != TD_OK ||
        sdk_rig_open(&rig, 0, &err) != TD_OK || td_confine_close(&sdk_board->worker.confinement, &err) != TD_OK) {
        sdk_found(SDK_GRANTS, "in textd's sandbox it isn't loaded: %s", err.text);
        return;
    }
    for (uint32_t i = 0; i < check->corpus.n; i++) {
        const struct sdk_print *print = &sdk_board->prints[0][i];
        struct sdk_text text = text_of(check, i);
        if (!sdk_check_has(check, i) || text.length > 4096)
            continue;
        sdk_board->document = i;
        sdk_rig_run(&rig, rig.target, &text, &how, &o);
        if (!o.neighbour_failed && print->is_known && difference(print, &o.print))
            sdk_found(SDK_GRANTS, "its %s was another in textd's sandbox: what it opens isn't there",
                      difference(print, &o.print));
    }
    sdk_board->document = SDK_NO_DOCUMENT;
    sdk_rig_destroy(&rig);
}

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/* Runs the sample with the first instance as it was set up; 0: some result is another than it was at first. */
static int is_as_before(const struct sdk_check *check, struct sdk_rig *rig)
{
    struct sdk_outcome o;

    for (uint32_t i = 0; i < check->corpus.n; i++) {
        struct sdk_text text = text_of(check, i);
        struct sdk_how how = fenced(check, 0);
        const struct sdk_print *print = &sdk_board->prints[0][i];
        if (!is_sample(check, i) || !print->is_known)
            continue;
        how.is_silent = 1;
        sdk_rig_run(rig, rig->target, &text, &how, &o);
        if (!o.neighbour_failed && difference(print, &o.print)) {
            sdk_board->document = i;
            return 0;
        }
    }
    return 1;
}

/* The sample through an instance with what an operator might set, or with what a client might. */
static void run_sample(const struct sdk_check *check, struct sdk_rig *rig, uint32_t index,
                       const struct textd_value *options)
{
    struct sdk_outcome o;

    for (uint32_t i = 0; i < check->corpus.n; i++) {
        struct sdk_text text = text_of(check, i);
        struct sdk_how how = fenced(check, 0);
        if (!is_sample(check, i))
            continue;
        how.options = options;
        sdk_board->document = i;
        sdk_rig_run(rig, index, &text, &how, &o);
    }
    sdk_board->document = SDK_NO_DOCUMENT;
}

/* The value number `k` worth trying of an option, as an operator writes it; 0: there is none more. */
static int value_text(const struct textd_option *o, uint32_t k, char *text, size_t size)
{
    switch (o->type) {
    case TEXTD_BOOL:
        snprintf(text, size, "%s", k ? "true" : "false");
        return k < 2;
    case TEXTD_INT:
        snprintf(text, size, "%lld", (long long)(k ? o->max_integer : o->min_integer));
        return k < 2;
    case TEXTD_FLOAT:
        snprintf(text, size, "%.17g", k ? o->max_number : o->min_number);
        return k < 2;
    default:
        if (!o->choices || !o->choices[0]) {
            snprintf(text, size, "%s", k ? "\xC3\xA9t\xC3\xA9 %s%n \"" : "");
            return k < 2;
        }
        for (uint32_t i = 0; i <= k; i++)
            if (!o->choices[i])
                return 0;
        snprintf(text, size, "%s", o->choices[k]);
        return 1;
    }
}

/* One value of one option: first as an operator's, of a second instance; then as a client's. */
static void try_value(const struct sdk_check *check, struct sdk_rig *rig, uint32_t option, const char *value)
{
    const struct td_plugin *target = &rig->set.plugins[rig->target];
    const struct textd_option *o = td_options_at(&target->options, option);
    struct td_plugin_setting setting = { .name = o->name, .value = value, .where = "a check" };
    struct td_err err;

    snprintf(sdk_board->doing, sizeof sdk_board->doing, "with %s=%.60s", o->name, value);
    int rc = sdk_rig_twin(rig, &setting, &err);
    if (rc != TD_OK && strstr(err.text, "gave no reason"))
        sdk_found(SDK_CREATE, "its table allows %s=%.60s, and create refuses it without a reason", o->name, value);
    if (rc == TD_OK) {
        struct textd_value options[256];
        const struct td_plugin *twin = &rig->set.plugins[rig->set.n - 1];
        run_sample(check, rig, twin->index, NULL);
        memcpy(options, target->values, target->options.n * sizeof options[0]);
        options[option] = twin->values[option];
        int is_clients = (o->flags & TEXTD_PER_REQUEST) != 0;
        if (is_clients)
            run_sample(check, rig, rig->target, options);
        if (!is_as_before(check, rig))
            sdk_found(SDK_STATIC_STATE, "its result changed when %s had %s=%.60s",
                      is_clients ? "another instance, or another document," : "another instance", o->name, value);
    }
    sdk_board->document = SDK_NO_DOCUMENT;
    sdk_rig_drop(rig);
    sdk_board->doing[0] = 0;
}

void sdk_documents_options(void *data)
{
    static struct sdk_rig rig;
    const struct sdk_check *check = data;
    char value[200];

    sdk_check_open(check, &rig);
    uint32_t n = rig.set.plugins[rig.target].options.n;
    if (check->args->quick && n > 4)
        n = 4;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; value_text(td_options_at(&rig.set.plugins[rig.target].options, i), k, value, sizeof value);
             k++)
            try_value(check, &rig, i, value);
    sdk_rig_destroy(&rig);
}

/* ---- Leaks ------------------------------------------------------------------------------------------------------- */

#define LEAK_LENGTH 2100u /* longer ones show nothing that these don't */

static uint64_t address_space(void)
{
    unsigned long long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");

    if (statm && fscanf(statm, "%llu", &pages) != 1) /* NOLINT: the kernel's number */
        pages = 0;
    if (statm)
        fclose(statm);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Bytes that each document has left behind. */
static void run_rounds(const struct sdk_check *check, struct sdk_rig *rig, uint32_t rounds, int64_t *growth)
{
    const struct sdk_how how = { .memory = SDK_MEMORY_ARENA, .is_silent = 1 };
    struct sdk_outcome o;

    memset(growth, 0, SDK_MOST_DOCUMENTS * sizeof *growth);
    for (uint32_t r = 0; r < rounds; r++)
        for (uint32_t i = 0; i < check->corpus.n; i++) {
            struct sdk_text text = text_of(check, i);
            if (!sdk_check_has(check, i) || text.length > LEAK_LENGTH)
                continue;
            sdk_board->document = i;
            sdk_rig_run(rig, rig->target, &text, &how, &o);
            growth[i] += o.heap_growth;
        }
}

/* Whether most of what documents seem to keep is given back at others, as a collector of garbage does when its turn comes. */
static int is_collected(const struct sdk_check *check, const int64_t *growth)
{
    int64_t kept = 0, all = 0;

    for (uint32_t i = 0; i < check->corpus.n; i++) {
        all += growth[i];
        kept += growth[i] > 0 ? growth[i] : 0;
    }
    return all < kept / 2;
}

void sdk_documents_leak(void *data)
{
    static struct sdk_rig rig;
    static int64_t first[SDK_MOST_DOCUMENTS], second[SDK_MOST_DOCUMENTS];
    const struct sdk_check *check = data;
    uint32_t rounds = check->args->quick ? 5 : 16, n_ran = 0;

    sdk_check_open(check, &rig);
    run_rounds(check, &rig, rounds, first); /* what is kept on purpose is there after this */
    uint64_t before = address_space();
    run_rounds(check, &rig, rounds, first);
    uint64_t between = address_space();
    run_rounds(check, &rig, rounds, second);
    uint64_t after = address_space();
    int is_given_back = is_collected(check, first) || is_collected(check, second);
    for (uint32_t i = 0; i < check->corpus.n; i++) {
        n_ran += sdk_check_has(check, i) && check->corpus.documents[i].length <= LEAK_LENGTH;
        sdk_board->document = i;
        /* Eight bytes a document, both times: less is what the C library keeps for itself. */
        if (!is_given_back && first[i] >= 8 * (int64_t)rounds && second[i] >= 8 * (int64_t)rounds)
            sdk_found(SDK_LEAK, "it keeps about %lld bytes of each document", (long long)second[i] / rounds);
    }
    sdk_board->document = SDK_NO_DOCUMENT;
    uint64_t pages = (uint64_t)sysconf(_SC_PAGESIZE) * rounds;
    if (!sdk_is_found(SDK_LEAK) && between > before + pages && after > between + pages && n_ran > 0)
        sdk_found(SDK_LEAK, "its address space grows by %llu bytes a document",
                  (unsigned long long)((after - between) / rounds / n_ran));
    sdk_rig_destroy(&rig);
}
