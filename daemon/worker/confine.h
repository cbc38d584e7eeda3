/* confine.h: what keeps this process's plugins to their documents, in two steps. Before a library is opened, since its
 * constructors run then: no network, no exec, no other process, and only what it takes to load libraries can be read.
 * When all plugins are made, and before the first document: no file at all. What the plugins were granted is left to
 * them, to all of them: they share the process.
 *
 * The second step is taken by a process in which plugins have run: it keeps a plugin that a document has got hold of,
 * and not one that was written to undo it. That one is held by the first. */
#ifndef TD_CONFINE_H
#define TD_CONFINE_H

#include "common/err.h"
#include "daemon/both/confinement.h"
#include "daemon/both/setup.h"
#include "daemon/worker/plugin.h"

/* Loads what the C library loads when it is first asked, and couldn't later. Needs no set-up: while that is waited for. */
void td_confine_prepare(void);

/* Before the plugins. Notes in *told what could be had. TD_E_CONFIG: the sandbox is strict, and a part can't be had; or
 * a path that was granted isn't there. `setup` is borrowed until td_confine_close. */
int td_confine_open(const struct td_setup *setup, struct td_confinement *told, struct td_err *err);

/* Behind each plugin's making. TD_E_CONFIG: it has started a thread, and none has the grant. */
int td_confine_check_threads(const struct td_plugin *plugin, struct td_err *err);

/* Before the first document. TD_E_CONFIG: what could be had before can't be now. */
int td_confine_close(const struct td_confinement *told, struct td_err *err);

/* Whether this process is confined: then nobody looks for leaks at its end, which takes ptrace. */
int td_confine_is_on(void);

#endif
