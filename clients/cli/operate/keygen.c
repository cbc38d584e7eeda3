/* keygen.c: `textctl keygen`: a pair of CURVE keys as two certificates of CZMQ's form (ZPL, ZeroMQ's RFC 4), under the
 * names that pyzmq gives them. */
#include "clients/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <zmq.h>

#include "common/curve_key.h"

#define SECRET_MODE 0600
#define PUBLIC_MODE 0644

/* What a user of textd may be called, as a file of curve.clients is: the part before the first dot. */
static int is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t length = strspn(name, letters);

    return length > 0 && length <= 64 && (name[length] == 0 || name[length] == '.');
}

/* Writes a new file, of exactly that mode. -1 after having complained. */
static int write_file(const char *path, mode_t mode, const char *kind, const char *advice, const char *name,
                      const struct td_curve_pair *pair)
{
    char date[32] = "";
    time_t now = time(NULL);
    struct tm utc;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (!file) {
        cli_complain("can't make %s: %s%s", path, strerror(errno),
                     errno == EEXIST ? "; a key is never overwritten: take another name, or move it away" : "");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (gmtime_r(&now, &utc))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S UTC", &utc);
    fchmod(fd, mode); /* whatever the umask */
    fprintf(file,
            "#   ZeroMQ CURVE %s certificate, made by textctl on %s.\n#   %s\n\nmetadata\n    name = \"%s\"\ncurve\n"
            "    public-key = \"%s\"\n",
            kind, date, advice, name, pair->public_key);
    if (pair->secret_key[0])
        fprintf(file, "    secret-key = \"%s\"\n", pair->secret_key);
    int failed = ferror(file);
    if (fclose(file) == 0 && !failed)
        return 0;
    cli_complain("can't write %s: %s", path, strerror(errno));
    unlink(path);
    return -1;
}

int cli_keygen(const struct cli *cli)
{
    const struct passwd *user = getpwuid(geteuid());
    const char *stem = cli->n_files > 0 ? cli->files[0] : user ? user->pw_name : "textd";
    const char *slash = strrchr(stem, '/'), *name = slash ? slash + 1 : stem;
    char secret[PATH_MAX], public[PATH_MAX];
    struct td_curve_pair pair;

    if (!is_name(name)) {
        cli_complain("'%s' is no name for a key: letters, digits, _ and -, at most 64; a dot ends the user's name",
                     name);
        return CLI_USAGE;
    }
    if (snprintf(secret, sizeof secret, "%s.key_secret", stem) >= (int)sizeof secret ||
        snprintf(public, sizeof public, "%s.key", stem) >= (int)sizeof public) {
        cli_complain("the path of %s is too long", name);
        return CLI_USAGE;
    }
    if (zmq_curve_keypair(pair.public_key, pair.secret_key) != 0) {
        cli_complain("this libzmq has no CURVE: %s", zmq_strerror(zmq_errno()));
        return CLI_SOME_FAILED;
    }
    int rc = write_file(secret, SECRET_MODE, "SECRET",
                        "Whoever has this is who it says: give it to nobody, and keep it readable by you alone.", name,
                        &pair);
    explicit_bzero(pair.secret_key, sizeof pair.secret_key);
    if (rc != 0)
        return CLI_SOME_FAILED;
    if (write_file(public, PUBLIC_MODE, "public", "For the other side: carry it there in a way that nobody can alter.",
                   name, &pair) != 0) {
        unlink(secret); /* it has just been made, and nobody knows it */
        return CLI_SOME_FAILED;
    }
    printf("%s  the secret key, for you alone: curve.key_file of textd, --key of a client\n"
           "%s  the public key, for the other side: curve.clients of textd, --server-key of a client\n"
           "%s\n",
           secret, public, pair.public_key);
    return CLI_OK;
}
