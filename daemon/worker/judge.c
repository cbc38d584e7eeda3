/* judge.c: see judge.h. The order matters: magic before size, size before version, version before anything else is read,
 * since each says how far the next may be trusted. */
#include "daemon/worker/judge.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "common/utf8.h"
#include "daemon/both/frames.h"

/* Version 1.0 of the struct: a plugin can't be older. Stays when fields are appended. */
#define FIRST_SIZE (offsetof(struct textd_plugin, extension) + sizeof(void *))
#define FIRST_OPTION_SIZE (offsetof(struct textd_option, choices) + sizeof(void *))
#define MAX_OPTIONS 255u
#define MAX_LAYERS_DECLARED 32

static int judge_head(const struct textd_plugin *p, const char *path, struct td_err *err)
{
    if (p->magic != TEXTD_PLUGIN_MAGIC)
        return td_fail(err, TD_E_CONFIG, "%s: its magic is 0x%08x, not 0x%08x: start the struct with TEXTD_PLUGIN_HEAD",
                       path, p->magic, TEXTD_PLUGIN_MAGIC);
    if (p->size < FIRST_SIZE || p->size > 65536)
        return td_fail(err, TD_E_CONFIG, "%s: its struct is said to have %u bytes; at least %zu are expected", path,
                       p->size, FIRST_SIZE);
    if (p->abi_major != TEXTD_ABI_MAJOR)
        return td_fail(err, TD_E_CONFIG, "%s: it is built for plugin ABI %u.%u, this textd has %d.%d: rebuild it", path,
                       p->abi_major, p->abi_minor, TEXTD_ABI_MAJOR, TEXTD_ABI_MINOR);
    if (p->abi_minor > TEXTD_ABI_MINOR)
        return td_fail(err, TD_E_CONFIG, "%s: it needs plugin ABI %u.%u, this textd has %d.%d: update textd", path,
                       p->abi_major, p->abi_minor, TEXTD_ABI_MAJOR, TEXTD_ABI_MINOR);
    return TD_OK;
}

/* [a-z][a-z0-9_]*, and also '-' when `dash`. */
static int is_identifier(const char *s, size_t max, int dash)
{
    size_t n = s ? strnlen(s, max + 1) : 0;

    if (n == 0 || n > max || !islower((unsigned char)s[0]))
        return 0;
    for (size_t i = 1; i < n; i++)
        if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '_' && !(dash && s[i] == '-'))
            return 0;
    return 1;
}

/* A number without leading zeros; returns what follows it, or NULL. */
static const char *skip_number(const char *s)
{
    if (s[0] == '0')
        return isdigit((unsigned char)s[1]) ? NULL : s + 1;
    const char *start = s;
    while (isdigit((unsigned char)*s))
        s++;
    return s == start ? NULL : s;
}

/* Semantic version (semver.org 2.0.0): MAJOR.MINOR.PATCH, perhaps -PRERELEASE and +BUILD of [0-9A-Za-z.-]. */
static int is_semantic_version(const char *s)
{
    if (!s || strnlen(s, 65) > 64)
        return 0;
    for (int i = 0; i < 3; i++) {
        if (i > 0 && *s++ != '.')
            return 0;
        if (!(s = skip_number(s)))
            return 0;
    }
    if (*s && *s != '-' && *s != '+')
        return 0;
    for (; *s; s++)
        if (!isalnum((unsigned char)*s) && !strchr("-+.", *s))
            return 0;
    return 1;
}

static int is_words(const char *s)
{
    size_t n = s ? strnlen(s, 513) : 0;
    return n > 0 && n <= 512 && td_utf8_check(s, n, NULL) == n;
}

static int judge_names(const struct textd_plugin *p, const char *path, struct td_err *err)
{
    if (!is_identifier(p->name, 31, 1))
        return td_fail(err, TD_E_CONFIG, "%s: its name must be [a-z][a-z0-9_-]* of at most 31 bytes, not '%.40s'", path,
                       p->name ? p->name : "");
    if (!is_semantic_version(p->version))
        return td_fail(err, TD_E_CONFIG, "%s: its version must be a semantic version such as 1.4.0, not '%.40s'", path,
                       p->version ? p->version : "");
    if (!is_words(p->license))
        return td_fail(err, TD_E_CONFIG, "%s: it names no license; give an SPDX expression such as Apache-2.0", path);
    if (!is_words(p->summary))
        return td_fail(err, TD_E_CONFIG, "%s: it has no summary; say in one sentence what it does", path);
    if (!p->process)
        return td_fail(err, TD_E_CONFIG, "%s: it has no process function, the one that a plugin must have", path);
    return TD_OK;
}

/* "name/version", with "?" behind it when `optional_allowed`. */
static int is_layer_name(const char *s, int optional_allowed)
{
    size_t n = strnlen(s, 65);
    const char *slash = memchr(s, '/', n);

    if (n == 0 || n > 64 || !slash || slash == s || !isdigit((unsigned char)slash[1]))
        return 0;
    for (const char *c = s; c < slash; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && !strchr("._-", *c))
            return 0;
    const char *end = skip_number(slash + 1);
    return end && (!*end || (optional_allowed && strcmp(end, TEXTD_OPTIONAL) == 0));
}

static int judge_layers(const char *const *names, int optional_allowed, const char *field, const char *path,
                        struct td_err *err)
{
    if (!names)
        return TD_OK;
    for (int i = 0; names[i]; i++) {
        if (i == MAX_LAYERS_DECLARED)
            return td_fail(err, TD_E_CONFIG, "%s: %s has more than %d names, or no NULL at its end", path, field,
                           MAX_LAYERS_DECLARED);
        if (!is_layer_name(names[i], optional_allowed))
            return td_fail(err, TD_E_CONFIG, "%s: %s names the layer '%.64s'; a layer is NAME/VERSION, as tokens/1",
                           path, field, names[i]);
    }
    return TD_OK;
}

/* What is wrong with an option's declaration; NULL when nothing is. */
static const char *option_is_wrong(const struct textd_option *o)
{
    if (!is_identifier(o->name, 63, 0))
        return "its name must be [a-z][a-z0-9_]*";
    if (o->type < TEXTD_BOOL || o->type > TEXTD_TEXT)
        return "its type is none of TEXTD_BOOL, TEXTD_INT, TEXTD_FLOAT, TEXTD_TEXT";
    if (!is_words(o->help))
        return "it has no help";
    if (o->type <= TEXTD_INT && !(o->min_integer <= o->initial_integer && o->initial_integer <= o->max_integer))
        return "its initial value is outside its range";
    if (o->type == TEXTD_FLOAT && !(o->min_number <= o->initial_number && o->initial_number <= o->max_number))
        return "its initial value is outside its range";
    if ((o->flags & TEXTD_SECRET) && (o->type != TEXTD_TEXT || (o->flags & TEXTD_PER_REQUEST) || o->choices ||
                                      (o->initial_text && *o->initial_text)))
        return "a secret must be a text without choices and without an initial value, and not per request";
    return NULL;
}

static int judge_options(const struct textd_plugin *p, const char *path, struct td_err *err)
{
    if (p->n_options == 0)
        return TD_OK;
    if (!p->options || p->n_options > MAX_OPTIONS || p->option_size < FIRST_OPTION_SIZE || p->option_size > 4096)
        return td_fail(err, TD_E_CONFIG, "%s: its table of %u options at %u bytes each is not usable", path,
                       p->n_options, p->option_size);
    for (uint32_t i = 0; i < p->n_options; i++) {
        const struct textd_option *o =
            (const struct textd_option *)(const void *)((const char *)p->options + (size_t)i * p->option_size);
        const char *wrong = option_is_wrong(o);
        if (wrong)
            return td_fail(err, TD_E_CONFIG, "%s: option %u (%.63s): %s", path, i, o->name ? o->name : "", wrong);
    }
    return TD_OK;
}

int td_judge_tables(const struct textd_plugin *copy, const char *path, struct td_err *err)
{
    int rc = judge_names(copy, path, err);

    if (rc == TD_OK)
        rc = judge_layers(copy->needs_layers, 1, "needs_layers", path, err);
    if (rc == TD_OK)
        rc = judge_layers(copy->adds_layers, 0, "adds_layers", path, err);
    return rc == TD_OK ? judge_options(copy, path, err) : rc;
}

int td_judge(const void *entry, const char *path, struct textd_plugin *copy, struct td_err *err)
{
    const struct textd_plugin *found = entry;
    int rc = judge_head(found, path, err);

    if (rc != TD_OK)
        return rc;
    memset(copy, 0, sizeof *copy);
    memcpy(copy, found, found->size < sizeof *copy ? found->size : sizeof *copy);
    return td_judge_tables(copy, path, err);
}
