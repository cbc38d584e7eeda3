/* status.h: what an operator can see of the server: packed as parts of control replies (docs/protocol.md). */
#ifndef TD_STATUS_H
#define TD_STATUS_H

#include "daemon/documents/documents.h"
#include "daemon/fleet/pipe.h"
#include "daemon/operator/reload.h"

/* Each appends one pair, under the key of its name. */
void td_status_descriptors(msgpack_packer *packer);
void td_status_listening(msgpack_packer *packer, const struct td_intake *intake, const char *http, const char *probes);
void td_status_counters(msgpack_packer *packer, const struct td_documents *docs, const struct td_reload *reload);
void td_status_generations(msgpack_packer *packer, const struct td_lineup *lineup, const struct td_canary *canary);
void td_status_pools(msgpack_packer *packer, const struct td_documents *docs);
void td_status_workers(msgpack_packer *packer, const struct td_lineup *lineup);
void td_status_plugins(msgpack_packer *packer, const struct td_lineup *lineup, const char *model_dir);
void td_status_latency(msgpack_packer *packer, const struct td_measures *measures);
void td_status_pipes(msgpack_packer *packer, const struct td_pipe *pipe);
void td_status_sandbox(msgpack_packer *packer, const struct td_lineup *lineup);
void td_status_last_reload(msgpack_packer *packer, const struct td_reload *reload);

/* Encrypted endpoints, and who came in by them: nil when there are none. */
void td_status_curve(msgpack_packer *packer, const struct td_frontend *clients);

#endif
