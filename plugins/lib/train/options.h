/* options.h: the command line of a trainer that textctl starts: `PLUGIN-train COMMAND [--OPTION VALUE]... [FILE]...`. */
#ifndef TEXTD_TRAINER_OPTIONS_H
#define TEXTD_TRAINER_OPTIONS_H

/* `--name VALUE` or `--name=VALUE`; the value goes to *value, which has the default before. */
struct trainer_option {
    const char *name;
    const char **value;
};

/* Reads what stands behind the command, argv[1], and moves the words that are no options to argv + 2: how many these are. Options may stand
 * among them; behind `--` there are none. --help prints `usage` and ends the program with 0, and a wrong option ends it with 2. The last
 * option has no name. */
int trainer_options(int argc, char **argv, const struct trainer_option *options, const char *usage);

/* Says what is wrong with the command line, then `usage`, and ends the program with 2. */
_Noreturn void trainer_usage(const char *usage, const char *why, const char *what);

/* A file of the installation, told from where the program is: …/libexec/textd/PLUGIN-train and …/share/textd/`file`. Lasts as long as the
 * program. */
const char *trainer_installed(const char *file);

#endif
