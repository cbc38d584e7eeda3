/* panic.h: what a dying worker leaves behind: the signal and where in which plugin, in the page that it shares with the
 * supervisor, which logs it as one line. */
#ifndef TD_PANIC_H
#define TD_PANIC_H

#include "daemon/both/frames.h"
#include "daemon/worker/plugin.h"

/* Handlers for fatal signals, on a stack of their own, so that an overflow of the plugin's is seen as well. Call it before any
 * plugin is opened: plugins may install handlers of their own, and then theirs count. */
void td_panic_init(struct td_scoreboard *board);

/* Notes where the plugins' libraries are, so that addresses can be told in terms of their files. */
void td_panic_note_plugins(const struct td_plugin_set *set);

/* The document that it is at. A plugin may scribble over the scoreboard before it crashes: so this isn't noted there. */
void td_panic_note_document(uint64_t sequence);

#endif
