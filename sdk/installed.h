/* installed.h: the plugins that there are, so that those that one needs are found, and the order in which they run. */
#ifndef SDK_INSTALLED_H
#define SDK_INSTALLED_H

#include <stdint.h>

#include <textd/plugin.h>

#include "common/err.h"
#include "common/grant.h"
#include "daemon/both/frames.h"
#include "daemon/fleet/snapshot.h"
#include "sdk/args.h"

#define SDK_MOST_LAYERS 32
#define SDK_LAYER_BYTES 68

/* What a library says of itself. */
struct sdk_plugin_file {
    char name[32]; /* the file's, by which it is configured */
    char path[1024];
    uint32_t n_needs, n_adds;
    char needs[SDK_MOST_LAYERS][SDK_LAYER_BYTES]; /* with TEXTD_OPTIONAL behind those that are */
    char adds[SDK_MOST_LAYERS][SDK_LAYER_BYTES];
    uint32_t n_wishes; /* what it says that it needs beyond its documents (textd/grants.h) */
    char wishes[TD_MAX_GRANTS][256];
};

struct sdk_installed {
    char plugin_dir[1024], model_dir[1024]; /* the installed ones */
    char dirs[SDK_MOST_DIRS][1024]; /* those of --plugin-dir, from the root: a stage changes the working directory */
    uint32_t n_dirs;
    uint32_t n;
    struct sdk_plugin_file of[TD_MAX_PLUGINS];
    struct sdk_plugin_file target;
};

/* Finds the places, and the target's file: a path, or the name of a plugin in --plugin-dir or the installed folder.
 * TD_E_CONFIG. The struct lives in pages that child processes share. */
int sdk_installed_make(struct sdk_installed **installed, const struct sdk_args *args, struct td_err *err);

/* Opens each library in the folders, in processes of their own: who can't be opened is left out. */
void sdk_installed_scan(struct sdk_installed *installed);

/* A snapshot of a library, with its resources from where textd would find them. TD_E_CONFIG. */
int sdk_installed_take(struct td_snapshot **snapshot, const struct sdk_installed *installed, const char *path,
                       struct td_err *err);

/* Takes over what a library's struct says. */
void sdk_plugin_file_describe(struct sdk_plugin_file *file, const struct textd_plugin *entry);

/* Which plugins run, in order; the target is the last, but for those of `with` that need a layer of it. */
struct sdk_plan {
    uint32_t n, target;
    const struct sdk_plugin_file *of[TD_MAX_PLUGINS];
};

enum sdk_bring {
    SDK_BRING_NEEDED,   /* what it needs */
    SDK_BRING_LANGUAGE, /* and who adds language/1, as textd does when somebody could use it */
    SDK_BRING_OPTIONAL  /* and all that it could use */
};

/* TD_E_CONFIG: nobody adds a layer that is needed, or `with` names one that there isn't. */
int sdk_plan_make(struct sdk_plan *plan, const struct sdk_installed *installed, enum sdk_bring bring,
                  const struct sdk_args *args, struct td_err *err);

#endif
