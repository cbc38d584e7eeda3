/* verify.c: `textctl plugin verify`: what textd does with a plugin's signature, before it is given to one. */
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "clients/cli/plugin/acts.h"
#include "clients/cli/plugin/files.h"
#include "clients/cli/rows.h"
#include "common/signature.h"

/* NULL after having complained. */
static char *read_file(const char *path, size_t most, size_t *length)
{
    FILE *in = fopen(path, "re");
    char *text = in ? malloc(most + 1) : NULL;

    *length = text ? fread(text, 1, most + 1, in) : 0;
    int failed = !text || ferror(in) || *length > most;
    if (failed && in)
        cli_complain("can't read %s, or it has more than %zu bytes", path, most);
    else if (failed)
        cli_complain("it isn't signed: there is no %s", path);
    if (in)
        fclose(in);
    if (!failed)
        return text;
    free(text);
    return NULL;
}

static int judge(const char *library, const char *models, const struct plugin_paths *paths,
                 const struct td_signature_key *key, const char *text, size_t length,
                 const struct td_signature *signature)
{
    struct td_manifest was_signed = { 0 }, found = { 0 };
    struct td_err err;
    int rc = td_signature_verify(signature, key, text, length, paths->manifest, &err);

    if (rc == TD_OK)
        rc = td_manifest_check_comment(signature->comment, paths->file, paths->manifest, &err);
    if (rc == TD_OK)
        rc = td_manifest_parse(&was_signed, text, length, paths->manifest, &err);
    int is_read = rc != TD_OK || plugin_files_list(&found, paths, library, models) == 0;
    if (rc == TD_OK && is_read)
        rc = td_manifest_compare(&was_signed, &found, paths->file, paths->manifest, &err);
    td_manifest_free(&was_signed);
    td_manifest_free(&found);
    if (rc != TD_OK)
        cli_complain("%s", err.text);
    return rc == TD_OK && is_read ? CLI_OK : CLI_SOME_FAILED;
}

static int verify(const struct cli *cli, const char *library, const struct td_signature_key *key)
{
    char id[TD_SIGNATURE_ID_CHARS + 1], other[TD_SIGNATURE_ID_CHARS + 1], release[80];
    struct td_signature signature;
    struct plugin_paths paths;
    size_t length, n;
    struct td_err err;

    if (plugin_paths_of(&paths, library) != 0)
        return CLI_USAGE;
    char *text = read_file(paths.manifest, TD_MANIFEST_MOST, &length);
    char *lines = text ? read_file(paths.signature, TD_SIGNATURE_FILE_MOST, &n) : NULL;
    if (!lines) {
        free(text);
        return CLI_SOME_FAILED;
    }
    int rc = td_signature_parse(&signature, lines, n, paths.signature, &err);
    td_signature_id_print(key->id, id);
    td_signature_id_print(signature.id, other);
    if (rc == TD_OK && memcmp(signature.id, key->id, sizeof key->id) != 0)
        rc = td_fail(&err, TD_E_CONFIG, "%s is by the key %s, and --key is %s", paths.signature, other, id);
    if (rc != TD_OK)
        cli_complain("%s", err.text);
    int exit = rc == TD_OK ? judge(library, cli->models, &paths, key, text, length, &signature) : CLI_SOME_FAILED;
    free(text);
    free(lines);
    if (exit != CLI_OK)
        return exit;
    const char *version = td_manifest_comment_field(signature.comment, "version", release, sizeof release);
    printf("%s: as it was signed by %s%s%s\n", library, id, version ? ", version " : "", version ? version : "");
    return CLI_OK;
}

static int run(const struct cli *cli)
{
    struct td_signature_key key;
    struct td_err err = { .text = "libsodium can't be used" };
    int rc = CLI_OK;

    if (sodium_init() < 0 || td_signature_key_read(&key, cli->key, "--key", &err) != TD_OK) {
        cli_complain("%s", err.text);
        return CLI_SOME_FAILED;
    }
    for (int i = 0; i < cli->n_files; i++) {
        int one = verify(cli, cli->files[i], &key);
        if (one != CLI_OK)
            rc = one;
    }
    return rc;
}

static const char *conflict(const struct cli *cli)
{
    return cli->key ? NULL : "needs --key, the public key's file";
}

static const struct option_row options[] = {
    TEXT("key", 0, "F", "the public key's file, as in security.plugin_keys", key),
    TEXT("models", 0, "DIR", "textd's folder of models: what is in DIR/FILE belongs to the plugin as well", models),
    HELP,
    END,
};

const struct command plugin_verify = {
    .name = "plugin verify",
    .usage = LINES("--key F [--models DIR] FILE.so...", "--key F FILE/..."),
    .what = "whether a plugin is as somebody has signed it",
    .more = "Looks at a plugin as a textd with security.plugin_keys does before it loads it: the signature of "
            "FILE.manifest, and that FILE.so and the files in FILE/ are what it lists, and all of it. Needs no daemon.",
    .also = "signature signed minisign",
    .least = 1,
    .most = INT32_MAX,
    .words = "libraries, FILE.so, or folders, FILE/",
    .options = options,
    .examples = EXAMPLES({ "textctl plugin verify --key team.pub plugins/shout.so", "" }),
    .exits = "0 they are as they were signed; 1 one is not, with the reason; 2 usage",
    .conflict = conflict,
    .run = run,
};
