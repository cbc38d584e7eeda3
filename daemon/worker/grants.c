/* grants.c: see grants.h. */
#include "daemon/worker/grants.h"

#include <stdio.h>
#include <string.h>

#include <textd/grants.h>

#include "common/grant.h"

/* A grant as it stands in a list of YAML's. What has a colon would be a mapping. */
static size_t add(char *line, size_t size, size_t used, const char *grant)
{
    const char *quote = strpbrk(grant, ":, []{}#\"'") ? "\"" : "";
    int n = snprintf(line + used, size - used, "%s%s%s%s", used ? ", " : "", quote, grant, quote);

    return (size_t)n < size - used ? used + (size_t)n : size - 1;
}

/* "read" and its like are for the operator to complete. */
static const char *pattern_of(const char *need)
{
    if (strcmp(need, "read") == 0)
        return "read:/PATH";
    if (strcmp(need, "write") == 0)
        return "write:/PATH";
    return strcmp(need, "env") == 0 ? "env:NAME" : need;
}

/* All that must stand there: what does already, and what doesn't. */
static void write_line(char *line, size_t size, const struct td_plugin_source *source, const char *const *needs)
{
    size_t used = 0;

    line[0] = 0;
    for (uint32_t i = 0; i < source->n_grants; i++)
        used = add(line, size, used, source->grants[i]);
    for (; *needs; needs++)
        if (!td_grants_cover(source->grants, source->n_grants, *needs))
            used = add(line, size, used, pattern_of(*needs));
}

static int judge_list(const char *name, const struct textd_grants *grants, struct td_err *err)
{
    char fault[200];
    struct td_grant grant;

    if (grants->size < sizeof *grants || !grants->needs)
        return td_fail(err, TD_E_CONFIG,
                       "plugin %s: its table of " TEXTD_GRANTS " has %u bytes; %zu are expected, with a list of needs",
                       name, grants->size, sizeof *grants);
    for (uint32_t i = 0; grants->needs[i]; i++) {
        const char *need = grants->needs[i];
        if (i == TD_MAX_GRANTS)
            return td_fail(err, TD_E_CONFIG, "plugin %s: its list of " TEXTD_GRANTS " is longer than %d, or has no end",
                           name, TD_MAX_GRANTS);
        if (strcmp(need, "read") != 0 && strcmp(need, "write") != 0 && strcmp(need, "env") != 0 &&
            td_grant_read(&grant, need, fault, sizeof fault))
            return td_fail(err, TD_E_CONFIG, "plugin %s: it says that it needs '%.80s': %s", name, need, fault);
    }
    return TD_OK;
}

int td_grants_judge(const struct td_plugin_source *source, const struct textd_plugin *entry, struct td_err *err)
{
    const struct textd_grants *grants = entry->extension ? entry->extension(TEXTD_GRANTS) : NULL;
    char line[300];
    int rc = grants ? judge_list(source->name, grants, err) : TD_OK;

    if (rc != TD_OK || !grants)
        return rc;
    for (const char *const *need = grants->needs; *need; need++) {
        if (td_grants_cover(source->grants, source->n_grants, *need))
            continue;
        write_line(line, sizeof line, source, grants->needs);
        return td_fail(err, TD_E_CONFIG,
                       "plugin %s needs %.80s, which it isn't granted: if it may have it, write into its entry of "
                       "'plugins': grants: [%s]",
                       source->name, *need, line);
    }
    return TD_OK;
}
