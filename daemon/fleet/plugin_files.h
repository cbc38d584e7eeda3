/* plugin_files.h: the snapshots of a configuration's plugins: which file each one is, and whether the copy that runs will
 * do. */
#ifndef TD_PLUGIN_FILES_H
#define TD_PLUGIN_FILES_H

#include <uv.h>

#include "daemon/config/config.h"
#include "daemon/both/frames.h"
#include "daemon/fleet/snapshot.h"

struct td_plugin_files {
    struct td_snapshot
        *of[TD_MAX_PLUGINS];       /* in the configuration's order; NULL: an optional one's that can't be used */
    char *missing[TD_MAX_PLUGINS]; /* then: why */
    uint32_t n;
};

/* What runs now: its snapshots are shared where they will do. Both NULL: nothing does. `kept`: the folder of copies
 * that have served (last_good.h), "" or NULL: there is none. */
struct td_plugin_files_before {
    const struct td_config *config;
    const struct td_plugin_files *files;
    const char *kept;
};

/* Takes files ahead of time, for a start: all plugins', in the loop's pool, from now on. `config` stays as it is, and
 * where it is, until it has ended. NULL: there is no memory; then td_plugin_files_take does all by itself. */
struct td_crew;
struct td_crew *td_crew_begin(uv_loop_t *loop, const struct td_config *config, const char *model_dir);
void td_crew_end(struct td_crew *crew); /* NULL is fine */

/* Takes the files of config->plugins, and holds them, and those that run, against security.plugin_keys, whose files are
 * read anew. A plugin whose library runs already keeps that snapshot, whatever has become
 * of the file; unless its name is `again`, or `look` is non-zero: then it is taken anew if the file has changed.
 * Reads files; may run in any thread while the loop leaves both configurations alone. Files of an optional plugin
 * that can't be used are `missing`.
 *
 * What a crew has taken is taken over from it; it has yet to be ended.
 *
 * What was rolled back from isn't taken again, unless by its name. At a start, when nothing runs, a kept copy stands
 * in for what was rolled back from, and for files that can't be used: its source says so. TD_E_CONFIG, TD_E_SYSTEM:
 * *files is empty. */
int td_plugin_files_take(struct td_plugin_files *files, const struct td_config *config, const char *model_dir,
                         struct td_plugin_files_before before, int look, const char *again, struct td_crew *crew,
                         struct td_err *err);

/* The same, of what runs, but for the library of plugin `name`: the copy of it that served before, in memory or
 * kept. TD_E_BAD_REQUEST: there is none. TD_E_CONFIG, TD_E_SYSTEM. */
int td_plugin_files_roll_back(struct td_plugin_files *files, const struct td_config *config,
                              struct td_plugin_files_before before, const char *name, struct td_err *err);

/* These serve now, instead of those: each remembers the copy that served before it. By the loop. */
void td_plugin_files_succeed(const struct td_plugin_files *files, const struct td_config *config,
                             struct td_plugin_files_before before);

/* How the files that plugin `index` would be loaded of now stand to its snapshot. Some calls of stat; no file is
 * read. */
#define TD_DISK_STATES(X) X(SAME, "same") X(DIFFERS, "differs") X(MISSING, "missing")

enum td_disk_state {
#define X(name, text) TD_DISK_##name,
    TD_DISK_STATES(X)
#undef X
};

enum td_disk_state td_plugin_files_disk(const struct td_config *config, const struct td_config_plugin *plugin,
                                        const struct td_snapshot *snapshot, const char *model_dir);
const char *td_disk_state_name(enum td_disk_state state);

/* The files of plugin `index` are gone from the list, as the plugin is from the configuration. */
void td_plugin_files_remove(struct td_plugin_files *files, uint32_t index);

void td_plugin_files_release(struct td_plugin_files *files);

#endif
