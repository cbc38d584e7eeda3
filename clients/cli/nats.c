/* nats.c: see nats.h. */
#include "clients/cli/nats.h"

#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/program.h"

int nats_start(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        cli_help(stdout, command_find("nats"));
        return CLI_OK;
    }
    if (strcmp(word, "setup") != 0) {
        cli_complain("nats takes setup; see textctl nats --help");
        return CLI_USAGE;
    }
    return program_start_beside("textd-nats", argv, "textd-nats isn't installed");
}
