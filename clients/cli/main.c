/* main.c: textctl, the command line of textd. Picks the command from the table (commands.c); the rest is its own
 * file's. */
#include "clients/cli/cli.h"

#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <textd/client.h>
#include <textd/version.h>
#include <zmq.h>

#include "clients/cli/commands.h"

static int print_version(void)
{
    int major, minor, patch;

    zmq_version(&major, &minor, &patch);
    printf("textctl %s\nlibtextd %s, protocol %d.%d, libzmq %d.%d.%d, jansson %s\n", TEXTD_VERSION,
           textd_client_version(), TEXTD_PROTOCOL_VERSION, TEXTD_PROTOCOL_MINOR, major, minor, patch, JANSSON_VERSION);
    return CLI_OK;
}

static int run(const struct command *command, int argc, char **argv)
{
    const struct command *act = command_find_act(command, argv[1]);
    struct cli cli;

    if (act)
        return run(act, argc - 1, argv + 1);
    if (command->start)
        return command->start(argc, argv);
    int rc = cli_parse(&cli, command, argc, argv);
    if (rc != CLI_OK)
        return rc < 0 ? CLI_OK : rc;
    return command->run(&cli);
}

/* `textctl help [COMMAND [ACT]]`; both NULL at the end */
static int help(const char *name, const char *word)
{
    const struct command *command = name ? command_find(name) : NULL;
    const struct command *act = command ? command_find_act(command, word) : NULL;

    if (name && !command && strcmp(name, "help") != 0)
        return cli_unknown(name);
    cli_help(stdout, act ? act : command);
    return CLI_OK;
}

static int choose(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *command = command_find(name);

    if (command)
        return run(command, argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return help(NULL, NULL);
    if (strcmp(name, "help") == 0)
        return help(argv[2], argc > 2 ? argv[3] : NULL);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return print_version();
    if (name[0])
        return cli_unknown(name);
    cli_help(stderr, NULL);
    return CLI_USAGE;
}

/* A number of the three that is free would be given to a socket or a queue of ours, and what we print go into it. What
 * stands there now refuses: nothing can be read from the first, or written to the others. */
static void take_missing_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY); /* the lowest that is free: this one */
}

/* What was printed has arrived, or the command has failed, whatever it found out. */
static int settle(int rc)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return rc;
    return cli_complain_of_output(NULL);
}

int main(int argc, char **argv)
{
    take_missing_descriptors();
    setlocale(LC_CTYPE, "C.UTF-8"); /* the widths of characters; textd's texts are UTF-8, whatever the user's locale */
    return settle(choose(argc, argv));
}
