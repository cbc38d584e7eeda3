/* cli.h: what the command line asked for, and the exit codes that textctl answers with. */
#ifndef CLI_H
#define CLI_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum cli_exit {
    CLI_OK = 0,
    CLI_SOME_FAILED = 1, /* a document, or the output */
    CLI_USAGE = 2,
    CLI_NO_DAEMON = 69, /* EX_UNAVAILABLE of sysexits.h */
    CLI_TRY_AGAIN = 75, /* EX_TEMPFAIL: every failure may go away by itself */
};

enum cli_color { CLI_COLOR_AUTO, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER };

#define CLI_MAX_LIST 32

struct cli {
    /* All commands. */
    const char *endpoint; /* NULL: the library's default */
    uint32_t timeout_ms;  /* 0: the library's default */
    int json;
    int help;

    int ready; /* ping */

    /* annotate */
    const char *pipeline;
    const char *key, *server_key; /* of an encrypted endpoint */
    const char *plugins[CLI_MAX_LIST];
    size_t n_plugins;
    const char *options[CLI_MAX_LIST]; /* "plugin.key=value" */
    size_t n_options;
    const char *offsets;
    const char *lang;
    const char *trace, *tracestate;
    uint32_t deadline_ms;
    const char *jsonl; /* the batch's input, or NULL */
    uint32_t in_flight;
    int unordered;
    const char *output; /* NULL: standard output */
    const char *html;   /* a page, to this file; at most one of these four is asked for */
    const char *brat;   /* files in this folder */
    int csv, conll;
    enum cli_color color;
    char **files; /* of the operator's commands: names */
    int n_files;

    /* The operator's commands. */
    const char *control, *events; /* endpoints; NULL: in the run directory */
    const char *file;             /* plugin load */
    const char *pipelines[CLI_MAX_LIST];
    size_t n_pipelines;
    int alone; /* in no pipeline */
    uint32_t limit_ms;
    int once; /* top */

    const char *dir;              /* plugin new */
    const char *release, *models; /* plugin sign */

    /* pipe */
    const char *endpoints[CLI_MAX_LIST];
    size_t n_endpoints;
    const char *from, *to, *sink, *listen, *name;
    int sync;

    /* bench; 0: its own default */
    uint32_t rate, clients, duration_ms, warm_up_ms, documents;
    const char *plot;
};

/* Results are wanted in a form for other programs (annotate/output.h). */
static inline int cli_wants_form(const struct cli *cli)
{
    return cli->html || cli->brat || cli->csv || cli->conll;
}

/* Reads what follows the command's name, by the table of commands. CLI_OK; CLI_USAGE after having complained; or -1:
 * help was asked for and printed. The strings of `argv` are used, and --plugins cuts its argument up in place. */
struct command;
int cli_parse(struct cli *cli, const struct command *command, int argc, char **argv);

/* The page of the command, or the list of all for NULL. */
void cli_help(FILE *out, const struct command *command);

/* Complains that there is no command of that name, with those that may be meant. Returns CLI_USAGE. */
int cli_unknown(const char *word);

/* "textctl: …" and a line's end, on standard error. Long ones are cut. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Complains that the output, a file or NULL for standard output, isn't taken; `errno` says why. Only the first time,
 * which is when that was noticed: those who come later lack the reason. Returns CLI_SOME_FAILED. */
int cli_complain_of_output(const char *file);

/* The commands. Each returns an exit code. */
int cli_annotate(const struct cli *cli);
int cli_bench(const struct cli *cli);
int cli_pipe(const struct cli *cli);
int cli_ping(const struct cli *cli);
int cli_describe(const struct cli *cli);
int cli_doctor(const struct cli *cli);
int cli_plugin(const struct cli *cli);
int cli_plugin_list(const struct cli *cli);
int cli_worker_list(const struct cli *cli);
int cli_reload(const struct cli *cli);
int cli_status(const struct cli *cli);
int cli_workers(const struct cli *cli);
int cli_drain(const struct cli *cli);
int cli_shutdown(const struct cli *cli);
int cli_log_level(const struct cli *cli);
int cli_events(const struct cli *cli);
int cli_top(const struct cli *cli);
int cli_keygen(const struct cli *cli);

#endif
