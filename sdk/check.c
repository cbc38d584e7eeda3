/* check.c: see check.h: the stages of `plugin check`, in order. No plugin is ever opened in this process. */
#include "sdk/check.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sdk/child.h"

/* A plugin that kills a process for each document is known well enough after some. */
#define MOST_DEATHS 6
/* Valgrind's own share of the time. */
#define VALGRIND_TIMES 30u

static void skip(const char *words)
{
    if (!sdk_board->skipped[0])
        snprintf(sdk_board->skipped, sizeof sdk_board->skipped, "%s", words);
}

/* Runs the corpus, past documents that kill the process. 0: the plugin dies of some, or all ended in the middle. */
static int run_documents(struct sdk_check *check)
{
    int is_well = 1;

    sdk_board->step = 0;
    for (int deaths = 0; deaths < MOST_DEATHS; deaths += sdk_is_found(SDK_HANG) ? 3 : 1) { /* a hang takes its time */
        enum sdk_end end = sdk_child_run(sdk_documents_run, check, check->args);
        if (end == SDK_END_DONE)
            return is_well;
        is_well &= end == SDK_END_NEIGHBOUR;          /* for what others do it isn't to blame */
        if (sdk_board->document == SDK_NO_DOCUMENT) { /* opening or ending it */
            skip("the rest of the documents: it died outside of them");
            return 0;
        }
        sdk_board->is_bad[sdk_board->document] = 1;
        sdk_board->document = SDK_NO_DOCUMENT;
        sdk_board->step++;
    }
    skip("the rest of the documents: too many killed its process");
    return 0;
}

static int could_use_more(const struct sdk_check *check)
{
    return check->plans[1].n > check->plans[0].n;
}

/* What it asks for without saying which, such as any file, somebody has to name before it can be tried. */
static int is_granted(const struct sdk_check *check)
{
    static const enum sdk_finding_id told[] = { SDK_IMPURE, SDK_THREADS, SDK_CHILDREN, SDK_FOLDER, SDK_DESCRIPTORS };
    const struct sdk_plugin_file *target = &check->installed->target;

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (sdk_is_found(told[i])) { /* of which the sandbox would only find the same again */
            skip("textd's sandbox: what was found breaks there as well");
            return 0;
        }
    for (uint32_t i = 0; i < target->n_wishes; i++) {
        const char *wish = target->wishes[i];
        if ((strcmp(wish, "read") == 0 || strcmp(wish, "write") == 0 || strcmp(wish, "env") == 0) &&
            !td_grants_cover(check->args->grants, check->args->n_grants, wish)) {
            snprintf(sdk_board->skipped, sizeof sdk_board->skipped,
                     "textd's sandbox: it asks for %.8s; name which: --grant %.8s:…", wish, wish);
            return 0;
        }
    }
    return 1;
}

static void run_stages(struct sdk_check *check)
{
    static void (*const more[])(void *) = { sdk_documents_starve, sdk_documents_options, sdk_documents_leak,
                                            sdk_growth_measure };
    int is_well = run_documents(check);

    check->with = 1;
    if (could_use_more(check))
        is_well &= run_documents(check);
    check->with = 0;
    if (!is_well) {
        skip("purity in another process, options, memory that is refused, leaks, growth: it dies of some documents");
        return;
    }
    sdk_child_run(sdk_documents_again, check, check->args);
    if (check->args->valgrind_logs)
        return; /* it is slow, and has a heap of its own */
    sdk_board->document = SDK_NO_DOCUMENT;
    if (is_granted(check))
        sdk_child_run(sdk_documents_confine, check, check->args);
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        if (more[i] == sdk_documents_options && (sdk_is_found(SDK_IMPURE) || check->only != SDK_NO_DOCUMENT))
            continue;
        if (more[i] == sdk_growth_measure && check->only != SDK_NO_DOCUMENT)
            continue;
        sdk_board->document = SDK_NO_DOCUMENT;
        sdk_child_run(more[i], check, check->args);
    }
    sdk_board->document = SDK_NO_DOCUMENT;
}

static int judge_all(struct sdk_check *check)
{
    struct td_err err;

    sdk_child_run(sdk_library_load, check, check->args);
    sdk_board->document = SDK_NO_DOCUMENT;
    if (!sdk_board->version[0] || sdk_is_found(SDK_CREATE) || sdk_is_found(SDK_CRASH) || sdk_is_found(SDK_HANG) ||
        sdk_is_found(SDK_EXIT) || sdk_is_found(SDK_CHECK_OPTIONS) || sdk_is_found(SDK_SELFTEST)) {
        skip("documents: textd would not load it");
        return 0;
    }
    sdk_installed_scan(check->installed);
    if (sdk_plan_make(&check->plans[0], check->installed, SDK_BRING_NEEDED, check->args, &err) != TD_OK ||
        sdk_plan_make(&check->plans[1], check->installed, SDK_BRING_OPTIONAL, check->args, &err) != TD_OK) {
        sdk_found(SDK_NEEDS, "%s", err.text);
        skip("documents: a plugin that it needs isn't there");
        return 0;
    }
    return 1;
}

static void remove_folder(const char *path)
{
    char name[PATH_MAX];
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        unlink(name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

/* The same once more, under valgrind, which writes down what it finds, a file for each process. */
static int start_valgrind(const struct sdk_args *args, char **argv, int argc)
{
    char folder[] = "/tmp/textd-check-XXXXXX", log[64], logs[64], exe[PATH_MAX];
    const char *words[128] = { "valgrind",
                               "-q",
                               "--error-exitcode=99",
                               "--leak-check=full",
                               "--errors-for-leak-kinds=definite",
                               "--show-leak-kinds=definite",
                               log,
                               exe };
    int n = 8, status = 0;
    ssize_t length = readlink("/proc/self/exe", exe, sizeof exe - 1);

    exe[length > 0 ? length : 0] = 0;
    if (!mkdtemp(folder)) {
        fprintf(stderr, "plugin-tool: no folder can be made in /tmp: %s\n", strerror(errno));
        return SDK_EXIT_USAGE;
    }
    snprintf(log, sizeof log, "--log-file=%s/%%p", folder);
    snprintf(logs, sizeof logs, "--valgrind-logs=%s", folder);
    for (int i = 1; i < argc && n < 126; i++)
        if (strcmp(argv[i], "--valgrind") != 0)
            words[n++] = argv[i];
    words[n++] = logs;
    pid_t pid = fork();
    if (pid == 0) {
        execvp("valgrind", (char **)(uintptr_t)words);
        fprintf(stderr, "plugin-tool: valgrind can't be started: %s (Debian: valgrind)\n", strerror(errno));
        _exit(SDK_EXIT_USAGE);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    remove_folder(folder);
    (void)args;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : SDK_EXIT_USAGE;
}

int sdk_check(const struct sdk_args *given, int argc, char **argv)
{
    struct sdk_args args = *given;
    struct sdk_check check = { .args = &args, .only = SDK_NO_DOCUMENT };
    struct td_err err;

    if (args.valgrind)
        return start_valgrind(&args, argv, argc);
    if (args.valgrind_logs) {
        args.timeout_ns *= VALGRIND_TIMES;
        args.quick = 1;
    }
    if (sdk_installed_make(&check.installed, &args, &err) != TD_OK) {
        fprintf(stderr, "plugin-tool: %s\n", err.text);
        return SDK_EXIT_USAGE;
    }
    if (sdk_board_make() != 0 || sdk_corpus_make(&check.corpus) != 0) {
        fprintf(stderr, "plugin-tool: no memory\n");
        return SDK_EXIT_USAGE;
    }
    const struct sdk_document *only = args.corpus ? sdk_corpus_find(&check.corpus, args.corpus) : NULL;
    if (args.corpus && !only) {
        sdk_corpus_complain(&check.corpus, args.corpus);
        sdk_corpus_free(&check.corpus);
        return SDK_EXIT_USAGE;
    }
    if (only)
        check.only = (uint32_t)(only - check.corpus.documents);
    if (judge_all(&check)) {
        run_stages(&check);
        if (sdk_board->n_documents == 0 && sdk_board->neighbour[0] && !sdk_board->skipped[0])
            sdk_found(SDK_NEEDS, "what it needs wasn't there for any document: %s", sdk_board->neighbour);
    }
    if (sdk_board->n_documents > 1 && sdk_board->n_ended_well == 0 && sdk_board->n_refused == sdk_board->n_documents)
        sdk_found(SDK_FAILS, "it has no result for any document: %s", sdk_board->refusal);
    int rc = sdk_report(&check);
    sdk_corpus_free(&check.corpus);
    return rc;
}
