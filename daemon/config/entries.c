/* entries.c: lists whose entries are an address, or a mapping of an address and more: endpoints, pull, push, publish. What
 * other keys such a mapping has is their own file's to say. */
#include "daemon/config/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail_at(const struct td_config_tree *tree, const yaml_node_t *node, const char *path, const char *what,
                   struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_mark(tree, node->start_mark, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s %s", place, path, what);
}

static int is_empty(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0;
}

/* "'address', 'a' and 'b'", or "address, a, b" */
static void names_write(const struct td_config_key *keys, size_t n, const char *quote, const char *last, char *text,
                        size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%saddress%s", quote, quote);

    for (size_t i = 0; i < n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s", i + 1 == n ? last : ", ", quote, keys[i].name,
                                 quote);
}

static const struct td_config_key *key_find(const struct td_config_key *keys, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    return NULL;
}

static int value_read(const struct td_config_tree *tree, const yaml_node_t *node, const struct td_config_key *key,
                      const char *path, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE], *value;

    td_config_tree_mark(tree, node->start_mark, place);
    int rc = td_config_expand(td_config_text(node), &value, place, err);
    if (rc == TD_OK && key->text) {
        free(*key->text);
        *key->text = value;
        return TD_OK;
    }
    if (rc == TD_OK && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        rc = td_fail(err, TD_E_CONFIG, "%s: %s.%s is '%s'; write true or false", place, path, key->name,
                     td_config_quote(value).text);
    else if (rc == TD_OK)
        *key->flag = value[0] == 't';
    free(value);
    return rc;
}

static int mapping_read(const struct td_config_tree *tree, const yaml_node_t *node, const char *path,
                        const struct td_config_key *keys, size_t n, struct td_err *err)
{
    char what[2 * TD_CONFIG_NAME_SIZE], names[TD_CONFIG_NAME_SIZE];
    int rc = TD_OK;

    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = td_config_tree_node(tree, pair->key), *value = td_config_tree_node(tree, pair->value);
        const struct td_config_key *key = key_find(keys, n, td_config_text(name));
        if (!key && strcmp(td_config_text(name), "address") != 0) {
            names_write(keys, n, "", ", ", names, sizeof names);
            snprintf(what, sizeof what, "has no key '%s'; known here: %s", td_config_quote(td_config_text(name)).text,
                     names);
            return fail_at(tree, name, path, what, err);
        }
        if (value->type != YAML_SCALAR_NODE) {
            snprintf(what, sizeof what, "must have a single value for '%s'", td_config_text(name));
            return fail_at(tree, value, path, what, err);
        }
        if (key && (rc = value_read(tree, value, key, path, err)) != TD_OK)
            return rc;
    }
    if (!td_config_tree_key(tree, node, "address"))
        return fail_at(tree, node, path, "has no 'address'; it needs one", err);
    return TD_OK;
}

int td_config_entry_read(const struct td_config_tree *tree, const yaml_node_t *node, const char *path, char **address,
                         const struct td_config_key *keys, size_t n, struct td_err *err)
{
    char what[2 * TD_CONFIG_NAME_SIZE], names[TD_CONFIG_NAME_SIZE], place[TD_CONFIG_PLACE_SIZE];
    const yaml_node_t *scalar = node;
    int rc;

    *address = NULL;
    if (node->type == YAML_SEQUENCE_NODE) {
        names_write(keys, n, "'", " and ", names, sizeof names);
        snprintf(what, sizeof what, "must be an endpoint, or a mapping of %s, not a list", names);
        return fail_at(tree, node, path, what, err);
    }
    if (node->type == YAML_MAPPING_NODE) {
        if ((rc = mapping_read(tree, node, path, keys, n, err)) != TD_OK)
            return rc;
        scalar = td_config_tree_key(tree, node, "address");
    }
    td_config_tree_mark(tree, scalar->start_mark, place);
    return td_config_expand(td_config_text(scalar), address, place, err);
}

int td_config_entries_each(struct td_config *config, const struct td_config_tree *tree, const char *key,
                           struct td_config_origin *origin, td_config_read_entry read, int list, struct td_err *err)
{
    const yaml_node_t *node = td_config_tree_find(tree, key);
    char place[TD_CONFIG_PLACE_SIZE], path[TD_CONFIG_NAME_SIZE];
    unsigned index = 0;
    int rc;

    if (!node || is_empty(node))
        return TD_OK;
    if (node->type != YAML_SEQUENCE_NODE)
        return fail_at(tree, node, key,
                       node->type == YAML_MAPPING_NODE
                           ? "must be a list, '[item, item]' or lines of '- item', not a mapping"
                           : "must be a list, '[item, item]' or lines of '- item', not text",
                       err);
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        snprintf(path, sizeof path, "%s[%u]", key, index++);
        if ((rc = read(config, tree, list, td_config_tree_node(tree, *item), path, err)) != TD_OK)
            return rc;
    }
    td_config_tree_mark(tree, node->start_mark, place);
    return td_config_origin_set(origin, TD_ORIGIN_FILE, place, err);
}
