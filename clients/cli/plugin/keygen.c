/* keygen.c: `textctl plugin keygen`: a pair of keys to sign plugins with, as minisign's files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "clients/cli/plugin/acts.h"
#include "clients/cli/rows.h"
#include "common/signature.h"

/* Writes a new file, of exactly that mode. -1 after having complained. */
static int write_file(const char *path, mode_t mode, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    size_t length = strlen(text);

    if (fd < 0) {
        cli_complain("can't make %s: %s%s", path, strerror(errno),
                     errno == EEXIST ? "; a key is never overwritten: take another name, or move it away" : "");
        return -1;
    }
    fchmod(fd, mode); /* whatever the umask */
    int failed = write(fd, text, length) != (ssize_t)length, error = errno;
    if (close(fd) == 0 && !failed)
        return 0;
    cli_complain("can't write %s: %s", path, strerror(failed ? error : errno));
    unlink(path);
    return -1;
}

static int run(const struct cli *cli)
{
    const struct passwd *user = getpwuid(geteuid());
    const char *stem = cli->n_files > 0 ? cli->files[0] : user ? user->pw_name : "textd";
    char secret_path[PATH_MAX], public_path[PATH_MAX], text[TD_SIGNATURE_TEXT], id[TD_SIGNATURE_ID_CHARS + 1];
    struct td_signature_secret secret;

    if (snprintf(secret_path, sizeof secret_path, "%s.sec", stem) >= (int)sizeof secret_path ||
        snprintf(public_path, sizeof public_path, "%s.pub", stem) >= (int)sizeof public_path) {
        cli_complain("the path of %.64s is too long", stem);
        return CLI_USAGE;
    }
    if (sodium_init() < 0) {
        cli_complain("libsodium has no random numbers");
        return CLI_SOME_FAILED;
    }
    td_signature_generate(&secret);
    td_signature_secret_print(&secret, text);
    int rc = write_file(secret_path, 0600, text);
    explicit_bzero(text, sizeof text);
    explicit_bzero(secret.bytes, sizeof secret.bytes);
    if (rc != 0)
        return CLI_SOME_FAILED;
    td_signature_key_print(&secret.public, text);
    if (write_file(public_path, 0644, text) != 0) {
        unlink(secret_path); /* it has just been made, and nobody knows it */
        return CLI_SOME_FAILED;
    }
    td_signature_id_print(secret.public.id, id);
    printf("%s  the secret key, for you alone: textctl plugin sign --key\n"
           "%s  the public key %s: security.plugin_keys of textd\n",
           secret_path, public_path, id);
    return CLI_OK;
}

static const struct option_row options[] = { HELP, END };

const struct command plugin_keygen = {
    .name = "plugin keygen",
    .usage = LINES("[NAME]"),
    .what = "a pair of keys to sign plugins with",
    .more =
        "Makes NAME.sec, which only you may read and which never leaves you, and NAME.pub, the public key, for "
        "security.plugin_keys of textd. Both are minisign's files; NAME.sec has no password: minisign -G makes one "
        "that has, and sign asks for it. NAME may stand in a folder; without one it is this user's name. Files that "
        "are there are left as they are. Needs no daemon.",
    .also = "key keys generate",
    .most = 1,
    .words = "a NAME, or nothing",
    .options = options,
    .examples = EXAMPLES({ "textctl plugin keygen acme", "acme.sec and acme.pub" }),
    .exits = "0 both were made; 1 a file is there already, or can't be made; 2 usage",
    .run = run,
};
