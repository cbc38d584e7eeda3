/* host.h: the struct textd_host that plugins of this process get, and the little state behind it: which plugin runs, on
 * which document, and what it last explained. One thread, so plain static state is enough. */
#ifndef TD_HOST_H
#define TD_HOST_H

#include <textd/plugin.h>

#include "daemon/both/frames.h"
#include "daemon/worker/document.h"
#include "daemon/worker/plugin.h"

/* The host. `board` is the page shared with the supervisor; it must outlive every plugin. */
const struct textd_host *td_host_init(struct td_scoreboard *board);

/* The plugin that is about to be called, and its document (NULL outside process). */
void td_host_enter(const struct td_plugin *plugin, struct td_document *doc);
void td_host_leave(void);

/* When the running document's plugin is asked to stop: the sooner of the document's deadline and the plugin's own soft
 * limit, CLOCK_MONOTONIC. */
void td_host_set_stop(uint64_t sequence, uint64_t stop_ns);

/* What the running document's plugins say to the log has this trace, with each one's own span in it. */
void td_host_set_trace(const struct td_job *job);

/* What the plugin said last through host->explain since td_host_enter; "" when nothing. */
const char *td_host_explanation(void);

#endif
