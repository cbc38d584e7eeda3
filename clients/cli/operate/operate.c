/* operate.c: the operator's commands that are one request and a line or two of answer. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/link/control.h"
#include "clients/cli/lib/term.h"

static long long number_of(struct textd_node root, const char *key)
{
    return (long long)textd_node_find(root, key).integer;
}

static void print_switched(const struct cli *cli, struct textd_node root)
{
    struct textd_walk settings = textd_node_walk(textd_node_find(root, "restart_needed"));
    struct textd_node setting;

    (void)cli;
    printf("generation %lld serves, after %lld ms\n", number_of(root, "generation"), number_of(root, "took_ms"));
    while (textd_walk_next(&settings, NULL, &setting)) {
        term_text(stdout, setting.text, setting.length);
        puts(" has changed in the configuration and needs a restart");
    }
}

static void print_state(const struct cli *cli, struct textd_node root)
{
    struct textd_node state = textd_node_find(root, "state");

    printf("%s is ", cli->files[1]);
    term_text(stdout, state.text, state.length);
    putchar('\n');
}

int cli_reload(const struct cli *cli)
{
    return control_run(cli, "config.reload", NULL, 0, print_switched);
}

/* KEY=VALUE as the daemon takes it: a bool, a number or a text, by what it looks like. */
static struct textd_argument option_of(const char *text, char *name, size_t size)
{
    const char *value = strchr(text, '=') + 1;
    struct textd_argument a = { .name = name, .kind = TEXTD_ARGUMENT_TEXT, .text = value };

    snprintf(name, size, "%.*s", (int)(value - text - 1), text);
    return a; /* the daemon reads it as the plugin's table says, as it would from the configuration */
}

struct arguments {
    struct textd_argument list[5];
    size_t n;
};

static void add(struct arguments *arguments, struct textd_argument argument)
{
    arguments->list[arguments->n] = argument;
    arguments->n++;
}

static int load(const struct cli *cli)
{
    struct textd_argument options[CLI_MAX_LIST];
    struct arguments arguments = { .n = 0 };
    char names[CLI_MAX_LIST][64];

    for (size_t i = 0; i < cli->n_options; i++)
        options[i] = option_of(cli->options[i], names[i], sizeof names[i]);
    add(&arguments, (struct textd_argument) { .name = "plugin", .kind = TEXTD_ARGUMENT_TEXT, .text = cli->files[1] });
    if (cli->file)
        add(&arguments, (struct textd_argument) { .name = "file", .kind = TEXTD_ARGUMENT_TEXT, .text = cli->file });
    if (cli->limit_ms)
        add(&arguments,
            (struct textd_argument) { .name = "timeout_ms", .kind = TEXTD_ARGUMENT_INTEGER, .integer = cli->limit_ms });
    if (cli->n_options)
        add(&arguments, (struct textd_argument) {
                            .name = "options", .kind = TEXTD_ARGUMENT_MAP, .map = options, .n = cli->n_options });
    if (cli->n_pipelines || cli->alone)
        add(&arguments,
            (struct textd_argument) {
                .name = "pipelines", .kind = TEXTD_ARGUMENT_LIST, .list = cli->pipelines, .n = cli->n_pipelines });
    return control_run(cli, "plugin.load", arguments.list, arguments.n, print_switched);
}

int cli_plugin(const struct cli *cli)
{
    static const struct {
        const char *word, *op;
        void (*print)(const struct cli *, struct textd_node);
    } acts[] = {
        { "unload", "plugin.unload", print_switched },     { "reload", "plugin.reload", print_switched },
        { "rollback", "plugin.rollback", print_switched }, { "enable", "plugin.enable", print_state },
        { "disable", "plugin.disable", print_state },
    };
    size_t i = 0;
    const char *word = cli->files[0];
    struct textd_argument name = { .name = "plugin", .kind = TEXTD_ARGUMENT_TEXT, .text = cli->files[1] };

    if (strcmp(word, "list") == 0)
        return cli_plugin_list(cli);
    if (strcmp(word, "load") == 0)
        return load(cli);
    while (strcmp(word, acts[i].word) != 0) /* the table of commands has no others */
        i++;
    return control_run(cli, acts[i].op, &name, cli->n_files == 2, acts[i].print);
}

static void print_restarted(const struct cli *cli, struct textd_node root)
{
    (void)cli;
    printf("%lld workers are being replaced\n", number_of(root, "workers"));
}

int cli_workers(const struct cli *cli)
{
    struct textd_argument which = { .name = "worker", .kind = TEXTD_ARGUMENT_INTEGER };
    char *end = NULL;

    if (cli->n_files == 0)
        return cli_worker_list(cli);
    if (cli->n_files == 2)
        which.integer = strtoll(cli->files[1], &end, 10);
    if (!end || (*end == 0 && end != cli->files[1]))
        return control_run(cli, "worker.restart", &which, cli->n_files == 2, print_restarted);
    cli_complain("workers restart takes a worker's NUMBER, not '%s'; textctl workers lists them", cli->files[1]);
    return CLI_USAGE;
}

static void print_drained(const struct cli *cli, struct textd_node root)
{
    (void)cli, (void)root;
    puts("all documents are answered; no more are taken");
}

int cli_drain(const struct cli *cli)
{
    return control_run(cli, "drain", NULL, 0, print_drained);
}

static void print_stopping(const struct cli *cli, struct textd_node root)
{
    (void)cli;
    printf("stopping; %lld documents are being finished\n", number_of(root, "documents"));
}

int cli_shutdown(const struct cli *cli)
{
    return control_run(cli, "shutdown", NULL, 0, print_stopping);
}

static void print_level(const struct cli *cli, struct textd_node root)
{
    (void)root;
    printf("the log's level is %s\n", cli->files[0]);
}

int cli_log_level(const struct cli *cli)
{
    const struct textd_argument level = { .name = "level", .kind = TEXTD_ARGUMENT_TEXT, .text = cli->files[0] };

    return control_run(cli, "log.level", &level, 1, print_level);
}
