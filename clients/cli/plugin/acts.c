/* acts.c: see acts.h. */
#include "clients/cli/plugin/acts.h"

#include "clients/cli/rows.h"

const struct option_row plugin_options[] = {
    HEADING("For load:"),
    TEXT("file", 0, "F", "the library is F.so in a plugin directory (default: NAME.so)", file),
    TIME("limit", "how long it may take for one document", limit_ms),
    ROW(SET, "option", 'o', "K=V", "set its option K; may be repeated", options),
    ROW(PIPE, "pipeline", 'p', "P",
        "add it to the pipeline P; may be repeated (default: default, if that is all plugins)", pipelines),
    FLAG("alone", "add it to none: clients ask for it by name", alone),
    HEADING("For all:"),
    CONTROL,
    TIMEOUT("35s"),
    JSON("the reply as one line of JSON"),
    HELP,
    END,
};

const struct act_row plugin_acts[] = {
    { "list", "", 0, 0, "those that are loaded: version, hash, state, counts, times", NULL },
    { "load", "NAME", 1, 1, "add NAME.so of a plugin directory to what runs", NULL },
    { "unload", "NAME", 1, 1, "take it out", NULL },
    { "reload", "[NAME]", 0, 1, "take its newer file; all of them without NAME", NULL },
    { "rollback", "NAME", 1, 1, "go back to the copy that served before", NULL },
    { "enable", "NAME", 1, 1, "run it (again), whatever it has done", NULL },
    { "disable", "NAME", 1, 1, "leave it out; replies say so", NULL },
    { .word = "new", .names = "NAME", .what = "begin a plugin of your own: a project with a test", .own = &plugin_new },
    { .word = "run", .names = "FILE.so [FILE]", .what = "it on one text, for a debugger", .own = &plugin_run },
    { .word = "check", .names = "FILE.so", .what = "what is wrong with it", .own = &plugin_check },
    { .word = "bench", .names = "FILE.so [FILE]", .what = "how long it takes", .own = &plugin_bench },
    { .word = "keygen", .names = "[NAME]", .what = "a pair of keys to sign plugins with", .own = &plugin_keygen },
    { .word = "sign",
      .names = "FILE.so",
      .what = "say that a plugin is yours: library and files",
      .own = &plugin_sign },
    { .word = "verify",
      .names = "FILE.so",
      .what = "whether a plugin is as somebody signed it",
      .own = &plugin_verify },
    { .word = NULL },
};
