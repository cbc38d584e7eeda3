/* bridge.h: the bridge itself: documents from the stream to the daemons, results and dead letters into their streams. */
#ifndef NATS_BRIDGE_H
#define NATS_BRIDGE_H

#include "clients/nats/options.h"

/* Runs until SIGTERM or SIGINT. An exit code. */
int bridge_run(const struct options *options);

#endif
