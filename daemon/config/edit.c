/* edit.c: a copy of a configuration, with a plugin more or less: what plugin.load and plugin.unload make of the one
 * that runs. The file on disk has no part in it, so that nothing else changes along. */
#include "daemon/config/parts.h"

#include <stdlib.h>
#include <string.h>

/* A copy of a string that may be NULL; *failed is set when memory runs out. */
static char *copy_text(const char *text, int *failed)
{
    char *copy = text ? strdup(text) : NULL;

    *failed |= text && !copy;
    return copy;
}

static void copy_list(char ***list, uint32_t *n, char *const *from, uint32_t n_from, int *failed)
{
    *list = NULL;
    *n = 0;
    for (uint32_t i = 0; i < n_from && !*failed; i++)
        *failed |= td_config_list_add(list, n, from[i], NULL) != TD_OK;
}

static void copy_plugin(struct td_config_plugin *to, const struct td_config_plugin *from, int *failed)
{
    *to = (struct td_config_plugin) { .name = copy_text(from->name, failed),
                                      .file = copy_text(from->file, failed),
                                      .timeout_ns = from->timeout_ns,
                                      .is_optional = from->is_optional,
                                      .options = calloc(from->n_options + 1, sizeof *to->options) };
    *failed |= !to->options;
    for (uint32_t i = 0; i < from->n_options && !*failed; i++)
        to->options[to->n_options++] =
            (struct td_config_option) { .name = copy_text(from->options[i].name, failed),
                                        .value = copy_text(from->options[i].value, failed),
                                        .where =
                                            copy_text(from->options[i].where, failed) }; /* secrets are read anew */
    copy_list(&to->grants, &to->n_grants, from->grants, from->n_grants, failed);
}

static void copy_origin(struct td_config_origin *to, const struct td_config_origin *from, int *failed)
{
    to->origin = from->origin;
    to->place = copy_text(from->place, failed);
}

static void copy_private(struct td_config *to, const struct td_config *from, int *failed)
{
    struct td_config_private *new = calloc(1, sizeof *new), *old = td_config_private(from);

    to->private_data = new;
    *failed |= !new;
    if (*failed)
        return;
    for (int i = 0; i < TD_N_SETTINGS; i++)
        copy_origin(&new->settings[i], &old->settings[i], failed);
    copy_origin(&new->endpoints, &old->endpoints, failed);
    copy_origin(&new->plugin_dirs, &old->plugin_dirs, failed);
    for (int i = 0; i < TD_N_PIPE_LISTS; i++)
        copy_origin(&new->pipes[i], &old->pipes[i], failed);
    copy_list(&new->dir_places, &new->n_dir_places, old->dir_places, old->n_dir_places, failed);
    new->is_plugins_given = old->is_plugins_given;
    new->is_default_added = old->is_default_added;
    new->allowance = old->allowance;
}

static void copy_settings(struct td_config *to, const struct td_config *from, int *failed)
{
    to->set = from->set;
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        size_t offset = td_config_settings[i].offset;
        if (td_config_is_text(td_config_settings[i].type))
            *(char **)(void *)((char *)&to->set + offset) =
                copy_text(*(char *const *)(const void *)((const char *)&from->set + offset), failed);
    }
}

/* Room for `more` entries at the end. */
static void copy_plugins(struct td_config *to, const struct td_config *from, uint32_t more, int *failed)
{
    to->plugins = calloc(from->n_plugins + more + 1, sizeof *to->plugins);
    *failed |= !to->plugins;
    for (uint32_t i = 0; i < from->n_plugins && !*failed; i++)
        copy_plugin(&to->plugins[to->n_plugins++], &from->plugins[i], failed);
}

static void copy_left_out(struct td_config *to, const struct td_config *from, int *failed)
{
    to->left_out = calloc(from->n_left_out + 1, sizeof *to->left_out);
    *failed |= !to->left_out;
    for (uint32_t i = 0; i < from->n_left_out && !*failed; i++) {
        struct td_config_left_out *copy = &to->left_out[to->n_left_out++];
        copy_plugin(&copy->plugin, &from->left_out[i].plugin, failed);
        copy->reason = copy_text(from->left_out[i].reason, failed);
    }
}

static void copy_pipelines(struct td_config *to, const struct td_config *from, int *failed)
{
    to->pipelines = calloc(from->n_pipelines + 1, sizeof *to->pipelines);
    *failed |= !to->pipelines;
    for (uint32_t i = 0; i < from->n_pipelines && !*failed; i++) {
        struct td_config_pipeline *pipeline = &to->pipelines[to->n_pipelines++];
        pipeline->name = copy_text(from->pipelines[i].name, failed);
        pipeline->pool = copy_text(from->pipelines[i].pool, failed);
        copy_list(&pipeline->plugins, &pipeline->n_plugins, from->pipelines[i].plugins, from->pipelines[i].n_plugins,
                  failed);
    }
}

int td_config_copy(struct td_config *to, const struct td_config *from, struct td_err *err)
{
    int failed = 0;

    *to = (struct td_config) { 0 };
    copy_settings(to, from, &failed);
    failed |= td_config_endpoints_copy(to, from) != 0;
    copy_list(&to->plugin_dirs, &to->n_plugin_dirs, from->plugin_dirs, from->n_plugin_dirs, &failed);
    copy_plugins(to, from, 1 + from->n_left_out, &failed);
    copy_left_out(to, from, &failed);
    copy_pipelines(to, from, &failed);
    failed |= td_config_pools_copy(to, from) != 0;
    failed |= td_config_pipes_copy(to, from) != 0;
    to->file = copy_text(from->file, &failed);
    to->builtin_plugin_dir = from->builtin_plugin_dir;
    copy_private(to, from, &failed);
    if (!failed)
        return TD_OK;
    td_config_free(to);
    return td_config_no_memory(err);
}

static struct td_config_pipeline *find_pipeline(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_pipelines; i++)
        if (strcmp(config->pipelines[i].name, name) == 0)
            return &config->pipelines[i];
    return NULL;
}

static uint32_t find_plugin(const struct td_config *config, const char *name)
{
    uint32_t i = 0;

    while (i < config->n_plugins && strcmp(config->plugins[i].name, name) != 0)
        i++;
    return i;
}

static int join(struct td_config *config, const char *pipeline, const char *plugin, struct td_err *err)
{
    struct td_config_pipeline *found = find_pipeline(config, pipeline);

    if (!found)
        return td_fail(err, TD_E_UNKNOWN_PIPELINE, "there is no pipeline '%s' to add plugin %s to",
                       td_config_quote(pipeline).text, plugin);
    return td_config_list_add(&found->plugins, &found->n_plugins, plugin, err);
}

const struct td_config_left_out *td_config_left_out_find(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_left_out; i++)
        if (strcmp(config->left_out[i].plugin.name, name) == 0)
            return &config->left_out[i];
    return NULL;
}

static void forget_left_out(struct td_config *config, const char *name)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < config->n_left_out; i++) {
        if (strcmp(config->left_out[i].plugin.name, name) == 0) {
            td_config_plugin_free(&config->left_out[i].plugin);
            free(config->left_out[i].reason);
        } else {
            config->left_out[kept++] = config->left_out[i];
        }
    }
    config->n_left_out = kept;
}

int td_config_add_plugin(struct td_config *config, const struct td_config_plugin *plugin, char *const *pipelines,
                         uint32_t n_pipelines, struct td_err *err)
{
    int failed = 0, rc = TD_OK;

    if (!td_config_is_name(plugin->name) || !td_config_is_name(plugin->file))
        return td_fail(err, TD_E_BAD_REQUEST,
                       "'%s' can't be a plugin's name or file: write a letter, then at most 30 of a-z, 0-9, _ and -; "
                       "plugins are named, and looked for in the plugin directories",
                       td_config_quote(td_config_is_name(plugin->name) ? plugin->file : plugin->name).text);
    if (find_plugin(config, plugin->name) < config->n_plugins)
        return td_fail(err, TD_E_BAD_REQUEST, "there is a plugin %s already; plugin.reload takes its newer file",
                       plugin->name);
    if (config->n_plugins == TD_CONFIG_MAX_PLUGINS)
        return td_fail(err, TD_E_BAD_REQUEST, "there are %d plugins, which is the most", TD_CONFIG_MAX_PLUGINS);
    struct td_config_plugin *added = &config->plugins[config->n_plugins++]; /* td_config_copy left room for one */
    copy_plugin(added, plugin, &failed);
    if (failed)
        return td_config_no_memory(err);
    forget_left_out(config, added->name); /* whatever becomes of this one */
    if (added->timeout_ns == 0)
        added->timeout_ns = config->set.limits_plugin_timeout;
    if (td_config_private(config)->is_default_added && !pipelines)
        return join(config, "default", added->name, err);
    for (uint32_t i = 0; i < n_pipelines && rc == TD_OK; i++)
        rc = join(config, pipelines[i], added->name, err);
    return rc;
}

static void leave(struct td_config_pipeline *pipeline, const char *plugin)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < pipeline->n_plugins; i++) {
        if (strcmp(pipeline->plugins[i], plugin) == 0)
            free(pipeline->plugins[i]);
        else
            pipeline->plugins[kept++] = pipeline->plugins[i];
    }
    pipeline->n_plugins = kept;
}

/* A pipeline that lists the plugin because the operator wrote it there; NULL when none does. */
static const struct td_config_pipeline *who_wants(const struct td_config *config, const char *plugin)
{
    uint32_t n = config->n_pipelines - (td_config_private(config)->is_default_added ? 1 : 0); /* ours is the last */

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < config->pipelines[i].n_plugins; k++)
            if (strcmp(config->pipelines[i].plugins[k], plugin) == 0)
                return &config->pipelines[i];
    return NULL;
}

/* The caller's now. The file's own pipelines don't have it: who calls has made sure. */
static struct td_config_plugin take_out(struct td_config *config, uint32_t index)
{
    struct td_config_plugin taken = config->plugins[index];

    if (td_config_private(config)->is_default_added)
        leave(find_pipeline(config, "default"), taken.name);
    memmove(&config->plugins[index], &config->plugins[index + 1],
            (config->n_plugins - index - 1) * sizeof *config->plugins);
    config->n_plugins--;
    return taken;
}

int td_config_remove_plugin(struct td_config *config, const char *name, struct td_err *err)
{
    uint32_t index = find_plugin(config, name);
    const struct td_config_pipeline *wanting = who_wants(config, name);

    if (index == config->n_plugins)
        return td_fail(err, TD_E_UNKNOWN_PLUGIN, "there is no plugin '%s'; plugin.list names those that there are",
                       td_config_quote(name).text);
    if (wanting)
        return td_fail(err, TD_E_BAD_REQUEST,
                       "pipeline %s of the configuration lists plugin %s; take it out there and reload the "
                       "configuration, or disable the plugin",
                       wanting->name, name);
    struct td_config_plugin taken = take_out(config, index);
    td_config_plugin_free(&taken);
    if (!td_config_default_is_void(config) || config->n_plugins == 0) /* who loads refuses that in its own words */
        return TD_OK;
    return td_fail(err, TD_E_BAD_REQUEST,
                   "plugin %s is the last of the pipeline 'default', since all others are in pools; load another "
                   "first, or disable it",
                   name);
}

int td_config_leave_out(struct td_config *config, uint32_t index, const char *reason, struct td_err *err)
{
    struct td_config_left_out *grown = realloc(config->left_out, (config->n_left_out + 1) * sizeof *grown);
    char *words = strdup(reason);

    if (grown)
        config->left_out = grown;
    if (!grown || !words) {
        free(words);
        return td_config_no_memory(err);
    }
    grown[config->n_left_out++] = (struct td_config_left_out) { .plugin = take_out(config, index), .reason = words };
    return TD_OK;
}

int td_config_take_back(struct td_config *config, const char *name, struct td_err *err)
{
    int rc = TD_OK;

    for (uint32_t i = 0; i < config->n_left_out && rc == TD_OK; i++) {
        const struct td_config_plugin *plugin = &config->left_out[i].plugin;
        int failed = 0;
        if (name && strcmp(plugin->name, name) != 0)
            continue;
        if (config->n_plugins == TD_CONFIG_MAX_PLUGINS) /* by others that were loaded meanwhile */
            return td_fail(err, TD_E_BAD_REQUEST, "there are %d plugins, which is the most", TD_CONFIG_MAX_PLUGINS);
        struct td_config_plugin *back = &config->plugins[config->n_plugins++]; /* td_config_copy left room for all */
        copy_plugin(back, plugin, &failed);
        if (failed)
            return td_config_no_memory(err);
        back->is_optional = name == NULL;
        if (td_config_private(config)->is_default_added)
            rc = join(config, "default", back->name, err);
    }
    for (uint32_t i = 0; i < config->n_plugins; i++)
        forget_left_out(config, config->plugins[i].name);
    return rc;
}

void td_config_need_serving(struct td_config *config, const struct td_config *serving)
{
    for (uint32_t i = 0; i < config->n_plugins; i++)
        if (find_plugin(serving, config->plugins[i].name) < serving->n_plugins)
            config->plugins[i].is_optional = 0;
}
