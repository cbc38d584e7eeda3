/* new.c: `textctl plugin new NAME`: a folder with a plugin to begin with, made of the installed templates, TEMPLATES/all and
 * TEMPLATES/LANGUAGE. In their files and in these files' names @NAME@ becomes the plugin's name and @IDENT@ the same as an
 * identifier of C and Rust; a leading "dot-" of a name becomes a dot. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/cli/plugin/acts.h"
#include "clients/cli/program.h"
#include "clients/cli/rows.h"

#define TEMPLATES TEXTCTL_TO_DATA "/template"
#define NAME_BYTES 31        /* as the ABI has it */
#define MOST_BYTES (1 << 20) /* of a template's file; they have a few thousand */

struct project {
    const char *name;
    char ident[NAME_BYTES + 1];
    const char *dir;
};

static int is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return name[0] >= 'a' && name[0] <= 'z' && name[length] == 0 && length <= NAME_BYTES;
}

/* Writes `text` with the names in their places. A sign @ that begins none of them stays. */
static void write_filled(FILE *out, const struct project *p, const char *text, size_t length)
{
    static const char name[] = "@NAME@", ident[] = "@IDENT@";

    for (const char *end = text + length; text < end;) {
        size_t left = (size_t)(end - text);
        const char *at = memchr(text, '@', left);
        size_t plain = at ? (size_t)(at - text) : left;

        fwrite(text, 1, plain, out);
        text += plain;
        left -= plain;
        if (left >= sizeof name - 1 && memcmp(text, name, sizeof name - 1) == 0) {
            fputs(p->name, out);
            text += sizeof name - 1;
        } else if (left >= sizeof ident - 1 && memcmp(text, ident, sizeof ident - 1) == 0) {
            fputs(p->ident, out);
            text += sizeof ident - 1;
        } else if (left > 0) {
            fputc(*text, out);
            text++;
        }
    }
}

/* Where the template's file at `path`, below its root, goes. -1: that would be too long a path. */
static int place(const struct project *p, const char *path, char *to, size_t size)
{
    FILE *out = fmemopen(to, size, "w");
    int rc;

    if (!out)
        return -1;
    fprintf(out, "%s", p->dir);
    for (; *path; path += strcspn(path, "/")) {
        path += *path == '/';
        const char *plain = strncmp(path, "dot-", 4) == 0 ? path + 4 : path;
        fputs(plain == path ? "/" : "/.", out);
        write_filled(out, p, plain, strcspn(plain, "/"));
    }
    rc = fflush(out) != 0 || ftell(out) >= (long)size ? -1 : 0;
    fclose(out);
    return rc;
}

static int refuse(const char *what, const char *path)
{
    cli_complain("can't %s %s: %s", what, path, strerror(errno));
    return -1;
}

static int copy_file(const struct project *p, const FTSENT *entry, const char *to)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *in = fopen(entry->fts_accpath, "re"), *memory = in ? open_memstream(&bytes, &length) : NULL;
    char block[8192];

    if (!memory) {
        if (in)
            fclose(in);
        return refuse("read", entry->fts_path);
    }
    for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0 && length < MOST_BYTES;)
        fwrite(block, 1, n, memory);
    int failed = ferror(in);
    fclose(in);
    if (fclose(memory) != 0 || failed) {
        free(bytes);
        return refuse("read", entry->fts_path);
    }
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, entry->fts_statp->st_mode & S_IXUSR ? 0777 : 0666);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out) {
        write_filled(out, p, bytes, length);
        failed = ferror(out);
    }
    free(bytes);
    if (!out || fclose(out) != 0 || failed)
        return refuse("write", to);
    return 0;
}

static int copy_entry(const struct project *p, const FTSENT *entry, size_t root)
{
    char to[PATH_MAX];

    if (entry->fts_info == FTS_DP || entry->fts_level == 0)
        return entry->fts_errno ? (errno = entry->fts_errno, refuse("read", entry->fts_path)) : 0;
    if (place(p, entry->fts_path + root, to, sizeof to) != 0) {
        errno = ENAMETOOLONG;
        return refuse("make", to);
    }
    if (entry->fts_info == FTS_D)
        return mkdir(to, 0777) == 0 || errno == EEXIST ? 0 : refuse("make", to);
    if (entry->fts_info == FTS_F)
        return copy_file(p, entry, to);
    errno = entry->fts_errno ? entry->fts_errno : EINVAL;
    return refuse("read", entry->fts_path);
}

/* Copies the template of that name into the project's folder. -1 after having complained. */
static int copy_template(const struct project *p, const char *name)
{
    char relative[256], path[PATH_MAX];
    char *roots[] = { path, NULL };
    FTSENT *entry;
    int rc = 0;

    snprintf(relative, sizeof relative, TEMPLATES "/%s", name);
    program_find_beside(relative, path, sizeof path);
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    while (walk && rc == 0 && (entry = fts_read(walk)) != NULL)
        rc = copy_entry(p, entry, strlen(path));
    if (!walk)
        return refuse("read", path);
    fts_close(walk);
    return rc;
}

/* Takes away what was made so far: the folder was new. */
static void remove_all(const char *dir)
{
    char *roots[] = { (char *)dir, NULL };
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;

    while (walk && (entry = fts_read(walk)) != NULL)
        if (entry->fts_info != FTS_D)
            (void)remove(entry->fts_accpath);
    if (walk)
        fts_close(walk);
}

static int make_folder(const char *dir)
{
    if (mkdir(dir, 0777) == 0)
        return 0;
    if (errno == EEXIST)
        cli_complain("%s is there already, and nothing was written; name another folder: --dir DIR", dir);
    else
        refuse("make", dir);
    return -1;
}

static int are_installed(void)
{
    char path[PATH_MAX];

    program_find_beside(TEMPLATES "/all", path, sizeof path);
    if (access(path, R_OK | X_OK) == 0)
        return 1;
    cli_complain("the templates aren't installed: there is no %s (Debian: libtextd-dev)", path);
    return 0;
}

static int run(const struct cli *cli)
{
    struct project p = { .name = cli->files[0], .dir = cli->dir ? cli->dir : cli->files[0] };
    const char *language = cli->lang ? cli->lang : "c";

    if (!is_name(p.name)) {
        cli_complain("a plugin can't be called '%.64s'; its name is [a-z][a-z0-9_-]* of at most %d bytes", p.name,
                     NAME_BYTES);
        return CLI_USAGE;
    }
    for (size_t i = 0; p.name[i]; i++)
        p.ident[i] = p.name[i] == '-' ? '_' : p.name[i];
    if (!are_installed() || make_folder(p.dir) != 0)
        return CLI_SOME_FAILED;
    if (copy_template(&p, "all") != 0 || copy_template(&p, language) != 0) {
        remove_all(p.dir);
        return CLI_SOME_FAILED;
    }
    printf("%s, a plugin in %s, is in %s. Build it, test it, and load it into a textd that runs:\n"
           "  cd %s && make && make test\n"
           "  textctl plugin load %s\n"
           "The last needs its folder among textd's plugin_dirs; README.md says how, and where to go on.\n",
           p.name,
           strcmp(language, "c") == 0     ? "C"
           : strcmp(language, "c++") == 0 ? "C++"
                                          : "Rust",
           p.dir, p.dir, p.name);
    return CLI_OK;
}

static const char *const languages[] = { "c", "c++", "rust", NULL };

static const struct option_row options[] = {
    { .kind = OPTION_ONE_OF,
      .name = "lang",
      .value = "L",
      .what = "what it is written in: c (default), c++ or rust",
      .at = offsetof(struct cli, lang),
      .choices = languages },
    TEXT("dir", 0, "DIR", "the folder that is made (default: NAME)", dir),
    HELP,
    END,
};

const struct command plugin_new = {
    .name = "plugin new",
    .usage = LINES("NAME [--lang L] [--dir DIR]"),
    .what = "a plugin of your own to begin with, and its test",
    .more =
        "Makes a folder with a plugin that builds outside of textd's tree against the installed headers: it reads a "
        "layer, adds one, has an option, a file of its own and a result. A test, lines for continuous integration "
        "and a README come along. NAME is [a-z][a-z0-9_-]*, at most 31 bytes. Needs no daemon.",
    .also = "create init add generate template scaffold",
    .least = 1,
    .most = 1,
    .words = "a NAME",
    .options = options,
    .examples = EXAMPLES({ "textctl plugin new my-plugin", "in C, in ./my-plugin" },
                         { "textctl plugin new shouts --lang rust --dir shouts-rs", "in Rust" }),
    .exits = "0 it is made; 1 the folder is there already, or can't be made; 2 usage",
    .run = run,
};
