/* main.c: textctl, the command line of textd. Picks the command; the rest is the command's file. */
#include "clients/cli/cli.h"
#include "clients/cli/trainer.h"

#include <locale.h>
#include <string.h>

#include <jansson.h>
#include <textd/client.h>
#include <textd/version.h>
#include <zmq.h>

static const struct {
    const char *name;
    int (*run)(const struct cli *cli);
} commands[] = {
    { "annotate", cli_annotate },   { "ping", cli_ping },     { "describe", cli_describe },
    { "plugin", cli_plugin },       { "reload", cli_reload }, { "status", cli_status },
    { "workers", cli_workers },     { "drain", cli_drain },   { "shutdown", cli_shutdown },
    { "log-level", cli_log_level }, { "events", cli_events }, { "top", cli_top },
};

static int print_version(void)
{
    int major, minor, patch;

    zmq_version(&major, &minor, &patch);
    printf("textctl %s\nlibtextd %s, protocol %d.%d, libzmq %d.%d.%d, jansson %s\n", TEXTD_VERSION,
           textd_client_version(), TEXTD_PROTOCOL_VERSION, TEXTD_PROTOCOL_MINOR, major, minor, patch, JANSSON_VERSION);
    return CLI_OK;
}

static int run(size_t command, int argc, char **argv)
{
    struct cli cli;
    int rc = cli_parse(&cli, commands[command].name, argc, argv);

    if (rc != CLI_OK)
        return rc < 0 ? CLI_OK : rc;
    return commands[command].run(&cli);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    setlocale(LC_CTYPE, "C.UTF-8"); /* the widths of characters; textd's texts are UTF-8, whatever the user's locale */
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        cli_help(stdout, NULL);
        return CLI_OK;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return print_version();
    if (strcmp(name, "train") == 0 || strcmp(name, "evaluate") == 0)
        return trainer_start(argc - 1, argv + 1);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return run(i, argc - 1, argv + 1);
    if (name[0])
        cli_complain("there is no command '%s'", name);
    cli_help(stderr, NULL);
    return CLI_USAGE;
}
