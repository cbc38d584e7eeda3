/* judge.h: whether a library's head is one that we can work with. Nothing of the plugin is called. */
#ifndef TD_JUDGE_H
#define TD_JUDGE_H

#include <textd/plugin.h>

#include "common/err.h"

/* Judges what stands at `entry` and copies it into *copy, with NULL in the fields that the plugin is too old to have.
 * TD_E_CONFIG names the file, what was found, what was expected and what to do. */
int td_judge(const void *entry, const char *path, struct textd_plugin *copy, struct td_err *err);

/* Judges what a copy says: names, layers, options. `path` is what messages begin with. Part of td_judge, and for what an
 * instance declares by itself. */
int td_judge_tables(const struct textd_plugin *copy, const char *path, struct td_err *err);

#endif
