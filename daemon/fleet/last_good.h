/* last_good.h: copies of plugins' files that have served, kept in the state directory for the next start: what lies
 * in a plugin directory may be worse by then.
 *
 *   <state directory>/plugins/FILE.good      what of that library has served last
 *   <state directory>/plugins/FILE.before    what served before that, to go back to after a restart
 *
 * A file is written beside its place and renamed, so that it is whole or not there. It is believed only when nobody
 * else may have written it, and when its content is what it says. All of this reads and writes files, and may run in
 * any thread. */
#ifndef TD_LAST_GOOD_H
#define TD_LAST_GOOD_H

#include <stddef.h>

#include "daemon/config/config.h"
#include "daemon/fleet/snapshot.h"

enum td_last_good { TD_LAST_GOOD, TD_LAST_GOOD_BEFORE };

/* The folder of the copies: in server.state_dir, else in $STATE_DIRECTORY, which systemd sets. "" when there is
 * neither. Made when it isn't there. */
void td_last_good_folder(const struct td_config *config, char *folder, size_t size);

/* The copy of library `file`. TD_E_UNKNOWN_PLUGIN: there is none. TD_E_CONFIG, TD_E_SYSTEM: it can't be used. */
int td_last_good_read(struct td_snapshot **snapshot, const char *folder, const char *file, enum td_last_good which,
                      struct td_err *err);

/* Whether the copy of library `file` is one that was gone back to, from the content of this snapshot. */
int td_last_good_holds(const char *folder, const char *file, const struct td_snapshot *snapshot);

/* Keeps the snapshot as FILE.good. What stood there becomes FILE.before, unless it was rolled back from. Nothing
 * when it is kept already. TD_E_CONFIG, TD_E_SYSTEM. */
int td_last_good_write(const char *folder, const char *file, const struct td_snapshot *snapshot, struct td_err *err);

/* Removes the copies of all libraries but these. */
void td_last_good_tidy(const char *folder, char *const *files, uint32_t n);

#endif
