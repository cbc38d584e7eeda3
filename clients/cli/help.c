/* help.c: the pages that --help prints (cli_help), from the table of commands, and what is said of a command that
 * there is none of (cli_unknown). */
#include "clients/cli/cli.h"

#include <string.h>
#include <textd/version.h>

#include "clients/cli/commands.h"
#include "clients/cli/suggest.h"
#include "clients/cli/lib/term.h"

#define NAME_COLUMN 13   /* of the list of commands: the longest name and two */
#define OPTION_COLUMN 22 /* of a page: what options are and do is apart */
#define WORDS_COLUMN 39  /* of a page, behind words of some length: acts, examples */

/* "LEFT    what", with LEFT on a line of its own when it is too long. */
static void print_row(const struct term *term, const char *left, int column, const char *what)
{
    int length = (int)strlen(left);

    fputs(left, term->out);
    if (length + 2 > column && what[0])
        fprintf(term->out, "\n%*s", column, "");
    else
        fprintf(term->out, "%*s", what[0] ? column - length : 0, "");
    term_wrapped(term, what, column);
}

static void print_usage(const struct term *term, const struct command *c)
{
    static const char *const none[] = { NULL };
    const char *before = "usage: ";
    char left[64];

    for (const char *const *usage = c->usage ? c->usage : none; *usage; usage++, before = "       ")
        fprintf(term->out, "%stextctl %s %s\n", before, c->name, *usage);
    for (const struct act_row *act = c->acts; act && act->word && !c->usage; act++, before = "       ") {
        snprintf(left, sizeof left, "%stextctl %s %s %s", before, c->name, act->word, act->names);
        print_row(term, left, WORDS_COLUMN, act->what);
    }
}

static void print_options(const struct term *term, const struct option_row *o)
{
    char left[64], letter[8];

    fputc('\n', term->out);
    for (; o->what; o++) {
        snprintf(letter, sizeof letter, o->letter ? "-%c, " : "    ", o->letter);
        if (o->kind == OPTION_HEADING)
            snprintf(left, sizeof left, "%s", o->what);
        else
            snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
        print_row(term, left, OPTION_COLUMN, o->kind == OPTION_HEADING ? "" : o->what);
    }
}

static void print_examples(const struct term *term, const struct example_row *example)
{
    char left[128];

    fputs("\nExamples:\n", term->out);
    for (; example->line; example++) {
        snprintf(left, sizeof left, "  %s", example->line);
        print_row(term, left, WORDS_COLUMN, example->what);
    }
}

static void print_page(const struct term *term, const struct command *c)
{
    print_usage(term, c);
    fputc('\n', term->out);
    term_wrapped(term, c->more, 0);
    print_options(term, c->options);
    print_examples(term, c->examples);
    fputs("\nExit codes: ", term->out);
    term_wrapped(term, c->exits, 12);
}

static void print_list(const struct term *term)
{
    char left[64];

    fputs("usage: textctl COMMAND [option]... [word]...    COMMAND --help has its options\n", term->out);
    for (const struct command *c = commands; c->name; c++) {
        if (c->group)
            fprintf(term->out, "%s\n", c->group);
        snprintf(left, sizeof left, "  %s", c->name);
        print_row(term, left, NAME_COLUMN, c->what);
    }
}

void cli_help(FILE *out, const struct command *command)
{
    const struct term term = term_of(out, CLI_COLOR_NEVER);

    if (command)
        print_page(&term, command);
    else
        print_list(&term);
}

/* Of the words that commands begin with, those that are near: 'laod' is no command's name, but plugin load is there. */
static const char *suggest_acts(const char *word, char *text, size_t size)
{
    struct suggest near;
    char before[32];

    for (const struct command *c = commands; c->name; c++) {
        suggest_start(&near, word);
        suggest_try_acts(&near, c->acts);
        snprintf(before, sizeof before, "%s ", c->name);
        if (near.n)
            return suggest_words(&near, before, text, size);
    }
    return "; textctl help lists them";
}

/* An order to the daemon. Those for authors are fewer people's: who types `run` rather means annotate. */
static int is_order(const char *word)
{
    for (const struct command *c = commands; c->name; c++)
        for (const struct act_row *act = c->acts; act && act->word; act++)
            if (!act->own && strcmp(act->word, word) == 0)
                return 1;
    return 0;
}

int cli_unknown(const char *word)
{
    struct suggest near;
    char text[200];

    suggest_start(&near, word);
    for (const struct command *c = commands; c->name; c++) {
        suggest_try(&near, c->name);
        suggest_try_synonyms(&near, c->also, c->name);
    }
    suggest_try(&near, "help");
    if (is_order(word))
        near.n = 0; /* 'load' is nearer to plugin load than to reload */
    if (word[0] == '-')
        cli_complain("'%s' stands where a command should: textctl COMMAND %s; textctl help lists them", word, word);
    else if (near.n)
        cli_complain("there is no command '%s'%s", word, suggest_words(&near, "", text, sizeof text));
    else
        cli_complain("there is no command '%s'%s", word, suggest_acts(word, text, sizeof text));
    return CLI_USAGE;
}
