/* confine.c: see confine.h. The order of the steps: what the C library loads once and for all, then the environment,
 * then what can't be undone: first no new privileges, which the others need, then limits and Landlock, last seccomp,
 * which denies the rest. */
#include "daemon/worker/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/capability.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/grant.h"
#include "daemon/worker/filter.h"
#include "daemon/worker/land.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1 /* a report reads the program and its libraries */
#else
#define IS_SANITIZED 0
#endif
#ifdef __SANITIZE_THREAD__
#define HAS_THREAD 1 /* of ThreadSanitizer's own */
#else
#define HAS_THREAD 0
#endif

#define OPENING_FILES 512 /* libraries and resources of 64 plugins, and what loading takes */
#define SERVING_FILES 64
#define GRANTED_FILES 1024

#define MOST_RULES (64 + TD_MAX_PLUGINS * TD_MAX_GRANTS)

static struct {
    const struct td_setup *setup;
    enum td_sandbox mode;
    int threads, network, reads, writes; /* granted to any plugin */
    int landlock;                        /* the ABI; 0: none */
    int n_threads;                       /* that were there before plugins */
} confine;

int td_confine_is_on(void)
{
    return confine.mode != TD_SANDBOX_OFF;
}

/* ---- What the plugins were granted ------------------------------------------------------------------------------- */

/* Calls `see` for each grant. The supervisor has checked them. */
static int each_grant(int (*see)(const struct td_plugin_source *source, const struct td_grant *grant, void *data),
                      void *data)
{
    char fault[200];
    struct td_grant grant;
    int rc = 0;

    for (uint32_t i = 0; i < confine.setup->n_sources; i++)
        for (uint32_t k = 0; k < confine.setup->sources[i].n_grants && rc == 0; k++)
            if (!td_grant_read(&grant, confine.setup->sources[i].grants[k], fault, sizeof fault))
                rc = see(&confine.setup->sources[i], &grant, data);
    return rc;
}

static int note_grant(const struct td_plugin_source *source, const struct td_grant *grant, void *data)
{
    struct td_err *err = data;
    int is_file = grant->kind == TD_GRANT_READ || grant->kind == TD_GRANT_WRITE;

    confine.threads |= grant->kind == TD_GRANT_THREADS;
    confine.network |= grant->kind == TD_GRANT_NETWORK;
    confine.reads |= is_file;
    confine.writes |= grant->kind == TD_GRANT_WRITE;
    if (!is_file || access(grant->argument, F_OK) == 0)
        return TD_OK;
    return td_fail(err, TD_E_CONFIG,
                   "plugin %s is granted %s, which can't be opened: %s; make it, or take the grant out", source->name,
                   grant->argument, strerror(errno));
}

/* ---- What the C library loads when it is first asked ------------------------------------------------------------- */

/* Volatile, or they are written nowhere: then they look lost to who looks for leaks. */
static volatile struct {
    locale_t locale;
    iconv_t converters[2];
} loaded;

/* Later it couldn't, and would say UTC, or no such locale. Never given back: they stay loaded by that. */
void td_confine_prepare(void)
{
    tzset();
    loaded.locale = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    loaded.converters[0] = iconv_open("UTF-8", "ISO-8859-1");
    loaded.converters[1] = iconv_open("UTF-8", "WINDOWS-1252");
}

/* ---- The environment --------------------------------------------------------------------------------------------- */

extern char **environ;

static int is_granted(const struct td_plugin_source *source, const struct td_grant *grant, void *data)
{
    const char *name = data;

    (void)source;
    return grant->kind == TD_GRANT_ENV && strncmp(grant->argument, name, strcspn(name, "=")) == 0 &&
           grant->argument[strcspn(name, "=")] == 0;
}

/* The strings as well, since /proc/self/environ is where they lie. TZ says which time zone localtime goes on with. */
static int clear_environment(void)
{
    size_t n = 0, kept = 0;

    while (environ && environ[n])
        n++;
    char **left = calloc(n + 1, sizeof *left);
    if (!left)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int is_kept = strncmp(environ[i], "TZ=", 3) == 0 || each_grant(is_granted, environ[i]);
        if (is_kept && (left[kept] = strdup(environ[i])))
            kept++;
        explicit_bzero(environ[i], strlen(environ[i]));
    }
    environ = left;
    return 0;
}

/* ---- Privileges -------------------------------------------------------------------------------------------------- */

/* Where textd runs as root, its workers are root without what makes it that: others' files and processes' memory. */
static int drop_privileges(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3];

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    /* Who has none need not be let drop them: systemd's @privileged, which our unit is without, has capset. */
    if (syscall(SYS_capget, &head, now) == 0 && memcmp(now, none, sizeof none) == 0)
        return 0;
    return (int)syscall(SYS_capset, &head, none);
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

static int lower(int which, rlim_t most)
{
    struct rlimit limit;

    if (getrlimit(which, &limit) != 0)
        return -1;
    if (limit.rlim_max > most)
        limit.rlim_max = most;
    if (limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
    return setrlimit(which, &limit);
}

/* RLIMIT_NPROC is by user, and not for root: forks are seccomp's. */
static int lower_all(void)
{
    return lower(RLIMIT_CORE, 0) != 0 || (!confine.writes && lower(RLIMIT_FSIZE, 0) != 0) ||
                   (!confine.threads && !HAS_THREAD && lower(RLIMIT_NPROC, 0) != 0) ||
                   lower(RLIMIT_NOFILE, confine.reads || confine.network ? GRANTED_FILES : OPENING_FILES) != 0
               ? -1
               : 0;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

struct land {
    struct td_land_rule rules[MOST_RULES];
    size_t n;
    char folders[TD_MAX_PLUGINS][1024];
};

static void add_path(struct land *land, const char *path, int may_write)
{
    if (land->n < MOST_RULES)
        land->rules[land->n++] = (struct td_land_rule) { path, may_write };
}

static int add_granted(const struct td_plugin_source *source, const struct td_grant *grant, void *data)
{
    (void)source;
    if (grant->kind == TD_GRANT_READ || grant->kind == TD_GRANT_WRITE)
        add_path(data, grant->argument, grant->kind == TD_GRANT_WRITE);
    return 0;
}

/* What loading a library reads, and what libraries read about the machine. `libraries`: LD_LIBRARY_PATH, cut up. */
static void add_system(struct land *land, char *libraries)
{
    static const char *const paths[] = {
        "/lib",
        "/lib64",
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib32",
        "/usr/local/lib",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/proc/self",
        "/proc/cpuinfo",
        "/proc/meminfo",
        "/proc/stat",
        "/dev/null",
        "/dev/zero",
        "/dev/urandom",
        "/usr/share/zoneinfo",
        "/proc/sys/vm/overcommit_memory",
        "/sys/devices/system/cpu",
    };
    char *rest = libraries;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        add_path(land, paths[i], 0);
    for (const char *path; (path = strsep(&rest, ":;"));)
        if (path[0] == '/')
            add_path(land, path, 0);
}

static void add_own_folders(struct land *land)
{
    for (uint32_t i = 0; i < confine.setup->n_sources; i++) {
        const char *path = confine.setup->sources[i].path, *slash = strrchr(path, '/');
        if (!slash || (size_t)(slash - path) >= sizeof land->folders[i])
            continue;
        snprintf(land->folders[i], sizeof land->folders[i], "%.*s", (int)(slash - path), path);
        add_path(land, land->folders[i], 0);
    }
}

/* Where the C library looks names up. */
static void add_network(struct land *land)
{
    static const char *const paths[] = { "/etc/resolv.conf",    "/etc/hosts",    "/etc/host.conf",
                                         "/etc/nsswitch.conf",  "/etc/gai.conf", "/etc/services",
                                         "/run/systemd/resolve" };

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        add_path(land, paths[i], 0);
}

/* 0, or -1 and errno. */
static int restrict_files(int is_opening, char *libraries)
{
    struct land *land = calloc(1, sizeof *land);

    if (!land)
        return -1;
    if (is_opening || IS_SANITIZED)
        add_system(land, libraries);
    if (is_opening || IS_SANITIZED)
        add_own_folders(land);
    if (confine.network)
        add_network(land);
    each_grant(add_granted, land);
    int rc = td_land_restrict(confine.landlock, land->rules, land->n, confine.network);
    int error = errno;
    free(land);
    errno = error;
    return rc;
}

/* ---- System calls ------------------------------------------------------------------------------------------------ */

/* Looking names up takes files; without Landlock these would be all files, and are none. */
static int filter_calls(int is_opening)
{
    const struct td_filter filter = { .opens = is_opening,
                                      .threads = confine.threads || HAS_THREAD,
                                      .network = confine.network,
                                      .reads = confine.reads || IS_SANITIZED || (confine.network && confine.landlock),
                                      .writes = confine.writes,
                                      .is_soft = confine.threads || confine.network };

    return td_filter_set(&filter);
}

/* ---- The two steps ----------------------------------------------------------------------------------------------- */

/* Notes what became of a part. An error when it must be there. */
static int note(struct td_confinement *told, enum td_confine part, int rc, struct td_err *err)
{
    if (rc == 0) {
        told->applied |= 1u << part;
        return TD_OK;
    }
    told->applied &= ~(1u << part);
    told->errors[part] = errno;
    if (confine.mode != TD_SANDBOX_STRICT)
        return TD_OK;
    return td_fail(
        err, TD_E_CONFIG,
        "security.sandbox is strict, and %s can't be had here: %s; see docs/security.md, or set it to permissive",
        td_confine_name(part), strerror(errno));
}

/* Of this process; 0 when it can't be told. */
static int count_threads(void)
{
    char text[1024];
    int n = 0, fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = 0;
    const char *after_name = strrchr(text, ')'); /* the name may hold anything */
    return after_name && sscanf(after_name + 1,  /* NOLINT: the kernel writes numbers */
                                " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d", &n) == 1
               ? n
               : 0;
}

int td_confine_open(const struct td_setup *setup, struct td_confinement *told, struct td_err *err)
{
    confine.setup = setup;
    confine.mode = (enum td_sandbox)setup->sandbox;
    if (confine.mode == TD_SANDBOX_OFF)
        return TD_OK;
    int rc = each_grant(note_grant, err);
    if (rc != TD_OK)
        return rc;
    const char *variable = getenv("LD_LIBRARY_PATH");
    char *libraries = strdup(variable ? variable : "");
    if (!libraries || clear_environment() != 0) {
        free(libraries);
        return td_fail(err, TD_E_SYSTEM, "no memory for a worker's environment");
    }
    confine.n_threads = count_threads();
    confine.landlock = td_land_abi();
    int error = errno;
    if ((rc = note(told, TD_CONFINE_PRIVILEGES, drop_privileges(), err)) != TD_OK ||
        (rc = note(told, TD_CONFINE_TRACE, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), err)) != TD_OK ||
        (rc = note(told, TD_CONFINE_LIMITS, lower_all(), err)) != TD_OK)
        goto out;
    errno = error;
    int is_restricted = confine.landlock > 0 && restrict_files(1, libraries) == 0;
    if ((rc = note(told, TD_CONFINE_LANDLOCK, is_restricted ? 0 : -1, err)) != TD_OK)
        goto out;
    if (!is_restricted)
        confine.landlock = 0;
    told->landlock_abi = confine.landlock;
    rc = note(told, TD_CONFINE_SECCOMP, filter_calls(1), err);
out:
    free(libraries);
    return rc;
}

int td_confine_check_threads(const struct td_plugin *plugin, struct td_err *err)
{
    if (!td_confine_is_on() || confine.threads)
        return TD_OK;
    int n = count_threads();
    if (n <= confine.n_threads)
        return TD_OK;
    return td_fail(err, TD_E_CONFIG,
                   "plugin %s has started %d thread%s, which it has no grant for: if it may, write into its entry of "
                   "'plugins': grants: [threads]",
                   plugin->name, n - confine.n_threads, n - confine.n_threads == 1 ? "" : "s");
}

/* What the first step could do the second can, unless a plugin has done something about it meanwhile: then it doesn't
 * serve, however little is asked for. */
static int undone(enum td_confine part, struct td_err *err)
{
    return td_fail(
        err, TD_E_CONFIG,
        "%s could be had before the plugins were made, and can't be now: %s; one of them must have seen to that",
        td_confine_name(part), strerror(errno));
}

int td_confine_close(const struct td_confinement *told, struct td_err *err)
{
    char none[] = "";

    if (!td_confine_is_on())
        return TD_OK;
    if (confine.landlock > 0 && restrict_files(0, none) != 0)
        return undone(TD_CONFINE_LANDLOCK, err);
    if (!confine.reads && !confine.network && (told->applied >> TD_CONFINE_LIMITS & 1) &&
        lower(RLIMIT_NOFILE, SERVING_FILES) != 0)
        return undone(TD_CONFINE_LIMITS, err);
    if ((told->applied >> TD_CONFINE_SECCOMP & 1) && filter_calls(0) != 0)
        return undone(TD_CONFINE_SECCOMP, err);
    return TD_OK;
}
