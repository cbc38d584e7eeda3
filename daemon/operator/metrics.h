/* metrics.h: what the server has counted and what it is at, as metrics for Prometheus. docs/metrics.md lists them; a
 * test compares. Labels come from small closed sets: never an id, a text, or who asked. */
#ifndef TD_METRICS_H
#define TD_METRICS_H

#include "daemon/documents/documents.h"
#include "daemon/fleet/pipe.h"
#include "daemon/operator/exposition.h"
#include "daemon/operator/reload.h"

/* Writes all families that are not of HTTP's; `expo` can have more before td_expo_end. The line-up may be empty yet.
 * What plugins have done is noted as shown, so that it never falls. */
void td_metrics_write(struct td_expo *expo, struct td_documents *docs, const struct td_reload *reload,
                      const struct td_pipe *pipe);

#endif
