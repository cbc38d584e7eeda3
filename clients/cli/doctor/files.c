/* files.c: what can be seen of a daemon from outside: its folder, its sockets, their locks, what it has left
 * behind. Nobody is asked anything, so a daemon that hangs, or isn't there, makes no difference. */
#include "clients/cli/doctor/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/rundir.h"

#define IPC "ipc://"
#define LOCK ".lock"
#define START \
    "start it: textd -c FILE, or by the service manager; textd --check-config -c FILE tells what would keep it from " \
    "starting"

/* "textd", or "user 998". */
static const char *name_user(uid_t uid, char *name, size_t size)
{
    const struct passwd *user = getpwuid(uid);

    if (user)
        snprintf(name, size, "%s", user->pw_name);
    else
        snprintf(name, size, "user %u", (unsigned)uid);
    return name;
}

static const char *name_process(int pid, char *name, size_t size)
{
    char path[64], title[64] = "";
    int fd;

    if (pid == 0) { /* of another container */
        snprintf(name, size, "a process");
        return name;
    }
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, title, sizeof title - 1) < 0)
        title[0] = 0;
    if (fd >= 0)
        close(fd);
    snprintf(name, size, "process %d%s%s%s", pid, title[0] ? " (" : "", title, title[0] ? ")" : "");
    return name;
}

/* ---- The folder -------------------------------------------------------------------------------------------------- */

static void look_at_folder(struct doctor *d)
{
    static const char check[] = "run directory";
    char why[TD_RUNDIR_WHY_BYTES], owner[64];
    struct stat st;

    if (stat(d->folder, &st) != 0) {
        doctor_tell(d, DOCTOR_FAIL, check,
                    errno == ENOENT ? START "; or name its socket: --endpoint ipc://PATH, or $TEXTD_ENDPOINT"
                                    : "ask as root, or as textd's user",
                    errno == ENOENT ? "there is no folder %s: no textd has run here" : "can't look at %s", d->folder);
        return;
    }
    name_user(st.st_uid, owner, sizeof owner);
    if (td_rundir_check(d->endpoint, td_rundir_is_shared(), why) != 0) {
        doctor_tell(d, DOCTOR_FAIL, check, "neither textd nor its clients will use it as it is: chown or chmod it",
                    "%s", why);
        return;
    }
    if (access(d->folder, X_OK) != 0) {
        doctor_tell(d, DOCTOR_FAIL, check, "ask as root, or as that user",
                    "this user may not look into %s (mode %04o, of %s)", d->folder, (unsigned)(st.st_mode & 07777),
                    owner);
        return;
    }
    d->is_ours = 1;
    doctor_tell(d, DOCTOR_OK, check, NULL, "%s, mode %04o, of %s", d->folder, (unsigned)(st.st_mode & 07777), owner);
}

/* ---- A socket and its lock --------------------------------------------------------------------------------------- */

/* Connects as a client would, without a word. 0 and who listens, or errno. */
static int knock(const char *path, int *pid)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct ucred peer = { 0 };
    socklen_t length = sizeof peer;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc = 0;

    *pid = 0;
    if (fd < 0 || strlen(path) >= sizeof address.sun_path) {
        rc = fd < 0 ? errno : ENAMETOOLONG;
    } else {
        memcpy(address.sun_path, path, strlen(path));
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
            rc = errno == EAGAIN ? 0 : errno; /* its queue is full: it is there */
        else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0)
            *pid = peer.pid;
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

enum lock_state { LOCK_NONE, LOCK_FREE, LOCK_HELD, LOCK_UNKNOWN };

/* Whether a process holds the lock file. Who starts a textd in the very moment in which it is tried waits for longer
 * than that. */
static enum lock_state look_at_lock(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    enum lock_state state = LOCK_FREE;

    if (fd < 0)
        return errno == ENOENT ? LOCK_NONE : LOCK_UNKNOWN;
    if (flock(fd, LOCK_SH | LOCK_NB) != 0)
        state = errno == EWOULDBLOCK ? LOCK_HELD : LOCK_UNKNOWN;
    close(fd);
    return state;
}

static enum lock_state lock_of(const char *path)
{
    char lock[PATH_MAX + sizeof LOCK];

    snprintf(lock, sizeof lock, "%s" LOCK, path);
    return look_at_lock(lock);
}

static void tell_missing(struct doctor *d, const char *check, const char *path, enum lock_state lock)
{
    if (lock == LOCK_HELD)
        doctor_tell(
            d, DOCTOR_WARN, check, "ask again in a second",
            "%s isn't there, but its lock is held: textd is starting, or the file was deleted and is made again", path);
    else if (d->is_controlled && strcmp(path, d->events + sizeof IPC - 1) == 0) /* whose place textd doesn't tell */
        doctor_tell(d, DOCTOR_WARN, check,
                    "if server.events names another: textctl events --events E; else see the log",
                    "there is no %s: textctl events has nothing to follow there", path);
    else
        doctor_tell(
            d, DOCTOR_FAIL, check,
            d->is_controlled ? "name an endpoint that it has, such as those below; or add this one to its configuration"
                             : START,
            "there is no %s: %s", path,
            d->is_controlled ? "a textd runs, but doesn't listen there" : "textd doesn't run, or listens elsewhere");
}

/* Returns whether it is textd, by its lock. */
static int tell_listening(struct doctor *d, const char *check, const char *path, const struct stat *st, int pid)
{
    char owner[64], process[128];
    enum lock_state lock = lock_of(path);

    name_user(st->st_uid, owner, sizeof owner);
    name_process(pid, process, sizeof process);
    int is_textds = lock == LOCK_HELD || lock == LOCK_UNKNOWN;
    if (!is_textds)
        doctor_tell(d, DOCTOR_FAIL, check, "stop that process, then start textd",
                    "%s listens on %s without textd's lock: it is another program", process, path);
    else
        doctor_tell(d, DOCTOR_OK, check, NULL, "%s, mode %04o, of %s; %s listens", path,
                    (unsigned)(st->st_mode & 07777), owner, process);
    return is_textds;
}

/* Returns whether somebody listens. */
static int look_at_socket(struct doctor *d, const char *check, const char *endpoint)
{
    const char *path = endpoint + sizeof IPC - 1;
    char owner[64];
    struct stat st;
    int pid;

    if (lstat(path, &st) != 0) {
        tell_missing(d, check, path, lock_of(path));
        return 0;
    }
    name_user(st.st_uid, owner, sizeof owner);
    if (S_ISDIR(st.st_mode)) {
        doctor_tell(d, DOCTOR_FAIL, check, "name the socket in it, such as textd.sock: --endpoint ipc://PATH",
                    "%s is a folder, not a socket", path);
        return 0;
    }
    if (!S_ISSOCK(st.st_mode)) {
        doctor_tell(d, DOCTOR_FAIL, check, "remove it, and textd can listen there", "%s is no socket", path);
        return 0;
    }
    int error = knock(path, &pid);
    if (error == 0)
        d->is_textds |= tell_listening(d, check, path, &st, pid);
    else if (error == EACCES)
        doctor_tell(d, DOCTOR_FAIL, check, "connect as that user or root, or give textd a tcp endpoint on this machine",
                    "this user may not connect to %s (mode %04o, of %s)", path, (unsigned)(st.st_mode & 07777), owner);
    else if (error == ECONNREFUSED)
        doctor_tell(d, DOCTOR_FAIL, check, START "; it takes the place over",
                    "nobody listens on %s: it was left behind by a textd that was killed", path);
    else
        doctor_tell(d, DOCTOR_FAIL, check, NULL, "can't connect to %s: %s", path, strerror(error));
    return error == 0;
}

/* ---- What was left behind ---------------------------------------------------------------------------------------- */

static int ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), n = strlen(end);

    return length > n && strcmp(name + length - n, end) == 0;
}

/* Locks that nobody holds, and sockets that nobody listens on, but for the endpoint's, which was told of. */
static int is_left(const struct doctor *d, const char *name)
{
    char path[PATH_MAX + 300];
    struct stat st;
    int pid;

    snprintf(path, sizeof path, "%s/%s", d->folder, name);
    if (ends_with(name, ".sock" LOCK))
        return look_at_lock(path) == LOCK_FREE;
    return ends_with(name, ".sock") && strcmp(path, d->endpoint + sizeof IPC - 1) != 0 && lstat(path, &st) == 0 &&
           S_ISSOCK(st.st_mode) && knock(path, &pid) == ECONNREFUSED;
}

static void look_for_leftovers(struct doctor *d)
{
    DIR *folder = opendir(d->folder);
    char names[300] = "";
    size_t used = 0, n = 0;

    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        if (is_left(d, entry->d_name) && ++n && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", entry->d_name);
    if (folder)
        closedir(folder);
    if (n)
        doctor_tell(d, DOCTOR_WARN, "leftovers", "nothing: a textd that is started takes their places; or remove them",
                    "in %s, of a textd that was killed: %s", d->folder, names);
    else if (folder)
        doctor_tell(d, DOCTOR_OK, "leftovers", NULL, "none in %s", d->folder);
}

/* Without a trial: it is asked at another place whether that is right. */
static int is_listening(const char *endpoint)
{
    int pid;

    return strncmp(endpoint, IPC "/", sizeof IPC) != 0 || knock(endpoint + sizeof IPC - 1, &pid) == 0;
}

void doctor_look_at_files(struct doctor *d)
{
    int is_ipc = strncmp(d->endpoint, IPC "/", sizeof IPC) == 0;

    d->is_controlled = is_listening(d->control);
    d->is_listening = !is_ipc; /* of tcp, who answers is all that there is to see */
    if (!is_ipc)
        return;
    look_at_folder(d);
    if (!d->is_ours)
        return;
    d->is_listening = look_at_socket(d, "socket", d->endpoint);
    if (d->is_listening || d->is_controlled) { /* else nothing of it runs, and that has been told */
        if (strncmp(d->control, IPC "/", sizeof IPC) == 0)
            look_at_socket(d, "control socket", d->control);
        look_at_socket(d, "events socket", d->events);
    }
    look_for_leftovers(d);
}

int doctor_hash_file(const char *path, char hash[DOCTOR_HASH_BYTES])
{
    unsigned char buffer[65536], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    crypto_hash_sha256_init(&state);
    while (fd >= 0 && (n = read(fd, buffer, sizeof buffer)) > 0)
        crypto_hash_sha256_update(&state, buffer, (unsigned long long)n);
    if (fd >= 0)
        close(fd);
    if (n != 0)
        return -1;
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hash, DOCTOR_HASH_BYTES, digest, sizeof digest);
    return 0;
}
