/* file.c: what the file says goes into the td_config. ${VAR} is replaced here, in values only: the shape of the
 * file is fixed before anything from outside comes in. */
#include "daemon/config/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

/* ---- ${VAR} ---- */

/* Text that grows, with a NUL at its end. */
struct grown {
    char *text;
    size_t used;
};

static int grow(struct grown *grown, const char *bytes, size_t length)
{
    char *text = realloc(grown->text, grown->used + length + 1);

    if (!text)
        return -1;
    memcpy(text + grown->used, bytes, length);
    text[grown->used + length] = 0;
    grown->text = text;
    grown->used += length;
    return 0;
}

static int is_variable_name(const char *name)
{
    return name[0] && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) &&
           (name[0] < '0' || name[0] > '9');
}

/* The value of "VAR" or "VAR:-default"; as in a shell, the default also stands in for an empty value. */
static int variable_value(char *inner, const char **value, const char *place, struct td_err *err)
{
    char *initial = strstr(inner, ":-");

    if (initial) {
        *initial = 0;
        initial += 2;
    }
    if (!is_variable_name(inner))
        return td_fail(err, TD_E_CONFIG, "%s: '${%s}' is not a variable's name; write $${ for a plain ${", place,
                       td_config_quote(inner).text);
    *value = getenv(inner);
    if (initial && (!*value || !**value))
        *value = initial;
    if (!*value)
        return td_fail(err, TD_E_CONFIG, "%s: the variable %s is not set; set it, or write ${%s:-default}", place,
                       td_config_quote(inner).text, td_config_quote(inner).text);
    if (td_utf8_check(*value, strlen(*value), NULL) != strlen(*value))
        return td_fail(err, TD_E_CONFIG, "%s: the variable %s is not UTF-8", place, td_config_quote(inner).text);
    return TD_OK;
}

/* Appends what "${…}" at `at` stands for, and steps over it. */
static int variable_expand(struct grown *out, const char **at, const char *place, struct td_err *err)
{
    const char *end = strchr(*at, '}'), *value = NULL;
    char *inner;
    int rc;

    if (!end)
        return td_fail(err, TD_E_CONFIG, "%s: '%s' has no closing }", place, td_config_quote(*at).text);
    if (!(inner = strndup(*at + 2, (size_t)(end - *at - 2))))
        return td_config_no_memory(err);
    rc = variable_value(inner, &value, place, err);
    if (rc == TD_OK && value && grow(out, value, strlen(value)) != 0)
        rc = td_config_no_memory(err);
    free(inner);
    *at = end + 1;
    return rc;
}

/* "$$" is "$", and a "$" before anything else is itself. */
int td_config_expand(const char *text, char **out, const char *place, struct td_err *err)
{
    struct grown grown = { NULL, 0 };
    int rc = grow(&grown, "", 0) == 0 ? TD_OK : td_config_no_memory(err);

    while (rc == TD_OK && *text) {
        size_t plain = strcspn(text, "$");
        if (plain == 0 && text[1] == '{') {
            rc = variable_expand(&grown, &text, place, err);
            continue;
        }
        size_t step = plain ? plain : text[1] == '$' ? 2 : 1, copied = plain ? plain : 1;
        if (grow(&grown, text, copied) != 0)
            rc = td_config_no_memory(err);
        text += step;
    }
    *out = grown.text;
    return rc;
}

static int expand_at(const struct td_config_tree *tree, const char *path, const char *text, char **out,
                     struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_place(tree, path, place);
    return td_config_expand(text, out, place, err);
}

/* ---- settings and lists ---- */

static int setting_apply(struct td_config *config, const struct td_config_tree *tree, int index, const char *text,
                         struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE], place[TD_CONFIG_PLACE_SIZE], *value;

    snprintf(path, sizeof path, "%s.%s", td_config_settings[index].section, td_config_settings[index].key);
    td_config_tree_place(tree, path, place);
    int rc = td_config_expand(text, &value, place, err);
    if (rc == TD_OK)
        rc = td_config_set(config, index, value, TD_ORIGIN_FILE, place, err);
    free(value);
    return rc;
}

/* Appends an item of a list of files. */
static int file_append(struct grown *joined, const struct td_config_tree *tree, const char *path,
                       const yaml_node_t *node, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE], *value = NULL;

    td_config_tree_place(tree, path, place);
    if (node->type != YAML_SCALAR_NODE)
        return td_fail(err, TD_E_CONFIG, "%s: %s must be a path", place, path);
    int rc = td_config_expand(td_config_text(node), &value, place, err);
    if (rc == TD_OK && (!value[0] || strchr(value, ':')))
        rc = td_fail(err, TD_E_CONFIG, "%s: %s is '%s'; write a path without a colon", place, path,
                     td_config_quote(value).text);
    if (rc == TD_OK && (grow(joined, ":", joined->used > 0) != 0 || grow(joined, value, strlen(value)) != 0))
        rc = td_config_no_memory(err);
    free(value);
    return rc;
}

static int files_apply(struct td_config *config, const struct td_config_tree *tree, int index, struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE], item[TD_CONFIG_NAME_SIZE + 16], place[TD_CONFIG_PLACE_SIZE];
    struct grown joined = { NULL, 0 };
    unsigned n = 0;

    snprintf(path, sizeof path, "%s.%s", td_config_settings[index].section, td_config_settings[index].key);
    const yaml_node_t *node = td_config_tree_find(tree, path);
    if (!node || (node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0))
        return TD_OK;
    td_config_tree_place(tree, path, place);
    if (node->type != YAML_SEQUENCE_NODE)
        return td_fail(err, TD_E_CONFIG, "%s: %s must be a list, '[path, path]' or lines of '- path'", place, path);
    int rc = grow(&joined, "", 0) == 0 ? TD_OK : td_config_no_memory(err);
    for (const yaml_node_item_t *at = node->data.sequence.items.start;
         rc == TD_OK && at < node->data.sequence.items.top; at++) {
        snprintf(item, sizeof item, "%s[%u]", path, n++);
        rc = file_append(&joined, tree, item, td_config_tree_node(tree, *at), err);
    }
    if (rc == TD_OK)
        rc = td_config_set(config, index, joined.text, TD_ORIGIN_FILE, place, err);
    free(joined.text);
    return rc;
}

static int settings_apply(struct td_config *config, const struct td_config_tree *tree,
                          const struct td_config_file *file, struct td_err *err)
{
    int rc;

    for (int i = 0; i < TD_N_SETTINGS; i++)
        if (td_config_settings[i].type == TD_TYPE_FILES && (rc = files_apply(config, tree, i, err)) != TD_OK)
            return rc;

    for (int section = 0; section < TD_N_SETTINGS; section++) {
        if (!file->sections[section])
            continue;
        for (int i = 0; i < TD_N_SETTINGS; i++) {
            const char *text = file->sections[section]->settings[i];
            if (text && (rc = setting_apply(config, tree, i, text, err)) != TD_OK)
                return rc;
        }
    }
    return TD_OK;
}

static int list_append(const struct td_config_tree *tree, const char *path, char *const *from, uint32_t n_from,
                       char ***list, uint32_t *n, struct td_err *err)
{
    char item[TD_CONFIG_NAME_SIZE], *value;
    int rc = TD_OK;

    for (uint32_t i = 0; i < n_from && rc == TD_OK; i++) {
        snprintf(item, sizeof item, "%s[%u]", path, (unsigned)i);
        rc = expand_at(tree, item, from[i], &value, err);
        if (rc == TD_OK)
            rc = td_config_list_add(list, n, value, err);
        free(value);
    }
    return rc;
}

/* A list in the file replaces the built-in one, also when it is []; a key with nothing after it says nothing. */
static int list_apply(const struct td_config_tree *tree, const char *key, char *const *from, uint32_t n_from,
                      char ***list, uint32_t *n, struct td_config_origin *origin, struct td_err *err)
{
    const yaml_node_t *node = td_config_tree_find(tree, key);
    char place[TD_CONFIG_PLACE_SIZE];
    int rc;

    if (!node || node->type != YAML_SEQUENCE_NODE)
        return TD_OK;
    td_config_list_free(list, n);
    td_config_tree_place(tree, key, place);
    if ((rc = list_append(tree, key, from, n_from, list, n, err)) != TD_OK)
        return rc;
    return td_config_origin_set(origin, TD_ORIGIN_FILE, place, err);
}

/* ---- plugins ---- */

/* An option's name is checked by the plugin; its value may be any text. */
static int option_apply(struct td_config_plugin *plugin, const struct td_config_tree *tree, const char *path,
                        const yaml_node_pair_t *pair, struct td_err *err)
{
    const yaml_node_t *key = td_config_tree_node(tree, pair->key), *value = td_config_tree_node(tree, pair->value);
    struct td_config_option *option = &plugin->options[plugin->n_options];
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_mark(tree, value->start_mark, place);
    if (value->type != YAML_SCALAR_NODE)
        return td_fail(err, TD_E_CONFIG, "%s: %s.%s must be a single value", place, path,
                       td_config_quote(td_config_text(key)).text);
    plugin->n_options++; /* from here on td_config_free knows it */
    option->name = strdup(td_config_text(key));
    option->where = strdup(place);
    if (!option->name || !option->where)
        return td_config_no_memory(err);
    return td_config_expand(td_config_text(value), &option->value, place, err);
}

static int options_apply(struct td_config_plugin *plugin, const struct td_config_tree *tree, const char *path,
                         struct td_err *err)
{
    const yaml_node_t *node = td_config_tree_find(tree, path);
    char place[TD_CONFIG_PLACE_SIZE];
    int rc = TD_OK;

    if (!node || (node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0))
        return TD_OK;
    if (node->type != YAML_MAPPING_NODE) {
        td_config_tree_place(tree, path, place);
        return td_fail(err, TD_E_CONFIG, "%s: %s must be a mapping of 'option: value'", place, path);
    }
    yaml_node_pair_t *first = node->data.mapping.pairs.start, *top = node->data.mapping.pairs.top;
    if (first == top)
        return TD_OK;
    if (!(plugin->options = calloc((size_t)(top - first), sizeof *plugin->options)))
        return td_config_no_memory(err);
    for (yaml_node_pair_t *pair = first; pair < top && rc == TD_OK; pair++)
        rc = option_apply(plugin, tree, path, pair, err);
    return rc;
}

/* Read as limits.plugin_timeout is: same units, same range. */
static int timeout_apply(struct td_config_plugin *plugin, const struct td_config_tree *tree, const char *path,
                         const char *text, struct td_err *err)
{
    const struct td_config_setting *setting = &td_config_settings[TD_SETTING_limits_plugin_timeout];
    char place[TD_CONFIG_PLACE_SIZE], advice[160], *value;
    union td_config_value parsed = { .number = 0 };

    td_config_tree_place(tree, path, place);
    int rc = td_config_expand(text, &value, place, err);
    if (rc == TD_OK && td_config_value_parse(setting, value, &parsed) != 0) {
        td_config_advice(setting, advice, sizeof advice);
        rc = td_fail(err, TD_E_CONFIG, "%s: %s is '%s'; %s", place, path, td_config_quote(value).text, advice);
    }
    plugin->timeout_ns = parsed.number;
    free(value);
    return rc;
}

static int plugin_apply(struct td_config_plugin *plugin, const struct td_config_tree *tree, uint32_t index,
                        const struct td_config_file_plugin *from, struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE];
    int rc;

    snprintf(path, sizeof path, "plugins[%u].name", (unsigned)index);
    if ((rc = expand_at(tree, path, from->name, &plugin->name, err)) != TD_OK)
        return rc;
    snprintf(path, sizeof path, "plugins[%u].file", (unsigned)index);
    rc = expand_at(tree, path, from->file ? from->file : from->name, &plugin->file, err);
    snprintf(path, sizeof path, "plugins[%u].timeout", (unsigned)index);
    if (rc == TD_OK && from->timeout)
        rc = timeout_apply(plugin, tree, path, from->timeout, err);
    if (rc != TD_OK)
        return rc;
    snprintf(path, sizeof path, "plugins[%u].grants", (unsigned)index);
    if ((rc = list_append(tree, path, from->grants, from->n_grants, &plugin->grants, &plugin->n_grants, err)) != TD_OK)
        return rc;
    snprintf(path, sizeof path, "plugins[%u].options", (unsigned)index);
    return options_apply(plugin, tree, path, err);
}

static int plugins_apply(struct td_config *config, const struct td_config_tree *tree, const struct td_config_file *file,
                         struct td_err *err)
{
    const yaml_node_t *node = td_config_tree_find(tree, "plugins");
    int rc = TD_OK;

    td_config_private(config)->is_plugins_given = node && node->type == YAML_SEQUENCE_NODE;
    if (file->n_plugins == 0)
        return TD_OK;
    if (!(config->plugins = calloc(file->n_plugins, sizeof *config->plugins)))
        return td_config_no_memory(err);
    config->n_plugins = file->n_plugins;
    for (uint32_t i = 0; i < file->n_plugins && rc == TD_OK; i++)
        rc = plugin_apply(&config->plugins[i], tree, i, &file->plugins[i], err);
    return rc;
}

/* ---- pipelines ---- */

static int pipelines_apply(struct td_config *config, const struct td_config_tree *tree,
                           const struct td_config_file *file, struct td_err *err)
{
    char path[TD_CONFIG_NAME_SIZE];
    int rc = TD_OK;

    if (file->n_pipelines == 0)
        return TD_OK;
    if (!(config->pipelines = calloc(file->n_pipelines, sizeof *config->pipelines)))
        return td_config_no_memory(err);
    config->n_pipelines = file->n_pipelines;
    for (uint32_t i = 0; i < file->n_pipelines && rc == TD_OK; i++) {
        struct td_config_pipeline *pipeline = &config->pipelines[i];
        snprintf(path, sizeof path, "pipelines[%u].name", (unsigned)i);
        rc = expand_at(tree, path, file->pipelines[i].name, &pipeline->name, err);
        snprintf(path, sizeof path, "pipelines[%u].plugins", (unsigned)i);
        if (rc == TD_OK)
            rc = list_append(tree, path, file->pipelines[i].plugins, file->pipelines[i].n_plugins, &pipeline->plugins,
                             &pipeline->n_plugins, err);
        snprintf(path, sizeof path, "pipelines[%u].pool", (unsigned)i);
        if (rc == TD_OK && file->pipelines[i].pool)
            rc = expand_at(tree, path, file->pipelines[i].pool, &pipeline->pool, err);
        if (pipeline->pool && strcmp(pipeline->pool, TD_DEFAULT_POOL) == 0) { /* which may be said */
            free(pipeline->pool);
            pipeline->pool = NULL;
        }
    }
    return rc;
}

static int apply(struct td_config *config, const struct td_config_tree *tree, const struct td_config_file *file,
                 struct td_err *err)
{
    struct td_config_private *private = td_config_private(config);
    int rc;

    if ((rc = settings_apply(config, tree, file, err)) != TD_OK ||
        (rc = td_config_endpoints_apply(config, tree, err)) != TD_OK ||
        (rc = list_apply(tree, "plugin_dirs", file->plugin_dirs, file->n_plugin_dirs, &config->plugin_dirs,
                         &config->n_plugin_dirs, &private->plugin_dirs, err)) != TD_OK ||
        (rc = td_config_pipes_apply(config, tree, err)) != TD_OK ||
        (rc = plugins_apply(config, tree, file, err)) != TD_OK)
        return rc;
    if ((rc = pipelines_apply(config, tree, file, err)) != TD_OK)
        return rc;
    return td_config_pools_apply(config, tree, file, err);
}

int td_config_file_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    struct td_config_file *file;
    int rc = td_config_schema_load(tree, &file, err);

    if (rc != TD_OK || !file)
        return rc;
    rc = apply(config, tree, file, err);
    td_config_schema_free(file);
    return rc;
}
