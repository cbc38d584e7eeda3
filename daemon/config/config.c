/* config.c: see config.h. Here is only the order in which a configuration comes about; parts.h lists the rest. */
#include "daemon/config/tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/rundir.h"

static int defaults_apply(struct td_config *config, struct td_err *err)
{
    char endpoint[256];
    int rc;

    for (int i = 0; i < TD_N_SETTINGS; i++)
        if ((rc = td_config_set(config, i, td_config_settings[i].initial, TD_ORIGIN_DEFAULT, "default", err)) != TD_OK)
            return rc;
    if (td_rundir_endpoint(endpoint, sizeof endpoint, TD_DATA_SOCKET) != 0)
        return td_fail(err, TD_E_CONFIG,
                       "the run directory's path is too long; give --endpoint or set TEXTD_ENDPOINTS");
    if ((rc = td_config_endpoints_add(config, endpoint, err)) != TD_OK ||
        (rc = td_config_endpoints_add(config, "tcp://127.0.0.1:7411", err)) != TD_OK ||
        (rc = td_config_origin_set(&td_config_private(config)->plugin_dirs, TD_ORIGIN_DEFAULT, "default", err)) !=
            TD_OK)
        return rc;
    for (int i = 0; i < TD_N_PIPE_LISTS; i++)
        if ((rc = td_config_origin_set(&td_config_private(config)->pipes[i], TD_ORIGIN_DEFAULT, "default", err)) !=
            TD_OK)
            return rc;
    return td_config_origin_set(&td_config_private(config)->endpoints, TD_ORIGIN_DEFAULT, "default", err);
}

/* The tree stays until the end: whatever is found wrong later still knows its line. */
static int load_over_tree(struct td_config *config, const struct td_config_flags *flags,
                          const struct td_config_tree *tree, struct td_err *err)
{
    int rc;

    if ((rc = defaults_apply(config, err)) != TD_OK ||
        (tree && (rc = td_config_file_apply(config, tree, err)) != TD_OK) ||
        (rc = td_config_env_apply(config, err)) != TD_OK || (rc = td_config_flags_apply(config, flags, err)) != TD_OK ||
        (rc = td_config_memory_fit(config, flags->machine ? flags->machine : "", err)) != TD_OK ||
        (rc = td_config_plugins_complete(config, flags, tree, err)) != TD_OK)
        return rc;
    return td_config_check(config, tree, err);
}

/* The second who reads a pipe finds nothing in it, which is a configuration, too: textd would go on with its defaults.
 * Or it would wait for a writer, with nobody to end it. */
static int is_pipe(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int load(struct td_config *config, const struct td_config_flags *flags, struct td_err *err)
{
    const char *variable = getenv("TEXTD_CONFIG");
    const char *path = flags->file ? flags->file : variable && variable[0] ? variable : NULL;
    struct td_config_tree tree;
    int rc;

    if (!path)
        return load_over_tree(config, flags, NULL, err);
    if (!(config->file = strdup(path)))
        return td_config_no_memory(err);
    if (flags->is_read_again && is_pipe(path))
        return td_fail(err, TD_E_CONFIG,
                       "%s: a pipe can be read once, but reloads and restarts read the configuration again; "
                       "give a file",
                       path);
    if ((rc = td_config_tree_read(&tree, path, err)) != TD_OK)
        return rc;
    rc = load_over_tree(config, flags, &tree, err);
    td_config_tree_free(&tree);
    return rc;
}

int td_config_load(struct td_config *config, const struct td_config_flags *flags, struct td_err *err)
{
    int rc;

    memset(config, 0, sizeof *config);
    if (!(config->private_data = calloc(1, sizeof(struct td_config_private))))
        return td_config_no_memory(err);
    config->builtin_plugin_dir = flags->builtin_plugin_dir;
    rc = load(config, flags, err);
    if (rc != TD_OK)
        td_config_free(config);
    return rc;
}

void td_config_plugin_free(struct td_config_plugin *plugin)
{
    for (uint32_t i = 0; i < plugin->n_options; i++) {
        free(plugin->options[i].name);
        free(plugin->options[i].value);
        free(plugin->options[i].where);
        td_config_secrets_forget(&plugin->options[i]);
    }
    free(plugin->options);
    td_config_list_free(&plugin->grants, &plugin->n_grants);
    free(plugin->name);
    free(plugin->file);
}

static void private_free(struct td_config_private *private)
{
    if (!private)
        return;
    for (int i = 0; i < TD_N_SETTINGS; i++)
        free(private->settings[i].place);
    free(private->endpoints.place);
    free(private->plugin_dirs.place);
    for (int i = 0; i < TD_N_PIPE_LISTS; i++)
        free(private->pipes[i].place);
    td_config_list_free(&private->dir_places, &private->n_dir_places);
    free(private);
}

void td_config_free(struct td_config *config)
{
    for (int i = 0; i < TD_N_SETTINGS; i++)
        if (td_config_is_text(td_config_settings[i].type))
            free(*(char **)(void *)((char *)&config->set + td_config_settings[i].offset));
    td_config_endpoints_free(config);
    td_config_list_free(&config->plugin_dirs, &config->n_plugin_dirs);
    td_config_pipes_free(config);
    for (uint32_t i = 0; i < config->n_plugins; i++)
        td_config_plugin_free(&config->plugins[i]);
    free(config->plugins);
    for (uint32_t i = 0; i < config->n_left_out; i++) {
        td_config_plugin_free(&config->left_out[i].plugin);
        free(config->left_out[i].reason);
    }
    free(config->left_out);
    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        td_config_list_free(&config->pipelines[i].plugins, &config->pipelines[i].n_plugins);
        free(config->pipelines[i].name);
        free(config->pipelines[i].pool);
    }
    free(config->pipelines);
    td_config_pools_free(config);
    free(config->file);
    private_free(config->private_data);
    memset(config, 0, sizeof *config);
}
