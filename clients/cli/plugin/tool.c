/* tool.c: `textctl plugin run`, `check` and `bench`: started here, done by plugin-tool in textd's libexec folder, which opens
 * plugins as a worker does. textctl itself knows nothing but the wire. */
#include <stdlib.h>
#include <string.h>

#include "clients/cli/plugin/acts.h"
#include "clients/cli/program.h"
#include "clients/cli/rows.h"

/* The program reads its words itself; the rows are for the pages and the shells. */
#define OWN(kind_, name_, value_, what_) \
    { \
        .kind = OPTION_##kind_, .name = (name_), .value = (value_), .what = (what_) \
    }
#define SET OWN(TEXT, "set", "O=V", "set its option O, or P.O of a plugin P that runs with it; may be repeated")
#define DIR OWN(TEXT, "plugin-dir", "D", "look in D for plugins that it needs, too; may be repeated")

static int start(const struct command *command, const char *verb, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            cli_help(stdout, command);
            return CLI_OK;
        }
    if (argc < 2) {
        cli_complain("%s takes a plugin's FILE.so; see textctl %s --help", command->name, command->name);
        return CLI_USAGE;
    }
    char **words = calloc((size_t)argc + 2, sizeof *words); /* PROGRAM VERB what stands behind the act */
    if (!words) {
        cli_complain("out of memory");
        return CLI_USAGE;
    }
    words[1] = (char *)verb;
    memcpy(words + 2, argv + 1, ((size_t)argc - 1) * sizeof *words);
    int rc = program_start("plugin-tool", words, "the tools for plugins aren't installed (Debian: libtextd-dev)");
    free(words);
    return rc;
}

static int start_run(int argc, char **argv)
{
    return start(&plugin_run, "run", argc, argv);
}

static int start_check(int argc, char **argv)
{
    return start(&plugin_check, "check", argc, argv);
}

static int start_bench(int argc, char **argv)
{
    return start(&plugin_bench, "bench", argc, argv);
}

static const char *const units[] = { "byte", "codepoint", "utf16", NULL };

static const struct option_row run_options[] = {
    OWN(TEXT, "text", "T", "the text, in place of a FILE"),
    OWN(TEXT, "corpus", "NAME", "a document of those that plugin check tries"),
    SET,
    { .kind = OPTION_ONE_OF,
      .name = "unit",
      .value = "U",
      .what = "offsets are in byte (default), codepoint or utf16",
      .choices = units },
    OWN(TEXT, "lang", "L", "the text's language, such as en"),
    OWN(TEXT, "with", "A,B", "run these, too, and show their results"),
    DIR,
    HELP,
    END,
};

const struct command plugin_run = {
    .name = "plugin run",
    .usage = LINES("FILE.so [option]... [FILE]"),
    .what = "a plugin on one text, without a daemon",
    .more =
        "Opens the plugin, and those that it needs, in this very process, and prints the reply as JSON: for a first "
        "look, and for gdb and valgrind (gdb --args textctl plugin run ...). Without FILE, --text or --corpus the "
        "text is stdin. In the place of FILE.so may stand the name of an installed plugin. What it logs goes to "
        "stderr.",
    .also = "try debug",
    .words = "a plugin's FILE.so, and perhaps a FILE",
    .options = run_options,
    .examples = EXAMPLES({ "textctl plugin run segmenter --text \"Dr. Ada came. She left.\"", "" },
                         { "textctl plugin run sentiment --with segmenter --unit codepoint review.txt", "" },
                         { "textctl plugin run entities --set types=PERSON,ORG < news.txt", "an operator's option" }),
    .exits = "0 it has a result; 1 it has none, with the reason, or it can't be loaded; 2 usage",
    .start = start_run,
};

static const struct option_row check_options[] = {
    OWN(FLAG, "json", NULL, "the report as one line of JSON"),
    OWN(FLAG, "quick", NULL, "without the documents of some 100 KiB and more, and with fewer repetitions"),
    OWN(TEXT, "corpus", "NAME", "this document alone"),
    OWN(TIME, "timeout", "D", "a call that takes longer hangs (default: 10s)"),
    OWN(FLAG, "valgrind", NULL, "under valgrind, which has to be installed; quick, and without what takes time"),
    OWN(TEXT, "grant", "G", "grant it G, such as read:/PATH, beyond what it says that it needs; may be repeated"),
    SET,
    DIR,
    HELP,
    END,
};

const struct command plugin_check = {
    .name = "plugin check",
    .usage = LINES("FILE.so [option]..."),
    .what = "what is wrong with a plugin, before textd finds out",
    .more =
        "Judges the file as textd would, and runs it in processes of its own on texts that plugins stumble over, "
        "with a guard page beside each piece of memory: crashes, hangs, leaks, results that differ for the same "
        "bytes, what breaks the ABI's rules, time that grows too fast, and what it changes in its process. Each "
        "finding has a name, a place, and a line that shows it again. Plugins that it needs are found by themselves.",
    .also = "test lint validate doctor",
    .words = "a plugin's FILE.so",
    .options = check_options,
    .examples = EXAMPLES({ "textctl plugin check segmenter --quick", "one that is installed, in a second" },
                         { "textctl plugin check language --quick --json | jq -r '.findings[].id'", "for programs" }),
    .exits = "0 it is clean; 1 something was found; 2 usage",
    .start = start_check,
};

static const struct option_row bench_options[] = {
    OWN(FLAG, "json", NULL, "as one line of JSON"),
    OWN(TIME, "time", "D", "how long each size is measured (default: 300ms)"),
    SET,
    DIR,
    HELP,
    END,
};

const struct command plugin_bench = {
    .name = "plugin bench",
    .usage = LINES("FILE.so [option]... [FILE]"),
    .what = "how long a plugin takes, by the length of the text",
    .more =
        "Medians for texts of 100 B to 1 MiB, of the plugin's own share and with those that it needs; MB/s, what it "
        "takes of host->alloc, and the power of the length that its time grows with. The text is prose of its own, "
        "or FILE's as often as it takes.",
    .also = "measure time speed perf",
    .words = "a plugin's FILE.so, and perhaps a FILE",
    .options = bench_options,
    .examples = EXAMPLES({ "textctl plugin bench segmenter --time 20ms", "" },
                         { "textctl plugin bench sentiment --time 20ms --json review.txt", "with a text of yours" }),
    .exits = "0 it was measured; 1 it has no result, or can't be loaded; 2 usage",
    .start = start_bench,
};
