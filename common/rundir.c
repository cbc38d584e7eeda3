/* rundir.c: see rundir.h. */
#include "common/rundir.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IPC "ipc://"
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)

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

static void folder_of(const char *path, char folder[PATH_MAX])
{
    snprintf(folder, PATH_MAX, "%s", path);
    char *slash = strrchr(folder, '/');
    if (!slash)
        snprintf(folder, PATH_MAX, ".");
    else
        slash[slash == folder] = 0; /* the root keeps its own */
}

static int is_ours(const struct stat *st)
{
    return st->st_uid == geteuid() || st->st_uid == 0;
}

static int wrong_owner(const char *folder, const struct stat *st, char *why)
{
    snprintf(
        why, TD_RUNDIR_WHY_BYTES,
        "the folder %.200s belongs to user %u, who could stand in textd's place; it must be ours (user %u) or root's",
        folder, (unsigned)st->st_uid, (unsigned)geteuid());
    return -1;
}

/* Without the sticky bit, who may write into a folder may also put something else in the place of what is there. */
static int wrong_mode(const char *folder, const struct stat *st, char *why)
{
    snprintf(why, TD_RUNDIR_WHY_BYTES, "the folder %.200s may be written by others (mode %04o); make it 0700", folder,
             (unsigned)(st->st_mode & 07777));
    return -1;
}

static int is_open_to_others(const struct stat *st)
{
    return (st->st_mode & OTHERS_WRITE) != 0 && (st->st_mode & S_ISVTX) == 0;
}

/* `folder` is there and its links are resolved. */
static int check_folder(const char *folder, int is_shared, char *why)
{
    char above[PATH_MAX];
    struct stat st, st_above;

    folder_of(folder, above);
    if (stat(folder, &st) != 0 || stat(above, &st_above) != 0)
        return 0; /* gone meanwhile: there is nothing to connect to */
    int roots_alone = st_above.st_uid == 0 && (st_above.st_mode & OTHERS_WRITE) == 0;
    if (!is_ours(&st) && !roots_alone)
        return wrong_owner(folder, &st, why);
    if (!is_shared && is_open_to_others(&st))
        return wrong_mode(folder, &st, why);
    if (!is_ours(&st_above))
        return wrong_owner(above, &st_above, why);
    return !is_shared && is_open_to_others(&st_above) ? wrong_mode(above, &st_above, why) : 0;
}

int td_rundir_is_shared(void)
{
    const char *said = getenv("TEXTD_SERVER_SHARED_FOLDER");

    return said && strcmp(said, "true") == 0;
}

int td_rundir_check(const char *endpoint, int is_shared, char why[TD_RUNDIR_WHY_BYTES])
{
    const char *path = endpoint + sizeof IPC - 1;
    char folder[PATH_MAX], resolved[PATH_MAX];
    struct stat link;

    if (strncmp(endpoint, IPC, sizeof IPC - 1) != 0 || strlen(path) >= sizeof folder)
        return 0;
    folder_of(path, folder);
    if (lstat(folder, &link) != 0)
        return 0;
    if (S_ISLNK(link.st_mode) && !is_ours(&link))
        return wrong_owner(folder, &link, why);
    return realpath(folder, resolved) ? check_folder(resolved, is_shared, why) : 0;
}

int td_rundir_claim(const char *endpoint, char why[TD_RUNDIR_WHY_BYTES])
{
    char folder[PATH_MAX], above[PATH_MAX];
    struct stat st;

    if (strncmp(endpoint, IPC "/", sizeof IPC) == 0 && strlen(endpoint) < sizeof folder) {
        folder_of(endpoint + sizeof IPC - 1, folder);
        folder_of(folder, above);
        if (stat(above, &st) == 0 && (st.st_mode & S_ISVTX) && mkdir(folder, 0700) != 0 && errno != EEXIST) {
            snprintf(why, TD_RUNDIR_WHY_BYTES, "can't make the folder %.200s: %s", folder, strerror(errno));
            return -1;
        }
    }
    return td_rundir_check(endpoint, td_rundir_is_shared(), why);
}
