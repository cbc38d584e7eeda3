/* trainer.c: `textctl train PLUGIN` and `textctl evaluate PLUGIN` start the plugin's own program, PLUGIN-train in
 * textd's libexec folder, as git does with its subcommands: what a plugin learns, and from what, textctl need not
 * know. */
#include "clients/cli/trainer.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/cli.h"

static int is_plugin_name(const char *name)
{
    return name && name[0] && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == 0;
}

/* …/bin/textctl's sibling …/libexec/textd/PLUGIN-train. */
static void find_program(const char *plugin, char *path, size_t size)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    self[length > 0 ? length : 0] = 0;
    snprintf(path, size, "%s/" TEXTCTL_TO_LIBEXEC "/%s-train", dirname(self), plugin);
}

int trainer_start(int argc, char **argv)
{
    const char *command = argv[0], *plugin = argc > 1 ? argv[1] : NULL;
    char path[4400];

    if (plugin && (strcmp(plugin, "--help") == 0 || strcmp(plugin, "-h") == 0)) {
        cli_help(stdout, command);
        return CLI_OK;
    }
    if (!is_plugin_name(plugin)) {
        cli_complain("%s takes a plugin's name, such as entities; see textctl %s --help", command, command);
        return CLI_USAGE;
    }
    find_program(plugin, path, sizeof path);
    argv[1] = (char *)command; /* the program's first argument */
    execv(path, argv);
    if (errno == ENOENT)
        cli_complain("the plugin '%s' has no trainer: there is no %s", plugin, path);
    else
        cli_complain("%s cannot be started: %s", path, strerror(errno));
    return CLI_USAGE;
}
