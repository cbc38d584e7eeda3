/* schema.c: the shape of the file, as a schema of libcyaml's. libcyaml judges the file and turns it into structs;
 * every scalar comes out as text, for types.c to read. The sections' part of the schema is made from TD_SETTINGS.
 *
 * libcyaml says what is wrong in several lines of log and without a column, so when it refuses a file, explain() goes
 * along the same schema over the tree and tells the first thing that breaks it in one line. */
#include "daemon/config/tree.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/nearest.h"

#define ANY CYAML_UNLIMITED
#define MAY (CYAML_FLAG_POINTER_NULL | CYAML_FLAG_OPTIONAL) /* may be missing, and may be empty */
#define MUST CYAML_FLAG_POINTER

/* ---- the schema ---- */

static const cyaml_schema_value_t text = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, ANY) };

static const cyaml_schema_field_t plugin_fields[] = {
    CYAML_FIELD_STRING_PTR("name", MUST, struct td_config_file_plugin, name, 0, ANY),
    CYAML_FIELD_STRING_PTR("file", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct td_config_file_plugin, file, 0,
                           ANY),
    CYAML_FIELD_STRING_PTR("timeout", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct td_config_file_plugin, timeout,
                           0, ANY),
    CYAML_FIELD_SEQUENCE_COUNT("grants", MAY, struct td_config_file_plugin, grants, n_grants, &text, 0, ANY),
    CYAML_FIELD_IGNORE("options", CYAML_FLAG_OPTIONAL), /* its keys are the plugin's: file.c */
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t pipeline_fields[] = {
    CYAML_FIELD_STRING_PTR("name", MUST, struct td_config_file_pipeline, name, 0, ANY),
    CYAML_FIELD_SEQUENCE_COUNT("plugins", MUST, struct td_config_file_pipeline, plugins, n_plugins, &text, 0, ANY),
    CYAML_FIELD_STRING_PTR("pool", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct td_config_file_pipeline, pool, 0,
                           ANY),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t pool_fields[] = {
    CYAML_FIELD_STRING_PTR("name", MUST, struct td_config_file_pool, name, 0, ANY),
    CYAML_FIELD_STRING_PTR("workers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct td_config_file_pool, workers, 0,
                           ANY),
    CYAML_FIELD_STRING_PTR("memory", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct td_config_file_pool, memory, 0,
                           ANY),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t plugin = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct td_config_file_plugin,
                                                                 plugin_fields) };
static const cyaml_schema_value_t pipeline = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct td_config_file_pipeline,
                                                                   pipeline_fields) };
static const cyaml_schema_value_t pool = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct td_config_file_pool,
                                                               pool_fields) };

static const cyaml_schema_field_t lists[] = {
    CYAML_FIELD_IGNORE("endpoints", CYAML_FLAG_OPTIONAL), /* an entry is a text or a mapping: entries.c */
    CYAML_FIELD_SEQUENCE_COUNT("plugin_dirs", MAY, struct td_config_file, plugin_dirs, n_plugin_dirs, &text, 0, ANY),
    CYAML_FIELD_SEQUENCE_COUNT("plugins", MAY, struct td_config_file, plugins, n_plugins, &plugin, 0, ANY),
    CYAML_FIELD_SEQUENCE_COUNT("pipelines", MAY, struct td_config_file, pipelines, n_pipelines, &pipeline, 0, ANY),
    CYAML_FIELD_SEQUENCE_COUNT("pools", MAY, struct td_config_file, pools, n_pools, &pool, 0, ANY),
    CYAML_FIELD_IGNORE("pull", CYAML_FLAG_OPTIONAL), /* as well */
    CYAML_FIELD_IGNORE("push", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("publish", CYAML_FLAG_OPTIONAL),
};

#define N_LISTS (sizeof lists / sizeof lists[0])

static cyaml_schema_field_t setting_fields[2 * TD_N_SETTINGS]; /* one section after the other, each with its end */
static cyaml_schema_field_t root_fields[TD_N_SETTINGS + N_LISTS + 1];
static const cyaml_schema_value_t root = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct td_config_file,
                                                               root_fields) };

/* A list's texts are taken from the tree: a setting is one text here. */
static cyaml_schema_field_t setting_field(int index)
{
    if (td_config_settings[index].type == TD_TYPE_FILES)
        return (cyaml_schema_field_t) { .key = td_config_settings[index].key,
                                        .value = { .type = CYAML_IGNORE, .flags = CYAML_FLAG_OPTIONAL } };
    return (cyaml_schema_field_t) {
        .key = td_config_settings[index].key,
        .data_offset = (uint32_t)(offsetof(struct td_config_section, settings) + sizeof(char *) * (size_t)index),
        .value = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, char, 0, ANY) },
    };
}

static cyaml_schema_field_t section_field(int first, const cyaml_schema_field_t *fields)
{
    return (cyaml_schema_field_t) {
        .key = td_config_settings[first].section,
        .data_offset = (uint32_t)(offsetof(struct td_config_file, sections) + sizeof(void *) * (size_t)first),
        .value = { CYAML_VALUE_MAPPING(MAY, struct td_config_section, fields) },
    };
}

/* Tables of TD_SETTINGS order, in which each section's settings stand together. */
static void schema_make(void)
{
    cyaml_schema_field_t *field = setting_fields, *top = root_fields;

    if (root_fields[0].key)
        return;
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        int is_first = i == 0 || strcmp(td_config_settings[i].section, td_config_settings[i - 1].section) != 0;
        if (is_first && i > 0)
            field++; /* a field without a key ends a section */
        if (is_first)
            *top++ = section_field(i, field);
        *field++ = setting_field(i);
    }
    memcpy(top, lists, sizeof lists);
}

/* ---- what breaks it ---- */

#define MAX_FIELDS 64

static size_t fields_count(const cyaml_schema_field_t *fields)
{
    size_t n = 0;

    while (fields[n].key)
        n++;
    assert(n <= MAX_FIELDS);
    return n;
}

/* Room for the end of a message about an unknown key: the nearest key, or the section where it would be right, or all
 * that there are. */
static void hint_write(const cyaml_schema_field_t *fields, const char *key, char *hint, size_t size)
{
    const char *names[MAX_FIELDS], *near;
    size_t n = fields_count(fields), used;
    char full[TD_CONFIG_NAME_SIZE];

    for (size_t i = 0; i < n; i++)
        names[i] = fields[i].key;
    if ((near = td_nearest(key, strlen(key), names, n))) {
        snprintf(hint, size, "did you mean '%s'?", near);
        return;
    }
    for (int i = 0; i < TD_N_SETTINGS; i++) {
        const struct td_config_setting *setting = &td_config_settings[i];
        snprintf(full, sizeof full, "%s.%s", setting->section, setting->key);
        if (strcmp(setting->key, key) == 0 || strcmp(full, key) == 0) {
            snprintf(hint, size, "did you mean '%s' under '%s:'?", setting->key, setting->section);
            return;
        }
    }
    used = (size_t)snprintf(hint, size, "known here:");
    for (size_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(hint + used, size - used, "%s %s", i ? "," : "", names[i]);
}

static int explain_unknown(const struct td_config_tree *tree, const yaml_node_t *key,
                           const cyaml_schema_field_t *fields, const char *path, struct td_err *err)
{
    char hint[256], place[TD_CONFIG_PLACE_SIZE];

    hint_write(fields, td_config_text(key), hint, sizeof hint);
    td_config_tree_mark(tree, key->start_mark, place);
    return td_fail(err, TD_E_CONFIG, "%s: unknown key '%s%s%s'; %s", place, path, path[0] ? "." : "",
                   td_config_quote(td_config_text(key)).text, hint);
}

static int explain(const struct td_config_tree *tree, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                   const char *path, struct td_err *err);

static int explain_pair(const struct td_config_tree *tree, const yaml_node_pair_t *pair,
                        const cyaml_schema_field_t *fields, const char *path, struct td_err *err)
{
    const yaml_node_t *key = td_config_tree_node(tree, pair->key);
    char inner[TD_CONFIG_NAME_SIZE];

    for (const cyaml_schema_field_t *field = fields; field->key; field++) {
        if (strcmp(field->key, td_config_text(key)) != 0)
            continue;
        snprintf(inner, sizeof inner, "%s%s%s", path, path[0] ? "." : "", field->key);
        return explain(tree, td_config_tree_node(tree, pair->value), &field->value, inner, err);
    }
    return explain_unknown(tree, key, fields, path, err);
}

static int explain_mapping(const struct td_config_tree *tree, const yaml_node_t *node,
                           const cyaml_schema_field_t *fields, const char *path, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];
    int rc;

    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++)
        if ((rc = explain_pair(tree, pair, fields, path, err)) != TD_OK)
            return rc;
    for (const cyaml_schema_field_t *field = fields; field->key; field++) {
        if (field->value.flags & CYAML_FLAG_OPTIONAL || td_config_tree_key(tree, node, field->key))
            continue;
        td_config_tree_mark(tree, node->start_mark, place);
        return td_fail(err, TD_E_CONFIG, "%s: %s has no '%s'; it needs one", place, path, field->key);
    }
    return TD_OK;
}

static int explain_sequence(const struct td_config_tree *tree, const yaml_node_t *node,
                            const cyaml_schema_value_t *entry, const char *path, struct td_err *err)
{
    unsigned index = 0;
    int rc;

    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        char inner[TD_CONFIG_NAME_SIZE];
        snprintf(inner, sizeof inner, "%s[%u]", path, index++);
        if ((rc = explain(tree, td_config_tree_node(tree, *item), entry, inner, err)) != TD_OK)
            return rc;
    }
    return TD_OK;
}

static int explain_kind(const struct td_config_tree *tree, const yaml_node_t *node, const char *wanted,
                        const char *path, struct td_err *err)
{
    static const char *const kinds[] = {
        [YAML_NO_NODE] = "nothing",
        [YAML_SCALAR_NODE] = "text",
        [YAML_SEQUENCE_NODE] = "a list",
        [YAML_MAPPING_NODE] = "a mapping",
    };
    int is_empty = node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0;
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_mark(tree, node->start_mark, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s must be %s, not %s", place, path[0] ? path : "the file", wanted,
                   is_empty ? "empty" : kinds[node->type]);
}

/* TD_OK when this node and all below it keep to the schema. Goes no deeper than the schema does. */
static int explain(const struct td_config_tree *tree, const yaml_node_t *node, const cyaml_schema_value_t *schema,
                   const char *path, struct td_err *err)
{
    int is_empty = node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0;
    int may_be_empty = (schema->flags & CYAML_FLAG_POINTER_NULL) == CYAML_FLAG_POINTER_NULL;

    if (schema->type == CYAML_IGNORE || (is_empty && may_be_empty))
        return TD_OK;
    switch (schema->type) {
    case CYAML_STRING:
        return node->type == YAML_SCALAR_NODE ? TD_OK : explain_kind(tree, node, "a single value", path, err);
    case CYAML_MAPPING:
        if (node->type != YAML_MAPPING_NODE)
            return explain_kind(tree, node, "a mapping of 'key: value'", path, err);
        return explain_mapping(tree, node, schema->mapping.fields, path, err);
    case CYAML_SEQUENCE:
        if (node->type != YAML_SEQUENCE_NODE)
            return explain_kind(tree, node, "a list, '[item, item]' or lines of '- item'", path, err);
        return explain_sequence(tree, node, schema->sequence.entry, path, err);
    default:
        assert(0 && "the schema has no other types");
        return TD_OK;
    }
}

/* ---- loading ---- */

/* libcyaml reports from the inside out; the first line of an error is the cause. Never to stderr. */
struct report {
    char first[160];
};

__attribute__((format(printf, 3, 0))) static void report_take(cyaml_log_t level, void *context, const char *format,
                                                              va_list args)
{
    struct report *report = context;

    if (level == CYAML_LOG_ERROR && !report->first[0])
        vsnprintf(report->first, sizeof report->first, format, args);
    report->first[strcspn(report->first, "\n")] = 0;
}

static const cyaml_config_t base_config = {
    .log_fn = report_take,
    .mem_fn = cyaml_mem,
    .log_level = CYAML_LOG_ERROR,
    .flags = CYAML_CFG_NO_ALIAS,
};

int td_config_schema_load(const struct td_config_tree *tree, struct td_config_file **file, struct td_err *err)
{
    struct report report = { "" };
    cyaml_config_t config = base_config;
    cyaml_data_t *data = NULL;
    int rc;

    *file = NULL;
    if (!tree->root || (tree->root->type == YAML_SCALAR_NODE && tree->root->data.scalar.length == 0))
        return TD_OK;
    schema_make();
    config.log_ctx = &report;
    cyaml_err_t fault = cyaml_load_data(tree->bytes, tree->length, &config, &root, &data, NULL);
    if (fault == CYAML_OK) {
        *file = data;
        return TD_OK;
    }
    /* libyaml has read this very text twice already, so if it fails now, it has no memory. */
    if (fault == CYAML_ERR_OOM || fault == CYAML_ERR_LIBYAML_PARSER || fault == CYAML_ERR_LIBYAML_PARSER_INIT)
        return td_config_no_memory(err);
    if ((rc = explain(tree, tree->root, &root, "", err)) != TD_OK)
        return rc;
    return td_fail(err, TD_E_CONFIG, "%s: %s (%s)", tree->path, cyaml_strerror(fault), report.first);
}

void td_config_schema_free(struct td_config_file *file)
{
    struct report report = { "" };
    cyaml_config_t config = base_config;

    config.log_ctx = &report;
    cyaml_free(&config, &root, file, 0);
}
