/* grants.h: what a plugin says that it needs (textd/grants.h), held against what it was granted. */
#ifndef TD_WORKER_GRANTS_H
#define TD_WORKER_GRANTS_H

#include <textd/plugin.h>

#include "common/err.h"
#include "daemon/both/setup.h"

/* Asks the plugin, which must be open. TD_E_CONFIG: it needs what it hasn't got, and the words have the line that would
 * grant it; or its list can't be read. */
int td_grants_judge(const struct td_plugin_source *source, const struct textd_plugin *entry, struct td_err *err);

#endif
