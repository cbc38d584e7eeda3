/* sign.c: `textctl plugin sign`: a manifest of a plugin's files and its signature, beside the library. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "clients/cli/plugin/acts.h"
#include "clients/cli/plugin/files.h"
#include "clients/cli/rows.h"
#include "common/signature.h"

/* From the terminal without its showing, or a line of what is given in its place, as minisign takes it. */
static int ask(char *password, size_t size)
{
    struct termios before, silent;
    int is_terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;

    if (is_terminal) {
        fputs("The key's password: ", stderr);
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    const char *line = fgets(password, (int)size, stdin);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    if (!line)
        return -1;
    password[strcspn(password, "\r\n")] = 0;
    return 0;
}

/* In the old one's place, whole. -1 after having complained. */
static int replace_file(const char *path, const char *text)
{
    char fresh[PATH_MAX + 8];
    size_t length = strlen(text);

    snprintf(fresh, sizeof fresh, "%s.new", path);
    unlink(fresh); /* of one who was interrupted */
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    int failed = fd < 0 || write(fd, text, length) != (ssize_t)length;
    if (fd >= 0)
        failed |= close(fd) != 0;
    if (!failed && rename(fresh, path) == 0)
        return 0;
    cli_complain("can't write %s: %s", path, strerror(errno));
    unlink(fresh);
    return -1;
}

static int sign(const struct cli *cli, const char *library, const struct td_signature_secret *secret)
{
    char comment[1024], text[TD_SIGNATURE_TEXT], id[TD_SIGNATURE_ID_CHARS + 1];
    struct td_signature signature;
    struct td_manifest manifest;
    struct plugin_paths paths;

    if (plugin_paths_of(&paths, library) != 0)
        return CLI_USAGE;
    int rc = plugin_files_list(&manifest, &paths, library, cli->models);
    uint32_t n = manifest.n;
    char *body = rc == 0 ? td_manifest_print(&manifest) : NULL;
    td_manifest_free(&manifest);
    if (!body)
        return CLI_SOME_FAILED;
    td_manifest_comment(comment, sizeof comment, paths.file, cli->release, (int64_t)time(NULL));
    td_signature_make(&signature, secret, body, strlen(body), comment);
    td_signature_print(&signature, text);
    rc = replace_file(paths.manifest, body) != 0 || replace_file(paths.signature, text) != 0;
    free(body);
    if (rc != 0)
        return CLI_SOME_FAILED;
    td_signature_id_print(secret->public.id, id);
    printf("%s: %u file%s, signed by %s\n", paths.signature, n, n == 1 ? "" : "s", id);
    return CLI_OK;
}

static int run(const struct cli *cli)
{
    struct td_signature_secret secret;
    struct td_err err = { .text = "libsodium can't be used" };
    int rc = CLI_OK;

    if (sodium_init() < 0 || td_signature_secret_read(&secret, cli->key, ask, "--key", &err) != TD_OK) {
        cli_complain("%s", err.text);
        return CLI_SOME_FAILED;
    }
    for (int i = 0; i < cli->n_files && rc == CLI_OK; i++)
        rc = sign(cli, cli->files[i], &secret);
    td_signature_secret_wipe(&secret);
    return rc;
}

static const char *conflict(const struct cli *cli)
{
    if (!cli->key)
        return "needs --key, the secret key's file";
    if (cli->release && (strlen(cli->release) > 64 || strpbrk(cli->release, "\t\r\n")))
        return "takes a --release of one line, at most 64 bytes";
    return NULL;
}

static const struct option_row options[] = {
    TEXT("key", 0, "F", "the secret key's file, of textctl plugin keygen or minisign -G; its password is asked for",
         key),
    TEXT("release", 0, "V", "the plugin's version, to be signed with it and shown by verify", release),
    TEXT("models", 0, "DIR", "textd's folder of models: what is in DIR/FILE belongs to the plugin as well", models),
    HELP,
    END,
};

const struct command plugin_sign = {
    .name = "plugin sign",
    .usage = LINES("--key F [--release V] [--models DIR] FILE.so...", "--key F [--release V] FILE/..."),
    .what = "says that a plugin is yours: its library and all its files",
    .more = "Writes FILE.manifest, the SHA-256 of FILE.so and of each file in FILE/, and its signature, "
            "FILE.manifest.minisig, beside the library: they go where the plugin goes. A textd whose "
            "security.plugin_keys has your public key loads it then, and no longer when a file was changed, added or "
            "taken away. Of a folder FILE/ alone it is the files in it: scripts for a plugin that came with textd. "
            "sha256sum -c and minisign -V read both as well. Needs no daemon.",
    .also = "signature minisign",
    .least = 1,
    .most = INT32_MAX,
    .words = "libraries, FILE.so, or folders, FILE/",
    .options = options,
    .examples = EXAMPLES({ "textctl plugin sign --key team.sec --release 1.2.0 plugins/shout.so", "" },
                         { "textctl plugin sign --key team.sec plugins/lua/", "scripts of your own" }),
    .exits = "0 signed; 1 a file can't be read or written, or the key not be used; 2 usage",
    .conflict = conflict,
    .run = run,
};
