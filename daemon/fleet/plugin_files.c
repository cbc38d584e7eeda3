/* plugin_files.c: see plugin_files.h. */
#include "daemon/fleet/plugin_files.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fleet/last_good.h"
#include "daemon/fleet/signed.h"

/* Looks for FILE.so in the plugin directories, in order. */
static int find_library(const struct td_config *config, const struct td_config_plugin *plugin, char **path,
                        struct td_err *err)
{
    char tried[300];
    size_t used = 0;

    for (uint32_t i = 0; i < config->n_plugin_dirs; i++) {
        for (int is_by_name = 0; is_by_name <= 1; is_by_name++) {
            if (asprintf(path, "%s/%s%s.so", config->plugin_dirs[i], is_by_name ? TD_CONFIG_BY_NAME "/" : "",
                         plugin->file) < 0)
                return td_fail(err, TD_E_SYSTEM, "no memory");
            if (access(*path, F_OK) == 0)
                return TD_OK;
            free(*path);
        }
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

static const struct td_config_plugin *find_plugin(const struct td_config *config, const char *name)
{
    for (uint32_t i = 0; i < config->n_plugins && name; i++)
        if (strcmp(config->plugins[i].name, name) == 0)
            return &config->plugins[i];
    return NULL;
}

static int is_named(const struct td_config *config, const char *file, const char *name)
{
    const struct td_config_plugin *plugin = find_plugin(config, name);

    return plugin && strcmp(plugin->file, file) == 0;
}

/* What is on disk, or the copy that runs when that is the same. */
static int take(struct td_snapshot **snapshot, const struct td_config *config, const struct td_config_plugin *plugin,
                const char *model_dir, struct td_snapshot *old, struct td_err *err)
{
    const struct td_resource_dirs dirs = { config->plugin_dirs, config->n_plugin_dirs, model_dir,
                                           config->builtin_plugin_dir };
    struct td_err why;
    char *path = NULL;
    int rc = find_library(config, plugin, &path, err);

    if (rc != TD_OK || !path)
        return rc;
    if (old && strcmp(old->path, path) == 0 && td_snapshot_is_current(old, &dirs))
        *snapshot = td_snapshot_share(old);
    else if ((rc = td_snapshot_take(snapshot, path, &dirs, &why)) != TD_OK)
        td_fail(err, (enum td_code)rc, "plugin %s: %s", plugin->name, why.text);
    free(path);
    return rc;
}

/* One that isn't signed as it must be is put down. */
static int judge(struct td_snapshot **snapshot, const struct td_signed_keys *keys,
                 const struct td_config_plugin *plugin, struct td_err *err)
{
    struct td_err why;
    int rc = td_signed_check(keys, *snapshot, plugin->file, &why);

    if (rc == TD_OK)
        return TD_OK;
    td_snapshot_release(*snapshot);
    *snapshot = NULL;
    return td_fail(err, (enum td_code)rc, "plugin %s: %s", plugin->name, why.text);
}

/* What was rolled back from still lies there: the copy that runs goes on. */
static void hold_back(struct td_snapshot **snapshot, struct td_snapshot *old)
{
    assert(*snapshot);
    if (!old || !old->held[0] || strcmp(old->held, td_snapshot_content(*snapshot)) != 0)
        return;
    td_snapshot_release(*snapshot);
    *snapshot = td_snapshot_share(old);
}

/* At a start: a copy that has served stands in for what was rolled back from, and for what can't be used. `rc`: of
 * taking what is on disk. */
static int stand_in(struct td_snapshot **snapshot, const struct td_signed_keys *keys, const char *kept,
                    const char *file, int rc, struct td_err *err)
{
    struct td_snapshot *copy;
    struct td_err why;

    if (!kept || !kept[0] || (rc == TD_OK && !td_last_good_holds(kept, file, *snapshot)) ||
        (rc != TD_OK && rc != TD_E_CONFIG) || td_last_good_read(&copy, kept, file, TD_LAST_GOOD, &why) != TD_OK)
        return rc;
    if (td_signed_check(keys, copy, file, &why) != TD_OK) {
        td_snapshot_release(copy);
        return rc;
    }
    if (rc == TD_OK)
        rc = td_snapshot_explain(copy, TD_SNAPSHOT_ROLLED_BACK, "what is on disk was rolled back from", &why);
    else
        rc = td_snapshot_explain(copy, TD_SNAPSHOT_LAST_GOOD, err->text, &why);
    if (rc != TD_OK) {
        td_snapshot_release(copy);
        return td_fail(err, TD_E_SYSTEM, "%s", why.text);
    }
    td_snapshot_release(*snapshot);
    *snapshot = copy;
    return TD_OK;
}

/* ---- Ahead of time, two at once ---------------------------------------------------------------------------------- */

/* Most of a start goes by with copying files. It begins as soon as the configuration is known, in the thread of the
 * loop's pool, while the loop's own does what else there is; then that one helps. Who takes which plugin's files is
 * told by numbers, so that neither waits for the other but at the end, and for no more than a plugin's files. */
struct td_crew {
    uv_work_t work;
    const struct td_config *config;
    const char *model_dir;
    struct td_snapshot *of[TD_MAX_PLUGINS]; /* the results, by plugin */
    struct found {
        int rc;
        struct td_err err;
    } found[TD_MAX_PLUGINS];
    uint32_t n;
    _Atomic uint32_t
        next;          /* that nobody has begun; from n on nothing else is looked at: the one who waited has gone on */
    uv_sem_t done;     /* once for each plugin */
    uint32_t n_waited; /* of those */
    atomic_int users;
};

static void crew_leave(struct td_crew *crew)
{
    if (atomic_fetch_sub(&crew->users, 1) > 1)
        return;
    for (uint32_t i = 0; i < crew->n; i++)
        td_snapshot_release(crew->of[i]); /* those that nobody wanted */
    uv_sem_destroy(&crew->done);
    free(crew);
}

/* Of two plugins of one library the first counts. */
static int is_twin(const struct td_config *config, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(config->plugins[i].file, config->plugins[index].file) == 0)
            return 1;
    return 0;
}

static void take_part(uv_work_t *work)
{
    struct td_crew *crew = work->data;
    uint32_t i;

    while ((i = atomic_fetch_add(&crew->next, 1)) < crew->n) {
        struct found *found = &crew->found[i];
        if (!is_twin(crew->config, i))
            found->rc = take(&crew->of[i], crew->config, &crew->config->plugins[i], crew->model_dir, NULL, &found->err);
        uv_sem_post(&crew->done);
    }
}

static void on_part_taken(uv_work_t *work, int status)
{
    (void)status;
    crew_leave(work->data);
}

struct td_crew *td_crew_begin(uv_loop_t *loop, const struct td_config *config, const char *model_dir)
{
    struct td_crew *crew = calloc(1, sizeof *crew);

    if (!crew || uv_sem_init(&crew->done, 0) != 0) {
        free(crew);
        return NULL;
    }
    assert(config->n_plugins <= TD_MAX_PLUGINS);
    crew->work.data = crew;
    crew->config = config;
    crew->n = config->n_plugins;
    crew->model_dir = model_dir;
    atomic_init(&crew->users, 2);
    if (uv_queue_work(loop, &crew->work, take_part, on_part_taken) != 0)
        atomic_store(&crew->users, 1);
    return crew;
}

static void wait_for(struct td_crew *crew, uint32_t n)
{
    for (; crew->n_waited < n && crew->n_waited < crew->n; crew->n_waited++)
        uv_sem_wait(&crew->done);
}

void td_crew_end(struct td_crew *crew)
{
    if (!crew)
        return;
    wait_for(crew, atomic_exchange(&crew->next, crew->n)); /* what was begun */
    crew_leave(crew);
}

static int found_by(struct td_crew *crew, uint32_t index, struct td_snapshot **snapshot, struct td_err *err)
{
    const struct found *found = &crew->found[index];

    *snapshot = crew->of[index];
    crew->of[index] = NULL;
    if (found->rc != TD_OK)
        *err = found->err;
    return found->rc;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

int td_plugin_files_take(struct td_plugin_files *files, const struct td_config *config, const char *model_dir,
                         struct td_plugin_files_before before, int look, const char *again, struct td_crew *crew,
                         struct td_err *err)
{
    struct td_signed_keys keys;
    int rc = td_signed_keys_read(&keys, config, err);

    *files = (struct td_plugin_files) { .n = 0 };
    if (rc != TD_OK)
        return rc;
    if (config->n_plugins == 0)
        return td_fail(err, TD_E_CONFIG, "there is no plugin to load: name some in 'plugins', or put them into %s",
                       config->n_plugin_dirs ? config->plugin_dirs[0] : "a folder named in 'plugin_dirs'");
    assert(config->n_plugins <= TD_MAX_PLUGINS);
    if (crew) {
        take_part(&crew->work);
        wait_for(crew, crew->n);
    }
    for (uint32_t i = 0; i < config->n_plugins && rc == TD_OK; i++) {
        const struct td_config_plugin *plugin = &config->plugins[i];
        struct td_snapshot *twin = taken(files, config, plugin->file), *old = running(before, plugin->file);
        if (twin)
            files->of[i] = td_snapshot_share(twin);
        else if (old && !look && !is_named(config, plugin->file, again))
            files->of[i] = td_snapshot_share(old);
        else if (crew && !is_twin(config, i))
            rc = found_by(crew, i, &files->of[i], err);
        else
            rc = take(&files->of[i], config, plugin, model_dir, old, err);
        if (rc == TD_OK && old && files->of[i] != old) { /* here, and not when the loop compares them */
            rc = td_snapshot_know(old, err);
            if (rc == TD_OK)
                rc = td_snapshot_know(files->of[i], err);
        }
        if (rc == TD_OK && !twin && !is_named(config, plugin->file, again))
            hold_back(&files->of[i], old);
        if (rc == TD_OK)
            rc = judge(&files->of[i], &keys, plugin, err);
        if (!before.files)
            rc = stand_in(&files->of[i], &keys, before.kept, plugin->file, rc, err);
        if (rc == TD_E_CONFIG && plugin->is_optional)
            rc = (files->missing[i] = strdup(err->text)) ? TD_OK : td_fail(err, TD_E_SYSTEM, "no memory");
        files->n += rc == TD_OK;
    }
    if (rc != TD_OK)
        td_plugin_files_release(files);
    return rc;
}

/* The copy to go back to. */
static int find_before(struct td_snapshot **snapshot, const struct td_config_plugin *plugin, struct td_snapshot *now,
                       const char *kept, struct td_err *err)
{
    struct td_snapshot *copy = now->before ? td_snapshot_share(now->before) : NULL;

    if (now->source == TD_SNAPSHOT_ROLLED_BACK && !copy)
        return td_fail(err, TD_E_BAD_REQUEST,
                       "plugin %s runs the copy that it was rolled back to; plugin.reload takes what is on disk",
                       plugin->name);
    if (!copy && kept && kept[0]) {
        int rc = td_last_good_read(&copy, kept, plugin->file, TD_LAST_GOOD_BEFORE, err);
        if (rc != TD_OK && rc != TD_E_UNKNOWN_PLUGIN)
            return rc;
    }
    if (!copy)
        return td_fail(err, TD_E_BAD_REQUEST,
                       "plugin %s has nothing to go back to: no other copy of %s.so has served %s", plugin->name,
                       plugin->file, kept && kept[0] ? "that is kept" : "since textd was started");
    int rc = td_snapshot_roll_back(snapshot, copy, now, err);
    td_snapshot_release(copy);
    return rc;
}

int td_plugin_files_roll_back(struct td_plugin_files *files, const struct td_config *config,
                              struct td_plugin_files_before before, const char *name, struct td_err *err)
{
    const struct td_config_plugin *plugin = find_plugin(config, name);
    struct td_snapshot *back = NULL;
    struct td_signed_keys keys;
    int rc = td_signed_keys_read(&keys, config, err);

    *files = (struct td_plugin_files) { .n = 0 };
    assert(plugin); /* whoever made the configuration has looked */
    if (rc == TD_OK)
        rc = find_before(&back, plugin, running(before, plugin->file), before.kept, err);
    if (rc == TD_OK)
        rc = judge(&back, &keys, plugin, err);
    if (rc != TD_OK)
        return rc;
    for (uint32_t i = 0; i < config->n_plugins; i++) {
        const char *file = config->plugins[i].file;
        files->of[files->n++] = td_snapshot_share(strcmp(file, plugin->file) == 0 ? back : running(before, file));
    }
    td_snapshot_release(back);
    return TD_OK;
}

/* `now` serves in the place of `old`. */
static void succeed(struct td_snapshot *now, struct td_snapshot *old)
{
    if (now == old || now->before)
        return;
    int is_back = now->held[0] && strcmp(now->held, td_snapshot_content(old)) == 0;
    if (td_snapshot_is_same(now, old)) {
        now->before = old->before; /* the same from other files */
        old->before = NULL;
        return;
    }
    td_snapshot_release(old->before); /* one is enough to go back */
    old->before = NULL;
    if (!is_back)
        now->before = td_snapshot_share(old);
}

void td_plugin_files_succeed(const struct td_plugin_files *files, const struct td_config *config,
                             struct td_plugin_files_before before)
{
    for (uint32_t i = 0; i < files->n; i++) {
        struct td_snapshot *old = running(before, config->plugins[i].file);
        if (old)
            succeed(files->of[i], old);
    }
}

enum td_disk_state td_plugin_files_disk(const struct td_config *config, const struct td_config_plugin *plugin,
                                        const struct td_snapshot *snapshot, const char *model_dir)
{
    const struct td_resource_dirs dirs = { config->plugin_dirs, config->n_plugin_dirs, model_dir,
                                           config->builtin_plugin_dir };
    struct td_err err;
    char *path;

    if (find_library(config, plugin, &path, &err) != TD_OK || !path)
        return TD_DISK_MISSING;
    int is_same = snapshot && strcmp(path, snapshot->path) == 0 && td_snapshot_is_current(snapshot, &dirs);
    free(path);
    return is_same ? TD_DISK_SAME : TD_DISK_DIFFERS;
}

const char *td_disk_state_name(enum td_disk_state state)
{
    static const char *const names[] = {
#define X(name, text) [TD_DISK_##name] = text,
        TD_DISK_STATES(X)
#undef X
    };
    return names[state];
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
