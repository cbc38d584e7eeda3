/* supervise.h: workers that are late, stuck or dead: who is to blame, and what becomes of their documents. Blame rests on
 * what the worker's scoreboard says and on how it died; docs/failure-model.md has the table. */
#ifndef TD_SUPERVISE_H
#define TD_SUPERVISE_H

#include "daemon/server.h"

/* The worker's first document has become its first: sets the time of the first look at it. */
void td_supervise_first(struct td_worker *worker);

/* A worker's watch timer fired: a plugin may be over its limit, or still at a document that nobody waits for, or the
 * worker may not work at all. */
void td_supervise_watch(struct td_server *server, struct td_worker *worker);

/* A worker is gone: blames one document or none, and puts the others back to the head of the queue. */
void td_supervise_lost(struct td_server *server, struct td_worker *worker);

/* A worker is done with a document: suspended plugins that it tried have survived. */
void td_supervise_survived(struct td_worker *worker, const struct td_doc *doc, const struct td_done *done);

/* Which plugin the worker is in with this document; TD_NO_PLUGIN when it isn't at it, or in none. */
uint32_t td_supervise_plugin_at(const struct td_worker *worker, const struct td_doc *doc);

/* Now and then: replaces workers that have grown too large. */
void td_supervise_sizes(struct td_server *server);

#endif
