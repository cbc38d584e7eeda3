/* plugins.c: the plugin directories and what lies in them, and what follows from that: plugins when the file lists
 * none, each one's timeout, the pipeline called default. */
#include "daemon/config/parts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/utf8.h"

#define SUFFIX ".so"

static int list_has(char *const *list, uint32_t n, const char *text)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return 1;
    return 0;
}

/* ---- directories ---- */

static int dir_add(struct td_config *config, const char *dir, const char *place, struct td_err *err)
{
    struct td_config_private *private = td_config_private(config);
    int rc;

    if (list_has(config->plugin_dirs, config->n_plugin_dirs, dir))
        return TD_OK;
    if (config->n_plugin_dirs == TD_CONFIG_MAX_DIRS)
        return td_fail(err, TD_E_CONFIG, "%s: %d plugin directories are the most", place, TD_CONFIG_MAX_DIRS);
    if ((rc = td_config_list_add(&config->plugin_dirs, &config->n_plugin_dirs, dir, err)) != TD_OK)
        return rc;
    return td_config_list_add(&private->dir_places, &private->n_dir_places, place, err);
}

/* A directory that isn't there would quietly take its plugins with it. */
static int dir_add_checked(struct td_config *config, const char *dir, const char *place, struct td_err *err)
{
    struct stat st;

    if (td_utf8_check(dir, strlen(dir), NULL) != strlen(dir))
        return td_fail(err, TD_E_CONFIG, "%s: plugin directory '%s' is not UTF-8", place, td_config_quote(dir).text);
    if (stat(dir, &st) != 0)
        return td_fail(err, TD_E_CONFIG, "%s: plugin directory '%s': %s", place, td_config_quote(dir).text,
                       strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return td_fail(err, TD_E_CONFIG, "%s: plugin directory '%s' is not a directory", place,
                       td_config_quote(dir).text);
    return dir_add(config, dir, place, err);
}

/* `listed` is what file or environment said. */
static int dirs_order(struct td_config *config, const struct td_config_flags *flags, char **listed, uint32_t n_listed,
                      const struct td_config_tree *tree, struct td_err *err)
{
    const char *builtin = flags->builtin_plugin_dir;
    char place[TD_CONFIG_PLACE_SIZE];
    struct stat st;
    int rc;

    for (uint32_t i = 0; i < flags->n_plugin_dirs; i++)
        if ((rc = dir_add_checked(config, flags->plugin_dirs[i], "--plugin-dir", err)) != TD_OK)
            return rc;
    for (uint32_t i = 0; i < n_listed; i++) {
        td_config_item_place(&td_config_private(config)->plugin_dirs, tree, "plugin_dirs", i, place);
        if ((rc = dir_add_checked(config, listed[i], place, err)) != TD_OK)
            return rc;
    }
    if (builtin && stat(builtin, &st) == 0 && S_ISDIR(st.st_mode))
        return dir_add(config, builtin, "built in", err);
    return TD_OK;
}

static int dirs_complete(struct td_config *config, const struct td_config_flags *flags,
                         const struct td_config_tree *tree, struct td_err *err)
{
    char **listed = config->plugin_dirs;
    uint32_t n_listed = config->n_plugin_dirs;

    config->plugin_dirs = NULL;
    config->n_plugin_dirs = 0;
    int rc = dirs_order(config, flags, listed, n_listed, tree, err);
    td_config_list_free(&listed, &n_listed);
    return rc;
}

/* ---- plugins ---- */

struct found {
    char **names;
    uint32_t n;
};

/* The plugin's name when the file is FILE.so and FILE can be a plugin's name; else 0. */
static int name_of_file(const char *dir, const char *file, char *name, size_t size)
{
    size_t length = strlen(file), suffix = strlen(SUFFIX);
    char path[4096];
    struct stat st;

    if (length <= suffix || length - suffix >= size || strcmp(file + length - suffix, SUFFIX) != 0)
        return 0;
    snprintf(name, size, "%.*s", (int)(length - suffix), file);
    if (!td_config_is_name(name) || snprintf(path, sizeof path, "%s/%s", dir, file) >= (int)sizeof path)
        return 0;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static int dir_scan(struct found *found, const char *dir, const char *place, struct td_err *err)
{
    DIR *stream = opendir(dir);
    char name[TD_CONFIG_NAME_SIZE];
    int rc = TD_OK;

    if (!stream)
        return td_fail(err, TD_E_CONFIG, "%s: plugin directory '%s': %s", place, td_config_quote(dir).text,
                       strerror(errno));
    for (struct dirent *entry; rc == TD_OK && (entry = readdir(stream));)
        if (name_of_file(dir, entry->d_name, name, sizeof name) && !list_has(found->names, found->n, name))
            rc = td_config_list_add(&found->names, &found->n, name, err);
    closedir(stream);
    return rc;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int plugins_take(struct td_config *config, const struct found *found, struct td_err *err)
{
    if (found->n == 0)
        return TD_OK;
    if (!(config->plugins = calloc(found->n, sizeof *config->plugins)))
        return td_config_no_memory(err);
    config->n_plugins = found->n;
    for (uint32_t i = 0; i < found->n; i++) {
        struct td_config_plugin *plugin = &config->plugins[i];
        if (!(plugin->name = strdup(found->names[i])) || !(plugin->file = strdup(found->names[i])))
            return td_config_no_memory(err);
    }
    return TD_OK;
}

static int plugins_find(struct td_config *config, struct td_err *err)
{
    struct found found = { NULL, 0 };
    int rc = TD_OK;

    for (uint32_t i = 0; i < config->n_plugin_dirs && rc == TD_OK; i++)
        rc = dir_scan(&found, config->plugin_dirs[i], td_config_private(config)->dir_places[i], err);
    if (rc == TD_OK && found.n > TD_CONFIG_MAX_PLUGINS)
        rc = td_fail(err, TD_E_CONFIG,
                     "the plugin directories hold %u plugins, and textd loads at most %d; list those "
                     "that you want under plugins:",
                     (unsigned)found.n, TD_CONFIG_MAX_PLUGINS);
    if (rc == TD_OK && found.n > 0)
        qsort(found.names, found.n, sizeof *found.names, compare);
    if (rc == TD_OK)
        rc = plugins_take(config, &found, err);
    td_config_list_free(&found.names, &found.n);
    return rc;
}

static int is_listed(const struct td_config *config, const char *plugin)
{
    for (uint32_t i = 0; i < config->n_pipelines; i++)
        if (list_has(config->pipelines[i].plugins, config->pipelines[i].n_plugins, plugin))
            return 1;
    return 0;
}

/* A plugin that was found is one that somebody wants when a pipeline of the file names it. */
static void optional_mark(struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        config->plugins[i].is_optional =
            config->set.plugin_load_found == TD_FOUND_SKIP && !is_listed(config, config->plugins[i].name);
}

/* ---- the pipeline called default ---- */

static int default_add(struct td_config *config, struct td_err *err)
{
    struct td_config_pipeline *grown, *pipeline;
    int rc = TD_OK;

    for (uint32_t i = 0; i < config->n_pipelines; i++)
        if (strcmp(config->pipelines[i].name, "default") == 0)
            return TD_OK;
    if (!(grown = realloc(config->pipelines, (config->n_pipelines + 1) * sizeof *grown)))
        return td_config_no_memory(err);
    config->pipelines = grown;
    pipeline = &grown[config->n_pipelines];
    *pipeline = (struct td_config_pipeline) { .name = strdup("default") };
    if (!pipeline->name)
        return td_config_no_memory(err);
    config->n_pipelines++;
    td_config_private(config)->is_default_added = 1;
    for (uint32_t i = 0; i < config->n_plugins && rc == TD_OK; i++)
        if (!td_config_pools_keep(config, config->plugins[i].name))
            rc = td_config_list_add(&pipeline->plugins, &pipeline->n_plugins, config->plugins[i].name, err);
    return rc;
}

int td_config_plugins_complete(struct td_config *config, const struct td_config_flags *flags,
                               const struct td_config_tree *tree, struct td_err *err)
{
    int rc = dirs_complete(config, flags, tree, err);

    if (rc == TD_OK && !td_config_private(config)->is_plugins_given)
        rc = plugins_find(config, err);
    if (rc != TD_OK)
        return rc;
    if (!td_config_private(config)->is_plugins_given)
        optional_mark(config); /* before our own pipeline names them all */
    for (uint32_t i = 0; i < config->n_plugins; i++)
        if (config->plugins[i].timeout_ns == 0)
            config->plugins[i].timeout_ns = config->set.limits_plugin_timeout;
    td_config_pools_complete(config);
    return default_add(config, err);
}
