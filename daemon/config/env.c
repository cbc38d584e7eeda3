/* env.c: TEXTD_… variables, over the file, and the command line, over those. */
#include "daemon/config/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/nearest.h"

#define PREFIX "TEXTD_"

/* Those that are no scalar setting. TEXTD_ENDPOINT and the keys that go with it are the clients' own: a container may
 * well set them beside ours. */
static const char *const other_variables[] = { "TEXTD_CONFIG",   "TEXTD_ENDPOINTS",      "TEXTD_PLUGIN_DIRS",
                                               "TEXTD_PULL",     "TEXTD_PUSH",           "TEXTD_PUBLISH",
                                               "TEXTD_ENDPOINT", "TEXTD_CURVE_KEY_FILE", "TEXTD_CURVE_SERVER_KEY" };

#define N_OTHERS (sizeof other_variables / sizeof other_variables[0])

struct names {
    char text[TD_N_SETTINGS][TD_CONFIG_NAME_SIZE];
    const char *all[TD_N_SETTINGS + N_OTHERS];
};

static void names_fill(struct names *names)
{
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        td_config_setting_variable(&td_config_settings[i], names->text[i]);
        names->all[i] = names->text[i];
    }
    for (size_t i = 0; i < N_OTHERS; i++)
        names->all[TD_N_SETTINGS + i] = other_variables[i];
}

/* Kubernetes and Docker give every container variables for each service near it: a service called "textd" makes
 * TEXTD_SERVICE_HOST, TEXTD_SERVICE_PORT_DATA, TEXTD_PORT, TEXTD_PORT_7411_TCP_ADDR, and "textd-x" TEXTD_X_PORT and so
 * on. Nobody wrote them, so they can't be mistakes. (Kubernetes documentation, "Accessing the Service".) */
static int is_of_a_service(const char *name)
{
    size_t length = strlen(name);

    return strstr(name, "_SERVICE_HOST") || strstr(name, "_SERVICE_PORT") || strstr(name, "_PORT_") ||
           (length > 5 && strcmp(name + length - 5, "_PORT") == 0);
}

static int is_known(const struct names *names, const char *name)
{
    for (size_t i = 0; i < TD_N_SETTINGS + N_OTHERS; i++)
        if (strcmp(names->all[i], name) == 0)
            return 1;
    return is_of_a_service(name);
}

/* A mistyped variable would change nothing and say nothing. */
static int unknown_check(const struct names *names, struct td_err *err)
{
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        char name[TD_CONFIG_NAME_SIZE];
        if (!equals || strncmp(*entry, PREFIX, strlen(PREFIX)) != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(equals - *entry), *entry);
        if (is_known(names, name))
            continue;
        const char *near = td_nearest(name, strlen(name), names->all, TD_N_SETTINGS + N_OTHERS);
        return td_fail(err, TD_E_CONFIG, "%s: unknown variable%s%s%s", td_config_quote(name).text,
                       near ? "; did you mean " : "; variables that start with TEXTD_ are textd's", near ? near : "",
                       near ? "?" : "");
    }
    return TD_OK;
}

/* Replaces a list by what stands between the separators. A variable that is empty counts as not set. */
static int list_apply(const char *variable, const char *separators, char ***list, uint32_t *n,
                      struct td_config_origin *origin, struct td_err *err)
{
    const char *value = getenv(variable);
    char *copy, *rest = NULL;
    int rc = TD_OK;

    if (!value || value[strspn(value, separators)] == 0)
        return TD_OK;
    if (!(copy = strdup(value)))
        return td_config_no_memory(err);
    td_config_list_free(list, n);
    for (char *item = strtok_r(copy, separators, &rest); item && rc == TD_OK; item = strtok_r(NULL, separators, &rest))
        rc = td_config_list_add(list, n, item, err);
    free(copy);
    return rc != TD_OK ? rc : td_config_origin_set(origin, TD_ORIGIN_ENV, variable, err);
}

int td_config_env_apply(struct td_config *config, struct td_err *err)
{
    struct td_config_private *private = td_config_private(config);
    struct names names = { .all = { NULL } };
    int rc;

    names_fill(&names);
    if ((rc = unknown_check(&names, err)) != TD_OK)
        return rc;
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        const char *value = getenv(names.text[i]);
        if (value && value[0] && (rc = td_config_set(config, i, value, TD_ORIGIN_ENV, names.text[i], err)) != TD_OK)
            return rc;
    }
    if ((rc = td_config_endpoints_env(config, err)) != TD_OK || (rc = td_config_pipes_env(config, err)) != TD_OK)
        return rc;
    return list_apply("TEXTD_PLUGIN_DIRS", ":", &config->plugin_dirs, &config->n_plugin_dirs, &private->plugin_dirs,
                      err);
}

int td_config_flags_apply(struct td_config *config, const struct td_config_flags *flags, struct td_err *err)
{
    int rc = TD_OK;

    if (flags->workers)
        rc = td_config_set(config, TD_SETTING_workers_count, flags->workers, TD_ORIGIN_FLAG, "--workers", err);
    if (rc == TD_OK && flags->control)
        rc = td_config_set(config, TD_SETTING_server_control, flags->control, TD_ORIGIN_FLAG, "--control", err);
    return rc != TD_OK ? rc : td_config_endpoints_flags(config, flags, err);
}
