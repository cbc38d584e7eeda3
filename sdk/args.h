/* args.h: the command line of plugin-tool, which `textctl plugin run`, `check` and `bench` hand on as it is. */
#ifndef SDK_ARGS_H
#define SDK_ARGS_H

#include <stddef.h>
#include <stdint.h>

#include "common/offsets.h"

#define SDK_MOST_SETTINGS 64
#define SDK_MOST_DIRS 16
#define SDK_MOST_WITH 64

enum sdk_verb { SDK_RUN, SDK_CHECK, SDK_BENCH };

/* Exit codes, which are textctl's. */
#define SDK_EXIT_OK 0
#define SDK_EXIT_FOUND 1 /* check: something is wrong; run: the document failed */
#define SDK_EXIT_USAGE 2 /* the command line, or a file that it names */

struct sdk_args {
    enum sdk_verb verb;
    const char *program;   /* plugin-tool, as it was started */
    const char *file;      /* the plugin's */
    const char *text;      /* --text */
    const char *text_file; /* FILE; "-" is stdin; NULL: none was named */
    const char *corpus;    /* --corpus NAME */
    const char *lang;
    enum td_unit unit;
    const char *settings[SDK_MOST_SETTINGS]; /* [PLUGIN.]OPTION=VALUE */
    uint32_t n_settings;
    const char *dirs[SDK_MOST_DIRS]; /* --plugin-dir; the installed one is not among them */
    uint32_t n_dirs;
    const char *with[SDK_MOST_WITH]; /* run: plugins that run, too */
    uint32_t n_with;
    const char *grants[SDK_MOST_DIRS]; /* check: what an operator would grant, beyond what it asks for */
    uint32_t n_grants;
    uint64_t timeout_ns; /* check: for a call of the plugin */
    uint64_t time_ns;    /* bench: for each size */
    int json, quick, valgrind;
    const char *valgrind_logs; /* the folder of valgrind's words; set when we were started under it */
};

/* Reads the words behind the program's name. An exit code below 0: go on; otherwise the process is to end with it, and
 * what is wrong was said. */
int sdk_args_read(struct sdk_args *args, int argc, char **argv);

#endif
