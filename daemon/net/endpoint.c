/* endpoint.c: see endpoint.h. */
#include "daemon/net/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#include "common/rundir.h"
#include "daemon/net/gate.h"
#include "daemon/net/users.h"

#define IPC "ipc://"
#define TCP "tcp://"

/* Connections that the kernel lets wait until libzmq takes them. */
#define BACKLOG 1024

/* server.shared_folder and server.socket_group. One for the process, as its umask is. */
static int is_folder_shared;
static gid_t clients_group = TD_ENDPOINT_NO_GROUP;

void td_endpoint_share_folders(int is_shared)
{
    is_folder_shared = is_shared;
}

void td_endpoint_let_in(gid_t group)
{
    clients_group = group;
}

/* Lets the group's members connect to the socket, or pass through the folder, that we have just made: `mode`. First to
 * whom, then how far, so that it is never open to another group. */
static int let_in(const char *path, mode_t mode)
{
    return clients_group == TD_ENDPOINT_NO_GROUP ||
                   (lchown(path, (uid_t)-1, clients_group) == 0 && chmod(path, mode) == 0)
               ? 0
               : -1;
}

static enum td_code code_of(int error)
{
    return error == EACCES || error == EPERM ? TD_E_DENIED : TD_E_SYSTEM;
}

/* Makes the folder of `path`, and those above it, where they are missing. */
static int make_folder(const char *path, struct td_err *err)
{
    char folder[512];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int rc = mkdir(folder, 0700);
        if (rc == 0 ? let_in(folder, 0710) != 0 : errno != EEXIST)
            return td_fail(err, code_of(errno), "can't make the folder %s of a socket: %s", folder, strerror(errno));
        *slash = '/';
    }
    return TD_OK;
}

/* Takes the lock beside `path`. The holder removes the file when it goes, so what we have locked may be gone from the
 * folder: look again until the file that we hold is the one that is there. */
static int take_lock(const char *path, int *lock_fd, struct td_err *err)
{
    char lock[520];
    struct stat held, there;

    snprintf(lock, sizeof lock, "%s.lock", path);
    for (;;) {
        int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0 && errno == ELOOP)
            return td_fail(err, TD_E_SYSTEM, "%s is a symbolic link, and a lock must be a file of its own; remove it",
                           lock);
        if (fd < 0)
            return td_fail(err, code_of(errno), "can't open %s: %s", lock, strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            close(fd);
            return td_fail(err, TD_E_IN_USE,
                           "another textd listens on ipc://%s (it holds %s); stop it or use another path", path, lock);
        }
        if (fstat(fd, &held) == 0 && lstat(lock, &there) == 0 && held.st_ino == there.st_ino) {
            *lock_fd = fd;
            return TD_OK;
        }
        close(fd);
    }
}

static void drop_lock(const char *path, int lock_fd)
{
    char lock[520];

    snprintf(lock, sizeof lock, "%s.lock", path);
    if (lock_fd < 0)
        return;
    unlink(lock);
    close(lock_fd);
}

/* Whether the path may be taken: nothing is there, or a socket that nobody listens on any more. */
static int check_path(const char *path, struct td_err *err)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat there;

    if (lstat(path, &there) != 0)
        return TD_OK;
    if (!S_ISSOCK(there.st_mode))
        return td_fail(err, TD_E_IN_USE, "%s is there and is no socket; remove it or use another path", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) /* then nobody knows */
        return td_fail(err, TD_E_SYSTEM, "can't make a socket to see who listens on ipc://%s: %s", path,
                       strerror(errno));
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int rc = connect(fd, (const struct sockaddr *)&address, sizeof address), error = errno;
    close(fd);
    if (rc == 0 || error == EAGAIN)
        return td_fail(err, TD_E_IN_USE, "ipc://%s is in use by another program; stop it or use another path", path);
    return TD_OK;
}

/* ---- The listening socket ---------------------------------------------------------------------------------------- */

static int fail_to_listen(const char *name, int error, struct td_err *err)
{
    if (error == EPERM && clients_group != TD_ENDPOINT_NO_GROUP)
        return td_fail(err, TD_E_DENIED,
                       "can't give %s to group %u: who isn't root must be a member of server.socket_group", name,
                       (unsigned)clients_group);
    if (error == EADDRINUSE)
        return td_fail(err, TD_E_IN_USE, "%s is in use by another program; stop it or use another endpoint", name);
    return td_fail(err, code_of(error), "can't listen on %s: %s", name, strerror(error));
}

/* "tcp://127.0.0.1:7411", "tcp://[::1]:*": the configuration has seen to it that the address is a number. */
static socklen_t read_address(const char *name, struct sockaddr_storage *address)
{
    const char *host = name + sizeof TCP - 1, *colon = strrchr(host, ':');
    in_port_t port = htons((uint16_t)strtoul(colon + 1, NULL, 10)); /* "*" is 0: any */
    char text[INET6_ADDRSTRLEN];

    memset(address, 0, sizeof *address);
    if (host[0] == '[') {
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
        snprintf(text, sizeof text, "%.*s", (int)(colon - host - 2), host + 1);
        v6->sin6_family = AF_INET6;
        v6->sin6_port = port;
        return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1 ? sizeof *v6 : 0;
    }
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    snprintf(text, sizeof text, "%.*s", (int)(colon - host), host);
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    return inet_pton(AF_INET, text, &v4->sin_addr) == 1 ? sizeof *v4 : 0;
}

/* The file is made where nothing is, or a socket that nobody listens on any more. */
static socklen_t clear_path(const char *path, struct sockaddr_storage *address)
{
    struct sockaddr_un *local = (struct sockaddr_un *)address;

    memset(address, 0, sizeof *address);
    local->sun_family = AF_UNIX;
    snprintf(local->sun_path, sizeof local->sun_path, "%s", path);
    unlink(path);
    return sizeof *local;
}

/* A socket that listens, or -1 with errno. */
static int listen_on(const char *name, const char *path, int is_owners)
{
    struct sockaddr_storage address;
    socklen_t length = path ? clear_path(path, &address) : read_address(name, &address);
    int on = 1, fd;

    errno = EINVAL;
    if (length == 0 || (fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
        return -1;
    if (!path)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    mode_t mask = umask(077); /* a path socket's mode follows it */
    int rc = bind(fd, (const struct sockaddr *)&address, length);
    umask(mask);
    if (rc == 0 && path && !is_owners)
        rc = let_in(path, 0770); /* to connect takes the right to write */
    if (rc == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* ZMQ_ZAP_ENFORCE_DOMAIN, which zmq.h has among what is not for everybody, though every libzmq since 4.3.0 knows it. Without
 * it whatever key comes is let in when nobody answers for it. */
#define ENFORCE_DOMAIN 93

/* libzmq copies these options when it binds, so that endpoints of one socket can be encrypted or not. A domain, once set,
 * can be another one, but not none: so those that are not encrypted have one of their own, where others of the socket
 * are. */
static int set_security(const struct td_endpoint *endpoint, void *socket, struct td_err *err)
{
    int is_on = endpoint->secret_key[0] != 0, yes = 1;
    char domain[16] = "";
    size_t size = sizeof domain;

    if (!is_on && zmq_getsockopt(socket, ZMQ_ZAP_DOMAIN, domain, &size) == 0 && !domain[0])
        return TD_OK;
    if (!is_on && zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, TD_ZAP_PLAIN, strlen(TD_ZAP_PLAIN)) == 0 &&
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &is_on, sizeof is_on) == 0)
        return TD_OK;
    if (is_on && zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, TD_ZAP_KEYS, strlen(TD_ZAP_KEYS)) == 0 &&
        zmq_setsockopt(socket, ENFORCE_DOMAIN, &yes, sizeof yes) == 0 &&
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, endpoint->secret_key, TD_CURVE_KEY_CHARS + 1) == 0 &&
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &is_on, sizeof is_on) == 0)
        return TD_OK;
    return td_fail(err, TD_E_SYSTEM, "%s can't be set up, this libzmq has no CURVE: %s", endpoint->name,
                   zmq_strerror(zmq_errno()));
}

/* libzmq closes its duplicate when it stops listening. */
static int give_to_libzmq(const struct td_endpoint *endpoint, void *socket, struct td_err *err)
{
    int none = -1, rc = set_security(endpoint, socket, err);

    if (rc != TD_OK)
        return rc;
    if (endpoint->is_owners)
        td_gate_favour(endpoint->listen_fd);
    int fd = fcntl(endpoint->listen_fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return fail_to_listen(endpoint->name, errno, err);
    zmq_setsockopt(socket, ZMQ_USE_FD, &fd, sizeof fd);
    rc = zmq_bind(socket, endpoint->name);
    int error = zmq_errno();
    zmq_setsockopt(socket, ZMQ_USE_FD, &none, sizeof none);
    if (rc == 0)
        return TD_OK;
    close(fd);
    return td_fail(err, TD_E_SYSTEM, "can't listen on %s: %s", endpoint->name, zmq_strerror(error));
}

static void note_file(struct td_endpoint *endpoint)
{
    struct stat there;

    if (endpoint->path && lstat(endpoint->path, &there) == 0) {
        endpoint->device = there.st_dev;
        endpoint->inode = there.st_ino;
    }
}

/* Makes all that an ipc endpoint needs in the file system, but for its socket. */
static int prepare_path(struct td_endpoint *endpoint, struct td_err *err)
{
    char why[TD_RUNDIR_WHY_BYTES];
    int rc = make_folder(endpoint->path, err);

    if (rc == TD_OK && td_rundir_check(endpoint->name, is_folder_shared, why) != 0)
        rc = td_fail(err, TD_E_DENIED, "%s", why);
    if (rc == TD_OK)
        rc = take_lock(endpoint->path, &endpoint->lock_fd, err);
    return rc == TD_OK ? check_path(endpoint->path, err) : rc;
}

/* The port that it got, where that was left to the system ("tcp://127.0.0.1:*"). libzmq's own word for the endpoint has
 * the address in another form. Without memory the name stays as it was. */
static void name_port(struct td_endpoint *endpoint, const char *bound)
{
    size_t length = strlen(endpoint->name);
    const char *port = strrchr(bound, ':');
    char name[512];

    if (endpoint->path || length < 2 || strcmp(endpoint->name + length - 2, ":*") != 0 || !port)
        return;
    snprintf(name, sizeof name, "%.*s%s", (int)length - 2, endpoint->name, port);
    char *copy = strdup(name);
    if (!copy)
        return;
    free(endpoint->name);
    endpoint->name = copy;
}

int td_endpoint_bind(struct td_endpoint *endpoint, void *socket, const char *name, int is_owners,
                     const char *secret_key, struct td_err *err)
{
    const char *path = strncmp(name, IPC, sizeof IPC - 1) == 0 ? name + sizeof IPC - 1 : NULL;
    char bound[256] = "";
    size_t size = sizeof bound;
    int rc = TD_OK;

    *endpoint = (struct td_endpoint) { .name = strdup(name), .is_owners = is_owners, .lock_fd = -1, .listen_fd = -1 };
    endpoint->path = path ? strdup(path) : NULL;
    if (secret_key)
        memcpy(endpoint->secret_key, secret_key, sizeof endpoint->secret_key);
    if (!endpoint->name || (path && !endpoint->path))
        rc = td_fail(err, TD_E_SYSTEM, "no memory for %s", name);
    if (rc == TD_OK && path)
        rc = prepare_path(endpoint, err);
    if (rc == TD_OK && (endpoint->listen_fd = listen_on(name, path, is_owners)) < 0)
        rc = fail_to_listen(name, errno, err);
    if (rc == TD_OK)
        rc = give_to_libzmq(endpoint, socket, err);
    if (rc == TD_OK &&
        (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) != 0 || !(endpoint->bound = strdup(bound))))
        rc = td_fail(err, TD_E_SYSTEM, "no memory for %s", name);
    if (rc != TD_OK) {
        td_endpoint_release(endpoint);
        return rc;
    }
    note_file(endpoint);
    name_port(endpoint, bound);
    return TD_OK;
}

void td_endpoint_stop(struct td_endpoint *endpoint, void *socket)
{
    zmq_unbind(socket, endpoint->bound);
}

int td_endpoint_resume(struct td_endpoint *endpoint, void *socket, struct td_err *err)
{
    return give_to_libzmq(endpoint, socket, err);
}

/* ---- A file that doesn't stay ------------------------------------------------------------------------------------ */

/* Ours, unless the file that we hold is no longer the one that is there. */
static int keep_lock(struct td_endpoint *endpoint, struct td_err *err)
{
    char lock[520];
    struct stat held, there;
    int fd = -1;

    snprintf(lock, sizeof lock, "%s.lock", endpoint->path);
    if (fstat(endpoint->lock_fd, &held) == 0 && lstat(lock, &there) == 0 && held.st_ino == there.st_ino)
        return TD_OK;
    int rc = take_lock(endpoint->path, &fd, err);
    if (rc != TD_OK)
        return rc;
    close(endpoint->lock_fd);
    endpoint->lock_fd = fd;
    return TD_OK;
}

/* libzmq keeps the old socket, which nobody finds any more, and what came through it. */
static int bind_again(struct td_endpoint *endpoint, void *socket, struct td_err *err)
{
    char why[TD_RUNDIR_WHY_BYTES];
    int rc = make_folder(endpoint->path, err);

    if (rc == TD_OK && td_rundir_check(endpoint->name, is_folder_shared, why) != 0)
        rc = td_fail(err, TD_E_DENIED, "%s", why);
    if (rc == TD_OK)
        rc = keep_lock(endpoint, err);
    if (rc != TD_OK)
        return rc;
    int fd = listen_on(endpoint->name, endpoint->path, endpoint->is_owners);
    if (fd < 0)
        return fail_to_listen(endpoint->name, errno, err);
    close(endpoint->listen_fd);
    endpoint->listen_fd = fd;
    note_file(endpoint);
    if ((rc = give_to_libzmq(endpoint, socket, err)) != TD_OK)
        unlink(endpoint->path); /* so that it is made again: nobody would answer who comes here */
    return rc;
}

int td_endpoint_look(struct td_endpoint *endpoint, void *socket, struct td_err *err)
{
    int was_lost = endpoint->is_lost;
    struct stat there;

    if (!endpoint->path)
        return 0;
    if (lstat(endpoint->path, &there) == 0) {
        int is_ours = S_ISSOCK(there.st_mode) && there.st_dev == endpoint->device && there.st_ino == endpoint->inode;
        endpoint->is_lost = !is_ours;
        if (!is_ours)
            td_fail(err, TD_E_IN_USE, "something else lies at %s now; remove it", endpoint->path);
        return endpoint->is_lost && !was_lost;
    }
    endpoint->is_lost = bind_again(endpoint, socket, err) != TD_OK;
    return !endpoint->is_lost || !was_lost;
}

void td_endpoint_release(struct td_endpoint *endpoint)
{
    if (endpoint->listen_fd >= 0) {
        close(endpoint->listen_fd);
        if (endpoint->path && !endpoint->is_lost)
            unlink(endpoint->path);
    }
    if (endpoint->path)
        drop_lock(endpoint->path, endpoint->lock_fd);
    free(endpoint->path);
    free(endpoint->bound);
    free(endpoint->name);
    explicit_bzero(endpoint->secret_key, sizeof endpoint->secret_key);
    *endpoint = (struct td_endpoint) { .lock_fd = -1, .listen_fd = -1 };
}
