/* args.c: see args.h. */
#include "sdk/args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <textd/version.h>

#include "common/grant.h"

static const char usage[] =
    "usage: plugin-tool run FILE.so [FILE] [--text TEXT] [--corpus NAME] [--set [PLUGIN.]OPTION=VALUE] [--unit UNIT]\n"
    "                   [--lang TAG] [--with PLUGIN[,PLUGIN]] [--plugin-dir DIR]\n"
    "       plugin-tool check FILE.so [--json] [--quick] [--corpus NAME] [--timeout TIME] [--valgrind]\n"
    "                   [--set [PLUGIN.]OPTION=VALUE] [--plugin-dir DIR] [--grant GRANT]\n"
    "       plugin-tool bench FILE.so [FILE] [--json] [--time TIME] [--set [PLUGIN.]OPTION=VALUE] [--plugin-dir DIR]\n"
    "`textctl plugin run --help` and its kin say more.\n";

__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
    va_list args;

    fputs("plugin-tool: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return SDK_EXIT_USAGE;
}

enum kind { FLAG, TEXT, LIST, NAMES, TIME, UNIT };

#define VERB(v) (1u << (v))
#define ALL (VERB(SDK_RUN) | VERB(SDK_CHECK) | VERB(SDK_BENCH))

static const struct row {
    const char *name;
    enum kind kind;
    unsigned verbs;
    size_t at, count_at, most;
} rows[] = {
    { "--set", LIST, ALL, offsetof(struct sdk_args, settings), offsetof(struct sdk_args, n_settings),
      SDK_MOST_SETTINGS },
    { "--plugin-dir", LIST, ALL, offsetof(struct sdk_args, dirs), offsetof(struct sdk_args, n_dirs), SDK_MOST_DIRS },
    { "--grant", LIST, VERB(SDK_CHECK), offsetof(struct sdk_args, grants), offsetof(struct sdk_args, n_grants),
      SDK_MOST_DIRS },
    { "--text", TEXT, VERB(SDK_RUN), offsetof(struct sdk_args, text), 0, 0 },
    { "--corpus", TEXT, VERB(SDK_RUN) | VERB(SDK_CHECK), offsetof(struct sdk_args, corpus), 0, 0 },
    { "--lang", TEXT, VERB(SDK_RUN), offsetof(struct sdk_args, lang), 0, 0 },
    { "--unit", UNIT, VERB(SDK_RUN), offsetof(struct sdk_args, unit), 0, 0 },
    { "--with", NAMES, VERB(SDK_RUN), offsetof(struct sdk_args, with), offsetof(struct sdk_args, n_with),
      SDK_MOST_WITH },
    { "--json", FLAG, VERB(SDK_CHECK) | VERB(SDK_BENCH), offsetof(struct sdk_args, json), 0, 0 },
    { "--quick", FLAG, VERB(SDK_CHECK), offsetof(struct sdk_args, quick), 0, 0 },
    { "--valgrind", FLAG, VERB(SDK_CHECK), offsetof(struct sdk_args, valgrind), 0, 0 },
    { "--timeout", TIME, VERB(SDK_CHECK), offsetof(struct sdk_args, timeout_ns), 0, 0 },
    { "--time", TIME, VERB(SDK_BENCH), offsetof(struct sdk_args, time_ns), 0, 0 },
    /* Our own, for the process that runs under valgrind: in no usage. */
    { "--valgrind-logs", TEXT, VERB(SDK_CHECK), offsetof(struct sdk_args, valgrind_logs), 0, 0 },
};

static int read_time(const char *name, const char *text, uint64_t *ns)
{
    static const struct {
        const char *suffix;
        uint64_t ns;
    } units[] = { { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000 } };
    char *end = NULL;

    errno = 0;
    unsigned long long n = text[0] >= '0' && text[0] <= '9' ? strtoull(text, &end, 10) : 0;
    for (size_t i = 0; end && i < sizeof units / sizeof units[0]; i++)
        if (strcmp(end, units[i].suffix) == 0 && n > 0 && errno == 0 && n <= 3600000) {
            *ns = n * units[i].ns;
            return -1;
        }
    return complain("%s is '%s'; write a time such as 500ms, 2s or 1m", name, text);
}

static int add(const struct row *row, struct sdk_args *args, const char *item)
{
    uint32_t *n = (uint32_t *)(void *)((char *)args + row->count_at);
    const char **list = (const char **)(void *)((char *)args + row->at);

    if (*n == row->most)
        return complain("there are too many of %s", row->name);
    list[(*n)++] = item;
    return -1;
}

static int take(const struct row *row, struct sdk_args *args, char *value)
{
    void *field = (char *)args + row->at;
    char *rest = value, *name;
    int rc = -1;

    switch (row->kind) {
    case FLAG:
        *(int *)field = 1;
        return -1;
    case TEXT:
        *(const char **)field = value;
        return -1;
    case LIST:
        if (row->most == SDK_MOST_SETTINGS && (!strchr(value, '=') || value[0] == '='))
            return complain("%s is '%s'; write OPTION=VALUE or PLUGIN.OPTION=VALUE", row->name, value);
        return add(row, args, value);
    case NAMES:
        while (rc < 0 && (name = strsep(&rest, ",")) != NULL)
            rc = add(row, args, name);
        return rc;
    case TIME:
        return read_time(row->name, value, field);
    case UNIT:
        if (td_unit_find(value, strlen(value), field) == 0)
            return -1;
        return complain("%s is '%s'; it must be byte, codepoint or utf16", row->name, value);
    }
    return -1;
}

static int read_option(struct sdk_args *args, int argc, char **argv, int *i)
{
    char *equals = strchr(argv[*i], '=');
    size_t length = equals ? (size_t)(equals - argv[*i]) : strlen(argv[*i]);

    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        const struct row *row = &rows[k];
        if (strlen(row->name) != length || strncmp(row->name, argv[*i], length) != 0 ||
            !(row->verbs & VERB(args->verb)))
            continue;
        if (row->kind == FLAG)
            return equals ? complain("%s takes no value", row->name) : take(row, args, NULL);
        if (!equals && *i + 1 == argc)
            return complain("%s wants a value", row->name);
        return take(row, args, equals ? equals + 1 : argv[++*i]);
    }
    return complain("there is no option %s here; see textctl plugin %s --help", argv[*i], argv[1]);
}

static int read_verb(struct sdk_args *args, const char *word)
{
    static const char *const names[] = { [SDK_RUN] = "run", [SDK_CHECK] = "check", [SDK_BENCH] = "bench" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(word, names[i]) == 0) {
            args->verb = (enum sdk_verb)i;
            return -1;
        }
    return complain("'%s' is none of run, check and bench", word);
}

int sdk_args_read(struct sdk_args *args, int argc, char **argv)
{
    int rc, are_words = 0;

    *args = (struct sdk_args) { .program = argv[0], .timeout_ns = 10000000000u, .time_ns = 300000000u };
    if (argc < 2) {
        fputs(usage, stderr);
        return SDK_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(usage, stdout);
        return SDK_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("plugin-tool %s\n", TEXTD_VERSION);
        return SDK_EXIT_OK;
    }
    if ((rc = read_verb(args, argv[1])) >= 0)
        return rc;
    for (int i = 2; i < argc; i++) {
        if (!are_words && strcmp(argv[i], "--") == 0) {
            are_words = 1;
        } else if (!are_words && argv[i][0] == '-' && argv[i][1]) {
            if ((rc = read_option(args, argc, argv, &i)) >= 0)
                return rc;
        } else if (!args->file) {
            args->file = argv[i];
        } else if (!args->text_file && args->verb != SDK_CHECK) {
            args->text_file = argv[i];
        } else {
            return complain("'%s' is one word too many", argv[i]);
        }
    }
    for (uint32_t i = 0; i < args->n_grants; i++) {
        struct td_grant grant;
        char fault[200];
        if (td_grant_read(&grant, args->grants[i], fault, sizeof fault))
            return complain("--grant is '%s': %s", args->grants[i], fault);
    }
    if (!args->file)
        return complain("%s needs a plugin's FILE.so, or the name of one that is installed", argv[1]);
    if ((args->text != NULL) + (args->text_file != NULL) + (args->corpus != NULL) > 1)
        return complain("%s takes one of --text, --corpus and FILE", argv[1]);
    return -1;
}
