/* plugin_files.c: see plugin_files.h. */
#include "daemon/fleet/plugin_files.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Looks for FILE.so in the plugin directories, in order. */
static int find_library(const struct td_config *config, const struct td_config_plugin *plugin, char **path,
                        struct td_err *err)
{
    char tried[300];
    size_t used = 0;

    for (uint32_t i = 0; i < config->n_plugin_dirs; i++) {
        if (asprintf(path, "%s/%s.so", config->plugin_dirs[i], plugin->file) < 0)
            return td_fail(err, TD_E_SYSTEM, "no memory");
        if (access(*path, F_OK) == 0)
            return TD_OK;
        free(*path);
        if (used < sizeof tried)
            used += (size_t)snprintf(tried + used, sizeof tried - used, "%s%s", i ? ", " : "", config->plugin_dirs[i]);
    }
    *path = NULL;
    return td_fail(err, TD_E_CONFIG, "plugin %s: there is no %s.so in %s", plugin->name, plugin->file,
                   config->n_plugin_dirs ? tried : "any plugin directory");
}

/* The snapshot that runs of that library, or NULL. */
static struct td_snapshot *running(struct td_plugin_files_before before, const char *file)
{
    for (uint32_t i = 0; before.files && i < before.files->n; i++)
        if (strcmp(before.config->plugins[i].file, file) == 0)
            return before.files->of[i];
    return NULL;
}

/* The snapshot that an earlier entry of the same library has, or NULL. */
static struct td_snapshot *taken(const struct td_plugin_files *files, const struct td_config *config, const char *file)
{
    for (uint32_t i = 0; i < files->n; i++)
        if (strcmp(config->plugins[i].file, file) == 0 && files->of[i])
            return files->of[i];
    return NULL;
}

static int is_to_look_at(const struct td_config *config, const char *file, int look, const char *again)
{
    for (uint32_t i = 0; i < config->n_plugins && again; i++)
        if (strcmp(config->plugins[i].name, again) == 0 && strcmp(config->plugins[i].file, file) == 0)
            return 1;
    return look;
}

static int take(struct td_snapshot **snapshot, const struct td_config *config, const struct td_config_plugin *plugin,
                const char *model_dir, struct td_snapshot *old, struct td_err *err)
{
    struct td_err why;
    char *path = NULL;
    int rc = find_library(config, plugin, &path, err);

    if (rc != TD_OK || !path)
        return rc;
    if (old && strcmp(old->path, path) == 0 && td_snapshot_is_current(old, model_dir))
        *snapshot = td_snapshot_share(old);
    else if ((rc = td_snapshot_take(snapshot, path, model_dir, &why)) != TD_OK)
        td_fail(err, (enum td_code)rc, "plugin %s: %s", plugin->name, why.text);
    free(path);
    return rc;
}

int td_plugin_files_take(struct td_plugin_files *files, const struct td_config *config, const char *model_dir,
                         struct td_plugin_files_before before, int look, const char *again, struct td_err *err)
{
    int rc = TD_OK;

    *files = (struct td_plugin_files) { .n = 0 };
    if (config->n_plugins == 0)
        return td_fail(err, TD_E_CONFIG, "there is no plugin to load: name some in 'plugins', or put them into %s",
                       config->n_plugin_dirs ? config->plugin_dirs[0] : "a folder named in 'plugin_dirs'");
    assert(config->n_plugins <= TD_MAX_PLUGINS);
    for (uint32_t i = 0; i < config->n_plugins && rc == TD_OK; i++) {
        const struct td_config_plugin *plugin = &config->plugins[i];
        struct td_snapshot *twin = taken(files, config, plugin->file), *old = running(before, plugin->file);
        if (twin)
            files->of[i] = td_snapshot_share(twin);
        else if (old && !is_to_look_at(config, plugin->file, look, again))
            files->of[i] = td_snapshot_share(old);
        else
            rc = take(&files->of[i], config, plugin, model_dir, old, err);
        if (rc == TD_E_CONFIG && plugin->is_optional)
            rc = (files->missing[i] = strdup(err->text)) ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory");
        files->n += rc == TD_OK;
    }
    if (rc != TD_OK)
        td_plugin_files_release(files);
    return rc;
}

void td_plugin_files_release(struct td_plugin_files *files)
{
    while (files->n > 0)
        td_plugin_files_remove(files, files->n - 1);
}

void td_plugin_files_remove(struct td_plugin_files *files, uint32_t index)
{
    size_t behind = --files->n - index;

    td_snapshot_release(files->of[index]);
    free(files->missing[index]);
    memmove(&files->of[index], &files->of[index + 1], behind * sizeof files->of[0]);
    memmove(&files->missing[index], &files->missing[index + 1], behind * sizeof files->missing[0]);
    files->of[files->n] = NULL;
    files->missing[files->n] = NULL;
}
