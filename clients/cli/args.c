/* args.c: the command line (cli_parse). The options are a table: a command that doesn't take one says so. */
#include "clients/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/term.h"

/* The library's own default; and how much longer than its deadline a document's answer may take to get here. */
#define DEFAULT_TIMEOUT_MS 35000u
#define ANSWER_MS 5000u

enum letter {
    ENDPOINT = 'e',
    PIPELINE = 'p',
    OPTION = 'o',
    HELP = 'h',
    TIMEOUT = 256,
    JSON,
    PLUGINS,
    OFFSETS,
    LANG,
    DEADLINE,
    TRACE,
    OUTPUT,
    COLOR,
    JSONL,
    IN_FLIGHT,
    UNORDERED,
    CONTROL = 'c',
    EVENTS = UNORDERED + 1,
    FILE_NAME,
    LIMIT,
    ONCE,
    ALONE,
    READY,
};

static const struct option annotate_options[] = {
    { "endpoint", required_argument, NULL, ENDPOINT },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "pipeline", required_argument, NULL, PIPELINE },
    { "plugins", required_argument, NULL, PLUGINS },
    { "option", required_argument, NULL, OPTION },
    { "offsets", required_argument, NULL, OFFSETS },
    { "lang", required_argument, NULL, LANG },
    { "deadline", required_argument, NULL, DEADLINE },
    { "trace", required_argument, NULL, TRACE },
    { "output", required_argument, NULL, OUTPUT },
    { "color", required_argument, NULL, COLOR },
    { "jsonl", required_argument, NULL, JSONL },
    { "in-flight", required_argument, NULL, IN_FLIGHT },
    { "unordered", no_argument, NULL, UNORDERED },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static const struct option operator_options[] = {
    { "control", required_argument, NULL, CONTROL },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static const struct option plugin_options[] = {
    { "control", required_argument, NULL, CONTROL },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "file", required_argument, NULL, FILE_NAME },
    { "limit", required_argument, NULL, LIMIT },
    { "pipeline", required_argument, NULL, PIPELINE },
    { "alone", no_argument, NULL, ALONE },
    { "option", required_argument, NULL, OPTION },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static const struct option watching_options[] = {
    { "control", required_argument, NULL, CONTROL },
    { "events", required_argument, NULL, EVENTS },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "once", no_argument, NULL, ONCE },
    { "color", required_argument, NULL, COLOR },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static const struct option ping_options[] = {
    { "endpoint", required_argument, NULL, ENDPOINT },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "ready", no_argument, NULL, READY },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

static const struct option plain_options[] = {
    { "endpoint", required_argument, NULL, ENDPOINT },
    { "timeout", required_argument, NULL, TIMEOUT },
    { "json", no_argument, NULL, JSON },
    { "help", no_argument, NULL, HELP },
    { NULL, 0, NULL, 0 },
};

void cli_complain(const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("textctl: ", stderr);
    term_text(stderr, text, strlen(text)); /* it may hold what a server or a plugin said */
    fputc('\n', stderr);
}

/* Reads a whole number up to `max` that begins at *at, and steps over it. -1 when there is none. */
static int read_count(const char **at, uint64_t max, uint64_t *value)
{
    char *end;

    if (**at < '0' || **at > '9')
        return -1;
    errno = 0;
    *value = strtoull(*at, &end, 10);
    *at = end;
    return errno || *value > max ? -1 : 0;
}

/* "500ms", "2s", "1m": at least 1 ms, and such that the daemon and the library can count it. */
static int set_duration(const char *name, const char *text, uint32_t *ms)
{
    static const struct {
        const char *suffix;
        uint64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };
    const char *at = text;
    uint64_t value;

    if (read_count(&at, INT32_MAX, &value) == 0)
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(at, units[i].suffix) == 0 && value > 0 && value <= INT32_MAX / units[i].ms) {
                *ms = (uint32_t)(value * units[i].ms);
                return CLI_OK;
            }
    cli_complain("--%s is '%s'; write a time such as 500ms, 2s or 1m", name, text);
    return CLI_USAGE;
}

static int set_in_flight(struct cli *cli, const char *text)
{
    const char *at = text;
    uint64_t value;

    if (read_count(&at, 16384, &value) != 0 || *at || value == 0) {
        cli_complain("--in-flight is '%s'; allowed: 1 to 16384", text);
        return CLI_USAGE;
    }
    cli->in_flight = (uint32_t)value;
    return CLI_OK;
}

static int set_color(struct cli *cli, const char *text)
{
    static const char *const names[] = {
        [CLI_COLOR_AUTO] = "auto", [CLI_COLOR_ALWAYS] = "always", [CLI_COLOR_NEVER] = "never"
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            cli->color = (enum cli_color)i;
            return CLI_OK;
        }
    cli_complain("--color is '%s'; it must be auto, always or never", text);
    return CLI_USAGE;
}

static int set_offsets(struct cli *cli, const char *text)
{
    if (strcmp(text, "byte") != 0 && strcmp(text, "codepoint") != 0 && strcmp(text, "utf16") != 0) {
        cli_complain("--offsets is '%s'; it must be byte, codepoint or utf16", text);
        return CLI_USAGE;
    }
    cli->offsets = text;
    return CLI_OK;
}

static int add(const char *what, const char **list, size_t *n, const char *item)
{
    if (*n == CLI_MAX_LIST) {
        cli_complain("more than %d of --%s", CLI_MAX_LIST, what);
        return CLI_USAGE;
    }
    list[(*n)++] = item;
    return CLI_OK;
}

static int add_plugins(struct cli *cli, char *names)
{
    char *rest = names, *name;

    while ((name = strsep(&rest, ",")) != NULL) {
        if (!name[0]) {
            cli_complain("--plugins names an empty plugin; write --plugins segmenter,sentiment");
            return CLI_USAGE;
        }
        if (add("plugins", cli->plugins, &cli->n_plugins, name) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

/* plugin.key=value, with something before and behind the dot; KEY=VALUE where the plugin is known. */
static int add_option(struct cli *cli, const char *text)
{
    if (cli->takes_plain_options && (!strchr(text, '=') || text[0] == '=')) {
        cli_complain("--option is '%s'; write KEY=VALUE", text);
        return CLI_USAGE;
    }
    if (cli->takes_plain_options)
        return add("option", cli->options, &cli->n_options, text);
    const char *equals = strchr(text, '='), *dot = strchr(text, '.');

    if (!equals || !dot || dot > equals || dot == text || dot + 1 == equals) {
        cli_complain("--option is '%s'; write PLUGIN.KEY=VALUE, such as segmenter.tokens=true", text);
        return CLI_USAGE;
    }
    return add("option", cli->options, &cli->n_options, text);
}

static int take(struct cli *cli, int option, char *value)
{
    switch (option) {
    case ENDPOINT:
        cli->endpoint = value;
        return CLI_OK;
    case PIPELINE:
        cli->pipeline = value;
        return add("pipeline", cli->pipelines, &cli->n_pipelines, value);
    case CONTROL:
        cli->control = value;
        return CLI_OK;
    case EVENTS:
        cli->events = value;
        return CLI_OK;
    case FILE_NAME:
        cli->file = value;
        return CLI_OK;
    case ALONE:
        cli->alone = 1;
        return CLI_OK;
    case READY:
        cli->ready = 1;
        return CLI_OK;
    case ONCE:
        cli->once = 1;
        return CLI_OK;
    case LIMIT:
        return set_duration("limit", value, &cli->limit_ms);
    case LANG:
        cli->lang = value;
        return CLI_OK;
    case TRACE:
        cli->trace = value;
        return CLI_OK;
    case OUTPUT:
        cli->output = value;
        return CLI_OK;
    case JSONL:
        cli->jsonl = value;
        return CLI_OK;
    case JSON:
        cli->json = 1;
        return CLI_OK;
    case UNORDERED:
        cli->unordered = 1;
        return CLI_OK;
    case TIMEOUT:
        return set_duration("timeout", value, &cli->timeout_ms);
    case DEADLINE:
        return set_duration("deadline", value, &cli->deadline_ms);
    case IN_FLIGHT:
        return set_in_flight(cli, value);
    case COLOR:
        return set_color(cli, value);
    case OFFSETS:
        return set_offsets(cli, value);
    case PLUGINS:
        return add_plugins(cli, value);
    case OPTION:
        return add_option(cli, value);
    default:
        return CLI_USAGE; /* getopt has complained */
    }
}

/* What options of annotate may not stand together. NULL: all is well. */
static const char *find_conflict(const struct cli *cli)
{
    if (cli->jsonl && cli->n_files > 0)
        return "takes either FILE... or --jsonl IN";
    if (!cli->jsonl && cli->n_files == 0)
        return "needs a FILE (- is standard input), or --jsonl IN";
    if (cli->pipeline && cli->n_plugins > 0)
        return "takes either --pipeline or --plugins";
    if (cli->offsets && !cli->json && !cli->jsonl)
        return "takes --offsets only with --json or --jsonl: the report shows no offsets";
    if (!cli->jsonl && (cli->in_flight || cli->unordered))
        return "takes --in-flight and --unordered only with --jsonl";
    return NULL;
}

/* What each command takes: its options, and how many words behind them. */
static const struct command {
    const char *name, *letters;
    const struct option *options;
    int least_words, most_words;
    const char *words; /* what they are */
} table[] = {
    { "annotate", "e:p:o:h", annotate_options, 0, INT32_MAX, "files" },
    { "ping", "e:h", ping_options, 0, 0, "no files" },
    { "describe", "e:h", plain_options, 0, 0, "no files" },
    { "plugin", "c:p:o:h", plugin_options, 1, 2,
      "list, or one of load, unload, reload, enable and disable and a NAME" },
    { "reload", "c:h", operator_options, 0, 0, "no words" },
    { "status", "c:h", operator_options, 0, 0, "no words" },
    { "workers", "c:h", operator_options, 0, 2, "nothing, or restart and perhaps a worker's NUMBER" },
    { "drain", "c:h", operator_options, 0, 0, "no words" },
    { "shutdown", "c:h", operator_options, 0, 0, "no words" },
    { "log-level", "c:h", operator_options, 1, 1, "a LEVEL: error, warn, info or debug" },
    { "events", "c:h", watching_options, 0, INT32_MAX, "prefixes" },
    { "top", "c:h", watching_options, 0, 0, "no words" },
};

static const struct command *find_command(const char *name)
{
    size_t i = 0;

    while (strcmp(table[i].name, name) != 0)
        i++;
    return &table[i];
}

static int check(const struct cli *cli, const struct command *command)
{
    const char *wrong = command->options == annotate_options ? find_conflict(cli) : NULL;

    if (wrong)
        cli_complain("%s %s; see textctl %s --help", command->name, wrong, command->name);
    else if (cli->n_files < command->least_words || cli->n_files > command->most_words)
        cli_complain("%s takes %s; see textctl %s --help", command->name, command->words, command->name);
    else
        return CLI_OK;
    return CLI_USAGE;
}

int cli_parse(struct cli *cli, const char *name, int argc, char **argv)
{
    const struct command *command = find_command(name);
    int option;

    *cli = (struct cli) { .takes_plain_options = command->options == plugin_options };
    while ((option = getopt_long(argc, argv, command->letters, command->options, NULL)) != -1) {
        if (option == HELP) {
            cli_help(stdout, name);
            return -1;
        }
        if (take(cli, option, optarg) != CLI_OK)
            return CLI_USAGE;
    }
    if (cli->timeout_ms == 0 && cli->deadline_ms > DEFAULT_TIMEOUT_MS - ANSWER_MS)
        cli->timeout_ms = cli->deadline_ms + ANSWER_MS; /* who gives the server that long waits for it */
    cli->files = argv + optind;
    cli->n_files = argc - optind;
    return check(cli, command);
}
