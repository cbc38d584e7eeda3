/* pools.c: `pools:`, workers for some pipelines and nobody else, beside the default pool, whose number is workers.count. */
#include "daemon/config/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"

#define MEMORY_UNSAID INT64_C(-1)

void td_config_pools_free(struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_pools; i++)
        free(config->pools[i].name);
    free(config->pools);
    config->pools = NULL;
    config->n_pools = 0;
}

int td_config_pools_copy(struct td_config *to, const struct td_config *from)
{
    if (from->n_pools == 0)
        return 0;
    to->pools = calloc(from->n_pools, sizeof *to->pools);
    for (uint32_t i = 0; to->pools && i < from->n_pools; i++) {
        struct td_config_pool *pool = &to->pools[to->n_pools++];
        *pool = from->pools[i];
        pool->name = strdup(from->pools[i].name);
        if (!pool->name)
            return -1;
    }
    return to->pools ? 0 : -1;
}

/* ---- the file ----------------------------------------------------------------------------------------------------- */

/* Reads a number as `setting` has it: same units, same range. */
static int number_read(const struct td_config_tree *tree, const char *path, const char *text,
                       const struct td_config_setting *setting, int64_t *number, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE], advice[160], *value;
    union td_config_value parsed = { .number = 0 };

    td_config_tree_place(tree, path, place);
    int rc = td_config_expand(text, &value, place, err);
    if (rc == TD_OK && td_config_value_parse(setting, value, &parsed) != 0) {
        td_config_advice(setting, advice, sizeof advice);
        rc = td_fail(err, TD_E_CONFIG, "%s: %s is '%s'; %s", place, path, td_config_quote(value).text, advice);
    }
    *number = parsed.number;
    free(value);
    return rc;
}

static int pool_apply(struct td_config_pool *pool, const struct td_config_tree *tree, uint32_t index,
                      const struct td_config_file_pool *from, struct td_err *err)
{
    static const struct td_config_setting workers = { .type = TD_TYPE_COUNT, .min = 1, .max = TD_MOST_WORKERS };
    char place[TD_CONFIG_PLACE_SIZE], path[TD_CONFIG_NAME_SIZE];
    int64_t n = 1;

    *pool = (struct td_config_pool) { .memory = MEMORY_UNSAID };
    snprintf(path, sizeof path, "pools[%u].name", (unsigned)index);
    td_config_tree_place(tree, path, place);
    int rc = td_config_expand(from->name, &pool->name, place, err);
    snprintf(path, sizeof path, "pools[%u].workers", (unsigned)index);
    if (rc == TD_OK && from->workers)
        rc = number_read(tree, path, from->workers, &workers, &n, err);
    pool->workers = (uint32_t)n;
    snprintf(path, sizeof path, "pools[%u].memory", (unsigned)index);
    if (rc == TD_OK && from->memory)
        rc = number_read(tree, path, from->memory, &td_config_settings[TD_SETTING_workers_memory], &pool->memory, err);
    return rc;
}

int td_config_pools_apply(struct td_config *config, const struct td_config_tree *tree,
                          const struct td_config_file *file, struct td_err *err)
{
    int rc = TD_OK;

    if (file->n_pools == 0)
        return TD_OK;
    if (!(config->pools = calloc(file->n_pools, sizeof *config->pools)))
        return td_config_no_memory(err);
    config->n_pools = file->n_pools;
    for (uint32_t i = 0; i < file->n_pools && rc == TD_OK; i++)
        rc = pool_apply(&config->pools[i], tree, i, &file->pools[i], err);
    return rc;
}

/* ---- what follows ------------------------------------------------------------------------------------------------- */

void td_config_pools_complete(struct td_config *config)
{
    for (uint32_t i = 0; i < config->n_pools; i++)
        if (config->pools[i].memory == MEMORY_UNSAID)
            config->pools[i].memory = config->set.workers_memory;
}

static int has_plugin(const struct td_config_pipeline *pipeline, const char *plugin)
{
    for (uint32_t i = 0; i < pipeline->n_plugins; i++)
        if (strcmp(pipeline->plugins[i], plugin) == 0)
            return 1;
    return 0;
}

int td_config_pools_keep(const struct td_config *config, const char *plugin)
{
    int is_kept = 0;

    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        if (!has_plugin(&config->pipelines[i], plugin))
            continue;
        if (!config->pipelines[i].pool)
            return 0;
        is_kept = 1;
    }
    return is_kept;
}

/* ---- what must hold ----------------------------------------------------------------------------------------------- */

static int fail(const struct td_config_tree *tree, const char *path, const char *what, struct td_err *err)
{
    char place[TD_CONFIG_PLACE_SIZE];

    td_config_tree_place(tree, path, place);
    return td_fail(err, TD_E_CONFIG, "%s: %s %s", place, path, what);
}

static int is_known(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_pools; i++)
        if (strcmp(config->pools[i].name, name) == 0)
            return 1;
    return 0;
}

static int pipeline_check(const struct td_config *config, const struct td_config_tree *tree, uint32_t index,
                          struct td_err *err)
{
    const char *pool = config->pipelines[index].pool, *names[TD_MOST_POOLS];
    char path[TD_CONFIG_NAME_SIZE], advice[160];

    if (!pool || is_known(config, pool))
        return TD_OK;
    for (uint32_t i = 0; i < config->n_pools; i++)
        names[i] = config->pools[i].name;
    const char *near = td_nearest(pool, strlen(pool), names, config->n_pools);
    snprintf(path, sizeof path, "pipelines[%u].pool", (unsigned)index);
    if (near)
        snprintf(advice, sizeof advice, "no pool has this name; did you mean '%s'?", near);
    else
        snprintf(advice, sizeof advice, "no pool has this name; 'pools' has %s",
                 config->n_pools ? "others" : "none: add one there, or leave it out");
    return td_config_fail_at(tree, path, pool, advice, err);
}

/* A pool that nothing comes to, or that would open nothing. */
static const char *use_fault(const struct td_config *config, const char *name)
{
    const char *fault = "no pipeline names this pool: its workers would have nothing to do";

    for (uint32_t i = 0; i < config->n_pipelines; i++) {
        const struct td_config_pipeline *pipeline = &config->pipelines[i];
        if (!pipeline->pool || strcmp(pipeline->pool, name) != 0)
            continue;
        if (pipeline->n_plugins > 0)
            return NULL;
        fault = "no pipeline of this pool has a plugin: its workers would have nothing to do";
    }
    return fault;
}

static int pool_check(const struct td_config *config, const struct td_config_tree *tree, uint32_t index,
                      struct td_err *err)
{
    const char *name = config->pools[index].name, *fault = NULL;
    char path[TD_CONFIG_NAME_SIZE];

    snprintf(path, sizeof path, "pools[%u].name", (unsigned)index);
    int rc = td_config_name_check(tree, path, name, err);
    if (rc != TD_OK)
        return rc;
    if (strcmp(name, TD_DEFAULT_POOL) == 0)
        fault = "that is the pool of pipelines that name none; workers.count and workers.memory are its settings";
    for (uint32_t i = 0; i < index && !fault; i++)
        if (strcmp(config->pools[i].name, name) == 0)
            fault = "another pool has this name";
    if (!fault)
        fault = use_fault(config, name);
    return fault ? td_config_fail_at(tree, path, name, fault, err) : TD_OK;
}

/* The default pool has one at least. */
static int workers_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    int64_t n = config->set.workers_count ? config->set.workers_count : 1;
    char what[128];

    for (uint32_t i = 0; i < config->n_pools; i++)
        n += config->pools[i].workers;
    if (n <= TD_MOST_WORKERS)
        return TD_OK;
    snprintf(what, sizeof what, "have %lld workers with those of workers.count; %d are the most", (long long)n,
             TD_MOST_WORKERS);
    return fail(tree, "pools", what, err);
}

/* Beside others a document may take half of the queue (documents/queues.h). */
static int queue_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    char bytes[32], queue[32], what[256];

    if (config->set.limits_document_bytes <= config->set.queue_bytes / 2)
        return TD_OK;
    td_config_number_print(TD_TYPE_BYTES, config->set.limits_document_bytes, bytes, sizeof bytes);
    td_config_number_print(TD_TYPE_BYTES, config->set.queue_bytes, queue, sizeof queue);
    snprintf(what, sizeof what,
             "share queue.bytes, which is %s, and limits.document_bytes is %s: with pools it must be half of that at "
             "most, or the largest document might never be accepted",
             queue, bytes);
    return fail(tree, "pools", what, err);
}

int td_config_default_is_void(const struct td_config *config)
{
    return td_config_private(config)->is_default_added && config->pipelines[config->n_pipelines - 1].n_plugins == 0;
}

static int default_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    if (!td_config_default_is_void(config) || config->n_plugins == 0)
        return TD_OK;
    return fail(tree, "pipelines",
                "leave no plugin for the pipeline 'default', since all are in pools; add a pipeline of that name", err);
}

int td_config_pools_check(const struct td_config *config, const struct td_config_tree *tree, struct td_err *err)
{
    int rc = TD_OK;

    if (config->n_pools > TD_MOST_POOLS) {
        char what[64];
        snprintf(what, sizeof what, "has %u entries; %d are the most", (unsigned)config->n_pools, TD_MOST_POOLS);
        return fail(tree, "pools", what, err);
    }
    for (uint32_t i = 0; i < config->n_pipelines && rc == TD_OK; i++)
        rc = pipeline_check(config, tree, i, err);
    for (uint32_t i = 0; i < config->n_pools && rc == TD_OK; i++)
        rc = pool_check(config, tree, i, err);
    if (rc != TD_OK || config->n_pools == 0 || (rc = workers_check(config, tree, err)) != TD_OK ||
        (rc = queue_check(config, tree, err)) != TD_OK)
        return rc;
    return default_check(config, tree, err);
}
