/* tree.h: the configuration file as a tree of YAML nodes, for what libcyaml doesn't give: the place of each value,
 * and maps with free keys. A tree that was read is harmless: at most 1 MiB, nested at most 8 deep, one document, no
 * aliases (with which a few lines can stand for gigabytes), no key twice in a mapping, no NUL in a text. */
#ifndef TD_CONFIG_TREE_H
#define TD_CONFIG_TREE_H

#include <yaml.h>

#include "daemon/config/parts.h"

struct td_config_tree {
    char *path; /* of the file, as the operator gave it */
    unsigned char *bytes;
    size_t length;
    yaml_document_t document;
    yaml_node_t *root; /* NULL when there is nothing in the file but comments */
};

/* TD_E_SYSTEM when the file can't be read. On any error *tree needs no freeing. */
int td_config_tree_read(struct td_config_tree *tree, const char *path, struct td_err *err);

void td_config_tree_free(struct td_config_tree *tree);

/* The value at `path`, NULL when there is none. */
yaml_node_t *td_config_tree_find(const struct td_config_tree *tree, const char *path);

/* The value of a key, NULL when the node isn't a mapping or hasn't the key. */
yaml_node_t *td_config_tree_key(const struct td_config_tree *tree, const yaml_node_t *mapping, const char *key);

yaml_node_t *td_config_tree_node(const struct td_config_tree *tree, int index);

void td_config_tree_mark(const struct td_config_tree *tree, yaml_mark_t mark, char place[TD_CONFIG_PLACE_SIZE]);

static inline const char *td_config_text(const yaml_node_t *scalar)
{
    return (const char *)scalar->data.scalar.value;
}

/* ---- schema.c ---- */

/* What libcyaml made of the file: texts as they stand there; NULL for what doesn't. */
struct td_config_section {
    char *settings[TD_N_SETTINGS]; /* only this section's are ever set */
};

struct td_config_file_plugin {
    char *name, *file, *timeout; /* options are in the tree */
    char **grants;
    uint32_t n_grants;
};

struct td_config_file_pipeline {
    char *name;
    char **plugins;
    uint32_t n_plugins;
    char *pool;
};

struct td_config_file_pool {
    char *name, *workers, *memory;
};

struct td_config_file {
    struct td_config_section *sections[TD_N_SETTINGS]; /* more than there are; by the section's first setting */
    char **plugin_dirs;
    uint32_t n_plugin_dirs;
    struct td_config_file_plugin *plugins;
    uint32_t n_plugins;
    struct td_config_file_pipeline *pipelines;
    uint32_t n_pipelines;
    struct td_config_file_pool *pools;
    uint32_t n_pools;
};

/* Reads the tree's bytes through the schema. On TD_OK *file is the caller's, or NULL when nothing stands in it. */
int td_config_schema_load(const struct td_config_tree *tree, struct td_config_file **file, struct td_err *err);

void td_config_schema_free(struct td_config_file *file);

/* ---- file.c ---- */

/* A value with ${VAR} replaced. *out is the caller's to free, also on an error. */
int td_config_expand(const char *text, char **out, const char *place, struct td_err *err);

/* A key of an entry that is a mapping, beside `address`: true or false, or any text, which is freed before it is set. */
struct td_config_key {
    const char *name;
    int *flag;
    char **text;
};

/* Reads an entry, an address or a mapping of it and these keys. *address is the caller's to free, also on an error. */
int td_config_entry_read(const struct td_config_tree *tree, const yaml_node_t *node, const char *path, char **address,
                         const struct td_config_key *keys, size_t n, struct td_err *err);

/* Calls `read` for each entry of the list at `key`, and notes where it stands. */
typedef int (*td_config_read_entry)(struct td_config *config, const struct td_config_tree *tree, int list,
                                    const yaml_node_t *node, const char *path, struct td_err *err);
int td_config_entries_each(struct td_config *config, const struct td_config_tree *tree, const char *key,
                           struct td_config_origin *origin, td_config_read_entry read, int list, struct td_err *err);

/* Takes over the file's endpoints, pull, push and publish, ${VAR} replaced. */
int td_config_endpoints_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err);
int td_config_pipes_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err);

/* Takes over its pools, ${VAR} replaced. Memory that isn't said is not known yet. */
int td_config_pools_apply(struct td_config *config, const struct td_config_tree *tree,
                          const struct td_config_file *file, struct td_err *err);

/* Takes over everything that the file says, ${VAR} replaced. */
int td_config_file_apply(struct td_config *config, const struct td_config_tree *tree, struct td_err *err);

#endif
