/* commands.h: what textctl can do, as one table (commands.c): each command's words, options, examples and exit codes.
 * The command line is read by it (args.c), the pages of help are printed from it (help.c), and so is "did you mean". */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stddef.h>
#include <stdint.h>

#include "clients/cli/cli.h"

enum option_kind {
    OPTION_HEADING,  /* no option: a line above those that follow */
    OPTION_FLAG,     /* int: 1 when it is there */
    OPTION_TEXT,     /* const char * */
    OPTION_TIME,     /* uint32_t, ms: 500ms, 2s, 1m */
    OPTION_COUNT,    /* uint32_t from `least` to `most` */
    OPTION_ONE_OF,   /* const char *: one of `choices` */
    OPTION_COLOR,    /* enum cli_color */
    OPTION_PLUGINS,  /* names with commas between, into cli->plugins */
    OPTION_PIPE,     /* a name more in cli->pipelines */
    OPTION_ENDPOINT, /* one more in cli->endpoints */
    OPTION_SET,      /* KEY=VALUE, into cli->options */
    OPTION_SET_OF,   /* PLUGIN.KEY=VALUE, into cli->options */
};

/* One option of a command. Its value goes to the field of struct cli that begins at `at`. */
struct option_row {
    enum option_kind kind;
    const char *name;
    char letter;       /* 0: it has none */
    const char *value; /* what the page calls its value; NULL: it takes none */
    const char *what;
    size_t at;
    uint32_t least, most;
    const char *const *choices;
};

/* A word that a command begins with: `plugin load NAME`. */
struct act_row {
    const char *word;
    const char *names; /* what stands behind it, for people; "" */
    int least, most;   /* how many words that are; with `own` it says so */
    const char *what;
    /* NULL: it is done with the options and the function of its command. Otherwise it is a command itself, by the name
     * "plugin new", with a page of its own: `textctl plugin new --help`, textctl-plugin-new(1). */
    const struct command *own;
};

struct example_row {
    const char *line; /* as typed into a shell */
    const char *what;
};

struct command {
    const char *group; /* the heading above it in the list; NULL: it stands below the one before */
    const char *name;
    const char *const *usage; /* what may stand behind the name: a line for each form; NULL at the end */
    const char *what;         /* one line, for the list */
    const char *more;         /* a paragraph for its page */
    const char *also;         /* other words that people try for it, or NULL */
    int least, most;          /* words that are no options */
    const char *words;        /* what these are, for people */
    const struct act_row *acts;
    const struct option_row *options;
    const struct example_row *examples;
    const char *exits; /* exit codes, and when */
    /* What may not stand together, after "annotate "; NULL: all is well. May itself be NULL. */
    const char *(*conflict)(const struct cli *cli);
    int (*run)(const struct cli *cli);
    int (*start)(int argc, char **argv); /* in place of `run`: reads its words itself */
};

/* The table; its last row has no name. */
extern const struct command commands[];

/* NULL: there is none of that name. */
const struct command *command_find(const char *name);

/* Of an act that is a command itself; NULL: `word`, which may be NULL, is no such act of the command's. */
const struct command *command_find_act(const struct command *command, const char *word);

/* Goes through all pages that there are: the commands, each with those of its acts behind it. Begins with NULL, and ends
 * with it. */
const struct command *command_next(const struct command *before);

#endif
