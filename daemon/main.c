/* main.c: one binary, four kinds of process. What somebody starts is the parent. It starts the supervisor, as
 * `--supervisor`, and what the supervisor asks for: workers, as `--worker`, and the pipe, as `--pipe`; nobody else says any
 * of them. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uv.h>

#include "common/log.h"
#include "daemon/fleet/check.h"
#include "daemon/fleet/lifeline.h"
#include "daemon/cmdline.h"
#include "daemon/http/http.h"
#include "daemon/parent/parent.h"
#include "daemon/pipe/pipe.h"
#include "daemon/server.h"
#include "daemon/worker/confine.h"
#include "daemon/worker/worker.h"
#include "daemon/zmq.h"

/* How long --check-config waits for who reads its log. */
#define CHECK_LOG_MS 2000

/* Where plugins and models are: beside this binary when it runs from a build tree or a relocated prefix, else where the
 * build was told to install them. */
struct places {
    char plugins[PATH_MAX + 64], models[PATH_MAX + 64];
};

static int is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void find_places(struct places *places)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

    exe[n > 0 ? n : 0] = 0;
    for (int up = 0; up < 2; up++) { /* from …/bin/textd to … */
        char *slash = strrchr(exe, '/');
        if (slash)
            *slash = 0;
    }
    snprintf(places->plugins, sizeof places->plugins, "%s/" TEXTD_LIBDIR "/textd/plugins", exe);
    snprintf(places->models, sizeof places->models, "%s/share/textd/models", exe);
    if (!is_folder(places->plugins)) /* the build tree has no architecture's folder */
        snprintf(places->plugins, sizeof places->plugins, "%s/lib/textd/plugins", exe);
    if (is_folder(places->plugins))
        return;
    snprintf(places->plugins, sizeof places->plugins, "%s", TEXTD_PLUGIN_DIR);
    snprintf(places->models, sizeof places->models, "%s", TEXTD_MODEL_DIR);
}

/* `when_system`: what it is when the system refuses: the file that isn't there, or anything else that can't be had. */
static int config_error(const struct td_err *err, int when_system)
{
    fprintf(stderr, "textd: %s\n", err->text);
    if (err->code == TD_E_INTERNAL) /* no memory */
        return EX_OSERR;
    return err->code == TD_E_CONFIG || err->code == TD_E_BAD_OPTION ? EX_CONFIG : when_system;
}

static int check_config(const struct td_config *config, const char *model_dir)
{
    uint32_t n_left_out;
    struct td_err err;

    td_log_configure(TD_LOG_WARN, /* what plugins say of themselves; what the worker's start says is no news */
                     (enum td_log_format)config->set.log_format);
    int rc = td_zmq_load(&err);
    if (rc == TD_OK)
        rc = td_http_check(config, &err);
    if (rc == TD_OK)
        rc = td_sockets_check(config, &err);
    if (rc == TD_OK)
        rc = td_check_plugins(config, model_dir, &n_left_out, &err);
    td_log_end(CHECK_LOG_MS);
    if (rc != TD_OK)
        return config_error(&err, EX_OSERR);
    uint32_t n_loaded = config->n_plugins - n_left_out;
    printf("textd: the configuration%s%s is fine: %u plugin%s, %u pipeline%s\n", config->file ? " " : "",
           config->file ? config->file : "", n_loaded, n_loaded == 1 ? "" : "s", config->n_pipelines,
           config->n_pipelines == 1 ? "" : "s");
    return EX_OK;
}

static int print_config(const struct td_config_flags *flags)
{
    struct td_config config;
    struct td_err err;

    if (td_config_load(&config, flags, &err) != TD_OK)
        return config_error(&err, EX_NOINPUT);
    int rc = td_config_print(&config, STDOUT_FILENO) == 0 ? EX_OK : EX_IOERR;
    td_config_free(&config);
    return rc;
}

/* Signals are sent to the parent, who passes them on. A service manager sends its own to all processes of the
 * service, and a stop that came twice would be one that doesn't wait for documents. */
static int supervise(int argc, char **argv)
{
    static struct td_server server;
    static struct places places;
    struct td_cmdline cmdline;
    struct td_config config;
    struct td_err err;

    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a log that has its full size */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (td_lifeline_open() != 0) {
        fputs("textd: only textd itself says " TD_SUPERVISOR_FLAG "\n", stderr);
        return EX_USAGE;
    }
    int rc = td_cmdline_read(&cmdline, argc, argv);
    if (rc != 0)
        return rc;
    find_places(&places);
    cmdline.flags.builtin_plugin_dir = places.plugins;
    cmdline.flags.is_read_again = cmdline.mode == TD_MODE_SERVE;
    if (td_config_load(&config, &cmdline.flags, &err) != TD_OK)
        return config_error(&err, EX_NOINPUT);
    td_log_configure((enum td_log_level)config.set.log_level, (enum td_log_format)config.set.log_format);
    td_lifeline_say(TD_PARENT_LOG, (int)config.set.log_format);
    td_lifeline_allow_trace(config.set.security_sandbox == TD_SANDBOX_OFF);
    uv_set_process_title("textd: supervisor");
    td_config_memory_tell(&config);
    if (cmdline.mode == TD_MODE_SERVE)
        return td_server_run(&server, &config, &cmdline.flags, places.models);
    rc = check_config(&config, places.models);
    td_config_free(&config);
    return rc;
}

/* What needs no process but this one is done at once. */
static int be_parent(int argc, char **argv)
{
    static struct places places;
    struct td_cmdline cmdline;
    int rc = td_cmdline_read(&cmdline, argc, argv);

    if (rc != 0 || cmdline.mode == TD_MODE_EXIT)
        return rc;
    if (cmdline.mode != TD_MODE_PRINT_CONFIG)
        return td_parent_run(argc, argv);
    find_places(&places);
    cmdline.flags.builtin_plugin_dir = places.plugins;
    return print_config(&cmdline.flags);
}

/* Whoever starts us without one of the three gets files, sockets and queues of ours under that number, and what is
 * written to stderr into them. */
static void open_missing_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd) /* the lowest that is free: this one */
            _exit(EX_OSERR);
}

int main(int argc, char **argv)
{
    struct td_err err;

    open_missing_descriptors();
    if (argc == 2 && strcmp(argv[1], "--worker") == 0) {
        int rc = td_worker_main();
#ifdef __SANITIZE_ADDRESS__
        if (!td_confine_is_on())
            exit(rc); /* where leaks are looked for, by ptrace */
#endif
        _exit(rc); /* what plugins left in atexit is not ours to run */
    }
    if (argc == 2 && strcmp(argv[1], TD_PIPE_FLAG) == 0)
        return td_zmq_load(&err) == TD_OK ? td_pipe_main() : config_error(&err, EX_OSERR);
    if (argc > 1 && strcmp(argv[1], TD_SUPERVISOR_FLAG) == 0) {
        argv = uv_setup_args(argc, argv);
        argv[1] = argv[0];
        return supervise(argc - 1, argv + 1);
    }
    return be_parent(argc, argv);
}
