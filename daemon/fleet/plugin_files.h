/* plugin_files.h: the snapshots of a configuration's plugins: which file each one is, and whether the copy that runs will
 * do. */
#ifndef TD_PLUGIN_FILES_H
#define TD_PLUGIN_FILES_H

#include "daemon/config/config.h"
#include "daemon/both/frames.h"
#include "daemon/fleet/snapshot.h"

struct td_plugin_files {
    struct td_snapshot
        *of[TD_MAX_PLUGINS];       /* in the configuration's order; NULL: an optional one's that can't be used */
    char *missing[TD_MAX_PLUGINS]; /* then: why */
    uint32_t n;
};

/* What runs now: its snapshots are shared where they will do. Both NULL: nothing does. */
struct td_plugin_files_before {
    const struct td_config *config;
    const struct td_plugin_files *files;
};

/* Takes the files of config->plugins. A plugin whose library runs already keeps that snapshot, whatever has become of the
 * file; unless its name is `again`, or `look` is non-zero: then it is taken anew if the file has changed. Reads
 * files; may run in any thread while the loop leaves both configurations alone. Files of an optional plugin that can't be used
 * are `missing`. TD_E_CONFIG, TD_E_SYSTEM: *files is empty. */
int td_plugin_files_take(struct td_plugin_files *files, const struct td_config *config, const char *model_dir,
                         struct td_plugin_files_before before, int look, const char *again, struct td_err *err);

/* The files of plugin `index` are gone from the list, as the plugin is from the configuration. */
void td_plugin_files_remove(struct td_plugin_files *files, uint32_t index);

void td_plugin_files_release(struct td_plugin_files *files);

#endif
