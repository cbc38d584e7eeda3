/* program.c: see program.h. */
#include "clients/cli/program.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#include "clients/cli/cli.h"

void program_find_beside(const char *relative, char *path, size_t size)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    self[length > 0 ? length : 0] = 0;
    snprintf(path, size, "%s/%s", dirname(self), relative);
}

void program_find(const char *name, char *path, size_t size)
{
    char relative[512];

    snprintf(relative, sizeof relative, TEXTCTL_TO_LIBEXEC "/%s", name);
    program_find_beside(relative, path, size);
}

/* Returns only when it can't. */
static int become(const char *path, char **argv, const char *missing)
{
    argv[0] = (char *)path;
    execv(path, argv);
    if (errno == ENOENT)
        cli_complain("%s: there is no %s", missing, path);
    else
        cli_complain("%s cannot be started: %s", path, strerror(errno));
    return CLI_USAGE;
}

int program_start(const char *name, char **argv, const char *missing)
{
    char path[4400];

    program_find(name, path, sizeof path);
    return become(path, argv, missing);
}

int program_start_beside(const char *name, char **argv, const char *missing)
{
    char path[4400];

    program_find_beside(name, path, sizeof path);
    return become(path, argv, missing);
}
