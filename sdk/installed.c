/* installed.c: see installed.h. */
#include "sdk/installed.h"

#include <assert.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/worker/judge.h"

/* Longer than any library takes that is loaded into a daemon. */
#define SCAN_SECONDS 20

/* Below a plugin directory: those that only run when they are named. */
#define BY_NAME "by-name/"

static int is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* From …/libexec/textd/plugin-tool to …/lib/textd/plugins and …/share/textd/models; as textd finds its own. */
static void find_places(struct sdk_installed *installed)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    exe[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(exe, '/');
        if (slash)
            *slash = 0;
    }
    snprintf(installed->plugin_dir, sizeof installed->plugin_dir, "%.900s/" TEXTD_LIBDIR "/textd/plugins", exe);
    snprintf(installed->model_dir, sizeof installed->model_dir, "%.900s/share/textd/models", exe);
    if (!is_folder(installed->plugin_dir))
        snprintf(installed->plugin_dir, sizeof installed->plugin_dir, "%.900s/lib/textd/plugins", exe);
    if (is_folder(installed->plugin_dir))
        return;
    snprintf(installed->plugin_dir, sizeof installed->plugin_dir, "%s", TEXTD_PLUGIN_DIR);
    snprintf(installed->model_dir, sizeof installed->model_dir, "%s", TEXTD_MODEL_DIR);
}

static const char *folder(const struct sdk_installed *installed, uint32_t i)
{
    return i < installed->n_dirs ? installed->dirs[i] : i == installed->n_dirs ? installed->plugin_dir : NULL;
}

static int take_dirs(struct sdk_installed *installed, const struct sdk_args *args, struct td_err *err)
{
    char real[PATH_MAX];

    for (uint32_t i = 0; i < args->n_dirs; i++) {
        if (!realpath(args->dirs[i], real))
            return td_fail(err, TD_E_CONFIG, "--plugin-dir is %s: %s", args->dirs[i], strerror(errno));
        snprintf(installed->dirs[installed->n_dirs++], sizeof installed->dirs[0], "%.1000s", real);
    }
    return TD_OK;
}

/* NAME of …/NAME.so. */
static void take_name(struct sdk_plugin_file *file)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    size_t length = strlen(name);

    if (length > 3 && strcmp(name + length - 3, ".so") == 0)
        length -= 3;
    snprintf(file->name, sizeof file->name, "%.*s", (int)length, name);
}

static int find_target(struct sdk_installed *installed, const struct sdk_args *args, struct td_err *err)
{
    char path[PATH_MAX], real[PATH_MAX];
    const char *in;

    snprintf(path, sizeof path, "%s", args->file);
    for (uint32_t i = 0; !strchr(args->file, '/') && access(path, F_OK) != 0 && (in = folder(installed, i / 2)); i++)
        snprintf(path, sizeof path, "%s/%s%s.so", in, i % 2 ? BY_NAME : "", args->file);
    /* Lua has no other name for it; a library may be called as it likes. */
    const char *dot = strrchr(args->file, '.');
    if (dot && strcmp(dot, ".lua") == 0)
        return td_fail(
            err, TD_E_CONFIG,
            "%s is a script, which the plugin lua runs: put it into the folder lua/ of a folder DIR, and say "
            "lua --plugin-dir DIR --set script=%s in its place",
            args->file, strrchr(args->file, '/') ? strrchr(args->file, '/') + 1 : args->file);
    if (!realpath(path, real))
        return td_fail(err, TD_E_CONFIG, "there is no %s, nor a plugin of that name in %s", args->file,
                       installed->plugin_dir);
    snprintf(installed->target.path, sizeof installed->target.path, "%.1000s", real);
    take_name(&installed->target);
    return TD_OK;
}

int sdk_installed_make(struct sdk_installed **installed, const struct sdk_args *args, struct td_err *err)
{
    *installed = mmap(NULL, sizeof **installed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (*installed == MAP_FAILED)
        return td_fail(err, TD_E_SYSTEM, "no memory");
    find_places(*installed);
    int rc = take_dirs(*installed, args, err);
    return rc == TD_OK ? find_target(*installed, args, err) : rc;
}

int sdk_installed_take(struct td_snapshot **snapshot, const struct sdk_installed *installed, const char *path,
                       struct td_err *err)
{
    char *in[SDK_MOST_DIRS + 1];
    uint32_t n = 0;

    for (const char *dir; (dir = folder(installed, n)) != NULL;)
        in[n++] = (char *)(uintptr_t)dir;
    const struct td_resource_dirs dirs = { .plugin_dirs = in, .n_plugin_dirs = n, .model_dir = installed->model_dir };
    return td_snapshot_take(snapshot, path, &dirs, err);
}

void sdk_plugin_file_describe(struct sdk_plugin_file *file, const struct textd_plugin *entry)
{
    const char *const *name;

    file->n_needs = file->n_adds = 0;
    for (name = entry->needs_layers; name && *name && file->n_needs < SDK_MOST_LAYERS; name++)
        snprintf(file->needs[file->n_needs++], SDK_LAYER_BYTES, "%s", *name);
    for (name = entry->adds_layers; name && *name && file->n_adds < SDK_MOST_LAYERS; name++)
        snprintf(file->adds[file->n_adds++], SDK_LAYER_BYTES, "%s", *name);
}

/* Opens the libraries from number `i` on, until one kills the process. */
static void look_at(struct sdk_installed *installed, _Atomic uint32_t *at)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    alarm(SCAN_SECONDS);
    for (; *at < installed->n; ++*at) {
        struct sdk_plugin_file *file = &installed->of[*at];
        struct textd_plugin entry;
        void *library = dlopen(file->path, RTLD_NOW | RTLD_LOCAL);
        const void *symbol = library ? dlsym(library, TEXTD_PLUGIN_SYMBOL) : NULL;
        if (symbol && td_judge(symbol, file->path, &entry, NULL) == TD_OK)
            sdk_plugin_file_describe(file, &entry);
    }
}

static void list(struct sdk_installed *installed, const char *in)
{
    DIR *dir = opendir(in);
    struct dirent *found;

    while (dir && (found = readdir(dir)) != NULL && installed->n < TD_MAX_PLUGINS) {
        struct sdk_plugin_file *file = &installed->of[installed->n];
        size_t length = strlen(found->d_name);
        int is_known = 0;
        if (length < 4 || length > 34 || strcmp(found->d_name + length - 3, ".so") != 0)
            continue;
        snprintf(file->path, sizeof file->path, "%.700s/%.255s", in, found->d_name);
        take_name(file);
        for (uint32_t i = 0; i < installed->n && !is_known; i++)
            is_known = strcmp(installed->of[i].name, file->name) == 0;
        installed->n += !is_known && strcmp(file->name, installed->target.name) != 0;
    }
    if (dir)
        closedir(dir);
}

void sdk_installed_scan(struct sdk_installed *installed)
{
    const char *in;
    _Atomic uint32_t *at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert(installed);
    for (uint32_t i = 0; (in = folder(installed, i)) != NULL; i++)
        list(installed, in);
    while (at != MAP_FAILED && *at < installed->n) {
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            look_at(installed, at);
            _exit(0);
        }
        waitpid(pid, NULL, 0);
        ++*at; /* it died of this one, or all were opened */
    }
    if (at != MAP_FAILED)
        munmap(at, sizeof *at);
}

static const struct sdk_plugin_file *who_adds(const struct sdk_installed *installed, const char *layer)
{
    size_t length = strcspn(layer, TEXTD_OPTIONAL);

    for (uint32_t i = 0; i < installed->n; i++)
        for (uint32_t k = 0; k < installed->of[i].n_adds; k++)
            if (strlen(installed->of[i].adds[k]) == length && strncmp(installed->of[i].adds[k], layer, length) == 0)
                return &installed->of[i];
    return NULL;
}

static int adds(const struct sdk_plugin_file *file, const char *layer)
{
    size_t length = strcspn(layer, TEXTD_OPTIONAL);

    for (uint32_t k = 0; k < file->n_adds; k++)
        if (strlen(file->adds[k]) == length && strncmp(file->adds[k], layer, length) == 0)
            return 1;
    return 0;
}

struct planner {
    struct sdk_plan *plan;
    const struct sdk_installed *installed;
    enum sdk_bring bring;
    struct td_err *err;
    const struct sdk_plugin_file *open[TD_MAX_PLUGINS + 1]; /* that are being placed: a circle ends there */
    uint32_t n_open;
};

static int is_placed(const struct planner *p, const struct sdk_plugin_file *file)
{
    for (uint32_t i = 0; i < p->plan->n; i++)
        if (p->plan->of[i] == file)
            return 1;
    for (uint32_t i = 0; i < p->n_open; i++)
        if (p->open[i] == file)
            return 1;
    return 0;
}

static int is_brought(const struct planner *p, const struct sdk_plugin_file *file, const char *need)
{
    if (!strchr(need, TEXTD_OPTIONAL[0]))
        return 1;
    if (p->bring == SDK_BRING_OPTIONAL)
        return file == &p->installed->target;
    return p->bring == SDK_BRING_LANGUAGE && strcmp(need, TEXTD_LANGUAGE TEXTD_OPTIONAL) == 0;
}

/* Places a plugin behind those that it needs. */
static int place(struct planner *p, const struct sdk_plugin_file *file)
{
    if (is_placed(p, file) || p->n_open == TD_MAX_PLUGINS)
        return TD_OK;
    p->open[p->n_open++] = file;
    for (uint32_t i = 0; i < file->n_needs; i++) {
        const char *need = file->needs[i];
        const struct sdk_plugin_file *who = who_adds(p->installed, need);
        if (!who && adds(&p->installed->target, need))
            who = &p->installed->target;
        if (!is_brought(p, file, need))
            continue;
        if (!who && strchr(need, TEXTD_OPTIONAL[0]))
            continue;
        if (!who)
            return td_fail(p->err, TD_E_CONFIG, "%s needs layer %s, and no plugin in %s or a --plugin-dir adds it",
                           file->name, need, p->installed->plugin_dir);
        int rc = place(p, who);
        if (rc != TD_OK)
            return rc;
    }
    p->n_open--;
    if (p->plan->n == TD_MAX_PLUGINS)
        return td_fail(p->err, TD_E_CONFIG, "more than %d plugins", TD_MAX_PLUGINS);
    p->plan->of[p->plan->n++] = file;
    return TD_OK;
}

int sdk_plan_make(struct sdk_plan *plan, const struct sdk_installed *installed, enum sdk_bring bring,
                  const struct sdk_args *args, struct td_err *err)
{
    struct planner p = { .plan = plan, .installed = installed, .bring = bring, .err = err };
    int rc;

    plan->n = 0;
    for (uint32_t w = 0; w < args->n_with; w++) {
        const struct sdk_plugin_file *file = NULL;
        for (uint32_t i = 0; i < installed->n && !file; i++)
            if (strcmp(installed->of[i].name, args->with[w]) == 0)
                file = &installed->of[i];
        if (!file)
            return td_fail(err, TD_E_CONFIG, "--with names %s, and there is no such plugin in %s or a --plugin-dir",
                           args->with[w], installed->plugin_dir);
        if ((rc = place(&p, file)) != TD_OK)
            return rc;
    }
    if ((rc = place(&p, &installed->target)) != TD_OK)
        return rc;
    for (plan->target = 0; plan->of[plan->target] != &installed->target;)
        plan->target++;
    return TD_OK;
}
