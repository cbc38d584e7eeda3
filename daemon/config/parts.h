/* parts.h: what the files config*.c share; nobody else includes it.
 *
 *   config.c           the order: defaults, file, environment, flags, what follows from them, checks
 *   settings.c  TD_SETTINGS as a table; sets one scalar setting from its text
 *   types.c     the types of settings: text to number and back
 *   tree.c      the file as a tree of YAML nodes with their places; ${VAR}
 *   schema.c    the file's shape, as libcyaml's schema; tells what breaks it
 *   file.c      the file's contents into a td_config
 *   env.c       TEXTD_… variables and the command line
 *   memory.c    defaults that fit the memory that there is
 *   plugins.c   plugin directories and what lies in them; the default pipeline
 *   pools.c     pools: read, completed, checked
 *   check.c     what must hold between settings; names
 *   entries.c   lists of addresses, or mappings of an address and more
 *   endpoints.c endpoints: read, checked
 *   pipes.c     pull, push and publish: read, checked, printed
 *   print.c     --print-config
 *   edit.c      a copy, with a plugin more or less */
#ifndef TD_CONFIG_PARTS_H
#define TD_CONFIG_PARTS_H

#include <stddef.h>

#include "common/allowance.h"
#include "daemon/config/config.h"

/* ---- settings ---- */

enum td_config_type {
    TD_TYPE_COUNT,
    TD_TYPE_BYTES,
    TD_TYPE_TIME,
    TD_TYPE_BOOL,
    TD_TYPE_TEXT,
    TD_TYPE_FILES,
    TD_TYPE_LEVEL,
    TD_TYPE_FORMAT,
    TD_TYPE_FOUND,
    TD_TYPE_SANDBOX,
    TD_N_TYPES
};

struct td_config_setting {
    const char *section, *key;
    enum td_config_type type;
    size_t offset; /* in struct td_settings */
    const char *initial;
    int64_t min, max;
    const char *help;
};

enum td_config_setting_index {
#define X(section, key, type, initial, min, max, help) TD_SETTING_##section##_##key,
    TD_SETTINGS(X)
#undef X
        TD_N_SETTINGS
};

extern const struct td_config_setting td_config_settings[TD_N_SETTINGS];

/* Whether it is stored as a char *, NULL when unset. */
static inline int td_config_is_text(enum td_config_type type)
{
    return type == TD_TYPE_TEXT || type == TD_TYPE_FILES;
}

/* Where a value came from and how to call that place in a message: "default", "textd.yaml:12:5", "TEXTD_LOG_LEVEL",
 * "--workers". */
struct td_config_origin {
    enum td_origin origin;
    char *place;
};

/* config->private_data. */
struct td_config_private {
    struct td_config_origin settings[TD_N_SETTINGS];
    struct td_config_origin endpoints;
    struct td_config_origin pipes[TD_N_PIPE_LISTS];
    struct td_config_origin plugin_dirs; /* of the list in file or environment; see dir_places */
    char **dir_places;                   /* one for each of config->plugin_dirs, when that is complete */
    uint32_t n_dir_places;
    int is_plugins_given; /* `plugins:` stands in the file; otherwise they were found in the directories */
    int is_default_added; /* the pipeline called default is ours, and the last */
    struct td_allowance allowance;
};

struct td_config_private *td_config_private(const struct td_config *config);

/* Replaces an origin. 0, or TD_E_INTERNAL when there is no memory. */
int td_config_origin_set(struct td_config_origin *at, enum td_origin origin, const char *place, struct td_err *err);

/* Parses `text` as the setting's type and stores it with its origin. TD_E_CONFIG "PLACE: limits.deadline is '5'; …". */
int td_config_set(struct td_config *config, int index, const char *text, enum td_origin origin, const char *place,
                  struct td_err *err);

/* ---- endpoints (endpoints.c) ---- */

/* What is wrong with the address of something that is bound; NULL: nothing. Who can reach it is another question. */
const char *td_config_endpoint_fault(const char *endpoint);
const char *td_config_ipc_fault(const char *endpoint);

/* Of ADDRESS:PORT: -1 when it is none, else whether only this machine can reach it. */
int td_config_is_loopback_place(const char *place);

/* Adds one as a variable or a flag has it. */
int td_config_endpoints_add(struct td_config *config, const char *text, struct td_err *err);
int td_config_endpoints_env(struct td_config *config, struct td_err *err);
int td_config_endpoints_flags(struct td_config *config, const struct td_config_flags *flags, struct td_err *err);
int td_config_endpoints_copy(struct td_config *to, const struct td_config *from);
void td_config_endpoints_free(struct td_config *config);

/* ---- pull, push, publish (pipes.c) ---- */

/* The key of a list, and its variable: "pull", "TEXTD_PULL". */
extern const char *const td_config_pipe_keys[TD_N_PIPE_LISTS];
extern const char *const td_config_pipe_variables[TD_N_PIPE_LISTS];

int td_config_pipes_env(struct td_config *config, struct td_err *err);
int td_config_pipes_copy(struct td_config *to, const struct td_config *from);
void td_config_pipes_free(struct td_config *config);

#define TD_CONFIG_NAME_SIZE 128 /* fits "limits.deadline", "TEXTD_LIMITS_DEADLINE" and "pipelines[12].plugins[63]" */

void td_config_setting_variable(const struct td_config_setting *setting, char name[TD_CONFIG_NAME_SIZE]);

/* ---- types ---- */

union td_config_value {
    int64_t number;
    const char *text; /* borrowed from what was parsed */
};

/* 0, or -1 when `text` isn't of the setting's type or not in its range. */
int td_config_value_parse(const struct td_config_setting *setting, const char *text, union td_config_value *value);

/* Writes a number as it would stand in the file, in its largest unit without a fraction. */
void td_config_number_print(enum td_config_type type, int64_t number, char *text, size_t size);

/* What would be right: "write a number with B, KiB, MiB or GiB, from 1B to 1GiB". */
void td_config_advice(const struct td_config_setting *setting, char *text, size_t size);

/* ---- words for messages ---- */

/* A value from outside, made fit for a message: on one line, valid UTF-8, cut. */
struct td_config_quote {
    char text[80];
};
struct td_config_quote td_config_quote(const char *value);

int td_config_no_memory(struct td_err *err);

/* ---- lists of texts ---- */

/* Appends a copy. 0, or TD_E_SYSTEM. */
int td_config_list_add(char ***list, uint32_t *n, const char *text, struct td_err *err);
void td_config_list_free(char ***list, uint32_t *n);

/* ---- the file ---- */

struct td_config_tree; /* the file as it was read; lives only while td_config_load runs */

#define TD_CONFIG_PLACE_SIZE 256

/* Where the node at `path` ("pipelines[2].plugins[0]") stands: "textd.yaml:12:5". When it isn't there, where the nearest
 * thing around it does. */
void td_config_tree_place(const struct td_config_tree *tree, const char *path, char place[TD_CONFIG_PLACE_SIZE]);

/* The same for an item of a list that may come from elsewhere. */
void td_config_item_place(const struct td_config_origin *origin, const struct td_config_tree *tree, const char *list,
                          uint32_t index, char place[TD_CONFIG_PLACE_SIZE]);

/* ---- the steps of td_config_load ---- */

int td_config_env_apply(struct td_config *config, struct td_err *err);
int td_config_flags_apply(struct td_config *config, const struct td_config_flags *flags, struct td_err *err);

/* Lowers defaults to what the memory that there is allows for. `root`: see allowance.h. */
int td_config_memory_fit(struct td_config *config, const char *root, struct td_err *err);

/* Puts the plugin directories in their order, finds the plugins when the file lists none, and adds what follows from
 * other settings: timeouts, the pipeline called default. `tree` may be NULL. */
int td_config_plugins_complete(struct td_config *config, const struct td_config_flags *flags,
                               const struct td_config_tree *tree, struct td_err *err);

/* Pools' memory, as it follows from other settings. */
void td_config_pools_complete(struct td_config *config);

/* Whether only pipelines of pools name the plugin: then the pipeline called default, if it is ours, has it not. */
int td_config_pools_keep(const struct td_config *config, const char *plugin);

/* What must hold of pools, and of pipelines because of them. `tree` may be NULL. */
int td_config_pools_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err);
int td_config_pools_copy(struct td_config *to, const struct td_config *from);
void td_config_pools_free(struct td_config *config);

/* What must hold of pull, push and publish. `tree` may be NULL. */
int td_config_pipes_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err);

/* What must hold of endpoints, and of their keys. `tree` may be NULL. */
int td_config_endpoints_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err);
int td_config_curve_check(const struct td_config *config, struct td_err *err);

/* What must hold between settings. `tree` may be NULL. */
int td_config_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err);

/* [a-z][a-z0-9_-]{0,30} */
int td_config_is_name(const char *name);

/* The same, told with the place of `path`. */
int td_config_name_check(const struct td_config_tree *tree, const char *path, const char *name, struct td_err *err);

/* "PLACE: PATH is 'VALUE'; …" for something of the file's lists. */
int td_config_fail_at(const struct td_config_tree *tree, const char *path, const char *value, const char *advice,
                      struct td_err *err);

#define TD_CONFIG_MAX_ENDPOINTS 64
#define TD_CONFIG_MAX_PIPE_ENDS 16
#define TD_CONFIG_MAX_DIRS 64
#define TD_CONFIG_MAX_PLUGINS 64
#define TD_CONFIG_MAX_PIPELINES 64

#endif
