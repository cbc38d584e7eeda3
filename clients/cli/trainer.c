/* trainer.c: `textctl train PLUGIN` and `textctl evaluate PLUGIN` start the plugin's own program, PLUGIN-train in
 * textd's libexec folder: what a plugin learns, and from what, textctl need not know. */
#include "clients/cli/trainer.h"

#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/program.h"

static int is_plugin_name(const char *name)
{
    return name && name[0] && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0;
}

int trainer_start(int argc, char **argv)
{
    const char *command = argv[0], *plugin = argc > 1 ? argv[1] : NULL;
    char program[256], missing[320];

    if (plugin && (strcmp(plugin, "--help") == 0 || strcmp(plugin, "-h") == 0)) {
        cli_help(stdout, command_find(command));
        return CLI_OK;
    }
    if (!is_plugin_name(plugin)) {
        cli_complain("%s takes a plugin's name, such as entities; see textctl %s --help", command, command);
        return CLI_USAGE;
    }
    snprintf(program, sizeof program, "%s-train", plugin);
    snprintf(missing, sizeof missing, "the plugin '%s' has no trainer", plugin);
    argv[1] = (char *)command; /* the program's first argument */
    return program_start(program, argv, missing);
}
