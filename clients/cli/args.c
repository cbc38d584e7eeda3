/* args.c: the command line (cli_parse), read by the table of commands. What is wrong is said with what would be
 * right. */
#include "clients/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clients/cli/commands.h"
#include "clients/cli/suggest.h"
#include "clients/cli/lib/term.h"

/* The library's own default; and how much longer than its deadline a document's answer may take to get here. */
#define DEFAULT_TIMEOUT_MS 35000u
#define ANSWER_MS 5000u

/* Reads a whole number up to `max` that begins at *at, and steps over it. -1 when there is none. */
static int read_count(const char **at, uint64_t max, uint64_t *value)
{
    char *end;

    if (**at < '0' || **at > '9')
        return -1;
    errno = 0;
    *value = strtoull(*at, &end, 10);
    *at = end;
    return errno || *value > max ? -1 : 0;
}

/* "500ms", "2s", "1m": at least 1 ms, and such that the daemon and the library can count it. */
static int set_duration(const char *name, const char *text, uint32_t *ms)
{
    static const struct {
        const char *suffix;
        uint64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };
    const char *at = text;
    uint64_t value;

    if (read_count(&at, INT32_MAX, &value) == 0)
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
            if (strcmp(at, units[i].suffix) == 0 && value > 0 && value <= INT32_MAX / units[i].ms) {
                *ms = (uint32_t)(value * units[i].ms);
                return CLI_OK;
            }
    cli_complain("--%s is '%s'; write a time such as 500ms, 2s or 1m", name, text);
    return CLI_USAGE;
}

static int set_count(const struct option_row *o, const char *text, uint32_t *count)
{
    const char *at = text;
    uint64_t value;

    if (read_count(&at, o->most, &value) != 0 || *at || value < o->least) {
        cli_complain("--%s is '%s'; allowed: %u to %u", o->name, text, (unsigned)o->least, (unsigned)o->most);
        return CLI_USAGE;
    }
    *count = (uint32_t)value;
    return CLI_OK;
}

/* "a, b or c" */
static int refuse_choice(const struct option_row *o, const char *text, const char *const *choices)
{
    char words[128] = "";
    size_t used = 0;

    for (size_t i = 0; choices[i] && used < sizeof words; i++)
        used += (size_t)snprintf(words + used, sizeof words - used, "%s%s",
                                 i == 0           ? ""
                                 : choices[i + 1] ? ", "
                                                  : " or ",
                                 choices[i]);
    cli_complain("--%s is '%s'; it must be %s", o->name, text, words);
    return CLI_USAGE;
}

static int find_choice(const struct option_row *o, const char *text, const char *const *choices, size_t *index)
{
    for (*index = 0; choices[*index]; ++*index)
        if (strcmp(text, choices[*index]) == 0)
            return CLI_OK;
    return refuse_choice(o, text, choices);
}

static int set_color(const struct option_row *o, const char *text, enum cli_color *color)
{
    static const char *const names[] = {
        [CLI_COLOR_AUTO] = "auto", [CLI_COLOR_ALWAYS] = "always", [CLI_COLOR_NEVER] = "never", NULL
    };
    size_t index;
    int rc = find_choice(o, text, names, &index);

    if (rc == CLI_OK)
        *color = (enum cli_color)index;
    return rc;
}

static int add(const struct option_row *o, const char **list, size_t *n, const char *item)
{
    if (*n == CLI_MAX_LIST) {
        cli_complain("more than %d of --%s", CLI_MAX_LIST, o->name);
        return CLI_USAGE;
    }
    list[(*n)++] = item;
    return CLI_OK;
}

static int add_plugins(struct cli *cli, const struct option_row *o, char *names)
{
    char *rest = names, *name;

    while ((name = strsep(&rest, ",")) != NULL) {
        if (!name[0]) {
            cli_complain("--plugins names an empty plugin; write --plugins segmenter,sentiment");
            return CLI_USAGE;
        }
        if (add(o, cli->plugins, &cli->n_plugins, name) != CLI_OK)
            return CLI_USAGE;
    }
    return CLI_OK;
}

/* KEY=VALUE where the plugin is known; plugin.key=value, with something before and behind the dot, where it isn't. */
static int add_setting(struct cli *cli, const struct option_row *o, const char *text)
{
    const char *equals = strchr(text, '='), *dot = strchr(text, '.');

    if (o->kind == OPTION_SET && (!equals || equals == text)) {
        cli_complain("--option is '%s'; write KEY=VALUE", text);
        return CLI_USAGE;
    }
    if (o->kind == OPTION_SET_OF && (!equals || !dot || dot > equals || dot == text || dot + 1 == equals)) {
        cli_complain("--option is '%s'; write PLUGIN.KEY=VALUE, such as segmenter.tokens=true", text);
        return CLI_USAGE;
    }
    return add(o, cli->options, &cli->n_options, text);
}

static int take(struct cli *cli, const struct option_row *o, char *value)
{
    void *field = (char *)cli + o->at;
    size_t index;

    switch (o->kind) {
    case OPTION_FLAG:
        *(int *)field = 1;
        return CLI_OK;
    case OPTION_TEXT:
        *(const char **)field = value;
        return CLI_OK;
    case OPTION_TIME:
        return set_duration(o->name, value, field);
    case OPTION_COUNT:
        return set_count(o, value, field);
    case OPTION_ONE_OF:
        *(const char **)field = value;
        return find_choice(o, value, o->choices, &index);
    case OPTION_COLOR:
        return set_color(o, value, field);
    case OPTION_PLUGINS:
        return add_plugins(cli, o, value);
    case OPTION_PIPE:
        return add(o, cli->pipelines, &cli->n_pipelines, value);
    case OPTION_ENDPOINT:
        return add(o, cli->endpoints, &cli->n_endpoints, value);
    case OPTION_SET:
    case OPTION_SET_OF:
        return add_setting(cli, o, value);
    case OPTION_HEADING:
        break;
    }
    return CLI_USAGE; /* a heading has no name that could be typed */
}

/* ---- getopt's tables, made of ours ------------------------------------------------------------------------------- */

#define MOST_OPTIONS 40
#define FIRST_VALUE 256 /* an option's number for getopt: its place in the table, behind all letters */

struct spelling {
    struct option names[MOST_OPTIONS + 1];
    char letters[2 * MOST_OPTIONS + 2];
};

static void spell(struct spelling *s, const struct option_row *options)
{
    size_t n = 0, letters = 0;

    memset(s, 0, sizeof *s);
    s->letters[letters++] = ':'; /* a value that is missing is told apart from an option that is unknown */
    for (int i = 0; options[i].what && n < MOST_OPTIONS; i++) {
        if (options[i].kind == OPTION_HEADING)
            continue;
        s->names[n++] = (struct option) { options[i].name, options[i].value ? required_argument : no_argument, NULL,
                                          FIRST_VALUE + i };
        if (!options[i].letter)
            continue;
        s->letters[letters++] = options[i].letter;
        if (options[i].value)
            s->letters[letters++] = ':';
    }
}

/* The row of what getopt returned, a letter or a number of ours; NULL: it has complained, or there is none. */
static const struct option_row *row_of(const struct option_row *options, int option)
{
    if (option >= FIRST_VALUE)
        return &options[option - FIRST_VALUE];
    for (; options->what; options++)
        if (options->letter && options->letter == option)
            return options;
    return NULL;
}

/* ---- What is wrong ----------------------------------------------------------------------------------------------- */

static int refuse_name(const struct command *c, const char *word)
{
    struct suggest near;
    char name[64], text[200];
    size_t n_beginnings = 0;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    suggest_start(&near, name);
    for (const struct option_row *o = c->options; o->what; o++) {
        if (o->kind == OPTION_HEADING)
            continue;
        suggest_try(&near, o->name);
        n_beginnings += strncmp(o->name, name, strlen(name)) == 0;
    }
    const char *meant = suggest_words(&near, "--", text, sizeof text);
    if (n_beginnings > 1)
        cli_complain("%s: --%s could be several options; see textctl %s --help", c->name, name, c->name);
    else
        cli_complain("%s has no option --%s%s%s textctl %s --help", c->name, name, meant, near.n ? " See" : "; see",
                     c->name);
    return CLI_USAGE;
}

/* What getopt would have said, in our words. */
static int refuse_option(const struct command *c, int option, const char *word)
{
    const struct option_row *row = optopt ? row_of(c->options, optopt) : NULL;

    if (option == ':' && row)
        cli_complain("--%s needs a value: --%s %s; see textctl %s --help", row->name, row->name, row->value, c->name);
    else if (row)
        cli_complain("--%s takes no value; see textctl %s --help", row->name, c->name);
    else if (optopt)
        cli_complain("%s has no option -%c; see textctl %s --help", c->name, optopt, c->name);
    else
        return refuse_name(c, word);
    return CLI_USAGE;
}

static int refuse_act(const struct command *c, const char *word)
{
    struct suggest near;
    char text[200];

    suggest_start(&near, word);
    suggest_try_acts(&near, c->acts);
    suggest_words(&near, "", text, sizeof text);
    if (near.n)
        cli_complain("%s has no '%s'%s See textctl %s --help", c->name, word, text, c->name);
    else
        cli_complain("%s has no '%s'; it takes %s; see textctl %s --help", c->name, word, c->words, c->name);
    return CLI_USAGE;
}

/* A command whose first word says what to do: whether that is known, and has as many words behind it as it takes. One that
 * is a command itself was taken as such where it stands first (main.c); behind options, these would be its command's. */
static int check_act(const struct command *c, const struct cli *cli)
{
    const struct act_row *act = c->acts;

    while (act->word && strcmp(act->word, cli->files[0]) != 0)
        act++;
    if (!act->word)
        return refuse_act(c, cli->files[0]);
    if (act->own) {
        cli_complain("%s takes its options behind it: textctl %s %s; see textctl %s --help", act->own->name,
                     act->own->name, act->names, act->own->name);
        return CLI_USAGE;
    }
    if (cli->n_files - 1 >= act->least && cli->n_files - 1 <= act->most)
        return CLI_OK;
    cli_complain("%s %s takes %s; see textctl %s --help", c->name, act->word, act->most ? act->names : "no words",
                 c->name);
    return CLI_USAGE;
}

static int check(const struct command *c, const struct cli *cli)
{
    const char *wrong = c->conflict ? c->conflict(cli) : NULL;

    if (wrong) {
        cli_complain("%s %s; see textctl %s --help", c->name, wrong, c->name);
        return CLI_USAGE;
    }
    if (cli->n_files < c->least || cli->n_files > c->most) {
        cli_complain("%s takes %s; see textctl %s --help", c->name, c->words, c->name);
        return CLI_USAGE;
    }
    return c->acts && cli->n_files > 0 ? check_act(c, cli) : CLI_OK;
}

int cli_parse(struct cli *cli, const struct command *command, int argc, char **argv)
{
    struct spelling spelling;
    int option;

    spell(&spelling, command->options);
    *cli = (struct cli) { 0 };
    opterr = 0;
    while ((option = getopt_long(argc, argv, spelling.letters, spelling.names, NULL)) != -1) {
        const struct option_row *row = option == '?' || option == ':' ? NULL : row_of(command->options, option);
        if (!row)
            return refuse_option(command, option, argv[optind - 1]);
        if (take(cli, row, optarg) != CLI_OK)
            return CLI_USAGE;
        if (cli->help) {
            cli_help(stdout, command);
            return -1;
        }
    }
    if (cli->timeout_ms == 0 && cli->deadline_ms > DEFAULT_TIMEOUT_MS - ANSWER_MS)
        cli->timeout_ms = cli->deadline_ms + ANSWER_MS; /* who gives the server that long waits for it */
    cli->files = argv + optind;
    cli->n_files = argc - optind;
    return check(command, cli);
}
