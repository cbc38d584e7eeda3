/* reply.h: what the supervisor says. A worker has encoded the parts that it knows (doc, results, errors, times); what is
 * the supervisor's goes around them, so that a result is never decoded on its way. */
#ifndef TD_REPLY_H
#define TD_REPLY_H

#include "daemon/documents/documents.h"

/* The reply to a document that a worker has done. `parts`: the pairs, then the map of times, as in td_done. Takes nothing
 * over. -1 when memory runs out. */
int td_reply_result(struct td_documents *docs, const struct td_doc *doc, const struct td_done *done,
                    const unsigned char *parts, size_t length, zmq_msg_t *message);

/* An error reply. `plugin` may be NULL. */
int td_reply_error(struct td_documents *docs, const struct td_request *request, const struct td_err *err,
                   const char *plugin, zmq_msg_t *message);

/* The same to a document that was not accepted; one that is told to come again is told when its pool may have room. */
int td_reply_refusal(struct td_documents *docs, const struct td_doc *doc, const struct td_err *err, zmq_msg_t *message);

int td_reply_ping(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message);
int td_reply_describe(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message);

/* A message before the reply, of a command that takes its time. */
int td_reply_progress(struct td_documents *docs, const struct td_request *request, const char *words,
                      zmq_msg_t *message);

/* Starts a reply in docs->scratch: a map of `n_pairs` pairs beside v, id and ok (1 or 0), which are written; what is
 * echoed is counted in if the request has it, and written by td_reply_end, which makes the message. */
msgpack_packer td_reply_begin(struct td_documents *docs, const struct td_request *request, int ok, uint32_t n_pairs);
int td_reply_end(struct td_documents *docs, const struct td_request *request, zmq_msg_t *message);

#endif
