/* files.h: the files that a plugin is, as textd takes them: FILE.so, and what lies in FILE/ beside it; or FILE/ alone: files that
 * are added to a plugin which is installed elsewhere. */
#ifndef CLI_PLUGIN_FILES_H
#define CLI_PLUGIN_FILES_H

#include <limits.h>

#include "common/manifest.h"

struct plugin_paths {
    char file[NAME_MAX + 1]; /* FILE of FILE.so */
    int has_library;
    char folder[PATH_MAX]; /* FILE/, which may not be there */
    char manifest[PATH_MAX], signature[PATH_MAX];
};

/* Of a library's path, or a folder's. -1 after having complained: it isn't called FILE.so, and no folder. */
int plugin_paths_of(struct plugin_paths *paths, const char *library);

/* Lists and hashes them. `models`: textd's folder of models, whose FILE/ counts as well; NULL: none. -1 after having
 * complained; free the manifest in any case. */
int plugin_files_list(struct td_manifest *manifest, const struct plugin_paths *paths, const char *library,
                      const char *models);

#endif
