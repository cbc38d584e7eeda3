/* textctl_pages.c: textctl's manual pages, as scdoc's source, and its completions for bash, zsh and fish, from the table
 * that its help is printed from and its command line read by.
 *
 *   textctl-pages FOLDER    writes textctl*.1.scd, textctl.bash, _textctl and textctl.fish */
#include <stdlib.h>

#include <textd/version.h>

#include "clients/cli/commands.h"
#include "docs/man/scd.h"

static FILE *make(const char *folder, const char *name)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(1);
    }
    return out;
}

static void finish(FILE *out)
{
    if (fflush(out) != 0 || ferror(out) || fclose(out) != 0) {
        perror("textctl-pages");
        exit(1);
    }
}

/* ---- Manual pages -------------------------------------------------------------------------------------------------- */

/* "*textctl* *pipe* --from IN": what is typed as it stands in bold would need to be told from names; so the whole is plain. */
/* "*plugin* *new* " */
static void write_name(FILE *out, const char *name)
{
    for (; *name; name += strcspn(name, " "), name += *name == ' ')
        fprintf(out, "*%.*s* ", (int)strcspn(name, " "), name);
}

static void write_usage(FILE *out, const struct command *c)
{
    static const char *const none[] = { NULL };

    for (const char *const *usage = c->usage ? c->usage : none; *usage; usage++) {
        fputs("*textctl* ", out);
        write_name(out, c->name);
        scd_text(out, *usage);
        fputs(usage[1] ? "++\n" : "\n", out);
    }
    for (const struct act_row *act = c->acts; act && act->word && !c->usage; act++) {
        fprintf(out, "*textctl* *%s* *%s* ", c->name, act->word);
        scd_text(out, act->names);
        fputs(act[1].word ? "++\n" : "\n", out);
    }
}

static void write_options(FILE *out, const struct option_row *o)
{
    fputs("\n# OPTIONS\n\n", out);
    for (; o->what; o++) {
        if (o->kind == OPTION_HEADING) {
            scd_text(out, o->what);
            fputs("\n\n", out);
            continue;
        }
        if (o->letter)
            fprintf(out, "*-%c*, ", o->letter);
        fprintf(out, "*--%s*", o->name);
        if (o->value) {
            fputc(' ', out);
            scd_in(out, '_', o->value);
        }
        fputs("\n\t", out);
        scd_text(out, o->what);
        fputs("\n\n", out);
    }
}

static void write_examples(FILE *out, const struct example_row *example)
{
    fputs("# EXAMPLES\n\n", out);
    for (; example->line; example++) {
        if (example->what[0]) {
            scd_text(out, example->what);
            fputs(":\n\n", out);
        }
        fprintf(out, "```\n%s\n```\n\n", example->line);
    }
}

static void write_acts(FILE *out, const struct act_row *act)
{
    for (; act && act->word; act++) {
        fprintf(out, "*%s* ", act->word);
        scd_text(out, act->names);
        fputs("\n\t", out);
        scd_text(out, act->what);
        if (act->own)
            fprintf(out, "; see *textctl-plugin-%s*(1)", act->word);
        fputs("\n\n", out);
    }
}

/* "plugin-new": as its page and its part of the completions are called. */
static void join_name(const struct command *c, char *name, size_t size)
{
    snprintf(name, size, "%s", c->name);
    for (char *at = name; *at; at++)
        if (*at == ' ')
            *at = '-';
}

static void write_page(const char *folder, const struct command *c)
{
    char name[64], file[96];

    join_name(c, name, sizeof name);
    snprintf(file, sizeof file, "textctl-%s.1.scd", name);
    FILE *out = make(folder, file);
    fprintf(out, "textctl-%s(1) \"textd %s\"\n\n# NAME\n\ntextctl-%s - ", name, TEXTD_VERSION, name);
    scd_text(out, c->what);
    fputs("\n\n# SYNOPSIS\n\n", out);
    write_usage(out, c);
    fputs("\n# DESCRIPTION\n\n", out);
    scd_text(out, c->more);
    fputs("\n\n", out);
    write_acts(out, c->acts);
    write_options(out, c->options);
    write_examples(out, c->examples);
    fputs("# EXIT STATUS\n\n", out);
    scd_text(out, c->exits);
    fputs("\n\n# SEE ALSO\n\n*textctl*(1), *textd*(8)\n", out);
    finish(out);
}

static void write_list(const char *folder)
{
    FILE *out = make(folder, "textctl.1.scd");

    fprintf(
        out,
        "textctl(1) \"textd %s\"\n\n# NAME\n\ntextctl - sends documents to textd, watches it and gives it orders\n\n",
        TEXTD_VERSION);
    fputs("# SYNOPSIS\n\n*textctl* _COMMAND_ [option]... [word]...++\n*textctl* *help* [_COMMAND_]++\n*textctl* "
          "*--version*\n\n",
          out);
    fputs("# COMMANDS\n\nEach has a page of its own: *textctl-annotate*(1), and so on.\n\n", out);
    for (const struct command *c = commands; c->name; c++) {
        if (c->group)
            fprintf(out, "## %s\n\n", c->group);
        fprintf(out, "*%s*\n\t", c->name);
        scd_text(out, c->what);
        fputs("\n\n", out);
    }
    fputs("# ENVIRONMENT\n\n*TEXTD_ENDPOINT*\n\twhere textd listens, when *--endpoint* isn't given\n\n"
          "*RUNTIME_DIRECTORY*, *XDG_RUNTIME_DIR*\n\twhere the run directory is: see *textd*(8)\n\n"
          "*NO_COLOR*\n\tno colours, unless *--color always*\n\n"
          "# SEE ALSO\n\n*textd*(8), *textd.yaml*(5), *textd-protocol*(7)\n",
          out);
    finish(out);
}

/* ---- Completions --------------------------------------------------------------------------------------------------- */

static int takes_files(const struct option_row *o)
{
    return o->kind == OPTION_TEXT &&
           (strcmp(o->value, "F") == 0 || strcmp(o->value, "IN") == 0 || strcmp(o->value, "DIR") == 0);
}

static int takes_file_words(const struct command *c)
{
    return c->words && strncmp(c->words, "files", 5) == 0;
}

static const char *const *choices_of(const struct option_row *o)
{
    static const char *const colors[] = { "auto", "always", "never", NULL };

    return o->kind == OPTION_COLOR ? colors : o->kind == OPTION_ONE_OF ? o->choices : NULL;
}

static void write_words(FILE *out, const char *const *words)
{
    for (; *words; words++)
        fprintf(out, "%s%s", *words, words[1] ? " " : "");
}

/* What may stand for a word of the command that is no option: words of its acts, or files. */
static void bash_words(FILE *out, const struct command *c)
{
    if (c->acts) {
        fputs("choices='", out);
        for (const struct act_row *act = c->acts; act->word; act++)
            fprintf(out, "%s%s", act->word, act[1].word ? " " : "");
        fputc('\'', out);
    } else
        fputs(takes_file_words(c) ? "files=yes" : ":", out);
}

static void bash_option(FILE *out, const struct option_row *o)
{
    const char *const *choices = choices_of(o);

    fprintf(out, "        --%s", o->name);
    if (o->letter)
        fprintf(out, " | -%c", o->letter);
    fputs(") ", out);
    if (choices) {
        fputs("choices='", out);
        write_words(out, choices);
        fputs("' ;;\n", out);
    } else
        fputs(takes_files(o) ? "files=yes ;;\n" : ": ;;\n", out);
}

static void bash_command(FILE *out, const struct command *c)
{
    fprintf(out, "    '%s')\n        case $before in\n", c->name);
    for (const struct option_row *o = c->options; o->what; o++)
        if (o->kind != OPTION_HEADING && o->value)
            bash_option(out, o);
    fputs("        *) ", out);
    bash_words(out, c);
    fputs(" ;;\n        esac\n        options='", out);
    for (const struct option_row *o = c->options; o->what; o++)
        if (o->kind != OPTION_HEADING)
            fprintf(out, "--%s ", o->name);
    fputs("' ;;\n", out);
}

/* 'plugin new' | 'plugin check': the names that are two words. */
static void write_own(FILE *out, const char *between)
{
    const char *before = "";

    for (const struct command *c = command_next(NULL); c; c = command_next(c))
        if (strchr(c->name, ' ')) {
            fprintf(out, "%s'%s'", before, c->name);
            before = between;
        }
}

static void write_bash(const char *folder)
{
    FILE *out = make(folder, "textctl.bash");

    fputs("# bash completion of textctl, made from its table of commands.\n_textctl()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} choices= options= files=\n"
          "    local command=${COMP_WORDS[1]}\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ] || { [ \"$COMP_CWORD\" -eq 2 ] && [ \"$before\" = help ]; }; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '",
          out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "%s ", c->name);
    fputs("help --version' -- \"$word\")\n        return\n    fi\n"
          "    if [ \"$COMP_CWORD\" -gt 2 ]; then\n        case \"$command ${COMP_WORDS[2]}\" in\n        ",
          out);
    write_own(out, " | ");
    fputs(") command+=\" ${COMP_WORDS[2]}\" ;;\n        esac\n    fi\n    case $command in\n", out);
    for (const struct command *c = command_next(NULL); c; c = command_next(c))
        bash_command(out, c);
    fputs("    esac\n    case $word in\n    -*) choices=$options files= ;;\n    esac\n"
          "    mapfile -t COMPREPLY < <(compgen ${files:+-f} -W \"$choices\" -- \"$word\")\n}\n"
          "complete -o filenames -F _textctl textctl\n",
          out);
    finish(out);
}

/* In a single-quoted word of a shell, within brackets of zsh's or as fish's description. */
static void quoted(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else if (strchr("[]:\\", *text))
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

static void zsh_option(FILE *out, const struct option_row *o)
{
    const char *const *choices = choices_of(o);

    fputs("            '", out);
    if (o->letter)
        fprintf(out, "(-%c --%s)'{-%c,--%s}'", o->letter, o->name, o->letter, o->name);
    else
        fprintf(out, "--%s", o->name);
    fputc('[', out);
    quoted(out, o->what);
    fputc(']', out);
    if (o->value) {
        fprintf(out, ":%s:", o->value);
        if (choices) {
            fputc('(', out);
            write_words(out, choices);
            fputc(')', out);
        } else if (takes_files(o))
            fputs("_files", out);
    }
    fputs("' \\\n", out);
}

static void zsh_command(FILE *out, const struct command *c)
{
    fprintf(out, "    '%s')\n        _arguments -s : \\\n", c->name);
    for (const struct option_row *o = c->options; o->what; o++)
        if (o->kind != OPTION_HEADING)
            zsh_option(out, o);
    if (c->acts) {
        fputs("            '1:act:((", out);
        for (const struct act_row *act = c->acts; act->word; act++) {
            fprintf(out, "%s\\:\"", act->word);
            quoted(out, act->what);
            fprintf(out, "\"%s", act[1].word ? " " : "");
        }
        fputs("))'\n", out);
    } else
        fputs(takes_file_words(c) ? "            '*:file:_files'\n" : "            ':'\n", out);
    fputs("        ;;\n", out);
}

static void write_zsh(const char *folder)
{
    FILE *out = make(folder, "_textctl");

    fputs("#compdef textctl\n# zsh completion of textctl, made from its table of commands.\n_textctl()\n{\n"
          "    local -a all\n    if (( CURRENT == 2 )); then\n        all=(\n",
          out);
    for (const struct command *c = commands; c->name; c++) {
        fprintf(out, "            '%s:", c->name);
        quoted(out, c->what);
        fputs("'\n", out);
    }
    fputs("            'help:the page of a command'\n        )\n        _describe command all\n        return\n    fi\n"
          "    shift words\n    (( CURRENT-- ))\n    local command=$words[1]\n    if (( CURRENT > 2 )); then\n"
          "        case \"$words[1] $words[2]\" in\n        ",
          out);
    write_own(out, " | ");
    fputs(") command=\"$words[1] $words[2]\"; shift words; (( CURRENT-- )) ;;\n        esac\n    fi\n"
          "    case $command in\n",
          out);
    for (const struct command *c = command_next(NULL); c; c = command_next(c))
        zsh_command(out, c);
    fputs("    esac\n}\n_textctl \"$@\"\n", out);
    finish(out);
}

/* Fish takes \' and \\ within single quotes, and no other escapes. */
static void fish_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

/* The condition under which a command's options are offered: its words have been typed, and no others that would make it
 * another command. */
static void fish_condition(FILE *out, const struct command *c)
{
    const char *act = strchr(c->name, ' ');

    fprintf(out, "'__fish_seen_subcommand_from %.*s", (int)strcspn(c->name, " "), c->name);
    if (act)
        fprintf(out, "; and __fish_seen_subcommand_from%s", act);
    const char *glue = "; and not __fish_seen_subcommand_from";
    for (const struct act_row *row = c->acts; row && row->word; row++)
        if (row->own) {
            fprintf(out, "%s %s", glue, row->word);
            glue = "";
        }
    fputc('\'', out);
}

static void fish_command(FILE *out, const struct command *c)
{
    if (!strchr(c->name, ' ')) {
        fprintf(out, "complete -c textctl -f -n __fish_use_subcommand -a %s -d ", c->name);
        fish_quoted(out, c->what);
        fputc('\n', out);
    }
    for (const struct act_row *act = c->acts; act && act->word; act++) {
        fprintf(out, "complete -c textctl -f -n '__fish_seen_subcommand_from %s' -a %s -d ", c->name, act->word);
        fish_quoted(out, act->what);
        fputc('\n', out);
    }
    for (const struct option_row *o = c->options; o->what; o++) {
        const char *const *choices = o->kind == OPTION_HEADING ? NULL : choices_of(o);

        if (o->kind == OPTION_HEADING)
            continue;
        fputs("complete -c textctl -n ", out);
        fish_condition(out, c);
        fprintf(out, " -l %s", o->name);
        if (o->letter)
            fprintf(out, " -s %c", o->letter);
        if (o->value)
            fputs(takes_files(o) ? " -r" : " -x", out);
        if (choices) {
            fputs(" -a '", out);
            write_words(out, choices);
            fputc('\'', out);
        }
        fputs(" -d ", out);
        fish_quoted(out, o->what);
        fputc('\n', out);
    }
}

static void write_fish(const char *folder)
{
    FILE *out = make(folder, "textctl.fish");

    fputs("# fish completion of textctl, made from its table of commands.\n", out);
    for (const struct command *c = command_next(NULL); c; c = command_next(c))
        fish_command(out, c);
    fputs("complete -c textctl -f -n __fish_use_subcommand -a help -d 'the page of a command'\n", out);
    finish(out);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: textctl-pages FOLDER\n", stderr);
        return 64;
    }
    write_list(argv[1]);
    for (const struct command *c = command_next(NULL); c; c = command_next(c))
        write_page(argv[1], c);
    write_bash(argv[1]);
    write_zsh(argv[1]);
    write_fish(argv[1]);
    return 0;
}
