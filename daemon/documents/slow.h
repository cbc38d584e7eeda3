/* slow.h: the log of slow documents: a line doc.slow for each that took longer than log.slow in all, or in one plugin longer
 * than log.slow_plugin, with where the time went, and how many there were. Never the text. What a document costs that isn't slow is two
 * comparisons. */
#ifndef TD_SLOW_H
#define TD_SLOW_H

#include "daemon/documents/documents.h"

/* An accepted document has its result; `times` is the worker's map of plugins' times, and what may follow it. */
void td_slow_answered(struct td_documents *docs, const struct td_doc *doc, const struct td_done *done,
                      const unsigned char *times, size_t length);

/* It has an error. `done`: what its worker said of it, or NULL: it is still waiting or running, or its worker is dead.
 * `plugin`: whose failure it is, "" or a name. */
void td_slow_failed(struct td_documents *docs, const struct td_doc *doc, enum td_code code, const char *plugin,
                    const struct td_done *done);

#endif
