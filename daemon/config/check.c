/* check.c: what must hold before anything is started: settings that fit each other, names that are names, pipelines of
 * plugins that there are. */
#include "daemon/config/parts.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/nearest.h"

#define IPC "ipc://"
#define TCP "tcp://"

/* server.control or server.events. */
static int operators_endpoint_check(const struct td_config *config, int setting, const char *endpoint,
                                    struct td_err *err)
{
    const char *fault;

    if (!endpoint)
        return TD_OK;
    fault = strncmp(endpoint, IPC, strlen(IPC)) == 0 ? td_config_ipc_fault(endpoint)
                                                     : "must start with ipc://: it is for this machine only";
    for (uint32_t i = 0; i < config->n_endpoints && !fault; i++)
        if (strcmp(endpoint, config->endpoints[i].address) == 0)
            fault = "is one of the endpoints; the operator's sockets need paths of their own";
    if (!fault)
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "%s: server.%s: '%s' %s", td_config_private(config)->settings[setting].place,
                   td_config_settings[setting].key, td_config_quote(endpoint).text, fault);
}

/* ---- HTTP ---- */

static int fail_http(const struct td_config *config, int setting, const char *value, const char *fault,
                     struct td_err *err)
{
    return td_fail(err, TD_E_CONFIG, "%s: http.%s: '%s' %s", td_config_private(config)->settings[setting].place,
                   td_config_settings[setting].key, td_config_quote(value).text, fault);
}

/* Of a place that was checked. */
static int ends_in_any_port(const char *place)
{
    const char *port = strrchr(place, ':') + 1;

    return strcmp(port, "0") == 0 || strcmp(port, "*") == 0;
}

/* Who else is to listen at `place`; NULL: nobody, or a port is looked for. */
static const char *taken_by(const struct td_config *config, const char *place)
{
    if (ends_in_any_port(place))
        return NULL;
    for (uint32_t i = 0; i < config->n_endpoints; i++)
        if (strncmp(config->endpoints[i].address, TCP, strlen(TCP)) == 0 &&
            strcmp(config->endpoints[i].address + strlen(TCP), place) == 0)
            return "is one of the endpoints, which speak ZeroMQ; HTTP needs a port of its own";
    for (int list = 0; list < TD_N_PIPE_LISTS; list++)
        for (uint32_t i = 0; i < config->pipes[list].n; i++)
            if (config->pipes[list].all[i].binds &&
                strncmp(config->pipes[list].all[i].address, TCP, strlen(TCP)) == 0 &&
                strcmp(config->pipes[list].all[i].address + strlen(TCP), place) == 0)
                return "is an end of pull, push or publish, which speak ZeroMQ; HTTP needs a port of its own";
    return NULL;
}

static int http_places_check(const struct td_config *config, struct td_err *err)
{
    const char *listen = config->set.http_listen, *probes = config->set.http_probes, *fault;

    if (listen && (fault = taken_by(config, listen)))
        return fail_http(config, TD_SETTING_http_listen, listen, fault, err);
    if (!probes)
        return TD_OK;
    fault = taken_by(config, probes);
    if (!fault && listen && strcmp(listen, probes) == 0 && !ends_in_any_port(probes))
        fault =
            "is http.listen's as well, which has all that the probes' listener has; leave it out, or take another port";
    return fault ? fail_http(config, TD_SETTING_http_probes, probes, fault, err) : TD_OK;
}

static int http_check(const struct td_config *config, struct td_err *err)
{
    static const char form[] = "must be a numeric address and a port, such as 127.0.0.1:7412, [::1]:7412 or *:7412";
    const struct td_settings *set = &config->set;
    int is_probes_wrong = set->http_probes && td_config_is_loopback_place(set->http_probes) < 0;

    if (is_probes_wrong || (set->http_listen && td_config_is_loopback_place(set->http_listen) < 0))
        return fail_http(config, is_probes_wrong ? TD_SETTING_http_probes : TD_SETTING_http_listen,
                         is_probes_wrong ? set->http_probes : set->http_listen, form, err);
    if (set->http_token_file && set->http_token_file[0] != '/')
        return fail_http(config, TD_SETTING_http_token_file, set->http_token_file, "must be an absolute path", err);
    if (set->http_listen && !set->http_token_file && td_config_is_loopback_place(set->http_listen) == 0)
        return fail_http(
            config, TD_SETTING_http_listen, set->http_listen,
            "can be reached from other machines: set http.token_file as well, or bind 127.0.0.1; for probes "
            "from outside there is http.probes",
            err);
    return http_places_check(config, err);
}

static int state_dir_check(const struct td_config *config, struct td_err *err)
{
    const char *dir = config->set.server_state_dir;

    if (!dir || (dir[0] == '/' && strlen(dir) <= 3000))
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "%s: server.state_dir is '%s'; write an absolute path of at most 3000 bytes",
                   td_config_private(config)->settings[TD_SETTING_server_state_dir].place, td_config_quote(dir).text);
}

/* Of a list of files: each an absolute path. What is in them is looked at when they are used. */
static int plugin_keys_check(const struct td_config *config, struct td_err *err)
{
    const char *place = td_config_private(config)->settings[TD_SETTING_security_plugin_keys].place;

    for (const char *at = config->set.security_plugin_keys; at && *at;) {
        size_t length = strcspn(at, ":");
        if (at[0] != '/')
            return td_fail(err, TD_E_CONFIG, "%s: security.plugin_keys: '%s' must begin with an absolute path", place,
                           td_config_quote(at).text);
        at += length + (at[length] != 0);
    }
    return TD_OK;
}

/* ---- who may connect ---- */

const char *td_config_group(const char *group, gid_t *number)
{
    char *end;
    unsigned long given = strtoul(group, &end, 10);
    const struct group *named;

    if (group[0] >= '0' && group[0] <= '9' && *end == 0) {
        *number = (gid_t)given;
        return given < (gid_t)-1 ? NULL : "is beyond the numbers that groups have";
    }
    if (!(named = getgrnam(group)))
        return "is no group of this machine; make it (`groupadd --system NAME`), or name another";
    *number = named->gr_gid;
    return NULL;
}

static int socket_group_check(const struct td_config *config, struct td_err *err)
{
    const char *group = config->set.server_socket_group;
    gid_t number;
    const char *fault = group ? td_config_group(group, &number) : NULL;

    if (!fault)
        return TD_OK;
    return td_fail(err, TD_E_CONFIG, "%s: server.socket_group '%s' %s",
                   td_config_private(config)->settings[TD_SETTING_server_socket_group].place,
                   td_config_quote(group).text, fault);
}

/* ---- settings that must fit each other ---- */

/* X(small, large, why): small <= large. */
#define PAIRS(X) \
    X(limits_deadline, limits_deadline_max, "documents without a deadline would be refused") \
    X(limits_document_bytes, queue_bytes, "the largest document would never be accepted") \
    X(limits_document_bytes, client_bytes, "the largest document would never be accepted")

/* Blames the one that somebody wrote, when the other is a default. */
static int pair_check(const struct td_config *config, int small, int large, int64_t a, int64_t b, const char *why,
                      struct td_err *err)
{
    const struct td_config_origin *origins = td_config_private(config)->settings;
    int is_small_blamed = origins[small].origin >= origins[large].origin;
    int blamed = is_small_blamed ? small : large, other = is_small_blamed ? large : small;
    const struct td_config_setting *it = &td_config_settings[blamed], *that = &td_config_settings[other];
    char it_text[32], that_text[32];

    if (a <= b)
        return TD_OK;
    td_config_number_print(it->type, is_small_blamed ? a : b, it_text, sizeof it_text);
    td_config_number_print(that->type, is_small_blamed ? b : a, that_text, sizeof that_text);
    return td_fail(err, TD_E_CONFIG, "%s: %s.%s is %s, %s than %s.%s, which is %s (%s): %s", origins[blamed].place,
                   it->section, it->key, it_text, is_small_blamed ? "more" : "less", that->section, that->key,
                   that_text, origins[other].place, why);
}

static int pairs_check(const struct td_config *config, struct td_err *err)
{
    int rc;

#define X(small, large, why) \
    if ((rc = pair_check(config, TD_SETTING_##small, TD_SETTING_##large, config->set.small, config->set.large, why, \
                         err)) != TD_OK) \
        return rc;
    PAIRS(X)
#undef X
    return TD_OK;
}

/* ---- plugins and pipelines ---- */

int td_config_is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return name[0] >= 'a' && name[0] <= 'z' && name[length] == 0 && length <= 31;
}

int td_config_fail_at(const struct td_config_tree *tree, const char *path, const char *value, const char *advice,
                      struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_place(tree, path, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s is '%s'; %s", place, path, td_config_quote(value).text, advice);
}

static int fail_count(const struct td_config_tree *tree, const char *list, uint32_t n, int most, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_place(tree, list, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s has %u entries; %d are the most", place, list, (unsigned)n, most);
}

int td_config_name_check(const struct td_config_tree *tree, const char *path, const char *name, struct td_err *err)
{
    if (td_config_is_name(name))
        return TD_OK;
    return td_config_fail_at(tree, path, name,
                             "a name is a letter and then at most 30 of a-z, 0-9, _ and -, all lower case", err);
}

/* A library that isn't there is found here, with its line, rather than by the first worker. */
static int library_check(const struct td_config *config, const struct td_config_tree *tree, uint32_t index,
                         struct td_err *err)
{
    const char *file = config->plugins[index].file;
    char path[4096], advice[256];

    for (uint32_t i = 0; i < 2 * config->n_plugin_dirs; i++)
        if (snprintf(path, sizeof path, "%s/%s%s.so", config->plugin_dirs[i / 2], i % 2 ? TD_CONFIG_BY_NAME "/" : "",
                     file) < (int)sizeof path &&
            access(path, R_OK) == 0)
            return TD_OK;
    snprintf(path, sizeof path, "plugins[%u].file", (unsigned)index);
    snprintf(advice, sizeof advice, "there is no %s.so in the plugin directories:", td_config_quote(file).text);
    for (uint32_t i = 0; i < config->n_plugin_dirs; i++) {
        size_t used = strlen(advice);
        snprintf(advice + used, sizeof advice - used, " %s", config->plugin_dirs[i]);
    }
    return td_config_fail_at(tree, path, file, advice, err);
}

static int grants_check(const struct td_config *config, const struct td_config_tree *tree, uint32_t index,
                        struct td_err *err)
{
    const struct td_config_plugin *plugin = &config->plugins[index];
    char path[TD_CONFIG_NAME_SIZE], fault[200];
    struct td_grant grant;

    snprintf(path, sizeof path, "plugins[%u].grants", (unsigned)index);
    if (plugin->n_grants > TD_MAX_GRANTS)
        return fail_count(tree, path, plugin->n_grants, TD_MAX_GRANTS, err);
    for (uint32_t i = 0; i < plugin->n_grants; i++) {
        snprintf(path, sizeof path, "plugins[%u].grants[%u]", (unsigned)index, (unsigned)i);
        if (td_grant_read(&grant, plugin->grants[i], fault, sizeof fault))
            return td_config_fail_at(tree, path, plugin->grants[i], fault, err);
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(plugin->grants[i], plugin->grants[j]) == 0)
                return td_config_fail_at(tree, path, plugin->grants[i], "the plugin has this grant already", err);
    }
    return TD_OK;
}

static int plugins_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE];
    int rc;

    if (config->n_plugins > TD_CONFIG_MAX_PLUGINS)
        return fail_count(tree, "plugins", config->n_plugins, TD_CONFIG_MAX_PLUGINS, err);
    for (uint32_t i = 0; i < config->n_plugins; i++) {
        const struct td_config_plugin *plugin = &config->plugins[i];
        snprintf(path, sizeof path, "plugins[%u].name", (unsigned)i);
        if ((rc = td_config_name_check(tree, path, plugin->name, err)) != TD_OK)
            return rc;
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(plugin->name, config->plugins[j].name) == 0)
                return td_config_fail_at(tree, path, plugin->name, "another plugin has this name; give each its own",
                                         err);
        snprintf(path, sizeof path, "plugins[%u].file", (unsigned)i);
        if (strchr(plugin->file, '/') || plugin->file[0] == '.' || plugin->file[0] == 0)
            return td_config_fail_at(tree, path, plugin->file, "write the library's name without directory and .so",
                                     err);
        if (!plugin->is_optional && (rc = library_check(config, tree, i, err)) != TD_OK)
            return rc;
        if ((rc = grants_check(config, tree, i, err)) != TD_OK)
            return rc;
    }
    return TD_OK;
}

static int member_check(const struct td_config *config, const struct td_config_tree *tree, uint32_t pipeline,
                        uint32_t index, struct td_err *err)
{
    const char *name = config->pipelines[pipeline].plugins[index];
    const char *names[TD_CONFIG_MAX_PLUGINS], *near;
    char path[TD_CONFIG_NAME_SIZE], advice[160];

    snprintf(path, sizeof path, "pipelines[%u].plugins[%u]", (unsigned)pipeline, (unsigned)index);
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(config->pipelines[pipeline].plugins[i], name) == 0)
            return td_config_fail_at(tree, path, name, "the pipeline has this plugin already", err);
    for (uint32_t i = 0; i < config->n_plugins; i++) {
        names[i] = config->plugins[i].name;
        if (strcmp(names[i], name) == 0)
            return TD_OK;
    }
    near = td_nearest(name, strlen(name), names, config->n_plugins);
    snprintf(advice, sizeof advice, "no plugin has this name%s%s%s", near ? "; did you mean '" : "", near ? near : "",
             near ? "'?" : "");
    return td_config_fail_at(tree, path, name, advice, err);
}

static int pipelines_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE];
    int rc;

    if (config->n_pipelines > TD_CONFIG_MAX_PIPELINES) /* default is one of them, ours or the file's */
        return fail_count(tree, "pipelines", config->n_pipelines, TD_CONFIG_MAX_PIPELINES, err);
    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        snprintf(path, sizeof path, "pipelines[%u].name", (unsigned)i);
        if ((rc = td_config_name_check(tree, path, config->pipelines[i].name, err)) != TD_OK)
            return rc;
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(config->pipelines[i].name, config->pipelines[j].name) == 0)
                return td_config_fail_at(tree, path, config->pipelines[i].name, "another pipeline has this name", err);
        for (uint32_t j = 0; j < config->pipelines[i].n_plugins; j++)
            if ((rc = member_check(config, tree, i, j, err)) != TD_OK)
                return rc;
    }
    return TD_OK;
}

int td_config_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    int rc;

    if ((rc = td_config_endpoints_check(config, tree, err)) != TD_OK ||
        (rc = td_config_curve_check(config, err)) != TD_OK ||
        (rc = operators_endpoint_check(config, TD_SETTING_server_control, config->set.server_control, err)) != TD_OK ||
        (rc = operators_endpoint_check(config, TD_SETTING_server_events, config->set.server_events, err)) != TD_OK ||
        (rc = td_config_pipes_check(config, tree, err)) != TD_OK || (rc = state_dir_check(config, err)) != TD_OK ||
        (rc = socket_group_check(config, err)) != TD_OK || (rc = plugin_keys_check(config, err)) != TD_OK ||
        (rc = http_check(config, err)) != TD_OK || (rc = pairs_check(config, err)) != TD_OK ||
        (rc = plugins_check(config, tree, err)) != TD_OK)
        return rc;
    if ((rc = pipelines_check(config, tree, err)) != TD_OK)
        return rc;
    return td_config_pools_check(config, tree, err);
}
