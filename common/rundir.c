/* rundir.c: see rundir.h. */
#include "common/rundir.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int fits(int written, size_t size)
{
    return written > 0 && (size_t)written < size ? 0 : -1;
}

int td_rundir(char *path, size_t size)
{
    const char *systemd = getenv("RUNTIME_DIRECTORY"), *session = getenv("XDG_RUNTIME_DIR");

    if (systemd && systemd[0] == '/')
        return fits(snprintf(path, size, "%s", systemd), size);
    if (geteuid() == 0)
        return fits(snprintf(path, size, "/run/textd"), size);
    if (session && session[0] == '/')
        return fits(snprintf(path, size, "%s/textd", session), size);
    return fits(snprintf(path, size, "/tmp/textd-%u", (unsigned)geteuid()), size);
}

int td_rundir_endpoint(char *endpoint, size_t size, const char *socket_name)
{
    char path[256];

    if (td_rundir(path, sizeof path) != 0)
        return -1;
    return fits(snprintf(endpoint, size, "ipc://%s/%s", path, socket_name), size);
}
