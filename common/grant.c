/* grant.c: see grant.h. */
#include "common/grant.h"

#include <stdio.h>
#include <string.h>

#include "common/nearest.h"

const char *td_sandbox_name(enum td_sandbox mode)
{
    static const char *const names[] = {
#define X(name, text) [TD_SANDBOX_##name] = text,
        TD_SANDBOXES(X)
#undef X
    };
    return names[mode];
}

static const struct {
    const char *word, *argument;
} kinds[] = {
#define X(name, word, argument) [TD_GRANT_##name] = { word, argument },
    TD_GRANTS(X)
#undef X
};

static const char *const words[] = {
#define X(name, word, argument) word,
    TD_GRANTS(X)
#undef X
};

/* As realpath(3) writes it: two spellings of a path would make two grants of one. */
static int is_plain_path(const char *path)
{
    size_t length = strlen(path);

    if (path[0] != '/' || strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../"))
        return 0;
    if (length > 1 && path[length - 1] == '/')
        return 0;
    const char *last = strrchr(path, '/') + 1;
    return strcmp(last, ".") != 0 && strcmp(last, "..") != 0;
}

static int is_variable(const char *name)
{
    return name[0] && !strchr("0123456789", name[0]) &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static const char *unknown(const char *text, size_t length, char *fault, size_t size)
{
    const char *near = td_nearest(text, length, words, TD_N_GRANT_KINDS);

    snprintf(fault, size, "grants are threads, network, read:/PATH, write:/PATH and env:NAME%s%s%s",
             near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return fault;
}

const char *td_grant_read(struct td_grant *grant, const char *text, char *fault, size_t size)
{
    size_t length = strcspn(text, ":");
    const char *argument = text[length] ? text + length + 1 : NULL;
    int kind = 0;

    while (kind < TD_N_GRANT_KINDS && (strlen(words[kind]) != length || memcmp(words[kind], text, length) != 0))
        kind++;
    if (kind == TD_N_GRANT_KINDS)
        return unknown(text, length, fault, size);
    *grant = (struct td_grant) { (enum td_grant_kind)kind, argument };
    if (!kinds[kind].argument && argument) {
        snprintf(fault, size, "'%s' stands alone", words[kind]);
        return fault;
    }
    int is_path = kind == TD_GRANT_READ || kind == TD_GRANT_WRITE;
    if (!kinds[kind].argument || (argument && (is_path ? is_plain_path(argument) : is_variable(argument))))
        return NULL;
    snprintf(fault, size, "'%s:' is followed by %s%s", words[kind], kinds[kind].argument,
             is_path ? ", without '.', '..' and a '/' at its end" : "");
    return fault;
}

static int is_below(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    if (n == 1) /* all paths are absolute */
        return 1;
    return strncmp(path, folder, n) == 0 && (path[n] == 0 || path[n] == '/');
}

static int covers(const struct td_grant *has, enum td_grant_kind kind, const char *argument)
{
    if (has->kind != kind && !(has->kind == TD_GRANT_WRITE && kind == TD_GRANT_READ))
        return 0;
    if (!argument)
        return 1;
    return kind == TD_GRANT_ENV ? strcmp(has->argument, argument) == 0 : is_below(argument, has->argument);
}

int td_grants_cover(const char *const *grants, uint32_t n, const char *need)
{
    char fault[160];
    struct td_grant wanted, has;
    int kind = 0;

    if (td_grant_read(&wanted, need, fault, sizeof fault)) {
        while (kind < TD_N_GRANT_KINDS && strcmp(words[kind], need) != 0)
            kind++;
        if (kind == TD_N_GRANT_KINDS)
            return 0;
        wanted = (struct td_grant) { (enum td_grant_kind)kind, NULL };
    }
    for (uint32_t i = 0; i < n; i++)
        if (!td_grant_read(&has, grants[i], fault, sizeof fault) && covers(&has, wanted.kind, wanted.argument))
            return 1;
    return 0;
}

int td_grants_are_pure(const char *const *grants, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(grants[i], words[TD_GRANT_THREADS]) != 0)
            return 0;
    return 1;
}
